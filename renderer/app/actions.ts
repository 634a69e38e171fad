/** Everything that can be done from here, for the command palette. */
import {
  ClipboardCopy,
  ExternalLink,
  EyeOff,
  FileKey2,
  FolderOpen,
  FolderPlus,
  GitPullRequestArrow,
  House,
  Library,
  Lock,
  type LucideIcon,
  Package,
  PanelTop,
  PenLine,
  Plus,
  RefreshCw,
  Server,
  Stethoscope,
  Undo2,
  UserMinus,
  UserPlus,
} from 'lucide-react';
import { countOf } from '../copy/sizes.ts';
import { administrationActions } from './administration-actions.ts';
import { links } from './about.tsx';
import { backupActions } from './backup-actions.ts';
import { computerActions } from './computer-actions.ts';
import { keyActions } from './key-actions.ts';
import { repositoryTabs } from '../features/repository/repository-screen.tsx';
import { copyWith } from './copy.ts';
import { hideRepository, repositoryActs } from './repository-acts.ts';
import type { Route } from './routes.ts';
import { sections } from './sections.tsx';
import type { Stores } from './stores.ts';
import { yubikeyActions } from './yubikey-actions.ts';

export interface Action {
  readonly id: string;
  readonly title: string;
  readonly icon: LucideIcon;
  /** What it belongs to; searched too. */
  readonly group: 'Go to' | 'Repository' | 'Key' | 'YubiKey' | 'Do' | 'Repositories' | 'Links';
  readonly keys?: string;
  readonly run: () => void;
}

function places({ app }: Stores): readonly Action[] {
  const { go } = app.getState();
  return [
    ...sections.map(({ id, label, icon }, at): Action => ({
      id: `go-${id}`,
      title: label,
      icon,
      group: 'Go to',
      keys: `${at + 1}`,
      run: () => go({ screen: id }),
    })),
    { id: 'go-welcome', title: 'Welcome', icon: House, group: 'Go to', run: () => go({ screen: 'welcome' }) },
  ];
}

/** What concerns the repository that is open. */
function ofRepository(stores: Stores): readonly Action[] {
  const { app, repository, doctor } = stores;
  const { route } = app.getState();
  if (route.screen !== 'repository') return [];
  const { gun } = route;
  return [
    {
      id: 'sign',
      title: 'Sign tags…',
      icon: PenLine,
      group: 'Repository',
      run: () => app.getState().setSheet({ kind: 'sign', gun, chosen: [] }),
    },
    {
      id: 'add-signer',
      title: 'Add a signer…',
      icon: UserPlus,
      group: 'Repository',
      run: () => app.getState().setSheet({ kind: 'add-signer', gun }),
    },
    ...administrationActions(stores, gun),
    ...takingAway(stores, gun),
    {
      id: 'refresh-one',
      title: 'Refresh this repository',
      icon: RefreshCw,
      group: 'Repository',
      keys: 'R',
      run: () => void repository(gun).getState().refresh(),
    },
    {
      id: 'compare',
      title: 'Compare all tags with the registry',
      icon: Package,
      group: 'Repository',
      run: () => void repository(gun).getState().compareAll(),
    },
    {
      id: 'diagnose-one',
      title: `Diagnose ${gun}…`,
      icon: Stethoscope,
      group: 'Repository',
      run: () => doctor.getState().open(gun),
    },
    ...tabsOf(stores, route),
    {
      id: 'copy-name',
      title: `Copy the name ${gun}`,
      icon: ClipboardCopy,
      group: 'Repository',
      run: () => copyWith(stores)(gun, 'name'),
    },
    {
      id: 'hide',
      title: 'Hide this repository from the list',
      icon: EyeOff,
      group: 'Repository',
      run: () => hideRepository(stores, gun),
    },
  ];
}

/** The other parts of the repository that is open. */
function tabsOf({ app }: Stores, route: Extract<Route, { screen: 'repository' }>): readonly Action[] {
  const { replace } = app.getState();
  return repositoryTabs
    .filter(({ id }) => id !== route.tab)
    .map(({ id, label }) => ({
      id: `tab-${id}`,
      title: `Show ${label.toLowerCase()}`,
      icon: PanelTop,
      group: 'Repository',
      run: () => replace({ ...route, tab: id }),
    }));
}

