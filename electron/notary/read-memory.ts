/**
 * What one operation has read of a repository before: a plan is made, applied again before signing, and read back, and
 * finds mostly the same bytes. Main process and command line. Holds no trust: the updater applies every rule to every
 * read, and only parsing, hashing and signature checks of the very same bytes are not repeated.
 */
import type { Gun, RoleName } from '../../shared/brands.ts';
import { rememberCrypto } from '../crypto/remembered-crypto.ts';
import type { MetadataFile } from '../tuf/model.ts';
import type { TufCrypto } from '../tuf/ports.ts';

/** As of before, as planned, as signed; and one more when somebody else publishes in between. */
const VERSIONS_PER_ROLE = 4;

export class ReadMemory {
  /** For everything that is computed over the files in here. */
  readonly crypto: TufCrypto;
  readonly #arrays = new Map<RoleName, readonly Uint8Array[]>();
  readonly #parsed = new WeakMap<Uint8Array, MetadataFile>();

  constructor(crypto: TufCrypto) {
    this.crypto = crypto;
  }

  /** The array that held the same bytes before, or `bytes`, which is known from now on. */
  same(role: RoleName, bytes: Uint8Array): Uint8Array {
    const known = this.#arrays.get(role) ?? [];
    const found = known.find((one) => one === bytes || Buffer.compare(one, bytes) === 0);
    if (found !== undefined) return found;
    this.#arrays.set(role, [bytes, ...known].slice(0, VERSIONS_PER_ROLE));
    return bytes;
  }

  /** What parsing this very array gave. */
  parsed(role: RoleName, bytes: Uint8Array): MetadataFile | undefined {
    const file = this.#parsed.get(bytes);
    return file?.role === role ? file : undefined;
  }

  keepParsed(file: MetadataFile): void {
    this.#parsed.set(file.bytes, file);
  }

  /** Takes a file that was signed here: when the server shows the same bytes, they are known. */
  add(file: MetadataFile): void {
    if (this.same(file.role, file.bytes) === file.bytes) this.keepParsed(file);
  }
}

/** Repositories under work at once; the one that was not used for longest is forgotten. */
const MAX_REPOSITORIES = 16;

/** The memories of a process, one per repository. */
export class ReadMemories {
  /** Remembers what it was asked; shared by all that work with the files in here. */
  readonly crypto: TufCrypto;
  readonly #memories = new Map<Gun, ReadMemory>();

  constructor(crypto: TufCrypto) {
    this.crypto = rememberCrypto(crypto);
  }

  of(gun: Gun): ReadMemory {
    const memory = this.#memories.get(gun) ?? new ReadMemory(this.crypto);
    this.#memories.delete(gun);
    this.#memories.set(gun, memory);
    const [oldest] = this.#memories.keys();
    if (oldest !== undefined && this.#memories.size > MAX_REPOSITORIES) this.#memories.delete(oldest);
    return memory;
  }

  forget(gun: Gun): void {
    this.#memories.delete(gun);
  }
}
