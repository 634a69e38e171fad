/**
 * What a person does with private keys in the window: make, bring in, take out, protect, certify, remove. Privileged
 * process. It asks for files and passphrases through prompts and answers with IDs, names and places; a key is opened
 * for one act and wiped at its end.
 */
import type { Gun } from '../../shared/brands.ts';
import type { KeyRef, NewKey } from '../../shared/ipc/keys.ts';
import { AppError, hasCode, isAppError } from '../../shared/errors.ts';
import type { CallOutput } from '../../shared/ipc/bridge.ts';
import type { BackupRecords } from '../backup/backup-records.ts';
import { loadBackupRecords } from '../backup/backup-records.ts';
import { withDisks } from '../backup/real-places.ts';
import { generateKey } from '../keystore/generate-key.ts';
import { listKeys, privateDirectory, type StoredKey } from '../keystore/key-directory.ts';
import { isRepositoryRole } from '../keystore/key-headers.ts';
import { parseSignerName } from '../keystore/key-names.ts';
import { findKey, storeKey } from '../keystore/store-key.ts';
import type { KeyUnlocker } from '../keystore/unlock.ts';
import type { VerifiedRepository } from '../notary/verified-repository.ts';
import type { Prompts } from '../prompts/prompts.ts';
import type { PublicKey } from '../tuf/model.ts';
import type { TufCrypto } from '../tuf/ports.ts';
import type { TokenKey } from '../yubikey/token-keys.ts';
import { type KeyList, toKeyList, usesOfKeys } from './key-views.ts';
import { toWire } from './repository-row.ts';

/** A trust directory of this computer or of the sandbox. */
export interface KeyFolder {
  readonly trustDirectory: string;
  readonly sandbox: boolean;
}

export interface KeyDeskSetup {
  /** This computer's first; the sandbox's while it runs. */
  readonly folders: () => readonly KeyFolder[];
  readonly verified: () => readonly VerifiedRepository[];
  /** Repositories that are listed, read or not. */
  readonly guns: () => Promise<readonly Gun[]>;
  /** Keys on tokens that are plugged in. */
  readonly tokenKeys: () => readonly TokenKey[];
  /** Reads a repository if it was not read yet. Never rejects for a server that does not answer. */
  readonly read: (gun: Gun) => Promise<unknown>;
  readonly unlocker: KeyUnlocker;
  readonly prompts: Prompts;
  /** Where the backups of this computer are written down. */
  readonly recordsFile: string;
  /** Appends to the activity log. */
  readonly record: (what: string, details: Readonly<Record<string, unknown>>) => Promise<void>;
  /** A line for passphrase questions about the sandbox's keys. */
  readonly sandboxHint: string;
  /** A passphrase is no longer remembered. */
  readonly onForgotten: () => void;
  /** The key chain did not let go of what it may hold. */
  readonly onKeyChainKept: (keyId: string, error: AppError<'keystore/key-chain'>) => void;
  readonly crypto: TufCrypto;
  readonly now: () => Date;
}

/** The records of backups, or why there are none to go by. */
export interface KnownRecords {
  readonly records: BackupRecords | undefined;
  readonly problem: AppError | undefined;
}

/** A listed key and the folder it lies in. */
export interface FoundKey {
  readonly key: StoredKey;
  readonly folder: KeyFolder;
}

export class KeyDesk {
  readonly setup: KeyDeskSetup;
  /** Of keys that were opened since the start, by ID: nobody is asked for a passphrase to see what is public. */
  readonly publicHalves = new Map<string, PublicKey>();

  constructor(setup: KeyDeskSetup) {
    this.setup = setup;
  }

  /** Every key of every folder, also when nothing is known of backups. @throws `keystore/unreadable` */
  async list(): Promise<KeyList> {
    const { verified, crypto, folders, now, tokenKeys } = this.setup;
    const [{ records, problem }, ...listings] = await Promise.all([
      this.knownRecords(),
      ...folders().map(async ({ trustDirectory, sandbox }) => ({
        ...(await listKeys(trustDirectory)),
        sandbox,
      })),
    ]);
    const facts = { uses: usesOfKeys(verified(), crypto), records, now: now().getTime() };
    const list = toKeyList(listings, tokenKeys(), facts);
    return problem === undefined ? list : { ...list, backupsUnknown: toWire(problem) };
  }

