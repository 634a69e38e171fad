/**
 * Keys back from the text of a recovery sheet: scanned from its codes, or typed from the paper. Command line. The keys
 * stay under their own passphrases.
 */
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { text as readAll } from 'node:stream/consumers';
import { AppError } from '../../shared/errors.ts';
import { keepAside, replacedKeysFolder } from '../backup/replaced-keys.ts';
import { readSheetCodes, splitSheetText } from '../backup/sheet-code.ts';
import { readPictures } from '../backup/sheet-picture.ts';
import { fileReason, systemCode } from '../files/file-failure.ts';
import { importEncrypted } from '../keystore/import-key.ts';
import { listKeys } from '../keystore/key-directory.ts';
import { loadKeyBlock } from '../keystore/open-key.ts';
import type { KeyFileEntry } from '../keystore/private-key-file.ts';
import { agrees } from './ask.ts';
import { type Arguments, isOn, valueOf } from './command.ts';
import { printable } from './columns.ts';
import type { KeyDesk } from './key-desk.ts';
import type { Terminal } from './terminal.ts';

interface Setting {
  readonly desk: KeyDesk;
  readonly args: Arguments;
  readonly terminal: Terminal;
}

interface Outcome {
  readonly id: string;
  readonly role: string;
  readonly outcome: 'restored' | 'would-restore' | 'identical' | 'kept';
  /** Where the key file is that was replaced. */
  readonly keptAside?: string;
}

/** Where the codes come from. */
interface SheetSource {
  /** A file, or `-` for standard input. */
  readonly text: string | undefined;
  readonly pictures: readonly string[];
}

/** Undefined when no sheet is named. */
export function sheetSourceOf(args: Arguments): SheetSource | undefined {
  const [text, pictures] = [valueOf(args, 'code-text'), args.options.get('code-picture') ?? []];
  return text === undefined && pictures.length === 0 ? undefined : { text, pictures };
}

/** @throws `backup/code-unreadable`, `backup/picture-unreadable`, `backup/no-such-key` */
export async function restoreFromSheet(source: SheetSource, setting: Setting): Promise<number> {
  const { args, terminal } = setting;
  const entries = readSheetCodes(await readCodes(source, terminal));
  const outcomes: Outcome[] = [];
  const name = [source.text ?? [], ...source.pictures].flat().join(', ');
  for (const entry of choose(entries, args, name)) outcomes.push(await restoreEntry(entry, setting));
  if (isOn(args, 'json')) terminal.stdout.write(`${JSON.stringify(outcomes, undefined, 4)}\n`);
  else for (const outcome of outcomes) say(outcome, terminal);
  return outcomes.some(({ outcome }) => outcome === 'kept') ? 1 : 0;
}

async function readCodes({ text, pictures }: SheetSource, terminal: Terminal): Promise<readonly string[]> {
  const typed = text === undefined ? [] : splitSheetText(await readText(text, terminal));
  const files = pictures.map((file) => path.resolve(terminal.workingDirectory, file));
  return [...typed, ...(await readPictures(files))];
}

async function readText(source: string, { input, workingDirectory }: Terminal): Promise<string> {
  if (source === '-') return readAll(input ?? process.stdin);
  const file = path.resolve(workingDirectory, source);
  return readFile(file, 'utf8').catch((error: unknown) => {
    const reason = fileReason(systemCode(error));
    throw new AppError('config/unreadable', { path: file, reason }, { cause: error });
  });
}

function choose(entries: readonly KeyFileEntry[], args: Arguments, source: string): readonly KeyFileEntry[] {
  const wanted = (args.options.get('key') ?? []).flatMap((value) => value.split(','));
  if (wanted.length === 0) return entries;
  return wanted.map((keyId) => {
    const found = entries.find(
      ({ promisedId }) => keyId.length >= 4 && promisedId?.startsWith(keyId) === true,
    );
    if (found === undefined) throw new AppError('backup/no-such-key', { keyId, path: source });
    return found;
  });
}

async function restoreEntry(entry: KeyFileEntry, { desk, args, terminal }: Setting): Promise<Outcome> {
  const id = entry.promisedId;
  if (id === undefined) throw new AppError('backup/code-unreadable', { reason: 'it does not name its key' });
  const about = { id, role: entry.role };
  const present = (await listKeys(desk.trustDirectory)).keys.find((key) => key.id === id);
  if (present !== undefined) {
    const { bytes } = await loadKeyBlock(present);
    const isSame = entry.block !== undefined && Buffer.from(bytes).equals(entry.block.bytes);
    if (isSame) return { ...about, outcome: 'identical' };
    const named = (args.options.get('replace') ?? []).flatMap((value) => value.split(','));
    if (!named.some((word) => word.length >= 4 && id.startsWith(word))) return { ...about, outcome: 'kept' };
  }
  if (isOn(args, 'dry-run')) return { ...about, outcome: 'would-restore' };
  const question = `Replace key ${id} by the one of the sheet?`;
  if (present !== undefined && !isOn(args, 'yes') && !(await agrees(question, terminal))) {
    return { ...about, outcome: 'kept' };
  }
  const keptAside =
    present === undefined ? undefined : await keepAside(replacedKeysFolder(desk), id, present.path);
  const names = { fallbackRole: 'root' };
  await importEncrypted(desk.trustDirectory, entry, names, { replace: present !== undefined });
  await desk.record('backup-restored', `Restored key ${id.slice(0, 12)} from a recovery sheet`, {
    keyId: id,
  });
  return { ...about, outcome: 'restored', ...(keptAside === undefined ? {} : { keptAside }) };
}

function say({ id, role, outcome, keptAside }: Outcome, terminal: Terminal): void {
  const key = `key ${id} (role ${printable(role)})`;
  switch (outcome) {
    case 'restored': {
      terminal.stdout.write(`Restored ${key}. It opens with its own passphrase.\n`);
      if (keptAside !== undefined) {
        terminal.stdout.write(`  The key file that was here is kept as ${printable(keptAside)}\n`);
      }
      return;
    }
    case 'would-restore': {
      terminal.stdout.write(`Would restore ${key}\n`);
      return;
    }
    case 'identical': {
      terminal.stdout.write(`Already here: ${key}\n`);
      return;
    }
    case 'kept': {
      terminal.stderr.write(
        `Kept ${key} as it is here: the same key, with another passphrase or role\n` +
          `  To take the one of the sheet instead: --replace ${id.slice(0, 7)}\n`,
      );
      return;
    }
  }
}
