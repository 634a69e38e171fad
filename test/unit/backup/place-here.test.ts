/** A folder that was deleted is told from one whose disk was put away. */
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import type { BackupRecord } from '../../../electron/backup/backup-records.ts';
import { isPlaceHere } from '../../../electron/backup/locate-copy.ts';
import type { Medium } from '../../../shared/place-words.ts';

const recordIn = (folder: string, medium: Medium | undefined): BackupRecord =>
  ({
    place: {
      kind: 'folder',
      id: `folder:${folder}`,
      label: 'copies',
      ...(medium === undefined ? {} : { medium }),
    },
  }) as unknown as BackupRecord;

it('by what it lay in', async () => {
  const home = await mkdtemp(join(tmpdir(), 'td-here-'));
  try {
    const folder = join(home, 'nas', 'copies');
    await mkdir(folder, { recursive: true });
    const around = { drives: [], trustDir: home };
    expect(await isPlaceHere(recordIn(folder, 'own-disk'), around)).toBe(true);
    await rm(folder, { recursive: true });
    // On the keys' own disk, which is here: it is gone.
    expect(await isPlaceHere(recordIn(folder, 'own-disk'), around)).toBe(true);
    // Recorded on another disk; what is there now is the empty place where that was mounted.
    expect(await isPlaceHere(recordIn(folder, undefined), around)).toBe(false);
  } finally {
    await rm(home, { recursive: true });
  }
});
