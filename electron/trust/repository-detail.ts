/**
 * Everything the window shows of one opened repository but its tags. Privileged process; pure.
 */
import type { RoleName, TufKeyId } from '../../shared/brands.ts';
import type { RepositoryDetail, RepositoryRow } from '../../shared/ipc/repositories.ts';
import { sixMonthsAfter } from '../notary/repository-warnings.ts';
import type { VerifiedRepository } from '../notary/verified-repository.ts';
import { toHex } from '../tuf/hex.ts';
import { walkRoles } from '../tuf/delegations.ts';
import type { MetadataFile } from '../tuf/model.ts';
import { delegationDepth, RELEASES } from '../tuf/names.ts';
import type { TufCrypto } from '../tuf/ports.ts';
import { rootCertificates } from '../tuf/root-certificates.ts';
import { compareNatural } from './natural-order.ts';
import { signedTags, toSignerName } from './inspect.ts';
import { dueRoles } from './due-roles.ts';
import { algorithmOf } from './key-algorithm.ts';
import { type LocalKeys, type NamedKey, namedKeys } from './local-keys.ts';
import { baseRoleKeys, toWire } from './repository-row.ts';

type Signer = RepositoryDetail['signers'][number];
type AdminKey = RepositoryDetail['adminKeys'][number];
type DelegationRow = RepositoryDetail['delegations'][number];
type RoleMetadata = RepositoryDetail['metadata'][number];
type KeyPlace = AdminKey['place'];

export interface DetailParts {
  readonly row: RepositoryRow;
  readonly verified: VerifiedRepository;
  readonly local: LocalKeys;
  readonly rootChain: RepositoryDetail['rootChain'];
  readonly crypto: TufCrypto;
  readonly now: Date;
}

export function toDetail(parts: DetailParts): RepositoryDetail {
  const { row, rootChain, verified, now } = parts;
  return {
    row,
    signers: signersIn(parts),
    adminKeys: adminKeysIn(parts),
    delegations: delegationsIn(parts),
    metadata: metadataIn(parts),
    rootChain: [...rootChain],
    due: dueRoles(verified, sixMonthsAfter(now)).due.map(({ role }) => role),
  };
}

/** What there is to show of a repository that could not be read yet. */
export function emptyDetail(row: RepositoryRow): RepositoryDetail {
  return { row, signers: [], adminKeys: [], delegations: [], metadata: [], rootChain: [], due: [] };
}

interface NamedDelegation {
  readonly name: RoleName;
  readonly keys: readonly NamedKey[];
}

/** Every delegation with its keys, in the order of the role tree. */
function delegationsWithKeys({ verified, crypto }: DetailParts): readonly NamedDelegation[] {
  return [...walkRoles(verified.targets)].flatMap(({ body }) =>
    body.delegations.map(({ name, keyids }) => ({
      name,
      keys: namedKeys(keyids, body.delegationKeys, crypto),
    })),
  );
}

function signersIn(parts: DetailParts): Signer[] {
  const { verified, local, crypto } = parts;
  const tags = countBySigner(verified);
  return delegationsWithKeys(parts)
    .filter(({ name }) => name !== RELEASES)
    .map(({ name, keys }) => ({
      name: toSignerName(name),
      role: name,
      keys: keys.map(({ id, canonicalId, key }) => ({
        id: canonicalId ?? id,
        algorithm: algorithmOf(key, crypto),
        place: placeOf(canonicalId, local),
      })),
      tags: tags.get(toSignerName(name)) ?? 0,
      expiresAt: verified.targets.get(name)?.body.expiresAt,
    }))
    .sort((a, b) => compareNatural(a.name, b.name));
}

/** How many released tags each signer stands for. */
function countBySigner({ targets }: VerifiedRepository): ReadonlyMap<string, number> {
  const { signers, signerSets } = signedTags(targets);
  const counts = new Map<string, number>();
  for (const set of signers) {
    for (const name of signerSets[set] ?? []) counts.set(name, (counts.get(name) ?? 0) + 1);
  }
  return counts;
}

function placeOf(canonicalId: string | undefined, local: LocalKeys): KeyPlace {
  const id = canonicalId as NamedKey['canonicalId'];
  return (id === undefined ? undefined : local.get(id)) ?? { kind: 'absent' };
}

const adminRoles = ['root', 'targets', 'snapshot', 'timestamp'] as const;

function adminKeysIn({ verified, local, crypto }: DetailParts): AdminKey[] {
  const certificates = new Map(
    rootCertificates(verified.root.body, verified.gun, undefined, crypto).map(({ id, leaf }) => [id, leaf]),
  );
  return adminRoles.flatMap((role) =>
    baseRoleKeys(verified, role, crypto).map(({ id, canonicalId, key }) => {
      const leaf = role === 'root' ? certificates.get(id) : undefined;
      const place = placeOf(canonicalId, local);
      // The server signs timestamps, and snapshots unless a person kept that key.
      const isServers = place.kind === 'absent' && (role === 'timestamp' || role === 'snapshot');
      return {
        role,
        id,
        canonicalId: canonicalId ?? id,
        algorithm: algorithmOf(key, crypto),
        place: isServers ? { kind: 'server' as const } : place,
        certificate: leaf && {
          commonName: leaf.commonName,
          notBefore: leaf.notBefore,
          notAfter: leaf.notAfter,
        },
      };
    }),
  );
}

function delegationsIn({ verified, crypto }: DetailParts): DelegationRow[] {
  const { targets, problems } = verified;
  return [...walkRoles(targets)].flatMap(({ body }) =>
    body.delegations.map(({ name, paths, threshold, keyids }) => {
      const problem = problems.get(name);
      const keys = namedKeys(keyids, body.delegationKeys, crypto);
      return {
        role: name,
        paths: [...paths],
        threshold,
        keyIds: keys.map(({ id, canonicalId }) => canonicalId ?? id),
        depth: delegationDepth(name),
        // A role without a file of its own is fine; one with too few keys can never have one.
        usable: problem === undefined && keyids.length >= threshold,
        problem: problem && toWire(problem),
      };
    }),
  );
}

function metadataIn(parts: DetailParts): RoleMetadata[] {
  const { verified, crypto } = parts;
  const { root, snapshot, timestamp, targets } = verified;
  const holders = signersByKey(parts);
  const files: readonly MetadataFile[] = [root, timestamp, snapshot, ...targets.values()];
  return files.map(({ role, bytes, body, signatures }) => ({
    role,
    version: body.version,
    expiresAt: body.expiresAt,
    bytes: bytes.length,
    sha256: toHex(crypto.sha256(bytes)),
    signatures: signatures.map(({ keyid, method }) => ({ keyId: keyid, method, signer: holders.get(keyid) })),
  }));
}

/** Whose key a signature's key is: the signer that has a delegation with it. */
function signersByKey(parts: DetailParts): ReadonlyMap<TufKeyId, string> {
  const holders = new Map<TufKeyId, string>();
  for (const { name, keys } of delegationsWithKeys(parts)) {
    if (name === RELEASES) continue;
    for (const { id } of keys) if (!holders.has(id)) holders.set(id, toSignerName(name));
  }
  return holders;
}
