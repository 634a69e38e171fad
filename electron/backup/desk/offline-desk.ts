/**
 * Keys that are kept offline, with a person: taken off this computer after two proven copies, brought back for one
 * operation, sent away again. Privileged process.
 */
import { AppError } from '../../../shared/errors.ts';
import type { ImpactView, Opener } from '../../../shared/ipc/backups.ts';
import { elsewhereText } from '../../../shared/place-words.ts';
import { listKeys } from '../../keystore/key-directory.ts';
import { findKey } from '../../keystore/store-key.ts';
import { type BackupRecord, loadBackupRecords, placeName, type VisitEnd } from '../backup-records.ts';
import { provenCopyLines } from '../copy-places.ts';
import { keyStanding } from '../copy-standing.ts';
import { readKeyFiles } from '../files-of-key.ts';
import { impactOfLosing, rolesOf } from '../key-impact.ts';
import { bringBack, foldersInDoubt, keepHere, sendAway, takeOffline } from '../offline-keys.ts';
import { withDisks } from '../real-places.ts';
import { type DeskSetup, keyNameOf } from './desk-setup.ts';
import type { Destinations } from './destinations.ts';
import { offlineText } from './impact-words.ts';
import { openWithPerson } from './opening.ts';
import { locateCopy } from '../locate-copy.ts';

/** What taking the key off this computer means. Throws `keystore/key-not-found`. */
export async function impactOf(setup: DeskSetup, keyId: string): Promise<ImpactView> {
  const { trustDir } = setup.places();
  const [stored, { keys }] = [await findKey(trustDir, keyId), await listKeys(trustDir)];
  const staying = new Set<string>(keys.map(({ id }) => id).filter((id) => id !== keyId));
  const roles = setup.verified().flatMap((repository) => rolesOf(repository, setup.crypto));
  const effects = impactOfLosing(keyId, roles, staying);
  return {
    key: keyNameOf(stored),
    roles: effects.map(({ gun, role, effect }) => ({ gun, role, effect })),
  };
}

/** Throws `backup/not-proven` before anything is asked, `prompt/cancelled`, and what `takeOffline` throws. */
export async function takeOfflineAsked(
  setup: DeskSetup,
  destinations: Destinations,
  keyId: string,
): Promise<void> {
  const { trustDir, recordsFile } = setup.places();
  const places = { trustDir, recordsFile, drives: await destinations.lookAtDrives() };
  const impact = await impactOf(setup, keyId);
  const stored = await findKey(trustDir, keyId);
  const doubtful = await foldersInDoubt(places, stored, setup.now());
  const records = await withDisks(await loadBackupRecords(recordsFile), places);
  const { sha256 } = await readKeyFiles(stored);
  const copies = await provenCopyLines(records, { id: keyId, sha256 }, places, setup.now().getTime());
  const name = keyTitle(impact.key.role);
  await setup.prompts.confirm({
    title: `Take the ${name} ${keyId.slice(0, 12)} offline?`,
    text: offlineText(impact, copies, [stored.path, ...stored.copies]),
    confirmLabel: `Take the ${name} offline`,
    destructive: true,
  });
  if (doubtful.length > 0) await confirmElsewhere(setup, keyId, doubtful);
  await takeOffline(places, keyId, setup.now(), doubtful);
}

/** SECURITY: the second question, and the ID is typed: a copy on the keys' own disk is lost together with them. */
async function confirmElsewhere({ prompts }: DeskSetup, keyId: string, folders: readonly string[]) {
  await prompts.confirm({
    title: 'Is the copy kept elsewhere, too?',
    text: elsewhereText(folders),
    confirmLabel: folders.length === 1 ? 'This folder is kept elsewhere' : 'These folders are kept elsewhere',
    destructive: true,
    typed: keyId.slice(0, 7),
  });
}

/** Ever: what was proven long ago may still open. */
function provenFor(record: BackupRecord, keyId: string, now: number): boolean {
  return keyStanding(record, keyId, now).at !== undefined;
}

