/** Root and repository key with their full IDs as docker prints them, then snapshot and timestamp. */
import type { ReactNode } from 'react';
import type { z } from 'zod/mini';
import type { adminKey, RepositoryDetail } from '../../../shared/ipc/repositories.ts';
import { dayText, expiryTone } from '../../copy/times.ts';
import { roleTitle } from '../../copy/trust-words.ts';
import { KeyId } from '../../ui/identifier.tsx';
import { KeyPlacePill } from '../../ui/key-place.tsx';
import { Button } from '../../ui/button.tsx';
import { Panel } from '../../ui/surface.tsx';
import { useNow } from '../../ui/use-now.ts';
import { mayRenew } from './health.ts';
import type { RepositoryActs } from './repository-screen.tsx';

type AdminKey = z.infer<typeof adminKey>;

const purposes: Readonly<Record<AdminKey['role'], string>> = {
  root: 'Decides which other keys count. Keep it offline.',
  targets: 'Decides who may sign, and signs as the repository’s administrator.',
  snapshot: 'Signs which versions belong together.',
  timestamp: 'Signs how fresh the snapshot is. Always with the server.',
};

interface AdminKeysProps {
  readonly detail: RepositoryDetail;
  readonly acts: Pick<RepositoryActs, 'rotate' | 'renew'>;
}

export function AdminKeys({ detail, acts }: AdminKeysProps) {
  const { adminKeys } = detail;
  return (
    <div className="pane-scroll">
      <Panel label="Administrative keys">
        <ul>
          {adminKeys.map((key, at) => (
            <AdminKeyEntry key={`${key.role} ${key.id}`} entry={key}>
              {/* A role with several keys gets its acts once. */}
              {adminKeys.findIndex(({ role }) => role === key.role) === at && (
                <RoleActs role={key.role} detail={detail} acts={acts} />
              )}
            </AdminKeyEntry>
          ))}
        </ul>
      </Panel>
    </div>
  );
}

interface RoleActsProps extends AdminKeysProps {
  readonly role: AdminKey['role'];
}

function RoleActs({ role, detail, acts }: RoleActsProps) {
  const title = roleTitle(role).toLowerCase();
  return (
    <div className="admin-key-acts">
      {(role === 'root' || role === 'targets') && mayRenew(role, detail) && (
        <Button size="small" aria-label={`Sign again: ${role}…`} onPress={() => acts.renew([role])}>
          Sign again…
        </Button>
      )}
      <Button size="small" aria-label={`Rotate the ${title}…`} onPress={() => acts.rotate(role)}>
        Rotate…
      </Button>
    </div>
  );
}

function AdminKeyEntry({ entry, children }: { readonly entry: AdminKey; readonly children: ReactNode }) {
  const now = useNow();
  const { role, id, canonicalId, algorithm, place, certificate } = entry;
  return (
    <li className="admin-key">
      <div className="admin-key-name">
        <h2 className="admin-key-title">{roleTitle(role)}</h2>
        <p className="muted">{purposes[role]}</p>
      </div>
      <dl className="admin-key-facts">
        <div className="admin-key-fact">
          <dt className="muted">ID</dt>
          <dd>
            <KeyId id={id} length="full" />
          </dd>
        </div>
        {canonicalId !== id && (
          <div className="admin-key-fact">
            <dt className="muted">Key file</dt>
            <dd>
              <KeyId id={canonicalId} length="full" what="key file ID" />
            </dd>
          </div>
        )}
        {certificate !== undefined && (
          <div className="admin-key-fact">
            <dt className="muted">Certificate</dt>
            <dd className="selectable">
              {certificate.commonName}, {dayText(certificate.notBefore)} to{' '}
              <span className={`expiry expiry-${expiryTone(certificate.notAfter, now)}`}>
                {dayText(certificate.notAfter)}
              </span>
            </dd>
          </div>
        )}
      </dl>
      <div className="admin-key-place">
        <KeyPlacePill place={place} />
        <span className="mono muted">{algorithm}</span>
        {children}
      </div>
    </li>
  );
}
