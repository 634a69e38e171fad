/**
 * `trustdesk key import FILE...`, in the place of notary's: export bundles, single files of every format, and docker's
 * `private_keys_backup.tar.gz`. Command line. Each key is really stored or its reason said; nothing is overwritten
 * unless it was named.
 */
import path from 'node:path';
import { AppError, hasCode, isAppError } from '../../shared/errors.ts';
import { textOf } from '../../shared/error-texts.ts';
import { openBackup, sealOfBackup } from '../backup/read-backup.ts';
import { planRestore, restoreBackup } from '../backup/restore-backup.ts';
import { canStayEncrypted, importEncrypted, importHeaders, importKey } from '../keystore/import-key.ts';
import { listKeys, type StoredKey } from '../keystore/key-directory.ts';
import { loadKeyBlock } from '../keystore/open-key.ts';
import { type KeyFileEntry, loadKeyFile } from '../keystore/private-key-file.ts';
import { type Arguments, isOn, type RunCommand, valueOf } from './command.ts';
import { printable } from './columns.ts';
import { type KeyDesk, openKeyDesk } from './key-desk.ts';
import { openEntry } from './key-making-commands.ts';
import { generateOf, newKeyPassphrase } from './new-passphrase.ts';
import { isNamedToReplace, keepReplaced, mayTakePlaceOf } from './replace-key.ts';
import type { Terminal } from './terminal.ts';

/** What became of one key of one file. */
interface Imported {
  readonly file: string;
  readonly id?: string | undefined;
  readonly role: string;
  readonly gun?: string | undefined;
  readonly outcome: 'imported' | 'would-import' | 'identical' | 'kept' | 'failed';
  readonly error?: AppError;
}

export const runKeyImport: RunCommand = async (args, terminal) => {
  const desk = await openKeyDesk(args, terminal);
  const all: Imported[] = [];
  for (const given of args.operands) {
    const file = path.resolve(terminal.workingDirectory, given);
    for await (const imported of importFile(file, { desk, args, terminal })) {
      if (imported.outcome === 'imported') await note(desk, imported);
      if (!isOn(args, 'json')) say(imported, given, terminal);
      all.push(imported);
    }
  }
  if (isOn(args, 'json')) terminal.stdout.write(`${JSON.stringify(all.map(toJson), undefined, 4)}\n`);
  return all.every(({ outcome }) => outcome !== 'failed' && outcome !== 'kept') ? 0 : 1;
};

interface Setting {
  readonly desk: KeyDesk;
  readonly args: Arguments;
  readonly terminal: Terminal;
}

async function* importFile(file: string, setting: Setting): AsyncGenerator<Imported> {
  const failed = (error: AppError): Imported => ({ file, role: '', outcome: 'failed', error });
  try {
    if (await isPlainArchive(file)) {
      yield* importArchive(file, setting);
      return;
    }
    const { entries, skipped } = await loadKeyFile(file);
    if (skipped.length > 0) {
      setting.terminal.stderr.write(`Passed over in ${printable(file)}: ${printable(skipped.join(', '))}\n`);
    }
    for (const entry of entries) yield await importEntry(file, entry, setting);
  } catch (error) {
    if (!isAppError(error) || isPersonal(error)) throw error;
    yield failed(error);
  }
}

/** Nobody is there to answer, or somebody who does not want to: that ends the whole command. */
function isPersonal(error: AppError): boolean {
  return error.code.startsWith('prompt/') || error.code === 'cli/usage';
}

async function isPlainArchive(file: string): Promise<boolean> {
  try {
    if ((await sealOfBackup(file)) === 'plain') return true;
  } catch (error) {
    // A key file, or one whose reading says better what is wrong with it.
    if (hasCode(error, 'backup/not-a-backup') || hasCode(error, 'config/unreadable')) return false;
    throw error;
  }
  const reason = 'it is an encrypted backup; `trustdesk backup restore` opens it';
  throw new AppError('keystore/not-a-key', { path: file, reason });
}

/** docker's documented backup: the keys as they are, under their passphrases. */
async function* importArchive(file: string, setting: Setting): AsyncGenerator<Imported> {
  const { desk, args } = setting;
  const backup = await openBackup(file);
  const into = { trustDir: desk.trustDirectory, settingsFile: desk.settingsFile };
  const keys = (await planRestore(backup, into)).filter(({ kind }) => kind === 'key');
  const dryRun = isOn(args, 'dry-run');
  for (const item of keys) {
    const about = { file, ...item.key, role: item.key?.role ?? '' };
    const isReplaced = item.state === 'different' && isNamedToReplace(args, item.key?.id ?? '');
    const replace = isReplaced ? [item.file] : [];
    if (dryRun) {
      const would = item.state === 'new' || replace.length > 0 ? 'would-import' : 'kept';
      yield { ...about, outcome: item.state === 'identical' ? 'identical' : would };
      continue;
    }
    if (isReplaced && item.key !== undefined && !(await mayTakePlaceOf(item.key, setting))) {
      yield { ...about, outcome: 'kept' };
      continue;
    }
    const [done] = await restoreBackup(backup, into, { files: [item.file], replace });
    if (done?.outcome === 'failed') yield { ...about, outcome: 'failed', error: done.error };
    else yield { ...about, outcome: done?.outcome === 'restored' ? 'imported' : (done?.outcome ?? 'kept') };
  }
}

