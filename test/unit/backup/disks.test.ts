/** Which disk a folder lies on, by what this computer says; and places that are told apart by it. */
import { existsSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { addBackup, type BackupRecords, placeOf } from '../../../electron/backup/backup-records.ts';
import { keyBackupState } from '../../../electron/backup/copy-standing.ts';
import { diskOf } from '../../../electron/backup/disks.ts';
import { type BlockDevice, type Drive, listDrives } from '../../../electron/backup/drives.ts';
import { withDisks } from '../../../electron/backup/real-places.ts';
import { now, rootId, useBackupLab } from './backup-fixture.ts';
import { stickOf } from './desk-fixture.ts';

const lab = useBackupLab();
const none: BackupRecords = { backups: [], offline: [] };

it('is the same for two folders on it, and unknown for what is not there', async () => {
  mkdirSync(join(lab.drive, 'deeper'));
  const disk = await diskOf(lab.drive);
  expect(disk).toBeDefined();
  expect(await diskOf(join(lab.drive, 'deeper'))).toBe(disk);
  expect(await diskOf(join(lab.path, 'not there'))).toBeUndefined();
});

it.runIf(existsSync('/dev/shm'))('is another one for what is kept in memory', async () => {
  const memory = mkdtempSync('/dev/shm/td-disk-');
  expect(await diskOf(memory)).not.toBe(await diskOf(lab.drive));
  rmSync(memory, { recursive: true });
});

it('counts copies in two of its folders once, also on two partitions of one stick', async () => {
  const written = await lab.write();
  const inFolders = [lab.drive, lab.otherDrive].reduce(
    (records, folder) => addBackup(records, written, placeOf(join(folder, 'x'), undefined)),
    none,
  );
  const copies = async (records: BackupRecords, drives: readonly Drive[] = []) =>
    keyBackupState(await withDisks(records, { drives, trustDir: lab.trustDir }), rootId, now.getTime())
      .copies;
  expect(keyBackupState(inFolders, rootId, now.getTime()).copies).toBe(2);
  expect(await copies(inFolders)).toBe(1);

  const stick: BlockDevice = { ...stickOf('', ''), name: 'sdb', type: 'disk' };
  const parts = [stickOf('ONE', '/media/one'), stickOf('TWO', '/media/two')];
  const devices = [stick, ...parts.map((part, index) => ({ ...part, name: `sdb${String(index + 1)}` }))];
  const drives = await listDrives(() => Promise.resolve(devices));
  const onParts = drives.reduce(
    (records, drive) => addBackup(records, written, placeOf(join(drive.mountPoint, 'x'), drive)),
    none,
  );
  expect(await copies(onParts)).toBe(2);
  expect(await copies(onParts, drives)).toBe(1);
});
