/** Folders written whole or not at all, also over an older one. */
import { chmod, mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { isAppError } from '../../../shared/errors.ts';
import { writeFolderAtomically } from '../../../electron/files/atomic-folder.ts';

let parent: string;
beforeEach(async () => {
  parent = await mkdtemp(path.join(os.tmpdir(), 'trustdesk-folder-'));
});
afterEach(async () => {
  await chmod(parent, 0o700);
  await rm(parent, { recursive: true });
});

const codeOf = (work: Promise<unknown>): Promise<unknown> =>
  work.then(
    () => 'done',
    (error: unknown) => (isAppError(error) ? error.code : error),
  );

test('holds every file, also in folders below, and is private', async () => {
  const folder = path.join(parent, 'new', 'one');
  await writeFolderAtomically(
    folder,
    new Map<string, string | Uint8Array>([
      ['a.json', 'A'],
      ['targets/b.json', Buffer.from('B')],
    ]),
  );
  expect(await readFile(path.join(folder, 'a.json'), 'utf8')).toBe('A');
  expect(await readFile(path.join(folder, 'targets', 'b.json'), 'utf8')).toBe('B');
  expect((await stat(path.join(folder, 'targets'))).mode & 0o777).toBe(0o700);
  expect((await stat(path.join(folder, 'targets', 'b.json'))).mode & 0o777).toBe(0o600);
  expect(await readdir(path.dirname(folder))).toEqual(['one']);
});

test('takes the place of an older folder, of which nothing is left', async () => {
  const folder = path.join(parent, 'one');
  await writeFolderAtomically(folder, new Map([['old.json', 'old']]));
  await writeFolderAtomically(folder, new Map([['new.json', 'new']]));
  expect(await readdir(folder)).toEqual(['new.json']);
  expect(await readdir(parent)).toEqual(['one']);
});

test('a failure leaves the older folder and nothing else', async () => {
  const folder = path.join(parent, 'one');
  await writeFolderAtomically(folder, new Map([['old.json', 'old']]));
  const clash = new Map([
    ['a', 'a file'],
    ['a/b', 'in a folder of the same name'],
  ]);
  expect(await codeOf(writeFolderAtomically(folder, clash))).toBe('files/write-failed');
  expect(await readFile(path.join(folder, 'old.json'), 'utf8')).toBe('old');
  expect(await readdir(parent)).toEqual(['one']);
});

test('where a file has the name of the folder, that file stays', async () => {
  await mkdir(path.join(parent, 'below'));
  await writeFile(path.join(parent, 'below', 'one'), 'a file');
  const work = writeFolderAtomically(path.join(parent, 'below', 'one'), new Map([['a', 'A']]));
  expect(await codeOf(work)).toBe('files/write-failed');
  expect(await readFile(path.join(parent, 'below', 'one'), 'utf8')).toBe('a file');
});
