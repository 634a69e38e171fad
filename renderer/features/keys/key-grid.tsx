/** ROLE, GUN, KEY ID, LOCATION as `notary key list` has them, and the backup. Gets data and callbacks; knows no store. */
import { FlaskConical } from 'lucide-react';
import type { ReactNode, Ref } from 'react';
import type { KeyRow } from '../../../shared/ipc/keys.ts';
import { countOf } from '../../copy/sizes.ts';
import { CopyInRow, useCopy } from '../../ui/clipboard.tsx';
import { DataGrid, type GridHandle } from '../../ui/data-grid.tsx';
import { Identifier } from '../../ui/identifier.tsx';
import { KeyPlacePill } from '../../ui/key-place.tsx';
import { Pill, Status } from '../../ui/status.tsx';
import { backupWords } from './key-words.ts';
import { keyTag } from './keys-store.ts';

interface KeyGridProps {
  readonly keys: readonly KeyRow[];
  /** `keyTag` of the active key. */
  readonly active: string | undefined;
  readonly onActive: (tag: string) => void;
  readonly empty: ReactNode;
  readonly ref: Ref<GridHandle>;
}

export function KeyGrid({ keys, active, onActive, empty, ref }: KeyGridProps) {
  const copy = useCopy();
  const cell = (render: (key: KeyRow) => ReactNode) => (row: number) => {
    const key = keys[row];
    return key === undefined ? null : render(key);
  };
  const tagAt = (row: number): string => {
    const key = keys[row];
    return key === undefined ? '' : keyTag(key);
  };
  return (
    <DataGrid
      ref={ref}
      label="Private keys"
      className="key-columns"
      count={keys.length}
      active={keys.findIndex((key) => keyTag(key) === active)}
      onActive={(row) => onActive(tagAt(row))}
      onCopy={(row) => copy(keys[row]?.id ?? '', 'key ID')}
      empty={empty}
      columns={[
        {
          id: 'role',
          title: 'Role',
          isRowHeader: true,
          render: cell(({ role }) => <span className="mono tag-name truncate">{role}</span>),
        },
        { id: 'gun', title: 'Repository', render: cell(repositoryText) },
        {
          id: 'id',
          title: 'Key ID',
          render: cell(({ id }) => (
            <span className="digest-cell">
              <Identifier value={id} />
              <CopyInRow text={id} what="key ID" />
            </span>
          )),
        },
        { id: 'place', title: 'Location', render: cell(placePill) },
        { id: 'backup', title: 'Backup', render: cell(backupStatus) },
      ]}
    />
  );
}

function repositoryText({ gun, usedBy }: KeyRow): ReactNode {
  if (gun !== undefined) return <RepositoryName gun={gun} />;
  const text = usedBy.length === 0 ? 'None known here' : countOf(usedBy.length, 'repository', 'repositories');
  return <span className="truncate muted">{text}</span>;
}

/** Characters of the last part that stay when the room is short: they tell one repository from the other. */
const LONGEST_END = 12;

function RepositoryName({ gun }: { readonly gun: string }) {
  const end = Math.min(gun.length - gun.lastIndexOf('/'), LONGEST_END);
  return (
    <span className="identifier muted" title={gun}>
      <span className="identifier-head">{gun.slice(0, -end)}</span>
      <span>{gun.slice(-end)}</span>
    </span>
  );
}

/** The sandbox's keys are not a person's own. */
function placePill({ place, sandbox }: KeyRow): ReactNode {
  return sandbox ? <Pill icon={FlaskConical}>Sandbox</Pill> : <KeyPlacePill place={place} />;
}

function backupStatus({ backup }: KeyRow): ReactNode {
  const { tone, word, sentence } = backupWords(backup);
  return (
    <Status tone={tone} isQuiet={tone !== 'warn'} title={sentence}>
      {word}
    </Status>
  );
}
