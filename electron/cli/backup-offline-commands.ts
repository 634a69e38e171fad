/**
 * `trustdesk backup offline | bring-back | send-away | keep`: keys that live on drives and visit this computer for one
 * operation. Command line. A key leaves only when two copies of it are proven, and after what stops working was said.
 */
import { printableEach } from '../../shared/printable.ts';
import { AppError } from '../../shared/errors.ts';
import { withoutRootText } from '../../shared/without-root.ts';
import { elsewhereText } from '../../shared/place-words.ts';
import type { VisitEnd } from '../backup/backup-records.ts';
import { provenCopyLines } from '../backup/copy-places.ts';
import { readKeyFiles } from '../backup/files-of-key.ts';
import { impactOfLosing, rolesOf } from '../backup/key-impact.ts';
import {
  assertProven,
  bringBack,
  foldersInDoubt,
  keepHere,
  sendAway,
  takeOffline,
} from '../backup/offline-keys.ts';
import { withDisks } from '../backup/real-places.ts';
import { nodeCrypto } from '../crypto/node-crypto.ts';
import type { StoredKey } from '../keystore/key-directory.ts';
import { forgetPassphrase } from './end-visits.ts';
import { agrees, typesExactly } from './ask.ts';
import { BackupOpener } from './backup-opening.ts';
import { drivesOf, findSaying } from './backup-places.ts';
import { type Arguments, isOn, type RunCommand, usage, valueOf } from './command.ts';
import { printable } from './columns.ts';
import { type KeyDesk, openOwnDesk } from './key-desk.ts';
import { readKnownRepositories } from './known-repositories.ts';
import { pickById, pickStored, shortName } from './pick-key.ts';
import { doubtLines, impactLines } from './print-impact.ts';
import type { Terminal } from './terminal.ts';

const placesOf = async ({ trustDirectory, recordsFile }: KeyDesk, terminal: Terminal) => ({
  trustDir: trustDirectory,
  recordsFile,
  drives: await drivesOf(terminal),
});

export const runBackupOffline: RunCommand = async (args, terminal) => {
  const desk = await openOwnDesk(terminal);
  const stored = await pickStored(desk.trustDirectory, args.operands[0] ?? '');
  const places = await placesOf(desk, terminal);
  const doubtful = await foldersInDoubt(places, stored, terminal.now());
  const isSaid = isOn(args, 'kept-elsewhere');
  if (doubtful.length > 0 && isOn(args, 'yes') && !isSaid) await assertProven(places, stored, terminal.now());
  const records = await withDisks(await desk.records(), places);
  const key = { id: stored.id, sha256: (await readKeyFiles(stored)).sha256 };
  const copies = await provenCopyLines(records, key, places, terminal.now().getTime());
  terminal.stdout.write(await describe(stored, copies, desk, terminal));
  if (doubtful.length > 0) terminal.stderr.write(`Warning: ${printableEach(elsewhereText(doubtful))}\n`);
  if (isOn(args, 'dry-run')) return 0;
  const question = `Remove key ${shortName(stored)} from this computer and keep it offline?`;
  const short = stored.id.slice(0, 7);
  const isAgreed =
    (isOn(args, 'yes') || (await agrees(question, terminal))) &&
    (doubtful.length === 0 || isSaid || (await saysElsewhere(short, terminal)));
  if (!isAgreed) {
    terminal.stderr.write('\nAborting action.\n');
    return 1;
  }
  await takeOffline(places, stored.id, terminal.now(), doubtful);
  await forgetPassphrase(stored.id, terminal);
  await desk.record('key-taken-offline', `Took key ${shortName(stored)} offline`, { keyId: stored.id });
  terminal.stdout.write(
    `Key ${shortName(stored)} is no longer on this computer.\n` +
      `For one operation: trustdesk backup bring-back ${short} FILE, then trustdesk backup send-away ${short}\n`,
  );
  return 0;
};

/** SECURITY: a second answer, typed: a copy on the keys' own disk is lost together with them. */
function saysElsewhere(short: string, terminal: Terminal): Promise<boolean> {
  terminal.stdout.write('Only if the copies on the disk of the keys are kept elsewhere, too. ');
  return typesExactly(short, terminal);
}

