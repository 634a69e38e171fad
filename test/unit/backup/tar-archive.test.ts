import { gunzipSync, gzipSync } from 'node:zlib';
import { Header, Pax } from 'tar';
import { describe, expect, it } from 'vitest';
import {
  isUnusableOnWindows,
  MAX_ARCHIVE_BYTES,
  pathProblem,
} from '../../../electron/backup/archive-entry.ts';
import { ArchiveError, readTar, writeTarGz } from '../../../electron/backup/tar-archive.ts';

const at = new Date('2026-11-21T10:00:00Z');
const text = (value: string) => new TextEncoder().encode(value);
const entry = (path: string, content = path) => ({ path, bytes: text(content) });

interface RawEntry {
  readonly path: string;
  readonly type?: 'File' | 'Directory' | 'SymbolicLink' | 'Link' | 'CharacterDevice' | 'FIFO';
  readonly content?: string;
  readonly linkpath?: string;
  readonly pax?: string;
}

/** A tar as somebody hostile would make it. */
function rawTar(entries: readonly RawEntry[], end = true): Buffer {
  const blocks = entries.flatMap(({ path, type = 'File', content = '', linkpath, pax }) => {
    const header = new Header({
      path,
      type,
      mode: 0o600,
      size: content.length,
      mtime: at,
      ...(linkpath === undefined ? {} : { linkpath }),
    });
    header.encode();
    const before = pax === undefined ? [] : [new Pax({ path: pax }).encode()];
    return [
      ...before,
      header.block!,
      Buffer.from(content),
      Buffer.alloc((512 - (content.length % 512)) % 512),
    ];
  });
  return Buffer.concat([...blocks, ...(end ? [Buffer.alloc(1024)] : [])]);
}

const refused = (bytes: Uint8Array) =>
  readTar(bytes).then(
    () => 'nothing was refused',
    (error: unknown) => (error instanceof ArchiveError ? error.message : String(error)),
  );

describe('what is written', () => {
  const long = `trust/tuf/${'registry.example.test:5000/'.repeat(12)}app/metadata/targets/${'r'.repeat(120)}.json`;
  const entries = [
    entry('trustdesk-backup/manifest.json'),
    entry('trust/private/a.key', ''),
    entry('trust/tuf/host:5000/a/metadata/targets/ünïcode.json', 'x'.repeat(511)),
    entry('trust/tuf/__proto__/metadata/root.json', 'x'.repeat(512)),
    entry(long, 'x'.repeat(513)),
    { path: 'trust/private/binary', bytes: Uint8Array.from({ length: 70_000 }, (_, index) => index % 251) },
  ];

  it('is read back as it was, in order', async () => {
    expect(await readTar(await writeTarGz(entries, at))).toEqual(entries);
  });

  it('gives private files in private folders, dated, owned by nobody in particular', async () => {
    const tar = gunzipSync(await writeTarGz([entry('trust/private/a.key')], at));
    const headers = [0, 512, 1024].map((offset) => new Header(tar, offset));
    expect(
      headers.map(({ path, type, mode, uid, gid, mtime }) => [path, type, mode, uid, gid, mtime?.getTime()]),
    ).toEqual([
      ['trust/', 'Directory', 0o700, 0, 0, at.getTime()],
      ['trust/private/', 'Directory', 0o700, 0, 0, at.getTime()],
      ['trust/private/a.key', 'File', 0o600, 0, 0, at.getTime()],
    ]);
  });

  it('is the same for the same contents', async () => {
    expect(await writeTarGz(entries, at)).toEqual(await writeTarGz(entries, at));
  });
});

