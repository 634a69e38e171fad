/**
 * Which disk a folder lies on: two folders on one disk are lost together. Privileged process. Looks only.
 * Linux tells which disk a partition or an encrypted volume is part of; elsewhere the file system's device has to do.
 */
import { readdir, readFile, realpath, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import type { Medium } from '../../shared/place-words.ts';
import { mediumOf } from './medium.ts';
import { type Mount, mountOf } from './mounts.ts';

/** What a folder stands on. */
export interface Footing {
  /** A name of the disk, the same for every folder on it in this run; several joined by `+` where it spans several. */
  readonly disk: string;
  /** Set where no disk of its own is under it, so that nothing there lasts. */
  readonly medium: Exclude<Medium, 'own-disk'> | undefined;
}

/** Undefined where nothing is there. */
export async function footingOf(path: string): Promise<Footing | undefined> {
  const found = await stat(path).catch(() => undefined);
  if (found === undefined) return undefined;
  const mount = await mountOf(path);
  const disk = await diskUnder(found.dev, mount);
  return { disk, medium: mount === undefined ? undefined : mediumOf({ ...mount, disk }) };
}

/** A name of the disk; undefined where nothing is there. */
export async function diskOf(path: string): Promise<string | undefined> {
  return (await footingOf(path))?.disk;
}

/** Whether one failure takes both: a volume that spans several disks shares each of them. */
export function shareDisk(one: string, other: string): boolean {
  const parts = new Set(one.split('+'));
  return other.split('+').some((part) => parts.has(part));
}

async function diskUnder(device: number, mount: Mount | undefined): Promise<string> {
  // Data sets of one pool have numbers of their own, and no device that is named.
  if (mount?.fileSystem === 'zfs') return `zfs ${mount.source.split('/')[0] ?? ''}`;
  const numbers = (await sourceDevice(mount)) ?? device;
  return (await linuxDisk(numbers)) ?? `device ${String(device)}`;
}

/** Subvolumes of one file system have device numbers of their own; what is mounted there has one. */
async function sourceDevice(mount: Mount | undefined): Promise<number | undefined> {
  if (mount?.source.startsWith('/dev/') !== true) return undefined;
  return stat(mount.source).then(
    ({ rdev }) => (rdev === 0 ? undefined : rdev),
    () => undefined,
  );
}

async function linuxDisk(device: number): Promise<string | undefined> {
  // As glibc packs them.
  const major = (device >>> 8) & 0xfff;
  const minor = (device & 0xff) | ((device >>> 12) & 0xfff00);
  const folder = await realpath(`/sys/dev/block/${String(major)}:${String(minor)}`).catch(() => undefined);
  return folder === undefined ? undefined : diskName(folder);
}

/** `sda` of `sda1`, and of an encrypted or logical volume on it; of a file that is mounted, the disk it lies on. */
async function diskName(folder: string): Promise<string> {
  const below = await readdir(join(folder, 'slaves')).catch((): string[] => []);
  if (below.length > 0) {
    const parts = below.map(async (name) => diskName(await realpath(join(folder, 'slaves', name))));
    return [...new Set(await Promise.all(parts))].sort().join('+');
  }
  const isPartition = await stat(join(folder, 'partition')).then(
    () => true,
    () => false,
  );
  const whole = isPartition ? dirname(folder) : folder;
  const image = await readFile(join(whole, 'loop/backing_file'), 'utf8').catch(() => '');
  return (image === '' ? undefined : await diskOf(image.trimEnd())) ?? basename(whole);
}
