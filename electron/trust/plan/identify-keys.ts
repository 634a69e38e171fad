/** "Who is this key?": a public key or certificate matched against every repository that was read. Pure. */
import type { CanonicalKeyId } from '../../../shared/brands.ts';
import { isAppError } from '../../../shared/errors.ts';
import { parsePublicKeyFile, type PublicKeyFile } from '../../keystore/public-key-file.ts';
import type { VerifiedRepository } from '../../notary/verified-repository.ts';
import { canonicalKeyId } from '../../tuf/key-id.ts';
import type { PublicKey } from '../../tuf/model.ts';
import type { TufCrypto } from '../../tuf/ports.ts';

/** A file as the window hands it over: its name and its content in base64. */
export interface Dropped {
  readonly label: string;
  readonly content: string;
}

/**
 * The keys in them, as metadata carries keys.
 * @throws `keystore/private-key-given`, `keystore/no-public-key`,
 * `keystore/unusable-certificate`
 */
export function publicKeysIn(
  files: readonly Dropped[],
  { now }: { readonly now: () => Date },
): readonly PublicKey[] {
  return files.map((file) => parseDropped(file, now).key);
}

function parseDropped({ label, content }: Dropped, now: () => Date): PublicKeyFile {
  return parsePublicKeyFile(label, new Uint8Array(Buffer.from(content, 'base64')), now().getTime());
}

export interface KnownAs {
  gun: string;
  role: string;
  tags: number;
}

/** One result per file; private keys are refused, not read. */
export function identifyKeys(
  files: readonly Dropped[],
  repositories: readonly VerifiedRepository[],
  { crypto, now }: { readonly crypto: TufCrypto; readonly now: () => Date },
) {
  return files.map((dropped) => {
    const { label } = dropped;
    try {
      return { ok: true as const, key: describe(label, parseDropped(dropped, now), repositories, crypto) };
    } catch (error) {
      if (!isAppError(error)) throw error;
      return { ok: false as const, label, error: { code: error.code, details: { ...error.details } } };
    }
  });
}

function describe(
  label: string,
  file: PublicKeyFile,
  repositories: readonly VerifiedRepository[],
  crypto: TufCrypto,
) {
  const { certificate, canonicalId, name, key } = file;
  return {
    label,
    id: canonicalId,
    algorithm: key.keytype,
    suggestedName: name,
    knownAs: repositories.flatMap((repository) => rolesOf(canonicalId, repository, crypto)),
    ...(certificate === undefined
      ? {}
      : { certificate: { commonName: certificate.commonName, notAfter: certificate.notAfter } }),
  };
}

function rolesOf(id: CanonicalKeyId, repository: VerifiedRepository, crypto: TufCrypto): KnownAs[] {
  const { gun, root, targets } = repository;
  const has = (keyids: readonly string[], keys: ReadonlyMap<string, PublicKey>): boolean =>
    keyids.some((keyid) => {
      const key = keys.get(keyid);
      return key !== undefined && canonicalKeyId(key, crypto) === id;
    });
  const base = [...root.body.roles]
    .filter(([, { keyids }]) => has(keyids, root.body.keys))
    .map(([role]) => ({ gun, role, tags: role === 'targets' ? countOf(repository, role) : 0 }));
  const delegated = [...targets.values()].flatMap(({ body }) =>
    body.delegations
      .filter(({ keyids }) => has(keyids, body.delegationKeys))
      .map(({ name }) => ({ gun, role: name, tags: countOf(repository, name) })),
  );
  return [...base, ...delegated];
}

function countOf({ targets }: VerifiedRepository, role: string): number {
  return [...targets].find(([name]) => name === role)?.[1].body.targets.length ?? 0;
}
