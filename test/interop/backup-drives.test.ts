/** Backups on real drives: FAT without hard links and permissions, full, read-only, failing while they are written. */
import { randomBytes } from 'node:crypto';
import { copyFile, mkdir, open, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { collectBackup } from '../../electron/backup/collect.ts';
import { inspectDestination } from '../../electron/backup/destination.ts';
import { proveBackup } from '../../electron/backup/prove-backup.ts';
import { type SealedBackup, sealBackup, writeBackup } from '../../electron/backup/write-backup.ts';
import { canMountDrive, driveFileSystems, mountDrive } from '../lab/mounted-drive.ts';
import { useScope } from '../lab/use-scope.ts';
import { jeffId, keyPassphrases } from '../unit/backup/backup-fixture.ts';
import { readVector } from '../unit/keystore/vectors.ts';
import { secret } from './keystore-tools.ts';

const MEBIBYTE = 1024 * 1024;
const now = new Date('2026-11-21T10:00:00.000Z');
const key = () => ({ kind: 'passphrase' as const, passphrase: secret('secret') });

/** Takes all the room there is, down to the last block. */
async function fill(folder: string): Promise<void> {
  const file = await open(join(folder, 'filler'), 'w');
  for (let size = 65_536; size >= 512; size /= 2) {
    const write = () => file.write(randomBytes(size)).then(() => file.sync());
    while (
      await write().then(
        () => true,
        () => false,
      )
    );
  }
  await file.close();
}

/** Mounting needs root, loop devices and the kernel's help; what cannot be mounted is not tested here. */
const systems = driveFileSystems.filter(canMountDrive);

describe('drives', () => {
  describe.each(systems)('with %s', (system) => {
    const lab = useScope(async (scope) => {
      const trustDir = join(scope.folder, 'trust');
      await mkdir(join(trustDir, 'private'), { recursive: true, mode: 0o700 });
      await writeFile(join(trustDir, 'private', `${jeffId}.key`), readVector('keys', `${jeffId}.key`));
      return { scope, trustDir };
    });

    /** A backup of one key, made larger by metadata that does not compress. */
    async function sealed(surplus = 0): Promise<SealedBackup> {
      const { trustDir } = lab();
      const folder = join(trustDir, 'tuf', 'a', 'metadata');
      await mkdir(folder, { recursive: true });
      await writeFile(join(folder, 'root.json'), randomBytes(surplus));
      const sources = { trustDir, settingsFile: join(trustDir, 'none.json') };
      const choice = { keys: 'all', metadata: surplus > 0 ? 'all' : 'none', settings: false } as const;
      const contents = await collectBackup(sources, choice, { created: now, writer: 'test' });
      return sealBackup(contents, { kind: 'passphrase', passphrase: secret('secret'), workFactor: 1 });
    }

    const left = async (path: string) =>
      (await readdir(path)).filter((name) => !/\.age$|^filler$|^lost\+found$/.test(name));

    it('takes backups, never replaces one, and the drill succeeds', async () => {
      const drive = await mountDrive(lab().scope, system, 'good', { bytes: 4 * MEBIBYTE });
      const facts = await inspectDestination(drive.path, lab().trustDir, []);
      expect(facts).toMatchObject({
        fileSystem: system,
        keepsPermissions: system !== 'vfat',
        isReadOnly: false,
      });
      const backup = await sealed();
      const written = [await writeBackup(drive.path, backup), await writeBackup(drive.path, backup)];
      expect(new Set(written.map(({ path }) => path)).size).toBe(2);
      for (const { path } of written) {
        expect(await proveBackup(path, key(), keyPassphrases, now)).toMatchObject({ complete: true });
      }
      expect(await left(drive.path)).toEqual([]);
    });

    it('that is full refuses, keeps what it has, and nothing half-written', async () => {
      const drive = await mountDrive(lab().scope, system, 'full', { bytes: 2 * MEBIBYTE });
      const { path } = await writeBackup(drive.path, await sealed());
      await expect(writeBackup(drive.path, await sealed(3 * MEBIBYTE))).rejects.toMatchObject({
        code: 'files/disk-full',
      });
      // Full in the middle, not before: something else takes the room meanwhile.
      await fill(drive.path);
      await expect(writeBackup(drive.path, await sealed())).rejects.toMatchObject({
        code: 'files/disk-full',
      });
      expect(await left(drive.path)).toEqual([]);
      expect(await proveBackup(path, key(), keyPassphrases, now)).toMatchObject({ complete: true });
    });

    it('that is read-only is said to be, and refuses', async () => {
      const drive = await mountDrive(lab().scope, system, 'read-only', { bytes: 2 * MEBIBYTE });
      const { path } = await writeBackup(drive.path, await sealed());
      await drive.remount('ro');
      expect(await inspectDestination(drive.path, lab().trustDir, [])).toMatchObject({ isReadOnly: true });
      await expect(writeBackup(drive.path, await sealed())).rejects.toMatchObject({
        code: 'files/write-failed',
      });
      expect(await proveBackup(path, key(), keyPassphrases, now)).toMatchObject({ complete: true });
    });

    it('that fails while it is written never counts as a backup', async () => {
      const drive = await mountDrive(lab().scope, system, 'failing', {
        bytes: 16 * MEBIBYTE,
        reallyHolds: MEBIBYTE,
      });
      const error: unknown = await writeBackup(drive.path, await sealed(4 * MEBIBYTE)).catch(
        (thrown: unknown) => thrown,
      );
      expect((error as { code?: string }).code).toMatch(
        /^(?:files\/write-failed|files\/disk-full|backup\/damaged)$/,
      );
    });

    it('a copy by hand from drive to drive is proven like the original', async () => {
      const [one, other] = [
        await mountDrive(lab().scope, system, 'one', { bytes: 2 * MEBIBYTE }),
        await mountDrive(lab().scope, system, 'other', { bytes: 2 * MEBIBYTE }),
      ];
      const { path, sha256 } = await writeBackup(one.path, await sealed());
      await copyFile(path, join(other.path, 'COPY.AGE'));
      const proof = await proveBackup(join(other.path, 'COPY.AGE'), key(), keyPassphrases, now);
      expect(proof).toMatchObject({ complete: true, sha256 });
    });
  });

  it('a folder on this computer is said to lie beside the keys, and to keep permissions', async () => {
    const facts = await inspectDestination(import.meta.dirname, import.meta.dirname, []);
    // In a container all of it is a layer.
    expect(['own-disk', 'layer']).toContain(facts.medium);
    expect(facts.maxFileBytes).toBeUndefined();
  });
});
