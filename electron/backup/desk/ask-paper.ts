/** Asks for a recovery sheet: its text, or pictures of it. Privileged process; what was given never goes to the window. */
import { AppError, isAppError } from '../../../shared/errors.ts';
import type { PaperSource } from '../../../shared/paper-source.ts';
import type { OpenedBackup } from '../read-backup.ts';
import { sheetBackup } from '../sheet-backup.ts';
import { readSheetCodes, splitSheetText } from '../sheet-code.ts';
import { readPictures } from '../sheet-picture.ts';
import { type DeskSetup, toWire } from './desk-setup.ts';

/** Throws `prompt/cancelled`, `backup/picture-unreadable`, `backup/code-unreadable`. */
export function askForPaper(
  setup: Pick<DeskSetup, 'prompts'>,
  { from }: PaperSource,
  signal: AbortSignal,
): Promise<OpenedBackup> {
  return from === 'sheet' ? askForSheet(setup, signal) : askForPictures(setup, signal);
}

/**
 * Asks for the codes of a recovery sheet until they make up whole keys; what was given stays given.
 * Throws `prompt/cancelled`.
 */
async function askForSheet(
  { prompts }: Pick<DeskSetup, 'prompts'>,
  signal: AbortSignal,
): Promise<OpenedBackup> {
  try {
    return await askUntilWhole(prompts, signal);
  } finally {
    // SECURITY: an encrypted key stays in the window no longer than it may have to be corrected.
    prompts.printedTextTaken();
  }
}

async function askUntilWhole(prompts: DeskSetup['prompts'], signal: AbortSignal): Promise<OpenedBackup> {
  const texts: string[] = [];
  let problem: AppError | undefined;
  for (;;) {
    const text = await prompts.askPrintedText(
      {
        what: 'sheet-code',
        purpose: ['The key in it stays under its own passphrase.'],
        have: texts.length,
        need: undefined,
        problem: problem === undefined ? undefined : toWire(problem),
      },
      signal,
    );
    const all = [...texts, ...splitSheetText(text)];
    try {
      return sheetBackup(readSheetCodes(all));
    } catch (error) {
      if (!isAppError(error)) throw error;
      problem = error;
      // Of several parts nobody knows which is wrong: the window shows again all that was typed, to be corrected.
      const isWaiting = /^part .* is missing$/.test(reasonOf(error));
      texts.splice(0, texts.length, ...(isWaiting ? all : []));
    }
  }
}

/** The keys in photographs or scans of a sheet. @throws `prompt/cancelled`, `backup/picture-unreadable`, `backup/code-unreadable` */
async function askForPictures(
  { prompts }: Pick<DeskSetup, 'prompts'>,
  signal: AbortSignal,
): Promise<OpenedBackup> {
  const question = { title: 'Choose pictures of the recovery sheet', want: 'files' as const };
  const files = await prompts.chooseFile(question, signal);
  if (files.length === 0) throw new AppError('prompt/cancelled', {});
  return sheetBackup(readSheetCodes(await readPictures(files)));
}

function reasonOf({ details }: AppError): string {
  return 'reason' in details ? details.reason : '';
}
