/**
 * `trustdesk pin FILE...`: what is signed for every image that files name, and the files with these digests. Command line.
 * Nothing is written unless it was asked for, and then all files or none, as long as --partial does not say otherwise.
 */
import path from 'node:path';
import { AppError, isAppError } from '../../shared/errors.ts';
import { findReferences } from '../trust/references/find-references.ts';
import type { TextKind } from '../trust/references/found-reference.ts';
import { pinText } from '../trust/references/pin-text.ts';
import { isSigned, pinningOf, verifyReferences } from '../trust/references/verify-references.ts';
import { type Arguments, isOn, type RunCommand, usage, valueOf } from './command.ts';
import { openDockerReader, type ReadRepository } from './docker-reader.ts';
import { type InputText, type PinTarget, readInputText, writePinned } from './pin-files.ts';
import { type CheckedFile, printChecked, printCheckedAsJson, sayFileFailure, saySum } from './print-pins.ts';
import type { Terminal } from './terminal.ts';
import { sayWarnings } from './warnings.ts';

interface Wish {
  readonly type: TextKind | undefined;
  readonly update: boolean;
  readonly partial: boolean;
  /** Where the pinned text goes; undefined when it goes nowhere. */
  readonly target: PinTarget | undefined;
  readonly isDry: boolean;
  readonly json: boolean;
}

export const runPin: RunCommand = async (args, terminal) => {
  const wish = readWish(args);
  const read = await openDockerReader(terminal);
  const checks = await Promise.all(args.operands.map((name) => check(name, wish, read, terminal)));
  const checked = checks.filter((one) => 'results' in one);
  const failures = checks.filter((one) => 'error' in one);
  for (const repository of new Set(checked.flatMap(({ results }) => results.map((one) => one.repository))))
    if (repository !== undefined) sayWarnings(repository, terminal);
  // Standard output is the pinned text's alone where it goes there.
  const toStdout = wish.target?.kind === 'file' && wish.target.name === '-' && !wish.isDry;
  const out = toStdout ? terminal.stderr : terminal.stdout;
  const outcome = await write(checked, failures.length, wish, terminal);
  if (wish.json) printCheckedAsJson(checked, outcome.written, out);
  else printChecked(checked, out, terminal);
  for (const { name, error } of failures) sayFileFailure(name, error, wish.json, terminal);
  for (const { name, error } of outcome.refused) sayFileFailure(name, error, wish.json, terminal);
  if (!wish.json)
    saySum(checked, failures.length, outcome.written, wish.target !== undefined && !wish.isDry, terminal);
  const isGood = checked.every(({ results, pinnings }) =>
    wish.target === undefined || wish.isDry
      ? results.every(isSigned)
      : pinnings.every(({ kind }) => kind !== 'cannot'),
  );
  return isGood && failures.length === 0 && outcome.refused.length === 0 ? 0 : 1;
};

/** @throws `cli/usage` */
function readWish(args: Arguments): Wish {
  const { operands } = args;
  const type = valueOf(args, 'type');
  if (type !== undefined && !isTextKind(type)) throw usage('--type is one of dockerfile, compose and list');
  const output = valueOf(args, 'output');
  const write = isOn(args, 'write');
  if (output !== undefined && write) throw usage('--write and --output do not go together');
  if (output !== undefined && operands.length > 1) throw usage('--output takes the text of one file only');
  if (operands.filter((name) => name === '-').length > 1) throw usage('standard input can be read once only');
  if (write && operands.includes('-')) throw usage('standard input has no file to write to: use --output');
  const partial = isOn(args, 'partial');
  if (partial && !write && output === undefined)
    throw usage('--partial says what to write, and needs --write or --output');
  const target = targetOf(write, output);
  const [isDry, json] = [isOn(args, 'dry-run'), isOn(args, 'json')];
  if (json && output === '-') throw usage('--json and --output - both want standard output');
  return { type, update: isOn(args, 'update'), partial, target, isDry, json };
}

function targetOf(write: boolean, output: string | undefined): PinTarget | undefined {
  if (write) return { kind: 'in-place' };
  return output === undefined ? undefined : { kind: 'file', name: output };
}

function isTextKind(text: string): text is TextKind {
  return ['dockerfile', 'compose', 'list'].includes(text);
}

interface Failure {
  readonly name: string;
  readonly error: AppError;
}

async function check(
  name: string,
  { type, update }: Wish,
  read: ReadRepository,
  terminal: Terminal,
): Promise<CheckedFile | Failure> {
  try {
    const input = await readInputText(name, terminal);
    const { kind, references } = await findReferences(input.text, path.basename(input.shown), type);
    if (references.length === 0) throw new AppError('reference/none-found', { name: input.shown });
    const results = await verifyReferences(references, { read });
    return { name, input, kind, results, pinnings: results.map((one) => pinningOf(one, update)) };
  } catch (error) {
    if (isAppError(error)) return { name, error };
    throw error;
  }
}

interface Written {
  /** Files that hold the digests now. */
  readonly written: ReadonlySet<InputText>;
  readonly refused: readonly Failure[];
}

async function write(
  checked: readonly CheckedFile[],
  failures: number,
  { target, partial, isDry }: Wish,
  terminal: Terminal,
): Promise<Written> {
  const written = new Set<InputText>();
  if (target === undefined || isDry) return { written, refused: [] };
  const refused = partial ? [] : checked.flatMap(refusalOf);
  if (refused.length > 0 || (failures > 0 && !partial)) return { written, refused };
  const failed: Failure[] = [];
  for (const { name, input, pinnings } of checked) {
    const pins = pinnings.flatMap((one) => (one.kind === 'pin' ? [one.pin] : []));
    try {
      await writePinned(input, pinText(input.text, pins), target, terminal);
      if (pins.length > 0) written.add(input);
    } catch (error) {
      if (!isAppError(error)) throw error;
      failed.push({ name, error });
    }
  }
  return { written, refused: failed };
}

function refusalOf({ name, input, pinnings }: CheckedFile): readonly Failure[] {
  const count = pinnings.filter(({ kind }) => kind === 'cannot').length;
  return count === 0
    ? []
    : [{ name, error: new AppError('reference/not-all-signed', { name: input.shown, count }) }];
}
