/**
 * `trustdesk backup sheet` and `backup split`: pages for paper, written 0600 into new files. Command line.
 * SECURITY: shares are secrets: they go into files of their own and nowhere else.
 */
import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { AppError } from '../../shared/errors.ts';
import { sharePages, recoverySheetPage } from '../backup/desk/sheet-page.ts';
import { copiesForPaper } from '../backup/copies-on-paper.ts';
import { isProvenFile } from '../backup/copy-standing.ts';
import { type PassphraseShare, splitPassphrase } from '../backup/passphrase-shares.ts';
import { type PrintableKey, printableFromCopy, printableFromStore } from '../backup/printable-key.ts';
import type { OpenedBackup } from '../backup/read-backup.ts';
import { makeRecoverySheet, type RecoverySheet } from '../backup/recovery-sheet.ts';
import { type NewFile, writeAllOrNone } from '../backup/write-all-or-none.ts';
import { shellWord } from '../files/shell-word.ts';
import { listKeys, type StoredKey } from '../keystore/key-directory.ts';
import { BackupOpener } from './backup-opening.ts';
import { findSaying } from './backup-places.ts';
import { type Arguments, isOn, type RunCommand, usage, valueOf, valuesOf } from './command.ts';
import { printable } from './columns.ts';
import { type KeyDesk, openOwnDesk } from './key-desk.ts';
import { pickStored, shortName } from './pick-key.ts';
import type { Terminal } from './terminal.ts';

export const runBackupSheet: RunCommand = async (args, terminal) => {
  const desk = await openOwnDesk(terminal);
  const { backups } = await desk.records();
  const keys = await printableKeys(args, desk, terminal);
  const now = terminal.now();
  const copies = copiesForPaper(backups, keys, now.getTime());
  const passphraseLine = isOn(args, 'passphrase-line');
  const withCode = codesFor(args, keys).map(({ id }) => id);
  const sheet = await makeRecoverySheet({ keys, withCode, copies, passphraseLine, now });
  const name = valueOf(args, 'output') ?? `recovery-sheet-${now.toISOString().slice(0, 10)}.html`;
  const page = path.resolve(terminal.workingDirectory, name);
  const codeText = `${page.replace(/\.html?$/i, '')}.txt`;
  if (isOn(args, 'dry-run')) {
    terminal.stdout.write(`Would write ${page} and ${codeText} with ${keys.map(shortName).join(', ')}\n`);
    return 0;
  }
  await writeAllOrNone([
    { file: page, text: recoverySheetPage(sheet) },
    { file: codeText, text: codeTextOf(sheet) },
  ]);
  await desk.record('sheet-written', 'Wrote a recovery sheet', { keyIds: keys.map(({ id }) => id) });
  const facts = { page, codeText, keys: keys.map(({ id, role }) => ({ id, role })) };
  if (isOn(args, 'json')) terminal.stdout.write(`${JSON.stringify(facts, undefined, 4)}\n`);
  else terminal.stdout.write(whatToDo(page, codeText));
  return 0;
};

function whatToDo(page: string, codeText: string): string {
  return (
    `Wrote the recovery sheet to ${page}\nWrote the text of its codes to ${codeText}\n` +
    'Print the sheet from a browser, fill in where the copies are, and delete both files.\n' +
    'The keys on it are encrypted, each under its own passphrase.\n'
  );
}

/** Of this computer; with `--from` those of a copy, as when the key is kept offline. */
async function printableKeys(
  args: Arguments,
  desk: KeyDesk,
  terminal: Terminal,
): Promise<readonly PrintableKey[]> {
  const from = valueOf(args, 'from');
  if (from === undefined) return (await chooseKeys(args, desk.trustDirectory)).map(printableFromStore);
  const file = await findSaying(from, terminal);
  const opener = new BackupOpener(args, terminal);
  const opened = await opener.open(file).finally(() => opener.end());
  await sayUnlessProven(opened, desk, terminal);
  return chooseFromCopy(opened, namedKeys(args));
}

/** @throws `backup/no-such-key` */
function chooseFromCopy(
  { keys, path: file }: OpenedBackup,
  named: readonly string[],
): readonly PrintableKey[] {
  const all = keys.flatMap((key) => printableFromCopy(key) ?? []);
  const missing = named.find((word) => !all.some(({ id }) => isNamedBy(id, word)));
  if (missing !== undefined) throw new AppError('backup/no-such-key', { keyId: missing, path: file });
  const chosen = named.length === 0 ? all : all.filter(({ id }) => named.some((word) => isNamedBy(id, word)));
  if (chosen.length === 0) throw usage('there is no key in the copy to print');
  return chosen;
}

const isNamedBy = (id: string, word: string): boolean => word.length >= 4 && id.startsWith(word);

