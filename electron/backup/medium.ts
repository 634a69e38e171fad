/**
 * What speaks against a place as one that lasts. Pure: facts of the system in, a word and its meaning out.
 * SECURITY: a copy that goes when the computer is switched off, or with its disk, must not let the last key go.
 */
import type { Medium } from '../../shared/place-words.ts';

interface MountFacts {
  readonly fileSystem: string;
  readonly disk: string;
}

const IN_MEMORY: ReadonlySet<string> = new Set(['tmpfs', 'ramfs', 'devtmpfs', 'rootfs', 'hugetlbfs']);
const LAYERS: ReadonlySet<string> = new Set([
  'overlay',
  'overlayfs',
  'aufs',
  'unionfs',
  'ecryptfs',
  'squashfs',
  'fuse.fuse-overlayfs',
  'fuse.unionfs',
  'fuse.mergerfs',
  'fuse.bindfs',
  'fuse.encfs',
  'fuse.gocryptfs',
  'fuse.cryfs',
  'fuse.portal',
]);

/** What a file system without a disk of its own is; undefined for one that has a disk, or is another computer's. */
export function mediumOf({ fileSystem, disk }: MountFacts): Exclude<Medium, 'own-disk'> | undefined {
  if (IN_MEMORY.has(fileSystem) || /^z?ram\d+$/.test(disk)) return 'memory';
  return LAYERS.has(fileSystem) ? 'layer' : undefined;
}

/** True where a copy counts for nothing, whoever vouches for it. */
export function neverCounts(found: Medium | undefined): found is 'memory' | 'layer' {
  return found === 'memory' || found === 'layer';
}
