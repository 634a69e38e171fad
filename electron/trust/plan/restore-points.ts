/**
 * Restore points and the journal, kept in the app's own data folder. A restore point holds the verified metadata files
 * as they were before a publish; the journal says which upload was under way, so that after a crash the next start can
 * ask the server which of the two states holds. Neither contains a secret: metadata is public.
 */
import { readdir, readFile, rm } from 'node:fs/promises';
import path from 'node:path';
import type { Gun } from '../../../shared/brands.ts';
import { AppError } from '../../../shared/errors.ts';
import { flushFolder, writeFileAtomically } from '../../files/atomic-file.ts';
import type { MetadataFile } from '../../tuf/model.ts';
import type { PlanSource } from './make-plan.ts';
import type { Plan } from './plan.ts';
import type { PublishRecord } from './publish-ports.ts';

/** An upload that was started and whose end nobody recorded. */
export interface UnfinishedPublish extends PublishRecord {
  readonly file: string;
}

export class RestorePoints {
  readonly #folder: string;

  /** @param dataFolder the app's own data folder */
  constructor(dataFolder: string) {
    this.#folder = dataFolder;
  }

  /**
   * Keeps root, snapshot and every targets file of `source`, and the plan that is about to replace them.
   * @returns the folder
   * @throws `plan/restore-point-failed`: nothing may be published then
   */
  async keep(plan: Plan, source: PlanSource): Promise<string> {
    const folder = path.join(this.#folder, 'restore-points', folderName(plan.gun), plan.id);
    const files: readonly MetadataFile[] = [
      source.root,
      ...(source.snapshot === undefined ? [] : [source.snapshot]),
      ...source.targets.values(),
    ];
    try {
      for (const file of files) await writeFileAtomically(path.join(folder, `${file.role}.json`), file.bytes);
      await writeFileAtomically(path.join(folder, 'plan.json'), JSON.stringify(plan));
    } catch (error) {
      throw new AppError('plan/restore-point-failed', { gun: plan.gun, path: folder }, { cause: error });
    }
    return folder;
  }

  /** Notes that an upload is about to happen. The answer takes the note away. */
  async openJournal(record: PublishRecord): Promise<() => Promise<void>> {
    const file = path.join(this.#journal, `${record.plan.id}.json`);
    await writeFileAtomically(file, JSON.stringify(record));
    return async () => {
      await rm(file, { force: true });
      await flushFolder(this.#journal);
    };
  }

  /** Uploads of earlier runs whose outcome is unknown. A file that is no journal entry is left and named. */
  async unfinished(): Promise<readonly UnfinishedPublish[]> {
    const names = await readdir(this.#journal).catch(emptyWhenMissing);
    const entries = names.filter((name) => name.endsWith('.json')).map((name) => this.#readEntry(name));
    return Promise.all(entries);
  }

  /** Takes an entry away once its outcome is known. */
  async forget(entry: UnfinishedPublish): Promise<void> {
    await rm(entry.file, { force: true });
    await flushFolder(this.#journal);
  }

  async #readEntry(name: string): Promise<UnfinishedPublish> {
    const file = path.join(this.#journal, name);
    try {
      return { ...(JSON.parse(await readFile(file, 'utf8')) as PublishRecord), file };
    } catch (error) {
      throw new AppError(
        'config/malformed',
        { path: file, reason: 'not a publishing journal' },
        { cause: error },
      );
    }
  }

  get #journal(): string {
    return path.join(this.#folder, 'publishing');
  }
}

/** One folder per repository; slashes and colons are not for folder names on every system. */
function folderName(gun: Gun): string {
  return encodeURIComponent(gun);
}

function emptyWhenMissing(error: NodeJS.ErrnoException): readonly string[] {
  if (error.code !== 'ENOENT') throw error;
  return [];
}
