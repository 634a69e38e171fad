/** Ticking rows of a grid that are known by a name; what is ticked and not shown does not count for the head's tick. */
import { useRef } from 'react';
import type { GridSelection } from '../../ui/data-grid.tsx';

/** Whether none, some or all of `rows` rows are ticked. */
export function selectionState(
  rows: number,
  selected: ReadonlySet<string>,
  nameAt: (row: number) => string,
): GridSelection['state'] {
  if (rows === 0 || selected.size === 0) return 'none';
  if (selected.size < rows) return 'some';
  for (let row = 0; row < rows; row += 1) if (!selected.has(nameAt(row))) return 'some';
  return 'all';
}

/** @param onTick told of the row that was ticked last */
export function useSelection(
  rows: number,
  nameAt: (row: number) => string,
  selected: ReadonlySet<string>,
  onSelect: (names: ReadonlySet<string>) => void,
  onTick: (row: number) => void,
): GridSelection {
  const anchor = useRef(0);
  const state = selectionState(rows, selected, nameAt);
  const between = (from: number, to: number): Set<string> =>
    new Set(Array.from({ length: to - from + 1 }, (_, at) => nameAt(from + at)));
  return {
    has: (row) => selected.has(nameAt(row)),
    state,
    toggle: (row) => {
      anchor.current = row;
      const next = new Set(selected);
      if (!next.delete(nameAt(row))) next.add(nameAt(row));
      onSelect(next);
      onTick(row);
    },
    extend: (row) => onSelect(between(Math.min(anchor.current, row), Math.max(anchor.current, row))),
    toggleAll: () => onSelect(state === 'all' || rows === 0 ? new Set() : between(0, rows - 1)),
  };
}

export function useNameSelection(
  names: readonly string[],
  selected: ReadonlySet<string>,
  onSelect: (names: ReadonlySet<string>) => void,
  onTick: (row: number) => void,
): GridSelection {
  return useSelection(names.length, (row) => names[row] ?? '', selected, onSelect, onTick);
}
