/** What concerns this computer rather than a repository: settings, theme, sandbox, log; for the command palette. */
import {
  Download,
  FlaskConical,
  FlaskConicalOff,
  FolderCog,
  type LucideIcon,
  Monitor,
  Moon,
  RotateCcw,
  Server,
  Sun,
} from 'lucide-react';
import type { Action } from './actions.ts';
import type { Stores } from './stores.ts';

const act = (id: string, title: string, icon: LucideIcon, run: () => void): Action => ({
  id,
  title,
  icon,
  group: 'Do',
  run,
});

export function computerActions(stores: Stores): readonly Action[] {
  return [...ofSandbox(stores), ...ofSettings(stores), ...ofLog(stores)];
}

function ofSandbox({ sandbox }: Stores): readonly Action[] {
  const { status, start, stop, reset } = sandbox.getState();
  const isRunning = status.kind === 'ready' && status.value.kind === 'running';
  return isRunning
    ? [
        act('sandbox-stop', 'Stop the sandbox', FlaskConicalOff, () => void stop()),
        act('sandbox-reset', 'Reset the sandbox…', RotateCcw, () => void reset()),
      ]
    : [act('sandbox-start', 'Start the sandbox', FlaskConical, () => void start())];
}

function ofSettings({ app, settings }: Stores): readonly Action[] {
  const { setTheme, setAdding, chooseTrustDirectory, view } = settings.getState();
  const show = (): void => app.getState().go({ screen: 'settings' });
  const isFixed = view.kind === 'ready' && view.value.trustDirectorySource === 'DOCKER_CONFIG';
  const choose = act('trust-directory', 'Choose another trust directory…', FolderCog, () => {
    show();
    void chooseTrustDirectory();
  });
  return [
    act('add-server', 'Add trust server…', Server, () => {
      show();
      setAdding(true);
    }),
    ...(isFixed ? [] : [choose]),
    act('theme-light', 'Use the light theme', Sun, () => void setTheme('light')),
    act('theme-dark', 'Use the dark theme', Moon, () => void setTheme('dark')),
    act('theme-system', 'Use the theme of the system', Monitor, () => void setTheme('system')),
  ];
}

function ofLog({ app, activity }: Stores): readonly Action[] {
  return [
    act('export-log', 'Export the activity log…', Download, () => {
      app.getState().go({ screen: 'activity' });
      void activity
        .getState()
        .export()
        .then((isDone) => {
          if (isDone) app.getState().say('The log was exported');
        });
    }),
  ];
}
