/**
 * Restore points and the journal, kept in the app's own data folder. A restore point holds the verified metadata files
 * as they were before a publish; the journal says which upload was under way, so that after a crash the next start can
 * ask the server which of the two states holds. Neither contains a secret: metadata is public.
 */
import { readdir, readFile, rm, stat } from 'node:fs/promises';
import path from 'node:path';
import type { Gun, RoleName } from '../../../shared/brands.ts';
import { AppError } from '../../../shared/errors.ts';
import { flushFolder, writeFileAtomically } from '../../files/atomic-file.ts';
import { writeFolderAtomically } from '../../files/atomic-folder.ts';
import { systemCode } from '../../files/file-failure.ts';
import type { MetadataFile, TargetsBody } from '../../tuf/model.ts';
import { parseRoleName } from '../../tuf/names.ts';
import { parseTargets } from '../../tuf/parse.ts';
import type { PlanSource } from './make-plan.ts';
import type { Plan } from './plan.ts';
import type { PublishRecord } from './publish-ports.ts';

/** What a repository was like before a publish. */
export interface RestorePoint {
  /** Of the plan that was published then. */
  readonly id: string;
  /** What that plan did; undefined when its file cannot be read. */
  readonly title: string | undefined;
  /** Milliseconds since the epoch. */
  readonly at: number;
}

/** An upload that was started and whose end nobody recorded. */
export interface UnfinishedPublish extends PublishRecord {
  readonly file: string;
}

/** A journal entry as it is kept: with the process that uploads, which may still be at it. */
interface JournalEntry extends PublishRecord {
  readonly pid: number;
}

const PLAN_ID = /^[0-9a-f-]{36}$/;

/** No upload takes longer: after this, a living process with the same number is another one. */
const LONGEST_UPLOAD_MS = 15 * 60_000;

export class RestorePoints {
  readonly #folder: string;
  /** Plans that this very process is publishing now. */
  readonly #underWay = new Set<string>();

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
    const metadata: readonly MetadataFile[] = [
      source.root,
      ...(source.snapshot === undefined ? [] : [source.snapshot]),
      ...source.targets.values(),
    ];
    const files = new Map<string, Uint8Array | string>(
      metadata.map(({ role, bytes }) => [`${role}.json`, bytes]),
    );
    try {
      await writeFolderAtomically(folder, files.set('plan.json', JSON.stringify(plan)));
    } catch (error) {
      throw new AppError('plan/restore-point-failed', { gun: plan.gun, path: folder }, { cause: error });
    }
    return folder;
  }

  /** Those of a repository, the newest first. @throws what the system answers, other than that there are none */
  async list(gun: Gun): Promise<readonly RestorePoint[]> {
    const folder = path.join(this.#folder, 'restore-points', folderName(gun));
    const names = (await readdir(folder).catch(emptyWhenMissing)).filter((name) => PLAN_ID.test(name));
    const points = names.map(async (id) => {
      const { mtimeMs } = await stat(path.join(folder, id));
      return { id, title: await titleOf(path.join(folder, id, 'plan.json')), at: mtimeMs };
    });
    return (await Promise.all(points)).sort((a, b) => b.at - a.at || (a.id < b.id ? -1 : 1));
  }

  /**
   * The targets files of a restore point, by the plan that replaced them. What is made of them is reviewed like every
   * change: a file that somebody altered here shows as what it would do.
   * @throws `plan/no-restore-point`
   */
  async load(gun: Gun, planId: string): Promise<ReadonlyMap<RoleName, TargetsBody>> {
    if (!PLAN_ID.test(planId)) throw new AppError('plan/no-restore-point', { gun });
    const folder = path.join(this.#folder, 'restore-points', folderName(gun), planId);
    try {
      const names = await readdir(folder, { recursive: true });
      const files = names.filter((name) => /^targets(\.json|[\\/].*\.json)$/.test(name));
      return new Map(await Promise.all(files.map((name) => readTargets(folder, name))));
    } catch (error) {
      throw new AppError('plan/no-restore-point', { gun }, { cause: error });
    }
  }

  /** Notes that an upload is about to happen. The answer takes the note away. */
  async openJournal(record: PublishRecord): Promise<() => Promise<void>> {
    const file = path.join(this.#journal, `${record.plan.id}.json`);
    this.#underWay.add(record.plan.id);
    const entry: JournalEntry = { ...record, pid: process.pid };
    await writeFileAtomically(file, JSON.stringify(entry));
    return async () => {
      await rm(file, { force: true });
      await flushFolder(this.#journal);
    };
  }

  /** The publish is over, however it ended: a journal entry that it left is unfinished from now on. */
  release(planId: string): void {
    this.#underWay.delete(planId);
  }

  /**
   * Uploads whose outcome is unknown and that nobody is working on: not this process, and no other living one.
   * @throws `config/malformed`: a file that is no journal entry is left and named
   */
  async unfinished(): Promise<readonly UnfinishedPublish[]> {
    const names = await readdir(this.#journal).catch(emptyWhenMissing);
    const entries = names.filter((name) => name.endsWith('.json')).map((name) => this.#readEntry(name));
    return (await Promise.all(entries)).flat();
  }

  /** Takes an entry away once its outcome is known. */
  async forget(entry: UnfinishedPublish): Promise<void> {
    await rm(entry.file, { force: true });
    await flushFolder(this.#journal);
  }

  async #readEntry(name: string): Promise<readonly UnfinishedPublish[]> {
    const file = path.join(this.#journal, name);
    try {
      const entry = JSON.parse(await readFile(file, 'utf8')) as JournalEntry;
      if (this.#underWay.has(entry.plan.id)) return [];
      const { mtimeMs } = await stat(file);
      return isAtWork(entry.pid, mtimeMs) ? [] : [{ plan: entry.plan, uploads: entry.uploads, file }];
    } catch (error) {
      // Its own process has closed it between the listing and now.
      if (systemCode(error) === 'ENOENT') return [];
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

/** Other files of a restore point matter; what it was for is said where it can be. */
async function titleOf(file: string): Promise<string | undefined> {
  try {
    const { title } = JSON.parse(await readFile(file, 'utf8')) as { readonly title?: unknown };
    return typeof title === 'string' ? title : undefined;
  } catch {
    return undefined;
  }
}

async function readTargets(folder: string, name: string): Promise<readonly [RoleName, TargetsBody]> {
  const role = parseRoleName(name.slice(0, -'.json'.length).split(path.sep).join('/'));
  return [role, parseTargets(role, await readFile(path.join(folder, name))).body];
}

/** One folder per repository; slashes and colons are not for folder names on every system. */
function folderName(gun: Gun): string {
  return encodeURIComponent(gun);
}

/** Another process that lives and began not long ago; our own entries are known by their plans. */
function isAtWork(pid: number, beganAt: number): boolean {
  if (pid === process.pid || Math.abs(Date.now() - beganAt) > LONGEST_UPLOAD_MS) return false;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // EPERM: it lives and belongs to somebody else.
    return systemCode(error) === 'EPERM';
  }
}

function emptyWhenMissing(error: NodeJS.ErrnoException): readonly string[] {
  if (error.code !== 'ENOENT') throw error;
  return [];
}
