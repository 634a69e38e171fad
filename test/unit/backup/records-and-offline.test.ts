import { randomUUID } from 'node:crypto';
import { linkSync, mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import {
  type BackupPlace,
  type BackupRecord,
  loadBackupRecords,
  placeOf,
  removeBackup,
  updateBackupRecords,
} from '../../../electron/backup/backup-records.ts';
import { addFailure, addProof } from '../../../electron/backup/record-drills.ts';
import { addBackup } from '../../../electron/backup/record-writing.ts';
import { locateCopy } from '../../../electron/backup/locate-copy.ts';
import { noteFailedRead } from '../../../electron/backup/note-damage.ts';
import { keyBackupState } from '../../../electron/backup/copy-standing.ts';
import {
  assertProven,
  bringBack,
  keepHere,
  sendAway,
  takeOffline,
  unsettledKeys,
} from '../../../electron/backup/offline-keys.ts';
import { proveBackup } from '../../../electron/backup/prove-backup.ts';
import { openBackup } from '../../../electron/backup/read-backup.ts';
import { planRestore, restoreBackup } from '../../../electron/backup/restore-backup.ts';
import { listKeys } from '../../../electron/keystore/key-directory.ts';
import { openKey } from '../../../electron/keystore/open-key.ts';
import { findKey, removeKey } from '../../../electron/keystore/store-key.ts';
import { textOf } from '../../../shared/error-texts.ts';
import { AppError, type ErrorCode, hasCode } from '../../../shared/errors.ts';
import { rootPassphrase } from '../keystore/vectors.ts';
import { backupKey, jeffId, keyPassphrases, now, rootId, secret, useBackupLab } from './backup-fixture.ts';

const lab = useBackupLab();
const refusal = (code: ErrorCode) => (error: unknown) => hasCode(error, code);
const blue: BackupPlace = { kind: 'drive', label: 'BLUE', id: 'drive:blue' };
const red: BackupPlace = { kind: 'drive', label: 'RED', id: 'drive:red' };
const later = (days: number) => new Date(now.getTime() + days * 24 * 60 * 60 * 1000);
const visitAt = (at: Date) => ({ until: 'publish' as const, now: at });
const driveAt = (mountPoint: string) => ({
  id: '',
  label: '',
  mountPoint,
  sizeBytes: 0,
  fileSystem: 'ext4',
  disk: 'sdz',
});
const rootOnly = { keys: [rootId], metadata: 'none', settings: false } as const;

/** Writes a backup of the root key to a place, and proves it there unless told not to. */
async function backUp(where: BackupPlace, prove = true, passphrases = keyPassphrases) {
  const folder = where === blue ? lab.drive : lab.otherDrive;
  const written = await lab.write(rootOnly, undefined, folder);
  await updateBackupRecords(lab.recordsFile, (records) => addBackup(records, written, where));
  if (!prove) return written;
  const proof = await proveBackup(written.path, backupKey(), passphrases, now);
  await updateBackupRecords(lab.recordsFile, (records) => addProof(records, proof, where));
  return written;
}

const stateOf = async (at = now) =>
  keyBackupState(await loadBackupRecords(lab.recordsFile), rootId, at.getTime());

describe('records', () => {
  it('are empty before anything was written, and make no file', async () => {
    expect(await loadBackupRecords(lab.recordsFile)).toEqual({ backups: [], offline: [] });
    expect(lab.tree().filter((name) => name.startsWith('home'))).toEqual([]);
  });

  it('know copies, proofs and when the next drill is due', async () => {
    expect(await stateOf()).toEqual({ copies: 0, provenCopies: 0, lastProof: undefined, drillDue: false });
    await backUp(blue, false);
    expect(await stateOf()).toEqual({ copies: 1, provenCopies: 0, lastProof: undefined, drillDue: true });
    await backUp(red);
    expect(await stateOf()).toEqual({
      copies: 2,
      provenCopies: 1,
      lastProof: now.toISOString(),
      drillDue: false,
    });
    expect((await stateOf(later(365))).drillDue).toBe(false);
    expect((await stateOf(later(366))).drillDue).toBe(true);
    expect(lab.mode('home/backups.json')).toBe(0o600);
    expect(lab.mode('home')).toBe(0o700);
  });

  it('a drill of a clock that was years ahead proves nothing, one of a clock that is hours ahead does', async () => {
    await backUp(blue);
    expect(await stateOf(new Date(now.getTime() - 20 * 60 * 60 * 1000))).toMatchObject({ provenCopies: 1 });
    expect(await stateOf(later(-400))).toMatchObject({ copies: 1, provenCopies: 0, drillDue: true });
    await backUp(red);
    const places = { trustDir: lab.trustDir, recordsFile: lab.recordsFile, drives: [] };
    await expect(takeOffline(places, rootId, later(-400))).rejects.toSatisfy(refusal('backup/not-proven'));
  });

  it('two copies at one place count once', async () => {
    await backUp(blue);
    await backUp(blue);
    expect(await stateOf()).toMatchObject({ copies: 1, provenCopies: 1 });
  });

  it('a key that the drill could not open is not proven by it', async () => {
    await backUp(blue, true, () => Promise.resolve(undefined));
    expect(await stateOf()).toMatchObject({ copies: 1, provenCopies: 0, drillDue: true });
  });

  it('another drive at the same mount point proves and condemns itself, not the drive of the record', async () => {
    const written = await backUp(blue, false);
    const { backups } = await loadBackupRecords(lab.recordsFile);
    const recordId = backups[0]!.id;
    const proof = await proveBackup(written.path, backupKey(), keyPassphrases, now);
    const records = { backups, offline: [] };
    const proven = addProof(records, proof, red, { recordId }).backups;
    expect(proven.map(({ place, proofs }) => [place.label, proofs.length])).toEqual([
      ['BLUE', 0],
      ['RED', 1],
    ]);
    const other = addProof(records, { ...proof, sha256: '0'.repeat(64) }, red, { recordId }).backups;
    expect(
      other.map(({ place, proofs }) => [place.label, proofs.some(({ failed }) => failed === true)]),
    ).toEqual([
      ['BLUE', false],
      ['RED', false],
    ]);
    await noteFailedRead(lab.recordsFile, {
      path: written.path,
      place: red,
      recordId,
      error: new AppError('backup/damaged', { path: written.path, reason: 'cut short' }),
      at: now,
    });
    expect((await loadBackupRecords(lab.recordsFile)).backups).toEqual(backups);

    const drive = { ...driveAt(lab.drive), id: 'red' };
    expect(await locateCopy(backups[0]!, [drive], written.path)).toBeUndefined();
    expect(await locateCopy(backups[0]!, [{ ...drive, id: 'blue' }], written.path)).toBe(written.path);
  });

  it('a copy that was carried elsewhere and proven there is one more', async () => {
    const written = await backUp(blue);
    const proof = await proveBackup(written.path, backupKey(), keyPassphrases, later(1));
    await updateBackupRecords(lab.recordsFile, (records) => addProof(records, proof, red));
    const { backups } = await loadBackupRecords(lab.recordsFile);
    expect(backups.map(({ place, file }) => [place.label, file.sha256])).toEqual([
      ['BLUE', written.sha256],
      ['RED', written.sha256],
    ]);
    expect(await stateOf()).toMatchObject({ copies: 2, provenCopies: 2, lastProof: later(1).toISOString() });
  });

  it('a backup made elsewhere enters with its first drill', async () => {
    const written = await lab.write(rootOnly);
    const proof = await proveBackup(written.path, backupKey(), keyPassphrases, later(3));
    const { backups } = addProof({ backups: [], offline: [] }, proof, blue);
    expect(backups).toMatchObject([
      {
        created: now.toISOString(),
        protection: 'passphrase',
        file: { sha256: written.sha256, size: written.size },
      },
    ]);
  });

  it('can be forgotten', async () => {
    await backUp(blue);
    const { backups } = await updateBackupRecords(lab.recordsFile, (records) =>
      removeBackup(records, records.backups[0]!.id),
    );
    expect(backups).toEqual([]);
  });

  it('hold no secret', async () => {
    await backUp(blue);
    const text = readFileSync(lab.recordsFile, 'utf8');
    for (const word of ['backup passphrase', rootPassphrase, 'PRIVATE KEY']) expect(text).not.toContain(word);
  });

  it.each([
    '',
    'x',
    '[]',
    '{}',
    '{"version":2,"backups":[],"offline":[]}',
    '{"version":1,"backups":[{}],"offline":[]}',
    '{"version":1,"backups":[],"offline":[{"id":"x","role":"root","since":"2026-01-01","state":"away"}]}',
  ])('that are damaged (%j) are an error, never a new beginning', async (content) => {
    const file = lab.put('home/backups.json', content);
    await expect(loadBackupRecords(file)).rejects.toSatisfy(refusal('config/malformed'));
    await expect(updateBackupRecords(file, (records) => records)).rejects.toSatisfy(
      refusal('config/malformed'),
    );
    expect(readFileSync(file, 'utf8')).toBe(content);
  });

  it('two writers at once lose nothing', async () => {
    const written = await lab.write(rootOnly);
    const add = (label: string) =>
      updateBackupRecords(lab.recordsFile, (records) =>
        addBackup(records, written, { kind: 'folder', label, id: label }),
      );
    await Promise.all(Array.from({ length: 8 }, (_, index) => add(`place ${index}`)));
    expect((await loadBackupRecords(lab.recordsFile)).backups).toHaveLength(8);
  });

  it('name a place by its drive, or by its folder', () => {
    const drive = {
      id: 'ABCD-1234',
      label: 'BLUE',
      mountPoint: '/media/blue',
      sizeBytes: 1,
      fileSystem: 'vfat',
      disk: 'sdb',
    };
    expect(placeOf('/media/blue/a/b.age', drive)).toEqual({
      kind: 'drive',
      label: 'BLUE',
      id: 'drive:ABCD-1234',
      folder: 'a',
    });
    expect(placeOf('/srv/backups/b.age', undefined)).toEqual({
      kind: 'folder',
      label: '/srv/backups',
      id: 'folder:/srv/backups',
    });
  });
});

describe('taking a key offline', () => {
  const places = () => ({ trustDir: lab.trustDir, recordsFile: lab.recordsFile, drives: [] });
  const isHere = async () => (await listKeys(lab.trustDir)).keys.some(({ id }) => id === rootId);

  it.each([
    ['no copy', () => Promise.resolve(), 0],
    ['one proven copy', () => backUp(blue), 1],
    ['two at the same place', () => backUp(blue).then(() => backUp(blue)), 1],
    ['one proven, one not', () => backUp(blue).then(() => backUp(red, false)), 1],
    [
      'two, whose key was not opened',
      () =>
        backUp(blue, true, () => Promise.resolve(undefined)).then(() =>
          backUp(red, true, () => Promise.resolve(undefined)),
        ),
      0,
    ],
  ] as const)('is refused with %s', async (_name, prepare, have) => {
    await prepare();
    const error: unknown = await takeOffline(places(), rootId, now).catch((thrown: unknown) => thrown);
    expect(hasCode(error, 'backup/not-proven') && error.details).toEqual({ keyId: rootId, have, need: 2 });
    expect(await isHere()).toBe(true);
    expect((await loadBackupRecords(lab.recordsFile)).offline).toEqual([]);
  });

  it.each([
    ['through a link to its folder', (link: string) => symlinkSync(lab.drive, link)],
    [
      'under a second name in another folder',
      (link: string, file: string) => {
        mkdirSync(link);
        linkSync(file, join(link, basename(file)));
      },
    ],
  ])('is refused when one file was proven twice, the second time %s', async (_name, make) => {
    const { path } = await lab.write(rootOnly);
    make(join(lab.path, 'link'), path);
    for (const file of [path, join(lab.path, 'link', basename(path))]) {
      const proof = await proveBackup(file, backupKey(), keyPassphrases, now);
      await updateBackupRecords(lab.recordsFile, (records) =>
        addProof(records, proof, placeOf(file, undefined)),
      );
    }
    expect(await stateOf()).toMatchObject({ provenCopies: 2 });
    await expect(takeOffline(places(), rootId, now)).rejects.toSatisfy(refusal('backup/not-proven'));
    expect(await isHere()).toBe(true);
  });

  it('is refused for another key than the proven one, and for one that is not here', async () => {
    await backUp(blue);
    await backUp(red);
    await expect(takeOffline(places(), jeffId, now)).rejects.toSatisfy(refusal('backup/not-proven'));
    await expect(takeOffline(places(), 'ab'.repeat(32), now)).rejects.toSatisfy(
      refusal('keystore/key-not-found'),
    );
  });

  it('after two proven copies; back for a visit; away again', async () => {
    const { path } = await backUp(blue);
    await backUp(red);
    await takeOffline(places(), rootId, now);
    expect(await isHere()).toBe(false);
    expect((await loadBackupRecords(lab.recordsFile)).offline).toEqual([
      { id: rootId, role: 'root', since: now.toISOString(), state: 'away' },
    ]);
    expect(await unsettledKeys(places())).toEqual([]);

    const backup = await openBackup(path, backupKey());
    const stored = await bringBack(places(), backup, rootId, visitAt(later(400)));
    expect((await openKey(stored, secret(rootPassphrase))).id).toBe(rootId);
    expect(lab.mode(`trust/private/${rootId}.key`)).toBe(0o600);
    // A restart in the middle of the visit finds it unsettled.
    expect(await unsettledKeys(places())).toMatchObject([
      { key: { id: rootId, state: 'visiting' }, isHere: true },
    ]);
    await expect(bringBack(places(), backup, rootId, visitAt(later(400)))).rejects.toSatisfy(
      refusal('keystore/key-exists'),
    );

    // A year later the proofs do not count any more: the copies are checked before it leaves again.
    await expect(sendAway(places(), rootId, later(401))).rejects.toSatisfy(refusal('backup/not-proven'));
    for (const [where, folder] of [
      [blue, lab.drive],
      [red, lab.otherDrive],
    ] as const) {
      const proof = await proveBackup(join(folder, basename(path)), backupKey(), keyPassphrases, later(400));
      await updateBackupRecords(lab.recordsFile, (records) => addProof(records, proof, where));
    }
    await sendAway(places(), rootId, later(401));
    expect(await isHere()).toBe(false);
    expect((await loadBackupRecords(lab.recordsFile)).offline).toMatchObject([
      { state: 'away', since: later(401).toISOString() },
    ]);
  });

  it('takes along what killed writers left of the key, and nothing of others', async () => {
    await backUp(blue);
    await backUp(red);
    const key = readFileSync(join(lab.trustDir, 'private', `${rootId}.key`));
    const leftover = (id: string) => `trust/private/.${id}.key.${randomUUID()}.tmp`;
    for (const id of [rootId, rootId, jeffId]) lab.put(leftover(id), key);
    await takeOffline(places(), rootId, now);
    const names = () => lab.tree('trust/private').filter((name) => name.includes('.tmp'));
    expect(names()).toEqual([expect.stringContaining(jeffId)]);

    // Killed while it was brought back: the key lies under another name, and is in no list.
    await updateBackupRecords(lab.recordsFile, (records) => ({
      ...records,
      offline: records.offline.map((one) => ({ ...one, state: 'visiting' as const })),
    }));
    lab.put(leftover(rootId), key);
    await sendAway(places(), rootId, now);
    expect(names()).toEqual([expect.stringContaining(jeffId)]);
  });

  it('is refused on the word of checks that did not note which file they opened, until they are made again', async () => {
    await backUp(blue);
    await backUp(red);
    const withoutFiles = ({ files: _files, ...proof }: BackupRecord['proofs'][number]) => proof;
    await updateBackupRecords(lab.recordsFile, (records) => ({
      ...records,
      backups: records.backups.map((record) => ({ ...record, proofs: record.proofs.map(withoutFiles) })),
    }));
    expect(await stateOf()).toMatchObject({ provenCopies: 2 });
    const error: unknown = await takeOffline(places(), rootId, now).catch((thrown: unknown) => thrown);
    const details = { keyId: rootId, have: 0, need: 2, checkAgain: ['BLUE', 'RED'] };
    expect(hasCode(error, 'backup/not-proven') && error.details).toEqual(details);
    expect(textOf(error as AppError).title).toContain('BLUE and RED were checked by an earlier version');
    for (const { place, file } of (await loadBackupRecords(lab.recordsFile)).backups) {
      const folder = place.label === 'BLUE' ? lab.drive : lab.otherDrive;
      const proof = await proveBackup(join(folder, file.name), backupKey(), keyPassphrases, now);
      await updateBackupRecords(lab.recordsFile, (records) => addProof(records, proof, place));
    }
    await takeOffline(places(), rootId, now);
    expect(await isHere()).toBe(false);
  });

  it('takes along other files of its ID that hold the same key, whatever role they name', async () => {
    await backUp(blue);
    await backUp(red);
    const key = readFileSync(join(lab.trustDir, 'private', `${rootId}.key`), 'utf8');
    lab.put(`trust/private/sub/${rootId}.key`, key);
    lab.put(`trust/private/root_keys/${rootId}_root.key`, key.replace(/^role: root\n\n?/m, ''));
    await takeOffline(places(), rootId, now);
    expect(lab.tree('trust/private').filter((name) => name.includes(rootId))).toEqual([]);
  });

  it.each([
    ['another key', () => readFileSync(join(lab.trustDir, 'private', `${jeffId}.key`), 'utf8')],
    [
      'the key and more',
      () => {
        const key = readFileSync(join(lab.trustDir, 'private', `${rootId}.key`), 'utf8');
        return `${key}${key}`;
      },
    ],
  ])('stays where another file of its ID holds %s, and names it', async (_name, content) => {
    const { path } = await backUp(blue);
    await backUp(red);
    const other = lab.put(`trust/private/root_keys/${rootId}_root.key`, content());
    const before = lab.tree('trust/private');
    const error: unknown = await takeOffline(places(), rootId, now).catch((thrown: unknown) => thrown);
    expect(hasCode(error, 'backup/other-file-of-key') && error.details.path).toBe(other);
    expect([lab.tree('trust/private'), (await loadBackupRecords(lab.recordsFile)).offline]).toEqual([
      before,
      [],
    ]);

    rmSync(other);
    await takeOffline(places(), rootId, now);
    await bringBack(places(), await openBackup(path, backupKey()), rootId, visitAt(now));
    lab.put(`trust/private/root_keys/${rootId}_root.key`, content());
    await expect(sendAway(places(), rootId, now)).rejects.toSatisfy(refusal('backup/other-file-of-key'));
    expect(lab.tree('trust/private')).toEqual(before);
  });

  it('leaves a key whose passphrase was changed since the copies were looked at', async () => {
    await backUp(blue);
    await backUp(red);
    const file = join(lab.trustDir, 'private', `${rootId}.key`);
    const proven = readFileSync(file);
    const stored = await findKey(lab.trustDir, rootId);
    const taken = removeKey(lab.trustDir, rootId, (bytes) => {
      // Between the two looks.
      writeFileSync(file, Buffer.concat([proven, Buffer.from('\n')]));
      return proven.equals(bytes);
    });
    await expect(taken).rejects.toSatisfy(refusal('keystore/changed-meanwhile'));
    expect(stored.path).toBe(file);
    expect(await isHere()).toBe(true);
  });

  it('brings back the very bytes, whatever stands around the key', async () => {
    const file = join(lab.trustDir, 'private', `${rootId}.key`);
    const whole = Buffer.concat([Buffer.from('Schl\xfcssel\n', 'latin1'), readFileSync(file)]);
    writeFileSync(file, whole);
    const { path } = await backUp(blue);
    await backUp(red);
    await takeOffline(places(), rootId, now);
    const opened = await openBackup(path, backupKey());
    await bringBack(places(), opened, rootId, visitAt(now));
    expect(readFileSync(file).equals(whole)).toBe(true);
    await sendAway(places(), rootId, now);
    const items = (await planRestore(opened, lab)).map((item) => item.file);
    await restoreBackup(opened, lab, { files: items, replace: [] });
    expect(readFileSync(file).equals(whole)).toBe(true);
  });

  it('a key that was never taken off is not sent away', async () => {
    await expect(sendAway(places(), rootId, now)).rejects.toSatisfy(refusal('backup/not-visiting'));
    expect(await isHere()).toBe(true);
  });

  it.each(['visiting', 'leaving'] as const)(
    'a key that is %s stays when its copies do not count any more, until they do again',
    async (state) => {
      const { path } = await backUp(blue);
      await backUp(red);
      await takeOffline(places(), rootId, now);
      await bringBack(places(), await openBackup(path, backupKey()), rootId, visitAt(now));
      const { backups } = await updateBackupRecords(lab.recordsFile, (records) => {
        const offline = records.offline.map((key) => ({ ...key, state }));
        return addFailure({ ...records, offline }, records.backups[0]!.id, now);
      });
      await expect(sendAway(places(), rootId, now)).rejects.toSatisfy(refusal('backup/not-proven'));
      expect(await isHere()).toBe(true);
      expect((await loadBackupRecords(lab.recordsFile)).offline).toMatchObject([{ state }]);
      const proof = await proveBackup(path, backupKey(), keyPassphrases, now);
      await updateBackupRecords(lab.recordsFile, (records) => addProof(records, proof, backups[0]!.place));
      await sendAway(places(), rootId, now);
      expect(await isHere()).toBe(false);
    },
  );

  it.each([
    ['is gone from its drive', (file: string) => rmSync(file)],
    [
      'cannot be read there',
      (file: string) => {
        rmSync(file);
        mkdirSync(file);
      },
    ],
  ])('a visitor stays when a copy %s, until it is back', async (_name, lose) => {
    const { path } = await backUp(blue);
    await backUp(red);
    await takeOffline(places(), rootId, now);
    await bringBack(places(), await openBackup(path, backupKey()), rootId, visitAt(now));
    const bytes = readFileSync(path);
    lose(path);
    const here = { id: 'blue', label: 'BLUE', mountPoint: lab.drive, sizeBytes: 1, fileSystem: 'vfat' };
    const atDrive = { ...places(), drives: [{ ...here, disk: 'sdb' }] };
    const error: unknown = await sendAway(atDrive, rootId, now).catch((thrown: unknown) => thrown);
    expect(hasCode(error, 'backup/copies-not-at-hand') && error.details).toMatchObject({
      places: [expect.stringContaining('BLUE')],
      have: 1,
    });
    expect(await isHere()).toBe(true);
    expect((await loadBackupRecords(lab.recordsFile)).backups).toHaveLength(2);
    rmSync(path, { recursive: true, force: true });
    writeFileSync(path, bytes);
    await sendAway(atDrive, rootId, now);
    expect(await isHere()).toBe(false);
  });

  it('a key file that cannot be read is an outcome with a code', async () => {
    const stored = await findKey(lab.trustDir, rootId);
    await expect(
      assertProven(places(), { ...stored, path: join(lab.path, 'gone.key') }, now),
    ).rejects.toSatisfy(refusal('keystore/unreadable'));
  });

  it('a visitor that somebody removed already is settled by sending it away', async () => {
    const { path } = await backUp(blue);
    await backUp(red);
    await takeOffline(places(), rootId, now);
    await bringBack(places(), await openBackup(path, backupKey()), rootId, visitAt(now));
    await removeKey(lab.trustDir, rootId);
    expect(await unsettledKeys(places())).toMatchObject([{ isHere: false }]);
    await sendAway(places(), rootId, now);
    expect(await unsettledKeys(places())).toEqual([]);
  });

  it('a key that came back by itself is noticed, and can be kept', async () => {
    const { path } = await backUp(blue);
    await backUp(red);
    await takeOffline(places(), rootId, now);
    const [key] = (await openBackup(path, backupKey())).keys;
    lab.put(`trust/private/${rootId}.key`, key!.bytes);
    expect(await unsettledKeys(places())).toMatchObject([{ key: { state: 'away' }, isHere: true }]);
    await keepHere(places(), rootId);
    expect(await unsettledKeys(places())).toEqual([]);
    expect((await findKey(lab.trustDir, rootId)).id).toBe(rootId);
  });

  it('a key that is not in the backup is not brought back', async () => {
    const { path } = await backUp(blue);
    const backup = await openBackup(path, backupKey());
    await expect(bringBack(places(), backup, jeffId, visitAt(now))).rejects.toSatisfy(
      refusal('backup/no-such-key'),
    );
  });
});