  /** Makes a key and stores it here. @throws `keystore/...`, `signer/reserved-name`, `files/...`, `prompt/cancelled` */
  async generate(wish: NewKey): Promise<CallOutput<'keys.generate'>> {
    const role = wish.kind === 'root' ? 'root' : parseKeyName(wish.name);
    const { trustDirectory } = this.home();
    const key = await generateKey(wish.kind === 'root' ? 'ECDSA P-256' : wish.algorithm);
    try {
      const purpose = [`It will be kept in ${privateDirectory(trustDirectory)}.`];
      const passphrase = await this.setup.unlocker.choose({ id: key.id, role }, purpose);
      try {
        await storeKey(trustDirectory, key, { role }, passphrase);
      } finally {
        passphrase.wipe();
      }
      this.publicHalves.set(key.id, key.key);
      await this.setup.record('key-generated', {
        title: `Generated ${keyTitle({ role, id: key.id })}`,
        keyId: key.id,
        role,
      });
      return { id: key.id, role, algorithm: key.algorithm };
    } finally {
      key.wipe();
    }
  }

  async remembered(ref: KeyRef): Promise<CallOutput<'keys.remembered'>> {
    const { key } = await this.find(ref);
    return { where: await this.setup.unlocker.remembered(key) };
  }

  /** Forgets a passphrase for the session and in the key chain. @throws `keystore/key-chain`, `keystore/key-not-found` */
  async forget(ref: KeyRef): Promise<void> {
    const { key } = await this.find(ref);
    const where = await this.setup.unlocker.remembered(key);
    if (where === 'session') return this.letGo(key.id);
    await this.setup.unlocker.forget(key.id);
    this.setup.onForgotten();
  }

  /** Forgets a passphrase that no longer holds; a key chain that cannot be asked does not undo what was done. */
  async letGo(keyId: string): Promise<void> {
    try {
      await this.setup.unlocker.forget(keyId);
    } catch (error) {
      if (!hasCode(error, 'keystore/key-chain')) throw error;
      this.setup.onKeyChainKept(keyId, error);
    }
    this.setup.onForgotten();
  }

  /** @throws `keystore/key-not-found` also when the sandbox is not running any more */
  async find({ id, sandbox }: KeyRef): Promise<FoundKey> {
    const folder = this.setup.folders().find((candidate) => candidate.sandbox === sandbox);
    if (folder === undefined) throw new AppError('keystore/key-not-found', { keyId: id });
    return { folder, key: await findKey(folder.trustDirectory, id) };
  }

  /** Where new keys go: never the sandbox, which is thrown away. */
  home(): KeyFolder {
    const own = this.setup.folders().find(({ sandbox }) => !sandbox);
    if (own === undefined) throw new Error('this computer has a trust directory');
    return own;
  }

  /** What a passphrase question says the key will do. */
  purpose({ sandbox }: KeyFolder, ...lines: readonly string[]): readonly string[] {
    return sandbox ? [...lines, this.setup.sandboxHint] : lines;
  }

  /** With folders on one disk as one place. */
  async records(): Promise<BackupRecords> {
    return withDisks(await loadBackupRecords(this.setup.recordsFile), {
      drives: [],
      trustDir: this.home().trustDirectory,
    });
  }

  /** A file that cannot be read must not hide the keys; that it cannot is said, and nothing is taken for backed up. */
  async knownRecords(): Promise<KnownRecords> {
    try {
      return { records: await this.records(), problem: undefined };
    } catch (error) {
      if (!isAppError(error)) throw error;
      return { records: undefined, problem: error };
    }
  }
}

/** docker takes any name; those of roles would make a key that does not belong to a signer. */
const reserved: readonly string[] = ['root', 'targets', 'snapshot', 'timestamp', 'releases'];

/** @throws `keystore/invalid-name`, `signer/reserved-name` */
export function parseKeyName(name: string): string {
  if (reserved.includes(name)) throw new AppError('signer/reserved-name', { name });
  return parseSignerName(name);
}

/** `jeff's key 570adc0a1b2c`, `the root key 570adc0a1b2c`. */
export function keyTitle({ role, id }: { readonly role: string; readonly id: string }): string {
  const short = id.slice(0, 12);
  if (role === 'root') return `the root key ${short}`;
  if (isRepositoryRole(role)) return `the ${role === 'targets' ? 'repository' : role} key ${short}`;
  return role === '' ? `key ${short}` : `${role}’s key ${short}`;
}
