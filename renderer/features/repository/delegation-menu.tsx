/** What can be done with one delegation. What cannot be done now says why. */
import { Ellipsis, FolderTree, KeyRound, KeySquare, PenLine, Trash2 } from 'lucide-react';
import type { RepositoryDetail } from '../../../shared/ipc/repositories.ts';
import { ActionMenu } from '../../ui/action-menu.tsx';
import { hasFile, hasKeyHere } from './delegation-facts.ts';
import type { RepositoryActs } from './repository-screen.tsx';

interface DelegationMenuProps {
  readonly entry: RepositoryDetail['delegations'][number];
  readonly detail: RepositoryDetail;
  readonly acts: Pick<RepositoryActs, 'delegation' | 'renew'>;
}

export function DelegationMenu({ entry: { role, keyIds }, detail, acts }: DelegationMenuProps) {
  return (
    <ActionMenu
      label={`Change ${role}`}
      icon={Ellipsis}
      acts={[
        {
          id: 'add-key',
          label: 'Add a key…',
          icon: KeyRound,
          run: () => acts.delegation({ kind: 'add-keys', role }),
        },
        {
          id: 'remove-key',
          label: 'Remove a key…',
          icon: KeySquare,
          run: () => acts.delegation({ kind: 'remove-keys', role }),
          whyNot: keyIds.length === 0 ? 'It has no key.' : undefined,
        },
        {
          id: 'paths',
          label: 'Change paths…',
          icon: FolderTree,
          run: () => acts.delegation({ kind: 'paths', role }),
        },
        {
          id: 'again',
          label: 'Sign again…',
          icon: PenLine,
          run: () => acts.renew([role]),
          whyNot: whyNotAgain(role, detail),
        },
        {
          id: 'remove',
          label: `Remove ${role}…`,
          icon: Trash2,
          run: () => acts.delegation({ kind: 'remove', role }),
          isDestructive: true,
        },
      ]}
    />
  );
}

function whyNotAgain(role: string, detail: RepositoryDetail): string | undefined {
  if (!hasFile(role, detail)) return 'Nothing is signed in it yet.';
  return hasKeyHere(role, detail) ? undefined : 'None of its keys is here.';
}
