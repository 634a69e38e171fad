/**
 * Many at one lock whose owner died: at most one works at a time. In one process on a disk that lets calls wait, and as
 * processes that are killed at any moment. Real files.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { withFileLock } from '../../../electron/activity/file-lock.ts';
import { bundleModule } from '../../lab/bundle-module.ts';

const disk = vi.hoisted(() => {
  const state = { seed: 1 };
  const next = () => (state.seed = (state.seed * 48271) % 2147483647);
  const wait = () => new Promise((done) => setTimeout(done, next() % 4 === 0 ? next() % 150 : 0));
  /** The same calls, some of which wait before and after. */
  const slow = <T extends object>(calls: T): T => {
    const all = Object.entries(calls as Record<string, (...args: unknown[]) => Promise<unknown>>);
    const slowly = all.map(([name, call]) => [
      name,
      async (...args: unknown[]) => {
        await wait();
        return call(...args).finally(wait);
      },
    ]);
    return Object.fromEntries(slowly) as T;
  };
  return { state, slow };
});
vi.mock(import('../../../electron/files/file-calls.ts'), async (original) => disk.slow(await original()));
vi.mock(import('../../../electron/files/folder-calls.ts'), async (original) => disk.slow(await original()));

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), 'trustdesk-lock-'));
});
afterEach(() => rm(folder, { recursive: true }));

const nobody = '2147483646';

it.each([
  ['as earlier versions left it', (file: string) => writeFile(file, nobody)],
  ['as it is now', (file: string) => mkdir(path.join(file, `${nobody}.x`), { recursive: true })],
])('a lock of a dead owner, %s, goes to one of many', async (_name, leave) => {
  disk.state.seed = 1;
  const rounds = Array.from({ length: 40 }, async (_, round) => {
    const file = path.join(folder, `${round}.lock`);
    let [working, most] = [0, 0];
    const work = async () => {
      most = Math.max(most, ++working);
      await delay(100);
      working--;
    };
    await leave(file);
    await Promise.all([1, 2, 3, 4].map(() => withFileLock(file, work)));
    return most;
  });
  expect(new Set(await Promise.all(rounds))).toEqual(new Set([1]));
  expect(await readdir(folder)).toEqual([]);
});

/** Works twenty times under the lock, and ends with 9 where another one that is alive does so, too. */
const worker = (lock: string, inside: string) => `
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { withFileLock } from './file-lock.mjs';
const isAlive = (pid) => { try { process.kill(pid, 0); return true; } catch { return false; } };
const other = () => { try { return Number(readFileSync(${JSON.stringify(inside)}, 'utf8')); } catch { return 0; } };
for (let turn = 0; turn < 20; turn++) await withFileLock(${JSON.stringify(lock)}, async () => {
  if (other() > 0 && isAlive(other())) process.exit(9);
  writeFileSync(${JSON.stringify(inside)}, String(process.pid));
  await delay(3);
  if (other() !== process.pid) process.exit(9);
  rmSync(${JSON.stringify(inside)});
});
`;

it(
  'processes that are killed at any moment leave a lock that one of the others takes',
  { timeout: 60_000 },
  async () => {
    await bundleModule('electron/activity/file-lock.ts', folder);
    await writeFile(
      path.join(folder, 'worker.mjs'),
      worker(path.join(folder, 'lock'), path.join(folder, 'in')),
    );
    const start = () => spawn(process.execPath, [path.join(folder, 'worker.mjs')], { stdio: 'ignore' });
    const ended = async (child: ChildProcess) =>
      (await once(child, 'exit')) as [number | null, string | null];
    const outcomes = await Promise.all(
      Array.from({ length: 12 }, async (_, index) => {
        const child = start();
        const outcome = ended(child);
        if (index % 3 > 0) await delay(150 + index * 23).then(() => child.kill('SIGKILL'));
        return outcome;
      }),
    );
    expect(outcomes.filter(([code]) => code !== 0 && code !== null)).toEqual([]);
    expect(outcomes.filter(([code]) => code === 0).length).toBeGreaterThanOrEqual(4);
    expect(await withFileLock(path.join(folder, 'lock'), () => Promise.resolve('free'))).toBe('free');
  },
);
