/**
 * Drives that can be unplugged and are mounted, as the system tells. Privileged process. Looks only; mounts nothing.
 * systeminformation is pure JavaScript and asks the system's own tools; it is loaded at first use.
 */
import { sep } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { identityOfDisk } from './disk-identity.ts';

export interface Drive {
  /** The volume's UUID, or what else names it best on this system. */
  readonly id: string;
  /** What the person called it, or its model, or its mount point. */
  readonly label: string;
  readonly mountPoint: string;
  readonly sizeBytes: number;
  /** As the system names it, lower case: `vfat`, `exfat`, `ext4`, `ntfs`. */
  readonly fileSystem: string;
  /** The disk it is part of, as the kernel calls it: two partitions of one stick are lost together. */
  readonly disk: string;
  /** The disk's name for good; undefined where none is known. See disk-identity.ts. */
  readonly identity?: string | undefined;
}

/** What we use of systeminformation's `blockDevices`. */
export interface BlockDevice {
  readonly name: string;
  readonly type: string;
  readonly fsType: string;
  readonly mount: string;
  readonly size: number;
  readonly physical: string;
  readonly uuid: string;
  readonly label: string;
  readonly model: string;
  readonly removable: boolean;
  readonly protocol: string;
  readonly device?: string | undefined;
  /** Of whole disks: see disk-identity.ts. Not systeminformation's. */
  readonly identity?: string | undefined;
}

export type BlockDeviceSource = () => Promise<readonly BlockDevice[]>;

const systemBlockDevices: BlockDeviceSource = async () => {
  const { blockDevices } = await import('systeminformation');
  return Promise.all((await blockDevices()).map(withIdentity));
};

async function withIdentity(device: BlockDevice): Promise<BlockDevice> {
  return device.type === 'disk' ? { ...device, identity: await identityOfDisk(device.name) } : device;
}

/** Mounted drives that can be unplugged, by label. An empty list where the system does not tell. */
export async function listDrives(source: BlockDeviceSource = systemBlockDevices): Promise<readonly Drive[]> {
  const devices = await source();
  return devices
    .filter((device) => isMounted(device) && isUnpluggable(device, devices))
    .map((device) => toDrive(device, devices))
    .sort((a, b) => a.label.localeCompare(b.label) || a.mountPoint.localeCompare(b.mountPoint));
}

const SYSTEM_MOUNTS = /^(?:\/|\/boot(?:\/.*)?|\/home|\/usr|\/var|\[SWAP\]|[Cc]:\\?)$/;

function isMounted({ mount }: BlockDevice): boolean {
  return mount !== '' && !SYSTEM_MOUNTS.test(mount);
}

/** USB disks with a real disk inside do not call themselves removable; how they are connected tells. */
function isUnpluggable(device: BlockDevice, all: readonly BlockDevice[]): boolean {
  const parent = diskUnder(device, all);
  return [device, ...(parent === undefined ? [] : [parent])].some(
    ({ removable, protocol, physical, type }) =>
      removable ||
      /^(?:usb|mmc|sd|ieee1394|thunderbolt)/i.test(protocol) ||
      (physical === 'Removable' && type !== 'rom'),
  );
}

function diskUnder(device: BlockDevice, all: readonly BlockDevice[]): BlockDevice | undefined {
  return all.find(
    ({ name, type }) => type === 'disk' && name !== device.name && device.name.startsWith(name),
  );
}

function toDrive(device: BlockDevice, all: readonly BlockDevice[]): Drive {
  const whole = diskUnder(device, all) ?? device;
  return {
    disk: whole.name,
    identity: whole.identity,
    id: device.uuid || device.device || device.name,
    label: device.label || device.model || device.mount,
    mountPoint: device.mount,
    sizeBytes: device.size,
    fileSystem: device.fsType.toLowerCase(),
  };
}

/** The drive a path lies on, if it is one of `drives`: the longest mount point wins. */
export function driveOf(path: string, drives: readonly Drive[]): Drive | undefined {
  const holds = ({ mountPoint }: Drive): boolean => {
    const root = mountPoint.endsWith(sep) ? mountPoint : mountPoint + sep;
    return path === mountPoint || path.startsWith(root);
  };
  return drives.filter(holds).sort((a, b) => b.mountPoint.length - a.mountPoint.length)[0];
}

export interface WatchOptions {
  readonly signal: AbortSignal;
  readonly source?: BlockDeviceSource;
  /** Milliseconds between two looks. */
  readonly every?: number;
}

/** The drives now and after each change, until aborted: for a wizard that stays open while one is plugged in. */
export async function* watchDrives(options: WatchOptions): AsyncGenerator<readonly Drive[], void> {
  let last = '';
  while (!options.signal.aborted) {
    const drives = await listDrives(options.source);
    const state = JSON.stringify(drives);
    if (state !== last) yield drives;
    last = state;
    await pause(options.every ?? 1500, undefined, { signal: options.signal }).catch(() => undefined);
  }
}

export interface ReplugOptions extends WatchOptions {
  /** Told once, when the drive is gone. */
  readonly onGone?: () => void;
}

/**
 * Resolves with the drive once it was gone and came back, so that a proof reads the device and not a cache.
 * Resolves with undefined as soon as it is aborted, also while the system does not answer.
 */
export function waitForReplug(drive: Drive, options: ReplugOptions): Promise<Drive | undefined> {
  const { signal } = options;
  const aborted = new Promise<undefined>((resolve) => {
    if (signal.aborted) resolve(undefined);
    else signal.addEventListener('abort', () => resolve(undefined), { once: true });
  });
  return Promise.race([seenAgain(drive, options), aborted]);
}

async function seenAgain(drive: Drive, options: ReplugOptions): Promise<Drive | undefined> {
  let wasGone = false;
  for await (const drives of watchDrives(options)) {
    const found = drives.find(({ id }) => id === drive.id);
    if (found !== undefined && wasGone) return found;
    if (found === undefined && !wasGone) options.onGone?.();
    wasGone ||= found === undefined;
  }
  return undefined;
}
