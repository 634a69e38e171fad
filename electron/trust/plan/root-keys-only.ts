/** Root keys are for root only: as a signer's or delegation's key one would come out of the safe for every tag. Pure. */
import type { Gun } from '../../../shared/brands.ts';
import { AppError } from '../../../shared/errors.ts';
import type { Change } from '../../tuf/change.ts';
import { canonicalKeyId } from '../../tuf/key-id.ts';
import { ROOT } from '../../tuf/names.ts';
import type { TufCrypto } from '../../tuf/ports.ts';
import type { PlanSource } from './make-plan.ts';
import type { AvailableKey } from './plan.ts';

export interface RootKeysAround {
  readonly gun: Gun;
  readonly available: readonly AvailableKey[];
  /** Absent for a repository that is new. */
  readonly root: PlanSource['root'] | undefined;
}

/** Root keys of the repository, and those that are stored here as such. @throws `signer/root-key` */
export function refuseRootKeys(changes: readonly Change[], around: RootKeysAround, crypto: TufCrypto): void {
  const granted = changes.flatMap((change) => (change.kind === 'add-delegation' ? change.keys : []));
  const roots = new Set<string>([...storedRootKeys(around), ...keysOfRoot(around, crypto)]);
  for (const key of granted) {
    const keyId = canonicalKeyId(key, crypto);
    if (roots.has(keyId)) throw new AppError('signer/root-key', { gun: around.gun, keyId });
  }
}

/** What a token says of its keys is not counted: notary puts keys of every kind on it as root keys. */
function storedRootKeys({ available }: RootKeysAround): readonly string[] {
  return available.flatMap(({ keyId, role, place }) =>
    role === ROOT && place.kind === 'file' ? [keyId] : [],
  );
}

function keysOfRoot({ root }: RootKeysAround, crypto: TufCrypto): readonly string[] {
  const ids = root?.body.roles.get('root')?.keyids ?? [];
  return ids.flatMap((id) => {
    const key = root?.body.keys.get(id);
    return key === undefined ? [] : [canonicalKeyId(key, crypto)];
  });
}
