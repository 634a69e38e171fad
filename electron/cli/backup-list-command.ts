/** `trustdesk backup list` and `backup drives`: what is known of copies and offline keys, and where one could go. Command line. */
import { stat, statfs } from 'node:fs/promises';
import { join } from 'node:path';
import {
  type BackupRecord,
  type BackupRecords,
  type OfflineKey,
  placeName,
} from '../backup/backup-records.ts';
import { interruptedWrites } from '../backup/record-writing.ts';
import {
  copyStanding,
  holderText,
  keyBackupState,
  keyStanding,
  provenKeys,
} from '../backup/copy-standing.ts';
import { drillReminder, overdueText, standingText } from '../../shared/copy-standing.ts';
import { placeDoubt } from '../../shared/place-words.ts';
import type { Drive } from '../backup/drives.ts';
import { overdueVisits } from '../backup/end-visits.ts';
import { type PlacedBackup, type PlacedRecords, withDisks } from '../backup/real-places.ts';
import { shellWord } from '../files/shell-word.ts';
import { listKeys, type StoredKey } from '../keystore/key-directory.ts';
import { aroundOf, drivesOf, sizeText } from './backup-places.ts';
import { isOn, type RunCommand } from './command.ts';
import { dockerTable, printable, tableLines } from './columns.ts';
import { type KeyDesk, openOwnDesk } from './key-desk.ts';
import { shortName } from './pick-key.ts';
import { type Terminal, writeAll } from './terminal.ts';

export const runBackupList: RunCommand = async (args, terminal) => {
  const desk = await openOwnDesk(terminal);
  const [known, { keys }] = await Promise.all([desk.records(), listKeys(desk.trustDirectory)]);
  const around = await aroundOf(desk, terminal);
  const records = await withDisks(known, around);
  const now = terminal.now().getTime();
  if (isOn(args, 'json')) {
    terminal.stdout.write(`${JSON.stringify(toJson(records, keys, now), undefined, 4)}\n`);
    return 0;
  }
  writeAll(terminal.stdout, copyTable(records.backups, now));
  for (const line of offlineLines(records, keys, now)) terminal.stdout.write(`${line}\n`);
  for (const line of reminders(records, keys, { now, drives: around.drives }))
    terminal.stdout.write(`${line}\n`);
  return 0;
};

function* copyTable(backups: readonly BackupRecord[], now: number): Generator<string> {
  if (backups.length === 0) {
    yield 'No backups are recorded on this computer.\n';
    return;
  }
  const rows = backups.map((backup) => {
    const { created, file, place, keys } = backup;
    const proof = standingText(copyStanding(backup, now), dayOf);
    const state = [proof, placeDoubt(place.medium)].filter((part) => part !== '').join(', ');
    return [created.slice(0, 10), file.name, placeName(place), String(keys.length), state];
  });
  yield* tableLines(dockerTable, [['WRITTEN', 'FILE', 'PLACE', 'KEYS', 'STATE'], ...rows]);
}

const dayOf = (at: number): string => new Date(at).toISOString().slice(0, 10);

/** Where an offline key is from then on. */
function offlineLines(
  { offline, backups }: BackupRecords,
  keys: readonly StoredKey[],
  now: number,
): readonly string[] {
  const here = new Set<string>(keys.map(({ id }) => id));
  if (offline.length === 0) return [];
  const holders = (id: string) => backups.filter((backup) => keyStanding(backup, id, now).at !== undefined);
  const placesOf = (id: string) => [...new Set(holders(id).map((backup) => holderText(backup, id, now)))];
  const lines = offline.map((key) => `  ${offlineLine(key, here.has(key.id), placesOf(key.id))}`);
  return ['', 'Kept offline:', ...lines];
}

function offlineLine(key: OfflineKey, isHere: boolean, places: readonly string[]): string {
  const on = places.length === 0 ? 'no proven copy is recorded any more' : places.join(', ');
  return printable(`${shortName(key)} ${key.id}: ${whereabouts(key, isHere)}; copies: ${on}`);
}

/** What the record says and what the key store says, together. */
function whereabouts(key: OfflineKey, isHere: boolean): string {
  const { id, state, since, usedAt } = key;
  const day = since.slice(0, 10);
  const short = id.slice(0, 7);
  if (!isHere) return state === 'visiting' ? `its return on ${day} was cut off` : `away since ${day}`;
  if (overdueVisits([key], new Set([id])).length > 0)
    return `HERE since ${day}. ${overdueText(usedAt?.slice(0, 10))} with \`trustdesk backup send-away ${short}\``;
  if (state === 'visiting')
    return `HERE for a visit since ${day}: \`trustdesk backup send-away ${short}\` ends it`;
  const keep = `or \`trustdesk backup keep ${short}\``;
  return state === 'leaving'
    ? `HERE, for its removal was cut off: \`trustdesk backup send-away ${short}\` ${keep}`
    : `HERE, for it was restored: \`trustdesk backup offline ${short}\` ${keep}`;
}

