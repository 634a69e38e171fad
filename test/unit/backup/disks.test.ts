/** Which disk a folder lies on, by what this computer says; and places that are told apart by it. */
import { existsSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import {
  type BackupRecords,
  loadBackupRecords,
  placeOf,
  updateBackupRecords,
} from '../../../electron/backup/backup-records.ts';
import { addBackup } from '../../../electron/backup/record-writing.ts';
import { keyBackupState } from '../../../electron/backup/copy-standing.ts';
import { diskIdentity, identityOfDisk } from '../../../electron/backup/disk-identity.ts';
import { diskOf } from '../../../electron/backup/disks.ts';
import { type BlockDevice, type Drive, listDrives } from '../../../electron/backup/drives.ts';
import { placeAt, withDisks } from '../../../electron/backup/real-places.ts';
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

/** Drives on sticks of so many volumes each; a stick without an identity is one of which nothing is known. */
async function sticks(
  ...all: { identity: string | undefined; volumes: string[] }[]
): Promise<readonly Drive[]> {
  const devices = all.flatMap(({ identity, volumes }, at): BlockDevice[] => {
    const name = `sd${'bcde'.charAt(at)}`;
    const parts = volumes.map((label) => stickOf(label, `/media/${label}`));
    return [
      { ...stickOf('', ''), name, type: 'disk', identity },
      ...parts.map((part, index) => ({ ...part, name: `${name}${String(index + 1)}` })),
    ];
  });
  return listDrives(() => Promise.resolve(devices));
}

describe('what is not plugged in', () => {
  const copies = async (recorded: readonly Drive[], plugged: readonly Drive[]): Promise<number> => {
    const written = await lab.write();
    const around = { drives: recorded, trustDir: lab.trustDir };
    let records = none;
    for (const { mountPoint } of recorded) {
      const file = join(mountPoint, 'x');
      records = addBackup(records, { ...written, path: file }, await placeAt(file, around));
    }
    const placed = await withDisks(records, { drives: plugged, trustDir: lab.trustDir });
    return keyBackupState(placed, rootId, now.getTime()).copies;
  };

  it('two partitions of one stick are one disk, whichever of them is there', async () => {
    const [one, two] = await sticks({ identity: 'stick', volumes: ['ONE', 'TWO'] });
    expect(await copies([one!, two!], [])).toBe(1);
    expect(await copies([one!, two!], [two!])).toBe(1);
    expect(await copies([one!, two!], [one!, two!])).toBe(1);
  });

  it('two sticks are two, also where the kernel gives one the name that the other had', async () => {
    const [one] = await sticks({ identity: 'first', volumes: ['ONE'] });
    const [two] = await sticks({ identity: 'second', volumes: ['TWO'] });
    expect(one!.disk).toBe(two!.disk);
    expect(await copies([one!, two!], [])).toBe(2);
    expect(await copies([one!, two!], [two!])).toBe(2);
  });

  it('nothing is known of it: as it was recorded', async () => {
    const drives = await sticks({ identity: undefined, volumes: ['ONE', 'TWO'] });
    expect(await copies(drives, [])).toBe(2);
    expect(await copies(drives, drives)).toBe(1);
  });

  it('the records keep the name', async () => {
    const written = await lab.write();
    const [one] = await sticks({ identity: 'stick', volumes: ['ONE'] });
    const place = await placeAt('/media/ONE/keys/x', { drives: [one!], trustDir: lab.trustDir });
    expect(place).toMatchObject({ kind: 'drive', id: 'drive:ONE', folder: 'keys', disk: 'stick' });
    const file = join(lab.path, 'records', 'backups.json');
    await updateBackupRecords(file, (known) => addBackup(known, written, place));
    expect((await loadBackupRecords(file)).backups[0]?.place.disk).toBe('stick');
  });
});

describe('the name for good', () => {
  const usb = 'devices/pci0000:00/usb1/1-2';
  const disk = `${usb}/1-2:1.0/host0/target0:0:0/0:0:0:0/block/sdb`;
  const put = (file: string, text: string): void => {
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, text);
  };
  /** A computer with one stick; `udev` is what it notes of it. */
  function computer(udev: readonly string[], sys: Readonly<Record<string, string>> = {}) {
    const root = mkdtempSync(join(lab.path, 'sys-'));
    const folders = { sys: join(root, 'sys'), udev: join(root, 'udev') };
    put(join(folders.sys, disk, 'dev'), '8:16\n');
    for (const [file, text] of Object.entries(sys)) put(join(folders.sys, file), text);
    put(join(folders.udev, 'b8:16'), udev.map((line) => `E:${line}\n`).join(''));
    mkdirSync(join(folders.sys, 'class/block'), { recursive: true });
    symlinkSync(join(folders.sys, disk), join(folders.sys, 'class/block/sdb'));
    return identityOfDisk('sdb', folders);
  }
  const serial = 'ID_SERIAL=Maker_Stick_0123';
  const table = 'ID_PART_TABLE_UUID=aabbccdd';

  it('is made of serial number and partition table, and holds neither', async () => {
    const name = await computer([serial, table]);
    expect(name).toMatch(/^[0-9a-f]{32}$/);
    expect(await computer(['DEVNAME=/dev/sdb', table, serial])).toBe(name);
  });
  it.each([
    ['a copied disk', ['ID_SERIAL=Maker_Stick_4567', table]],
    ['another card in the same reader', [serial, 'ID_PART_TABLE_UUID=11223344']],
    ['a card of one volume in the same reader', [serial, 'ID_FS_UUID=1234-ABCD']],
    ['one that has no number', [table]],
  ])('%s is another disk', async (_name, udev) => {
    const other = await computer(udev);
    expect(other).toBeDefined();
    expect(other).not.toBe(await computer([serial, table]));
  });
  it('without udev the kernel tells the number of the disk, or of the USB device', async () => {
    const ids = { [`${usb}/idVendor`]: '0781\n', [`${usb}/idProduct`]: '5581\n' };
    const stick = { ...ids, [`${usb}/serial`]: '4C53\n' };
    const found = await computer([], stick);
    expect(found).toBeDefined();
    expect(await computer([], { ...ids, [`${usb}/serial`]: '4C54\n' })).not.toBe(found);
    expect(await computer([], { [`${disk}/device/wwid`]: 'naa.5000\n' })).toBeDefined();
    expect(await computer([], ids)).toBeUndefined();
  });
  it('is unknown where nothing is told, and for a disk that is not there', async () => {
    expect(await computer([])).toBeUndefined();
    expect(await identityOfDisk('sdz', { sys: lab.path, udev: lab.path })).toBeUndefined();
    expect(await diskIdentity(join(lab.path, 'none'))).toBeUndefined();
  });
});
