/**
 * The activity log: what was changed from here, one JSON object per line, each line holding the hash of the one
 * before it, so that a later edit, removal or re-ordering shows. Runs in the privileged process.
 * It proves order and integrity to someone who kept an earlier hash; it is no defence against the owner of the file.
 * SECURITY: entries hold names, versions, digests and key IDs; never a passphrase, PIN or key.
 */
import { createHash } from 'node:crypto';
import { type FileHandle, mkdir, open, readFile } from 'node:fs/promises';
import path from 'node:path';
import { AppError } from '../../shared/errors.ts';
import { withFileLock } from './file-lock.ts';
import { readLogTail } from './log-tail.ts';

/** What is recorded; `what` names the act, everything else is plain JSON that may be shown. */
export interface ActivityRecord {
  readonly what: string;
  readonly gun?: string;
  readonly details: Readonly<Record<string, unknown>>;
}

export interface ActivityEntry extends ActivityRecord {
  /** 1, 2, 3 ... without gaps. */
  readonly seq: number;
  /** RFC 3339, UTC. */
  readonly at: string;
  /** Hash of the entry before, 64 zeros for the first. */
  readonly previous: string;
  /** SHA-256 (hex) over the line without this member. */
  readonly hash: string;
}

/** `brokenAt`: the first line (from 1) that does not follow from the one before, if any. */
export interface ActivityView {
  readonly entries: readonly ActivityEntry[];
  readonly brokenAt: number | undefined;
  /** True when the last line was cut short, as a crash leaves it; the entries before it are whole. */
  readonly cutShort: boolean;
}

const FIRST = '0'.repeat(64);

/** A record that waits for its turn, and whoever waits for it. */
interface Waiting {
  readonly record: ActivityRecord;
  readonly done: (entry: ActivityEntry) => void;
  readonly failed: (error: unknown) => void;
}

/** The log kept in one file (JSON lines, 0600). */
export class ActivityLog {
  readonly #file: string;
  readonly #now: () => Date;
  #waiting: Waiting[] = [];
  #isWriting = false;

  constructor(file: string, now: () => Date) {
    this.#file = file;
    this.#now = now;
  }

  /**
   * Appends one entry, flushed to disk before it returns. A line cut short by a crash is cut off first. What is
   * recorded while another entry is being written goes out together with what else waits, in order.
   * @throws `files/write-failed`, `files/locked`
   */
  append(record: ActivityRecord): Promise<ActivityEntry> {
    return new Promise((done, failed) => {
      this.#waiting.push({ record, done, failed });
      void this.#writeWaiting();
    });
  }

  /** Never rejects: each of those that wait is told. */
  async #writeWaiting(): Promise<void> {
    if (this.#isWriting) return;
    this.#isWriting = true;
    while (this.#waiting.length > 0) {
      const some = this.#waiting;
      this.#waiting = [];
      try {
        const entries = await this.#appendAll(some.map(({ record }) => record));
        entries.forEach((entry, index) => some[index]?.done(entry));
      } catch (error) {
        for (const one of some) one.failed(error);
      }
    }
    this.#isWriting = false;
  }

  async #appendAll(records: readonly ActivityRecord[]): Promise<readonly ActivityEntry[]> {
    await mkdir(path.dirname(this.#file), { recursive: true, mode: 0o700 });
    return withFileLock(`${this.#file}.lock`, () =>
      this.#withFile(async (handle) => {
        const { last, wholeBytes, isCutShort } = await readLogTail(handle, parseEntry);
        if (isCutShort) await handle.truncate(wholeBytes);
        const entries = sealAll(records, last, this.#now());
        try {
          await handle.appendFile(entries.map((entry) => `${JSON.stringify(entry)}\n`).join(''));
          await handle.sync();
        } catch (error) {
          // What is told to have failed must not be read as done: some of several may be whole lines.
          await handle.truncate(wholeBytes).catch(() => undefined);
          throw error;
        }
        return entries;
      }),
    );
  }

  /** Reads and checks the whole chain. */
  async read(): Promise<ActivityView> {
    return parseLog(await this.#text());
  }

  async #text(): Promise<string> {
    try {
      return await readFile(this.#file, 'utf8');
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return '';
      throw new AppError(
        'config/unreadable',
        { path: this.#file, reason: reasonOf(error) },
        { cause: error },
      );
    }
  }

  async #withFile<T>(work: (handle: FileHandle) => Promise<T>): Promise<T> {
    try {
      const handle = await open(this.#file, 'a+', 0o600);
      try {
        return await work(handle);
      } finally {
        await handle.close();
      }
    } catch (error) {
      const details = { path: this.#file, reason: reasonOf(error) };
      throw new AppError('files/write-failed', details, { cause: error });
    }
  }
}

function sealAll(
  records: readonly ActivityRecord[],
  last: ActivityEntry | undefined,
  now: Date,
): readonly ActivityEntry[] {
  const entries: ActivityEntry[] = [];
  for (const record of records) entries.push(seal(record, entries.at(-1) ?? last, now));
  return entries;
}

function seal(record: ActivityRecord, last: ActivityEntry | undefined, now: Date): ActivityEntry {
  const body = {
    seq: (last?.seq ?? 0) + 1,
    at: now.toISOString(),
    previous: last?.hash ?? FIRST,
    what: record.what,
    ...(record.gun === undefined ? {} : { gun: record.gun }),
    details: record.details,
  };
  return { ...body, hash: hashOf(body) };
}

function hashOf(body: object): string {
  return createHash('sha256').update(JSON.stringify(body)).digest('hex');
}

/** Checks a log's text line by line; never throws for a damaged line, it is what `brokenAt` is for. */
export function parseLog(text: string): ActivityView {
  const lines = text.split('\n');
  const cutShort = lines.pop() !== '';
  const entries: ActivityEntry[] = [];
  let brokenAt: number | undefined;
  lines.forEach((line, index) => {
    const entry = parseEntry(line);
    const follows = entry !== undefined && followsFrom(entry, entries.at(-1));
    if (!follows) brokenAt ??= index + 1;
    if (entry !== undefined) entries.push(entry);
  });
  return { entries, brokenAt, cutShort };
}

function parseEntry(line: string): ActivityEntry | undefined {
  try {
    const value: unknown = JSON.parse(line);
    return isEntry(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

/** SECURITY: a line may have been edited; one that is shown has to be of the kind that is written. */
function isEntry(value: unknown): value is ActivityEntry {
  if (typeof value !== 'object' || value === null) return false;
  const { seq, at, previous, hash, what, gun, details } = value as Readonly<Record<string, unknown>>;
  const isText = [at, previous, hash, what, gun ?? ''].every((text) => typeof text === 'string');
  return isText && Number.isSafeInteger(seq) && typeof details === 'object' && details !== null;
}

function followsFrom(entry: ActivityEntry, last: ActivityEntry | undefined): boolean {
  const { hash, ...body } = entry;
  return (
    entry.previous === (last?.hash ?? FIRST) && entry.seq === (last?.seq ?? 0) + 1 && hash === hashOf(body)
  );
}

function reasonOf(error: unknown): string {
  return (error as NodeJS.ErrnoException).code ?? 'unknown';
}