/** Revoking the tags at hand (those ticked, or the one looked at), and removing a signer. */
function takingAway(stores: Stores, gun: string): readonly Action[] {
  const { detail, selected, active, segment } = stores.repository(gun).getState();
  if (detail.kind !== 'ready') return [];
  const { signers } = detail.value;
  const { revoke, removeSigner } = repositoryActs(stores, gun);
  const tags = selected.size > 0 ? [...selected] : active === undefined ? [] : [active];
  const areSigned = segment === 'signed' || segment === 'different';
  return [
    ...(areSigned && tags.length > 0
      ? [
          {
            id: 'revoke',
            title: `Revoke ${tags.length === 1 ? (tags[0] ?? '') : countOf(tags.length, 'tag')}…`,
            icon: Undo2,
            group: 'Repository' as const,
            run: () => revoke(tags),
          },
        ]
      : []),
    ...signers.map(({ name }) => ({
      id: `remove-signer-${name}`,
      title: `Remove signer ${name}…`,
      icon: UserMinus,
      group: 'Repository' as const,
      run: () => removeSigner(name),
    })),
  ];
}

function acts({ app, repositories, doctor, lock, backups, plans }: Stores): readonly Action[] {
  return [
    {
      id: 'add',
      title: 'Add repositories…',
      icon: Plus,
      group: 'Do',
      run: () => app.getState().setSheet('add-repositories'),
    },
    {
      id: 'create',
      title: 'Create a repository…',
      icon: FolderPlus,
      group: 'Do',
      run: () => app.getState().setSheet({ kind: 'create', gun: undefined }),
    },
    {
      id: 'connect',
      title: 'Connect to a trust server…',
      icon: Server,
      group: 'Do',
      run: () => app.getState().setSheet('connect'),
    },
    {
      id: 'who',
      title: 'Who is this key?…',
      icon: FileKey2,
      group: 'Do',
      run: () => app.getState().setSheet('who'),
    },
    {
      id: 'open-plan',
      title: 'Open a saved plan…',
      icon: FolderOpen,
      group: 'Do',
      run: () => void plans.getState().open(),
    },
    {
      id: 'pending',
      title: 'Pending changes…',
      icon: GitPullRequestArrow,
      group: 'Do',
      run: () => app.getState().setSheet('pending'),
    },
    ...backupActions(backups),
    {
      id: 'lock',
      title: 'Lock: forget remembered passphrases',
      icon: Lock,
      group: 'Do',
      run: () => void lock.getState().lock(),
    },
    {
      id: 'refresh-all',
      title: 'Refresh all repositories',
      icon: RefreshCw,
      group: 'Do',
      run: () => void repositories.getState().refreshAll(),
    },
    {
      id: 'diagnose',
      title: 'Diagnose a connection…',
      icon: Stethoscope,
      group: 'Do',
      run: () => doctor.getState().open(),
    },
  ];
}

function knownRepositories({ app, repositories }: Stores): readonly Action[] {
  const { rows } = repositories.getState();
  if (rows.kind !== 'ready') return [];
  return rows.value.map(({ gun }) => ({
    id: `open-${gun}`,
    title: gun,
    icon: Library,
    group: 'Repositories',
    run: () => app.getState().go({ screen: 'repository', gun, tab: 'tags' }),
  }));
}

export function actionsOf(stores: Stores): readonly Action[] {
  return [
    ...ofRepository(stores),
    ...places(stores),
    ...keyActions(stores),
    ...yubikeyActions(stores),
    ...acts(stores),
    ...computerActions(stores),
    ...knownRepositories(stores),
    ...links.map(({ id, label }): Action => ({
      id: `link-${id}`,
      title: label,
      icon: ExternalLink,
      group: 'Links',
      run: () => void stores.bridge.app.openLink({ link: id }),
    })),
  ];
}

/** Those whose title or group has every word; titles that begin with the query first. */
export function findActions(actions: readonly Action[], query: string, limit: number): readonly Action[] {
  const sought = query.toLowerCase().trim();
  const words = sought.split(/\s+/).filter(Boolean);
  const hits = actions.filter(({ title, group }) => {
    const text = `${title} ${group}`.toLowerCase();
    return words.every((word) => text.includes(word));
  });
  const rank = ({ title }: Action): number =>
    sought !== '' && title.toLowerCase().startsWith(sought) ? 0 : 1;
  const ranked = hits.toSorted((a, b) => rank(a) - rank(b)).slice(0, limit);
  // Each group once, in the order of its best hit.
  const groups = [...new Set(ranked.map(({ group }) => group))];
  return groups.flatMap((name) => ranked.filter(({ group }) => group === name));
}
