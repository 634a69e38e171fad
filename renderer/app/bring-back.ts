/** Where other pages lead to a root key that is kept offline. */
import type { Overview } from '../../shared/ipc/backups.ts';
import type { Loadable } from '../bridge/loadable.ts';
import type { Stores } from './stores.ts';

/** IDs of root keys that are kept offline; undefined while that is not known. */
export function offlineRoots(overview: Loadable<Overview>): readonly string[] | undefined {
  if (overview.kind !== 'ready') return undefined;
  return overview.value.offline
    .filter(({ role, state }) => role === 'root' && (state === 'away' || state === 'arriving'))
    .map(({ id }) => id);
}

/** Shows the page where it comes back, and begins. */
export function bringBack({ app, backups }: Stores, keyId: string): void {
  app.getState().setSheet(undefined);
  app.getState().go({ screen: 'backups' });
  void backups.getState().bringBack(keyId, 'typed');
}
