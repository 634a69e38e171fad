/**
 * Writes one backup to as many places as the person chose. Privileged process. Each copy stands for itself: a drive
 * that is full or was pulled out does not cost the others. What was cut off is known at the next start.
 */
import { randomUUID } from 'node:crypto';
import { AppError, isAppError } from '../../../shared/errors.ts';
import type { WriteOrder, Written } from '../../../shared/ipc/backups.ts';
import { assertLongEnough } from '../../keystore/passphrase.ts';
import type { SecretBytes } from '../../keystore/secret-bytes.ts';
import { parseGun } from '../../tuf/names.ts';
import { placeOf, updateBackupRecords } from '../backup-records.ts';
import { beginWriting, completeWriting, endWriting } from '../record-writing.ts';
import { type BackupContents, collectBackup } from '../collect.ts';
import type { Destination } from '../destination.ts';
import { assertSamePlace, type MarkedPlace, markPlace } from '../same-place.ts';
import { sweepLeftovers } from '../sweep-leftovers.ts';
import { type Protection, type SealedBackup, sealBackup, writeBackup } from '../write-backup.ts';
import { type DeskSetup, toWire } from './desk-setup.ts';
import type { Destinations } from './destinations.ts';
import { noteSwept } from './noting.ts';
import { toCopyView } from './overview.ts';
import { confirmWriting } from './write-confirmation.ts';

export interface Writing {
  readonly setup: DeskSetup;
  readonly destinations: Destinations;
  readonly signal: AbortSignal;
  /** Told where each copy lies: the drill that follows reads it there. */
  readonly onWritten: (recordId: string, path: string) => void;
}

/** Throws what collecting and sealing throw, and `prompt/cancelled`; what a place throws is its own result. */
export async function writeCopies(writing: Writing, order: WriteOrder): Promise<Written[]> {
  const { setup, signal } = writing;
  const { trustDir, settingsFile } = setup.places();
  setup.onProgress({ step: 'collecting' });
  const choice = {
    keys: order.keys,
    metadata: order.repositories.length === 0 ? ('none' as const) : order.repositories.map(parseGun),
    settings: order.settings,
  };
  const about = { created: setup.now(), writer: setup.writer };
  const contents = await collectBackup({ trustDir, settingsFile }, choice, about);
  const places = await lookAtAll(writing, order.to);
  await confirmWriting(writing, order, contents);
  const sealed = await seal(writing, order, contents);
  const results: Written[] = [];
  for (const [index, place] of places.entries()) {
    assertGoingOn(signal);
    results.push(await writeCopy(writing, sealed, place, { done: index, total: places.length }));
  }
  return results;
}

/** A place by the window's name for it, as it was before anything was asked, or why it was none then. */
interface Chosen {
  readonly to: string;
  readonly looked: MarkedPlace | AppError;
}

async function lookAtAll(writing: Writing, ids: readonly string[]): Promise<readonly Chosen[]> {
  const { setup, destinations } = writing;
  const chosen: Chosen[] = [];
  for (const to of ids) {
    try {
      const { path } = await destinations.find(to);
      chosen.push({ to, looked: await markPlace(path, aroundOf(setup, destinations)) });
    } catch (error) {
      if (!isAppError(error)) throw error;
      chosen.push({ to, looked: error });
    }
  }
  return chosen;
}

function aroundOf(setup: DeskSetup, { drives }: Destinations) {
  return { trustDir: setup.places().trustDir, drives };
}

function assertGoingOn(signal: AbortSignal): void {
  if (signal.aborted) throw new AppError('prompt/cancelled', {});
}

