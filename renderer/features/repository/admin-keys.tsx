/** Root and repository key with their full IDs as docker prints them, then snapshot and timestamp. */
import type { z } from 'zod/mini';
import type { adminKey, RepositoryDetail } from '../../../shared/ipc/repositories.ts';
import { dayText, expiryTone } from '../../copy/times.ts';
import { roleTitle } from '../../copy/trust-words.ts';
import { KeyId } from '../../ui/identifier.tsx';
import { KeyPlacePill } from '../../ui/key-place.tsx';
import { Panel } from '../../ui/surface.tsx';
import { useNow } from '../../ui/use-now.ts';

type AdminKey = z.infer<typeof adminKey>;

const purposes: Readonly<Record<AdminKey['role'], string>> = {
  root: 'Decides which other keys count. Keep it offline.',
  targets: 'Decides who may sign, and signs as the repository’s administrator.',
  snapshot: 'Signs which versions belong together.',
  timestamp: 'Signs how fresh the snapshot is. Always with the server.',
};

export function AdminKeys({ detail: { adminKeys } }: { readonly detail: RepositoryDetail }) {
  return (
    <div className="pane-scroll">
      <Panel label="Administrative keys">
        <ul>
          {adminKeys.map((key) => (
            <AdminKeyEntry key={`${key.role} ${key.id}`} entry={key} />
          ))}
        </ul>
      </Panel>
    </div>
  );
}

function AdminKeyEntry({ entry }: { readonly entry: AdminKey }) {
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
      </div>
    </li>
  );
}
