/** What a drill that finds damage does to earlier proofs. */
import { mkdirSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import {
  type BackupPlace,
  type BackupRecords,
  loadBackupRecords,
  updateBackupRecords,
} from '../../../electron/backup/backup-records.ts';
import { addProof } from '../../../electron/backup/record-drills.ts';
import { keyBackupState } from '../../../electron/backup/copy-standing.ts';
import type { BackupProof, KeyProofOutcome } from '../../../electron/backup/prove-backup.ts';
import { noteFailedRead } from '../../../electron/backup/note-damage.ts';
import { AppError } from '../../../shared/errors.ts';
import { rootPassphrase } from '../keystore/vectors.ts';
import { backupPassphrase, jeffId, now, rootId, useBackupLab } from './backup-fixture.ts';
import { openDesk, orderOf, twoProvenCopies } from './desk-fixture.ts';

const blue: BackupPlace = { kind: 'drive', label: 'BLUE', id: 'drive:blue' };
const none: BackupRecords = { backups: [], offline: [] };

function drillOf(
  keys: readonly (readonly [string, KeyProofOutcome])[],
  sha256 = 'ab'.repeat(32),
): BackupProof {
  return {
    path: '/media/blue/b.tar.gz.age',
    sha256,
    size: 10,
    protection: 'passphrase',
    created: now.toISOString(),
    at: now.toISOString(),
    keys: keys.map(([id, outcome]) => ({
      id,
      role: 'root',
      gun: undefined,
      outcome,
      sha256: 'cd'.repeat(32),
    })),
    problems: [],
    complete: keys.every(([, outcome]) => outcome === 'proven'),
  };
}

const provenCopies = (records: BackupRecords, id: string) =>
  keyBackupState(records, id, now.getTime()).provenCopies;

describe('a drill that finds damage', () => {
  const damaged = drillOf([
    [rootId, 'proven'],
    [jeffId, 'damaged'],
  ]);

  it('proves no key, not even one that opened', () => {
    const records = addProof(none, damaged, blue);
    expect(records.backups[0]?.proofs).toMatchObject([{ keys: [], failed: true }]);
    expect(provenCopies(records, rootId)).toBe(0);
  });

  it('does not count either where it was noted with keys', () => {
    const records = addProof(none, damaged, blue);
    const [copy] = records.backups;
    const noted = { ...copy!, proofs: [{ ...copy!.proofs[0]!, keys: [rootId] }] };
    expect(provenCopies({ ...records, backups: [noted] }, rootId)).toBe(0);
  });

  it('is undone by a later good one', () => {
    const good = drillOf([
      [rootId, 'proven'],
      [jeffId, 'proven'],
    ]);
    expect(provenCopies(addProof(addProof(none, damaged, blue), good, blue), rootId)).toBe(1);
  });
});

it.each(['not-tried', 'wrong-passphrase'] as const)(
  'a key with two entries, one of them %s, is not proven',
  (outcome) => {
    const entries = [
      [rootId, 'proven'],
      [rootId, outcome],
      [jeffId, 'proven'],
    ] as const;
    for (const order of [entries, entries.toReversed()]) {
      const records = addProof(none, drillOf(order), blue);
      expect(provenCopies(records, rootId)).toBe(0);
      expect(provenCopies(records, jeffId)).toBe(1);
    }
  },
);

describe('a proven copy loses its proof', () => {
  const lab = useBackupLab();
  const fileIn = (folder: string) =>
    join(folder, readdirSync(folder).find((name) => name.endsWith('.age')) ?? '');
  const provenNow = async () => provenCopies(await loadBackupRecords(lab.recordsFile), rootId);
  const spoil: readonly (readonly [string, string, (file: string) => void])[] = [
    ['is damaged', 'backup/damaged', (file) => writeFileSync(file, readFileSync(file).subarray(0, -1))],
    ['is no backup any more', 'backup/not-a-backup', (file) => writeFileSync(file, 'x')],
    [
      'cannot be read',
      'config/unreadable',
      (file) => {
        rmSync(file);
        mkdirSync(file);
      },
    ],
  ];

  it.each(spoil)('when the file that was chosen %s', async (_name, code, change) => {
    const at = openDesk(lab);
    await twoProvenCopies(lab, at, rootId);
    expect(await provenNow()).toBe(2);
    const file = fileIn(lab.drive);
    change(file);
    at.person.files.push(file);
    await expect(at.desk.check({ from: 'chosen' }, 'typed')).rejects.toMatchObject({ code });
    expect(await provenNow()).toBe(1);
    await expect(at.desk.takeOffline(rootId)).rejects.toMatchObject({ code: 'backup/not-proven' });
  });

  it.each(spoil.slice(0, 2))('when the recorded file %s', async (_name, code, change) => {
    const at = openDesk(lab);
    const [id = ''] = await twoProvenCopies(lab, at, rootId);
    change(fileIn(lab.drive));
    await expect(at.desk.prove(id, false)).rejects.toMatchObject({ code });
    expect(await provenNow()).toBe(1);
  });

  it.each(spoil.slice(0, 2))('when the file that was found on a drive %s', async (_name, code, change) => {
    const at = openDesk(lab);
    at.plugIn('BLUE');
    const [place] = await at.desk.open();
    at.person.passphrases.push(backupPassphrase);
    const [written] = await at.desk.write(orderOf([rootId], [place?.id ?? '']));
    at.person.passphrases.push(backupPassphrase, rootPassphrase);
    await at.desk.prove(written?.ok === true ? written.copy.id : '', false);
    expect(await provenNow()).toBe(1);
    const other = openDesk(lab);
    other.plugIn('BLUE');
    other.person.passphrases.push(backupPassphrase);
    const [found] = await other.desk.found();
    change(fileIn(at.mountPoint('BLUE')));
    await expect(other.desk.check({ from: 'found', id: found?.id ?? '' }, 'typed')).rejects.toMatchObject({
      code,
    });
    expect(await provenNow()).toBe(0);
    await at.desk.leave();
  });

  it('when another backup lies under its name, whether or not that one opens', async () => {
    const at = openDesk(lab);
    await twoProvenCopies(lab, at, rootId);
    const file = fileIn(lab.drive);
    const whole = readFileSync(file);
    const { path } = await lab.write({ keys: [jeffId], metadata: 'none', settings: false });
    writeFileSync(file, readFileSync(path));
    await at.desk.leave();
    at.person.files.push(file);
    at.person.passphrases.push(undefined);
    await expect(at.desk.check({ from: 'chosen' }, 'typed')).rejects.toMatchObject({
      code: 'prompt/cancelled',
    });
    expect(await provenNow()).toBe(1);
    writeFileSync(file, whole);
    at.person.files.push(file);
    at.person.passphrases.push(backupPassphrase, rootPassphrase);
    await at.desk.check({ from: 'chosen' }, 'typed');
    expect(await provenNow()).toBe(2);
    writeFileSync(file, readFileSync(path));
    at.person.files.push(file);
    at.person.passphrases.push(undefined);
    await at.desk.check({ from: 'chosen' }, 'typed');
    expect(await provenNow()).toBe(1);
  });

  it.each([
    ['EIO', 0],
    ['ENOENT', 1],
    ['EACCES', 1],
  ] as const)('when reading fails with %s: %i still counts', async (code, left) => {
    const path = '/media/blue/b.tar.gz.age';
    await updateBackupRecords(lab.recordsFile, () => addProof(none, drillOf([[rootId, 'proven']]), blue));
    const cause = Object.assign(new Error(code), { code });
    const error = new AppError('config/unreadable', { path, reason: code }, { cause });
    const elsewhere = new AppError('config/unreadable', { path: '/home/age.txt', reason: code }, { cause });
    await noteFailedRead(lab.recordsFile, { path, place: blue, error: elsewhere, at: now });
    expect(await provenNow()).toBe(1);
    await noteFailedRead(lab.recordsFile, { path, place: blue, error, at: now });
    expect(await provenNow()).toBe(left);
  });
});

describe('a folder that is reached through a link', () => {
  const lab = useBackupLab();

  it('is one place with the folder itself', async () => {
    const at = openDesk(lab);
    await twoProvenCopies(lab, at, rootId);
    const [name = ''] = readdirSync(lab.drive);
    symlinkSync(lab.drive, join(lab.path, 'link'));
    at.person.files.push(join(lab.path, 'link', name));
    await at.desk.check({ from: 'chosen' }, 'typed');
    const records = await loadBackupRecords(lab.recordsFile);
    expect(records.backups).toHaveLength(2);
    expect(provenCopies(records, rootId)).toBe(2);
  });

  it('also for a record that names it through the link', async () => {
    const link = join(lab.path, 'link');
    symlinkSync(lab.drive, link);
    const path = join(link, 'b.tar.gz.age');
    const where = { kind: 'folder', label: link, id: `folder:${link}` } as const;
    await updateBackupRecords(lab.recordsFile, () => addProof(none, drillOf([[rootId, 'proven']]), where));
    writeFileSync(path, 'x');
    const at = openDesk(lab);
    at.person.files.push(path);
    await expect(at.desk.check({ from: 'chosen' }, 'typed')).rejects.toMatchObject({
      code: 'backup/not-a-backup',
    });
    expect(provenCopies(await loadBackupRecords(lab.recordsFile), rootId)).toBe(0);
  });

  it('when it is chosen as a destination', async () => {
    const at = openDesk(lab);
    symlinkSync(lab.drive, join(lab.path, 'link'));
    at.person.files.push(lab.drive, join(lab.path, 'link'));
    await at.desk.addFolder();
    expect(await at.desk.addFolder()).toMatchObject([{ where: lab.drive }]);
  });
});

describe('a proof', () => {
  it('of a key file under an earlier passphrase does not let the key leave; nor does one of an older record', () => {
    const file = 'cd'.repeat(32);
    const records = addProof(none, drillOf([[rootId, 'proven']]), blue, { replugged: true });
    const stateFor = (known: BackupRecords, sha256: string) =>
      keyBackupState(known, { id: rootId, sha256 }, now.getTime()).provenCopies;
    expect(stateFor(records, file)).toBe(1);
    expect(stateFor(records, 'ef'.repeat(32))).toBe(0);
    expect(records.backups[0]?.proofs).toMatchObject([{ replugged: true }]);
    const [copy] = records.backups;
    const { files: _files, ...older } = copy!.proofs[0]!;
    const old = { ...records, backups: [{ ...copy!, proofs: [older] }] };
    expect([stateFor(old, file), keyBackupState(old, rootId, now.getTime()).provenCopies]).toEqual([0, 1]);
  });
});

describe('a key whose passphrase was changed', () => {
  const lab = useBackupLab();

  it('stays until copies of the changed file are proven', async () => {
    const at = openDesk(lab);
    await twoProvenCopies(lab, at, rootId);
    const file = join(lab.trustDir, 'private', `${rootId}.key`);
    const before = readFileSync(file);
    writeFileSync(file, Buffer.concat([before, Buffer.from('\n')]));
    await expect(at.desk.takeOffline(rootId)).rejects.toMatchObject({
      code: 'backup/not-proven',
      details: { have: 0 },
    });
    writeFileSync(file, before);
    await at.desk.takeOffline(rootId);
    expect(readdirSync(join(lab.trustDir, 'private'))).not.toContain(`${rootId}.key`);
  });
});