/** A sheet is as good as the copy that it is made of. */
async function sayUnlessProven({ sha256, path: file }: OpenedBackup, desk: KeyDesk, terminal: Terminal) {
  const { backups } = await desk.records();
  if (isProvenFile(backups, sha256)) return;
  const place = printable(shellWord(file));
  terminal.stderr.write(`Note: nobody proved this copy from here: trustdesk backup check ${place}\n`);
}

/** Every key is listed; root keys get a code, or those that are named. */
async function chooseKeys(args: Arguments, trustDirectory: string): Promise<readonly StoredKey[]> {
  const { keys } = await listKeys(trustDirectory);
  const named = namedKeys(args);
  const picked = await Promise.all(named.map((id) => pickStored(trustDirectory, id)));
  const chosen = named.length === 0 ? keys : picked;
  if (chosen.length === 0) throw usage('there is no key here to print');
  return chosen;
}

function codesFor(args: Arguments, keys: readonly PrintableKey[]): readonly PrintableKey[] {
  return namedKeys(args).length > 0 ? keys : keys.filter(({ role }) => role === 'root');
}

function namedKeys(args: Arguments): readonly string[] {
  return valuesOf(args, 'key');
}

/** What readers of the codes give, one after the other: `backup restore --code-text` takes it. */
function codeTextOf({ keys }: RecoverySheet): string {
  const texts = keys.flatMap(({ codes }) => codes.map(({ text }) => text));
  return texts.map((text) => (text.endsWith('\n') ? text : `${text}\n`)).join('');
}

export const runBackupSplit: RunCommand = async (args, terminal) => {
  const { needed, total } = sharesOf(args);
  const folder = path.resolve(terminal.workingDirectory, valueOf(args, 'output') ?? '.');
  const file = await findSaying(args.operands[0] ?? '', terminal);
  const opener = new BackupOpener(args, terminal);
  try {
    // Opened first: shares of a mistyped passphrase would open nothing, and nobody would know until it is needed.
    const opened = await opener.open(file);
    if (isOn(args, 'dry-run')) {
      terminal.stdout.write(`Would write ${total} sheets to ${printable(folder)}\n`);
      return 0;
    }
    const passphrase = opener.passphrase();
    if (passphrase === undefined) throw usage(`${file} has no passphrase that could be split`);
    const shares = await splitPassphrase(passphrase, needed, total).finally(() => passphrase.wipe());
    const desk = await openOwnDesk(terminal);
    const files = await writeShares(shares, { folder, backup: path.basename(file), terminal });
    const details = { file, sha256: opened.sha256, needed, total, set: shares[0]?.set };
    await desk.record('passphrase-split', `Split the passphrase of a backup, ${needed} of ${total}`, details);
    const facts = { set: shares[0]?.set, needed, total, files };
    if (isOn(args, 'json')) terminal.stdout.write(`${JSON.stringify(facts, undefined, 4)}\n`);
    else terminal.stdout.write(splitText(shares, files));
    return 0;
  } finally {
    opener.end();
  }
};

/** @throws `cli/usage` */
function sharesOf(args: Arguments): { readonly needed: number; readonly total: number } {
  const given = valueOf(args, 'shares');
  if (given === undefined) throw usage('--shares is needed: how many of how many, such as 2/3');
  const [, needed, total] = /^(\d{1,2})\/(\d{1,2})$/.exec(given)?.map(Number) ?? [];
  if (needed !== undefined && total !== undefined && needed >= 2 && needed <= total && total <= 16) {
    return { needed, total };
  }
  throw usage(
    `invalid argument "${given}" for "--shares" flag: must be NEEDED/TOTAL, such as 2/3, with at most 16 shares`,
  );
}

interface ShareTarget {
  readonly folder: string;
  readonly backup: string;
  readonly terminal: Terminal;
}

async function writeShares(
  shares: readonly PassphraseShare[],
  { folder, backup, terminal }: ShareTarget,
): Promise<readonly string[]> {
  const { default: qrcode } = await import('qrcode');
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const facts = { files: [backup], printed: terminal.now().toISOString() };
  const pages: NewFile[] = [];
  for (const share of shares) {
    const svg = await qrcode.toString(share.text, { type: 'svg', errorCorrectionLevel: 'M', margin: 4 });
    const file = path.join(folder, `trustdesk-share-${share.set}-${share.number}-of-${share.total}.html`);
    pages.push({ file, text: sharePages([share], [svg], facts) });
  }
  await writeAllOrNone(pages);
  return pages.map(({ file }) => file);
}

function splitText(shares: readonly PassphraseShare[], files: readonly string[]): string {
  const [first] = shares;
  const lines = files.map((file) => `  ${printable(file)}\n`).join('');
  return (
    `Split into ${shares.length} shares, any ${first?.needed ?? 0} of which open the backup (set ${first?.set ?? ''}):\n` +
    `${lines}Print each, hand them to different people, and delete the files.\n` +
    'To use them: trustdesk backup check FILE --from-shares\n'
  );
}
