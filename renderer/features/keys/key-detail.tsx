/** One private key: its whole ID, where it is kept, and what would be lost without it. */
import { Lock, LockOpen } from 'lucide-react';
import type { KeyRow } from '../../../shared/ipc/keys.ts';
import { dayText } from '../../copy/times.ts';
import { CopyText } from '../../ui/clipboard.tsx';
import { Pill } from '../../ui/status.tsx';
import { Fact, Facts, Section } from '../../ui/surface.tsx';
import { roleTitle } from '../../copy/trust-words.ts';

interface KeyDetailProps {
  readonly entry: KeyRow;
  readonly onOpenRepository: (gun: string) => void;
}

const baseRoles: readonly string[] = ['root', 'targets', 'snapshot', 'timestamp'];

export function KeyDetail({ entry, onOpenRepository }: KeyDetailProps) {
  const { id, role, gun, algorithm, location, encrypted, created, usedBy } = entry;
  return (
    <aside className="detail" aria-label={`Key ${id.slice(0, 12)}`}>
      <div>
        <h2 className="detail-title selectable">
          {baseRoles.includes(role) ? roleTitle(role) : `Signer key ${role}`}
        </h2>
        {gun !== undefined && <p className="muted selectable key-gun">{gun}</p>}
      </div>
      <Section title="Key ID">
        <CopyText text={id} what="key ID" />
      </Section>
      <Section title="Kept">
        <Facts>
          <Fact name="Where">
            <span className="mono">{location}</span>
          </Fact>
          <Fact name="Algorithm">
            <span className="mono">{algorithm}</span>
          </Fact>
          <Fact name="Passphrase">
            {encrypted ? (
              <Pill icon={Lock}>Encrypted</Pill>
            ) : (
              <Pill icon={LockOpen} tone="warn">
                Not encrypted
              </Pill>
            )}
          </Fact>
          {created !== undefined && <Fact name="Stored">{dayText(created)}</Fact>}
        </Facts>
      </Section>
      <Section title="Needed by">
        {usedBy.length === 0 ? (
          <p className="muted">No repository known here names this key.</p>
        ) : (
          <ul className="stack">
            {usedBy.map((use) => (
              <li key={use.gun}>
                <button type="button" className="use-link" onClick={() => onOpenRepository(use.gun)}>
                  {use.gun}
                </button>
                <p className="mono muted">{use.roles.join(', ')}</p>
              </li>
            ))}
          </ul>
        )}
      </Section>
    </aside>
  );
}
