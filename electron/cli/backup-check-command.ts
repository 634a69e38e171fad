/**
 * `trustdesk backup check FILE|DIR...`: the drill. The copy is opened from where it lies, every key in it is decrypted,
 * matched to its ID and made to sign a nonce; what came of it is recorded. Command line. Only this makes a copy proven.
 */
import path from 'node:path';
import { AppError } from '../../shared/errors.ts';
import { type BackupPlace, updateBackupRecords } from '../backup/backup-records.ts';
import { addProof } from '../backup/record-drills.ts';
import { type Drive, driveOf } from '../backup/drives.ts';
import { afterReplug } from './after-replug.ts';
import { drillPassphrases, type DrillPassphrases } from '../backup/key-passphrases.ts';
import { noteFailedRead } from '../backup/note-damage.ts';
import { type BackupProof, type KeyProofOutcome, proveOpened } from '../backup/prove-backup.ts';
import type { OpenedBackup } from '../backup/read-backup.ts';
import { isStillOn, placeAt } from '../backup/real-places.ts';
import { BackupOpener } from './backup-opening.ts';
import { drivesOf, findBackup, placeGiven, sayOthers } from './backup-places.ts';
import { type Arguments, isOn, type RunCommand, usage } from './command.ts';
import { nameOfSheet, openSheet, type SheetSource, sheetSourceOf } from './sheet-source.ts';
import { skippable, toCancelled } from './skippable-prompt.ts';
import { dockerTable, printable, tableLines } from './columns.ts';
import { type KeyDesk, openOwnDesk } from './key-desk.ts';
import { sweepSaying } from './sweep-leftovers.ts';
import { type Terminal, writeAll } from './terminal.ts';

export const runBackupCheck: RunCommand = async (args, terminal) => {
  const sheet = sheetSourceOf(args);
  if (args.operands.length > 0 === (sheet !== undefined)) {
    throw usage(
      "'trustdesk backup check' requires at least 1 argument, or a recovery sheet with --code-text or --code-picture",
    );
  }
  if (sheet !== undefined) return checkSheet(sheet, args, terminal);
  const desk = await openOwnDesk(terminal);
  const opener = new BackupOpener(args, terminal);
  // One for all copies: what opened a key in the first is tried on the next.
  const drill = drillPassphrases(skippable(terminal), terminal.env, { purpose, skippable: true });
  const proofs: (BackupProof & { readonly place: string })[] = [];
  try {
    for (const given of args.operands) {
      const target = await placeGiven(given, terminal);
      const checked = await checkOne(target, { desk, opener, drill, args, terminal });
      if (!isOn(args, 'json')) writeAll(terminal.stdout, report(checked));
      proofs.push({ ...checked.proof, place: checked.place.label });
    }
  } finally {
    opener.end();
    drill.end();
  }
  if (isOn(args, 'json')) terminal.stdout.write(`${JSON.stringify(proofs, undefined, 4)}\n`);
  return proofs.every(({ complete }) => complete) ? 0 : 1;
};

/** The paper: nothing is stored, and nothing recorded, for paper is no copy that a key may leave for. */
async function checkSheet(source: SheetSource, args: Arguments, terminal: Terminal): Promise<number> {
  const opened = await openSheet(source, terminal);
  const drill = drillPassphrases(skippable(terminal), terminal.env, { purpose, skippable: true });
  const now = terminal.now();
  const proof = await proveOpened(opened, drill.passphrases, now)
    .catch(toCancelled)
    .finally(() => drill.end());
  const shown = { ...proof, path: nameOfSheet(source) };
  if (isOn(args, 'json')) terminal.stdout.write(`${JSON.stringify([shown], undefined, 4)}\n`);
  else writeAll(terminal.stdout, reportSheet(shown));
  return proof.complete ? 0 : 1;
}

function* reportSheet(proof: BackupProof): Generator<string> {
  yield `Recovery sheet ${printable(proof.path)}\n`;
  yield* proofTable(proof);
  const { keys, complete } = proof;
  const proven = keys.filter(({ outcome }) => outcome === 'proven').length;
  yield complete
    ? 'It works: every key on it was opened, matched to its ID, and signed a test message. Nothing was stored.\n'
    : `Not proven: ${proven} of ${keys.length} keys were opened and signed. Compare the text with the sheet, and repeat it with every passphrase at hand.\n`;
}

const purpose = [
  'To try the keys in the copy: each signs a test message, and nothing else.',
  'Enter alone leaves a key out; the copy is not proven then.',
];

interface Setting {
  readonly desk: KeyDesk;
  readonly opener: BackupOpener;
  readonly drill: DrillPassphrases;
  readonly args: Arguments;
  readonly terminal: Terminal;
}

