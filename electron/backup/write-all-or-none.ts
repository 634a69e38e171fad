/**
 * Several new files that are only worth something together, such as the shares of one passphrase. Privileged process.
 * Nothing that is there is overwritten.
 */
import { rm } from 'node:fs/promises';
import { writeExport } from '../keystore/export-key.ts';

export interface NewFile {
  readonly file: string;
  readonly text: string;
}

/**
 * Some shares of a set without the others, or half a sheet, would only be found later: on a failure those already
 * written are removed again. Throws `files/exists`, `files/no-folder`, `files/write-failed`, `files/disk-full`.
 */
export async function writeAllOrNone(files: readonly NewFile[]): Promise<void> {
  const written: string[] = [];
  try {
    for (const { file, text } of files) {
      await writeExport(file, text);
      written.push(file);
    }
  } catch (error) {
    for (const file of written) await rm(file, { force: true });
    throw error;
  }
}
