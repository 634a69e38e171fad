/**
 * Signing into a repository that does not exist yet: repository, first signer and tags in one plan, as `docker trust
 * sign` makes them. Pure. The public half of the signer's key is known only once its file is opened, or the key made:
 * until then a stand-in is in the plan's changes, and the key's ID (or "new") in what a person reads.
 */
import type { RoleName } from '../../../shared/brands.ts';
import { AppError } from '../../../shared/errors.ts';
import type { Change } from '../../tuf/change.ts';
import { canonicalKeyId } from '../../tuf/key-id.ts';
import type { PublicKey } from '../../tuf/model.ts';
import { RELEASES } from '../../tuf/names.ts';
import type { TufCrypto } from '../../tuf/ports.ts';
import { addSignerChanges, parseSignerName } from './change-signers.ts';
import { makeInitialPlan, type InitialPlanRequest } from './make-initial-plan.ts';
import type { AvailableKey, Plan } from './plan.ts';
import type { TagToSign } from './sign-tags.ts';
import { fillStandIn, nameStandIn, NEW_SIGNER_KEY, standIn, standInId } from './stand-in.ts';

export interface FirstSignatureRequest extends Omit<
  InitialPlanRequest,
  'changes' | 'kind' | 'title' | 'mayUse'
> {
  readonly name: string;
  readonly tags: readonly TagToSign[];
}

/** @throws `signer/malformed-name`, `signer/reserved-name`, `trust/invalid-change` */
export function makeFirstSignaturePlan(request: FirstSignatureRequest, crypto: TufCrypto): Plan {
  const { name, tags } = request;
  const stored = firstKeyOf(name, request.available);
  const keyId = stored?.keyId ?? NEW_SIGNER_KEY;
  const plan = makeInitialPlan(
    {
      ...request,
      kind: 'sign',
      title: `Sign ${String(tags.length)} tag${tags.length === 1 ? '' : 's'}`,
      changes: [...addSignerChanges(name, [standIn]), ...tags.flatMap((tag) => signedBy(name, tag))],
      available: [{ keyId: standInId(crypto), role: name, place: stored?.place ?? { kind: 'new' } }],
      mayUse: () => true,
    },
    crypto,
  );
  const named = nameStandIn(plan, keyId, crypto);
  const { rootKey } = named.initialise ?? { rootKey: 'new' };
  return { ...named, initialise: { rootKey, signer: { name, key: stored?.keyId ?? 'new' } } };
}

/** docker: "always select the first key by ID" of those that carry the signer's name. */
function firstKeyOf(name: string, available: readonly AvailableKey[]): AvailableKey | undefined {
  const [first] = available
    .filter((key) => key.role === name)
    .toSorted((a, b) => (a.keyId < b.keyId ? -1 : 1));
  return first;
}

function signedBy(name: string, { tag, sha256, length }: TagToSign): readonly Change[] {
  const add = (role: RoleName): Change => ({
    kind: 'add-target',
    role,
    target: { name: tag, sha256, length },
  });
  return [add(parseSignerName(name)), add(RELEASES)];
}

/**
 * Puts the key that was opened or made in the place of its stand-in; every other part stays as it was reviewed.
 * @throws `plan/moot` when the key is another one than was reviewed
 */
export function withSignerKey(plan: Plan, key: PublicKey, crypto: TufCrypto): Plan {
  const planned = plan.initialise?.signer?.key;
  if (planned === undefined) return plan;
  const keyId = canonicalKeyId(key, crypto);
  // SECURITY: an existing key was reviewed by its ID.
  if (planned !== 'new' && planned !== keyId) {
    throw new AppError('plan/moot', { gun: plan.gun, reason: `the signer's key is ${keyId} by now` });
  }
  return fillStandIn(plan, planned === 'new' ? NEW_SIGNER_KEY : planned, key, crypto);
}
