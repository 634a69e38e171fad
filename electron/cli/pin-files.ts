/**
 * The files that `trustdesk pin` reads and writes: text that is a stranger's, written back only where it is still what was
 * read, with its owner and mode. Command line.
 */
import { type Stats, statSync } from 'node:fs';
import { realpath } from 'node:fs/promises';
import path from 'node:path';
import { AppError } from '../../shared/errors.ts';
import { longestText } from '../../shared/verify-limits.ts';
import { writeFileAtomically } from '../files/atomic-file.ts';
import { writeFile } from '../files/file-calls.ts';
import { readAtMost } from '../files/read-at-most.ts';
import { fileReason, isMissing, systemCode, toWriteError } from '../files/file-failure.ts';
import type { Terminal } from './terminal.ts';

export interface InputText {
  /** As it is called in what is printed. */
  readonly shown: string;
  /** With links followed; undefined for standard input. */
  readonly file: string | undefined;
  readonly bytes: Buffer;
  readonly text: string;
}

/** @throws `config/unreadable`, `reference/file-malformed` */
export async function readInputText(name: string, terminal: Terminal): Promise<InputText> {
  const shown = name === '-' ? 'standard input' : name;
  const file = name === '-' ? undefined : path.resolve(terminal.workingDirectory, name);
  const bytes = await readBytes(file, shown, terminal);
  try {
    const text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
    return { shown, file: file === undefined ? undefined : await realpath(file), bytes, text };
  } catch (error) {
    if (!(error instanceof TypeError)) throw toReadError(error, shown);
    throw new AppError(
      'reference/file-malformed',
      { name: shown, reason: 'it is not UTF-8 text' },
      { cause: error },
    );
  }
}

/** A character takes three bytes at most in UTF-8, or four for two UTF-16 units. */
const mostBytes = 3 * longestText;

async function readBytes(file: string | undefined, shown: string, terminal: Terminal): Promise<Buffer> {
  const bytes = await readAtMost(file ?? terminal.input ?? process.stdin, mostBytes).catch(
    (error: unknown) => {
      throw toReadError(error, shown);
    },
  );
  if (bytes.length <= mostBytes) return bytes;
  const reason = `it has more than ${String(longestText)} characters`;
  throw new AppError('reference/file-malformed', { name: shown, reason });
}

function toReadError(error: unknown, name: string): AppError {
  return new AppError(
    'config/unreadable',
    { path: name, reason: fileReason(systemCode(error)) },
    { cause: error },
  );
}

export type PinTarget = { readonly kind: 'in-place' } | { readonly kind: 'file'; readonly name: string };

/** @throws `files/...`; what was there is untouched then */
export async function writePinned(
  input: InputText,
  text: string,
  target: PinTarget,
  terminal: Terminal,
): Promise<void> {
  if (target.kind === 'in-place') return replaceRead(input, text, terminal);
  if (target.name === '-') {
    // A pipe gets it byte for byte, a terminal nothing that drives it.
    terminal.stdout.write(terminal.stdout.isTerminal ? text : Buffer.from(text));
    return;
  }
  const named = path.resolve(terminal.workingDirectory, target.name);
  const file = await realpath(named).catch((error: unknown) => {
    if (isMissing(error)) return named;
    throw toWriteError(error, named);
  });
  const there = statsOf(file);
  // A pipe or a device is written into; renaming over it would put a file in its place.
  if (there !== undefined && !there.isFile()) {
    await writeFile(file, text).catch((error: unknown) => {
      throw toWriteError(error, file);
    });
    return;
  }
  // A new file is as open as the one it is made of.
  const mode = (input.file === undefined ? undefined : statsOf(input.file)?.mode) ?? 0o644;
  await writeFileAtomically(file, text, { like: there ?? { mode, uid: undefined, gid: undefined } });
}

async function replaceRead(input: InputText, text: string, terminal: Terminal): Promise<void> {
  const { file, bytes, shown } = input;
  if (file === undefined || text === input.text) return;
  const there = statsOf(file);
  if (there?.isFile() !== true)
    throw new AppError('files/write-failed', { path: shown, reason: 'it is no file' });
  // Somebody edited it while servers were asked.
  const now = await readBytes(file, shown, terminal);
  if (!now.equals(bytes)) throw new AppError('files/changed-meanwhile', { path: shown });
  await writeFileAtomically(file, text, { like: there });
}

function statsOf(file: string): Stats | undefined {
  return statSync(file, { throwIfNoEntry: false });
}