/** `root key`, `repository key`, `signer key jeff`. */
export function keyTitle(role: string): string {
  if (role === 'root') return 'root key';
  if (role === 'targets') return 'repository key';
  return role === '' ? 'signer key' : `signer key ${role}`;
}

interface Return {
  readonly keyId: string;
  readonly how: Opener;
  readonly until: VisitEnd;
  readonly signal: AbortSignal;
}

/**
 * From a copy that is at hand, or from a file that the person chooses.
 * Throws what opening and `bringBack` throw, `backup/not-known` for a key that is not kept offline.
 */
export async function bringBackAsked(
  setup: DeskSetup,
  destinations: Destinations,
  { keyId, how, until, signal }: Return,
): Promise<void> {
  const { trustDir, recordsFile } = setup.places();
  const records = await loadBackupRecords(recordsFile);
  const offline = records.offline.find(({ id }) => id === keyId);
  if (offline === undefined) throw new AppError('backup/not-known', {});
  const name = keyTitle(offline.role);
  const proven = records.backups.filter((record) => provenFor(record, keyId, setup.now().getTime()));
  const at = await copyAtHand(proven, destinations);
  const path = at?.path ?? (await chooseBackup(setup, whereToLook(name, proven), signal));
  const backup = await openWithPerson(setup.prompts, {
    path,
    label: at?.label ?? path,
    purpose: [`Brings the ${name} ${keyId.slice(0, 12)} back to this computer, under its own passphrase.`],
    how,
    signal,
  });
  const drives = destinations.drives;
  await bringBack({ trustDir, recordsFile, drives }, backup, keyId, { until, now: setup.now() });
}

/** The title of the choice: where the copies are comes first, because none of them is at hand. */
function whereToLook(name: string, proven: readonly BackupRecord[]): string {
  const places = [...new Set(proven.map(({ place }) => placeName(place)))];
  if (places.length === 0) return `Choose a backup that holds the ${name}`;
  const which = places.length === 1 ? 'which is not here' : 'none of which is here';
  return `The ${name} is on ${places.join(' and ')}, ${which}: choose another backup that holds it, or cancel, plug in the drive and begin again`;
}

/** The newest copy whose drive or folder is there. */
async function copyAtHand(
  records: readonly BackupRecord[],
  destinations: Destinations,
): Promise<{ path: string; label: string } | undefined> {
  const drives = await destinations.lookAtDrives();
  for (const record of records.toReversed()) {
    const path = await locateCopy(record, drives);
    if (path !== undefined) return { path, label: placeName(record.place) };
  }
  return undefined;
}

/** Main asks; the window never names a path. Throws `prompt/cancelled`. */
export async function chooseBackup(
  { prompts }: DeskSetup,
  title: string,
  signal?: AbortSignal,
): Promise<string> {
  const [file] = await prompts.chooseFile({ title, want: 'file' }, signal);
  if (file === undefined) throw new AppError('prompt/cancelled', {});
  return file;
}

/** Throws what `sendAway` throws. */
export async function sendAwayNow(
  setup: DeskSetup,
  destinations: Destinations,
  keyId: string,
): Promise<void> {
  const { trustDir, recordsFile } = setup.places();
  const { offline } = await loadBackupRecords(recordsFile);
  const kept = offline.find(({ id }) => id === keyId);
  // A key that was restored although it is kept offline is no visitor, and goes only with a question.
  if (kept?.state === 'away') return takeOfflineAsked(setup, destinations, keyId);
  const drives = await destinations.lookAtDrives();
  await sendAway({ trustDir, recordsFile, drives }, keyId, setup.now());
}

/** It stays on this computer and is no longer counted as offline, after a question. */
export async function keepHereAsked(setup: DeskSetup, keyId: string): Promise<void> {
  const { trustDir, recordsFile } = setup.places();
  const stored = await findKey(trustDir, keyId);
  const name = keyTitle(stored.role);
  await setup.prompts.confirm({
    title: `Keep the ${name} on this computer?`,
    text: 'It stays in the trust directory, under its passphrase, until it is taken offline again.',
    confirmLabel: `Keep the ${name} here`,
    destructive: false,
  });
  await keepHere({ recordsFile }, keyId);
}
