/** Locks where there are no hard links, and what becomes of a failing disk. */
import { mkdtemp, readdir, readFile, rm, utimes, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { withFileLock } from '../../../electron/activity/file-lock.ts';
import { hasCode } from '../../../shared/errors.ts';

const code = vi.hoisted(() => ({ value: 'EPERM' }));
vi.mock(import('../../../electron/files/file-calls.ts'), async (original) => {
  const calls = await original();
  const link = (() =>
    Promise.reject(Object.assign(new Error('no links here'), { code: code.value }))) as typeof calls.link;
  return { ...calls, link };
});

let folder: string;
let file: string;
beforeEach(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), 'trustdesk-lock-'));
  file = path.join(folder, 'lock');
});
afterEach(() => rm(folder, { recursive: true }));

describe.each(['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS'])(
  'on a file system that answers %s to link',
  (answer) => {
    beforeEach(() => {
      code.value = answer;
    });

    it('one works at a time, and nothing is left', async () => {
      let [working, most] = [0, 0];
      const work = async () => {
        most = Math.max(most, ++working);
        expect(await readFile(file, 'utf8')).toBe(String(process.pid));
        working--;
      };
      await Promise.all([1, 2, 3].map(() => withFileLock(file, work)));
      expect([most, await readdir(folder)]).toEqual([1, []]);
    });

    it.each(['', '2147483646'])('a lock of a dead owner (%j) is taken over', async (owner) => {
      await writeFile(file, owner);
      await utimes(file, 1, 1);
      expect(await withFileLock(file, () => Promise.resolve('done'))).toBe('done');
      expect(await readdir(folder)).toEqual([]);
    });
  },
);

it.each([
  ['EIO', 'files/write-failed'],
  ['ENOSPC', 'files/disk-full'],
] as const)('%s is an outcome', async (answer, expected) => {
  code.value = answer;
  const error: unknown = await withFileLock(file, () => Promise.resolve()).catch((thrown: unknown) => thrown);
  expect(hasCode(error, expected)).toBe(true);
  expect(await readdir(folder)).toEqual([]);
});

it('a folder that is missing is an outcome', async () => {
  const inside = path.join(folder, 'missing', 'lock');
  const error: unknown = await withFileLock(inside, () => Promise.resolve()).catch(
    (thrown: unknown) => thrown,
  );
  expect(hasCode(error, 'files/write-failed')).toBe(true);
});
