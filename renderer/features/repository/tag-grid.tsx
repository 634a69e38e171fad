/** SIGNED TAG, DIGEST, SIGNERS in the order of `inspect --pretty`, with the registry's present digest beside them. */
import { type ReactNode, type Ref, useCallback, useEffect, useMemo, useRef } from 'react';
import { CopyIcon, useCopy } from '../../ui/clipboard.tsx';
import { DataGrid, type GridColumn, type GridHandle, type GridSelection } from '../../ui/data-grid.tsx';
import { Identifier } from '../../ui/identifier.tsx';
import { RepoAdminChip, SignerChip } from '../../ui/signer-chip.tsx';
import { RegistryCell } from './registry-cell.tsx';
import type { RepositoryState } from './repository-store.ts';
import type { TagIndex } from './tag-view.ts';

interface TagGridProps {
  readonly state: RepositoryState;
  readonly index: TagIndex;
  /** Positions in the table of the tags to show. */
  readonly positions: Uint32Array;
  readonly empty: ReactNode;
  readonly ref: Ref<GridHandle>;
}

/** Rows have to stand still this long before the registry is asked for them. */
const restBeforeAsking = 180;

export function TagGrid({ state, index, positions, empty, ref }: TagGridProps) {
  const { table } = index;
  const { active, registry, setActive } = state;
  const copy = useCopy();
  const tagAt = useCallback((row: number) => table.tags[positions[row] ?? -1] ?? '', [table, positions]);
  const digestAt = (row: number): string => table.digests[positions[row] ?? -1] ?? '';
  const columns: readonly GridColumn[] = [
    {
      id: 'tag',
      title: 'Signed tag',
      isRowHeader: true,
      render: (row) => (
        <span className="mono tag-name truncate" title={tagAt(row)}>
          {tagAt(row)}
        </span>
      ),
    },
    {
      id: 'digest',
      title: 'Digest',
      render: (row) => (
        <span className="digest-cell">
          <Identifier value={digestAt(row)} />
          <CopyIcon text={`sha256:${digestAt(row)}`} what="digest" excludeFromTabOrder />
        </span>
      ),
    },
    {
      id: 'signers',
      title: 'Signers',
      render: (row) => (
        <SignersCell names={table.signerSets[table.signers[positions[row] ?? -1] ?? -1] ?? []} />
      ),
    },
    {
      id: 'registry',
      title: 'Registry',
      render: (row) => <RegistryCell state={registry.get(tagAt(row))} />,
    },
  ];
  return (
    <DataGrid
      ref={ref}
      label="Signed tags"
      className="tag-columns"
      columns={columns}
      count={positions.length}
      rowKey={(row) => String(positions[row])}
      active={useActiveRow(table.tags, positions, active)}
      onActive={(row) => setActive(tagAt(row))}
      onCopy={(row) => copy(`sha256:${digestAt(row)}`, `digest of ${tagAt(row)}`)}
      onVisible={useAskWhenResting(state, tagAt)}
      selection={useTagSelection(state, positions, tagAt)}
      empty={empty}
    />
  );
}

function SignersCell({ names }: { readonly names: readonly string[] }) {
  if (names.length === 0) return <RepoAdminChip />;
  return (
    <span className="signers-cell" title={names.join(', ')}>
      {names.map((name) => (
        <SignerChip key={name} name={name} />
      ))}
    </span>
  );
}

/** The row of the active tag; -1 when it is not shown. */
function useActiveRow(tags: readonly string[], positions: Uint32Array, active: string | undefined): number {
  return useMemo(
    () => (active === undefined ? -1 : positions.findIndex((position) => tags[position] === active)),
    [tags, positions, active],
  );
}

/** Asks the registry about the rows on screen, once they stopped moving. */
function useAskWhenResting(
  { compare }: RepositoryState,
  tagAt: (row: number) => string,
): (first: number, end: number) => void {
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  useEffect(() => () => clearTimeout(timer.current), []);
  return useCallback(
    (first, end) => {
      clearTimeout(timer.current);
      timer.current = setTimeout(() => {
        void compare(Array.from({ length: end - first }, (_, row) => tagAt(first + row)));
      }, restBeforeAsking);
    },
    [compare, tagAt],
  );
}

function useTagSelection(
  { selected, select, setActive }: RepositoryState,
  positions: Uint32Array,
  tagAt: (row: number) => string,
): GridSelection {
  const anchor = useRef(0);
  const rows = positions.length;
  const state = selected.size === 0 ? 'none' : selected.size < rows ? 'some' : 'all';
  return {
    has: (row) => selected.has(tagAt(row)),
    state,
    toggle: (row) => {
      anchor.current = row;
      const next = new Set(selected);
      if (!next.delete(tagAt(row))) next.add(tagAt(row));
      select(next);
      setActive(tagAt(row));
    },
    extend: (row) => {
      const [from, to] = [Math.min(anchor.current, row), Math.max(anchor.current, row)];
      select(new Set(Array.from({ length: to - from + 1 }, (_, at) => tagAt(from + at))));
    },
    toggleAll: () =>
      select(state === 'all' ? new Set() : new Set(Array.from({ length: rows }, (_, row) => tagAt(row)))),
    rowLabel: tagAt,
  };
}
