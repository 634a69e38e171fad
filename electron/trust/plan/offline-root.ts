/**
 * A root key that is kept offline on purpose: a plan that needs it says so, instead of making another one beside it or
 * calling it missing. Pure.
 */
import type { Gun } from '../../../shared/brands.ts';
import { AppError, hasCode } from '../../../shared/errors.ts';
import type { AvailableKey } from './plan.ts';

export interface OfflineRoots {
  /** IDs of root keys that the records call offline. @throws `config/*` */
  readonly ids: (gun: Gun) => Promise<readonly string[]>;
}

/**
 * SECURITY: a repository under a second root key is one that the backups of the first do not protect. So it is made only
 * where `new` was said: the window never chooses it by itself while a root key is kept offline.
 * @throws `plan/root-key-offline`
 */
export async function refuseSecondRoot(
  { gun, rootKey }: { readonly gun: Gun; readonly rootKey?: string | undefined },
  available: readonly AvailableKey[],
  offline: OfflineRoots | undefined,
): Promise<void> {
  if (offline === undefined || available.some(({ role }) => role === 'root')) return;
  if (rootKey === 'new') return;
  const keyIds = await offline.ids(gun);
  if (keyIds.length > 0) throw new AppError('plan/root-key-offline', { gun, keyIds });
}

/** The same failure with the way to mend it, when the key that is missing is kept offline. */
export async function sayOffline(
  error: unknown,
  gun: Gun,
  offline: OfflineRoots | undefined,
): Promise<unknown> {
  if (offline === undefined || !hasCode(error, 'plan/cannot-sign')) return error;
  const { role, keyIds } = error.details;
  if (role !== 'root') return error;
  const kept = new Set(await offline.ids(gun));
  const needed = keyIds.filter((id) => kept.has(id));
  return needed.length === 0
    ? error
    : new AppError('plan/root-key-offline', { gun, keyIds: needed }, { cause: error });
}
