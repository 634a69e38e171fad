/** Tags that the registry has and nobody signed. */
import { PackageOpen, PackageSearch } from 'lucide-react';
import { useMemo, useState } from 'react';
import type { Loadable } from '../../bridge/loadable.ts';
import { Button } from '../../ui/button.tsx';
import { CopyInRow, useCopy } from '../../ui/clipboard.tsx';
import { DataGrid } from '../../ui/data-grid.tsx';
import { Problem } from '../../ui/problem.tsx';
import { Empty, Waiting } from '../../ui/surface.tsx';
import type { UnsignedTags } from './repository-store.ts';
import { filterNames } from './tag-view.ts';

interface UnsignedTagListProps {
  readonly gun: string;
  readonly unsigned: Loadable<UnsignedTags>;
  readonly query: string;
  readonly onRetry: () => void;
}

export function UnsignedTagList({ gun, unsigned, query, onRetry }: UnsignedTagListProps) {
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
  const tags = unsigned.kind === 'ready' && unsigned.value.kind === 'tags' ? unsigned.value.tags : [];
  return <TagNames gun={gun} tags={tags} query={query} />;
}

interface TagNamesProps {
  readonly gun: string;
  readonly tags: readonly string[];
  readonly query: string;
}

function TagNames({ gun, tags, query }: TagNamesProps) {
  const copy = useCopy();
  const [active, setActive] = useState(-1);
  const shown = useMemo(() => filterNames(tags, query), [tags, query]);
  return (
    <DataGrid
      label="Tags that are not signed"
      className="unsigned-columns"
      count={shown.length}
      active={Math.min(active, shown.length - 1)}
      onActive={setActive}
      onCopy={(row) => copy(`${gun}:${shown[row] ?? ''}`, 'reference')}
      columns={[
        {
          id: 'tag',
          title: 'Tag not signed',
          isRowHeader: true,
          render: (row) => <span className="mono tag-name truncate">{shown[row]}</span>,
        },
        {
          id: 'reference',
          title: 'Reference',
          render: (row) => (
            <span className="digest-cell">
              <span className="mono muted truncate">{`${gun}:${shown[row] ?? ''}`}</span>
              <CopyInRow text={`${gun}:${shown[row] ?? ''}`} what="reference" />
            </span>
          ),
        },
      ]}
      empty={
        tags.length === 0 ? (
          <Empty icon={PackageOpen} title="Everything is signed">
            The registry has no tag that nobody signed.
          </Empty>
        ) : (
          <Empty icon={PackageSearch} title="Nothing matches">
            No tag without a signature has “{query}” in its name.
          </Empty>
        )
      }
    />
  );
}
