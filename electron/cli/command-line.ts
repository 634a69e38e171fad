/**
 * From the words typed to an exit code: finds the command, reads its arguments, runs it, reports its failure.
 * Command line; nothing heavy may be imported here.
 */
import { isAppError } from '../../shared/errors.ts';
import type { Arguments, CommandSpec, OptionSpec } from './command.ts';
import { parseArguments, unreadableOption } from './command.ts';
import { commands } from './commands.ts';
import type { Terminal } from './terminal.ts';

const helpOption: OptionSpec = { name: 'help', short: 'h', help: '' };
const versionOption: OptionSpec = { name: 'version', short: 'v', help: '' };

/** Runs one command line; every failure becomes words and an exit code. */
export async function runCommandLine(words: readonly string[], terminal: Terminal): Promise<number> {
  const found = findCommand(words);
  if (found === undefined) return runWithoutCommand(words, terminal);
  const { command, rest } = found;
  let args: Arguments;
  try {
    args = readArguments(command, rest);
  } catch (error) {
    const { reportUsage } = await import('./failure.ts');
    return reportUsage(command, error, terminal);
  }
  if (args.options.has('help')) return printHelp(command, terminal);
  const refusal = command.refuse(args.operands);
  if (refusal !== undefined) {
    const { reportRefusal } = await import('./failure.ts');
    return reportRefusal(command, refusal, terminal);
  }
  return run(command, args, terminal);
}

function readArguments({ options, isVerbatim }: CommandSpec, words: readonly string[]): Arguments {
  const asksForHelp = words[0] === '--help';
  if (isVerbatim === true && !asksForHelp) return { operands: words, options: new Map() };
  return parseArguments([...options, helpOption], isVerbatim === true ? ['--help'] : words);
}

async function run(command: CommandSpec, args: Arguments, terminal: Terminal): Promise<number> {
  try {
    const runCommand = await command.load();
    return await runCommand(args, terminal);
  } catch (error) {
    const { reportFailure } = await import('./failure.ts');
    return reportFailure(command, args, error, terminal);
  }
}

/** Options may stand before and between the words of a command's name, as notary's global ones often do. */
function findCommand(
  words: readonly string[],
): { readonly command: CommandSpec; readonly rest: readonly string[] } | undefined {
  const [first, second] = operandPlaces(words);
  if (first === undefined) return undefined;
  const one = words[first] ?? '';
  const two = second === undefined ? one : `${one} ${words[second] ?? ''}`;
  const command = commands.find(({ name }) => name === two) ?? commands.find(({ name }) => name === one);
  if (command === undefined) return undefined;
  const used = command.name === one ? [first] : [first, second];
  return { command, rest: words.filter((_, place) => !used.includes(place)) };
}

/** Where the words are that are neither an option nor an option's value. */
function operandPlaces(words: readonly string[]): number[] {
  const places: number[] = [];
  for (let at = 0; at < words.length; at++) {
    const word = words[at] ?? '';
    if (word === '--') break;
    if (!word.startsWith('-') || word === '-') places.push(at);
    else if (takesNextWord(word)) at++;
  }
  return places;
}

function takesNextWord(word: string): boolean {
  if (word.includes('=')) return false;
  const all = commands.flatMap(({ options }) => options);
  const option = word.startsWith('--')
    ? all.find(({ name }) => `--${name}` === word)
    : all.find(({ short }) => short !== undefined && `-${short}` === word);
  return option?.value !== undefined;
}

async function printHelp(command: CommandSpec, terminal: Terminal): Promise<number> {
  const { commandHelp } = await import('./help.ts');
  terminal.stdout.write(commandHelp(command));
  return 0;
}

async function runWithoutCommand(words: readonly string[], terminal: Terminal): Promise<number> {
  const { overview } = await import('./overview.ts');
  const operands = operandPlaces(words).map((place) => words[place] ?? '');
  const asked = operands[0] === 'help' ? findCommand(operands.slice(1)) : undefined;
  if (asked !== undefined) return printHelp(asked.command, terminal);
  const [word] = operands[0] === 'help' ? operands.slice(1) : operands;
  const isGroup = word !== undefined && commands.some(({ name }) => name.startsWith(`${word} `));
  if (word === 'version' && operands.length === 1) return printVersion(terminal);
  if (word !== undefined && !(isGroup && operands.length <= 1)) {
    const { reportUnknownCommand } = await import('./failure.ts');
    return reportUnknownCommand(operands, commands, terminal);
  }
  const options = readTopOptions(words, terminal);
  if (options === undefined) return unreadableOption;
  if (options.options.has('version')) return printVersion(terminal);
  terminal.stdout.write(overview(isGroup ? word : undefined));
  return 0;
}

async function printVersion(terminal: Terminal): Promise<number> {
  const { version } = await import('../version.ts');
  terminal.stdout.write(`trustdesk ${version}\n`);
  return 0;
}

function readTopOptions(words: readonly string[], terminal: Terminal): Arguments | undefined {
  try {
    return parseArguments([helpOption, versionOption], words);
  } catch (error) {
    if (!isAppError(error)) throw error;
    const message = 'message' in error.details ? error.details.message : '';
    terminal.stderr.write(`${message}\n\nRun 'trustdesk --help' for more information\n`);
    return undefined;
  }
}
