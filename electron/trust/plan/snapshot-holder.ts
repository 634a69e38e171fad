/**
 * Who signs the snapshot of a repository: the server (docker's way) or its owner (notary's own). The metadata does not say
 * it, so the server is asked. A wrong answer costs a publish that is refused; it never has anything signed. Privileged side.
 */
import { isAppError } from '../../../shared/errors.ts';
import type { NotaryTransport } from '../../notary/transport.ts';
import { tufKeyId } from '../../tuf/key-id.ts';
import type { RootBody } from '../../tuf/model.ts';
import type { TufCrypto } from '../../tuf/ports.ts';
import { serverKey } from './key-making.ts';
import { makePlan, type PlanRequest, type PlanSource } from './make-plan.ts';
import type { Plan } from './plan.ts';
import type { PlannerServices } from './plan-reader.ts';
import {
  hasSnapshotKey,
  replacesSnapshotKey,
  withoutSnapshotKey,
  withSnapshotElsewhere,
} from './snapshot-keys.ts';

/** `untold`: the server answers accounts that may publish only, or cannot answer. */
export type SnapshotHolder = 'server' | 'owner' | 'untold';

/**
 * Asks for the server's snapshot key. notary-server: it needs the right to push, and where the server has none of the
 * keys that the root names it makes one that nothing uses; so ask only where the key is not at hand.
 * @param transport with that right
 * @throws `network/*`
 */
export async function askSnapshotHolder(
  root: RootBody,
  transport: NotaryTransport,
  crypto: TufCrypto,
): Promise<SnapshotHolder> {
  try {
    const key = await serverKey('snapshot', 'present', { transport });
    return root.roles.get('snapshot')?.keyids.includes(tufKeyId(key, crypto)) === true ? 'server' : 'owner';
  } catch (error) {
    if (isAppError(error) && error.code.startsWith('notary/')) return 'untold';
    throw error;
  }
}

/** What servers answered, so that each is asked once of the same keys. */
export class SnapshotHolders {
  readonly #services: Pick<PlannerServices, 'connectorFor' | 'crypto'>;
  readonly #known = new Map<string, SnapshotHolder>();

  constructor(services: Pick<PlannerServices, 'connectorFor' | 'crypto'>) {
    this.#services = services;
  }

  /** @throws as `askSnapshotHolder` */
  async of({ gun, server, root: { body } }: PlanSource): Promise<SnapshotHolder> {
    const { connectorFor, crypto } = this.#services;
    const place = JSON.stringify([server, gun, body.roles.get('snapshot')?.keyids]);
    const known = this.#known.get(place);
    if (known !== undefined) return known;
    const { transport } = await (await connectorFor(gun)).connect(gun, { actions: 'push,pull' });
    const holder = await askSnapshotHolder(body, transport, crypto);
    // Rights change; whose key it is does not.
    if (holder !== 'untold') this.#known.set(place, holder);
    return holder;
  }
}

/**
 * Makes the plan with the snapshot's signature where the owner signs it. That is asked only where no key of it is at hand.
 * @param countsElsewhere keys of the snapshot that are on other computers count as well
 * @throws as `makePlan`, `plan/cannot-sign` where the owner's key is not at hand, `network/*`
 */
export async function makePlanWithSnapshot(
  source: PlanSource,
  request: PlanRequest,
  holders: SnapshotHolders,
  countsElsewhere: boolean,
  crypto: TufCrypto,
): Promise<Plan> {
  const root = source.root.body;
  const withElsewhere = (): PlanRequest => ({
    ...request,
    available: withSnapshotElsewhere(root, request.available, crypto),
  });
  if (countsElsewhere && hasSnapshotKey(root, request.available, crypto))
    return makePlan(source, withElsewhere(), crypto);
  const plan = makePlan(source, request, crypto);
  if (plan.signsSnapshot || replacesSnapshotKey(plan)) return plan;
  const holder = await holders.of(source);
  if (holder === 'server') return plan;
  if (holder === 'untold') return makePlan(source, { ...request, snapshotUntold: true }, crypto);
  if (!countsElsewhere) throw withoutSnapshotKey(source, root, undefined, crypto);
  return makePlan(source, withElsewhere(), crypto);
}
