/**
 * Everything the window can do with backups, as one service: it names keys, places and copies by ID, and this side asks
 * for files and passphrases. Privileged process. One piece of work at a time.
 */
import { realpath } from 'node:fs/promises';
import { basename } from 'node:path';
import { AppError } from '../../../shared/errors.ts';
import type {
  DestinationView,
  DrillView,
  Found,
  ImpactView,
  Opener,
  Overview,
  Restored,
  RestorePlan,
  RestoreSource,
  SheetCopy,
  SheetOrder,
  Source,
  WriteOrder,
  Written,
} from '../../../shared/ipc/backups.ts';
import { isPaper } from '../../../shared/paper-source.ts';
import { listKeys } from '../../keystore/key-directory.ts';
import { listKnownRepositories } from '../../notary/known-repositories.ts';
import { loadBackupRecords, removeBackup, updateBackupRecords, type VisitEnd } from '../backup-records.ts';
import { addOpened } from '../record-drills.ts';
import { settleWriting } from '../record-writing.ts';
import { endVisits, noteUse } from '../end-visits.ts';
import { driveOf } from '../drives.ts';
import type { PrintableKey } from '../printable-key.ts';
import type { OpenedBackup } from '../read-backup.ts';
import { placeAt, withDisks } from '../real-places.ts';
import { rolesOf } from '../key-impact.ts';
import { keysLeftShort } from '../left-short.ts';
import { confirmForget } from './forget-confirmation.ts';
import type { DeskSetup } from './desk-setup.ts';
import { DeskSession } from './desk-session.ts';
import { Destinations } from './destinations.ts';
import { LocatedBackups } from './located-backups.ts';
import { askForPaper } from './ask-paper.ts';
import { bringBackAsked, impactOf, keepHereAsked, sendAwayNow, takeOfflineAsked } from './offline-desk.ts';
import { openWithPerson, type OpenWish } from './opening.ts';
import { toOverview } from './overview.ts';
import { findRecord, proveCopy, provePaper, type Proving } from './proving.ts';
import { Restoring } from './restoring.ts';
import { type ShareOrder, shareCopy } from './sharing.ts';
import { SheetCopies } from './sheet-copies.ts';
import { keysHere, printSheet, saveSheet } from './sheets.ts';
import { noteDrill, noteForgotten, noteKey, noteRestored, noteWritten } from './noting.ts';
import { labelOf, writeCopies } from './writing.ts';

export class BackupDesk {
  readonly #setup: DeskSetup;
  readonly #destinations: Destinations;
  readonly #session: DeskSession;
  readonly #restoring: Restoring;
  readonly #located: LocatedBackups;
  readonly #sheetCopies = new SheetCopies();
  #work: AbortController | undefined;

  constructor(setup: DeskSetup) {
    this.#setup = setup;
    this.#destinations = new Destinations(setup);
    this.#session = new DeskSession(setup.prompts);
    this.#restoring = new Restoring(setup);
    this.#located = new LocatedBackups(setup, this.#destinations);
  }

