/**
 * The keys that the trust server signs snapshots and timestamps with: the part that notary-signer plays in
 * production. Privileged process. Private keys never leave this file; callers get public keys and signers.
 */
import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { CanonicalKeyId } from '../../../shared/brands.ts';
import { AppError } from '../../../shared/errors.ts';
import { writeFileAtomically } from '../../files/atomic-file.ts';
import { generateKey } from '../../keystore/generate-key.ts';
import { encodePem, decodeFirstPemBlock } from '../../keystore/pem.ts';
import { fromPkcs8, toStandardPkcs8 } from '../../keystore/private-key-formats.ts';
import type { PrivateKey } from '../../keystore/private-key.ts';
import type { PublicKey } from '../../tuf/model.ts';
import type { RoleSigner } from '../../tuf/ports.ts';

export type ServerRole = 'snapshot' | 'timestamp';
export type ServerKeyAlgorithm = 'ecdsa' | 'ed25519';

interface ServerKey {
  readonly gun: string;
  readonly role: ServerRole;
  readonly key: PrivateKey;
  /** It has signed something, so a root names it. */
  used: boolean;
}

/** A key file: not encrypted, 0600, like the storage of a signer that has its own password beside it. */
interface KeyFile {
  readonly gun: string;
  readonly role: ServerRole;
  readonly used: boolean;
  readonly pem: string;
}

/** Memory keeps keys for the life of the process; a folder keeps them for good. */
export type KeyHome = { readonly kind: 'memory' } | { readonly kind: 'folder'; readonly folder: string };

export class ServerKeys {
  readonly #home: KeyHome;
  readonly #algorithm: ServerKeyAlgorithm;
  readonly #keys: Map<string, ServerKey>;

  private constructor(home: KeyHome, algorithm: ServerKeyAlgorithm, keys: Map<string, ServerKey>) {
    this.#home = home;
    this.#algorithm = algorithm;
    this.#keys = keys;
  }

  static inMemory(algorithm: ServerKeyAlgorithm = 'ecdsa'): ServerKeys {
    return new ServerKeys({ kind: 'memory' }, algorithm, new Map());
  }

  /** Opens a key folder, which may be missing. Throws `keystore/unreadable`, `keystore/permissions-too-open`. */
  static async open(folder: string, algorithm: ServerKeyAlgorithm = 'ecdsa'): Promise<ServerKeys> {
    return new ServerKeys({ kind: 'folder', folder }, algorithm, await loadKeys(folder));
  }

  has(keyId: string): boolean {
    return this.#keys.has(keyId);
  }

  publicKey(keyId: string): PublicKey | undefined {
    return this.#keys.get(keyId)?.key.key;
  }

  /**
   * A key for a role. One that was handed out before and never used is handed out again, as notary-signer does
   * with a database: asking often must not fill the disk, and every client that asked can still publish.
   */
  async create(gun: string, role: ServerRole): Promise<PublicKey> {
    for (const entry of this.#keys.values()) {
      if (!entry.used && entry.gun === gun && entry.role === role) return entry.key.key;
    }
    const entry: ServerKey = {
      gun,
      role,
      key: await generateKey(this.#algorithm === 'ecdsa' ? 'ECDSA P-256' : 'Ed25519'),
      used: false,
    };
    await this.#save(entry);
    this.#keys.set(entry.key.id, entry);
    return entry.key.key;
  }

  /** A signer for a key we have. Signing marks the key as used before the signature is given away. */
  signer(keyId: string): RoleSigner | undefined {
    const entry = this.#keys.get(keyId);
    if (entry === undefined) return undefined;
    return {
      key: entry.key.key,
      sign: async (message) => {
        if (!entry.used) await this.#save({ ...entry, used: true });
        entry.used = true;
        return entry.key.sign(message);
      },
    };
  }

  async #save(entry: ServerKey): Promise<void> {
    if (this.#home.kind === 'memory') return;
    const file: KeyFile = { gun: entry.gun, role: entry.role, used: entry.used, pem: toPem(entry.key) };
    await writeFileAtomically(keyPath(this.#home.folder, entry.key.id), JSON.stringify(file));
  }
}

const keyPath = (folder: string, id: CanonicalKeyId): string => join(folder, `${id}.json`);

function toPem(key: PrivateKey): string {
  const info = toStandardPkcs8(key);
  try {
    return info.use((bytes) => encodePem({ type: 'PRIVATE KEY', headers: new Map(), bytes }));
  } finally {
    info.wipe();
  }
}

async function loadKeys(folder: string): Promise<Map<string, ServerKey>> {
  const names = await readdir(folder).catch((error: unknown) => {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw unreadable(folder, error);
  });
  const keys = new Map<string, ServerKey>();
  for (const name of names.filter((entry) => /^[0-9a-f]{64}\.json$/.test(entry))) {
    const entry = await loadKey(join(folder, name));
    keys.set(entry.key.id, entry);
  }
  return keys;
}

async function loadKey(path: string): Promise<ServerKey> {
  const { mode } = await stat(path);
  // SECURITY: a key that others could read is no key; say so instead of signing with it.
  if (process.platform !== 'win32' && (mode & 0o077) !== 0) {
    throw new AppError('keystore/permissions-too-open', { path, mode: (mode & 0o777).toString(8) });
  }
  try {
    const file = JSON.parse(await readFile(path, 'utf8')) as KeyFile;
    const block = decodeFirstPemBlock(file.pem);
    if (block === undefined) throw new TypeError('no PEM block');
    return { gun: file.gun, role: file.role, used: file.used, key: fromPkcs8(block.bytes) };
  } catch (error) {
    throw unreadable(path, error);
  }
}

const unreadable = (path: string, cause: unknown): AppError =>
  new AppError('keystore/unreadable', { path, reason: 'not a key of the sandbox server' }, { cause });
