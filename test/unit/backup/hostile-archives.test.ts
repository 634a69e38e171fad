/** Archives, and files in the place of archives, as somebody hostile or a mishap would make them. */
import { execFileSync } from 'node:child_process';
import { randomFillSync } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import { Header } from 'tar';
import { describe, expect, it } from 'vitest';
import { proveBackup } from '../../../electron/backup/prove-backup.ts';
import { openBackup, openBackupBytes, sealOfBackup } from '../../../electron/backup/read-backup.ts';
import { planRestore } from '../../../electron/backup/restore-backup.ts';
import { readTar, writeTarGz } from '../../../electron/backup/tar-archive.ts';
import { hasCode } from '../../../shared/errors.ts';
import { backupKey, everything, keyPassphrases, now, rootId, useBackupLab } from './backup-fixture.ts';

const lab = useBackupLab();
const text = (value: string) => new TextEncoder().encode(value);

/** Padded as an archive is. */
function asTar(bytes: Uint8Array): Buffer {
  return Buffer.concat([bytes, Buffer.alloc(1024 + ((512 - (bytes.length % 512)) % 512))]);
}

describe('an archive', () => {
  it('that is compressed twice does not unpack beyond the limit', async () => {
    const filler = randomFillSync(Buffer.alloc(2000));
    const archive = gunzipSync(await writeTarGz([{ path: 'trust/private/a.key', bytes: filler }], now));
    const twice = gzipSync(asTar(gzipSync(archive)));
    await expect(readTar(twice)).rejects.toThrow('it is compressed twice');
    await expect(readTar(asTar(Buffer.from('28b52ffd', 'hex')))).rejects.toThrow('it is compressed twice');
  });

  it.each([
    ['a name of more than a megabyte', 'x', 1_100_000],
    ['an entry of a kind that nobody knows', 'Y', 0],
  ] as const)('with %s is refused, not read without it', async (_, type, size) => {
    const [odd, key] = [new Header({ path: 'PaxHeader/a', size, mtime: now }), new Header()];
    odd.encode();
    const block = odd.block ?? Buffer.alloc(0);
    block.write(type, 156);
    block.write('        ', 148);
    const sum = block.reduce((total, byte) => total + byte, 0);
    block.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148);
    Object.assign(key, { path: 'trust/private/a.key', size: 0, mtime: now, type: 'File', mode: 0o600 });
    key.encode();
    const content = Buffer.alloc(Math.ceil(size / 512) * 512, 'x');
    const tar = Buffer.concat([block, content, key.block ?? Buffer.alloc(0), Buffer.alloc(1024)]);
    await expect(readTar(tar)).rejects.toThrow(/entry that cannot be read|damaged/);
  });

  it('with a key file of many megabytes says so, and reads nothing into it', async () => {
    const bytes = Buffer.alloc(64 * 1024 * 1024, '-----BEGIN X-----\n');
    const backup = await writeTarGz([{ path: `private/${rootId}.key`, bytes }], now);
    const other = { path: 'tuf/a/metadata/root.json', bytes: text('{}') };
    const opened = await openBackupBytes('x', await writeTarGz([other], now));
    expect(opened.problems).toEqual([]);
    const error: unknown = await openBackupBytes('x', backup).catch((thrown: unknown) => thrown);
    expect(hasCode(error, 'backup/not-a-backup')).toBe(true);
  });

  it.each(['role: a\rb', ': nameless'])('with the header %j in a key is an outcome', async (header) => {
    const key = `-----BEGIN ENCRYPTED PRIVATE KEY-----\n${header}\n\nYWJj\n-----END ENCRYPTED PRIVATE KEY-----\n`;
    const old = { path: `trust/private/root_keys/${rootId}_root.key`, bytes: text(key) };
    const metadata = { path: 'trust/tuf/a/metadata/root.json', bytes: text('{}') };
    const opened = await openBackupBytes('x', await writeTarGz([old, metadata], now));
    expect(opened.problems).toEqual([`${old.path} holds no key`]);
    expect((await planRestore(opened, lab.empty)).map(({ kind }) => kind)).toEqual(['metadata']);
  });

  it('of a folder of metadata with other files in it is whole all the same', async () => {
    lab.put('trust/tuf/docker.io/.DS_Store', 'notes of a file manager');
    lab.put('trust/tuf/docker.io/library/other/.metadata.1.tmp/root.json', '{}');
    writeFileSync(join(lab.trustDir, 'tuf/docker.io/library/other/metadata', 'a\\b.json'), '{}');
    const { path } = await lab.write(everything);
    const proof = await proveBackup(path, backupKey(), keyPassphrases, now);
    expect([proof.problems, proof.complete]).toEqual([[], true]);
  });
});

it('a pipe or a device in the place of a backup keeps nobody waiting', async () => {
  const pipe = join(lab.drive, 'private_keys_backup.tar.gz');
  execFileSync('mkfifo', [pipe]);
  for (const path of [pipe, '/dev/zero']) {
    for (const read of [sealOfBackup, openBackup]) {
      const error: unknown = await read(path).catch((thrown: unknown) => thrown);
      expect(hasCode(error, 'backup/not-a-backup') && error.details.reason).toBe('it is no regular file');
    }
  }
});
