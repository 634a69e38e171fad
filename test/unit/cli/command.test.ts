/** Words to options and operands, by the rules of Go's pflag. */
import { describe, expect, it } from 'vitest';
import { isOn, type OptionSpec, parseArguments, valueOf } from '../../../electron/cli/command.ts';
import { hasCode } from '../../../shared/errors.ts';

const specs: readonly OptionSpec[] = [
  { name: 'pretty', help: '' },
  { name: 'debug', short: 'D', help: '' },
  { name: 'verbose', short: 'v', help: '' },
  { name: 'server', short: 's', value: 'string', help: '' },
  { name: 'roles', short: 'r', value: 'strings', help: '' },
];
const read = (...words: string[]) => {
  const { operands, options } = parseArguments(specs, words);
  return { operands, options: Object.fromEntries(options) };
};

describe('arguments', () => {
  it.each<[string, string[], ReturnType<typeof read>]>([
    ['operands only', ['a', 'b'], { operands: ['a', 'b'], options: {} }],
    ['a switch', ['--pretty', 'a'], { operands: ['a'], options: { pretty: ['true'] } }],
    ['a switch after the operands', ['a', '--pretty'], { operands: ['a'], options: { pretty: ['true'] } }],
    ['a switch turned off', ['--pretty=false', 'a'], { operands: ['a'], options: { pretty: ['false'] } }],
    ['Go spells true in many ways', ['--pretty=T'], { operands: [], options: { pretty: ['true'] } }],
    ['a value', ['--server', 'x', 'a'], { operands: ['a'], options: { server: ['x'] } }],
    ['a value after =', ['--server=x=y'], { operands: [], options: { server: ['x=y'] } }],
    ['an empty value', ['--server='], { operands: [], options: { server: [''] } }],
    ['a value that looks like an option', ['--server', '-x'], { operands: [], options: { server: ['-x'] } }],
    ['a letter', ['-s', 'x'], { operands: [], options: { server: ['x'] } }],
    ['a letter with its value', ['-sx'], { operands: [], options: { server: ['x'] } }],
    ['a letter with =', ['-s=x'], { operands: [], options: { server: ['x'] } }],
    ['joined letters', ['-Dv'], { operands: [], options: { debug: ['true'], verbose: ['true'] } }],
    [
      'joined letters, the last with a value',
      ['-Dsx'],
      { operands: [], options: { debug: ['true'], server: ['x'] } },
    ],
    ['a letter turned off', ['-D=false'], { operands: [], options: { debug: ['false'] } }],
    ['several values', ['-r', 'a', '--roles=b'], { operands: [], options: { roles: ['a', 'b'] } }],
    ['-- ends the options', ['--', '--pretty', '-s'], { operands: ['--pretty', '-s'], options: {} }],
    ['a lone dash is an operand', ['-'], { operands: ['-'], options: {} }],
    ['a line feed in a value', ['--server=a\nb'], { operands: [], options: { server: ['a\nb'] } }],
    [
      'names of JavaScript are names',
      ['__proto__', 'constructor'],
      { operands: ['__proto__', 'constructor'], options: {} },
    ],
  ])('%s', (_, words, expected) => {
    expect(read(...words)).toEqual(expected);
  });

  it.each([
    [['--frob'], 'unknown flag: --frob'],
    [['--frob=1'], 'unknown flag: --frob'],
    [['--prett'], 'unknown flag: --prett'],
    [['--constructor'], 'unknown flag: --constructor'],
    [['-x'], "unknown shorthand flag: 'x' in -x"],
    [['-Dx'], "unknown shorthand flag: 'x' in -Dx"],
    [['--server'], 'flag needs an argument: --server'],
    [['-s'], "flag needs an argument: 's' in -s"],
    [
      ['--pretty=maybe'],
      'invalid argument "maybe" for "--pretty" flag: strconv.ParseBool: parsing "maybe": invalid syntax',
    ],
    [['-D=2'], 'invalid argument "2" for "-D, --debug" flag: strconv.ParseBool: parsing "2": invalid syntax'],
  ])('refuses %s in the words of pflag', (words, message) => {
    let refusal: unknown;
    try {
      read(...words);
    } catch (error) {
      refusal = error;
    }
    expect(hasCode(refusal, 'cli/usage') && refusal.details.message).toBe(message);
  });

  it('the last value counts', () => {
    const args = parseArguments(specs, ['-s', 'a', '-s', 'b', '--pretty', '--pretty=false']);
    expect(valueOf(args, 'server')).toBe('b');
    expect(isOn(args, 'pretty')).toBe(false);
    expect(isOn(args, 'debug')).toBe(false);
    expect(valueOf(args, 'roles')).toBeUndefined();
  });
});
