/**
 * Which keys of a repository are on this computer, in a backup, with the server, or nowhere that is known here: what the
 * guide for lost keys starts from. Privileged process; pure: verified metadata and records in, facts out.
 */
import type { Holdings, KeyWhereabouts, RoleHolding } from '../../shared/ipc/keys.ts';
import { type BackupRecord, type BackupRecords, placeName } from '../backup/backup-records.ts';
import { holderText, keyStanding } from '../backup/copy-standing.ts';
import { type RoleOfKeys, rolesOf } from '../backup/key-impact.ts';
import type { VerifiedRepository } from '../notary/verified-repository.ts';
import type { TufCrypto } from '../tuf/ports.ts';

type Copy = KeyWhereabouts['copies'][number];

interface HoldingFacts {
  /** IDs of the private keys in the repository's trust directory. */
  readonly here: ReadonlySet<string>;
  readonly records: BackupRecords;
  readonly crypto: TufCrypto;
  readonly now: Date;
}

const order: readonly string[] = ['root', 'targets', 'snapshot', 'timestamp'];

/** Every role with its keys: the base roles, then the delegations in the order of the metadata. */
export function holdingsOf(repository: VerifiedRepository, facts: HoldingFacts): Holdings['roles'] {
  const rank = ({ role }: RoleOfKeys): number => (order.includes(role) ? order.indexOf(role) : order.length);
  return rolesOf(repository, facts.crypto)
    .toSorted((a, b) => rank(a) - rank(b))
    .map((role) => toHolding(role, repository, facts));
}

function toHolding(role: RoleOfKeys, repository: VerifiedRepository, facts: HoldingFacts): RoleHolding {
  const expiresAt = expiryOf(role.role, repository);
  return {
    role: role.role,
    threshold: role.threshold,
    keys: [...new Set(role.keys)].map((id) => whereaboutsOf(id, role.role, facts)),
    ...(expiresAt === undefined ? {} : { expiresAt }),
  };
}

function expiryOf(role: string, { root, targets, unusable, snapshot, timestamp }: VerifiedRepository) {
  const files = [root, snapshot, timestamp, ...targets.values(), ...unusable.values()];
  return files.find((file) => file.role === role)?.body.expiresAt;
}

/** A key that is here is here, whatever else holds it. */
function whereaboutsOf(id: string, role: string, { here, records, now }: HoldingFacts): KeyWhereabouts {
  const copies = records.backups.filter(({ keys }) => keys.some((key) => key.id === id));
  const offline = records.offline.find((key) => key.id === id);
  return {
    id,
    place: here.has(id) ? 'here' : placeWithout(role, copies),
    copies: copies.map((copy) => toCopy(copy, id, now.getTime())).toSorted(byWorth),
    ...(offline === undefined ? {} : { offlineSince: offline.since }),
  };
}

/** The server signs timestamps, and snapshots unless a person kept that key. */
function placeWithout(role: string, copies: readonly BackupRecord[]): KeyWhereabouts['place'] {
  if (copies.length > 0) return 'backup';
  return role === 'timestamp' || role === 'snapshot' ? 'server' : 'elsewhere';
}

/** A proof that is too old to let the key go still says that the copy opened: its age goes with the place. */
function toCopy(copy: BackupRecord, id: string, now: number): Copy {
  const proven = keyStanding(copy, id, now).at !== undefined;
  const label = proven ? holderText(copy, id, now) : placeName(copy.place);
  return { label, file: copy.file.name, created: copy.created, proven };
}

/** A copy that was opened before one that nobody has seen open. */
function byWorth(one: Copy, other: Copy): number {
  return Number(other.proven) - Number(one.proven) || other.created.localeCompare(one.created);
}
