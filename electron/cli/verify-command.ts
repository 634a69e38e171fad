/**
 * `trustdesk verify GUN TARGET`, in the place of notary's: data that is what somebody signed under that name goes through,
 * anything else does not. Command line. Nothing is printed or written before all of it was compared.
 */
import { createHash } from 'node:crypto';
import { promises } from 'node:fs';
import path from 'node:path';
import { AppError } from '../../shared/errors.ts';
import { writeFileAtomically } from '../files/atomic-file.ts';
import { fileReason, systemCode, toWriteError } from '../files/file-failure.ts';
import { readAtMost } from '../files/read-at-most.ts';
import { findTarget } from '../tuf/delegations.ts';
import type { TargetEntry } from '../tuf/model.ts';
import { type Arguments, isOn, type RunCommand, usage, valueOf } from './command.ts';
import { readLikeNotary } from './notary-commands.ts';
import type { Terminal } from './terminal.ts';

export const runVerify: RunCommand = async (args, terminal) => {
  if (isOn(args, 'quiet') && valueOf(args, 'output') !== undefined)
    throw usage('--quiet writes nothing, and does not go with --output');
  const { gun, targets } = await readLikeNotary(args, terminal);
  const name = args.operands[1] ?? '';
  const found = findTarget(targets, name);
  if (found === undefined) throw new AppError('trust/no-signed-tag', { gun, tag: name });
  if (found.target.length > MOST_BYTES)
    throw new AppError('trust/limit-exceeded', { what: `bytes of ${name}`, limit: MOST_BYTES });
  const data = await readData(args, terminal, found.target.length);
  const reason = difference(data, found.target);
  if (reason !== undefined) throw new AppError('trust/other-data', { gun, target: name, reason });
  if (!isOn(args, 'quiet')) await pass(data, args, terminal);
  return 0;
};

/** It is held whole until it was compared; whoever signs sets the length. */
const MOST_BYTES = 1024 ** 3;

/** All of the input, or as much as shows that it is too long. @throws `config/unreadable` */
function readData(args: Arguments, terminal: Terminal, length: number): Promise<Buffer> {
  const file = valueOf(args, 'input');
  const source =
    file === undefined ? (terminal.input ?? process.stdin) : path.resolve(terminal.workingDirectory, file);
  return readAtMost(source, length).catch((error: unknown) => {
    const reason = fileReason(systemCode(error));
    throw new AppError('config/unreadable', { path: file ?? 'standard input', reason }, { cause: error });
  });
}

/** Why the data is not the target's; every hash that is signed counts. notary looks at the hashes only. */
function difference(data: Buffer, { length, sha256, sha512 }: TargetEntry): string | undefined {
  if (data.length > length) return `it is longer than the ${String(length)} bytes that are signed`;
  if (data.length < length) return `it has ${String(data.length)} bytes, ${String(length)} are signed`;
  if (sha256 === undefined && sha512 === undefined) return 'no hash that can be compared is signed';
  const isOther = (algorithm: string, expected: string | undefined): boolean =>
    expected !== undefined && createHash(algorithm).update(data).digest('base64') !== expected;
  if (isOther('sha256', sha256)) return 'its SHA-256 is another one';
  return isOther('sha512', sha512) ? 'its SHA-512 is another one' : undefined;
}

/** To standard output byte for byte, or into a file. */
async function pass(data: Buffer, args: Arguments, terminal: Terminal): Promise<void> {
  const output = valueOf(args, 'output');
  if (output === undefined) {
    terminal.stdout.write(data);
    return;
  }
  const file = path.resolve(terminal.workingDirectory, output);
  const target = await promises.realpath(file).catch(() => file);
  const found = await promises.stat(target).catch(() => undefined);
  // A pipe or a device is written into; renaming over it would put a file in its place.
  if (found === undefined || found.isFile()) await writeFileAtomically(target, data);
  else
    await promises.writeFile(target, data).catch((error: unknown) => {
      throw toWriteError(error, target);
    });
}
