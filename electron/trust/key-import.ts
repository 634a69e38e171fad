/**
 * Private keys from files into this computer's key store, as the window asks for it. Privileged process: the person
 * names the files in a prompt of main's. Every key is really stored, or refused with the reason; nothing is overwritten.
 */
import path from 'node:path';
import type { Gun } from '../../shared/brands.ts';
import { AppError, hasCode, isAppError } from '../../shared/errors.ts';
import type { ImportResult, StoredKeyView } from '../../shared/ipc/keys.ts';
import {
  canStayEncrypted,
  importEncrypted,
  importHeaders,
  type ImportNames,
} from '../keystore/import-key.ts';
import { listKeys, type StoredKey } from '../keystore/key-directory.ts';
import { type KeyFileEntry, loadKeyFile } from '../keystore/private-key-file.ts';
import { assertLongEnough } from '../keystore/passphrase.ts';
import type { PrivateKey } from '../keystore/private-key.ts';
import type { SecretBytes } from '../keystore/secret-bytes.ts';
import { storeKey } from '../keystore/store-key.ts';
import type { PassphrasePrompt } from '../keystore/unlock.ts';
import { type KeyDesk, keyTitle, parseKeyName } from './key-desk.ts';
import { toWire } from './repository-row.ts';

/** docker: one try and three retries. */
const MAX_ATTEMPTS = 4;
/** docker's name for a key that was loaded without one. */
const UNNAMED = 'signer';

/**
 * Asks for files and stores their keys. `name`: for keys whose file names no role; `gun`: for repository keys without one.
 * @throws `prompt/cancelled` when no file was chosen, `keystore/invalid-name`, `signer/reserved-name`
 */
export async function importKeyFiles(
  desk: KeyDesk,
  prompt: PassphrasePrompt,
  { name, gun }: { readonly name: string | undefined; readonly gun: Gun | undefined },
): Promise<ImportResult[]> {
  const fallbackRole = name === undefined ? UNNAMED : parseKeyName(name);
  const names = { fallbackRole, ...(gun === undefined ? {} : { fallbackGun: gun }) };
  const files = await desk.setup.prompts.chooseFile({ title: 'Choose private key files', want: 'files' });
  const results: ImportResult[] = [];
  for (const file of files) results.push(...(await importFile(desk, prompt, file, names)));
  return results;
}

/** One key on its way in. */
interface OneImport {
  readonly desk: KeyDesk;
  readonly prompt: PassphrasePrompt;
  /** The name of its file, as the person knows it. */
  readonly label: string;
  readonly entry: KeyFileEntry;
  readonly names: ImportNames;
}

async function importFile(
  desk: KeyDesk,
  prompt: PassphrasePrompt,
  file: string,
  names: ImportNames,
): Promise<ImportResult[]> {
  const label = path.basename(file);
  try {
    const { entries } = await loadKeyFile(file);
    const results: ImportResult[] = [];
    for (const entry of entries) results.push(await importEntry({ desk, prompt, label, entry, names }));
    return results;
  } catch (error) {
    return [refused(label, error)];
  }
}

async function importEntry(one: OneImport): Promise<ImportResult> {
  try {
    return { ok: true, label: one.label, key: await bringIn(one) };
  } catch (error) {
    return refused(one.label, error);
  }
}

function refused(label: string, error: unknown): ImportResult {
  if (!isAppError(error)) throw error;
  return { ok: false, label, error: toWire(error) };
}

async function bringIn(one: OneImport): Promise<StoredKeyView> {
  // Before anything is asked: a key that cannot be stored under this name needs no passphrase.
  importHeaders(one.entry, one.names);
  const stored = canStayEncrypted(one.entry) ? await takeAsItIs(one) : await openAndStore(one);
  const { id, role } = stored;
  const title = `Imported ${keyTitle(stored)}`;
  await one.desk.setup.record('key-imported', { title, keyId: id, role });
  return stored;
}

/** A key of an export bundle stays under its passphrase, as notary does it. */
async function takeAsItIs({ desk, entry, names }: OneImport): Promise<StoredKeyView> {
  const key = await importEncrypted(desk.home().trustDirectory, entry, names);
  return toView(key, key.algorithm ?? 'unknown');
}

async function openAndStore(one: OneImport): Promise<StoredKeyView> {
  const { desk, entry, names } = one;
  const { trustDirectory } = desk.home();
  const { key, passphrase } = await openEntry(one);
  try {
    await mustBeNew(trustDirectory, key.id);
    desk.publicHalves.set(key.id, key.key);
    const headers = importHeaders(entry, names);
    const chosen = await passphraseFor(one, key, headers.role, passphrase);
    try {
      return toView(await storeKey(trustDirectory, key, headers, chosen), key.algorithm);
    } finally {
      chosen.wipe();
    }
  } finally {
    key.wipe();
    passphrase?.wipe();
  }
}

/** The file's own passphrase stays in use where docker would take it; a bare key gets one now. */
async function passphraseFor(
  { desk, label }: OneImport,
  { id }: PrivateKey,
  role: string,
  old: SecretBytes | undefined,
): Promise<SecretBytes> {
  if (old !== undefined && isLongEnough(old)) return old.copy();
  const why = old === undefined ? 'is not protected' : 'has a passphrase that is too short';
  const purpose = [`The key in ${label} ${why}. Here it is kept under this passphrase.`];
  return desk.setup.unlocker.choose({ id, role }, purpose);
}

function isLongEnough(passphrase: SecretBytes): boolean {
  try {
    assertLongEnough(passphrase);
    return true;
  } catch (error) {
    if (hasCode(error, 'keystore/short-passphrase')) return false;
    throw error;
  }
}

interface Opened {
  readonly key: PrivateKey;
  readonly passphrase: SecretBytes | undefined;
}

async function openEntry(one: OneImport): Promise<Opened> {
  const { entry, label } = one;
  if (!entry.needsPassphrase) return { key: await entry.open(undefined), passphrase: undefined };
  for (let attempt = 0; attempt < MAX_ATTEMPTS; attempt++) {
    const { passphrase } = await ask(one, attempt);
    const key = await tryOpen(entry, passphrase);
    if (key !== undefined) return { key, passphrase };
  }
  throw new AppError('keystore/wrong-passphrase', { keyId: entry.promisedId ?? label });
}

function ask({ prompt, label, entry, names }: OneImport, attempt: number) {
  return prompt.askPassphrase({
    kind: 'open',
    subject: `the key in ${label}`,
    keyId: entry.promisedId ?? '',
    role: importHeaders(entry, names).role,
    gun: entry.gun,
    purpose: ['Opens it once, to store the key on this computer.'],
    attempt,
    problem: attempt === 0 ? undefined : 'wrong',
    canRemember: ['no'],
  });
}

async function tryOpen(entry: KeyFileEntry, passphrase: SecretBytes): Promise<PrivateKey | undefined> {
  try {
    return await entry.open(passphrase);
  } catch (error) {
    passphrase.wipe();
    if (hasCode(error, 'keystore/wrong-passphrase')) return undefined;
    throw error;
  }
}

async function mustBeNew(trustDirectory: string, keyId: string): Promise<void> {
  const { keys } = await listKeys(trustDirectory);
  if (keys.some(({ id }) => id === keyId)) throw new AppError('keystore/key-exists', { keyId });
}

function toView({ id, role, gun }: StoredKey, algorithm: string): StoredKeyView {
  return { id, role, algorithm, ...(gun === undefined ? {} : { gun }) };
}
