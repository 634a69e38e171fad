/**
 * The private keys at hand: files, and keys on tokens that are plugged in. Pure, but for the port to the tokens.
 * A token's key is preferred over a file of the same key, unless nothing but a certificate speaks for it: notary leaves
 * certificates without keys on tokens, and keeps the key in a file.
 */
import type { CanonicalKeyId } from '../../../shared/brands.ts';
import type { StoredKey } from '../../keystore/key-directory.ts';
import type { TokenKey } from '../../yubikey/token-keys.ts';
import type { TokenConsent } from '../../yubikey/token-signer.ts';
import { TouchTally } from '../../yubikey/touch-tally.ts';
import type { AvailableKey, KeyPlace, Plan } from './plan.ts';
import type { Consent, OpenSigner } from './publish-ports.ts';

/** Tokens, as planning and publishing need them. */
export interface PlanTokens {
  /** None where there is no token. @throws `yubikey/*` of a fault */
  readonly keys: () => Promise<readonly TokenKey[]>;
  /** Waits for the token; asks for its PIN. @throws `yubikey/*`, `prompt/cancelled` */
  readonly openSigner: (
    keyId: CanonicalKeyId,
    serial: string,
    consent: TokenConsent,
    signal?: AbortSignal,
  ) => Promise<OpenSigner>;
}

export function availableKeys(
  files: readonly Pick<StoredKey, 'id' | 'role'>[],
  onTokens: readonly TokenKey[],
): readonly AvailableKey[] {
  const inFiles = new Set(files.map(({ id }) => id));
  const tokens = onTokens.filter(({ keyId, isCertain }) => isCertain || !inFiles.has(keyId));
  const used = new Map<CanonicalKeyId, TokenKey>(tokens.map((key) => [key.keyId, key]));
  const roles = new Map(files.map(({ id, role }) => [id, role]));
  return [
    ...[...used.values()].map(({ keyId, role, serial }): AvailableKey => {
      const place = { kind: 'yubikey', serial } as const;
      return { keyId, role: role === '' ? (roles.get(keyId) ?? '') : role, place };
    }),
    ...files
      .filter(({ id }) => !used.has(id))
      .map(({ id, role }): AvailableKey => ({ keyId: id, role, place: { kind: 'file' } })),
  ];
}

/** Where a plan has a key: in a file, unless it says otherwise. */
export function placeOf(plan: Plan, keyId: CanonicalKeyId): KeyPlace {
  const signatures = plan.roles.flatMap((role) => role.signatures);
  return signatures.find((signature) => signature.keyId === keyId)?.place ?? { kind: 'file' };
}

/** The same tokens for one plan: whoever touches one learns how many touches the whole plan still wants. */
export function tokensForPlan(tokens: PlanTokens | undefined, plan: Plan): PlanTokens | undefined {
  if (tokens === undefined) return undefined;
  const expected = new Map<CanonicalKeyId, number>();
  for (const { keyId, place } of plan.roles.flatMap(({ signatures }) => signatures)) {
    if (place.kind === 'yubikey') expected.set(keyId, (expected.get(keyId) ?? 0) + 1);
  }
  const tally = new TouchTally(expected);
  return {
    keys: () => tokens.keys(),
    openSigner: (keyId, serial, consent, signal) =>
      tokens.openSigner(keyId, serial, { ...consent, tally }, signal),
  };
}

/** What PIN and touch are asked for. */
export function tokenConsent({
  gun,
  title,
  roles,
  tags,
  signatures,
}: Pick<Consent, 'gun' | 'title' | 'roles' | 'tags' | 'signatures'>): TokenConsent {
  const purpose = [title, `Repository ${gun}`, `Signs ${roles.join(', ')}`];
  return { purpose, gun, roles, tags, signatures };
}