async function seal(
  { setup, signal }: Writing,
  order: WriteOrder,
  contents: BackupContents,
): Promise<SealedBackup> {
  if (order.seal.kind === 'recipients') return sealBackup(contents, order.seal);
  if (order.seal.kind === 'plain') {
    return sealBackup(contents, { kind: 'plain', trustDir: setup.places().trustDir });
  }
  setup.onProgress({ step: 'asking' });
  const passphrase = await askNew(setup, contents, signal);
  try {
    setup.onProgress({ step: 'sealing' });
    return await sealBackup(contents, passphraseProtection(setup, passphrase));
  } finally {
    passphrase.wipe();
  }
}

function passphraseProtection({ workFactor }: DeskSetup, passphrase: SecretBytes): Protection {
  return { kind: 'passphrase', passphrase, ...(workFactor === undefined ? {} : { workFactor }) };
}

/** notary's number of tries at choosing one that is long enough. */
const MAX_NEW_ATTEMPTS = 11;

async function askNew(
  { prompts }: DeskSetup,
  contents: BackupContents,
  signal: AbortSignal,
): Promise<SecretBytes> {
  const count = contents.manifest.keys.length;
  const purpose = [
    `Protects ${count === 1 ? '1 key' : `${String(count)} keys`} in every copy of this backup.`,
    'Without it nobody can open any copy: keep it apart from the drives.',
  ];
  for (let attempt = 0; ; attempt++) {
    const { passphrase } = await prompts.askPassphrase(
      {
        kind: 'create',
        subject: 'this backup',
        keyId: '',
        role: '',
        gun: undefined,
        purpose,
        attempt,
        problem: attempt === 0 ? undefined : 'too-short',
        canRemember: ['no'],
      },
      signal,
    );
    try {
      assertLongEnough(passphrase);
      return passphrase;
    } catch (error) {
      passphrase.wipe();
      if (attempt + 1 >= MAX_NEW_ATTEMPTS) throw error;
    }
  }
}

async function writeCopy(
  writing: Writing,
  sealed: SealedBackup,
  { to, looked }: Chosen,
  counted: { readonly done: number; readonly total: number },
): Promise<Written> {
  const { setup, destinations } = writing;
  let label = to.replace(/^[a-z]+:/, '');
  try {
    if (isAppError(looked)) throw looked;
    const { path } = await destinations.find(to);
    const destination = await assertSamePlace(looked, path, aroundOf(setup, destinations));
    label = labelOf(destination);
    setup.onProgress({ step: 'writing', label, ...counted });
    return { ok: true, to, copy: await writeAndRecord(writing, sealed, destination) };
  } catch (error) {
    if (!isAppError(error)) throw error;
    return { ok: false, to, label, error: { ...toWire(error), details: { ...error.details } } };
  }
}

/** As a person calls the place: the drive's label, or the folder. */
export function labelOf({ drive, path }: Pick<Destination, 'drive' | 'path'>): string {
  return drive?.label ?? path;
}

async function writeAndRecord(writing: Writing, sealed: SealedBackup, destination: Destination) {
  const { path: folder, drive } = destination;
  const { setup, onWritten } = writing;
  const { recordsFile } = setup.places();
  const id = randomUUID();
  const where = placeOf(`${folder}/x`, drive, destination);
  await updateBackupRecords(recordsFile, (records) => beginWriting(records, { id, where, at: setup.now() }));
  try {
    await noteSwept(
      setup,
      await sweepLeftovers({ folder, where, recordsFile, now: setup.now(), except: id }),
    );
    const written = await writeBackup(folder, sealed, id);
    const place = placeOf(written.path, drive, destination);
    const records = await updateBackupRecords(recordsFile, (known) =>
      completeWriting(known, id, { written, where: place, now: setup.now().getTime() }),
    );
    const record = records.backups.at(-1);
    if (record === undefined) throw new Error('the record that was just added is missing');
    onWritten(record.id, written.path);
    return toCopyView(record, setup.now().getTime());
  } catch (error) {
    // An outcome was said to the person; only a crash leaves the note behind.
    await updateBackupRecords(recordsFile, (records) => endWriting(records, id));
    throw error;
  }
}
