/** Keys that are kept offline: where they are, brought back for one operation, and sent away again. */
import { FileText, KeyRound, MoreHorizontal, Split } from 'lucide-react';
import type { OfflineKeyView } from '../../../shared/ipc/backups.ts';
import { ActionMenu } from '../../ui/action-menu.tsx';
import { Button } from '../../ui/button.tsx';
import { CopyIcon } from '../../ui/clipboard.tsx';
import { Status } from '../../ui/status.tsx';
import { Panel, Section } from '../../ui/surface.tsx';
import { keyNoun, keyTitle, offlineWords } from './backup-words.ts';
import type { BackupsState } from './backups-store.ts';

interface OfflineKeysProps {
  readonly state: BackupsState;
  readonly keys: readonly OfflineKeyView[];
}

export function OfflineKeys({ state, keys }: OfflineKeysProps) {
  if (keys.length === 0) return null;
  return (
    <Section title="Kept offline">
      <Panel>
        <ul>
          {keys.map((key) => (
            <OfflineRow key={key.id} entry={key} state={state} />
          ))}
        </ul>
      </Panel>
    </Section>
  );
}

function OfflineRow({ entry, state }: { readonly entry: OfflineKeyView; readonly state: BackupsState }) {
  const { id, role, gun } = entry;
  const { tone, text } = offlineWords(entry);
  return (
    <li className="offline-row">
      <span className="offline-key">
        <span className="offline-title">
          <strong>{keyTitle(role)}</strong>
          <span className="mono muted selectable" title={id}>
            {id.slice(0, 12)}
          </span>
          <CopyIcon text={id} what="key ID" />
        </span>
        {gun !== undefined && <span className="muted truncate">{gun}</span>}
        <Status tone={tone} title={text}>
          {text}
        </Status>
      </span>
      <span className="copy-buttons">
        <Acts entry={entry} state={state} />
      </span>
    </li>
  );
}

function Acts({
  entry: { id, role, state: at },
  state,
}: {
  readonly entry: OfflineKeyView;
  readonly state: BackupsState;
}) {
  if (at === 'away' || at === 'arriving') {
    return (
      <>
        <Button size="small" onPress={() => void state.bringBack(id, 'typed')}>
          Bring back…
        </Button>
        <ActionMenu
          label={`More about the ${keyNoun(role)} ${id.slice(0, 12)}`}
          icon={MoreHorizontal}
          acts={[
            {
              id: 'stay',
              label: 'Bring back until I send it away…',
              icon: KeyRound,
              run: () => void state.bringBack(id, 'typed', 'sent-away'),
            },
            {
              id: 'shares',
              label: 'Bring back with shares…',
              icon: Split,
              run: () => void state.bringBack(id, 'shares'),
            },
            {
              id: 'sheet',
              label: 'Recovery sheet…',
              icon: FileText,
              run: () => state.show({ kind: 'sheet', fromCopy: true }),
            },
          ]}
        />
      </>
    );
  }
  return (
    <>
      <Button size="small" onPress={() => void state.keepHere(id)}>
        Keep here…
      </Button>
      <Button size="small" tone="primary" onPress={() => void state.sendAway(id)}>
        {at === 'returned' ? 'Send away…' : 'Send away'}
      </Button>
    </>
  );
}
