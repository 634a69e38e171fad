/**
 * Makes what a new repository needs before its first publish: root key and certificate, repository key, the server's
 * own keys. Privileged side. Nothing is uploaded here; keys that were made stay, as docker keeps them.
 */
import type { CanonicalKeyId, Gun, TufKeyId } from '../../../shared/brands.ts';
import { AppError } from '../../../shared/errors.ts';
import { makeRootCertificate } from '../../crypto/certificate.ts';
import { generateKey } from '../../keystore/generate-key.ts';
import type { KeyHeaders } from '../../keystore/key-names.ts';
import { findKey, storeKey } from '../../keystore/store-key.ts';
import type { KeyUnlocker } from '../../keystore/unlock.ts';
import type { NotaryTransport, ServerRole } from '../../notary/transport.ts';
import { parseJson } from '../../tuf/canonical-json.ts';
import { emptyTargets } from '../../tuf/edit.ts';
import { tufKeyId } from '../../tuf/key-id.ts';
import type { MetadataFile, PublicKey, RootBody, TargetsBody } from '../../tuf/model.ts';
import { ROOT, TARGETS } from '../../tuf/names.ts';
import { newRoot } from '../../tuf/new-metadata.ts';
import type { TufCrypto } from '../../tuf/ports.ts';
import { publicKeyOfJson } from '../../tuf/public-key-json.ts';
import { type PlanTokens, tokenConsent, tokenOf } from './available-keys.ts';
import { withSignerKey } from './first-signer.ts';
import { NEW_REPOSITORY_KEY, NEW_ROOT_KEY, withMadeKeys } from './make-initial-plan.ts';
import type { Plan } from './plan.ts';
import type { Initialised, OpenSigner } from './publish-ports.ts';

export interface InitialiseServices {
  readonly trustDirectory: string;
  readonly transport: NotaryTransport;
  readonly unlocker: KeyUnlocker;
  readonly crypto: TufCrypto;
  readonly now: () => Date;
  /** Every key that is opened or made is added, so that the caller wipes it. */
  readonly opened: OpenSigner[];
  readonly tokens?: PlanTokens | undefined;
  readonly signal?: AbortSignal | undefined;
  /** More lines for the passphrase question. */
  readonly passphraseHint?: (gun: Gun) => readonly string[];
}

/** @throws `prompt/cancelled`, `keystore/*`, `notary/*`, `network/*` */
export async function initialiseRepository(plan: Plan, services: InitialiseServices): Promise<Initialised> {
  // Asked once: before a first root each call may make another key (notary-protocol 4).
  const timestamp = await serverKey('timestamp', services);
  const snapshot = await serverKey('snapshot', services);
  const root = await rootKey(plan, services);
  const targets = await newKey({ role: 'targets', gun: plan.gun }, plan, services);
  const certificate = await makeRootCertificate(plan.gun, root, services.now());
  const keys = { root: [certificate], targets: [targets.key], snapshot: [snapshot], timestamp: [timestamp] };
  const body = { ...newRoot(keys, services.now(), services.crypto), version: 0 };
  const signer = await firstSignerKey(plan, services);
  const made = withMadeKeys(plan, madeKeys(plan, root, targets, certificate, services.crypto));
  return {
    plan: signer === undefined ? made : withSignerKey(made, signer.key, services.crypto),
    source: {
      gun: plan.gun,
      server: plan.server,
      root: unsignedFile(ROOT, body),
      snapshot: undefined,
      targets: new Map([[TARGETS, unsignedFile(TARGETS, emptyTargets(services.now()))]]),
      unusable: new Map(),
    },
    signers: new Map([root, targets, ...(signer === undefined ? [] : [signer])].map((key) => [key.id, key])),
  };
}

function madeKeys(
  plan: Plan,
  root: OpenSigner,
  targets: OpenSigner,
  certificate: PublicKey,
  crypto: TufCrypto,
): Parameters<typeof withMadeKeys>[1] {
  const planned = plan.initialise?.rootKey;
  const rootPlaceholder = planned === undefined || planned === 'new' ? NEW_ROOT_KEY : planned;
  return new Map<CanonicalKeyId, { keyId: CanonicalKeyId; tufId: TufKeyId }>([
    [rootPlaceholder, { keyId: root.id, tufId: tufKeyId(certificate, crypto) }],
    [NEW_REPOSITORY_KEY, { keyId: targets.id, tufId: tufKeyId(targets.key, crypto) }],
  ]);
}

async function rootKey(plan: Plan, services: InitialiseServices): Promise<OpenSigner> {
  const planned = plan.initialise?.rootKey;
  if (planned === undefined || planned === 'new') return newKey({ role: 'root' }, plan, services);
  return openKey(planned, plan, services);
}

/** Of the signer whose tags are signed in the same publish. */
async function firstSignerKey(plan: Plan, services: InitialiseServices): Promise<OpenSigner | undefined> {
  const signer = plan.initialise?.signer;
  if (signer === undefined) return undefined;
  if (signer.key === 'new') return newKey({ role: signer.name }, plan, services);
  return openKey(signer.key, plan, services);
}

async function openKey(keyId: CanonicalKeyId, plan: Plan, services: InitialiseServices): Promise<OpenSigner> {
  const serial = tokenOf(plan, keyId);
  if (serial !== undefined) return openOnToken(keyId, serial, plan, services);
  const stored = await findKey(services.trustDirectory, keyId);
  const hint = services.passphraseHint?.(plan.gun) ?? [];
  const purpose = [plan.title, `Creates ${plan.gun}`, ...hint];
  const key = await services.unlocker.open(stored, purpose, services.signal);
  services.opened.push(key);
  return key;
}

/** The new root certificate is one more signature. */
async function openOnToken(
  keyId: CanonicalKeyId,
  serial: string,
  plan: Plan,
  { tokens, opened, signal }: InitialiseServices,
): Promise<OpenSigner> {
  if (tokens === undefined) throw new AppError('yubikey/not-plugged-in', { serial });
  const signed = plan.roles.filter((role) => role.signatures.some((signature) => signature.keyId === keyId));
  const consent = { gun: plan.gun, title: plan.title, roles: signed.map(({ role }) => role), tags: [] };
  const signer = await tokens.openSigner(keyId, serial, tokenConsent(consent, 1), signal);
  opened.push(signer);
  return signer;
}

async function newKey(
  headers: KeyHeaders,
  plan: Plan,
  { trustDirectory, unlocker, opened, signal }: InitialiseServices,
): Promise<OpenSigner> {
  const key = await generateKey();
  opened.push(key);
  const passphrase = await unlocker.choose(
    { id: key.id, ...headers },
    [plan.title, `Creates ${plan.gun}`],
    signal,
  );
  try {
    await storeKey(trustDirectory, key, headers, passphrase);
  } finally {
    passphrase.wipe();
  }
  return key;
}

async function serverKey(role: ServerRole, { transport }: InitialiseServices): Promise<PublicKey> {
  const key = publicKeyOfJson(parseJson(await transport.fetchServerKey(role), `${role}.key`));
  if (key !== undefined) return key;
  throw new AppError('notary/bad-answer', {
    server: transport.server,
    reason: `its ${role} key has an unknown form`,
  });
}

function unsignedFile<Body extends RootBody | TargetsBody>(
  role: MetadataFile['role'],
  body: Body,
): MetadataFile<Body> {
  return {
    role,
    bytes: new Uint8Array(),
    body,
    signatures: [],
    message: new Uint8Array(),
    unknownFields: [],
  };
}
