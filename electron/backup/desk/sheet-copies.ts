/**
 * A copy that was opened for its recovery sheet, as when the keys are kept offline; nothing is restored. Privileged process.
 * SECURITY: what is held are the keys as the copy has them, each under its own passphrase. The window gets an ID and names.
 */
import { randomUUID } from 'node:crypto';
import { basename } from 'node:path';
import { AppError } from '../../../shared/errors.ts';
import type { SheetCopy } from '../../../shared/ipc/backups.ts';
import { loadBackupRecords } from '../backup-records.ts';
import { isProvenFile } from '../copy-standing.ts';
import { type PrintableKey, printableFromCopy } from '../printable-key.ts';
import type { OpenedBackup } from '../read-backup.ts';
import { keyNameOf } from './desk-setup.ts';

export class SheetCopies {
  #open: { readonly id: string; readonly keys: readonly PrintableKey[] } | undefined;

  /** Only one copy is open at a time. */
  async take(opened: OpenedBackup, recordsFile: string): Promise<SheetCopy> {
    const keys = opened.keys.flatMap((key) => printableFromCopy(key) ?? []);
    const { backups } = await loadBackupRecords(recordsFile);
    const id = randomUUID();
    this.#open = { id, keys };
    return {
      id,
      name: basename(opened.path),
      keys: keys.map(keyNameOf),
      isProven: isProvenFile(backups, opened.sha256),
    };
  }

  /** @throws `backup/not-known` when the copy is not open any more, or does not hold one of the keys */
  keysOf(id: string, wanted: readonly string[]): readonly PrintableKey[] {
    const keys = this.#open?.id === id ? this.#open.keys : [];
    return wanted.map((keyId) => {
      const key = keys.find((each) => each.id === keyId);
      if (key === undefined) throw new AppError('backup/not-known', {});
      return key;
    });
  }

  close(): void {
    this.#open = undefined;
  }
}
