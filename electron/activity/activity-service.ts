/** The activity log for the window: newest first, checked as it is read; exported as it stands. Privileged process. */
import { readFile } from 'node:fs/promises';
import { AppError } from '../../shared/errors.ts';
import type { CallOutput } from '../../shared/ipc/bridge.ts';
import { writeFileAtomically } from '../files/atomic-file.ts';
import type { FilePrompt } from '../prompts/prompts.ts';
import type { ActivityEntry, ActivityLog } from './activity-log.ts';

export class ActivityService {
  readonly #log: ActivityLog;
  readonly #file: string;
  readonly #prompts: FilePrompt;

  constructor(log: ActivityLog, file: string, prompts: FilePrompt) {
    this.#log = log;
    this.#file = file;
    this.#prompts = prompts;
  }

  async list(): Promise<CallOutput<'activity.list'>> {
    const { entries, brokenAt, cutShort } = await this.#log.read();
    const shown = entries.map(toView).reverse();
    return { entries: shown, cutShort, ...(brokenAt === undefined ? {} : { brokenAt }) };
  }

  /** The very bytes, so that the chain can be checked elsewhere. @throws `prompt/cancelled`, `files/*` */
  async export(): Promise<void> {
    const question = {
      title: 'Export the activity log',
      want: 'save',
      suggestedName: 'activity.jsonl',
    } as const;
    const [place] = await this.#prompts.chooseFile(question);
    if (place === undefined) throw new AppError('prompt/cancelled', {});
    await writeFileAtomically(place, await readFile(this.#file).catch(emptyWhenMissing));
  }
}

function toView({
  seq,
  at,
  what,
  gun,
  details,
  hash,
}: ActivityEntry): CallOutput<'activity.list'>['entries'][number] {
  const { title } = details;
  return {
    seq,
    at,
    what,
    details: { ...details },
    hash,
    ...(gun === undefined ? {} : { gun }),
    ...(typeof title === 'string' ? { title } : {}),
  };
}

function emptyWhenMissing(error: NodeJS.ErrnoException): Uint8Array {
  if (error.code !== 'ENOENT') throw error;
  return new Uint8Array();
}
