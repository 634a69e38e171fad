/**
 * Which disk a folder lies on: two folders on one disk are lost together. Privileged process. Looks only.
 * Linux tells which disk a partition or an encrypted volume is part of; elsewhere the file system's device has to do.
 */
import { readdir, readFile, realpath, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import type { Medium } from '../../shared/place-words.ts';
import { diskIdentity } from './disk-identity.ts';
import { mediumOf } from './medium.ts';
import { type Mount, mountOf } from './mounts.ts';

/** What a folder stands on. */
export interface Footing extends Disk {
  /** Set where no disk of its own is under it, so that nothing there lasts. */
  readonly medium: Exclude<Medium, 'own-disk'> | undefined;
}

/** One disk, or the several that a volume spans, joined by `+`. */
export interface Disk {
  /** A name of the disk, the same for every folder on it in this run. */
  readonly disk: string;
  /** A name that is the same after it was unplugged and plugged in again; undefined where none is known. */
  readonly identity: string | undefined;
}

/** Undefined where nothing is there. */
export async function footingOf(path: string): Promise<Footing | undefined> {
  const found = await stat(path).catch(() => undefined);
  if (found === undefined) return undefined;
  const mount = await mountOf(path);
  const under = await diskUnder(found.dev, mount);
  return { ...under, medium: mount === undefined ? undefined : mediumOf({ ...mount, disk: under.disk }) };
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

async function diskUnder(device: number, mount: Mount | undefined): Promise<Disk> {
  // Data sets of one pool have numbers of their own, and no device that is named.
  if (mount?.fileSystem === 'zfs') return unnamed(`zfs ${mount.source.split('/')[0] ?? ''}`);
  const numbers = (await sourceDevice(mount)) ?? device;
  return (await linuxDisk(numbers)) ?? unnamed(`device ${String(device)}`);
}

const unnamed = (disk: string): Disk => ({ disk, identity: undefined });

/** Subvolumes of one file system have device numbers of their own; what is mounted there has one. */
async function sourceDevice(mount: Mount | undefined): Promise<number | undefined> {
  if (mount?.source.startsWith('/dev/') !== true) return undefined;
  return stat(mount.source).then(
    ({ rdev }) => (rdev === 0 ? undefined : rdev),
    () => undefined,
  );
}

async function linuxDisk(device: number): Promise<Disk | undefined> {
  // As glibc packs them.
  const major = (device >>> 8) & 0xfff;
  const minor = (device & 0xff) | ((device >>> 12) & 0xfff00);
  const folder = await realpath(`/sys/dev/block/${String(major)}:${String(minor)}`).catch(() => undefined);
  return folder === undefined ? undefined : joined(await disksIn(folder));
}

/** `sda` of `sda1`, and of an encrypted or logical volume on it; of a file that is mounted, the disk it lies on. */
async function disksIn(folder: string): Promise<readonly Disk[]> {
  const below = await readdir(join(folder, 'slaves')).catch((): string[] => []);
  if (below.length > 0) {
    const parts = below.map(async (name) => disksIn(await realpath(join(folder, 'slaves', name))));
    return (await Promise.all(parts)).flat();
  }
  const isPartition = await stat(join(folder, 'partition')).then(
    () => true,
    () => false,
  );
  const whole = isPartition ? dirname(folder) : folder;
  const image = await readFile(join(whole, 'loop/backing_file'), 'utf8').catch(() => '');
  const under = image === '' ? undefined : await footingOf(image.trimEnd());
  return [under ?? { disk: basename(whole), identity: await diskIdentity(whole) }];
}

/** Each disk once; named for good only where all of them are. */
function joined(disks: readonly Disk[]): Disk {
  const names = (all: readonly string[]): string => [...new Set(all)].sort().join('+');
  const identities = disks.flatMap(({ identity }) => identity ?? []);
  return {
    disk: names(disks.map(({ disk }) => disk)),
    identity: identities.length < disks.length ? undefined : names(identities),
  };
}
