/** Which private keys are at hand, in files or on tokens, by the ID under which metadata can be matched. Privileged process. */
import type { CanonicalKeyId, TufKeyId } from '../../shared/brands.ts';
import { hasCode } from '../../shared/errors.ts';
import { listKeys } from '../keystore/key-directory.ts';
import { canonicalKeyId } from '../tuf/key-id.ts';
import type { PublicKey } from '../tuf/model.ts';
import type { TufCrypto } from '../tuf/ports.ts';
import type { TokenKey } from '../yubikey/token-keys.ts';

export type LocalPlace = { readonly kind: 'file' } | { readonly kind: 'yubikey'; readonly serial: string };
export type LocalKeys = ReadonlyMap<CanonicalKeyId, LocalPlace>;

/** A key that is on a token and in a file is used from the token, when it is certain that it is there. @throws `keystore/unreadable` */
export async function readLocalKeys(
  trustDirectory: string,
  onTokens: readonly Pick<TokenKey, 'keyId' | 'serial' | 'isCertain'>[],
): Promise<LocalKeys> {
  const { keys } = await listKeys(trustDirectory);
  const places = new Map<CanonicalKeyId, LocalPlace>(keys.map(({ id }) => [id, { kind: 'file' }]));
  for (const { keyId, serial, isCertain } of onTokens) {
    if (isCertain || !places.has(keyId)) places.set(keyId, { kind: 'yubikey', serial });
  }
  return places;
}

/** A public key with both its IDs; the canonical one is missing when its certificate cannot be read. */
export interface NamedKey {
  readonly id: TufKeyId;
  readonly canonicalId: CanonicalKeyId | undefined;
  readonly key: PublicKey;
}

/** The keys that `ids` name, in their order. */
export function namedKeys(
  ids: readonly TufKeyId[],
  keys: ReadonlyMap<TufKeyId, PublicKey>,
  crypto: TufCrypto,
): readonly NamedKey[] {
  return ids.flatMap((id) => {
    const key = keys.get(id);
    return key === undefined ? [] : [{ id, key, canonicalId: canonicalIdOf(key, crypto) }];
  });
}

function canonicalIdOf(key: PublicKey, crypto: TufCrypto): CanonicalKeyId | undefined {
  try {
    return canonicalKeyId(key, crypto);
  } catch (error) {
    if (hasCode(error, 'trust/invalid-certificate')) return undefined;
    throw error;
  }
}

/** True when the private half of one of `keys` is here. */
export function isHere(keys: readonly NamedKey[], local: LocalKeys): boolean {
  return keys.some(({ canonicalId }) => canonicalId !== undefined && local.has(canonicalId));
}
