/**
 * Keys back from a recovery sheet: scanned from its codes, or typed from the paper. Command line. The keys stay under
 * their own passphrases, and each is opened with it before it is stored: nothing else finds every mistyped letter.
 */
import path from 'node:path';
import type { CanonicalKeyId } from '../../shared/brands.ts';
import { AppError, hasCode } from '../../shared/errors.ts';
import { drillPassphrases, type DrillPassphrases } from '../backup/key-passphrases.ts';
import type { BackupKey } from '../backup/read-backup.ts';
import { keepAside, replacedKeysFolder } from '../backup/replaced-keys.ts';
import { isSheetKeyProven } from '../backup/sheet-backup.ts';
import { importEncrypted, importHeaders, type ImportNames } from '../keystore/import-key.ts';
import { listKeys, privateDirectory, type StoredKey } from '../keystore/key-directory.ts';
import type { KeyHeaders } from '../keystore/key-names.ts';
import { loadKeyBlock } from '../keystore/open-key.ts';
import { agrees, forQuestions } from './ask.ts';
import { type Arguments, isOn, valueOf, valuesOf } from './command.ts';
import { printable } from './columns.ts';
import type { KeyDesk } from './key-desk.ts';
import { namedKeys } from './named-keys.ts';
import { nameOfSheet, openSheet, type SheetSource } from './sheet-source.ts';
import { skippable, toCancelled } from './skippable-prompt.ts';
import type { Terminal } from './terminal.ts';

interface Setting {
  readonly desk: KeyDesk;
  readonly args: Arguments;
  readonly terminal: Terminal;
}

interface Outcome {
  readonly id: string;
  readonly role: string;
  readonly outcome: 'restored' | 'would-restore' | 'identical' | 'kept' | 'left-out';
  /** Whether its passphrase opened it; of a key that was restored. */
  readonly checked?: boolean;
  /** Where the key file is that was replaced. */
  readonly keptAside?: string;
}

/** A key that may be stored, or what is said of one that is not. */
type Opened =
  Outcome | { readonly key: BackupKey; readonly present: string | undefined; readonly checked: boolean };

/**
 * @throws `backup/code-unreadable`, `backup/picture-unreadable`, `backup/sheet-not-opened`, `backup/no-such-key`,
 *   `backup/role-not-told`, `keystore/needs-repository`, `keystore/invalid-name`
 */
export async function restoreFromSheet(source: SheetSource, setting: Setting): Promise<number> {
  const { args, terminal } = setting;
  const { keys } = await openSheet(source, terminal);
  const drill = drillPassphrases(skippable(terminal), terminal.env, { purpose, skippable: true });
  const talk = forQuestions(args, terminal);
  const opened: Opened[] = [];
  try {
    for (const key of choose(keys, args, nameOfSheet(source))) {
      opened.push(await openKey(key, drill, { ...setting, terminal: talk }));
    }
  } finally {
    drill.end();
  }
  const outcomes = await storeAll(opened, setting);
  if (isOn(args, 'json')) terminal.stdout.write(`${JSON.stringify(outcomes, undefined, 4)}\n`);
  else for (const outcome of outcomes) say(outcome, terminal);
  const isNew = outcomes.some(({ outcome }) => outcome === 'restored');
  if (isNew && !isOn(args, 'json')) {
    terminal.stderr.write('Next: trustdesk backup write PLACE PLACE, and check both copies.\n');
  }
  return outcomes.some(({ outcome }) => outcome === 'kept' || outcome === 'left-out') ? 1 : 0;
}

const purpose = [
  'To see that the text is as it was printed: the key is opened and signs a test message, and nothing else.',
  'Enter alone goes on without that.',
];

/** Each key once, however often it is named or stands on the sheet. */
function choose(keys: readonly BackupKey[], args: Arguments, source: string): readonly BackupKey[] {
  const wanted = valuesOf(args, 'key');
  const chosen = wanted.length === 0 ? keys : namedKeys(wanted, keys, ({ id }) => id, source);
  return chosen.filter(({ id }, place) => chosen.findIndex((one) => one.id === id) === place);
}

/** What becomes of a key, decided and opened before any is stored: a key that cannot be opened stops all of them. */
async function openKey(key: BackupKey, drill: DrillPassphrases, setting: Setting): Promise<Opened> {
  const { desk, args, terminal } = setting;
  const { id } = key;
  const present = await presentFile(id, desk);
  if (present !== undefined && (await holdsSame(present, key)))
    return { id, role: key.role, outcome: 'identical' };
  const named = { ...key, ...headersOf(key, args) };
  const { role } = named;
  if (present !== undefined && !isReplaced(id, args)) return { id, role, outcome: 'kept' };
  if (isOn(args, 'dry-run')) return { id, role, outcome: 'would-restore' };
  const question = `Replace key ${id} by the one of the sheet?`;
  if (present !== undefined && !isOn(args, 'yes') && !(await agrees(question, terminal))) {
    return { id, role, outcome: 'kept' };
  }
  const checked = await isChecked(named, drill, setting);
  if (!checked && !(await mayStoreUnchecked(id, setting))) return { id, role, outcome: 'left-out' };
  return { key: named, present: typeof present === 'string' ? present : present?.path, checked };
}

/** The key that is here, or the path of a file of its name that is no usable key. */
async function presentFile(id: string, { trustDirectory }: KeyDesk): Promise<StoredKey | string | undefined> {
  const { keys, unreadable } = await listKeys(trustDirectory);
  const target = path.join(privateDirectory(trustDirectory), `${id}.key`);
  return keys.find((stored) => stored.id === id) ?? unreadable.find((file) => file.path === target)?.path;
}

