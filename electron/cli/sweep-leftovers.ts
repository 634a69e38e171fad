/** Half-written files of a backup that was cut off are removed from a folder, and named. Command line. */
import { type Sweep, sweepLeftovers } from '../backup/sweep-leftovers.ts';
import { printable } from './columns.ts';
import type { KeyDesk } from './key-desk.ts';
import type { Terminal } from './terminal.ts';

/** Throws what reading the records throws. */
export async function sweepSaying(
  place: Pick<Sweep, 'folder' | 'where' | 'except'>,
  desk: KeyDesk,
  terminal: Terminal,
): Promise<void> {
  const { recordsFile } = desk;
  for (const name of await sweepLeftovers({ ...place, recordsFile, now: terminal.now() })) {
    terminal.stderr.write(`Removed ${printable(name)}, which a backup that was cut off had left.\n`);
    await desk.record('backup-leftover-removed', `Removed ${name}`, { file: name });
  }
}
