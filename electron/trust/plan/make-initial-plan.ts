/**
 * The plan of a repository that does not exist yet: root and targets are made with it, the snapshot is the server's, as
 * docker does. Pure. Keys that do not exist yet stand in the plan by a placeholder until it is carried out.
 */
import type { CanonicalKeyId, Gun, RoleName, TufKeyId } from '../../../shared/brands.ts';
import { applyChanges, type Edited } from '../../tuf/edit.ts';
import { formatExpiry } from '../../tuf/expiry.ts';
import type { RootBody, TargetsBody } from '../../tuf/model.ts';
import { ROOT, TARGETS } from '../../tuf/names.ts';
import { expiryFrom } from '../../tuf/new-metadata.ts';
import type { TufCrypto } from '../../tuf/ports.ts';
import { planLines } from './lines.ts';
import { plannedRole, type PlanRequest } from './make-plan.ts';
import type { AvailableKey, Plan, PlannedRole, PlannedSignature } from './plan.ts';
import { NEW_REPOSITORY_KEY, NEW_ROOT_KEY } from './stand-in.ts';

export interface InitialPlanRequest extends Omit<PlanRequest, 'initialise' | 'staged'> {
  readonly gun: Gun;
  readonly server: string;
  /** The root key the person chose; undefined makes one. */
  readonly rootKey: AvailableKey | undefined;
  /** A root of this name is cached here. */
  readonly isOtherRootKnown: boolean;
}

/** @throws `trust/invalid-change` */
export function makeInitialPlan(request: InitialPlanRequest, crypto: TufCrypto): Plan {
  const { gun, server, now, changes } = request;
  const empty = { root: noRoot(now), targets: new Map<RoleName, TargetsBody>(), unusable: new Map(), now };
  const edited = applyChanges(empty, changes, crypto);
  const rootKeyId = request.rootKey?.keyId ?? NEW_ROOT_KEY;
  return {
    format: 'trustdesk-plan/1',
    id: request.id,
    createdAt: formatExpiry(now.getTime()),
    kind: request.kind,
    title: request.title,
    gun,
    server,
    basis: [],
    initialise: { rootKey: request.rootKey?.keyId ?? 'new' },
    changes,
    staged: [],
    roles: [
      firstVersion(ROOT, signature(rootKeyId, 'root', request.rootKey), now),
      firstVersion(TARGETS, signature(NEW_REPOSITORY_KEY, 'repository', undefined), now),
      ...delegatedRoles(edited, request, crypto),
    ],
    signsSnapshot: false,
    lines: [{ kind: 'repository-created', gun }, ...planLines(changes, empty, edited, crypto)],
    consequences: request.isOtherRootKnown ? [{ kind: 'other-root-known' }] : [],
  };
}

/** Delegations that the changes already fill, each with its own signers. */
function delegatedRoles(
  edited: Edited,
  request: InitialPlanRequest,
  crypto: TufCrypto,
): readonly PlannedRole[] {
  const names = [...edited.changed].filter((role) => role !== TARGETS);
  const source = { gun: request.gun, root: { body: edited.root }, snapshot: undefined };
  return names.map((role) => plannedRole(role, source, edited, request, crypto));
}

/** Fills in the keys that were made; every other part of the plan stays as it was reviewed. */
export function withMadeKeys(
  plan: Plan,
  made: ReadonlyMap<CanonicalKeyId, { keyId: CanonicalKeyId; tufId: TufKeyId }>,
): Plan {
  const fill = (planned: PlannedSignature): PlannedSignature => ({ ...planned, ...made.get(planned.keyId) });
  return { ...plan, roles: plan.roles.map((role) => ({ ...role, signatures: role.signatures.map(fill) })) };
}

function firstVersion(role: RoleName, by: PlannedSignature, now: Date): PlannedRole {
  const { expires } = expiryFrom(now, role === ROOT ? 'root' : 'targets');
  return { role, fromVersion: 0, toVersion: 1, expires, threshold: 1, signatures: [by] };
}

/** The TUF ID of a root key is that of a certificate which is made with the repository. */
function signature(keyId: CanonicalKeyId, owner: string, key: AvailableKey | undefined): PlannedSignature {
  return { keyId, tufId: keyId as string as TufKeyId, owner, place: key?.place ?? { kind: 'new' } };
}

function noRoot(now: Date): RootBody {
  return {
    type: 'Root',
    version: 0,
    ...expiryFrom(now, 'root'),
    consistentSnapshot: false,
    keys: new Map(),
    roles: new Map(),
  };
}
