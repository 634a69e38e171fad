/** Settings: which trust server serves which registry and whom it may show a certificate of, where trust is kept, theme. */
import { FolderCog, Monitor, Moon, Sun } from 'lucide-react';
import { type ReactNode, useEffect } from 'react';
import { useStore } from 'zustand';
import type { SettingsView } from '../../../shared/ipc/settings.ts';
import { Button } from '../../ui/button.tsx';
import { CopyText } from '../../ui/clipboard.tsx';
import { Problem } from '../../ui/problem.tsx';
import { Segmented } from '../../ui/segmented.tsx';
import { PageBody, PageHead, Waiting } from '../../ui/surface.tsx';
import type { SettingsState, SettingsStore, Theme } from './settings-store.ts';
import { Setting } from './setting.tsx';
import { TrustServers } from './trust-servers.tsx';
import './settings.css';

interface SettingsScreenProps {
  readonly store: SettingsStore;
  readonly onDiagnose: (target: string) => void;
  /** The sandbox has a feature of its own; the app puts it here. */
  readonly sandbox: ReactNode;
  readonly about: ReactNode;
}

export function SettingsScreen({ store, onDiagnose, sandbox, about }: SettingsScreenProps) {
  const state = useStore(store);
  const { view, failure, load } = state;
  useEffect(() => {
    void load();
  }, [load]);
  return (
    <>
      <PageHead title="Settings" />
      <PageBody scroll>
        {failure !== undefined && <Problem error={failure} />}
        {view.kind === 'failed' && <Problem error={view.error} />}
        {(view.kind === 'idle' || view.kind === 'loading') && <Waiting>Reading the settings</Waiting>}
        {view.kind === 'ready' && (
          <div className="settings">
            <TrustServers view={view.value} state={state} onDiagnose={onDiagnose} />
            <TrustDirectory view={view.value} state={state} />
            <Appearance theme={view.value.theme} onTheme={(theme) => void state.setTheme(theme)} />
            <Setting
              title="Sandbox"
              purpose="A real trust server and registry inside this app, to learn with and to try things on."
            >
              {sandbox}
            </Setting>
            <Setting title="About" purpose="Trustdesk is free software under the Apache licence 2.0.">
              {about}
            </Setting>
          </div>
        )}
      </PageBody>
    </>
  );
}

interface PartProps {
  readonly view: SettingsView;
  readonly state: SettingsState;
}

const directorySources: Readonly<Record<SettingsView['trustDirectorySource'], string>> = {
  default: 'Docker’s own place.',
  DOCKER_CONFIG: 'Set by the environment variable DOCKER_CONFIG.',
  trustdesk: 'Chosen here.',
};

function TrustDirectory({ view: { trustDirectory, trustDirectorySource }, state }: PartProps) {
  return (
    <Setting
      title="Trust directory"
      purpose="Keys and verified metadata. Shared with docker and notary: all three read and write the same files."
    >
      <CopyText text={trustDirectory} what="path" />
      <div className="setting-line">
        <span className="muted">{directorySources[trustDirectorySource]}</span>
        <Button
          size="small"
          icon={FolderCog}
          isDisabled={trustDirectorySource === 'DOCKER_CONFIG'}
          onPress={() => void state.chooseTrustDirectory()}
        >
          Choose another…
        </Button>
      </div>
    </Setting>
  );
}

const themes = [
  { id: 'system', label: 'As the system', icon: Monitor },
  { id: 'light', label: 'Light', icon: Sun },
  { id: 'dark', label: 'Dark', icon: Moon },
] as const;

function Appearance({ theme, onTheme }: { readonly theme: Theme; readonly onTheme: (theme: Theme) => void }) {
  return (
    <Setting title="Appearance" purpose="Light, dark, or what the system says.">
      <Segmented<Theme> label="Theme" value={theme} onChange={onTheme} segments={themes} />
    </Setting>
  );
}
