/**
 * Public keys that are known here without a file: those of the delegations of every repository that was read. Pure.
 * A key is named by its canonical ID, which is its own hash: it cannot be another key than the one that is named.
 */
import type { CanonicalKeyId } from '../../../shared/brands.ts';
import { AppError, isAppError } from '../../../shared/errors.ts';
import { parsePublicKeyFile, type PublicKeyFile } from '../../keystore/public-key-file.ts';
import type { VerifiedRepository } from '../../notary/verified-repository.ts';
import { plainKey } from '../../tuf/key-id.ts';
import type { PublicKey } from '../../tuf/model.ts';
import type { TufCrypto } from '../../tuf/ports.ts';
import { algorithmOf } from '../key-algorithm.ts';
import { namedKeys } from '../local-keys.ts';
import type { KnownAs } from './identify-keys.ts';

interface KnownServices {
  readonly crypto: TufCrypto;
  readonly now: () => Date;
}

interface KnownKey {
  readonly id: CanonicalKeyId;
  readonly key: PublicKey;
  readonly certificate: PublicKeyFile['certificate'];
  readonly knownAs: KnownAs[];
}

/** Each key once, by the roles that it is known as. Certificates that can sign nothing now are left out. */
export function knownPublicKeys(repositories: readonly VerifiedRepository[], services: KnownServices) {
  return [...keysById(repositories, services).values()].map(({ id, key, certificate, knownAs }) => ({
    label: knownAs[0]?.role ?? id,
    id,
    algorithm: algorithmOf(key, services.crypto),
    suggestedName: '',
    knownAs,
    ...(certificate === undefined
      ? {}
      : { certificate: { commonName: certificate.commonName, notAfter: certificate.notAfter } }),
  }));
}

/** @throws `keystore/key-not-found` for one that no repository names */
export function findPublicKeys(
  ids: readonly CanonicalKeyId[],
  repositories: readonly VerifiedRepository[],
  services: KnownServices,
): readonly PublicKey[] {
  if (ids.length === 0) return [];
  const known = keysById(repositories, services);
  return ids.map((keyId) => {
    const found = known.get(keyId);
    if (found === undefined) throw new AppError('keystore/key-not-found', { keyId });
    return found.key;
  });
}

function keysById(
  repositories: readonly VerifiedRepository[],
  services: KnownServices,
): ReadonlyMap<CanonicalKeyId, KnownKey> {
  const known = new Map<CanonicalKeyId, KnownKey>();
  for (const { id, key, as } of repositories.flatMap((one) => keysOf(one, services.crypto))) {
    const before = known.get(id);
    const certificate = certificateOf(id, key, services);
    if (certificate === 'unusable') continue;
    // A bare key outlives every certificate of it.
    const isBetter = before?.certificate !== undefined && certificate === undefined;
    const knownAs = [...(before?.knownAs ?? []), as];
    known.set(
      id,
      before === undefined || isBetter ? { id, key, certificate, knownAs } : { ...before, knownAs },
    );
  }
  return known;
}

function keysOf({ gun, targets }: VerifiedRepository, crypto: TufCrypto) {
  return [...targets.values()].flatMap(({ body }) =>
    body.delegations.flatMap(({ name: role, keyids }) =>
      namedKeys(keyids, body.delegationKeys, crypto).flatMap(({ canonicalId: id, key }) => {
        const tags = targets.get(role)?.body.targets.length ?? 0;
        return id === undefined ? [] : [{ id, key, as: { gun, role, tags } }];
      }),
    ),
  );
}

/** As for a file: notary drops what an expired or weak certificate signed. */
function certificateOf(
  id: CanonicalKeyId,
  key: PublicKey,
  { crypto, now }: KnownServices,
): PublicKeyFile['certificate'] | 'unusable' {
  if (plainKey(key, crypto) === key) return undefined;
  try {
    const pem = new Uint8Array(Buffer.from(key.publicBase64, 'base64'));
    return parsePublicKeyFile(id, pem, now().getTime()).certificate;
  } catch (error) {
    if (!isAppError(error)) throw error;
    return 'unusable';
  }
}
