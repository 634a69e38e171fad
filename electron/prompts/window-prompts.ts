/**
 * The prompt port over the window, for browser mode and for confirmations in Electron. Runs in the privileged process.
 * Files are chosen from a directory listing that this side makes: the window names entries by opaque IDs, never paths.
 */
import { mkdir } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { AppError } from '../../shared/errors.ts';
import { systemCode, toWriteError } from '../files/file-failure.ts';
import type { AnswerValue, Broker } from './broker.ts';
import { isFileName, listFolder, parentOf, type Listing } from './folder-listing.ts';
import type { ConfirmPrompt, FilePrompt, FileQuestion } from './prompts.ts';

/** Confirmation in the window. */
export function windowConfirm(broker: Broker): ConfirmPrompt {
  return {
    confirm: async (question, signal) => {
      const answer = await broker.ask({ kind: 'confirm', ...question }, signal);
      // SECURITY: what was to be typed is compared here; a window that skips the typing confirms nothing.
      if (answer.kind !== 'confirm' || answer.typed !== question.typed) refuse();
    },
  };
}

const refuse = (): never => {
  throw new AppError('ipc/refused', { channel: 'prompts.answer' });
};

/** The folder that `entry` leads to. */
function folderOf({ place, entries }: Listing, entry: string): string {
  if (entry === '..') return parentOf(place);
  const found = entries.get(entry);
  return found?.directory === true ? join(place, found.name) : refuse();
}

async function nextPlace({ want }: FileQuestion, listing: Listing, answer: AnswerValue): Promise<string> {
  if (answer.kind === 'enter') return folderOf(listing, answer.entry);
  const mayMake = want === 'directory' || want === 'save';
  return answer.kind === 'make-folder' && mayMake ? makeFolder(listing, answer.name) : refuse();
}

/** SECURITY: a plain name in the place that is shown; never a path. @throws `files/write-failed`, `files/disk-full` */
async function makeFolder({ place }: Listing, name: string): Promise<string> {
  if (!isFileName(name)) return refuse();
  const folder = join(place, name);
  try {
    await mkdir(folder, { mode: 0o700 });
  } catch (error) {
    if (systemCode(error) !== 'EEXIST') throw toWriteError(error, folder);
  }
  return folder;
}

/** Exactly what was asked for, or `ipc/refused`: the entries must be of the listing and of the wanted sort. */
function chosenPaths(
  { want }: FileQuestion,
  { place, entries }: Listing,
  { entries: ids, name }: Extract<AnswerValue, { kind: 'choose' }>,
): readonly string[] {
  if (want === 'save') {
    return ids.length === 0 && name !== undefined && isFileName(name) ? [join(place, name)] : refuse();
  }
  if (want === 'directory' && ids.length === 0) return [place];
  const found = ids.map((id) => entries.get(id) ?? refuse());
  const fitting = found.every(({ directory }) => directory === (want === 'directory'));
  const count = found.length === 1 || (want === 'files' && found.length > 0);
  return name === undefined && fitting && count ? found.map((entry) => join(place, entry.name)) : refuse();
}

/**
 * File choice in the window, starting in the home folder. For `directory`, choosing no entry means the place shown.
 * `..` leads to the parent folder.
 */
export function windowFiles(
  broker: Broker,
  { start = homedir() }: { readonly start?: string } = {},
): FilePrompt {
  return {
    chooseFile: async (question, signal) => {
      let place = start;
      for (;;) {
        const listing = await listFolder(place);
        const { title, want, suggestedName } = question;
        const shown = [...listing.entries].map(([id, entry]) => ({ id, ...entry }));
        const answer = await broker.ask(
          {
            kind: 'choose-file',
            title,
            want,
            place: listing.place,
            entries: shown,
            ...(suggestedName === undefined ? {} : { suggestedName }),
          },
          signal,
        );
        if (answer.kind === 'choose') return chosenPaths(question, listing, answer);
        place = await nextPlace(question, listing, answer);
      }
    },
  };
}
