/**
 * The drill with a person: the drive unplugged and plugged in again where that is possible, the passphrase typed, every
 * key tried, the result recorded. Privileged process.
 */
import { realpath } from 'node:fs/promises';
import { basename, dirname, join, relative } from 'node:path';
import { AppError } from '../../../shared/errors.ts';
import type { DrillView, Opener, Progress } from '../../../shared/ipc/backups.ts';
import {
  type BackupPlace,
  type BackupRecord,
  loadBackupRecords,
  mayBeAt,
  placeName,
  updateBackupRecords,
} from '../backup-records.ts';
import { addProof } from '../record-drills.ts';
import { type Drive, driveOf, watchDrives } from '../drives.ts';
import { noteFailedRead } from '../note-damage.ts';
import { type BackupProof, type KeyPassphrases, proveOpened } from '../prove-backup.ts';
import type { BackupKey, OpenedBackup } from '../read-backup.ts';
import { isStillOn, placeAt } from '../real-places.ts';
import { sweepLeftovers } from '../sweep-leftovers.ts';
import { isFile } from '../locate-copy.ts';
import { type DeskSetup, keyNameOf } from './desk-setup.ts';
import type { DeskSession } from './desk-session.ts';
import { noteSwept } from './noting.ts';
import { openWithPerson } from './opening.ts';

export interface Proving {
  readonly setup: DeskSetup;
  readonly session: DeskSession;
  readonly signal: AbortSignal;
}

export interface ProofWish {
  readonly path: string;
  readonly drives: readonly Drive[];
  /** The record of the copy, where it is known to be one. */
  readonly record: BackupRecord | undefined;
  /** Ask for the drive to be unplugged first. */
  readonly replug: boolean;
  readonly how: Opener;
}

/**
 * Throws what opening throws, after every record of that file was noted as failed when it is damaged or another file by
 * now; `prompt/cancelled`, and then no drill is recorded.
 */
export async function proveCopy(proving: Proving, wish: ProofWish): Promise<DrillView> {
  const { setup, signal } = proving;
  const { path: given, drives } = wish.replug ? await afterReplug(proving, wish) : wish;
  // Two ways to one folder are one place.
  const path = await realpath(given).catch(() => given);
  const { trustDir } = setup.places();
  const place = await placeAt(path, { drives, trustDir });
  const { opened, keys } = await openAndTry(proving, wish, { path, place });
  const proof = await proveOpened(opened, keys, setup.now());
  const replugged = wish.replug && place.kind === 'drive';
  // The person went away in the middle: keys that nobody could be asked about prove nothing.
  if (signal.aborted) throw new AppError('prompt/cancelled', {});
  const records = await updateBackupRecords(setup.places().recordsFile, (known) =>
    addProof(known, proof, place, { recordId: wish.record?.id, replugged }),
  );
  const now = setup.now();
  const { recordsFile } = setup.places();
  await noteSwept(setup, await sweepLeftovers({ folder: dirname(path), where: place, recordsFile, now }));
  return toDrillView(proof, placeName(place), recordOf(records.backups, proof, { place, wish }));
}

/** As in `DrillView`. */
const paper = 'Recovery sheet';

/** The drill of the paper. Nothing is recorded. Throws `prompt/cancelled`. */
export async function provePaper(proving: Proving, opened: OpenedBackup): Promise<DrillView> {
  const proof = await proveOpened(opened, counted(proving, opened.keys, 'paper'), proving.setup.now());
  if (proving.signal.aborted) throw new AppError('prompt/cancelled', {});
  return toDrillView({ ...proof, path: paper }, 'paper', undefined);
}

/** The ID of the record that the drill was noted on. */
function recordOf(
  backups: readonly BackupRecord[],
  { sha256 }: BackupProof,
  { place, wish }: { readonly place: BackupPlace; readonly wish: ProofWish },
): string | undefined {
  const same = backups.filter(({ file }) => file.sha256 === sha256);
  const isNamed = (record: BackupRecord) => record.id === wish.record?.id && mayBeAt(record.place, place);
  const found = same.find(isNamed) ?? same.find((it) => it.place.id === place.id);
  return found?.id;
}

