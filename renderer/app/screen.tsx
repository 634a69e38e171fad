/** The place the window is at. */
import { useEffect } from 'react';
import { useStore } from 'zustand';
import { FirstRunScreen } from '../features/first-run/first-run-screen.tsx';
import { RepositoryScreen } from '../features/repository/repository-screen.tsx';
import { isSandboxStopped } from '../features/sandbox/sandbox-store.ts';
import { Problem } from '../ui/problem.tsx';
import { PageBody, Waiting } from '../ui/surface.tsx';
import { hideRepository, repositoryActs } from './repository-acts.ts';
import type { Route } from './routes.ts';
import { sections } from './sections.tsx';
import type { Stores } from './stores.ts';

interface ScreenProps {
  readonly stores: Stores;
  readonly route: Route;
}

export function Screen({ stores, route }: ScreenProps) {
  useTitle(route);
  useFocusOnArrival(route);
  switch (route.screen) {
    case 'welcome':
      return <Welcome stores={stores} />;
    case 'repository':
      return <Repository key={route.gun} stores={stores} route={route} />;
    default: {
      const section = sections.find(({ id }) => id === route.screen);
      return section === undefined ? null : <section.Screen stores={stores} />;
    }
  }
}

/** Screen readers announce the title of the document when the place changes. */
function useTitle(route: Route): void {
  const label =
    route.screen === 'repository' ? route.gun : sections.find(({ id }) => id === route.screen)?.label;
  useEffect(() => {
    document.title = label === undefined ? 'Trustdesk' : `${label} – Trustdesk`;
  }, [label]);
}

/** What had the focus may be gone with the last place: then the next Tab begins where the new one does. */
function useFocusOnArrival(route: Route): void {
  const place = route.screen === 'repository' ? route.gun : route.screen;
  useEffect(() => {
    const { activeElement } = document;
    const isNowhere = activeElement === null || activeElement === document.body;
    if (isNowhere) document.querySelector<HTMLElement>('main')?.focus({ preventScroll: true });
  }, [place]);
}

interface RepositoryProps {
  readonly stores: Stores;
  readonly route: Extract<Route, { screen: 'repository' }>;
}

function Repository({ stores, route }: RepositoryProps) {
  const { app, doctor, sandbox } = stores;
  const isStopped = useStore(sandbox, isSandboxStopped);
  const { gun, tab } = route;
  const { go, replace } = app.getState();
  return (
    <RepositoryScreen
      store={stores.repository(gun)}
      tab={tab}
      onTab={(chosen) => replace({ ...route, tab: chosen })}
      onBack={() => go({ screen: 'repositories' })}
      onDiagnose={() => doctor.getState().open(gun)}
      acts={repositoryActs(stores, gun)}
      sandbox={{ isStopped, start: () => void startSandbox(stores, gun) }}
      onHide={() => hideRepository(stores, gun)}
    />
  );
}

/** What was asked of its servers while they were stopped is asked again. */
async function startSandbox({ sandbox, repository }: Stores, gun: string): Promise<void> {
  if (await sandbox.getState().start()) await repository(gun).getState().refresh();
}

function Welcome({ stores: { app, sandbox, backups } }: { readonly stores: Stores }) {
  const info = useStore(app, (state) => state.info);
  const { status, pending, start } = useStore(sandbox);
  const { go, setSheet, loadInfo } = app.getState();
  if (info.kind === 'failed') {
    return (
      <PageBody>
        <Problem error={info.error} />
      </PageBody>
    );
  }
  if (info.kind !== 'ready') return <Waiting>Looking at what is here</Waiting>;
  const state = status.kind === 'ready' ? status.value : undefined;
  return (
    <FirstRunScreen
      info={info.value}
      isSandboxStarting={pending === 'start' || state?.kind === 'starting'}
      sandboxError={state?.kind === 'failed' ? state.error : undefined}
      onUseWhatIsHere={() => go({ screen: 'repositories' })}
      onConnect={() => setSheet('connect')}
      onRestore={() => {
        go({ screen: 'backups' });
        backups.getState().show({ kind: 'restore' });
      }}
      onSandbox={() => {
        void start().then((isRunning) => {
          void loadInfo();
          if (isRunning) go({ screen: 'repositories' });
        });
      }}
    />
  );
}
