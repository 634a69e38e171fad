/**
 * What a command of the command line is, and how its arguments are read: the rules of Go's pflag, which docker and
 * notary use, so that scripts carry over. Pure.
 *
 * Written here because a general parser costs more start-up time than reading 10,000 signed tags.
 */
import { AppError } from '../../shared/errors.ts';
import type { Terminal } from './terminal.ts';

export interface OptionSpec {
  readonly name: string;
  readonly short?: string;
  /** What the value is called in the help text; an option without one is a switch. */
  readonly value?: string;
  readonly help: string;
}

/** Whose manners a command has: where usage errors and failures are printed, and with which exit code. */
export type Manners = 'docker' | 'notary';

export interface CommandSpec {
  /** `inspect`, `delegation list` */
  readonly name: string;
  /** The operands as the usage line shows them. */
  readonly operands: string;
  readonly summary: string;
  readonly manners: Manners;
  readonly options: readonly OptionSpec[];
  /** Why these operands do not fit, in the words of the original; undefined when they do. */
  readonly refuse: (operands: readonly string[]) => string | undefined;
  /** Its words are another program's: all are operands, and none is read but `--help` as the first. */
  readonly isVerbatim?: boolean;
  /** The exit code of a failure, where it is not 1. */
  readonly failureCode?: number;
  /** What the original says before the reason of a failure. */
  readonly failureLead?: (operands: readonly string[]) => string;
  /** Loaded only when the command is run: start-up time is part of the product. */
  readonly load: () => Promise<RunCommand>;
}

export interface Arguments {
  readonly operands: readonly string[];
  /** Values per option name in the order given; a switch holds `true` or `false`. */
  readonly options: ReadonlyMap<string, readonly string[]>;
}

/** Runs a command; resolves to its exit code. Outcomes are thrown. */
export type RunCommand = (args: Arguments, terminal: Terminal) => Promise<number>;

/** The last value of an option. */
export function valueOf(args: Arguments, name: string): string | undefined {
  return args.options.get(name)?.at(-1);
}

/** Every value of an option that may be given several times or hold several, as pflag's slices: `-r a -r b` and `-r a,b`. */
export function valuesOf(args: Arguments, name: string): readonly string[] {
  return (args.options.get(name) ?? []).flatMap((value) => value.split(','));
}

/** True when a switch is on. */
export function isOn(args: Arguments, name: string): boolean {
  return valueOf(args, name) === 'true';
}

/**
 * Reads options and operands, which may be mixed; `--` ends the options.
 * Throws `cli/usage` with pflag's own wording.
 */
export function parseArguments(specs: readonly OptionSpec[], words: readonly string[]): Arguments {
  const operands: string[] = [];
  const options = new Map<string, string[]>();
  const queue = [...words];
  for (let word = queue.shift(); word !== undefined; word = queue.shift()) {
    if (word === '--') {
      operands.push(...queue);
      break;
    }
    if (!word.startsWith('-') || word === '-') operands.push(word);
    else for (const { name, value } of readOption(specs, word, queue)) append(options, name, value);
  }
  return { operands, options };
}

interface Given {
  readonly name: string;
  readonly value: string;
}

function readOption(specs: readonly OptionSpec[], word: string, queue: string[]): Given[] {
  return word.startsWith('--') ? [readLong(specs, word, queue)] : readShort(specs, word, queue);
}

/** `--name`, `--name=value`, `--name value` */
function readLong(specs: readonly OptionSpec[], word: string, queue: string[]): Given {
  const [, name = '', value] = /^--([^=]*)(?:=(.*))?$/s.exec(word) ?? [];
  const spec = specs.find((option) => option.name === name);
  if (spec === undefined) throw usage(`unknown flag: --${name}`);
  if (spec.value === undefined) return { name, value: toSwitch(spec, value) };
  const given = value ?? queue.shift();
  if (given === undefined) throw usage(`flag needs an argument: --${name}`);
  return { name, value: given };
}

/** `-s value`, `-svalue`, `-s=value`; switches may be joined: `-Dv`. */
function readShort(specs: readonly OptionSpec[], word: string, queue: string[]): Given[] {
  const given: Given[] = [];
  for (let at = 1; at < word.length; at++) {
    const letter = word.charAt(at);
    const spec = specs.find((option) => option.short === letter);
    if (spec === undefined) throw usage(`unknown shorthand flag: '${letter}' in ${word}`);
    const rest = word.slice(at + 1);
    const joined = rest.startsWith('=') ? rest.slice(1) : rest === '' ? undefined : rest;
    if (spec.value !== undefined) {
      const value = joined ?? queue.shift();
      if (value === undefined) throw usage(`flag needs an argument: '${letter}' in ${word}`);
      return [...given, { name: spec.name, value }];
    }
    const assigned = rest.startsWith('=') ? rest.slice(1) : undefined;
    given.push({ name: spec.name, value: toSwitch(spec, assigned) });
    if (assigned !== undefined) return given;
  }
  return given;
}

/** Go: strconv.ParseBool */
function toSwitch(spec: OptionSpec, value: string | undefined): string {
  if (value === undefined || /^(1|t|T|TRUE|true|True)$/.test(value)) return 'true';
  if (/^(0|f|F|FALSE|false|False)$/.test(value)) return 'false';
  throw usage(
    `invalid argument "${value}" for "${optionName(spec)}" flag: strconv.ParseBool: parsing "${value}": invalid syntax`,
  );
}

function optionName(spec: OptionSpec): string {
  return spec.short === undefined ? `--${spec.name}` : `-${spec.short}, --${spec.name}`;
}

function append(options: Map<string, string[]>, name: string, value: string): void {
  options.set(name, [...(options.get(name) ?? []), value]);
}

/**
 * Something in the words typed is not understood.
 * @param exitCode where it is not the one of the command's other failures
 */
export function usage(message: string, exitCode?: number): AppError<'cli/usage'> {
  return new AppError('cli/usage', exitCode === undefined ? { message } : { message, exitCode });
}

/** docker's exit code for options that cannot be read; what is wrong with operands is 1. */
export const unreadableOption = 125;
