/** The tab of signed tags: filter, segments, table, and the detail of one tag. */
import { ArrowLeftRight, FileKey2, Square } from 'lucide-react';
import { useDeferredValue, useEffect, useMemo, useRef } from 'react';
import { countOf, countText } from '../../copy/sizes.ts';
import { Button } from '../../ui/button.tsx';
import { CopyButton } from '../../ui/clipboard.tsx';
import type { GridHandle } from '../../ui/data-grid.tsx';
import { SearchBox } from '../../ui/field.tsx';
import { Problem } from '../../ui/problem.tsx';
import { Progress } from '../../ui/progress.tsx';
import { Segmented } from '../../ui/segmented.tsx';
import { Empty, Waiting } from '../../ui/surface.tsx';
import { countDifferent } from './registry-compare.ts';
import type { RepositoryState } from './repository-store.ts';
import { TagDetail } from './tag-detail.tsx';
import { TagGrid } from './tag-grid.tsx';
import { filterTags, onlyDifferent, pinnedReference, type TagIndex, type TagSegment } from './tag-view.ts';
import { UnsignedTagList } from './unsigned-tag-list.tsx';

/** How many tags are compared with the registry unasked, so that "Different" has an answer at once. */
const comparedUnasked = 200;

export function SignedTags({ state }: { readonly state: RepositoryState }) {
  const { tags, detail } = state;
  switch (tags.kind) {
    case 'idle':
    case 'loading':
      return <Waiting>Reading the signed tags</Waiting>;
    case 'failed':
      // The page's head says it already when the facts failed too.
      return detail.kind === 'failed' ? null : <Problem error={tags.error} />;
    case 'ready':
      return <Content state={state} index={tags.value} />;
  }
}

interface ContentProps {
  readonly state: RepositoryState;
  readonly index: TagIndex;
}

function Content({ state, index }: ContentProps) {
  const { segment, query, registry, unsigned, compare, compareAll, loadUnsigned, gun } = state;
  const { table } = index;
  const grid = useRef<GridHandle>(null);
  // The box shows each keystroke at once; the table follows as soon as it can.
  const sought = useDeferredValue(query);
  const matching = useMemo(() => filterTags(index, sought), [index, sought]);
  const differing = useMemo(
    () => (segment === 'different' ? onlyDifferent(matching, table, registry) : undefined),
    [segment, matching, table, registry],
  );
  const positions = differing ?? matching;
  useEffect(() => {
    if (table.tags.length <= comparedUnasked) void compare(table.tags);
  }, [table, compare]);
  useEffect(() => {
    if (unsigned.kind === 'idle') void loadUnsigned();
  }, [unsigned, loadUnsigned]);
  const asked = registry.size >= table.tags.length;
  return (
    <>
      <div className="toolbar">
        <SearchBox
          label={
            segment === 'unsigned' ? 'Filter tags not signed' : `Filter ${countOf(table.tags.length, 'tag')}`
          }
          value={query}
          onChange={state.setQuery}
          onLeave={() => grid.current?.focus()}
        />
        <Segmented<TagSegment>
          label="Which tags"
          value={segment}
          onChange={state.setSegment}
          segments={[
            { id: 'signed', label: 'Signed' },
            { id: 'unsigned', label: 'Not signed', count: unsignedCount(state) },
            {
              id: 'different',
              label: 'Different',
              count: asked ? countText(countDifferent(registry)) : undefined,
            },
          ]}
        />
        <div className="toolbar-end">
          <Selected state={state} index={index} />
          <Compare state={state} asked={asked} onStart={() => void compareAll()} />
        </div>
      </div>
      {segment === 'unsigned' ? (
        <UnsignedTagList gun={gun} unsigned={unsigned} query={sought} onRetry={() => void loadUnsigned()} />
      ) : (
        <div className="split">
          <TagGrid
            ref={grid}
            state={state}
            index={index}
            positions={positions}
            empty={<NoTags state={state} total={table.tags.length} asked={asked} />}
          />
          <TagDetail state={state} index={index} positions={positions} />
        </div>
      )}
    </>
  );
}

function unsignedCount({ unsigned }: RepositoryState): string | undefined {
  return unsigned.kind === 'ready' && unsigned.value.kind === 'tags'
    ? countText(unsigned.value.tags.length)
    : undefined;
}

/** What can be done with the ticked tags. */
function Selected({ state: { selected, gun }, index: { table } }: ContentProps) {
  const references = useMemo(
    () =>
      table.tags.flatMap((tag, at) =>
        selected.has(tag) ? [pinnedReference(gun, table.digests[at] ?? '')] : [],
      ),
    [table, selected, gun],
  );
  if (references.length === 0) return null;
  return (
    <>
      <span className="muted">{countText(references.length)} selected</span>
      <CopyButton text={references.join('\n')} what={countOf(references.length, 'pinned reference')}>
        Copy pinned
      </CopyButton>
    </>
  );
}

interface CompareProps {
  readonly state: RepositoryState;
  readonly asked: boolean;
  readonly onStart: () => void;
}

/** Asking the registry for every tag of a large repository takes a while: only on request, with a way out. */
function Compare({ state: { comparing, stopComparing, segment }, asked, onStart }: CompareProps) {
  if (comparing.kind === 'running') {
    return (
      <div className="comparing" role="status">
        <span className="muted">
          {countText(comparing.done)} of {countText(comparing.total)}
        </span>
        <Progress label="Comparing with the registry" done={comparing.done} total={comparing.total} />
        <Button size="small" icon={Square} onPress={stopComparing}>
          Stop
        </Button>
      </div>
    );
  }
  if (asked || segment === 'unsigned') return null;
  return (
    <Button size="small" icon={ArrowLeftRight} onPress={onStart}>
      Compare all
    </Button>
  );
}

interface NoTagsProps {
  readonly state: RepositoryState;
  readonly total: number;
  readonly asked: boolean;
}

function NoTags({
  state: { segment, query, setQuery, setSegment, compareAll, comparing },
  total,
  asked,
}: NoTagsProps) {
  if (total === 0) {
    return (
      <Empty icon={FileKey2} title="No signed tags">
        This repository is set up for signing, and nothing in it is signed yet.
      </Empty>
    );
  }
  if (query !== '') {
    return (
      <Empty
        icon={FileKey2}
        title="Nothing matches"
        action={<Button onPress={() => setQuery('')}>Clear the filter</Button>}
      >
        No tag or signer has “{query}” in its name, and no digest starts with it.
      </Empty>
    );
  }
  if (segment === 'different' && !asked) {
    return (
      <Empty
        icon={ArrowLeftRight}
        title={comparing.kind === 'running' ? 'None so far' : 'Not compared yet'}
        action={comparing.kind === 'idle' && <Button onPress={() => void compareAll()}>Compare all</Button>}
      >
        Each signed digest is compared with what the registry holds under the same tag now.
      </Empty>
    );
  }
  return (
    <Empty
      icon={ArrowLeftRight}
      title="None differs"
      action={<Button onPress={() => setSegment('signed')}>Show all signed tags</Button>}
    >
      Every tag that the registry told about has the digest that was signed.
    </Empty>
  );
}
