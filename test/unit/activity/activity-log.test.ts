import {
  appendFile,
  type FileHandle,
  mkdir,
  mkdtemp,
  open,
  readFile,
  rm,
  stat,
  truncate,
  writeFile,
} from 'node:fs/promises';
import { spawnSync } from 'node:child_process';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { ActivityLog, parseLog } from '../../../electron/activity/activity-log.ts';
import { ActivityService } from '../../../electron/activity/activity-service.ts';

let folder: string;
let file: string;
let log: ActivityLog;
beforeEach(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), 'trustdesk-activity-'));
  file = path.join(folder, 'data', 'activity.jsonl');
  log = new ActivityLog(file, () => new Date('2026-11-20T10:00:00Z'));
});
afterEach(() => rm(folder, { recursive: true }));

const record = (n: number) => ({
  what: 'signed',
  gun: 'docker.io/acme/app',
  details: { tag: `1.${String(n)}` },
});

describe('activity log', () => {
  test('is empty before the first entry and private afterwards', async () => {
    expect(await log.read()).toEqual({ entries: [], brokenAt: undefined, cutShort: false });
    await log.append(record(1));
    expect((await stat(file)).mode & 0o777).toBe(0o600);
    expect((await stat(path.dirname(file))).mode & 0o777).toBe(0o700);
  });

  test('chains entries, also when many are appended at once', async () => {
    await Promise.all([1, 2, 3, 4, 5].map((n) => log.append(record(n))));
    const view = await log.read();
    expect(view.entries.map((entry) => entry.seq)).toEqual([1, 2, 3, 4, 5]);
    expect(view.brokenAt).toBeUndefined();
  });

  const edits: readonly [string, (lines: string[]) => string[], number][] = [
    ['a changed word', (lines) => lines.map((line, i) => (i === 1 ? line.replace('1.2', '6.6') : line)), 2],
    ['a removed line', (lines) => lines.filter((_, i) => i !== 1), 2],
    ['two lines swapped', ([a, b, c]) => [b ?? '', a ?? '', c ?? ''], 1],
    ['a line that is not JSON', (lines) => lines.map((line, i) => (i === 2 ? '{' : line)), 3],
    ['a repeated line', ([a, b, c]) => [a ?? '', b ?? '', b ?? '', c ?? ''], 3],
  ];
  test.each(edits)('shows %s', async (_, edit, line) => {
    for (const n of [1, 2, 3]) await log.append(record(n));
    const lines = (await readFile(file, 'utf8')).trimEnd().split('\n');
    expect(parseLog(`${edit(lines).join('\n')}\n`).brokenAt).toBe(line);
  });

  test('goes on after a line that a crash cut short, keeping every whole one', async () => {
    for (const n of [1, 2]) await log.append(record(n));
    await truncate(file, (await stat(file)).size - 20);
    expect(await log.read()).toMatchObject({ cutShort: true, brokenAt: undefined });
    await log.append(record(3));
    const view = await log.read();
    expect(view).toMatchObject({ cutShort: false, brokenAt: undefined });
    expect(view.entries.map((entry) => entry.details['tag'])).toEqual(['1.1', '1.3']);
  });

  test('goes on behind lines that are longer than what is read at once, and behind lines that are no entries', async () => {
    const long = { what: 'signed', details: { tag: 'x'.repeat(300_000) } };
    await log.append(record(1));
    await log.append(long);
    expect((await log.append(record(3))).seq).toBe(3);
    await appendFile(file, '{\n'.repeat(50_000));
    const after = await log.append(record(4));
    const { entries, brokenAt } = await log.read();
    expect([after.seq, after.previous]).toEqual([4, entries[2]?.hash]);
    expect(brokenAt).toBe(4);
  });

  test('tells every one of those that wait when nothing can be written', async () => {
    await mkdir(file, { recursive: true });
    const outcomes = await Promise.allSettled([1, 2, 3].map((n) => log.append(record(n))));
    const code = { reason: expect.objectContaining({ code: 'files/write-failed' }) as unknown };
    expect(outcomes).toEqual(outcomes.map(() => expect.objectContaining(code) as unknown));
    await rm(file, { recursive: true });
    expect((await log.append(record(4))).seq).toBe(1);
  });

  test('takes over the lock of a process that is gone', async () => {
    await log.append(record(1));
    const gone = spawnSync(process.execPath, ['-e', '']).pid;
    await writeFile(`${file}.lock`, String(gone));
    await log.append(record(2));
    expect((await log.read()).entries).toHaveLength(2);
  });
});

test.each(['details', 'what', 'at', 'seq', 'previous'])(
  'a line that lost its %s is shown as broken, and the others still are',
  async (member) => {
    for (const n of [1, 2, 3]) await log.append(record(n));
    const lines = (await readFile(file, 'utf8')).trimEnd().split('\n');
    const entry = JSON.parse(lines[1] ?? '') as Record<string, unknown>;
    const { [member]: _lost, ...rest } = entry;
    await writeFile(file, `${[lines[0], JSON.stringify(rest), lines[2]].join('\n')}\n`);
    const { entries, brokenAt } = await new ActivityService(log, file, {
      chooseFile: () => Promise.resolve([]),
    }).list();
    expect([entries.map(({ seq }) => seq), brokenAt]).toEqual([[3, 1], 2]);
  },
);

test('what could not be flushed is not in the log afterwards', async () => {
  await log.append(record(1));
  const handle = await open(file, 'r');
  const kind = Object.getPrototypeOf(handle) as FileHandle;
  await handle.close();
  const full = Object.assign(new Error('full'), { code: 'ENOSPC' });
  const sync = vi.spyOn(kind, 'sync').mockRejectedValueOnce(full);
  const failed = await Promise.allSettled([2, 3].map((n) => log.append(record(n))));
  sync.mockRestore();
  await log.append(record(4));
  const tags = (await log.read()).entries.map(({ details }) => details['tag']);
  const kept = failed.flatMap(({ status }, at) => (status === 'fulfilled' ? [`1.${String(at + 2)}`] : []));
  expect(tags).toEqual(['1.1', ...kept, '1.4']);
  expect(kept).toHaveLength(1);
});

test('a file that is given out in small pieces loses no entry', async () => {
  for (const n of [1, 2, 3]) await log.append(record(n));
  const handle = await open(file, 'r');
  const kind = Object.getPrototypeOf(handle) as FileHandle;
  await handle.close();
  type Read = (bytes: Uint8Array, at: number, length: number, from: number) => Promise<{ bytesRead: number }>;
  const whole = kind.read as unknown as Read;
  const read = vi.spyOn(kind as unknown as { read: Read }, 'read').mockImplementation(function (
    this: FileHandle,
    ...[bytes, at, length, from]
  ) {
    return whole.call(this, bytes, at, Math.min(length, 100), from);
  });
  await log.append(record(4));
  read.mockRestore();
  const { entries, brokenAt } = await log.read();
  expect([entries.map(({ seq }) => seq), brokenAt]).toEqual([[1, 2, 3, 4], undefined]);
});