async function holdsSame(present: StoredKey | string, { entry }: BackupKey): Promise<boolean> {
  if (typeof present === 'string') return false;
  const { bytes } = await loadKeyBlock(present);
  return entry.block !== undefined && Buffer.from(bytes).equals(entry.block.bytes);
}

/** What the key is stored as, found out before any key of the sheet is. Throws as `restoreFromSheet`. */
function headersOf({ id, entry }: BackupKey, args: Arguments): KeyHeaders {
  if (!entry.needsPassphrase) {
    const reason =
      'the key in it has no passphrase of its own; `trustdesk key import` takes it, and asks for one';
    throw new AppError('backup/code-unreadable', { reason });
  }
  // SECURITY: what a key is for is nobody's guess; a signer's key that is called a root key is looked after as one.
  const names = namesIn(args);
  if (entry.role === '' && names.fallbackRole === '')
    throw new AppError('backup/role-not-told', { keyId: id });
  return importHeaders(entry, names);
}

/** Of keys whose file does not say: what the person says. */
function namesIn(args: Arguments): ImportNames {
  const fallbackGun = valueOf(args, 'gun');
  const fallbackRole = valueOf(args, 'role') ?? '';
  return fallbackGun === undefined ? { fallbackRole } : { fallbackRole, fallbackGun };
}

/** All that were opened; where one fails, those that are stored by then are said before the failure. */
async function storeAll(opened: readonly Opened[], setting: Setting): Promise<readonly Outcome[]> {
  const outcomes: Outcome[] = [];
  try {
    for (const one of opened) outcomes.push(await storeOpened(one, setting));
  } catch (error) {
    const stored = outcomes.filter(({ outcome }) => outcome === 'restored');
    for (const { id } of stored) setting.terminal.stderr.write(`Stored before this failed: key ${id}\n`);
    throw error;
  }
  return outcomes;
}

async function storeOpened(opened: Opened, { desk, args }: Setting): Promise<Outcome> {
  if (!('key' in opened)) return opened;
  const { key, present, checked } = opened;
  const { id, role } = key;
  const kept = await store(key, present, { checked, desk, names: namesIn(args) });
  return { id, role, outcome: 'restored', checked, ...kept };
}

function isReplaced(id: string, args: Arguments): boolean {
  const named = valuesOf(args, 'replace');
  return named.some((word) => word.length >= 4 && id.startsWith(word));
}

async function isChecked(key: BackupKey, drill: DrillPassphrases, { args }: Setting): Promise<boolean> {
  if (isOn(args, 'unchecked')) return false;
  return isSheetKeyProven(key, drill.passphrases).catch((error: unknown) => {
    // That of a variable: here it may as well be the text that is wrong.
    if (!hasCode(error, 'keystore/wrong-passphrase')) return toCancelled(error);
    throw new AppError('backup/sheet-not-opened', { keyId: key.id }, { cause: error });
  });
}

/** Whoever does not know the passphrase now may still want the key here; that it was not checked is said. */
async function mayStoreUnchecked(id: string, { args, terminal }: Setting): Promise<boolean> {
  if (isOn(args, 'unchecked')) return true;
  return agrees(`Store key ${id} although nobody knows whether its text is as it was printed?`, terminal);
}

async function store(
  key: BackupKey,
  present: string | undefined,
  how: { readonly checked: boolean; readonly desk: KeyDesk; readonly names: ImportNames },
): Promise<{ readonly keptAside?: string }> {
  const { id } = key;
  const { checked, desk, names } = how;
  const keptAside =
    present === undefined ? undefined : await keepAside(replacedKeysFolder(desk), id, present);
  const entry = { ...key.entry, promisedId: id as CanonicalKeyId };
  await importEncrypted(desk.trustDirectory, entry, names, { replace: present !== undefined });
  const title = `Restored key ${id.slice(0, 12)} from a recovery sheet${checked ? '' : ', not checked'}`;
  await desk.record('backup-restored', title, { keyId: id, checked });
  return keptAside === undefined ? {} : { keptAside };
}

function say({ id, role, outcome, checked, keptAside }: Outcome, terminal: Terminal): void {
  const key = `key ${id} (role ${printable(role)})`;
  switch (outcome) {
    case 'restored': {
      terminal.stdout.write(
        checked === true
          ? `Restored ${key}. Its passphrase opens it, and it signs.\n`
          : `Restored ${key}. NOT CHECKED: nobody knows whether it can be opened.\n` +
              `  Try its passphrase before you rely on it: trustdesk backup check --code-text FILE\n`,
      );
      if (keptAside !== undefined) {
        terminal.stdout.write(`  The key file that was here is kept as ${printable(keptAside)}\n`);
      }
      return;
    }
    case 'would-restore': {
      terminal.stdout.write(`Would restore ${key}, once its passphrase opens it\n`);
      return;
    }
    case 'identical': {
      terminal.stdout.write(`Already here: ${key}\n`);
      return;
    }
    case 'kept': {
      terminal.stderr.write(
        `Kept ${key} as it is here: its file is another one, with another passphrase or role, or damaged\n` +
          `  To take the one of the sheet instead: --replace ${id.slice(0, 7)}\n`,
      );
      return;
    }
    case 'left-out': {
      terminal.stderr.write(
        `Not restored: ${key}. Nothing was stored, for its passphrase was not given\n` +
          `  To store it all the same: --unchecked\n`,
      );
      return;
    }
  }
}
