/** What is in the slots of a token, one row each. Gets data and callbacks; knows no store. */
import type { ReactNode } from 'react';
import type { TokenSlotView } from '../../../shared/ipc/yubikey.ts';
import { CopyInRow, useCopy } from '../../ui/clipboard.tsx';
import { DataGrid } from '../../ui/data-grid.tsx';
import { Identifier } from '../../ui/identifier.tsx';
import { Status } from '../../ui/status.tsx';
import { slotTitle, slotWords } from './yubikey-words.ts';

interface SlotGridProps {
  readonly slots: readonly TokenSlotView[];
  readonly active: string | undefined;
  readonly onActive: (slot: string) => void;
  readonly empty: ReactNode;
}

export function SlotGrid({ slots, active, onActive, empty }: SlotGridProps) {
  const copy = useCopy();
  const cell = (render: (slot: TokenSlotView) => ReactNode) => (row: number) => {
    const slot = slots[row];
    return slot === undefined ? null : render(slot);
  };
  return (
    <DataGrid
      label="Slots"
      className="slot-columns"
      count={slots.length}
      active={slots.findIndex(({ slot }) => slot === active)}
      onActive={(row) => onActive(slots[row]?.slot ?? '')}
      onCopy={(row) => copy(slots[row]?.id ?? '', 'key ID')}
      empty={empty}
      columns={[
        {
          id: 'slot',
          title: 'Slot',
          isRowHeader: true,
          render: cell(({ slot }) => <span className="mono tag-name truncate">{slot}</span>),
        },
        {
          id: 'what',
          title: 'Holds',
          render: cell((slot) => (
            <span className="truncate" title={slot.gun}>
              {slotTitle(slot)}
              {slot.gun !== undefined && <span className="muted"> {slot.gun}</span>}
            </span>
          )),
        },
        {
          id: 'id',
          title: 'Key ID',
          render: cell(({ id }) =>
            id === undefined ? (
              <span className="muted">Not known</span>
            ) : (
              <span className="digest-cell">
                <Identifier value={id} />
                <CopyInRow text={id} what="key ID" />
              </span>
            ),
          ),
        },
        {
          id: 'type',
          title: 'Type',
          render: cell(({ algorithm }) => <span className="mono truncate">{algorithm ?? 'other'}</span>),
        },
        { id: 'state', title: 'State', render: cell(stateStatus) },
      ]}
    />
  );
}

function stateStatus(slot: TokenSlotView): ReactNode {
  const { tone, word, sentence } = slotWords(slot);
  return (
    <Status tone={tone} isQuiet={tone === 'ok'} title={sentence}>
      {word}
    </Status>
  );
}
