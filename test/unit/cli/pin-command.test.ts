/** `trustdesk pin` on hostile files: what is printed drives no terminal, and nothing is written that was not asked for. */
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import type { Gun, RoleName } from '../../../shared/brands.ts';
import { writePinned, readInputText } from '../../../electron/cli/pin-files.ts';
import { type Terminal, toOutput } from '../../../electron/cli/terminal.ts';
import { RepositoryBuilder } from '../../simulator/repository-builder.ts';
import { type Desk, makeDesk, now, serve, useCommandLab } from './command-lab.ts';

useCommandLab();

const gun = 'registry.example.test:5000/acme/app' as Gun;
// eslint-disable-next-line no-control-regex -- they are what is looked for
const control = /[\0-\x09\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/;

async function open(): Promise<{ desk: Desk; requests: string[] }> {
  const builder = await RepositoryBuilder.create(gun, now);
  builder.addTarget('targets' as RoleName, '1.0', 'content');
  const files = (await builder.publish()).published();
  const server = await serve(gun, () => files);
  return { desk: await makeDesk(server), requests: server.requests };
}

test('control characters and marks of writing direction are escaped, in names of files too', async () => {
  const { desk } = await open();
  const evil = '\u202e\u001b[2Jx\u2066';
  await desk.write(`${evil}.txt`, `${gun}:1.0\n${evil}\nacme/${evil}\n`);
  await desk.write('broken.yml', `services:\n  a: &${evil} *${evil}no\n`);
  await desk.write('compose.yml', `services:\n  a:\n    image: "\${${evil}}"\n`);
  for (const words of [[`${evil}.txt`], [`${evil}.txt`, 'broken.yml', 'compose.yml']]) {
    const { exitCode, stdout, stderr } = await desk.run('pin', ...words);
    expect(exitCode).toBe(1);
    expect(stdout + stderr).not.toMatch(control);
    expect(stdout).toContain('\\u202e\\x1b[2Jx\\u2066');
  }
});

test('the sum says how many files are missing in it', async () => {
  const { desk } = await open();
  await desk.write('a', `FROM ${gun}:1.0\n`);
  const one = await desk.run('pin', 'a', 'none');
  expect(one.stderr).toContain('1 of 1 reference signed. Not counted: 1 file, see above.');
  expect((await desk.run('pin', 'a', 'none', 'neither')).stderr).toContain(
    'Not counted: 2 files, see above.',
  );
  expect((await desk.run('pin', 'a')).stderr).not.toContain('Not counted');
});

test('a repository is read once for many tags, files and digests', async () => {
  const { desk, requests } = await open();
  await desk.write('a', `FROM ${gun}:1.0\nFROM ${gun}\n`);
  await desk.write('b', `${gun}:1.0\n${gun}:2.0\n`);
  const { exitCode, stdout } = await desk.run('pin', '--json', 'a', 'b');
  const shown = JSON.parse(stdout) as { kind: string; references: { isSigned: boolean }[] }[];
  expect(exitCode).toBe(1);
  expect(shown.map(({ kind, references }) => [kind, references.map(({ isSigned }) => isSigned)])).toEqual([
    ['dockerfile', [true, false]],
    ['list', [true, false]],
  ]);
  expect(requests.filter((url) => url.includes('timestamp'))).toHaveLength(1);
});

test('of several files none is written when one has an image that is not signed', async () => {
  const { desk } = await open();
  const files = [await desk.write('a', `FROM ${gun}:1.0\n`), await desk.write('b', `FROM ${gun}:2.0\n`)];
  expect((await desk.run('pin', '--write', ...files)).exitCode).toBe(1);
  expect((await desk.run('pin', '--write', 'a', 'none')).exitCode).toBe(1);
  expect(await readFile(files[0] ?? '', 'utf8')).toBe(`FROM ${gun}:1.0\n`);
  expect((await desk.run('pin', '--write', '--partial', ...files)).exitCode).toBe(1);
  expect(await readFile(files[0] ?? '', 'utf8')).toContain(':1.0@sha256:');
  expect(await readFile(files[1] ?? '', 'utf8')).toBe(`FROM ${gun}:2.0\n`);
});

test('what not every builder reads alike is never signed nor pinned, as docker build refuses it', async () => {
  const { desk } = await open();
  const text = `FROM ${gun}:1.0\nRUN cat "<<A"\nCOPY --from=${gun}:1.0 / /\nA\n`;
  const file = await desk.write('Dockerfile', text);
  for (const words of [[], ['--write'], ['--write', '--partial']]) {
    const { exitCode, stdout, stderr } = await desk.run('pin', ...words, 'Dockerfile');
    expect([exitCode, stdout]).toEqual([1, expect.not.stringContaining('sha256:')]);
    expect(stderr).toContain('Not every builder reads line 2 of Dockerfile alike');
  }
  expect(await readFile(file, 'utf8')).toBe(text);
  const json = await desk.run('pin', '--json', 'Dockerfile');
  expect(JSON.parse(json.stderr)).toMatchObject({ code: 'reference/file-doubtful', details: { line: 2 } });
  expect((await desk.run('docker', 'build', '.')).stderr).toContain('line 2 of Dockerfile alike');
});

test('what is no UTF-8, too large, or a folder is refused and left alone', async () => {
  const { desk } = await open();
  await desk.write('latin', Buffer.from([0x46, 0xfc]));
  await desk.write('large', Buffer.alloc(800_000, 0x23));
  await desk.write('folder/x', '');
  for (const [name, words] of [
    ['latin', 'not UTF-8'],
    ['large', 'more than 262144 characters'],
    ['folder', 'it is a folder'],
  ] as const) {
    const { exitCode, stderr } = await desk.run('pin', '--write', name);
    expect([name, exitCode, stderr]).toEqual([name, 1, expect.stringContaining(words)]);
  }
});

test('a file that somebody edited meanwhile is left as it is', async () => {
  const { desk } = await open();
  const file = await desk.write('Dockerfile', 'FROM a\n');
  const terminal = { workingDirectory: desk.home } as Terminal;
  const input = await readInputText('Dockerfile', terminal);
  await writeFile(file, 'FROM b\n');
  const written = writePinned(input, 'FROM a:latest@x\n', { kind: 'in-place' }, terminal);
  await expect(written).rejects.toMatchObject({ code: 'files/changed-meanwhile' });
  expect(await readFile(file, 'utf8')).toBe('FROM b\n');
  expect((await readdir(desk.home)).filter((name) => name.endsWith('.tmp'))).toEqual([]);
});

test('a pipe gets the pinned text byte for byte, and a terminal nothing that drives it', async () => {
  const written: unknown[] = [];
  const toward = (isTerminal: boolean): Terminal => {
    const stdout = toOutput(
      () => ({ isTTY: isTerminal, write: (data: unknown) => written.push(data) }) as never,
    );
    return { workingDirectory: '/', stdout } as Terminal;
  };
  const text = 'FROM a\nRUN echo \u001b[0m\u200f\n';
  const input = { shown: 'x', file: undefined, bytes: Buffer.from(''), text: '' };
  for (const isTerminal of [false, true])
    await writePinned(input, text, { kind: 'file', name: '-' }, toward(isTerminal));
  expect(String(written[0])).toBe(text);
  expect(String(written[1])).not.toMatch(control);
});
