/** Where the codes of a recovery sheet come from: a file, standard input, pictures. Command line. */
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { text as readAll } from 'node:stream/consumers';
import { AppError } from '../../shared/errors.ts';
import { sheetBackup } from '../backup/sheet-backup.ts';
import type { OpenedBackup } from '../backup/read-backup.ts';
import { readSheetCodes, splitSheetText } from '../backup/sheet-code.ts';
import { readPictures } from '../backup/sheet-picture.ts';
import { fileReason, systemCode } from '../files/file-failure.ts';
import { type Arguments, valueOf } from './command.ts';
import type { Terminal } from './terminal.ts';

/** Where the codes come from. */
export interface SheetSource {
  /** A file, or `-` for standard input. */
  readonly text: string | undefined;
  readonly pictures: readonly string[];
}

/** Undefined when no sheet is named. */
export function sheetSourceOf(args: Arguments): SheetSource | undefined {
  const [text, pictures] = [valueOf(args, 'code-text'), args.options.get('code-picture') ?? []];
  return text === undefined && pictures.length === 0 ? undefined : { text, pictures };
}

/** The files that were named, for what is said. */
export function nameOfSheet({ text, pictures }: SheetSource): string {
  return [text ?? [], ...pictures].flat().join(', ');
}

/** Its keys, none of them opened. @throws `backup/code-unreadable`, `backup/picture-unreadable`, `config/unreadable` */
export async function openSheet(source: SheetSource, terminal: Terminal): Promise<OpenedBackup> {
  return sheetBackup(readSheetCodes(await readCodes(source, terminal)));
}

async function readCodes({ text, pictures }: SheetSource, terminal: Terminal): Promise<readonly string[]> {
  const typed = text === undefined ? [] : splitSheetText(await readText(text, terminal));
  const files = pictures.map((file) => path.resolve(terminal.workingDirectory, file));
  return [...typed, ...(await readPictures(files))];
}

async function readText(source: string, { input, workingDirectory }: Terminal): Promise<string> {
  if (source === '-') return readAll(input ?? process.stdin);
  const file = path.resolve(workingDirectory, source);
  return readFile(file, 'utf8').catch((error: unknown) => {
    const reason = fileReason(systemCode(error));
    throw new AppError('config/unreadable', { path: file, reason }, { cause: error });
  });
}
