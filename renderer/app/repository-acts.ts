/** What can be changed in one repository: each opens a sheet or the review of a plan; nothing is changed before that. */
import { countOf } from '../copy/sizes.ts';
import type { RepositoryActs } from '../features/repository/repository-screen.tsx';
import type { Stores } from './stores.ts';

export function repositoryActs({ app, plans }: Stores, gun: string): RepositoryActs {
  const { setSheet } = app.getState();
  const { make } = plans.getState();
  return {
    sign: (chosen) => setSheet({ kind: 'sign', gun, chosen }),
    revoke: (tags) =>
      void make(`Revoke ${countOf(tags.length, 'tag')}`, (calls, { signAs }) =>
        calls.revoke({ gun, tags: [...tags], ...given(signAs) }),
      ),
    addSigner: (signer) => setSheet({ kind: 'add-signer', gun, signer }),
    removeSigner: (name) =>
      void make(`Remove signer ${name}`, (calls, { signAs }) =>
        calls.removeSigner({ gun, name, ...given(signAs) }),
      ),
    delegation: (act) => {
      if (act.kind !== 'remove') {
        setSheet({ kind: 'delegation', gun, act });
        return;
      }
      const { role } = act;
      void make(`Remove ${role}`, (calls, { signAs }) =>
        calls.removeDelegation({ gun, role, ...given(signAs) }),
      );
    },
    rotate: (role) => setSheet({ kind: 'rotate', gun, role }),
    create: () => setSheet({ kind: 'create', gun }),
    deleteAll: () => void make('Delete the repository', (calls) => calls.delete({ gun })),
    lostKeys: () => setSheet({ kind: 'lost-keys', gun }),
    renew: (roles) =>
      void make(`Sign ${roles.join(', ')} again`, (calls, { signAs }) =>
        calls.witness({ gun, roles: [...roles], ...given(signAs) }),
      ),
  };
}

const given = (signAs: string | undefined): { signAs?: string } => (signAs === undefined ? {} : { signAs });

/** Takes it off the list; its trust data stays. */
export function hideRepository({ app, repositories }: Stores, gun: string): void {
  const { go, say } = app.getState();
  void repositories
    .getState()
    .hide(gun)
    .then(() => say(`${gun} is hidden. Its trust data stays.`));
  go({ screen: 'repositories' });
}
