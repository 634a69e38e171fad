/**
 * The entries of the sidebar, in their order. A new part of the app is one entry here: it appears in the sidebar, in the
 * command palette and under its number key.
 */
import {
  Archive,
  History,
  KeyRound,
  Library,
  type LucideIcon,
  ScanSearch,
  SlidersHorizontal,
  Usb,
} from 'lucide-react';
import type { ReactNode } from 'react';
import { useStore } from 'zustand';
import { ActivityScreen } from '../features/activity/activity-screen.tsx';
import { BackupsScreen } from '../features/backups/backups-screen.tsx';
import { DrillReminder } from '../features/backups/drill-reminder.tsx';
import { OfflineNote } from '../features/backups/visitor-banner.tsx';
import { KeysScreen } from '../features/keys/keys-screen.tsx';
import { RepositoriesScreen } from '../features/repositories/repositories-screen.tsx';
import { SandboxPanel } from '../features/sandbox/sandbox-panel.tsx';
import { isSandboxStopped } from '../features/sandbox/sandbox-store.ts';
import { SettingsScreen } from '../features/settings/settings-screen.tsx';
import { VerifyScreen } from '../features/verify/verify-screen.tsx';
import { devicesOf } from '../features/yubikey/yubikey-store.ts';
import { YubikeyScreen } from '../features/yubikey/yubikey-screen.tsx';
import { About } from './about.tsx';
import type { SectionId } from './routes.ts';
import type { Stores } from './stores.ts';

export interface SectionEntry {
  readonly id: SectionId;
  readonly label: string;
  readonly icon: LucideIcon;
  readonly Screen: (props: { readonly stores: Stores }) => ReactNode;
  /** A number beside the label; a hook. */
  readonly useCount?: (stores: Stores) => number | undefined;
}

function Repositories({ stores }: { readonly stores: Stores }) {
  const { app, repositories, doctor, sandbox, backups } = stores;
  const isStopped = useStore(sandbox, isSandboxStopped);
  return (
    <RepositoriesScreen
      store={repositories}
      onOpen={(gun) => app.getState().go({ screen: 'repository', gun, tab: 'tags' })}
      onAdd={() => app.getState().setSheet('add-repositories')}
      onCreate={() => app.getState().setSheet({ kind: 'create', gun: undefined })}
      onDiagnose={() => doctor.getState().open()}
      onStartSandbox={isStopped ? () => void sandbox.getState().start() : undefined}
      reminder={<DrillReminder store={backups} onShow={() => app.getState().go({ screen: 'backups' })} />}
    />
  );
}

function Keys({ stores }: { readonly stores: Stores }) {
  const { app, keys, lock, backups } = stores;
  const info = useStore(app, (state) => state.info);
  const lockMark = useStore(lock, ({ state }) => state.unlocked.map(({ keyId }) => keyId).join());
  return (
    <KeysScreen
      store={keys}
      trustDirectory={info.kind === 'ready' ? info.value.trustDirectory : undefined}
      lockMark={lockMark}
      onOpenRepository={(gun) => app.getState().go({ screen: 'repository', gun, tab: 'keys' })}
      offline={<OfflineNote store={backups} onShow={() => app.getState().go({ screen: 'backups' })} />}
      onLostKeys={() => app.getState().setSheet({ kind: 'lost-keys', gun: undefined })}
    />
  );
}

function Yubikey({ stores: { app, yubikey } }: { readonly stores: Stores }) {
  const info = useStore(app, (state) => state.info);
  return (
    <YubikeyScreen
      store={yubikey}
      platform={info.kind === 'ready' ? info.value.platform : ''}
      say={app.getState().say}
    />
  );
}

function Verify({ stores: { app, verify } }: { readonly stores: Stores }) {
  return (
    <VerifyScreen
      store={verify}
      onSaved={() => app.getState().say('The pinned file was saved')}
      onOpenRepository={(gun) => app.getState().go({ screen: 'repository', gun, tab: 'tags' })}
    />
  );
}

function Activity({ stores: { app, activity, plans } }: { readonly stores: Stores }) {
  return (
    <ActivityScreen
      store={activity}
      onExported={() => app.getState().say('The log was exported')}
      onOpenPlan={() => void plans.getState().open()}
      onRestore={(gun, planId) =>
        void plans
          .getState()
          .make('Restore what was signed before', (calls, { signAs }) =>
            calls.restore({ gun, planId, ...(signAs === undefined ? {} : { signAs }) }),
          )
      }
      onOpenRepository={(gun) => app.getState().go({ screen: 'repository', gun, tab: 'tags' })}
    />
  );
}

function Settings({ stores }: { readonly stores: Stores }) {
  const { app, settings, sandbox, doctor } = stores;
  return (
    <SettingsScreen
      store={settings}
      onDiagnose={(target) => doctor.getState().open(target)}
      sandbox={
        <SandboxPanel
          store={sandbox}
          onOpenRepository={(gun) => app.getState().go({ screen: 'repository', gun, tab: 'tags' })}
        />
      }
      about={<About stores={stores} />}
    />
  );
}

export const sections: readonly SectionEntry[] = [
  {
    id: 'repositories',
    label: 'Repositories',
    icon: Library,
    Screen: Repositories,
    useCount: ({ repositories }) =>
      useStore(repositories, ({ rows }) => (rows.kind === 'ready' ? rows.value.length : undefined)),
  },
  {
    id: 'keys',
    label: 'Keys',
    icon: KeyRound,
    Screen: Keys,
    useCount: ({ keys }) =>
      useStore(keys, ({ list }) => (list.kind === 'ready' ? list.value.keys.length : undefined)),
  },
  {
    id: 'yubikey',
    label: 'YubiKey',
    icon: Usb,
    Screen: Yubikey,
    useCount: ({ yubikey }) => useStore(yubikey, (state) => devicesOf(state).length),
  },
  {
    id: 'backups',
    label: 'Backups',
    icon: Archive,
    Screen: ({ stores }) => <BackupsScreen store={stores.backups} />,
    useCount: ({ backups }) =>
      useStore(backups, ({ overview }) =>
        overview.kind === 'ready' ? overview.value.copies.length : undefined,
      ),
  },
  { id: 'verify', label: 'Verify', icon: ScanSearch, Screen: Verify },
  { id: 'activity', label: 'Activity', icon: History, Screen: Activity },
  { id: 'settings', label: 'Settings', icon: SlidersHorizontal, Screen: Settings },
];
