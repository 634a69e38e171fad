/** What an interrupted backup left on a drive goes with the next one: only ours, and only when nobody writes it. */
import { mkdirSync, readdirSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { beginWriting, placeOf, updateBackupRecords } from '../../../electron/backup/backup-records.ts';
import { sweepLeftovers } from '../../../electron/backup/sweep-leftovers.ts';
import { now, rootId, useBackupLab } from './backup-fixture.ts';
import { openDesk, twoProvenCopies } from './desk-fixture.ts';

const lab = useBackupLab();
const uuid = '0b54f0ea-6d1c-4e0e-9a53-3f6d6f9d5c11';
const ours = [
  `.trustdesk-backup-2026-11-20.tar.gz.age.${uuid}.tmp`,
  `.trustdesk-backup-2026-11-20-2.tar.gz.age.${uuid}.tmp`,
  `.private_keys_backup.tar.gz.${uuid}.tmp`,
];
const others = [
  'trustdesk-backup-2026-11-20.tar.gz.age',
  `trustdesk-backup-2026-11-20.tar.gz.age.${uuid}.tmp`,
  '.trustdesk-backup-2026-11-20.tar.gz.age.tmp',
  `.trustdesk-backup-2026-11-20.tar.gz.age.${uuid}.tmp.old`,
  `.notes.txt.${uuid}.tmp`,
  `.backups.json.${uuid}.tmp`,
  'private_keys_backup.tar.gz',
];
const hour = 60 * 60 * 1000;

function put(name: string, age: number): void {
  const at = new Date(now.getTime() - age);
  writeFileSync(join(lab.drive, name), 'half');
  utimesSync(join(lab.drive, name), at, at);
}
const there = (): readonly string[] => readdirSync(lab.drive);
const where = () => placeOf(join(lab.drive, 'x'), undefined);
const sweep = (more: { readonly except?: string } = {}) =>
  sweepLeftovers({ folder: lab.drive, where: where(), recordsFile: lab.recordsFile, now, ...more });
/** A writing in the records, by a process that is over unless it is this one. */
const writing = (id: string, processId: number, folder = lab.drive) =>
  updateBackupRecords(lab.recordsFile, (records) => {
    const { writing: all = [] } = beginWriting(records, {
      id,
      where: placeOf(join(folder, 'x'), undefined),
      at: now,
    });
    return { ...records, writing: all.map((each) => (each.id === id ? { ...each, processId } : each)) };
  });
/** Above every process ID of Linux. */
const over = 2 ** 22 + 1;

describe('what a backup that was cut off left', () => {
  beforeEach(() => mkdirSync(lab.drive, { recursive: true }));

  it('goes when it is old, and nothing else does', async () => {
    for (const name of [...ours, ...others]) put(name, 2 * hour);
    expect([...(await sweep())].sort()).toEqual([...ours].sort());
    expect([...there()].sort()).toEqual([...others].sort());
  });

  it('goes at once where the records know the writing that was cut off', async () => {
    put(ours[0] ?? '', 0);
    expect(await sweep()).toEqual([]);
    await writing('elsewhere', over, lab.otherDrive);
    expect(await sweep()).toEqual([]);
    await writing('cut off', over);
    expect(await sweep()).toEqual([ours[0]]);
  });

  it('stays while anything of ours is being written there, but for the writing that is just beginning', async () => {
    put(ours[0] ?? '', 2 * hour);
    await writing('mine', process.pid);
    expect(await sweep()).toEqual([]);
    expect(await sweep({ except: 'mine' })).toEqual([ours[0]]);
    put(ours[0] ?? '', 2 * hour);
    await writing('another', process.pid);
    expect(await sweep({ except: 'mine' })).toEqual([]);
    expect(there()).toEqual([ours[0]]);
  });

  it('stays when it is a folder or a link', async () => {
    mkdirSync(join(lab.drive, ours[0] ?? ''));
    symlinkSync('/etc/hostname', join(lab.drive, ours[1] ?? ''));
    await writing('cut off', over);
    expect(await sweep()).toEqual([]);
    expect(there()).toHaveLength(2);
  });

  it('a folder that is not there is no failure', async () => {
    const folder = join(lab.drive, 'none');
    expect(await sweepLeftovers({ folder, where: where(), recordsFile: lab.recordsFile, now })).toEqual([]);
  });

  it('goes when a copy is written or checked in the window, and is noted', async () => {
    const at = openDesk(lab);
    put(ours[0] ?? '', 2 * hour);
    const [copy = ''] = await twoProvenCopies(lab, at, rootId);
    expect(there()).not.toContain(ours[0]);
    expect(at.noted).toContain('backup-leftover-removed');
    put(ours[1] ?? '', 2 * hour);
    await at.desk.check({ from: 'copy', id: copy }, 'typed');
    expect(there()).not.toContain(ours[1]);
  });
});
