/**
 * The private keys of this computer as the window lists them, with the repositories that need them. Privileged
 * process. SECURITY: no key is opened here; IDs, roles and places are all that leaves.
 */
import type { CanonicalKeyId } from '../../shared/brands.ts';
import type { CallOutput } from '../../shared/ipc/bridge.ts';
import type { BackupState, KeyRow } from '../../shared/ipc/keys.ts';
import type { BackupRecords } from '../backup/backup-records.ts';
import { keyBackupState } from '../backup/copy-standing.ts';
import type { KeyListing, StoredKey } from '../keystore/key-directory.ts';
import type { VerifiedRepository } from '../notary/verified-repository.ts';
import { walkRoles } from '../tuf/delegations.ts';
import type { TufCrypto } from '../tuf/ports.ts';
import type { TokenKey } from '../yubikey/token-keys.ts';
import { namedKeys } from './local-keys.ts';
import { baseRoleKeys } from './repository-row.ts';

export type KeyList = CallOutput<'keys.list'>;
type Uses = ReadonlyMap<CanonicalKeyId, KeyRow['usedBy']>;

const baseRoles = ['root', 'targets', 'snapshot', 'timestamp'] as const;

/** Which roles of which repositories each key can sign. */
export function usesOfKeys(repositories: readonly VerifiedRepository[], crypto: TufCrypto): Uses {
  const uses = new Map<CanonicalKeyId, KeyRow['usedBy']>();
  for (const repository of repositories) {
    for (const [id, roles] of rolesByKey(repository, crypto)) {
      uses.set(id, [...(uses.get(id) ?? []), { gun: repository.gun, roles }]);
    }
  }
  return uses;
}

function rolesByKey(
  repository: VerifiedRepository,
  crypto: TufCrypto,
): ReadonlyMap<CanonicalKeyId, string[]> {
  const roles = new Map<CanonicalKeyId, string[]>();
  const note = (role: string, keys: ReturnType<typeof namedKeys>): void => {
    for (const { canonicalId } of keys) {
      if (canonicalId !== undefined) roles.set(canonicalId, [...(roles.get(canonicalId) ?? []), role]);
    }
  };
  for (const role of baseRoles) note(role, baseRoleKeys(repository, role, crypto));
  for (const { body } of walkRoles(repository.targets)) {
    for (const { name, keyids } of body.delegations)
      note(name, namedKeys(keyids, body.delegationKeys, crypto));
  }
  return roles;
}

/** The keys of one trust directory. */
export interface FolderListing extends KeyListing {
  readonly sandbox: boolean;
}

/** What else is known of keys. */
interface KeyFacts {
  readonly uses: Uses;
  /** undefined when they cannot be read. */
  readonly records: BackupRecords | undefined;
  /** Milliseconds since the epoch. */
  readonly now: number;
}

/** Files that are not usable keys are listed, never hidden. */
export function toKeyList(
  listings: readonly FolderListing[],
  onTokens: readonly TokenKey[],
  facts: KeyFacts,
): KeyList {
  const inFiles = listings.flatMap(({ keys, sandbox }) => keys.map((key) => toKeyRow(key, sandbox, facts)));
  return {
    keys: [...inFiles, ...onTokens.map((key) => toTokenRow(key, facts))].sort(byRoot),
    unreadable: listings.flatMap(({ unreadable }) =>
      unreadable.map(({ path, reason }) => ({ file: path, reason })),
    ),
  };
}

function toKeyRow(key: StoredKey, sandbox: boolean, { uses, records, now }: KeyFacts): KeyRow {
  const { id, role, gun, algorithm, location, encryption, modifiedAt } = key;
  return {
    id,
    role,
    gun,
    algorithm: algorithm ?? 'unknown',
    place: { kind: 'file' },
    sandbox,
    location,
    encrypted: encryption !== 'none',
    usedBy: uses.get(id) ?? [],
    created: modifiedAt,
    ...backupMember(records, id, now),
  };
}

/** As notary lists them: a key that is in a file and on a token has two lines. */
function toTokenRow(key: TokenKey, { uses, records, now }: KeyFacts): KeyRow {
  const { keyId, role, gun, algorithm, serial, slot } = key;
  return {
    id: keyId,
    role,
    gun,
    algorithm,
    place: { kind: 'yubikey', serial },
    sandbox: false,
    location: `YubiKey ${serial}, slot ${slot}`,
    encrypted: true,
    usedBy: uses.get(keyId) ?? [],
    ...backupMember(records, keyId, now),
  };
}

/** Root keys come first, wherever they are; everything else stays as it is listed. */
function byRoot(a: KeyRow, b: KeyRow): number {
  return Number(b.role === 'root') - Number(a.role === 'root');
}

/** Present when something is known of backups. */
export function backupMember(
  records: BackupRecords | undefined,
  keyId: string,
  now: number,
): { readonly backup?: BackupState } {
  return records === undefined ? {} : { backup: toBackupState(records, keyId, now) };
}

/** How well a key is backed up, without a member that has no value. */
export function toBackupState(records: BackupRecords, keyId: string, now: number): BackupState {
  const { lastProof, ...state } = keyBackupState(records, keyId, now);
  return lastProof === undefined ? state : { ...state, lastProof };
}
