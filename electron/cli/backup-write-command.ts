/**
 * `trustdesk backup write DEST...`: one backup to as many drives or folders as are named, recorded as unproven. Command
 * line. Each copy stands for itself: a drive that is full does not cost the others.
 */
import { randomUUID } from 'node:crypto';
import path from 'node:path';
import { AppError, isAppError } from '../../shared/errors.ts';
import { textOf } from '../../shared/error-texts.ts';
import { placeOf, updateBackupRecords } from '../backup/backup-records.ts';
import { beginWriting, completeWriting, endWriting } from '../backup/record-writing.ts';
import { collectBackup } from '../backup/collect.ts';
import type { Destination } from '../backup/destination.ts';
import { assertSamePlace, type MarkedPlace, markPlace } from '../backup/same-place.ts';
import {
  type Protection,
  sealBackup,
  type SealedBackup,
  writeBackup,
  type WrittenBackup,
} from '../backup/write-backup.ts';
import { placeWarnings } from '../../shared/place-words.ts';
import { version } from '../version.ts';
import { type Arguments, isOn, type RunCommand, usage, valuesOf } from './command.ts';
import { printable } from './columns.ts';
import { chooseForBackup } from './backup-choice.ts';
import { shellWord } from '../files/shell-word.ts';
import { aroundOf, placeGiven, realPlace, sizeText } from './backup-places.ts';
import { type KeyDesk, openOwnDesk } from './key-desk.ts';
import { generateOf, newPassphrase } from './new-passphrase.ts';
import { shortName } from './pick-key.ts';
import { backupVariable } from './secrets.ts';
import { sweepSaying } from './sweep-leftovers.ts';
import type { Terminal } from './terminal.ts';

export const runBackupWrite: RunCommand = async (args, terminal) => {
  const desk = await openOwnDesk(terminal);
  const { choice, isShort } = await chooseForBackup(desk, args, terminal);
  const about = { created: terminal.now(), writer: `trustdesk ${version}` };
  const sources = { trustDir: desk.trustDirectory, settingsFile: desk.settingsFile };
  const contents = await collectBackup(sources, choice, about);
  const places = await lookAtAll(desk, args, terminal);
  const destinations = places.map(({ destination }) => destination);
  const notes = noteLines(destinations, args);
  for (const line of notes) terminal.stderr.write(`${line}\n`);
  const names = contents.manifest.keys.map(shortName);
  if (isOn(args, 'dry-run')) return rehearse(names, contents.entries.length, destinations, args, terminal);
  const { protection, wipe } = await chooseProtection(desk, args, terminal);
  const sealed = await sealBackup(contents, protection).finally(wipe);
  const results: Result[] = [];
  for (const place of places) {
    const result = await writeOne(place, sealed, desk, terminal);
    if (!isOn(args, 'json')) sayResult(result, names, terminal);
    results.push(result);
  }
  const exitCode = finish(results, args, terminal);
  return isShort ? 1 : exitCode;
};

/** Before anything is asked: a drive that is missing is found out now. @throws `files/no-folder`, `files/write-failed` */
async function lookAtAll(
  desk: KeyDesk,
  args: Arguments,
  terminal: Terminal,
): Promise<readonly MarkedPlace[]> {
  const around = await aroundOf(desk, terminal);
  const folders = await Promise.all(args.operands.map((given) => placeGiven(given, terminal)));
  const looked = folders.map(async (folder) => {
    const found = await markPlace(await realPlace(folder), around);
    if (!found.destination.isReadOnly) return found;
    throw new AppError('files/write-failed', { path: folder, reason: 'it is read-only' });
  });
  return Promise.all(looked);
}

function placeName({ drive, path: folder }: Destination): string {
  return printable(drive === undefined ? folder : `${drive.label} (${folder})`);
}

function noteLines(destinations: readonly Destination[], args: Arguments): readonly string[] {
  const of = destinations.flatMap((destination) => {
    const name = placeName(destination);
    const { drive, medium, keepsPermissions } = destination;
    const kind = drive === undefined ? 'folder' : 'drive';
    return placeWarnings({ kind, medium, keepsPermissions }).map(
      ({ tone, text }) => `${tone === 'bad' ? 'Warning' : 'Note'}: ${name}: ${text}`,
    );
  });
  const places = new Set(destinations.map(({ drive, path: folder }) => drive?.id ?? folder));
  const single =
    places.size < 2 ? ['Note: one place is not enough. Two are asked for before a key goes offline.'] : [];
  const plain = isOn(args, 'plain-tar')
    ? [
        'Warning: private_keys_backup.tar.gz is not encrypted as a whole; each key has its own passphrase only.',
      ]
    : [];
  return [...of, ...single, ...plain];
}

function rehearse(
  names: readonly string[],
  files: number,
  destinations: readonly Destination[],
  args: Arguments,
  terminal: Terminal,
): number {
  const to = destinations.map((destination) => placeName(destination));
  const text = `Would write ${files} files with ${names.length} keys (${names.join(', ')}) to ${to.join(' and ')}\n`;
  const facts = { keys: names, files, to: destinations };
  terminal.stdout.write(
    isOn(args, 'json') ? `${JSON.stringify(facts, undefined, 4)}\n` : printable(text.trimEnd()) + '\n',
  );
  return 0;
}

