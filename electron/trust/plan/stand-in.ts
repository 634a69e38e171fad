/**
 * A key that a plan names before its public half is known: one that is made, asked of the server or opened only when the
 * plan is carried out. Pure. A stand-in is in the plan's changes until then; a name for it in what a person reads.
 */
import type { CanonicalKeyId, TufKeyId } from '../../../shared/brands.ts';
import { toBase64 } from '../../tuf/base64.ts';
import type { Change } from '../../tuf/change.ts';
import { canonicalKeyId, tufKeyId } from '../../tuf/key-id.ts';
import type { PublicKey } from '../../tuf/model.ts';
import type { TufCrypto } from '../../tuf/ports.ts';
import type { KeyPlace, Plan, PlanLine, PlannedSignature } from './plan.ts';

/** Names of keys that do not exist yet. */
export const NEW_ROOT_KEY = 'new-root-key' as CanonicalKeyId;
export const NEW_REPOSITORY_KEY = 'new-repository-key' as CanonicalKeyId;
export const NEW_SNAPSHOT_KEY = 'new-snapshot-key' as CanonicalKeyId;
export const NEW_SIGNER_KEY = 'new-signer-key' as CanonicalKeyId;
/** The server makes it. */
export const NEW_SERVER_KEY = 'new-server-key' as CanonicalKeyId;

/** Of a key that does not exist yet. */
export function isStandInName(id: CanonicalKeyId): boolean {
  return id.startsWith('new-');
}

/** The one key of a plan's changes that is known later. */
export const standIn: PublicKey = {
  keytype: 'ecdsa',
  publicBase64: toBase64(new TextEncoder().encode('a key that is opened or made later')),
};

/** The ID that the stand-in has in what the pure edit makes of it. */
export function standInId(crypto: TufCrypto): CanonicalKeyId {
  return canonicalKeyId(standIn, crypto);
}

/** Calls the stand-in by `name` wherever a person reads its ID. */
export function nameStandIn(plan: Plan, name: CanonicalKeyId, crypto: TufCrypto): Plan {
  return renamed(plan, standInId(crypto), name, (signature) => ({ ...signature, keyId: name }), crypto);
}

/**
 * Puts `key` in the place of the stand-in, which was called `name`; every other part stays as it was reviewed. A key that
 * was made is in a file by now.
 */
export function fillStandIn(plan: Plan, name: CanonicalKeyId, key: PublicKey, crypto: TufCrypto): Plan {
  const ids = { keyId: canonicalKeyId(key, crypto), tufId: tufKeyId(key, crypto) };
  const filled = (signature: PlannedSignature): PlannedSignature => {
    const place: KeyPlace = signature.place.kind === 'new' ? { kind: 'file' } : signature.place;
    return { ...signature, ...ids, place };
  };
  const named = renamed(plan, name, ids.keyId, filled, crypto);
  return { ...named, changes: plan.changes.map((change) => withKey(change, key)) };
}

function renamed(
  plan: Plan,
  from: CanonicalKeyId,
  to: CanonicalKeyId,
  rename: (signature: PlannedSignature) => PlannedSignature,
  crypto: TufCrypto,
): Plan {
  // A root key may sign under an old and a new certificate: only the stand-in's own signature is meant.
  const tufId: TufKeyId = tufKeyId(standIn, crypto);
  const signature = (one: PlannedSignature): PlannedSignature => (one.tufId === tufId ? rename(one) : one);
  return {
    ...plan,
    roles: plan.roles.map((role) => ({ ...role, signatures: role.signatures.map(signature) })),
    lines: plan.lines.map((line) => lineWith(line, from, to)),
  };
}

/** The line with one key called by another name. */
export function lineWith(line: PlanLine, from: CanonicalKeyId, to: CanonicalKeyId): PlanLine {
  const name = (id: CanonicalKeyId): CanonicalKeyId => (id === from ? to : id);
  if (line.kind === 'delegation-added') return { ...line, keyIds: line.keyIds.map(name) };
  return line.kind === 'base-keys-replaced' ? { ...line, to: line.to.map(name) } : line;
}

function withKey(change: Change, key: PublicKey): Change {
  if (change.kind !== 'add-delegation' && change.kind !== 'replace-base-keys') return change;
  const isStandIn = (one: PublicKey): boolean => one.publicBase64 === standIn.publicBase64;
  return { ...change, keys: change.keys.map((one) => (isStandIn(one) ? key : one)) };
}