async function openAndTry(
  proving: Proving,
  wish: ProofWish,
  { path, place }: { readonly path: string; readonly place: BackupPlace },
): Promise<{ opened: OpenedBackup; keys: KeyPassphrases }> {
  const { setup, session, signal } = proving;
  const label = placeName(place);
  setup.onProgress({ step: 'reading', label });
  try {
    const opened = await openWithPerson(setup.prompts, {
      path,
      label,
      purpose: ['Opens the copy to try every key in it. Nothing on this computer is changed.'],
      how: wish.how,
      signal,
      known: session.typed,
      keep: (passphrase) => session.keep(passphrase),
      onAsking: () => setup.onProgress({ step: 'asking', label }),
      onOpening: () => setup.onProgress({ step: 'opening', label }),
    });
    if (!(await isStillOn(path, place, setup.drives)))
      throw new AppError('backup/changed-meanwhile', { path });
    return { opened, keys: counted(proving, opened.keys, label) };
  } catch (error) {
    const failed = { path, place, recordId: wish.record?.id, error, at: setup.now() };
    if (await isStillOn(path, place, setup.drives)) await noteFailedRead(setup.places().recordsFile, failed);
    throw error;
  }
}

/** Says which key is tried while its passphrase is looked for. */
function counted({ setup, session, signal }: Proving, keys: readonly BackupKey[], label: string) {
  const purpose = [
    `Tries the key in the copy on ${label}: it signs a test message, and nothing else.`,
    'Cancel leaves this key out; the copy is then not wholly proven.',
  ];
  const passphrases = session.passphrasesFor(purpose, signal);
  const say = (done: number, key: BackupKey | undefined): void => {
    const progress: Progress = { step: 'trying-keys', label, done, total: keys.length };
    setup.onProgress(key === undefined ? progress : { ...progress, key: keyNameOf(key) });
  };
  say(0, keys[0]);
  const wrapped: KeyPassphrases = (key, attempt) => {
    say(keys.indexOf(key), key);
    return passphrases(key, attempt);
  };
  return wrapped;
}

/** SECURITY: what the system still has in memory would prove nothing about the drive. */
async function afterReplug(
  { setup, signal }: Proving,
  { path, drives }: ProofWish,
): Promise<{ path: string; drives: readonly Drive[] }> {
  const drive = driveOf(path, drives);
  if (drive === undefined) return { path, drives };
  const inside = relative(drive.mountPoint, path);
  setup.onProgress({ step: 'unplug', label: drive.label });
  let wasGone = false;
  for await (const now of watchDrives(watchOptions(setup, signal))) {
    const found = now.find(({ id }) => id === drive.id);
    if (found === undefined && !wasGone) setup.onProgress({ step: 'plug-in', label: drive.label });
    wasGone ||= found === undefined;
    const back = found === undefined ? undefined : join(found.mountPoint, inside);
    if (wasGone && back !== undefined && (await isFile(back))) return { path: back, drives: now };
  }
  throw new AppError('prompt/cancelled', {});
}

function watchOptions({ drives, lookEvery }: DeskSetup, signal: AbortSignal) {
  return {
    signal,
    ...(drives === undefined ? {} : { source: drives }),
    ...(lookEvery === undefined ? {} : { every: lookEvery }),
  };
}

/** Throws `backup/not-known`. */
export async function findRecord(recordsFile: string, id: string): Promise<BackupRecord> {
  const { backups } = await loadBackupRecords(recordsFile);
  const found = backups.find((backup) => backup.id === id);
  if (found === undefined) throw new AppError('backup/not-known', {});
  return found;
}

function toDrillView(proof: BackupProof, label: string, copy: string | undefined): DrillView {
  const { path, size, protection, created, at, complete, keys, problems } = proof;
  return {
    ...(copy === undefined ? {} : { copy }),
    name: basename(path),
    label,
    size,
    seal: protection,
    at: Date.parse(at),
    complete,
    keys: keys.map((key) => ({ ...keyNameOf(key), outcome: key.outcome })),
    problems: [...problems],
    ...(created === undefined ? {} : { created: Date.parse(created) }),
  };
}
