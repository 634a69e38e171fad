/** What can be done with a repository's own keys from anywhere, for the command palette. */
import { FolderPlus, GitFork, KeyRound, PenLine } from 'lucide-react';
import { isWithoutTrustData } from '../copy/trust-words.ts';
import { rotateTitle } from '../features/plans/rotate-sheet.tsx';
import { mayRenew } from '../features/repository/health.ts';
import type { Action } from './actions.ts';
import { repositoryActs } from './repository-acts.ts';
import type { Stores } from './stores.ts';

/** The acts of its administrative keys, and its creation where there is none yet. */
export function administrationActions(stores: Stores, gun: string): readonly Action[] {
  const { detail } = stores.repository(gun).getState();
  if (detail.kind !== 'ready') return [];
  const { rotate, renew, create, delegation } = repositoryActs(stores, gun);
  if (isWithoutTrustData(detail.value.row))
    return [
      { id: 'create-here', title: `Create ${gun}…`, icon: FolderPlus, group: 'Repository', run: create },
    ];
  const again = (['root', 'targets'] as const).filter((role) => mayRenew(role, detail.value));
  return [
    {
      id: 'add-delegation',
      title: 'Add a delegation…',
      icon: GitFork,
      group: 'Repository',
      run: () => delegation({ kind: 'add' }),
    },
    {
      id: 'purge-key',
      title: 'Remove a key from every delegation…',
      icon: KeyRound,
      group: 'Repository',
      run: () => delegation({ kind: 'purge' }),
    },
    ...(['root', 'targets', 'snapshot', 'timestamp'] as const).map((role): Action => ({
      id: `rotate-${role}`,
      title: `${rotateTitle(role)}…`,
      icon: KeyRound,
      group: 'Repository',
      run: () => rotate(role),
    })),
    ...again.map((role): Action => ({
      id: `again-${role}`,
      title: `Sign ${role} again…`,
      icon: PenLine,
      group: 'Repository',
      run: () => renew([role]),
    })),
  ];
}
