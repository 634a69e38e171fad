/** What an interrupted backup left on a drive goes with the next one: only the files that our records name, and only when nobody writes them. */
import { mkdirSync, readdirSync, readFileSync, symlinkSync, utimesSync, watch, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { loadBackupRecords, placeOf, updateBackupRecords } from '../../../electron/backup/backup-records.ts';
import {
  beginWriting,
  endWriting,
  interruptedWrites,
  settleWriting,
} from '../../../electron/backup/record-writing.ts';
import { collectBackup } from '../../../electron/backup/collect.ts';
import { sweepLeftovers } from '../../../electron/backup/sweep-leftovers.ts';
import { sealBackup, temporaryName, writeBackup } from '../../../electron/backup/write-backup.ts';
import { backupPassphrase, cheap, keysOnly, now, rootId, useBackupLab } from './backup-fixture.ts';
import { openDesk, twoProvenCopies } from './desk-fixture.ts';

const lab = useBackupLab();
const [first, second, third] = ['1', '2', '3'].map(
  (digit) => `0b54f0ea-6d1c-4e0e-9a53-3f6d6f9d5c1${digit}`,
) as [string, string, string];
const hour = 60 * 60 * 1000;

function put(name: string, age: number): string {
  const at = new Date(now.getTime() - age);
  writeFileSync(join(lab.drive, name), 'half');
  utimesSync(join(lab.drive, name), at, at);
  return name;
}
const there = (): readonly string[] => readdirSync(lab.drive);
const where = (folder = lab.drive) => placeOf(join(folder, 'x'), undefined);
const sweep = (more: { readonly except?: string } = {}) =>
  sweepLeftovers({ folder: lab.drive, where: where(), recordsFile: lab.recordsFile, now, ...more });
/** Above every process ID of Linux. */
const over = 2 ** 22 + 1;

interface Noted {
  readonly processId?: number;
  readonly host?: string;
  readonly folder?: string;
  /** Milliseconds before now. */
  readonly age?: number;
}

/** A writing in the records: of a process that is over, on this computer, unless it says otherwise. */
const noted = (id: string, { folder, age = 0, ...more }: Noted = {}) =>
  updateBackupRecords(lab.recordsFile, (records) => {
    const at = new Date(now.getTime() - age);
    const { writing: all = [] } = beginWriting(records, { id, where: where(folder), at });
    return {
      ...records,
      writing: all.map((each) => (each.id === id ? { ...each, processId: over, ...more } : each)),
    };
  });

describe('what a backup that was cut off left', () => {
  beforeEach(() => mkdirSync(lab.drive, { recursive: true }));

  it('is the file that the records name, and nothing else goes, however old and however named', async () => {
    const mine = put(temporaryName(first), hour / 60);
    const others = [
      temporaryName(second),
      `.trustdesk-backup-2026-11-20.tar.gz.age.${first}.tmp`,
      `.private_keys_backup.tar.gz.${first}.tmp`,
      `trustdesk-backup-${first}.tmp`,
      'trustdesk-backup-2026-11-20.tar.gz.age',
      'private_keys_backup.tar.gz',
    ].map((name) => put(name, 48 * hour));
    expect(await sweep()).toEqual([]);
    await noted(first, { folder: lab.otherDrive });
    expect(await sweep()).toEqual([]);
    await updateBackupRecords(lab.recordsFile, (records) => endWriting(records, first));
    await noted(first);
    expect(await sweep()).toEqual([mine]);
    expect([...there()].sort()).toEqual([...others].sort());
  });

  it.each<[string, Noted]>([
    ['this process writes it', { processId: process.pid }],
    ['another computer writes it, whatever runs under that number here', { host: 'another-computer' }],
  ])('stays while %s', async (_, by) => {
    const file = put(temporaryName(first), 0);
    await noted(first, by);
    expect(await sweep()).toEqual([]);
    expect(there()).toEqual([file]);
  });

  it('goes of another computer only when no writing lasts that long', async () => {
    const file = put(temporaryName(first), 2 * hour);
    await noted(first, { host: 'another-computer', age: 2 * hour });
    expect(await sweep()).toEqual([file]);
  });

  it('stays when it is younger than a writing that runs there, but for the one that is just beginning', async () => {
    const [older, younger] = [put(temporaryName(first), 3 * hour), put(temporaryName(second), hour / 60)];
    await noted(first, { age: 3 * hour });
    await noted(second, { age: hour / 60 });
    await noted(third, { host: 'another-computer', age: hour / 2 });
    expect(await sweep()).toEqual([older]);
    expect(there()).toEqual([younger]);
    expect(await sweep({ except: third })).toEqual([younger]);
  });

  it('stays when it is a folder or a link, or the records name something else', async () => {
    mkdirSync(join(lab.drive, temporaryName(first)));
    symlinkSync('/etc/hostname', join(lab.drive, temporaryName(second)));
    const outside = lab.put('drive-2.tmp', 'mine');
    for (const id of [first, second, '/../../drive-2']) await noted(id);
    expect(await sweep()).toEqual([]);
    expect(there()).toHaveLength(2);
    expect(readFileSync(outside, 'utf8')).toBe('mine');
  });

  it('a folder that is not there is no failure', async () => {
    const folder = join(lab.drive, 'none');
    await noted(first, { folder });
    const gone = { folder, where: where(folder), recordsFile: lab.recordsFile, now };
    expect(await sweepLeftovers(gone)).toEqual([]);
  });

  it('is the name under which a backup is written', async () => {
    const names: string[] = [];
    const watcher = watch(lab.drive, (_, name) => names.push(name ?? ''));
    const contents = await collectBackup(lab, keysOnly, { created: now, writer: 'x' });
    await writeBackup(lab.drive, await sealBackup(contents, cheap(backupPassphrase)), first);
    await vi.waitFor(() => expect(names).toContain(temporaryName(first)));
    watcher.close();
    expect(there()).toHaveLength(1);
  });

  it('is forgotten once it was read of and swept; until then only the notice goes', async () => {
    const file = put(temporaryName(first), hour);
    await noted(first);
    const read = () => loadBackupRecords(lab.recordsFile);
    expect(interruptedWrites(await read(), now.getTime())).toHaveLength(1);
    await updateBackupRecords(lab.recordsFile, (records) => settleWriting(records, first));
    expect(interruptedWrites(await read(), now.getTime())).toEqual([]);
    expect(await sweep()).toEqual([file]);
    expect((await read()).writing).toBeUndefined();
  });

  it('goes when a copy is written or checked in the window, is noted, and the notice goes with the new copy', async () => {
    const at = openDesk(lab);
    at.plugInAt({ BLUE: lab.drive, RED: lab.otherDrive });
    const onDrive = { kind: 'drive' as const, label: 'BLUE', id: 'drive:BLUE' };
    const cutOff = (id: string) =>
      updateBackupRecords(lab.recordsFile, (records) => {
        const entry = { id, since: now.toISOString(), place: onDrive, processId: over };
        return { ...records, writing: [...(records.writing ?? []), entry] };
      });
    const file = put(temporaryName(first), hour);
    await cutOff(first);
    expect((await at.desk.list()).interrupted).toHaveLength(1);
    const [copy = ''] = await twoProvenCopies(lab, at, rootId);
    expect(there()).not.toContain(file);
    expect(at.noted).toContain('backup-leftover-removed');
    expect((await at.desk.list()).interrupted).toEqual([]);
    const again = put(temporaryName(second), hour);
    await cutOff(second);
    await at.desk.check({ from: 'copy', id: copy }, 'typed');
    expect(there()).not.toContain(again);
    expect((await at.desk.list()).interrupted).toHaveLength(1);
  });
});
