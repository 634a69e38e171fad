/**
 * Where a backup may be written: drives as they come and go, and folders that the person chose. Privileged process.
 * The window names them by opaque IDs only.
 */
import { realpath } from 'node:fs/promises';
import { AppError } from '../../../shared/errors.ts';
import type { DestinationView } from '../../../shared/ipc/backups.ts';
import { type Destination, inspectDestination } from '../destination.ts';
import { type Drive, listDrives, watchDrives } from '../drives.ts';
import type { DeskSetup } from './desk-setup.ts';

interface Known {
  readonly id: string;
  readonly path: string;
  readonly kind: 'drive' | 'folder';
}

export class Destinations {
  readonly #setup: DeskSetup;
  /** Chosen folders by ID, in the order they were chosen. */
  readonly #folders = new Map<string, Known>();
  #drives: readonly Drive[] = [];
  #watching: AbortController | undefined;

  constructor(setup: DeskSetup) {
    this.#setup = setup;
  }

  /** The drives as they were last seen. */
  get drives(): readonly Drive[] {
    return this.#drives;
  }

  /** Looks again, whether or not drives are being watched. */
  async lookAtDrives(): Promise<readonly Drive[]> {
    this.#drives = await listDrives(this.#setup.drives);
    return this.#drives;
  }

  /** Tells of every change until `stop`. */
  async watch(): Promise<void> {
    this.#watching ??= this.#startWatching();
    await this.lookAtDrives();
  }

  /** Ends the watching; folders that were chosen are forgotten. */
  stop(): void {
    this.#watching?.abort();
    this.#watching = undefined;
    this.#folders.clear();
  }

  #startWatching(): AbortController {
    const controller = new AbortController();
    void this.#follow(controller.signal).catch(() => controller.abort());
    return controller;
  }

  async #follow(signal: AbortSignal): Promise<void> {
    const { drives: source, lookEvery: every } = this.#setup;
    const options = {
      signal,
      ...(source === undefined ? {} : { source }),
      ...(every === undefined ? {} : { every }),
    };
    for await (const drives of watchDrives(options)) {
      if (signal.aborted) return;
      this.#drives = drives;
      this.#setup.onDestinations(await this.list());
    }
  }

  /** Adds a folder; the same one twice is one. @throws `files/no-folder`, `config/unreadable` */
  async addFolder(given: string): Promise<void> {
    // Two ways to one folder are one place.
    const path = await realpath(given).catch(() => given);
    const onDrive = this.#drives.find(({ mountPoint }) => mountPoint === path);
    if (onDrive !== undefined) return;
    await inspectDestination(path, this.#setup.places().trustDir, this.#drives);
    this.#folders.set(`folder:${path}`, { id: `folder:${path}`, path, kind: 'folder' });
  }

  /** Drives first. One that went away while it was looked at is not listed. */
  async list(): Promise<DestinationView[]> {
    const views = await Promise.all(
      this.#known().map((known) => this.#inspect(known).then((found) => toView(known, found), gone)),
    );
    return views.filter((view) => view !== undefined);
  }

  /** What is known of one of them now. @throws `files/no-folder` when it is not there any more */
  async find(id: string): Promise<Destination> {
    await this.lookAtDrives();
    const known = this.#known().find((entry) => entry.id === id);
    if (known === undefined) throw new AppError('files/no-folder', { path: id.replace(/^[a-z]+:/, '') });
    return this.#inspect(known);
  }

  #known(): readonly Known[] {
    const drives = this.#drives.map((drive) => {
      return { id: `drive:${drive.id}`, path: drive.mountPoint, kind: 'drive' as const };
    });
    return [...drives, ...this.#folders.values()];
  }

  #inspect({ path }: Known): Promise<Destination> {
    return inspectDestination(path, this.#setup.places().trustDir, this.#drives);
  }
}

/** A drive that was just pulled out, a folder that was deleted: it is simply not offered. */
function gone(error: unknown): undefined {
  if (error instanceof AppError) return undefined;
  throw error;
}

function toView({ id, kind, path }: Known, found: Destination): DestinationView {
  const { drive, fileSystem, maxFileBytes, freeBytes, isReadOnly, keepsPermissions, medium } = found;
  return {
    id,
    kind,
    label: kind === 'drive' && drive !== undefined ? drive.label : path,
    where: path,
    freeBytes,
    readOnly: isReadOnly,
    keepsPermissions,
    ...(medium === undefined ? {} : { medium }),
    ...(fileSystem === undefined ? {} : { fileSystem }),
    ...(maxFileBytes === undefined ? {} : { largestBytes: maxFileBytes }),
  };
}