describe('what is read', () => {
  it('may be compressed or not, and start with ./', async () => {
    const tar = rawTar([
      { path: './', type: 'Directory' },
      { path: 'trust/a', content: 'x' },
    ]);
    for (const bytes of [tar, gzipSync(tar)]) {
      expect(await readTar(bytes)).toEqual([entry('trust/a', 'x')]);
    }
  });

  it.each<readonly [string, readonly RawEntry[], RegExp]>([
    ['a way up', [{ path: '../evil', content: 'x' }], /leaves the archive/],
    ['a way up inside', [{ path: 'trust/../../evil', content: 'x' }], /leaves the archive/],
    ['an absolute name', [{ path: '/etc/passwd', content: 'x' }], /absolute/],
    ['a drive letter', [{ path: 'C:evil', content: 'x' }], /absolute/],
    ['a backslash', [{ path: 'trust\\..\\evil', content: 'x' }], /backslash|leaves/],
    ['a control character', [{ path: 'trust/a\u0001b', content: 'x' }], /control/],
    [
      'a long name in an extended header',
      [{ path: 'x', content: 'x', pax: `trust/${'a/'.repeat(100)}../../../evil` }],
      /leaves the archive/,
    ],
    ['a folder that leads out', [{ path: '../x/', type: 'Directory' }], /leaves the archive/],
    [
      'a symbolic link',
      [{ path: 'trust/private', type: 'SymbolicLink', linkpath: '/root' }],
      /no regular file \(SymbolicLink\)/,
    ],
    [
      'a hard link',
      [{ path: 'trust/private/a', type: 'Link', linkpath: '/etc/shadow' }],
      /no regular file \(Link\)/,
    ],
    ['a device', [{ path: 'trust/dev', type: 'CharacterDevice' }], /no regular file/],
    ['a pipe', [{ path: 'trust/pipe', type: 'FIFO' }], /no regular file/],
    [
      'the same name twice',
      [
        { path: 'trust/a', content: '1' },
        { path: 'trust/a', content: '2' },
      ],
      /occurs twice/,
    ],
  ])('is refused for %s', async (_name, entries, reason) => {
    expect(await refused(rawTar(entries))).toMatch(reason);
  });

  it('is refused at every cut', async () => {
    const whole = rawTar([
      { path: 'trust/a', content: 'a'.repeat(600) },
      { path: 'trust/b', content: 'b' },
    ]);
    for (let length = 0; length < whole.length; length += 128) {
      expect(await refused(whole.subarray(0, length))).toMatch(/cut short|end is missing|damaged/);
    }
    const zipped = gzipSync(whole);
    for (let length = 2; length < zipped.length; length++) {
      expect(await refused(zipped.subarray(0, length))).toMatch(/damaged or cut short/);
    }
  });

  it('is refused when a header was changed', async () => {
    const whole = rawTar([{ path: 'trust/a', content: 'a' }]);
    for (const offset of [0, 100, 124, 136, 148, 156, 257]) {
      const changed = Buffer.from(whole);
      changed[offset] = (changed[offset] ?? 0) ^ 1;
      expect(await refused(changed)).not.toBe('nothing was refused');
    }
  });

  it('is refused when it unpacks to more than fits', async () => {
    const bomb = gzipSync(Buffer.alloc(MAX_ARCHIVE_BYTES + 1024), { level: 1 });
    expect(bomb.length).toBeLessThan(5_000_000);
    expect(await refused(bomb)).toBe('it is too large');
  });

  it.each(['', 'hello', 'x'.repeat(1024)])('is refused when it is no archive: %j', async (content) => {
    expect(await refused(Buffer.from(content))).not.toBe('nothing was refused');
  });
});

describe('names', () => {
  it.each(['a', 'trust/private/x.key', 'trust/tuf/host:5000/a', 'a..b/c', '...', 'ünï'])(
    '%j is fine',
    (path) => {
      expect(pathProblem(path)).toBeUndefined();
    },
  );

  it.each([
    '',
    '/',
    '//a',
    'a//b',
    'a/',
    './a',
    'a/.',
    '..',
    'a/..',
    'c:/x',
    'a\nb',
    'a\0',
    'a\\b',
    'x'.repeat(5000),
  ])('%j is not', (path) => {
    expect(pathProblem(path)).toEqual(expect.any(String));
  });

  it.each([
    'con',
    'NUL',
    'aux.json',
    'COM1',
    'lpt9.tar.gz',
    'com¹.x',
    'CONIN$',
    'prn .txt',
    'root.json.',
    'a ',
    '...',
  ])('%j is a device on Windows, or another name', (name) => {
    expect([isUnusableOnWindows(name), pathProblem(`trust/tuf/${name}/x`)]).toEqual([true, undefined]);
  });

  it.each(['console', 'aux-1.json', 'com10', 'a.con', 'root.json', '.hidden', 'nul_'])(
    '%j is none',
    (name) => {
      expect(isUnusableOnWindows(name)).toBe(false);
    },
  );
});