interface ChosenProtection {
  readonly protection: Protection;
  readonly wipe: () => void;
}

async function chooseProtection(
  desk: KeyDesk,
  args: Arguments,
  terminal: Terminal,
): Promise<ChosenProtection> {
  const recipients = valuesOf(args, 'recipient');
  const plain = isOn(args, 'plain-tar');
  if (plain && recipients.length > 0) throw usage('--plain-tar is not encrypted, so it has no --recipient');
  if (plain) return { protection: { kind: 'plain', trustDir: desk.trustDirectory }, wipe: () => undefined };
  if (recipients.length > 0) return { protection: { kind: 'recipients', recipients }, wipe: () => undefined };
  const wanted = { name: 'backup', variable: backupVariable, generate: generateOf(args) };
  const passphrase = await newPassphrase(wanted, terminal);
  const { workFactor } = terminal;
  const cost = workFactor === undefined ? {} : { workFactor };
  return { protection: { kind: 'passphrase', passphrase, ...cost }, wipe: () => passphrase.wipe() };
}

interface Result {
  readonly destination: Destination;
  readonly written?: WrittenBackup;
  readonly error?: AppError;
}

/** SECURITY: the place was looked at before the passphrase was typed, which takes long enough to pull a drive out. */
async function writeOne(
  marked: MarkedPlace,
  sealed: SealedBackup,
  desk: KeyDesk,
  terminal: Terminal,
): Promise<Result> {
  const { destination } = marked;
  try {
    const around = await aroundOf(desk, terminal);
    const now = await assertSamePlace(marked, destination.path, around);
    return await writeTo(now, sealed, desk, terminal);
  } catch (error) {
    if (!isAppError(error)) throw error;
    return { destination, error };
  }
}

async function writeTo(
  destination: Destination,
  sealed: SealedBackup,
  desk: KeyDesk,
  terminal: Terminal,
): Promise<Result> {
  const id = randomUUID();
  const { drive, path: folder } = destination;
  const where = placeOf(path.join(folder, 'x'), drive, destination);
  const { recordsFile } = desk;
  await updateBackupRecords(recordsFile, (known) => beginWriting(known, { id, where, at: terminal.now() }));
  try {
    await sweepSaying({ folder, where, except: id }, desk, terminal);
    const written = await writeBackup(folder, sealed, id);
    const now = terminal.now().getTime();
    await updateBackupRecords(recordsFile, (known) => completeWriting(known, id, { written, where, now }));
    const details = { file: written.path, keyIds: written.keys.map((key) => key.id), sha256: written.sha256 };
    await desk.record('backup-written', `Wrote a backup to ${placeName(destination)}`, details);
    return { destination, written };
  } catch (error) {
    // What could not be noted stays as a writing that was cut off; why nothing was written is what is said.
    await updateBackupRecords(recordsFile, (known) => endWriting(known, id)).catch(() => undefined);
    throw error;
  }
}

function sayResult(
  { destination, written, error }: Result,
  names: readonly string[],
  terminal: Terminal,
): void {
  if (written !== undefined) {
    const keys = `${names.length} ${names.length === 1 ? 'key' : 'keys'}, ${sizeText(written.size)}`;
    const on = destination.drive === undefined ? '' : ` on ${printable(destination.drive.label)}`;
    terminal.stdout.write(`Wrote ${printable(written.path)} (${keys})${on}\n`);
  }
  if (error === undefined) return;
  const { title, fix } = textOf(error);
  const name = placeName(destination);
  terminal.stderr.write(`Nothing was written to ${name}: ${printable(title)}\n  ${printable(fix)}\n`);
}

function finish(results: readonly Result[], args: Arguments, terminal: Terminal): number {
  const written = results.flatMap((result) => result.written ?? []);
  if (isOn(args, 'json')) terminal.stdout.write(`${JSON.stringify(results.map(toJson), undefined, 4)}\n`);
  else if (written.length > 0) terminal.stdout.write(nextStep(results));
  return written.length === results.length ? 0 : 1;
}

/** A backup is unproven until it was read back. */
function nextStep(results: readonly Result[]): string {
  const done = results.filter(({ written }) => written !== undefined);
  const unplug = done.some(({ destination }) => destination.drive !== undefined)
    ? 'Unplug the drives, plug them in again, and prove'
    : 'Prove';
  const files = done.map(({ written }) => printable(shellWord(written?.path ?? '')));
  return `Not proven yet. ${unplug} ${done.length === 1 ? 'it' : 'them'}:\n  trustdesk backup check ${files.join(' ')}\n`;
}

function toJson({ destination, written, error }: Result): object {
  const { path: folder, drive } = destination;
  const place = { folder, drive: drive?.label };
  if (error !== undefined) return { ...place, error: { code: error.code, ...textOf(error) } };
  return { ...place, ...written, proven: false };
}
