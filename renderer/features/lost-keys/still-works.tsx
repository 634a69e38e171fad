/** What goes on without the root key, and until when. */
import type { Holdings } from '../../../shared/ipc/keys.ts';
import { dayText } from '../../copy/times.ts';
import { type Deadline, deadlinesOf } from '../../../shared/lost-key-advice.ts';
import { holderName, RELEASES } from './role-names.ts';

export function StillWorks({ holdings }: { readonly holdings: Holdings }) {
  const deadlines = deadlinesOf(holdings);
  const root = deadlines.find(({ role }) => role === 'root');
  const others = deadlines.filter(({ role }) => role !== 'root');
  return (
    <>
      <p>
        Signing, and adding and removing signers, go on as before for those who have the keys
        {root === undefined ? '' : ` until the root expires on ${dayText(root.expiresAt)}`}. From then on
        every docker and notary refuses the repository, and nobody can renew it. Until then nobody can replace
        the repository key or the root key.
      </p>
      {others.length > 0 && (
        <ul className="advice-list">
          {others.map((deadline) => (
            <li key={deadline.role}>{deadlineText(deadline)}</li>
          ))}
        </ul>
      )}
    </>
  );
}

function deadlineText({ role, expiresAt, renewable }: Deadline): string {
  const end = dayText(expiresAt);
  if (role === RELEASES) {
    return `What docker pulls is signed until ${end}; ${renewable ? 'it can be renewed here' : 'a signer must renew it'}.`;
  }
  return renewable
    ? `Signatures of ${holderName(role)} end on ${end}; it is here, so they can be renewed.`
    : `Signatures of ${holderName(role)} end on ${end}; somebody who has it must renew them.`;
}
