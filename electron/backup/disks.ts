/**
 * Which disk a folder lies on: two folders on one disk are lost together. Privileged process. Looks only.
 * Linux tells which disk a partition or an encrypted volume is part of; elsewhere the file system's device has to do.
 */
import { readdir, readFile, realpath, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';

/** A name of the disk, the same for every folder on it in this run; undefined where nothing is there. */
export async function diskOf(path: string): Promise<string | undefined> {
  const found = await stat(path).catch(() => undefined);
  if (found === undefined) return undefined;
  const numbers = (await sourceDevice(path)) ?? found.dev;
  return (await linuxDisk(numbers)) ?? `device ${String(found.dev)}`;
}

/** Subvolumes of one file system have device numbers of their own; what is mounted there has one. */
async function sourceDevice(path: string): Promise<number | undefined> {
  const real = await realpath(path).catch(() => path);
  const table = await readFile('/proc/self/mountinfo', 'utf8').catch(() => '');
  const mounts = table.split('\n').flatMap((line) => {
    const [before = '', after = ''] = line.split(' - ');
    const at = unescaped(before.split(' ')[4] ?? '');
    const source = unescaped(after.split(' ')[1] ?? '');
    return at !== '' && isBelow(real, at) ? [{ at, source }] : [];
  });
  // Of two on the same folder the later one is seen.
  const [mount] = mounts.toReversed().sort((a, b) => b.at.length - a.at.length);
  if (mount?.source.startsWith('/dev/') !== true) return undefined;
  return stat(mount.source).then(
    ({ rdev }) => (rdev === 0 ? undefined : rdev),
    () => undefined,
  );
}

function isBelow(path: string, folder: string): boolean {
  return folder === '/' || path === folder || path.startsWith(`${folder}/`);
}

/** Blanks and the like are octal there. */
function unescaped(text: string): string {
  return text.replace(/\\([0-7]{3})/g, (_match, octal: string) => String.fromCharCode(parseInt(octal, 8)));
}

async function linuxDisk(device: number): Promise<string | undefined> {
  // As glibc packs them.
  const major = (device >>> 8) & 0xfff;
  const minor = (device & 0xff) | ((device >>> 12) & 0xfff00);
  const folder = await realpath(`/sys/dev/block/${String(major)}:${String(minor)}`).catch(() => undefined);
  return folder === undefined ? undefined : diskName(folder);
}

/** `sda` of `sda1`, and of an encrypted or logical volume on it; several where it spans several. */
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
  return basename(isPartition ? dirname(folder) : folder);
}