  /** @throws `config/...` when records or key store cannot be read */
  async list(): Promise<Overview> {
    const { trustDir, recordsFile } = this.#setup.places();
    const [known, { keys, unreadable }] = [await loadBackupRecords(recordsFile), await listKeys(trustDir)];
    const records = await withDisks(known, { drives: this.#destinations.drives, trustDir });
    const repositories = await listKnownRepositories(trustDir);
    return toOverview({ records, keys, unreadable, repositories, uses: this.#uses(), now: this.#now() });
  }

  #uses(): ReadonlyMap<string, readonly string[]> {
    const uses = new Map<string, Set<string>>();
    for (const { gun, keys } of this.#setup.verified().flatMap((read) => rolesOf(read, this.#setup.crypto))) {
      for (const id of keys) uses.set(id, (uses.get(id) ?? new Set()).add(gun));
    }
    return new Map([...uses].map(([id, guns]) => [id, [...guns]]));
  }

  #now(): number {
    return this.#setup.now().getTime();
  }

  /** Somebody sits down: drives are watched until `leave`. */
  async open(): Promise<DestinationView[]> {
    await this.#destinations.watch();
    return this.#destinations.list();
  }

  /** Stops what runs, forgets what was typed. */
  leave(): Promise<void> {
    this.#work?.abort();
    this.#destinations.stop();
    this.#restoring.close();
    this.#sheetCopies.close();
    this.forget();
    return Promise.resolve();
  }

  /** Wipes what was typed; for the lock of the session. */
  forget(): void {
    this.#session.forget();
  }

  /** Stops what is being written or proven; files that are finished stay. */
  stop(): Promise<void> {
    this.#work?.abort();
    return Promise.resolve();
  }

  /** Main asks for it. @throws `prompt/cancelled`, `files/no-folder`, `config/unreadable` */
  async addFolder(): Promise<DestinationView[]> {
    const question = { title: 'Choose a folder for the backup', want: 'directory' as const };
    const [folder] = await this.#setup.prompts.chooseFile(question);
    if (folder === undefined) throw new AppError('prompt/cancelled', {});
    await this.#destinations.addFolder(folder);
    return this.#destinations.list();
  }

  write(order: WriteOrder): Promise<Written[]> {
    return this.#alone(async (signal) => {
      const onWritten = (recordId: string, path: string) => this.#located.remember(recordId, path);
      const { setup, destinations } = { setup: this.#setup, destinations: this.#destinations };
      const results = await writeCopies({ setup, destinations, signal, onWritten }, order);
      for (const result of results) await noteWritten(setup, result);
      return results;
    });
  }

  /** The drill of a copy that was just written. @throws as `check` */
  prove(copy: string, replug: boolean): Promise<DrillView> {
    return this.#alone((signal) => this.#prove({ from: 'copy', id: copy }, { replug, how: 'typed', signal }));
  }

  /** The drill of any backup, or of the paper. @throws what opening throws, `backup/not-known`, `prompt/cancelled` */
  check(source: RestoreSource, how: Opener): Promise<DrillView> {
    return this.#alone(async (signal) =>
      isPaper(source)
        ? provePaper(this.#proving(signal), await askForPaper(this.#setup, source, signal))
        : this.#prove(source, { replug: false, how, signal }),
    );
  }

  #proving(signal: AbortSignal): Proving {
    return { setup: this.#setup, session: this.#session, signal };
  }

  async #prove(
    source: Source,
    { signal, ...wish }: { replug: boolean; how: Opener; signal: AbortSignal },
  ): Promise<DrillView> {
    const located = await this.#located.locate(source, 'Choose the backup to check', signal);
    const { drives } = this.#destinations;
    const drill = await proveCopy(this.#proving(signal), { ...located, drives, ...wish });
    await noteDrill(this.#setup, drill);
    return drill;
  }

  /** Backups at the top of the drives that are plugged in. */
  found(): Promise<Found[]> {
    return this.#located.found();
  }

  /** Forgets a copy, after a question; its file is not touched. @throws `prompt/cancelled` */
  async forgetCopy(copy: string): Promise<void> {
    const { recordsFile, trustDir } = this.#setup.places();
    const { file, place } = await findRecord(recordsFile, copy);
    const drives = await this.#destinations.lookAtDrives();
    const known = await withDisks(await loadBackupRecords(recordsFile), { drives, trustDir });
    const short = keysLeftShort(known, [copy], this.#now());
    await confirmForget(this.#setup, { name: file.name, label: place.label }, short);
    await updateBackupRecords(recordsFile, (records) => removeBackup(records, copy));
    await noteForgotten(this.#setup, file.name, place.label);
    await this.#changed();
  }

  /** The person has read that the writing of a copy was cut off. */
  async settleInterrupted(id: string): Promise<void> {
    await updateBackupRecords(this.#setup.places().recordsFile, (records) => settleWriting(records, id));
    await this.#changed();
  }

  /** @throws what opening throws, `prompt/cancelled` */
  openForSheet(source: Source, how: Opener): Promise<SheetCopy> {
    return this.#alone(async (signal) => {
      const { path } = await this.#located.locate(source, 'Choose the copy to print from', signal);
      const purpose = ['Opens the copy to print its keys as they are in it. Nothing is restored.'];
      return this.#sheetCopies.take(
        await this.#open(path, { purpose, how, signal }),
        this.#setup.places().recordsFile,
      );
    });
  }

  async saveSheet(order: SheetOrder, as: 'html' | 'pdf'): Promise<string> {
    return saveSheet(this.#setup, { ...order, keys: await this.#keysFor(order) }, as);
  }

  async printSheet(order: SheetOrder): Promise<void> {
    await printSheet(this.#setup, { ...order, keys: await this.#keysFor(order) });
  }

  #keysFor({ of, keys }: SheetOrder): Promise<readonly PrintableKey[]> | readonly PrintableKey[] {
    return of === undefined ? keysHere(this.#setup, keys) : this.#sheetCopies.keysOf(of, keys);
  }

  /**
   * Splits the passphrase of a copy, once it was shown to be the right one by opening the copy with it.
   * @throws what opening throws, `backup/not-shareable`, `backup/another-backup`,
   * `prompt/cancelled`, `files/*`
   */
  share(copy: string, wish: ShareOrder): Promise<{ where?: string }> {
    return this.#alone(async (signal) => {
      const source = { from: 'copy', id: copy } as const;
      const { path } = await this.#located.locate(source, 'Choose a copy of the backup', signal);
      const record = await findRecord(this.#setup.places().recordsFile, copy);
      const { drives } = this.#destinations;
      const sharing = { setup: this.#setup, session: this.#session, signal, drives };
      return shareCopy(sharing, { path, record }, wish);
    });
  }

  impact(keyId: string): Promise<ImpactView> {
    return impactOf(this.#setup, keyId);
  }

  async takeOffline(keyId: string): Promise<void> {
    await takeOfflineAsked(this.#setup, this.#destinations, keyId);
    await this.#left('key-taken-offline', keyId);
    await this.#keysChanged();
  }

  async bringBack(keyId: string, how: Opener, until: VisitEnd = 'publish'): Promise<void> {
    const back = (signal: AbortSignal) =>
      bringBackAsked(this.#setup, this.#destinations, { keyId, how, until, signal });
    await this.#alone(back);
    await noteKey(this.#setup, 'key-brought-back', keyId);
    await this.#keysChanged();
  }

  async sendAway(keyId: string): Promise<void> {
    await sendAwayNow(this.#setup, this.#destinations, keyId);
    await this.#left('key-sent-away', keyId);
    await this.#keysChanged();
  }

  async #left(what: 'key-taken-offline' | 'key-sent-away', keyId: string): Promise<void> {
    await this.#setup.letGo(keyId);
    await noteKey(this.#setup, what, keyId);
  }

  /** Before an upload: should everything stop before `endVisits`, the overview says which key should have left. */
  noteUse(usedKeys: readonly string[]): Promise<void> {
    return noteUse(this.#setup.places().recordsFile, usedKeys, this.#setup.now());
  }

  /** Keys that came for one publish go away after it. One that cannot leave stays, and the overview says so. */
  async endVisits(usedKeys: readonly string[]): Promise<void> {
    const { trustDir, recordsFile } = this.#setup.places();
    const { offline } = await loadBackupRecords(recordsFile);
    // Most publishes have no visitor, and drives take a while to list.
    if (!offline.some(({ state }) => state === 'visiting')) return;
    const drives = await this.#destinations.lookAtDrives();
    const ended = await endVisits({ trustDir, recordsFile, drives }, usedKeys, this.#setup.now());
    for (const { key, error } of ended) if (error === undefined) await this.#left('key-sent-away', key.id);
    if (ended.length > 0) await this.#keysChanged();
  }

  async keepHere(keyId: string): Promise<void> {
    await keepHereAsked(this.#setup, keyId);
    await noteKey(this.#setup, 'key-kept-here', keyId);
    await this.#keysChanged();
  }

  /** Opens a backup for restoring; nothing is written. @throws what opening throws, `prompt/cancelled` */
  planRestore(source: RestoreSource, how: Opener): Promise<RestorePlan> {
    return this.#alone(async (signal) => {
      if (isPaper(source)) {
        return this.#restoring.plan(await askForPaper(this.#setup, source, signal), 'Recovery sheet');
      }
      const { path } = await this.#located.locate(source, 'Choose the backup to restore from', signal);
      const purpose = ['Opens the backup to show what is in it. Nothing is restored yet.'];
      return this.#restoring.plan(await this.#open(path, { purpose, how, signal }), basename(path));
    });
  }

  #open(path: string, wish: Pick<OpenWish, 'purpose' | 'how' | 'signal'>): Promise<OpenedBackup> {
    const label = labelOf({ drive: driveOf(path, this.#destinations.drives), path });
    return openWithPerson(this.#setup.prompts, { path, label, ...wish });
  }

  async restore(id: string, items: readonly string[], replace: readonly string[]): Promise<Restored[]> {
    const opened = this.#restoring.opened(id);
    const results = await this.#alone((signal) => this.#restoring.restore(id, { items, replace }, signal));
    await noteRestored(this.#setup, results);
    const isOfUse = results.some(({ outcome }) => outcome === 'restored' || outcome === 'identical');
    await this.#keysChanged();
    if (opened !== undefined && isOfUse) await this.#noteCopy(opened);
    return results;
  }

  /** On a new computer nothing else knows of the copy; it is not proven by having been opened. */
  async #noteCopy(opened: OpenedBackup): Promise<void> {
    const { recordsFile, trustDir } = this.#setup.places();
    const path = await realpath(opened.path).catch(() => opened.path);
    const where = await placeAt(path, { drives: this.#destinations.drives, trustDir });
    await updateBackupRecords(recordsFile, (known) => addOpened(known, opened, where, this.#setup.now()));
  }

  async #alone<T>(work: (signal: AbortSignal) => Promise<T>): Promise<T> {
    if (this.#work !== undefined) throw new AppError('backup/busy', {});
    const controller = new AbortController();
    this.#work = controller;
    try {
      return await work(controller.signal);
    } finally {
      this.#work = undefined;
      // What cannot be read is said by the next `list`; here it must not hide how the work itself ended.
      await this.#changed().catch(() => undefined);
    }
  }

  async #keysChanged(): Promise<void> {
    this.#setup.onKeys();
    await this.#changed();
  }

  async #changed(): Promise<void> {
    this.#setup.onChanged(await this.list());
  }
}
