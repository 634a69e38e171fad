/** What is mounted where a folder lies, as Linux tells it. Privileged process. Looks only; elsewhere it knows nothing. */
import { readFile, realpath } from 'node:fs/promises';

export interface Mount {
  /** What is mounted: `/dev/sda1`, `tmpfs`, `nas:/backups`. */
  readonly source: string;
  /** As the kernel calls it: `ext4`, `tmpfs`, `fuse.sshfs`. */
  readonly fileSystem: string;
}

/** Undefined where the system does not tell. `path` should be there: links in it are followed. */
export async function mountOf(path: string): Promise<Mount | undefined> {
  const real = await realpath(path).catch(() => path);
  const table = await readFile('/proc/self/mountinfo', 'utf8').catch(() => '');
  return findMount(real, table);
}

/** The same out of the text of `/proc/self/mountinfo`. Pure. */
export function findMount(path: string, table: string): Mount | undefined {
  const mounts = table.split('\n').flatMap((line) => {
    const [before = '', after = ''] = line.split(' - ');
    const at = unescaped(before.split(' ')[4] ?? '');
    const [fileSystem = '', source = ''] = after.split(' ');
    return at !== '' && isBelow(path, at) ? [{ at, source: unescaped(source), fileSystem }] : [];
  });
  // Of two on the same folder the later one is seen.
  const [mount] = mounts.toReversed().sort((a, b) => b.at.length - a.at.length);
  return mount === undefined ? undefined : { source: mount.source, fileSystem: mount.fileSystem };
}

function isBelow(path: string, folder: string): boolean {
  return folder === '/' || path === folder || path.startsWith(`${folder}/`);
}

/** Blanks and the like are octal there. */
function unescaped(text: string): string {
  return text.replace(/\\([0-7]{3})/g, (_match, octal: string) => String.fromCharCode(parseInt(octal, 8)));
}