interface Checked {
  readonly proof: BackupProof;
  readonly place: BackupPlace;
  readonly opened: OpenedBackup;
}

async function checkOne(given: string, setting: Setting): Promise<Checked> {
  const { desk, drill, terminal } = setting;
  const { file, drives } = await locate(given, setting);
  const place = await placeAt(file, { drives, trustDir: desk.trustDirectory });
  const opened = await openNoting(file, place, setting);
  if (!(await isStillOn(file, place, terminal.blockDevices)))
    throw new AppError('backup/changed-meanwhile', { path: file });
  const proof = await proveOpened(opened, drill.passphrases, terminal.now()).catch(toCancelled);
  // `locate` waits for every drive unless it was told not to.
  const replugged = place.kind === 'drive' && !isOn(setting.args, 'plugged-in');
  await updateBackupRecords(desk.recordsFile, (known) => addProof(known, proof, place, { replugged }));
  const title = `${proof.complete ? 'Proved' : 'Could not prove'} a backup on ${place.label}`;
  const { sha256, keys } = proof;
  await desk.record('backup-checked', title, { file, sha256, complete: proof.complete, keys: keys.length });
  await sweepSaying({ folder: path.dirname(file), where: place }, desk, terminal);
  return { proof, place, opened };
}

/** The file as it is after its drive was unplugged and plugged in, where a person can do that. */
async function locate(
  given: string,
  { args, terminal }: Setting,
): Promise<{ readonly file: string; readonly drives: readonly Drive[] }> {
  const before = await drivesOf(terminal);
  const found = await findBackup(given);
  const { file } = found;
  sayOthers(found, terminal);
  const drive = driveOf(file, before);
  if (drive === undefined) return { file, drives: before };
  if (isOn(args, 'plugged-in')) {
    // SECURITY: what the system still has in memory says little about the drive.
    terminal.stderr.write(`Note: ${printable(drive.label)} was not unplugged before it was read.\n`);
    return { file, drives: before };
  }
  const back = await afterReplug(drive, terminal);
  const moved = path.join(back.mountPoint, path.relative(drive.mountPoint, file));
  return { file: (await findBackup(moved)).file, drives: await drivesOf(terminal) };
}

/** A copy that was proven and cannot be opened any more no longer counts. */
async function openNoting(file: string, place: BackupPlace, { desk, opener, terminal }: Setting) {
  try {
    return await opener.open(file);
  } catch (error) {
    if (await isStillOn(file, place, terminal.blockDevices))
      await noteFailedRead(desk.recordsFile, { path: file, place, error, at: terminal.now() });
    throw error;
  }
}

const outcomes: Readonly<Record<KeyProofOutcome, string>> = {
  proven: 'ok',
  'not-tried': 'left out',
  'wrong-passphrase': 'wrong passphrase',
  'other-key': 'ANOTHER KEY',
  damaged: 'DAMAGED',
};

function* report({ proof, place, opened }: Checked): Generator<string> {
  const { path: file, created, problems, complete } = proof;
  const when = created === undefined ? '' : `, written ${created.slice(0, 10)}`;
  const by = opened.manifest === undefined ? '' : ` by ${printable(opened.manifest.writer)}`;
  const on = place.kind === 'drive' ? ` on ${printable(place.label)}` : '';
  yield `${printable(file)}${on}${when}${by}\n`;
  yield* proofTable(proof);
  for (const problem of problems) yield `Problem: ${printable(problem)}\n`;
  yield verdict(proof, complete);
}

function proofTable({ keys }: BackupProof): Iterable<string> {
  const rows = keys.map(({ outcome, role, gun, id }) => [outcomes[outcome], role, id, gun ?? '']);
  return tableLines(dockerTable, [['PROOF', 'ROLE', 'KEY ID', 'GUN'], ...rows]);
}

function verdict({ keys, problems }: BackupProof, complete: boolean): string {
  const proven = keys.filter(({ outcome }) => outcome === 'proven').length;
  if (complete) {
    const [all, ids] = keys.length === 1 ? ['its key was', 'ID'] : [`all ${keys.length} keys were`, 'IDs'];
    return `Proven: ${all} opened from this copy, matched to the ${ids}, and signed a test message.\n`;
  }
  const isBad =
    problems.length > 0 || keys.some(({ outcome }) => outcome === 'damaged' || outcome === 'other-key');
  const then = isBad
    ? 'Do not rely on this copy: write a new backup and check it.'
    : 'Repeat it with every passphrase at hand.';
  return `Not proven: ${proven} of ${keys.length} keys were opened from this copy and signed. ${then}\n`;
}
