/**
 * The key that a rotation puts in the place of others: planned by a stand-in, found out when the plan is carried out or
 * saved. Privileged side. Old private keys stay where they are; the plan says that nothing needs them any more.
 */
import type { CanonicalKeyId } from '../../../shared/brands.ts';
import { makeRootCertificate } from '../../crypto/certificate.ts';
import type { ServerRole } from '../../notary/transport.ts';
import type { PublicKey } from '../../tuf/model.ts';
import type { TufCrypto } from '../../tuf/ports.ts';
import { placeOf } from './available-keys.ts';
import { type KeyMakingServices, makeKey, openPlannedKey, serverKey } from './key-making.ts';
import type { Plan, PlanRotation } from './plan.ts';
import type { MadeKeys, OpenSigner } from './publish-ports.ts';
import { rotatedKeyName } from './rotation-plan.ts';
import { fillStandIn } from './stand-in.ts';

export interface RotationServices extends KeyMakingServices {
  readonly crypto: TufCrypto;
  readonly now: () => Date;
}

/** @throws `prompt/cancelled`, `keystore/*`, `yubikey/*`, `notary/*`, `network/*` */
export async function makeRotatedKey(plan: Plan, services: RotationServices): Promise<MadeKeys> {
  const { rotation } = plan;
  if (rotation === undefined) return { plan, signers: new Map() };
  if (rotation.key === 'server') {
    const key = await serverKey(rotation.role as ServerRole, 'new', services);
    return { plan: known(plan, rotation, key, services.crypto), signers: new Map() };
  }
  const signer = await openOrMake(rotation, rotation.key, plan, services);
  const key =
    rotation.role === 'root' ? await makeRootCertificate(plan.gun, signer, services.now()) : signer.key;
  return {
    plan: known(plan, rotation, key, services.crypto),
    signers: new Map([[signer.id, signer]]),
  };
}

function openOrMake(
  { role }: PlanRotation,
  key: CanonicalKeyId | 'new',
  plan: Plan,
  services: RotationServices,
): Promise<OpenSigner> {
  const act = `New ${role === 'targets' ? 'repository' : role} key of ${plan.gun}`;
  const headers = role === 'root' ? { role } : { role, gun: plan.gun };
  if (key === 'new') return makeKey(headers, plan, act, services);
  const besides = role === 'root' ? 1 : 0;
  return openPlannedKey({ keyId: key, place: placeOf(plan, key), act, besides }, plan, services);
}

/** From here on it is a plan like every other: its key is in its changes. */
function known(plan: Plan, rotation: PlanRotation, key: PublicKey, crypto: TufCrypto): Plan {
  const filled = fillStandIn(plan, rotatedKeyName(rotation), key, crypto);
  return { ...filled, rotation: undefined };
}
