import { spawnSync } from 'node:child_process';
import { chown, mkdtemp, readFile, readdir, rm, stat, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { build } from 'esbuild';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { writeFileAtomically } from '../../../electron/files/atomic-file.ts';
import { hasCode } from '../../../shared/errors.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), 'trustdesk-files-'));
});
afterEach(() => rm(folder, { recursive: true }));

const failure = (work: Promise<unknown>): Promise<unknown> =>
  work.then(
    () => undefined,
    (error: unknown) => error,
  );

describe('atomic write', () => {
  test('creates private folders and files, and replaces content', async () => {
    const file = path.join(folder, 'a', 'b', 'c.json');
    await writeFileAtomically(file, 'one');
    await writeFileAtomically(file, 'two');
    expect(await readFile(file, 'utf8')).toBe('two');
    expect((await stat(file)).mode & 0o777).toBe(0o600);
    expect((await stat(path.join(folder, 'a'))).mode & 0o777).toBe(0o700);
  });

  test("a person's own file keeps its mode and owner", async () => {
    const file = path.join(folder, 'Dockerfile');
    await writeFile(file, 'one', { mode: 0o640 });
    const isRoot = process.getuid?.() === 0;
    if (isRoot) await chown(file, 4321, 1234);
    await writeFileAtomically(file, 'two', { like: await stat(file) });
    const { mode, uid, gid } = await stat(file);
    expect([await readFile(file, 'utf8'), mode & 0o777]).toEqual(['two', 0o640]);
    if (isRoot) expect([uid, gid]).toEqual([4321, 1234]);
    expect(await readdir(folder)).toEqual(['Dockerfile']);
  });

  test('exclusive refuses what exists and leaves it and no rest behind', async () => {
    const file = path.join(folder, 'key');
    await writeFileAtomically(file, 'one', { exclusive: true });
    const error = await failure(writeFileAtomically(file, 'two', { exclusive: true }));
    expect(hasCode(error, 'files/write-failed') && error.details.reason).toBe('EEXIST');
    expect(await readFile(file, 'utf8')).toBe('one');
    expect(await readdir(folder)).toEqual(['key']);
  });

  test('a file where a folder should be is a coded error', async () => {
    await writeFile(path.join(folder, 'x'), '');
    const error = await failure(writeFileAtomically(path.join(folder, 'x', 'y'), 'z'));
    expect(hasCode(error, 'files/write-failed')).toBe(true);
  });

  test('a write that stops half way keeps the old content and leaves nothing behind', async () => {
    const file = path.join(folder, 'small');
    await writeFile(file, 'old');
    const bundle = path.join(folder, 'bundle.mjs');
    const source = path.resolve(import.meta.dirname, '../../../electron/files/atomic-file.ts');
    await build({
      stdin: { contents: program(source, file), resolveDir: folder },
      bundle: true,
      platform: 'node',
      format: 'esm',
      outfile: bundle,
    });
    // A file size limit of 16 KiB stands in for a full disk.
    const run = spawnSync('bash', ['-c', 'ulimit -f 16; exec "$0" "$1"', process.execPath, bundle], {
      encoding: 'utf8',
    });
    expect(run.stdout).toBe('files/write-failed EFBIG\n');
    expect(await readFile(file, 'utf8')).toBe('old');
    expect((await readdir(folder)).sort()).toEqual(['bundle.mjs', 'small']);
  });
});

const program = (source: string, file: string): string => `
  import { writeFileAtomically } from ${JSON.stringify(source)};
  process.on('SIGXFSZ', () => undefined);
  await writeFileAtomically(${JSON.stringify(file)}, 'x'.repeat(1e6)).catch((e) => console.log(e.code, e.details.reason));
`;
