/**
 * What a disk is called for good: the same after it was unplugged and plugged in again, where the kernel gives it another
 * name. Privileged process, Linux only. Looks only; the answer is a digest, so that records hold no serial numbers.
 */
import { createHash } from 'node:crypto';
import { readFile, realpath } from 'node:fs/promises';
import { dirname, join } from 'node:path';

/** Where the system keeps what it knows of devices. */
export interface DeviceFolders {
  /** `/sys` */
  readonly sys: string;
  /** `/run/udev/data` */
  readonly udev: string;
}
const deviceFolders: DeviceFolders = { sys: '/sys', udev: '/run/udev/data' };

/**
 * SECURITY: the serial number alone is that of the reader where a card is put into one, and copied disks have the same
 * partition table; both together tell disks apart, and the partitions of one disk have both in common.
 * @param folder of the whole disk in `/sys`
 * @returns undefined where the system knows neither
 */
export async function diskIdentity(folder: string, folders = deviceFolders): Promise<string | undefined> {
  const known = await udevFacts(folder, folders);
  const serial = known.get('ID_SERIAL') ?? (await serialInSys(folder));
  // Without a table the disk is one volume.
  const content = known.get('ID_PART_TABLE_UUID') ?? known.get('ID_FS_UUID');
  if (serial === undefined && content === undefined) return undefined;
  return createHash('sha256')
    .update(JSON.stringify([serial ?? '', content ?? '']))
    .digest('hex')
    .slice(0, 32);
}

/** The same by the kernel's name of the disk, `sdb`. */
export async function identityOfDisk(name: string, folders = deviceFolders): Promise<string | undefined> {
  const folder = await realpath(join(folders.sys, 'class/block', name)).catch(() => undefined);
  return folder === undefined ? undefined : diskIdentity(folder, folders);
}

/** udev's own notes: lines of `E:NAME=value`. */
async function udevFacts(folder: string, { udev }: DeviceFolders): Promise<ReadonlyMap<string, string>> {
  const numbers = await textIn(join(folder, 'dev'));
  const notes = numbers === undefined ? undefined : await textIn(join(udev, `b${numbers}`));
  const facts = [...(notes ?? '').matchAll(/^E:(\w+)=(.+)$/gm)];
  return new Map(facts.map(([, name = '', value = '']) => [name, value]));
}

/** The disk's own number, or that of the USB device it is in. */
async function serialInSys(folder: string): Promise<string | undefined> {
  for (const name of ['device/wwid', 'device/cid', 'device/serial', 'serial', 'wwid']) {
    const own = await textIn(join(folder, name));
    if (own !== undefined) return own;
  }
  for (let at = folder; at !== dirname(at); at = dirname(at)) {
    if ((await textIn(join(at, 'idVendor'))) === undefined) continue;
    const parts = await Promise.all(
      ['idVendor', 'idProduct', 'serial'].map((name) => textIn(join(at, name))),
    );
    return parts.includes(undefined) ? undefined : parts.join(':');
  }
  return undefined;
}

/** Undefined for nothing and for an empty file. */
async function textIn(file: string): Promise<string | undefined> {
  const text = await readFile(file, 'utf8').catch(() => '');
  return text.trim() === '' ? undefined : text.trim();
}
