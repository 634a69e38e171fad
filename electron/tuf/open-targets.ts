/** A targets file while it is being edited: opened from its body, turned into one again. Pure. */
import type { TufKeyId } from '../../shared/brands.ts';
import type { AddDelegation } from './change.ts';
import { EditedTargets } from './edited-targets.ts';
import type { DelegationRole, PublicKey, TargetsBody } from './model.ts';

/** The working copy of one file; `base` stays as it is. */
export interface OpenFile {
  readonly base: TargetsBody;
  readonly targets: EditedTargets;
  delegations: DelegationRole[];
  keys: Map<TufKeyId, PublicKey>;
}

/** A targets file without content; version 0 becomes 1 when it is signed. */
export function emptyTargets(now: Date): TargetsBody {
  return {
    type: 'Targets',
    version: 0,
    expires: now.toISOString(),
    expiresAt: now.getTime(),
    targets: [],
    delegationKeys: new Map(),
    delegations: [],
  };
}

/** A working copy of `body`. */
export function openFile(body: TargetsBody): OpenFile {
  return {
    base: body,
    targets: new EditedTargets(body.targets),
    delegations: [...body.delegations],
    keys: new Map(body.delegationKeys),
  };
}

/** The body that the working copy stands for; version and expiry as before. */
export function toBody(file: OpenFile): TargetsBody {
  return {
    ...file.base,
    targets: file.targets.list(),
    delegations: file.delegations,
    delegationKeys: file.keys,
  };
}

/** notary: adding to a delegation that is there adds keys and paths, and leaves its threshold. */
export function mergeDelegation(
  change: AddDelegation,
  existing: DelegationRole | undefined,
  ids: readonly TufKeyId[],
): DelegationRole {
  const unique = <T>(values: readonly T[]): T[] => [...new Set(values)];
  return {
    name: change.role,
    keyids: unique([...(existing?.keyids ?? []), ...ids]),
    paths: unique([...(existing?.paths ?? []), ...change.paths]),
    threshold: existing?.threshold ?? Math.max(1, change.threshold),
  };
}
