import { execFileSync } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { readWhole } from '../../../electron/files/read-whole.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), 'trustdesk-read-'));
});
afterEach(() => rm(folder, { recursive: true }));

describe('a file is read whole', () => {
  test.each([0, 1, 256 * 1024, 256 * 1024 + 1, 1_000_000])('of %i bytes', async (length) => {
    const file = path.join(folder, 'file');
    const bytes = Buffer.alloc(length, 'abc');
    await writeFile(file, bytes);
    expect(Buffer.compare(await readWhole(file), bytes)).toBe(0);
  });
  test('that is not there: the system says so', async () => {
    await expect(readWhole(path.join(folder, 'none'))).rejects.toMatchObject({ code: 'ENOENT' });
  });
  test('that is a folder: the system says so', async () => {
    await expect(readWhole(folder)).rejects.toMatchObject({ code: 'EISDIR' });
  });
  test.skipIf(process.platform === 'win32')(
    'from a pipe whose writer comes later: nothing else stands still',
    async () => {
      const pipe = path.join(folder, 'pipe');
      execFileSync('mkfifo', [pipe]);
      const [bytes] = await Promise.all([readWhole(pipe), writeFile(pipe, 'said later')]);
      expect(bytes.toString()).toBe('said later');
    },
  );
});
