/** ROLE, GUN, KEY ID, LOCATION as `notary key list` has them. Gets data and callbacks; knows no store. */
import type { ReactNode, Ref } from 'react';
import type { KeyRow } from '../../../shared/ipc/keys.ts';
import { countOf } from '../../copy/sizes.ts';
import { CopyInRow, useCopy } from '../../ui/clipboard.tsx';
import { DataGrid, type GridHandle } from '../../ui/data-grid.tsx';
import { Identifier } from '../../ui/identifier.tsx';
import { KeyPlacePill } from '../../ui/key-place.tsx';

interface KeyGridProps {
  readonly keys: readonly KeyRow[];
  readonly active: string | undefined;
  readonly onActive: (id: string) => void;
  readonly empty: ReactNode;
  readonly ref: Ref<GridHandle>;
}

export function KeyGrid({ keys, active, onActive, empty, ref }: KeyGridProps) {
  const copy = useCopy();
  const cell = (render: (key: KeyRow) => ReactNode) => (row: number) => {
    const key = keys[row];
    return key === undefined ? null : render(key);
  };
  return (
    <DataGrid
      ref={ref}
      label="Private keys"
      className="key-columns"
      count={keys.length}
      active={keys.findIndex(({ id }) => id === active)}
      onActive={(row) => onActive(keys[row]?.id ?? '')}
      onCopy={(row) => copy(keys[row]?.id ?? '', 'key ID')}
      empty={empty}
      columns={[
        {
          id: 'role',
          title: 'Role',
          isRowHeader: true,
          render: cell(({ role }) => <span className="mono tag-name truncate">{role}</span>),
        },
        {
          id: 'gun',
          title: 'Repository',
          render: cell(({ gun, usedBy }) => (
            <span className="truncate muted" title={gun}>
              {gun ??
                (usedBy.length === 0
                  ? 'None known here'
                  : countOf(usedBy.length, 'repository', 'repositories'))}
            </span>
          )),
        },
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
        { id: 'place', title: 'Location', render: cell(({ place }) => <KeyPlacePill place={place} />) },
      ]}
    />
  );
}
