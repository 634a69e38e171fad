/** Tags that docker does not pull: nobody signed them, or only a signer's own role holds them. Both can be signed. */
import { PackageOpen, PackageSearch } from 'lucide-react';
import { useMemo, useState } from 'react';
import type { Loadable } from '../../bridge/loadable.ts';
import { Button } from '../../ui/button.tsx';
import { CopyInRow, useCopy } from '../../ui/clipboard.tsx';
import { DataGrid } from '../../ui/data-grid.tsx';
import type { GridColumn } from '../../ui/grid-row.tsx';
import { Problem } from '../../ui/problem.tsx';
import { SignerChips } from '../../ui/signer-chip.tsx';
import { Empty, Waiting } from '../../ui/surface.tsx';
import type { UnsignedTags } from './repository-store.ts';
import { filterNames } from './tag-view.ts';
import { useNameSelection } from './name-selection.ts';

export type UnsignedSegment = 'unsigned' | 'unreleased';

interface UnsignedTagListProps {
  readonly gun: string;
  readonly segment: UnsignedSegment;
  readonly unsigned: Loadable<UnsignedTags>;
  readonly query: string;
  readonly selected: ReadonlySet<string>;
  readonly onSelect: (tags: ReadonlySet<string>) => void;
  readonly onRetry: () => void;
}

export function UnsignedTagList({ unsigned, onRetry, ...rest }: UnsignedTagListProps) {
  if (unsigned.kind === 'idle' || unsigned.kind === 'loading') {
    return <Waiting>Asking the registry for its tags</Waiting>;
  }
  const error =
    unsigned.kind === 'failed'
      ? unsigned.error
      : unsigned.value.kind === 'unknown'
        ? unsigned.value.error
        : undefined;
  if (error !== undefined) {
    return (
      <Problem
        error={error}
        action={
          <Button size="small" onPress={onRetry}>
            Try again
          </Button>
        }
      />
    );
  }
  const known = unsigned.kind === 'ready' && unsigned.value.kind === 'tags' ? unsigned.value : nothing;
  return <TagNames known={known} {...rest} />;
}

type Known = Extract<UnsignedTags, { kind: 'tags' }>;

const nothing: Known = { kind: 'tags', tags: [], unreleased: [] };

interface TagNamesProps extends Omit<UnsignedTagListProps, 'unsigned' | 'onRetry'> {
  readonly known: Known;
}

function TagNames({ gun, segment, known, query, selected, onSelect }: TagNamesProps) {
  const copy = useCopy();
  const [active, setActive] = useState(-1);
  const tags = useMemo(
    () => (segment === 'unsigned' ? known.tags : known.unreleased.map(({ tag }) => tag)),
    [segment, known],
  );
  const shown = useMemo(() => filterNames(tags, query), [tags, query]);
  const selection = useNameSelection(shown, selected, onSelect, setActive);
  const reference = (row: number): string => `${gun}:${shown[row] ?? ''}`;
  const signersOf = (row: number): readonly string[] =>
    known.unreleased.find(({ tag }) => tag === shown[row])?.signers ?? [];
  return (
    <DataGrid
      label={labels[segment]}
      className={segment === 'unsigned' ? 'unsigned-columns' : 'unreleased-columns'}
      count={shown.length}
      active={Math.min(active, shown.length - 1)}
      onActive={setActive}
      onCopy={(row) => copy(reference(row), 'reference')}
      selection={selection}
      columns={[
        {
          id: 'tag',
          title: titles[segment],
          isRowHeader: true,
          render: (row) => <span className="mono tag-name truncate">{shown[row]}</span>,
        },
        ...(segment === 'unreleased' ? [signersColumn(signersOf)] : []),
        {
          id: 'reference',
          title: 'Reference',
          render: (row) => (
            <span className="digest-cell">
              <span className="mono muted truncate">{reference(row)}</span>
              <CopyInRow text={reference(row)} what="reference" />
            </span>
          ),
        },
      ]}
      empty={tags.length === 0 ? <EverythingSigned /> : <NothingMatches query={query} />}
    />
  );
}

const labels: Readonly<Record<UnsignedSegment, string>> = {
  unsigned: 'Tags that are not signed',
  unreleased: 'Tags that are signed and not released',
};
const titles: Readonly<Record<UnsignedSegment, string>> = {
  unsigned: 'Tag not signed',
  unreleased: 'Tag not released',
};

function signersColumn(signersOf: (row: number) => readonly string[]): GridColumn {
  return {
    id: 'signers',
    title: 'Signed only by',
    render: (row) => <SignerChips names={signersOf(row)} />,
  };
}

function EverythingSigned() {
  return (
    <Empty icon={PackageOpen} title="Everything is signed">
      The registry has no tag that nobody signed.
    </Empty>
  );
}

function NothingMatches({ query }: { readonly query: string }) {
  return (
    <Empty icon={PackageSearch} title="Nothing matches">
      No such tag has “{query}” in its name.
    </Empty>
  );
}
