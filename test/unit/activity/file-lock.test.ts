/** What a lock does about those who died holding it, and what becomes of a failing disk. */
import { mkdir, mkdtemp, readdir, rm, stat, utimes, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { withFileLock } from '../../../electron/activity/file-lock.ts';
import { hasCode } from '../../../shared/errors.ts';

const disk = vi.hoisted(() => ({ failsWith: '', replacesEmpty: true }));
vi.mock(import('../../../electron/files/file-calls.ts'), async (original) => {
  const calls = await original();
  const refusal = (code: string) => Object.assign(new Error('no'), { code });
  const rename = (async (from: string, to: string) => {
    const isThere = await stat(to).then(
      () => true,
      () => false,
    );
    if (disk.failsWith !== '') throw refusal(disk.failsWith);
    if (isThere && !disk.replacesEmpty) throw refusal('EEXIST');
    await calls.rename(from, to);
  }) as typeof calls.rename;
  return { ...calls, rename };
});

let folder: string;
let file: string;
beforeEach(async () => {
  Object.assign(disk, { failsWith: '', replacesEmpty: true });
  folder = await mkdtemp(path.join(os.tmpdir(), 'trustdesk-lock-'));
  file = path.join(folder, 'lock');
});
afterEach(() => rm(folder, { recursive: true }));

const nobody = '2147483646';

describe.each([true, false])('on a file system that replaces empty folders (%s)', (replacesEmpty) => {
  beforeEach(() => {
    disk.replacesEmpty = replacesEmpty;
  });

  it('one works at a time, and nothing is left', async () => {
    let [working, most] = [0, 0];
    const work = async () => {
      most = Math.max(most, ++working);
      const own = expect.stringMatching(new RegExp(`^${process.pid}\\.`)) as unknown;
      expect(await readdir(file)).toEqual([own]);
      working--;
    };
    await Promise.all([1, 2, 3].map(() => withFileLock(file, work)));
    expect([most, await readdir(folder)]).toEqual([1, []]);
  });

  it.each([
    ['killed at work', [`${nobody}.a`]],
    ['killed while it let go', []],
    ['one of several', [`${nobody}.a`, `${nobody}.b`]],
  ])('a lock of an owner that was %s is taken over', async (_name, owners) => {
    await mkdir(file);
    for (const owner of owners) await mkdir(path.join(file, owner));
    expect(await withFileLock(file, () => Promise.resolve('done'))).toBe('done');
    expect(await readdir(folder)).toEqual([]);
  });

  it.each(['', nobody])('a file that earlier versions left as a lock (%j) is taken over', async (owner) => {
    await writeFile(file, owner);
    await utimes(file, 1, 1);
    expect(await withFileLock(file, () => Promise.resolve('done'))).toBe('done');
    expect(await readdir(folder)).toEqual([]);
  });
});

it.each([
  ['EIO', 'files/write-failed'],
  ['ENOSPC', 'files/disk-full'],
] as const)('%s is an outcome', async (answer, expected) => {
  disk.failsWith = answer;
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
