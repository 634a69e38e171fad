/** Exclusive writing on file systems without hard links, which is what most removable drives have. */
import { mkdtemp, readFile, readdir, rm, stat, utimes, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { writeFileAtomically } from '../../../electron/files/atomic-file.ts';
import { hasCode } from '../../../shared/errors.ts';

const code = vi.hoisted(() => ({ value: 'EPERM' }));
vi.mock(import('../../../electron/files/file-calls.ts'), async (original) => {
  const calls = await original();
  const link = (() =>
    Promise.reject(Object.assign(new Error('no links here'), { code: code.value }))) as typeof calls.link;
  return { ...calls, link };
});

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), 'trustdesk-links-'));
});
afterEach(() => rm(folder, { recursive: true }));

describe.each(['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS'])(
  'a file system that answers %s to link',
  (answer) => {
    beforeEach(() => {
      code.value = answer;
    });

    it('takes a new private file, refuses a second one, and keeps no rest', async () => {
      const file = path.join(folder, 'backup');
      await writeFileAtomically(file, 'one', { exclusive: true });
      expect([await readFile(file, 'utf8'), (await stat(file)).mode & 0o777]).toEqual(['one', 0o600]);
      const error: unknown = await writeFileAtomically(file, 'two', { exclusive: true }).catch(
        (thrown: unknown) => thrown,
      );
      expect(hasCode(error, 'files/write-failed') && error.details.reason).toBe('EEXIST');
      expect(await readFile(file, 'utf8')).toBe('one');
      expect(await readdir(folder)).toEqual(['backup']);
    });

    it('takes the name over that a killed writer claimed, not one that was just claimed or holds anything', async () => {
      const file = path.join(folder, 'key');
      const reasonOf = (options = { exclusive: true }) =>
        writeFileAtomically(file, 'mine', options).then(
          () => undefined,
          (thrown: unknown) => hasCode(thrown, 'files/write-failed') && thrown.details.reason,
        );
      await writeFile(file, '');
      expect(await reasonOf()).toBe('EEXIST');
      await utimes(file, 1, 1);
      expect(await reasonOf()).toBeUndefined();
      expect([await readFile(file, 'utf8'), await readdir(folder)]).toEqual(['mine', ['key']]);
      await writeFile(file, 'theirs');
      await utimes(file, 1, 1);
      expect(await reasonOf()).toBe('EEXIST');
      expect([await readFile(file, 'utf8'), await readdir(folder)]).toEqual(['theirs', ['key']]);
    });

    it('lets one of many writers win over a dead claim', async () => {
      const file = path.join(folder, 'key');
      await writeFile(file, '');
      await utimes(file, 1, 1);
      await expectOneWinner(file);
    });

    it('goes on where takeovers were killed, too, and not where one is at work', async () => {
      const file = path.join(folder, 'key');
      const turns = ['.key.claim', '.key.claim-1', '.key.claim-2'].map((name) => path.join(folder, name));
      for (const each of [file, ...turns]) await writeFile(each, '');
      for (const each of [file, ...turns.slice(0, 2)]) await utimes(each, 1, 1);
      const write = () => writeFileAtomically(file, 'mine', { exclusive: true });
      const error: unknown = await write().catch((thrown: unknown) => thrown);
      expect(hasCode(error, 'files/write-failed') && error.details.reason).toBe('EEXIST');
      await utimes(turns[2]!, 1, 1);
      await write();
      expect([await readFile(file, 'utf8'), await readdir(folder)]).toEqual(['mine', ['key']]);
    });

    it('lets one of many writers win over dead takeovers', async () => {
      const file = path.join(folder, 'key');
      for (const each of [file, path.join(folder, '.key.claim')]) {
        await writeFile(each, '');
        await utimes(each, 1, 1);
      }
      await expectOneWinner(file);
    });

    it('lets one of many writers win', async () => {
      const file = path.join(folder, 'backup');
      await expectOneWinner(file);
    });
  },
);

async function expectOneWinner(file: string): Promise<void> {
  const writes = Array.from({ length: 8 }, (_, index) =>
    writeFileAtomically(file, `writer ${index}`, { exclusive: true }),
  );
  const won = (await Promise.allSettled(writes)).flatMap(({ status }, index) =>
    status === 'fulfilled' ? [`writer ${index}`] : [],
  );
  expect(won).toEqual([await readFile(file, 'utf8')]);
  expect(await readdir(folder)).toEqual([path.basename(file)]);
}

it.each(['EIO', 'EACCES', 'ENOSPC'])('%s is a failure like any other', async (answer) => {
  code.value = answer;
  const error: unknown = await writeFileAtomically(path.join(folder, 'x'), 'one', { exclusive: true }).catch(
    (thrown: unknown) => thrown,
  );
  expect((error as { code: string }).code).toBe(
    answer === 'ENOSPC' ? 'files/disk-full' : 'files/write-failed',
  );
  expect(await readdir(folder)).toEqual([]);
});
