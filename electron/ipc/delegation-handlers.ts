/** The answers to the calls about delegations, one line each. Part of `handlers.ts`, for its size. */
import type { CanonicalKeyId } from '../../shared/brands.ts';
import type { DelegationPlace, KeyWish } from '../trust/plan/window-delegations.ts';
import { parseGun, parseRoleName } from '../tuf/names.ts';
import type { Handlers } from './handlers-of.ts';
import type { WindowServices } from './window-services.ts';

type DelegationCalls =
  | 'addDelegation'
  | 'addDelegationKeys'
  | 'removeDelegationKeys'
  | 'changeDelegationPaths'
  | 'removeDelegation'
  | 'purgeKeys'
  | 'knownKeys';

export function delegationHandlers(
  delegations: WindowServices['delegations'],
): Pick<Handlers['plans'], DelegationCalls> {
  return {
    addDelegation: (wish) => delegations.add(placeOf(wish), keysOf(wish), wish.prefixes),
    addDelegationKeys: (wish) => delegations.addKeys(placeOf(wish), keysOf(wish)),
    removeDelegationKeys: (wish) => delegations.removeKeys(placeOf(wish), ids(wish.keyIds)),
    changeDelegationPaths: (wish) => delegations.changePaths(placeOf(wish), wish.from, wish.to),
    removeDelegation: (wish) => delegations.remove(placeOf(wish)),
    purgeKeys: ({ gun, signAs, keyIds }) => delegations.purge({ gun: parseGun(gun), signAs }, ids(keyIds)),
    knownKeys: () => delegations.knownKeys(),
  };
}

interface NamedPlace {
  readonly gun: string;
  readonly role: string;
  readonly signAs?: string | undefined;
}

function placeOf({ gun, role, signAs }: NamedPlace): DelegationPlace {
  return { gun: parseGun(gun), role: parseRoleName(role), signAs };
}

interface NamedKeys {
  readonly keys: KeyWish['files'];
  readonly keyIds: readonly string[];
}

function keysOf({ keys, keyIds }: NamedKeys): KeyWish {
  return { files: keys, keyIds: ids(keyIds) };
}

/** The contract checked their form. */
const ids = (keyIds: readonly string[]): readonly CanonicalKeyId[] => keyIds as readonly CanonicalKeyId[];
