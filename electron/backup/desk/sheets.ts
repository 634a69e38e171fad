/**
 * Recovery sheets and sheets of shares: made here, and handed to the printer or to a file that the person chooses.
 * Privileged process. SECURITY: shares are secrets and codes hold encrypted keys: neither ever goes to the window. What is
 * saved is 0600; for shares the person is told to print and delete it.
 */
import { join } from 'node:path';
import { AppError } from '../../../shared/errors.ts';
import { writeExport } from '../../keystore/export-key.ts';
import type { SecretBytes } from '../../keystore/secret-bytes.ts';
import { findKey } from '../../keystore/store-key.ts';
import { type BackupRecord, loadBackupRecords } from '../backup-records.ts';
import { copiesForPaper } from '../copies-on-paper.ts';
import { type PassphraseShare, splitPassphrase } from '../passphrase-shares.ts';
import { type PrintableKey, printableFromStore } from '../printable-key.ts';
import { makeRecoverySheet } from '../recovery-sheet.ts';
import { type NewFile, writeAllOrNone } from '../write-all-or-none.ts';
import type { DeskSetup } from './desk-setup.ts';
import { noteSheet } from './noting.ts';
import { recoverySheetPage, sharePages } from './sheet-page.ts';

export interface Sheet {
  readonly keys: readonly PrintableKey[];
  readonly withCode: readonly string[];
  readonly writeInLine: boolean;
}

/** Keys of this computer. Throws `keystore/key-not-found`. */
export async function keysHere(
  { places }: DeskSetup,
  ids: readonly string[],
): Promise<readonly PrintableKey[]> {
  const { trustDir } = places();
  return (await Promise.all(ids.map((id) => findKey(trustDir, id)))).map(printableFromStore);
}

/** Throws what reading a stored key throws. */
async function makeSheet(setup: DeskSetup, { keys, withCode, writeInLine }: Sheet): Promise<string> {
  const { backups } = await loadBackupRecords(setup.places().recordsFile);
  const copies = copiesForPaper(backups, keys, setup.now().getTime());
  const sheet = await makeRecoverySheet({
    keys,
    withCode,
    copies,
    passphraseLine: writeInLine,
    now: setup.now(),
  });
  return recoverySheetPage(sheet);
}

/** Asks for the place and writes the page there. Throws `prompt/cancelled`, `files/exists`, `files/*`. */
export async function saveSheet(setup: DeskSetup, sheet: Sheet, as: 'html' | 'pdf'): Promise<string> {
  const html = await makeSheet(setup, sheet);
  const bytes = as === 'html' ? html : await toPdf(setup, html);
  const suggestedName = `trustdesk-recovery-sheet-${setup.now().toISOString().slice(0, 10)}.${as}`;
  const question = { title: 'Save the recovery sheet', want: 'save' as const, suggestedName };
  const [file] = await setup.prompts.chooseFile(question);
  if (file === undefined) throw new AppError('prompt/cancelled', {});
  await writeExport(file, bytes);
  await noteSheet(setup, sheet.keys);
  return file;
}

/** Opens the print dialog. Throws `prompt/cancelled`, `backup/no-printer`. */
export async function printSheet(setup: DeskSetup, sheet: Sheet): Promise<void> {
  await printerOf(setup).print(await makeSheet(setup, sheet));
  await noteSheet(setup, sheet.keys);
}

function toPdf(setup: DeskSetup, html: string): Promise<Uint8Array> {
  return printerOf(setup).toPdf(html);
}

function printerOf({ printer }: DeskSetup): NonNullable<DeskSetup['printer']> {
  if (printer === undefined) throw new AppError('backup/no-printer', {});
  return printer;
}

export interface ShareWish {
  readonly needed: number;
  readonly total: number;
  readonly record: BackupRecord;
}

/** Each share as a page of its own. The passphrase stays the caller's. */
async function makeShares(
  setup: DeskSetup,
  passphrase: SecretBytes,
  { needed, total, record }: ShareWish,
): Promise<{ shares: readonly PassphraseShare[]; svgs: readonly string[]; files: readonly string[] }> {
  const shares = await splitPassphrase(passphrase, needed, total);
  const { default: qrcode } = await import('qrcode');
  const toSvg = ({ text }: PassphraseShare) =>
    qrcode.toString(text, { type: 'svg', errorCorrectionLevel: 'M', margin: 4 });
  const { backups } = await loadBackupRecords(setup.places().recordsFile);
  const same = backups.filter(({ file }) => file.sha256 === record.file.sha256);
  const files = same.map(({ file, place }) => `${file.name} on ${place.label}`);
  return { shares, svgs: await Promise.all(shares.map(toSvg)), files: [...new Set(files)] };
}

/** One file per share, into a folder that is asked for. Throws `prompt/cancelled`, `files/exists`, `files/*`. */
export async function saveShares(
  setup: DeskSetup,
  passphrase: SecretBytes,
  wish: ShareWish,
): Promise<string> {
  const { shares, svgs, files } = await makeShares(setup, passphrase, wish);
  const question = { title: 'Choose a folder for the sheets of shares', want: 'directory' as const };
  const [folder] = await setup.prompts.chooseFile(question);
  if (folder === undefined) throw new AppError('prompt/cancelled', {});
  const facts = { files, printed: setup.now().toISOString() };
  await writeAllOrNone(shares.map((share, at) => toPage(folder, share, svgs[at] ?? '', facts)));
  return folder;
}

function toPage(
  folder: string,
  share: PassphraseShare,
  svg: string,
  facts: { readonly files: readonly string[]; readonly printed: string },
): NewFile {
  const name = `trustdesk-share-${share.set}-${share.number}-of-${share.total}.html`;
  return { file: join(folder, name), text: sharePages([share], [svg], facts) };
}

/** All of them, one page each. Throws `prompt/cancelled`, `backup/no-printer`. */
export async function printShares(setup: DeskSetup, passphrase: SecretBytes, wish: ShareWish): Promise<void> {
  const printer = printerOf(setup);
  const { shares, svgs, files } = await makeShares(setup, passphrase, wish);
  await printer.print(sharePages(shares, svgs, { files, printed: setup.now().toISOString() }));
}
