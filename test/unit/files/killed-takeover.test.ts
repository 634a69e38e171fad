/** Writers that are killed on a file system without hard links, one after the other, each where the last one left off. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, readFile, rm, utimes, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { bundleModule } from '../../lab/bundle-module.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), 'trustdesk-killed-'));
});
afterEach(() => rm(folder, { recursive: true }));

/** No links, and an end without warning after the n-th call that changed something. */
const program = (file: string) => `
import fs from 'node:fs';
let left = Number(process.env.TEST_KILL_AT);
const { open, rename, unlink } = fs;
const counted = (call) => (...args) => {
  const done = args.pop();
  call(...args, (...outcome) => {
    if (outcome[0] === null && --left === 0) process.kill(process.pid, 'SIGKILL');
    done(...outcome);
  });
};
Object.assign(fs, { open: counted(open), rename: counted(rename), unlink: counted(unlink) });
fs.link = (from, to, done) => done(Object.assign(new Error('no links'), { code: 'EPERM' }));
const { writeFileAtomically } = await import('./atomic-file.mjs');
await writeFileAtomically(${JSON.stringify(file)}, 'whole', { exclusive: true });
`;

async function run(killAt: number): Promise<number | string> {
  const child = spawn(process.execPath, [path.join(folder, 'writer.mjs')], {
    stdio: 'ignore',
    env: { ...process.env, TEST_KILL_AT: String(killAt) },
  });
  const [code, signal] = (await once(child, 'exit')) as [number | null, string | null];
  return signal ?? code ?? '';
}

it('after any number of kills the next one writes the file', { timeout: 60_000 }, async () => {
  await bundleModule('electron/files/atomic-file.ts', folder);
  const drive = await mkdtemp(path.join(folder, 'drive-'));
  const file = path.join(drive, 'key');
  await writeFile(path.join(folder, 'writer.mjs'), program(file));
  const leftBehind: string[][] = [];
  for (const killAt of [2, 2, 2, 2]) {
    expect(await run(killAt)).toBe('SIGKILL');
    expect(await readFile(file, 'utf8')).toBe('');
    const names = await readdir(drive);
    leftBehind.push(names.filter((name) => name.includes('claim')));
    for (const name of names) await utimes(path.join(drive, name), 1, 1);
  }
  expect(leftBehind.map(({ length }) => length)).toEqual([0, 1, 2, 3]);
  expect(await run(0)).toBe(0);
  expect(await readFile(file, 'utf8')).toBe('whole');
  expect((await readdir(drive)).filter((name) => name.includes('claim'))).toEqual([]);
});
