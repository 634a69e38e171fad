/** Every store of the window, made once with the bridge. */
import type { Bridge } from '../../shared/ipc/bridge.ts';
import type { SandboxStatus } from '../../shared/ipc/sandbox.ts';
import { type ActivityStore, createActivityStore } from '../features/activity/activity-store.ts';
import { type BackupsStore, createBackupsStore } from '../features/backups/backups-store.ts';
import { createDoctorStore, type DoctorStore } from '../features/doctor/doctor-store.ts';
import { createKeysStore, type KeysStore } from '../features/keys/keys-store.ts';
import { createPlanStore, type PlanStore } from '../features/plans/plan-store.ts';
import { createPromptsStore, type PromptsStore } from '../features/prompts/prompts-store.ts';
import {
  createRepositoriesStore,
  type RepositoriesStore,
} from '../features/repositories/repositories-store.ts';
import { createRepositoryStore, type RepositoryStore } from '../features/repository/repository-store.ts';
import { createSandboxStore, isInSandbox, type SandboxStore } from '../features/sandbox/sandbox-store.ts';
import { createSettingsStore, type SettingsStore } from '../features/settings/settings-store.ts';
import { createVerifyStore, type VerifyStore } from '../features/verify/verify-store.ts';
import { createYubikeyStore, type YubikeyStore } from '../features/yubikey/yubikey-store.ts';
import { type AppStore, createAppStore } from './app-store.ts';
import { createLockStore, type LockStore } from './lock-store.ts';

export interface Stores {
  readonly bridge: Bridge;
  readonly app: AppStore;
  readonly repositories: RepositoriesStore;
  readonly keys: KeysStore;
  readonly settings: SettingsStore;
  readonly sandbox: SandboxStore;
  readonly doctor: DoctorStore;
  readonly prompts: PromptsStore;
  readonly plans: PlanStore;
  readonly backups: BackupsStore;
  readonly yubikey: YubikeyStore;
  readonly verify: VerifyStore;
  readonly activity: ActivityStore;
  readonly lock: LockStore;
  /** The store of one repository; the last one opened is kept, so that going back finds it as it was left. */
  readonly repository: (gun: string) => RepositoryStore;
  /** The one that was opened last. */
  readonly opened: () => RepositoryStore | undefined;
}

/**
 * Its repositories are away with it: the list says so, and how to bring it back. After a reset it has other addresses: what
 * bore the old ones is no more.
 */
function leaveSandbox({ app, opened }: Stores, status: SandboxStatus): void {
  const { route, go } = app.getState();
  const detail = opened()?.getState().detail;
  const isShown = route.screen === 'repository' && detail?.kind === 'ready' && detail.value.row.sandbox;
  if (isShown && detail.value.row.gun === route.gun && !isInSandbox(status, route.gun))
    go({ screen: 'repositories' });
}

/** Another trust directory, a sandbox that came or went: other repositories, other keys. */
function followMain(stores: Stores): void {
  const { bridge, repositories, keys, backups, opened } = stores;
  const reload = (): void => {
    void repositories.getState().load();
    void keys.getState().load();
    void backups.getState().load();
  };
  bridge.on('sandbox.changed', (status) => {
    if (status.kind === 'starting') return;
    leaveSandbox(stores, status);
    reload();
  });
  bridge.on('settings.changed', reload);
  // Which repositories need a key is known once they were read.
  bridge.on('repositories.refreshed', ({ done, total }) => {
    if (done === total) void keys.getState().load();
  });
  // A copy that was proven, a key that was taken offline or restored: what is said of the keys changes with it.
  bridge.on('backups.changed', () => void keys.getState().load());
  // Keys come and go with their tokens.
  bridge.on('yubikey.changed', () => {
    void keys.getState().load();
    void opened()?.getState().loadDetail();
  });
}

export function createStores(bridge: Bridge): Stores {
  const stores = makeStores(bridge);
  followMain(stores);
  return stores;
}

function makeStores(bridge: Bridge): Stores {
  let opened: RepositoryStore | undefined;
  const activity = createActivityStore(bridge);
  return {
    bridge,
    app: createAppStore(bridge),
    repositories: createRepositoriesStore(bridge),
    keys: createKeysStore(bridge),
    settings: createSettingsStore(bridge),
    sandbox: createSandboxStore(bridge),
    doctor: createDoctorStore(bridge),
    prompts: createPromptsStore(bridge),
    plans: createPlanStore(bridge, (gun) => {
      void activity.getState().load();
      if (opened?.getState().gun === gun) void opened.getState().refresh();
    }),
    backups: createBackupsStore(bridge),
    yubikey: createYubikeyStore(bridge),
    verify: createVerifyStore(bridge),
    activity,
    lock: createLockStore(bridge),
    opened: () => opened,
    repository: (gun) => {
      if (opened?.getState().gun === gun) return opened;
      opened?.getState().dispose();
      opened = createRepositoryStore(bridge, gun);
      return opened;
    },
  };
}

/** Asks main again for everything that the window caches: after the connection was lost, say. */
export async function reloadAll({
  app,
  repositories,
  keys,
  settings,
  sandbox,
  plans,
  backups,
  yubikey,
  lock,
}: Stores): Promise<void> {
  await Promise.all([
    app.getState().loadInfo(),
    repositories.getState().load(),
    keys.getState().load(),
    settings.getState().load(),
    sandbox.getState().load(),
    plans.getState().loadStaged(),
    plans.getState().askInterrupted(),
    backups.getState().load(),
    backups.getState().resume(),
    yubikey.getState().load(),
    lock.getState().load(),
  ]);
}
