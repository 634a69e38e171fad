/**
 * Keys that a plan needs while it is carried out: opened, made and stored, or asked of the server. Privileged side.
 * Shared by new repositories and by rotations. Keys that were made stay, whatever becomes of the plan.
 */
import type { CanonicalKeyId, Gun } from '../../../shared/brands.ts';
import { AppError } from '../../../shared/errors.ts';
import { generateKey } from '../../keystore/generate-key.ts';
import type { KeyHeaders } from '../../keystore/key-names.ts';
import { findKey, storeKey } from '../../keystore/store-key.ts';
import type { KeyUnlocker } from '../../keystore/unlock.ts';
import type { NotaryTransport } from '../../notary/transport.ts';
import { parseJson } from '../../tuf/canonical-json.ts';
import type { PublicKey } from '../../tuf/model.ts';
import { publicKeyOfJson } from '../../tuf/public-key-json.ts';
import type { ServerRole } from '../../notary/transport.ts';
import { type PlanTokens, tokenConsent } from './available-keys.ts';
import type { KeyPlace, Plan } from './plan.ts';
import type { OpenSigner } from './publish-ports.ts';

export interface KeyMakingServices {
  readonly trustDirectory: string;
  readonly transport: NotaryTransport;
  readonly unlocker: KeyUnlocker;
  /** Every key that is opened or made is added, so that the caller wipes it. */
  readonly opened: OpenSigner[];
  readonly tokens?: PlanTokens | undefined;
  readonly signal?: AbortSignal | undefined;
  /** More lines for the passphrase question. */
  readonly passphraseHint?: (gun: Gun) => readonly string[];
}

/** A key that the plan uses, and what the person reads when they are asked for it. */
export interface PlannedKey {
  readonly keyId: CanonicalKeyId;
  readonly place: KeyPlace;
  /** What happens with it besides signing roles: `Creates registry.example/app`. */
  readonly act: string;
  /** Signatures that it makes besides those of roles: that of a root certificate. */
  readonly besides: number;
}

/** @throws `prompt/cancelled`, `keystore/*`, `yubikey/*` */
export async function openPlannedKey(
  planned: PlannedKey,
  plan: Plan,
  services: KeyMakingServices,
): Promise<OpenSigner> {
  const { keyId, place, act } = planned;
  if (place.kind === 'yubikey') return openOnToken(planned, place.serial, plan, services);
  const stored = await findKey(services.trustDirectory, keyId);
  const hint = services.passphraseHint?.(plan.gun) ?? [];
  const key = await services.unlocker.open(stored, [plan.title, act, ...hint], services.signal);
  services.opened.push(key);
  return key;
}

async function openOnToken(
  { keyId, besides }: PlannedKey,
  serial: string,
  plan: Plan,
  { tokens, opened, signal }: KeyMakingServices,
): Promise<OpenSigner> {
  if (tokens === undefined) throw new AppError('yubikey/not-plugged-in', { serial });
  const signed = plan.roles.filter((role) => role.signatures.some((signature) => signature.keyId === keyId));
  const consent = { gun: plan.gun, title: plan.title, roles: signed.map(({ role }) => role), tags: [] };
  const signatures = signatureCount(plan, keyId) + besides;
  const signer = await tokens.openSigner(keyId, serial, tokenConsent({ ...consent, signatures }), signal);
  opened.push(signer);
  return signer;
}

/** How many signatures of the plan one key makes. */
export function signatureCount(plan: Plan, keyId: CanonicalKeyId): number {
  return plan.roles.flatMap(({ signatures }) => signatures).filter((one) => one.keyId === keyId).length;
}

/** Made and stored under a passphrase that the person chooses, before anything is signed with it. */
export async function makeKey(
  headers: KeyHeaders,
  plan: Plan,
  act: string,
  { trustDirectory, unlocker, opened, signal }: KeyMakingServices,
): Promise<OpenSigner> {
  const key = await generateKey();
  opened.push(key);
  const passphrase = await unlocker.choose({ id: key.id, ...headers }, [plan.title, act], signal);
  try {
    await storeKey(trustDirectory, key, headers, passphrase);
  } finally {
    passphrase.wipe();
  }
  return key;
}

/** The key that the server signs `role` with, or a new one. @throws `notary/bad-answer`, `notary/*`, `network/*` */
export async function serverKey(
  role: ServerRole,
  want: 'present' | 'new',
  { transport }: Pick<KeyMakingServices, 'transport'>,
): Promise<PublicKey> {
  const answer = await (want === 'new' ? transport.rotateServerKey(role) : transport.fetchServerKey(role));
  const key = publicKeyOfJson(parseJson(answer, `${role}.key`));
  if (key !== undefined) return key;
  throw new AppError('notary/bad-answer', {
    server: transport.server,
    reason: `its ${role} key has an unknown form`,
  });
}
