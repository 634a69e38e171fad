/** Names in commands that a person is shown: run as printed, each is the file that it names and nothing else. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { shellWord } from '../../../electron/files/shell-word.ts';

const odd = [
  'plain.age',
  'with blank.age',
  "it's.age",
  '-j=option.age',
  '~root.age',
  'host.example:archive.tar.gz',
  '$(id).age',
  'a;id;.tar.gz',
  '`id`',
  '"',
];

it.each(odd)('%s', (name) => {
  const folder = mkdtempSync(join(tmpdir(), 'td-word-'));
  try {
    writeFileSync(join(folder, name), name);
    const read = (word: string) => execFileSync('/bin/sh', ['-c', `cat ${word}`], { cwd: folder }).toString();
    expect(read(shellWord(name))).toBe(name);
    expect(read(shellWord(join(folder, name)))).toBe(name);
  } finally {
    rmSync(folder, { recursive: true });
  }
});

it('is no file of another computer to tar', () => {
  expect(shellWord('host.example:archive.tar.gz')).toBe('./host.example:archive.tar.gz');
  expect(shellWord('/media/a:b')).toBe('/media/a:b');
  expect(shellWord('folder/a:b')).toBe('folder/a:b');
});
