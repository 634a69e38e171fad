/** The keys on this computer and how well each is backed up. */
import type { KeyBackupView } from '../../../shared/ipc/backups.ts';
import { Button } from '../../ui/button.tsx';
import { Status } from '../../ui/status.tsx';
import { Panel, Section } from '../../ui/surface.tsx';
import { Table } from '../../ui/table.tsx';
import { keyNoun, keyStateWords, keyTitle } from './backup-words.ts';
import type { BackupsState } from './backups-store.ts';

interface KeyBackupsProps {
  readonly state: BackupsState;
  readonly keys: readonly KeyBackupView[];
  /** Those that are here for a while only: they have acts of their own above. */
  readonly visiting: readonly string[];
}

export function KeyBackups({ state, keys, visiting }: KeyBackupsProps) {
  if (keys.length === 0) return null;
  return (
    <Section title="Keys on this computer">
      <Panel>
        <Table
          label="Keys on this computer"
          heads={['Key', 'Repository', 'Backed up', { title: 'Acts', isHidden: true }]}
        >
          {keys.map((key) => (
            <Row key={key.id} entry={key} state={state} isVisiting={visiting.includes(key.id)} />
          ))}
        </Table>
      </Panel>
    </Section>
  );
}

interface RowProps {
  readonly entry: KeyBackupView;
  readonly state: BackupsState;
  readonly isVisiting: boolean;
}

function Row({ entry, state, isVisiting }: RowProps) {
  const { id, role, gun, usedBy, leave } = entry;
  const { tone, text } = keyStateWords(entry);
  return (
    <tr>
      <td>
        <strong>{keyTitle(role)}</strong>{' '}
        <span className="mono muted selectable" title={id}>
          {id.slice(0, 12)}
        </span>
      </td>
      <td className="muted key-use truncate" title={gun ?? usedBy.join('\n')}>
        {gun ?? (usedBy.length > 1 ? `${usedBy[0] ?? ''} and ${usedBy.length - 1} more` : usedBy[0])}
      </td>
      <td className="copy-proof">
        <Status tone={tone}>{text}</Status>
      </td>
      <td className="copy-acts">
        {leave !== 'not-yet' && !isVisiting && (
          <Button
            size="small"
            aria-label={`Take offline… ${keyNoun(role)} ${id.slice(0, 12)}`}
            onPress={() => void state.takeOffline(id)}
          >
            Take offline…
          </Button>
        )}
      </td>
    </tr>
  );
}