async function importEntry(file: string, entry: KeyFileEntry, setting: Setting): Promise<Imported> {
  const about = { file, id: entry.promisedId, role: entry.role, gun: entry.gun };
  try {
    const headers = importHeaders(entry, namesOf(setting.args));
    const named = { ...about, ...headers };
    return canStayEncrypted(entry)
      ? await importAsItIs(named, entry, setting)
      : await importOpened(named, entry, setting);
  } catch (error) {
    if (!isAppError(error) || isPersonal(error)) throw error;
    return { ...about, outcome: 'failed', error };
  }
}

/** notary: the file's own role and repository win; its name for the rest is `delegation`. */
function namesOf(args: Arguments) {
  const gun = valueOf(args, 'gun');
  const fallbackRole = valueOf(args, 'role') ?? 'delegation';
  return gun === undefined ? { fallbackRole } : { fallbackRole, fallbackGun: gun };
}

type Named = Omit<Imported, 'outcome' | 'error'>;

/** An encrypted key of a bundle is stored unchanged; whether it is what it says shows when it is first opened. */
async function importAsItIs(named: Named, entry: KeyFileEntry, setting: Setting): Promise<Imported> {
  const { desk, args } = setting;
  const id = named.id ?? '';
  const present = await findStored(desk, id);
  if (present !== undefined && (await holds(present, entry))) return { ...named, outcome: 'identical' };
  if (present !== undefined && !isNamedToReplace(args, id)) return { ...named, outcome: 'kept' };
  if (isOn(args, 'dry-run')) return { ...named, outcome: 'would-import' };
  if (!(await mayTakePlaceOf(present, setting))) return { ...named, outcome: 'kept' };
  await keepReplaced(desk, present);
  const replace = present !== undefined;
  await importEncrypted(desk.trustDirectory, entry, namesOf(args), { replace });
  return { ...named, outcome: 'imported' };
}

async function findStored(desk: KeyDesk, id: string): Promise<StoredKey | undefined> {
  return (await listKeys(desk.trustDirectory)).keys.find((key) => key.id === id);
}

async function holds(stored: StoredKey, entry: KeyFileEntry): Promise<boolean> {
  const { bytes } = await loadKeyBlock(stored);
  return entry.block !== undefined && Buffer.from(bytes).equals(entry.block.bytes);
}

/** Everything else is opened, tried, and stored under a new passphrase. */
async function importOpened(named: Named, entry: KeyFileEntry, setting: Setting): Promise<Imported> {
  const { desk, args, terminal } = setting;
  // What an encrypted file holds shows only when it is opened, and a rehearsal asks nobody.
  if (isOn(args, 'dry-run') && entry.needsPassphrase) return { ...named, outcome: 'would-import' };
  const old = await openEntry(entry, named, terminal);
  try {
    const { id } = old.key;
    const present = await findStored(desk, id);
    if (present !== undefined && !isNamedToReplace(args, id)) return { ...named, id, outcome: 'kept' };
    if (isOn(args, 'dry-run')) return { ...named, id, outcome: 'would-import' };
    if (!(await mayTakePlaceOf(present, setting))) return { ...named, id, outcome: 'kept' };
    const replace = present !== undefined;
    const chosen = await newKeyPassphrase({ ...named, id }, generateOf(args), terminal);
    try {
      const passphrases = { old: old.passphrase, new: chosen };
      await keepReplaced(desk, present);
      await importKey(desk.trustDirectory, entry, namesOf(args), passphrases, { replace });
    } finally {
      chosen.wipe();
    }
    return { ...named, id, outcome: 'imported' };
  } finally {
    old.key.wipe();
    old.passphrase?.wipe();
  }
}

function note(desk: KeyDesk, { id = '', role }: Imported): Promise<void> {
  return desk.record('key-imported', `Imported key ${id.slice(0, 12)} (${role})`, { keyId: id, role });
}

function say(imported: Imported, given: string, terminal: Terminal): void {
  const { id, role, outcome, error } = imported;
  const key = `${id ?? 'a key whose ID shows when it is opened'} (role ${printable(role)})`;
  const from = printable(given);
  switch (outcome) {
    case 'imported': {
      terminal.stdout.write(`Imported ${key} from ${from}\n`);
      return;
    }
    case 'would-import': {
      terminal.stdout.write(`Would import ${key} from ${from}\n`);
      return;
    }
    case 'identical': {
      terminal.stdout.write(`Already here: ${key}\n`);
      return;
    }
    case 'kept': {
      terminal.stderr.write(
        `Kept ${key}: it is here already, with a passphrase or role of its own.\n` +
          `  To take the one in ${from} instead: --replace ${(id ?? '').slice(0, 7)}\n`,
      );
      return;
    }
    case 'failed': {
      const { title, fix } = error === undefined ? { title: '', fix: '' } : textOf(error);
      terminal.stderr.write(`${from}: ${printable(title)}\n  ${printable(fix)}\n`);
      return;
    }
  }
}

function toJson({ error, ...imported }: Imported): object {
  return error === undefined ? imported : { ...imported, error: { code: error.code, ...textOf(error) } };
}