async function describe(
  stored: StoredKey,
  copies: readonly string[],
  desk: KeyDesk,
  terminal: Terminal,
): Promise<string> {
  const [known, here, records] = await Promise.all([
    readKnownRepositories(desk, terminal),
    desk.keysHere(),
    desk.records(),
  ]);
  const offline = new Set(records.offline.map(({ id }) => id));
  const roles = known.flatMap(({ repository }) =>
    repository === undefined ? [] : rolesOf(repository, nodeCrypto),
  );
  const staying = new Set([...here].filter((id) => id !== stored.id));
  const impacts = impactOfLosing(stored.id, roles, staying, offline);
  const stillWorks = stored.role === 'root' ? withoutRootText() : [];
  const without =
    impacts.length === 0 ? [] : ['While it is away:', ...impactLines({ impacts }).map((line) => `  ${line}`)];
  const doubts = doubtLines(known).map((line) => `  ${line}`);
  const proven = ['Proven copies:', ...copies.map(printable)];
  const lines = [...stillWorks, ...without, ...doubts, ...proven, ...removedLines(stored)];
  return `${lines.join('\n')}\n`;
}

/** What goes, where it is more than the one file that docker and notary use. */
function removedLines({ path, copies }: StoredKey): readonly string[] {
  if (copies.length === 0) return [];
  return ['Files that are removed here:', ...[path, ...copies].map((file) => `  ${printable(file)}`)];
}

export const runBackupBringBack: RunCommand = async (args, terminal) => {
  const [given = '', from = ''] = args.operands;
  const visit = { until: untilOf(args), now: terminal.now() };
  const desk = await openOwnDesk(terminal);
  const file = await findSaying(from, terminal);
  const opener = new BackupOpener(args, terminal);
  const backup = await opener.open(file).finally(() => opener.end());
  const key = pickById(given, backup.keys);
  if (key === undefined) throw new AppError('backup/no-such-key', { keyId: given, path: file });
  if (isOn(args, 'dry-run')) {
    terminal.stdout.write(`Would bring back key ${shortName(key)} from ${printable(file)}\n`);
    return 0;
  }
  await bringBack(await placesOf(desk, terminal), backup, key.id, visit);
  await desk.record('key-brought-back', `Brought back key ${shortName(key)}`, { keyId: key.id, file });
  terminal.stdout.write(
    `Key ${shortName(key)} is here, under its own passphrase, until ${ends[visit.until]}:\n` +
      `  trustdesk backup send-away ${key.id.slice(0, 7)}\n`,
  );
  return 0;
};

const ends = {
  publish: 'a publish of Trustdesk that it signs, or until you send it away',
  'sent-away': 'you send it away',
} as const;

function untilOf(args: Arguments): VisitEnd {
  const given = valueOf(args, 'until') ?? 'publish';
  if (given === 'publish' || given === 'sent-away') return given;
  throw usage(`--until is publish or sent-away, not ${given}`);
}

/** A key by what the records say, for it need not be here. @throws `keystore/key-not-found`, `backup/not-visiting` */
async function pickOffline(desk: KeyDesk, given: string) {
  const found = pickById(given, (await desk.records()).offline);
  if (found !== undefined) return found;
  const { id } = await pickStored(desk.trustDirectory, given);
  throw new AppError('backup/not-visiting', { keyId: id });
}

export const runBackupSendAway: RunCommand = async (args, terminal) => {
  const desk = await openOwnDesk(terminal);
  const key = await pickOffline(desk, args.operands[0] ?? '');
  if (isDryRun(args, `Would remove key ${shortName(key)} from this computer again\n`, terminal)) return 0;
  await sendAway(await placesOf(desk, terminal), key.id, terminal.now());
  await forgetPassphrase(key.id, terminal);
  await desk.record('key-sent-away', `Sent key ${shortName(key)} away`, { keyId: key.id });
  terminal.stdout.write(`Key ${shortName(key)} is no longer on this computer.\n`);
  return 0;
};

export const runBackupKeep: RunCommand = async (args, terminal) => {
  const desk = await openOwnDesk(terminal);
  const { id } = await pickOffline(desk, args.operands[0] ?? '');
  // Only what is here can be kept here.
  const stored = await pickStored(desk.trustDirectory, id);
  if (isDryRun(args, `Would no longer count key ${shortName(stored)} as offline\n`, terminal)) return 0;
  await keepHere(desk, id);
  await desk.record('key-kept-here', `Kept key ${shortName(stored)} on this computer`, { keyId: id });
  terminal.stdout.write(
    `Key ${shortName(stored)} stays on this computer and is no longer counted as offline.\n`,
  );
  return 0;
};

function isDryRun(args: Arguments, text: string, terminal: Terminal): boolean {
  if (isOn(args, 'dry-run')) terminal.stdout.write(text);
  return isOn(args, 'dry-run');
}
