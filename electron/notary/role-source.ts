/**
 * Where one update gets its bytes: the cache where they are what is announced, else the server; each at most once.
 * Main process and command line. Knows no rule of trust: everything it hands out is untrusted.
 */
import type { RoleName, Sha256Hex } from '../../shared/brands.ts';
import { hexOfBase64, toBase64 } from '../tuf/base64.ts';
import type { FileMeta } from '../tuf/model.ts';
import { TIMESTAMP } from '../tuf/names.ts';
import type { TufCrypto } from '../tuf/ports.ts';
import type { MetadataCache } from './metadata-cache.ts';
import type { ReadMemory } from './read-memory.ts';
import type { Downloaded, NotaryTransport } from './transport.ts';

export class RoleSource {
  readonly #transport: NotaryTransport;
  readonly #cache: MetadataCache;
  readonly #crypto: TufCrypto;
  readonly #memory: ReadMemory | undefined;
  readonly #cached = new Map<RoleName, Promise<Uint8Array | undefined>>();
  readonly #downloads = new Map<string, Promise<Uint8Array>>();
  #timestamp: Promise<Uint8Array> | undefined;
  #tlsVerified = true;

  constructor(transport: NotaryTransport, cache: MetadataCache, crypto: TufCrypto, memory?: ReadMemory) {
    this.#transport = transport;
    this.#cache = cache;
    this.#crypto = crypto;
    this.#memory = memory;
  }

  /** False once an answer came over a connection whose certificate did not verify. */
  get tlsVerified(): boolean {
    return this.#tlsVerified;
  }

  cached(role: RoleName): Promise<Uint8Array | undefined> {
    return once(this.#cached, role, async () => {
      const bytes = await this.#cache.read(role);
      return bytes === undefined ? undefined : this.#known(role, bytes);
    });
  }

  /** The server's present timestamp; asked once until `renewTimestamp`. */
  timestamp(): Promise<Uint8Array> {
    this.#timestamp ??= quiet(this.#download(TIMESTAMP, this.#transport.fetchCurrent(TIMESTAMP)));
    return this.#timestamp;
  }

  renewTimestamp(): void {
    this.#timestamp = undefined;
  }

  /** The cached bytes, when they are exactly what is announced. */
  async cachedAsAnnounced(role: RoleName, announced: FileMeta): Promise<Uint8Array | undefined> {
    const bytes = await this.cached(role);
    return bytes !== undefined && this.#isAnnounced(bytes, announced) ? bytes : undefined;
  }

  /** Downloads what is announced, by its hash. May be called ahead of need. */
  announced(role: RoleName, announced: FileMeta): Promise<Uint8Array> {
    const { sha256 } = announced;
    if (sha256 === undefined) return this.current(role);
    return once(this.#downloads, `${role} ${sha256}`, () =>
      this.#download(
        role,
        this.#transport.fetchByHash(role, hexOfBase64(sha256) as Sha256Hex, announced.length),
      ),
    );
  }

  current(role: RoleName): Promise<Uint8Array> {
    return this.#download(role, this.#transport.fetchCurrent(role));
  }

  version(role: RoleName, version: number): Promise<Uint8Array> {
    return this.#download(role, this.#transport.fetchByVersion(role, version));
  }

  async #download(role: RoleName, answer: Promise<Downloaded>): Promise<Uint8Array> {
    const { bytes, tlsVerified } = await answer;
    this.#tlsVerified &&= tlsVerified;
    return this.#known(role, bytes);
  }

  #known(role: RoleName, bytes: Uint8Array): Uint8Array {
    return this.#memory?.same(role, bytes) ?? bytes;
  }

  /** Only decides where the bytes come from; the trusted repository checks length and every hash itself. */
  #isAnnounced(bytes: Uint8Array, announced: FileMeta): boolean {
    if (bytes.length !== announced.length) return false;
    const { sha256, sha512 } = announced;
    if (sha256 !== undefined) return toBase64(this.#crypto.sha256(bytes)) === sha256;
    return sha512 !== undefined && toBase64(this.#crypto.sha512(bytes)) === sha512;
  }
}

function once<K, T>(known: Map<K, Promise<T>>, key: K, start: () => Promise<T>): Promise<T> {
  const promise = known.get(key) ?? quiet(start());
  known.set(key, promise);
  return promise;
}

/** What is started ahead may fail before anybody waits for it; whoever waits still sees the failure. */
function quiet<T>(promise: Promise<T>): Promise<T> {
  promise.catch(() => undefined);
  return promise;
}
