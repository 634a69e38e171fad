/**
 * Where backups lie: copies that were written in this run, recorded ones, files at the top of a drive, and any other
 * that the person chooses. Privileged process. The window names them by ID, never by path.
 */
import { randomUUID } from 'node:crypto';
import { readdir } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { AppError } from '../../../shared/errors.ts';
import type { Found, Source } from '../../../shared/ipc/backups.ts';
import { type BackupRecord, placeName } from '../backup-records.ts';
import type { DeskSetup } from './desk-setup.ts';
import type { Destinations } from './destinations.ts';
import { chooseBackup } from './offline-desk.ts';
import { locateCopy } from '../locate-copy.ts';
import { findRecord } from './proving.ts';

export interface Located {
  readonly path: string;
  /** The record of the copy, where it was found by it. */
  readonly record: BackupRecord | undefined;
}

/** Names under which backups lie at the top of a drive. */
const BACKUP_NAME = /^(?:trustdesk-backup-.*\.tar\.gz\.age|private_keys_backup.*\.tar\.gz)$/;

export class LocatedBackups {
  readonly #setup: DeskSetup;
  readonly #destinations: Destinations;
  /** By record, or by an ID of our own. */
  readonly #paths = new Map<string, string>();

  constructor(setup: DeskSetup, destinations: Destinations) {
    this.#setup = setup;
    this.#destinations = destinations;
  }

  remember(id: string, path: string): void {
    this.#paths.set(id, path);
  }

  /** Asks for the file where it is not at hand. @throws `backup/not-known`, `prompt/cancelled` */
  async locate(source: Source, title: string, signal: AbortSignal): Promise<Located> {
    const drives = await this.#destinations.lookAtDrives();
    if (source.from === 'found') return { path: this.#pathOf(source.id), record: undefined };
    if (source.from === 'chosen') {
      return { path: await chooseBackup(this.#setup, title, signal), record: undefined };
    }
    const record = await findRecord(this.#setup.places().recordsFile, source.id);
    const path = await locateCopy(record, drives, this.#paths.get(record.id));
    if (path !== undefined) return { path, record };
    const missing = `${placeName(record.place)} is not here: choose the file`;
    return { path: await chooseBackup(this.#setup, missing, signal), record: undefined };
  }

  #pathOf(id: string): string {
    const path = this.#paths.get(id);
    if (path === undefined) throw new AppError('backup/not-known', {});
    return path;
  }

  /** Backups at the top of the drives that are plugged in. */
  async found(): Promise<Found[]> {
    const drives = await this.#destinations.lookAtDrives();
    const perDrive = drives.map(async ({ mountPoint, label }) => {
      const names = await readdir(mountPoint).catch(() => []); // a drive that was just pulled out
      return names
        .filter((name) => BACKUP_NAME.test(name))
        .map((name) => ({ path: join(mountPoint, name), label }));
    });
    return (await Promise.all(perDrive)).flat().map(({ path, label }) => {
      return { id: this.#idOf(path), name: basename(path), label };
    });
  }

  /** The same file keeps its ID, so that a choice survives another look. */
  #idOf(path: string): string {
    const [id] = [...this.#paths].find(([, known]) => known === path) ?? [randomUUID()];
    this.#paths.set(id, path);
    return id;
  }
}
