/** Whether the registry still holds under its tags what was just signed. Privileged process. */
import { isAppError } from '../../../shared/errors.ts';
import type { Connector } from '../connector.ts';
import type { Plan } from './plan.ts';
import { digestHex } from './released-tags.ts';

/** Those that point to something else by now. @throws `registry/*` when the registry cannot be chosen */
export async function movedTags(plan: Plan, connector: Connector) {
  if (plan.kind !== 'sign') return [];
  const registry = await connector.connectRegistry(plan.gun);
  const moved = await Promise.all(
    [...signedDigests(plan)].map(async ([tag, signed]) => {
      // The receipt is true without the registry; that it cannot be asked shows in the tag table.
      const now = await registry.resolveTag(tag).catch(undefinedForOutcomes);
      return now === undefined || now.sha256 === signed ? [] : [{ tag, signed, registry: now.sha256 }];
    }),
  );
  return moved.flat();
}

function signedDigests({ changes }: Plan): ReadonlyMap<string, string> {
  return new Map(
    changes.flatMap((change) =>
      change.kind === 'add-target' && change.target.sha256 !== undefined
        ? [[change.target.name, digestHex(change.target.sha256)] as const]
        : [],
    ),
  );
}

function undefinedForOutcomes(error: unknown): undefined {
  if (!isAppError(error)) throw error;
  return undefined;
}
