/**
 * Makes what a new repository needs before its first publish: root key and certificate, repository key, the server's
 * own keys. Privileged side. Nothing is uploaded here; keys that were made stay, as docker keeps them.
 */
import type { CanonicalKeyId, TufKeyId } from '../../../shared/brands.ts';
import { makeRootCertificate } from '../../crypto/certificate.ts';
import { emptyTargets } from '../../tuf/open-targets.ts';
import { tufKeyId } from '../../tuf/key-id.ts';
import type { MetadataFile, PublicKey, RootBody, TargetsBody } from '../../tuf/model.ts';
import { ROOT, TARGETS } from '../../tuf/names.ts';
import { newRoot } from '../../tuf/new-metadata.ts';
import type { TufCrypto } from '../../tuf/ports.ts';
import { placeOf } from './available-keys.ts';
import { withSignerKey } from './first-signer.ts';
import { type KeyMakingServices, makeKey, openPlannedKey, serverKey } from './key-making.ts';
import { withMadeKeys } from './make-initial-plan.ts';
import type { Plan } from './plan.ts';
import type { Initialised, OpenSigner } from './publish-ports.ts';
import { NEW_REPOSITORY_KEY, NEW_ROOT_KEY } from './stand-in.ts';

export interface InitialiseServices extends KeyMakingServices {
  readonly crypto: TufCrypto;
  readonly now: () => Date;
}

/** @throws `prompt/cancelled`, `keystore/*`, `notary/*`, `network/*` */
export async function initialiseRepository(plan: Plan, services: InitialiseServices): Promise<Initialised> {
  // Asked once: before a first root each call may make another key (notary-protocol 4).
  const timestamp = await serverKey('timestamp', 'present', services);
  const snapshot = await serverKey('snapshot', 'present', services);
  const root = await rootKey(plan, services);
  const targets = await makeKey({ role: 'targets', gun: plan.gun }, plan, actOf(plan), services);
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

const actOf = ({ gun }: Plan): string => `Creates ${gun}`;

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

/** The new root certificate is one more signature. */
async function rootKey(plan: Plan, services: InitialiseServices): Promise<OpenSigner> {
  const planned = plan.initialise?.rootKey;
  if (planned === undefined || planned === 'new')
    return makeKey({ role: 'root' }, plan, actOf(plan), services);
  return openKey(planned, 1, plan, services);
}

/** Of the signer whose tags are signed in the same publish. */
async function firstSignerKey(plan: Plan, services: InitialiseServices): Promise<OpenSigner | undefined> {
  const signer = plan.initialise?.signer;
  if (signer === undefined) return undefined;
  if (signer.key === 'new') return makeKey({ role: signer.name }, plan, actOf(plan), services);
  return openKey(signer.key, 0, plan, services);
}

function openKey(
  keyId: CanonicalKeyId,
  besides: number,
  plan: Plan,
  services: InitialiseServices,
): Promise<OpenSigner> {
  return openPlannedKey({ keyId, place: placeOf(plan, keyId), act: actOf(plan), besides }, plan, services);
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
