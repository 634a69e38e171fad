/** What a place stands on, by the words of the system. */
import { describe, expect, it } from 'vitest';
import { copiesForPaper } from '../../../electron/backup/copies-on-paper.ts';
import { keyBackupState } from '../../../electron/backup/copy-standing.ts';
import { shareDisk } from '../../../electron/backup/disks.ts';
import { leaveOf, leavingCopies } from '../../../electron/backup/leaving-copies.ts';
import { mediumOf, neverCounts } from '../../../electron/backup/medium.ts';
import { findMount } from '../../../electron/backup/mounts.ts';
import type { PlacedBackup } from '../../../electron/backup/real-places.ts';
import { now, rootId } from './backup-fixture.ts';

describe('a file system', () => {
  it.each([
    ['tmpfs', 'device 25', 'memory'],
    ['ramfs', 'device 26', 'memory'],
    ['ext4', 'zram0', 'memory'],
    ['ext4', 'ram1', 'memory'],
    ['overlay', 'device 40', 'layer'],
    ['fuse.mergerfs', 'device 41', 'layer'],
    ['ext4', 'sda', undefined],
    ['nfs4', 'device 50', undefined],
    ['cifs', 'device 51', undefined],
    ['fuse.sshfs', 'device 52', undefined],
    ['vfat', 'sdb', undefined],
  ] as const)('%s on %s is %s', (fileSystem, disk, medium) => {
    expect(mediumOf({ fileSystem, disk })).toBe(medium);
    expect(neverCounts(mediumOf({ fileSystem, disk }))).toBe(medium !== undefined);
  });
});

it('the mount of a path is the longest, and of two on one folder the later', () => {
  const table = [
    '27 1 254:0 / / rw - ext4 /dev/vda rw',
    '25 24 0:23 / /dev/shm rw - tmpfs tmpfs rw',
    '31 27 0:40 / /mnt/two\\040words rw - nfs4 nas:/backups rw',
    '32 27 8:1 / /mnt/usb rw - ext4 /dev/sda1 rw',
    '33 27 0:50 / /mnt/usb rw - tmpfs over rw',
  ].join('\n');
  expect(findMount('/home/anna', table)).toEqual({ source: '/dev/vda', fileSystem: 'ext4' });
  expect(findMount('/dev/shm/uB', table)?.fileSystem).toBe('tmpfs');
  expect(findMount('/dev/shmoo', table)?.fileSystem).toBe('ext4');
  expect(findMount('/mnt/two words/x', table)?.source).toBe('nas:/backups');
  expect(findMount('/mnt/usb', table)?.source).toBe('over');
  expect(findMount('/home', '')).toBeUndefined();
});

it('a volume over several disks is lost with each of them', () => {
  expect(shareDisk('sda+sdb', 'sdb')).toBe(true);
  expect(shareDisk('sda', 'sda1')).toBe(false);
});

describe('copies on whose word a key may leave', () => {
  const copy = (id: string, real: string, medium?: 'memory' | 'layer' | 'own-disk'): PlacedBackup => {
    const place = {
      kind: 'folder' as const,
      label: real,
      id,
      real,
      ...(medium === undefined ? {} : { medium }),
    };
    return {
      id: real,
      created: now.toISOString(),
      file: { name: 'x.age', sha256: '0', size: 1 },
      protection: 'passphrase',
      place,
      keys: [{ id: rootId, role: 'root' }],
      proofs: [{ at: now.toISOString(), place, keys: [rootId], complete: true }],
    };
  };
  const own = [copy('disk:vda', 'folder:/a', 'own-disk'), copy('disk:vda', 'folder:/b', 'own-disk')];
  const stick = copy('disk:sdb', 'drive:B');
  const ram = copy('disk:device 25', 'folder:/dev/shm/x', 'memory');
  const layer = copy('disk:device 40', 'folder:/x', 'layer');

  it.each([
    ['two drives', [stick, copy('disk:sdc', 'drive:C')], [], 2, [], 'ready'],
    ['a drive and memory', [stick, ram], [], 1, [], 'not-yet'],
    ['a drive and a layer, whatever is said', [stick, layer], ['/x'], 1, [], 'not-yet'],
    ['a drive and memory, whatever is said', [stick, ram], ['/dev/shm/x'], 1, [], 'not-yet'],
    ['a drive and the disk of the keys', [stick, own[0]!], [], 1, ['/a'], 'on-your-word'],
    ['the same, once it was said', [stick, own[0]!], ['/a'], 2, [], 'ready'],
    ['two folders beside the keys', own, [], 0, ['/a', '/b'], 'on-your-word'],
    ['one of them said', own, ['/a'], 1, ['/b'], 'on-your-word'],
    ['one folder beside the keys', own.slice(1), [], 0, ['/b'], 'not-yet'],
    ['two folders on another disk', [stick, copy('disk:sdb', 'folder:/c')], [], 1, [], 'not-yet'],
  ] as const)('%s', (_name, backups, elsewhere, counting, ownFolders, leave) => {
    const found = leavingCopies({ backups }, rootId, now.getTime(), elsewhere);
    expect(found).toEqual({ counting, ownFolders });
    expect(leaveOf(found)).toBe(leave);
  });

  it.each([
    ['beside the keys only', own, true],
    ['beside the keys and on a drive', [...own, stick], undefined],
    ['on a drive', [stick], undefined],
    ['nowhere', [], undefined],
  ] as const)('a key that is proven %s', (_name, backups, besideKeys) => {
    expect(keyBackupState({ backups, offline: [] }, rootId, now.getTime()).besideKeys).toBe(besideKeys);
  });

  it('on paper, what would be gone with the computer is said', () => {
    const labels = copiesForPaper([stick, own[0]!, ram], [{ id: rootId }], now.getTime()).map(
      ({ label }) => label,
    );
    expect(labels).toEqual([
      'drive:B',
      'folder:/a (on the disk of the keys)',
      'folder:/dev/shm/x (in memory: does not count)',
    ]);
  });
});
