/**
 * The listing of the key store, read once for a command that changes many repositories: listing opens every key file.
 * Command line. A key itself is always read anew when it is opened, and must have the ID that it is opened by.
 */
import type { CanonicalKeyId } from '../../../shared/brands.ts';
import { listKeys, type StoredKey } from '../../keystore/key-directory.ts';
import { findKey } from '../../keystore/store-key.ts';

export class KnownKeys {
  readonly #listings = new Map<string, Promise<readonly StoredKey[]>>();

  /** @throws `keystore/unreadable` */
  list(trustDirectory: string): Promise<readonly StoredKey[]> {
    const known = this.#listings.get(trustDirectory);
    if (known !== undefined) return known;
    const listing = listKeys(trustDirectory).then(({ keys }) => keys);
    this.#listings.set(trustDirectory, listing);
    listing.catch(() => this.#listings.delete(trustDirectory));
    return listing;
  }

  /** A key that came since the listing is found too. @throws `keystore/key-not-found`, `keystore/unreadable` */
  async find(trustDirectory: string, keyId: CanonicalKeyId): Promise<StoredKey> {
    const keys = await this.list(trustDirectory);
    return keys.find(({ id }) => id === keyId) ?? findKey(trustDirectory, keyId);
  }

  /** Keys were made: the next one to ask sees them. */
  forget(): void {
    this.#listings.clear();
  }
}
