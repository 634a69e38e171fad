/**
 * Drives to plug in and pull out: folders, and a program that tells Trustdesk of them as the system's `lsblk` would.
 * Test code. Real USB drives are not at hand where tests run; everything above the list of drives is the real thing.
 */
import { chmod, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Scope } from './scope.ts';

export interface PluggedDrives {
  /** Put before everything else, so that the list is read from here. */
  readonly path: string;
  /** Where a drive is mounted while it is plugged in. */
  mountPoint(label: string): string;
  /** These are plugged in now, and no others. */
  plugIn(...labels: readonly string[]): Promise<void>;
}

/** Folders for these labels under `media`, by default in the scope's own folder; none is plugged in yet. */
export async function pluggedDrives(
  { folder }: Pick<Scope, 'folder'>,
  labels: readonly string[],
  media = join(folder, 'media'),
): Promise<PluggedDrives> {
  const [programs, list] = [join(folder, 'programs'), join(folder, 'drives')];
  await mkdir(programs);
  for (const label of labels) await mkdir(join(media, label), { recursive: true });
  await writeFile(join(programs, 'lsblk'), `#!/bin/sh\ncat '${list}'\n`);
  await chmod(join(programs, 'lsblk'), 0o755);
  const mountPoint = (label: string) => join(media, label);
  const plugIn = async (...now: readonly string[]) => {
    await writeFile(list, now.map((label) => blockDevice(label, mountPoint(label))).join(''));
  };
  await plugIn();
  return { path: `${programs}:${process.env['PATH'] ?? ''}`, mountPoint, plugIn };
}

/** As `lsblk -P` prints the partition of a USB stick. */
function blockDevice(label: string, mountPoint: string): string {
  const name = `sd${label.toLowerCase().slice(0, 1)}1`;
  const facts = {
    NAME: name,
    TYPE: 'part',
    SIZE: '15938355200',
    FSTYPE: 'vfat',
    MOUNTPOINT: mountPoint,
    UUID: `UUID-${label}`,
    ROTA: '1',
    RO: '0',
    RM: '1',
    TRAN: 'usb',
    SERIAL: '',
    LABEL: label,
    MODEL: '',
    OWNER: 'root',
  };
  const words = Object.entries(facts).map(([key, value]) => `${key}="${value}"`);
  return `${words.join(' ')}\n`;
}
