/**
 * A removable drive: a file system in a file, mounted. Needs root, loop devices and a kernel that knows the file
 * system. Test code. A drive that fails while it is written lies on a memory disk too small for what it claims to hold.
 */
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { mustRun, run } from './child.ts';
import type { Scope } from './scope.ts';

export const driveFileSystems = ['vfat', 'ext4'] as const;
export type DriveFileSystem = (typeof driveFileSystems)[number];

const MEBIBYTE = 1024 * 1024;
const PATH = '/usr/local/sbin:/usr/sbin:/sbin:/usr/bin:/bin';
const formatter = (system: DriveFileSystem, image: string): readonly [string, readonly string[]] =>
  system === 'vfat' ? ['mkfs.vfat', ['-n', 'BACKUP', image]] : ['mkfs.ext4', ['-q', '-L', 'BACKUP', image]];

/** True where this process may format and mount one; found out by doing it once, on a tiny one. */
export function canMountDrive(system: DriveFileSystem): boolean {
  if (process.getuid?.() !== 0) return false;
  const folder = mkdtempSync(join(tmpdir(), 'td-drive-'));
  const [image, mount] = [join(folder, 'image'), join(folder, 'mount')];
  const works = (program: string, flags: readonly string[]) =>
    spawnSync(program, flags, { env: { PATH } }).status === 0;
  const [command, args] = formatter(system, image);
  try {
    mkdirSync(mount);
    writeFileSync(image, Buffer.alloc(MEBIBYTE));
    return works(command, args) && works('mount', ['-o', 'loop', image, mount]) && works('umount', [mount]);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

export interface MountedDrive {
  /** Where it is mounted. */
  readonly path: string;
  remount(mode: 'ro' | 'rw'): Promise<void>;
}

/** `reallyHolds`: bytes after which the device itself fails, whatever its file system believes is free. */
export async function mountDrive(
  scope: Scope,
  system: DriveFileSystem,
  name: string,
  options: { readonly bytes: number; readonly reallyHolds?: number },
): Promise<MountedDrive> {
  const [store, path] = [
    join(scope.folder, `${system}-${name}-store`),
    join(scope.folder, `${system}-${name}`),
  ];
  mkdirSync(store);
  mkdirSync(path);
  const env = { PATH };
  const unmount = (folder: string) => async (): Promise<void> => {
    await run('umount', ['-l', folder], { env });
  };
  if (options.reallyHolds !== undefined) {
    await mustRun('mount', ['-t', 'tmpfs', '-o', `size=${options.reallyHolds}`, 'tmpfs', store], { env });
    scope.defer(unmount(store));
  }
  const image = join(store, 'image');
  writeFileSync(image, '');
  truncateSync(image, options.bytes);
  const [command, args] = formatter(system, image);
  await mustRun(command, args, { env });
  await mustRun('mount', ['-o', 'loop', image, path], { env });
  scope.defer(unmount(path));
  return {
    path,
    remount: async (mode) => {
      await mustRun('mount', ['-o', `remount,${mode}`, path], { env });
    },
  };
}