function reminders(
  records: PlacedRecords,
  keys: readonly StoredKey[],
  { now, drives }: { readonly now: number; readonly drives: readonly Drive[] },
): readonly string[] {
  const cut = interruptedWrites(records, now).map(
    ({ place, since }) =>
      `Writing a backup to ${printable(placeName(place))} was cut off on ${since.slice(0, 10)}: write it there again.`,
  );
  const states = keys.map((key) => ({ key, state: keyBackupState(records, key.id, now) }));
  const none = states.filter(({ state }) => state.copies === 0).map(({ key }) => shortName(key));
  const beside = states.filter(({ state }) => state.besideKeys === true).map(({ key }) => shortName(key));
  const due = records.backups.filter((backup) => copyStanding(backup, now).kind !== 'proven');
  const yearly = drillReminder(provenKeys(records, keys, now), now, dayOf);
  const lines = [
    ...cut,
    ...(yearly === undefined ? [] : [printable(yearly)]),
    ...(none.length === 0 ? [] : [`In no backup: ${printable(none.join(', '))}`]),
    ...(beside.length === 0
      ? []
      : [`Proven on the disk of the keys only, and lost with it: ${printable(beside.join(', '))}`]),
    ...(due.length === 0 ? [] : ['To be checked:', ...due.map((backup) => `  ${checkLine(backup, drives)}`)]),
  ];
  return lines.length === 0 ? [] : ['', ...lines];
}

/** Of a folder `check` takes the newest file only, so the file is named. */
function checkLine({ place, file }: PlacedBackup, drives: readonly Drive[]): string {
  const drive = drives.find(({ id }) => `drive:${id}` === place.real);
  if (place.kind === 'drive' && drive === undefined) {
    return printable(`${file.name} on ${placeName(place)}, once the drive is plugged in`);
  }
  const folder = drive === undefined ? place.label : join(drive.mountPoint, place.folder ?? '');
  return printable(`trustdesk backup check ${shellWord(join(folder, file.name))}`);
}

function toJson(records: BackupRecords, keys: readonly StoredKey[], now: number): object {
  return {
    copies: records.backups.map((backup) => ({
      ...backup,
      standing: copyStanding(backup, now),
      checkDue: copyStanding(backup, now).kind !== 'proven',
    })),
    offline: records.offline.map((key) => ({ ...key, here: keys.some(({ id }) => id === key.id) })),
    keys: keys.map(({ id, role, gun }) => ({ id, role, gun, ...keyBackupState(records, id, now) })),
    interrupted: interruptedWrites(records, now),
  };
}

export const runBackupDrives: RunCommand = async (args, terminal) => {
  const [drives, desk] = await Promise.all([drivesOf(terminal), openOwnDesk(terminal)]);
  const facts = await Promise.all(
    drives.map(async (drive) => ({ ...drive, ...(await lookAt(drive.mountPoint, desk)) })),
  );
  if (isOn(args, 'json')) terminal.stdout.write(`${JSON.stringify(facts, undefined, 4)}\n`);
  else if (facts.length === 0) sayNoDrives(terminal);
  else {
    const rows = facts.map(({ label, mountPoint, fileSystem, sizeBytes, freeBytes, note }) => {
      const free = freeBytes === undefined ? '' : sizeText(freeBytes);
      return [label, mountPoint, fileSystem, sizeText(sizeBytes), free, note];
    });
    const header = ['LABEL', 'MOUNTED AT', 'FILE SYSTEM', 'SIZE', 'FREE', 'NOTE'];
    writeAll(terminal.stdout, tableLines(dockerTable, [header, ...rows]));
  }
  return 0;
};

async function lookAt(
  mountPoint: string,
  desk: KeyDesk,
): Promise<{ readonly freeBytes: number | undefined; readonly note: string }> {
  const system = await statfs(mountPoint).catch(() => undefined);
  const [there, own] = await Promise.all([deviceOf(mountPoint), deviceOf(desk.trustDirectory)]);
  const note = there !== undefined && there === own ? 'the keys themselves are on it' : '';
  return { freeBytes: system === undefined ? undefined : system.bavail * system.bsize, note };
}

function deviceOf(folder: string): Promise<number | undefined> {
  return stat(folder).then(
    ({ dev }) => dev,
    () => undefined,
  );
}

function sayNoDrives({ stdout }: Terminal): void {
  stdout.write('No drive that can be unplugged is mounted. Plug one in, or name any folder.\n');
}
