/** One private key: its whole ID, where it is kept and backed up, what would be lost without it, what can be done with it. */
import { FileBadge, KeyRound, Lock, LockOpen, Trash2, Upload } from 'lucide-react';
import type { ReactNode } from 'react';
import type { KeyRow } from '../../../shared/ipc/keys.ts';
import { dayText } from '../../copy/times.ts';
import { Button } from '../../ui/button.tsx';
import { CopyText } from '../../ui/clipboard.tsx';
import { Pill, Status } from '../../ui/status.tsx';
import { Fact, Facts, Section } from '../../ui/surface.tsx';
import { backupWords, isSignersKey, keyTitle } from './key-words.ts';
import type { KeyAct, KeysStore } from './keys-store.ts';
import { RememberedFact } from './remembered-fact.tsx';

interface KeyDetailProps {
  readonly store: KeysStore;
  readonly entry: KeyRow;
  /** Changes when what is remembered does. */
  readonly lockMark: string;
  readonly onOpenRepository: (gun: string) => void;
}

export function KeyDetail({ store, entry, lockMark, onOpenRepository }: KeyDetailProps) {
  const { id, gun, algorithm, location, encrypted, created, usedBy, backup, sandbox } = entry;
  const { tone, sentence } = backupWords(backup);
  return (
    <aside className="detail" aria-label={`Key ${id.slice(0, 12)}`}>
      <div>
        <h2 className="detail-title selectable">{keyTitle(entry)}</h2>
        {gun !== undefined && <p className="muted selectable key-gun">{gun}</p>}
        {sandbox && <p className="muted">Part of the sandbox’s demonstration.</p>}
      </div>
      <Section title="Key ID">
        <CopyText text={id} what="key ID" />
      </Section>
      <KeyActs entry={entry} onAct={store.getState().begin} />
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
          {encrypted && entry.place.kind === 'file' && (
            <RememberedFact store={store} entry={entry} lockMark={lockMark} />
          )}
          {created !== undefined && <Fact name="Stored">{dayText(created)}</Fact>}
        </Facts>
      </Section>
      <Section title="Backup">
        <Status tone={tone} isQuiet={tone !== 'warn'} title={sentence}>
          {backupWords(backup).word}
        </Status>
        <p className="muted">{sentence}</p>
      </Section>
      <NeededBy usedBy={usedBy} onOpenRepository={onOpenRepository} />
    </aside>
  );
}

interface KeyActsProps {
  readonly entry: KeyRow;
  readonly onAct: (act: KeyAct) => void;
}

/** Keys on a token have acts of their own, where tokens are. */
function KeyActs({ entry, onAct }: KeyActsProps): ReactNode {
  if (entry.place.kind !== 'file') return null;
  return (
    <div className="key-acts" role="group" aria-label="What can be done with this key">
      <Button size="small" icon={Upload} onPress={() => onAct({ kind: 'export', keys: [entry] })}>
        Export…
      </Button>
      <Button size="small" icon={KeyRound} onPress={() => onAct({ kind: 'change', key: entry })}>
        Passphrase…
      </Button>
      {isSignersKey(entry) && (
        <Button size="small" icon={FileBadge} onPress={() => onAct({ kind: 'certify', key: entry })}>
          Certificate…
        </Button>
      )}
      <Button size="small" tone="danger" icon={Trash2} onPress={() => onAct({ kind: 'remove', key: entry })}>
        Remove…
      </Button>
    </div>
  );
}

interface NeededByProps {
  readonly usedBy: KeyRow['usedBy'];
  readonly onOpenRepository: (gun: string) => void;
}

function NeededBy({ usedBy, onOpenRepository }: NeededByProps) {
  return (
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
  );
}
