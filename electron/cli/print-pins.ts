/** What `trustdesk pin` says of the images of files: a table each, then what to do about those that are not signed. Command line. */
import type { AppError } from '../../shared/errors.ts';
import { textOf } from '../../shared/error-texts.ts';
import { printableEach } from '../../shared/printable.ts';
import type { TextKind } from '../trust/references/found-reference.ts';
import { isSigned, type Pinning, type VerifiedReference } from '../trust/references/verify-references.ts';
import { dockerTable, printable, tableLines } from './columns.ts';
import { explanation, toJson } from './failure.ts';
import type { InputText } from './pin-files.ts';
import { type Output, type Terminal, writeAll } from './terminal.ts';

export interface CheckedFile {
  /** As it was given. */
  readonly name: string;
  readonly input: InputText;
  readonly kind: TextKind;
  readonly results: readonly VerifiedReference[];
  /** One each. */
  readonly pinnings: readonly Pinning[];
}

const header = ['LINE', 'REFERENCE', 'SIGNED DIGEST', 'SIGNERS'];
const digestStart = 'sha256:'.length + 12;

export function printChecked(files: readonly CheckedFile[], out: Output, terminal: Terminal): void {
  for (const [index, { input, results, pinnings }] of files.entries()) {
    if (files.length > 1) out.write(`${index === 0 ? '' : '\n'}${printable(input.shown)}:\n`);
    const rows = results.map((one, at) => rowOf(one, pinnings[at]));
    writeAll(out, tableLines(dockerTable, [header, ...rows]));
  }
  for (const { input, results, pinnings } of files) {
    for (const [at, { found }] of results.entries()) {
      const pinning = pinnings[at];
      if (pinning?.kind !== 'cannot') continue;
      const where = `${printable(input.shown)}:${String(found.line)}: ${shortened(found.reference)}`;
      terminal.stderr.write(`${where}\n${printableEach(explanation(pinning.error, ''))}`);
    }
  }
}

function rowOf({ found, verdict }: VerifiedReference, pinning: Pinning | undefined): readonly string[] {
  const reference = shortened(found.reference);
  if (verdict.kind === 'signed') {
    const who = verdict.signed.signers.join(', ');
    const digest = verdict.signed.digest.slice(0, digestStart);
    return [String(found.line), reference, digest, who === '' ? '(Repo Admin)' : printable(who)];
  }
  // The reason is a sentence and its fix, which are said once.
  const why = pinning?.kind === 'cannot' ? '(no, see below)' : printable(textOf(verdict.error).title);
  return [String(found.line), reference, '-', why];
}

const longestShown = 200;
function shortened(reference: string): string {
  const { length } = reference;
  return printable(length > longestShown ? `${reference.slice(0, longestShown)}...` : reference);
}

/** A file that was not looked at, or not written. */
export function sayFileFailure(name: string, error: AppError, asJson: boolean, { stderr }: Terminal): void {
  if (asJson) stderr.write(`${JSON.stringify({ file: name, ...toJson(error) })}\n`);
  else stderr.write(printableEach(explanation(error, '').replace(/^ {2}/, '')));
}

/** How many are signed, of how many that could be looked at, and what happened to the files. */
export function saySum(
  files: readonly CheckedFile[],
  failures: number,
  written: ReadonlySet<InputText>,
  isWriting: boolean,
  { stderr }: Terminal,
): void {
  const results = files.flatMap((one) => one.results);
  if (results.length === 0) return;
  const pins = files.flatMap(({ pinnings }) => pinnings).filter(({ kind }) => kind === 'pin').length;
  const total = `${String(results.length)} reference${results.length === 1 ? '' : 's'}`;
  stderr.write(`${String(results.filter(isSigned).length)} of ${total} signed.`);
  if (failures > 0)
    stderr.write(` Not counted: ${String(failures)} file${failures === 1 ? '' : 's'}, see above.`);
  if (written.size > 0)
    stderr.write(` Pinned: ${[...written].map(({ shown }) => printable(shown)).join(', ')}.`);
  else if (!isWriting && pins > 0) stderr.write(` ${String(pins)} can be pinned with --write.`);
  stderr.write('\n');
}

export function printCheckedAsJson(
  files: readonly CheckedFile[],
  written: ReadonlySet<InputText>,
  out: Output,
): void {
  const shown = files.map(({ name, input, kind, results, pinnings }) => ({
    file: name,
    kind,
    written: written.has(input),
    references: results.map((one, at) => referenceAsJson(one, pinnings[at])),
  }));
  out.write(`${JSON.stringify(shown, undefined, 4)}\n`);
}

function referenceAsJson(
  { found, image, verdict, repository }: VerifiedReference,
  pinning: Pinning | undefined,
) {
  const { line, offset, length, reference } = found;
  return {
    line,
    offset,
    length,
    reference,
    gun: image?.gun,
    tag: image?.tag,
    digest: image?.digest,
    isSigned: verdict.kind === 'signed',
    signed: verdict.signed,
    error: verdict.kind === 'refused' ? toJson(verdict.error) : undefined,
    pinning: pinning?.kind,
    whyNot: pinning?.kind === 'cannot' ? toJson(pinning.error) : undefined,
    freshness: repository?.freshness.kind,
    confirmedAt: repository === undefined ? undefined : new Date(repository.freshness.at).toISOString(),
  };
}
