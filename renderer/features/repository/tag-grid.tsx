/** SIGNED TAG, DIGEST, SIGNERS in the order of `inspect --pretty`, with the registry's present digest beside them. */
import { memo, type ReactNode, type Ref, useCallback, useEffect, useMemo, useRef } from 'react';
import { CopyInRow, useCopy } from '../../ui/clipboard.tsx';
import { DataGrid, type GridHandle } from '../../ui/data-grid.tsx';
import type { GridColumn } from '../../ui/grid-row.tsx';
import { Identifier } from '../../ui/identifier.tsx';
import { RepoAdminChip, SignerChips } from '../../ui/signer-chip.tsx';
import { useSelection } from './name-selection.ts';
import { RegistryCell } from './registry-cell.tsx';
import type { RegistryState, TagIndex } from './tag-view.ts';

interface TagGridProps {
  readonly index: TagIndex;
  /** Positions in the table of the tags to show. */
  readonly positions: Uint32Array;
  readonly registry: ReadonlyMap<string, RegistryState>;
  readonly active: string | undefined;
  readonly selected: ReadonlySet<string>;
  readonly onActive: (tag: string) => void;
  readonly onSelect: (tags: ReadonlySet<string>) => void;
  /** Asks the registry for these tags. */
  readonly onCompare: (tags: readonly string[]) => Promise<void>;
  readonly empty: ReactNode;
  readonly ref: Ref<GridHandle>;
}

/** Rows have to stand still this long before the registry is asked for them. */
const restBeforeAsking = 180;

export const TagGrid = memo(function TagGrid({
  ref,
  index,
  positions,
  registry,
  active,
  ...props
}: TagGridProps) {
  const { table } = index;
  const copy = useCopy();
  const tagAt = useCallback((row: number) => table.tags[positions[row] ?? -1] ?? '', [table, positions]);
  return (
    <DataGrid
      ref={ref}
      label="Signed tags"
      className="tag-columns"
      columns={useTagColumns(index, positions, registry)}
      count={positions.length}
      active={useActiveRow(table.tags, positions, active)}
      onActive={(row) => props.onActive(tagAt(row))}
      onCopy={(row) => {
        copy(`sha256:${table.digests[positions[row] ?? -1] ?? ''}`, `digest of ${tagAt(row)}`);
      }}
      onVisible={useAskWhenResting(props.onCompare, tagAt)}
      selection={useSelection(positions.length, tagAt, props.selected, props.onSelect, (row) =>
        props.onActive(tagAt(row)),
      )}
      empty={props.empty}
    />
  );
});

function useTagColumns(
  { table }: TagIndex,
  positions: Uint32Array,
  registry: ReadonlyMap<string, RegistryState>,
): readonly GridColumn[] {
  return useMemo(() => {
    const at = (row: number): number => positions[row] ?? -1;
    const tagAt = (row: number): string => table.tags[at(row)] ?? '';
    return [
      { id: 'tag', title: 'Signed tag', isRowHeader: true, render: (row) => <TagCell tag={tagAt(row)} /> },
      {
        id: 'digest',
        title: 'Digest',
        render: (row) => <DigestCell digest={table.digests[at(row)] ?? ''} />,
      },
      {
        id: 'signers',
        title: 'Signers',
        render: (row) => <SignersCell names={table.signerSets[table.signers[at(row)] ?? -1] ?? []} />,
      },
      {
        id: 'registry',
        title: 'Registry',
        render: (row) => <RegistryCell state={registry.get(tagAt(row))} />,
      },
    ];
  }, [table, positions, registry]);
}

function TagCell({ tag }: { readonly tag: string }) {
  return (
    <span className="mono tag-name truncate" title={tag}>
      {tag}
    </span>
  );
}

function DigestCell({ digest }: { readonly digest: string }) {
  return (
    <span className="digest-cell">
      <Identifier value={digest} />
      <CopyInRow text={`sha256:${digest}`} what="digest" />
    </span>
  );
}

function SignersCell({ names }: { readonly names: readonly string[] }) {
  if (names.length === 0) return <RepoAdminChip />;
  return <SignerChips names={names} />;
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
  compare: (tags: readonly string[]) => Promise<void>,
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
