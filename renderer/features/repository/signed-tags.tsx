/** The tab of signed tags: filter, segments, table, and the detail of one tag. */
import { ArrowLeftRight, FileKey2, PenLine, Square, Undo2 } from 'lucide-react';
import { useEffect, useMemo, useRef } from 'react';
import { useStore } from 'zustand';
import type { WireError } from '../../../shared/errors.ts';
import { copiedAtOnce, namesAtOnce } from '../../../shared/ipc/app.ts';
import { countOf, countText } from '../../copy/sizes.ts';
import { isWithoutTrustData } from '../../copy/trust-words.ts';
import { Button } from '../../ui/button.tsx';
import { CopyButton } from '../../ui/clipboard.tsx';
import type { GridHandle } from '../../ui/data-grid.tsx';
import { SearchBox } from '../../ui/field.tsx';
import { Problem } from '../../ui/problem.tsx';
import { Progress } from '../../ui/progress.tsx';
import { Segmented } from '../../ui/segmented.tsx';
import { Empty, Waiting } from '../../ui/surface.tsx';
import { canPlan, isUnread } from './health.ts';
import { countDifferent } from './registry-compare.ts';
import type { RepositoryActs } from './repository-screen.tsx';
import type { RepositoryState, RepositoryStore } from './repository-store.ts';
import { TagDetail } from './tag-detail.tsx';
import { TagGrid } from './tag-grid.tsx';
import { filterTags, onlyDifferent, pinnedReference, type TagIndex, type TagSegment } from './tag-view.ts';
import { Unread } from './unread.tsx';
import { UnsignedTagList } from './unsigned-tag-list.tsx';

/** How many tags are compared with the registry unasked, so that "Different" has an answer at once. */
const comparedUnasked = 200;

interface SignedTagsProps {
  readonly store: RepositoryStore;
  readonly acts: Pick<RepositoryActs, 'sign' | 'revoke'>;
}

export function SignedTags({ store, acts }: SignedTagsProps) {
  const state = useStore(store);
  const { tags } = state;
  switch (tags.kind) {
    case 'idle':
    case 'loading':
      return <Waiting>Reading the signed tags</Waiting>;
    case 'failed':
      return <NotRead state={state} error={tags.error} acts={acts} />;
    case 'ready':
      return <Content state={state} index={tags.value} acts={acts} />;
  }
}

interface NotReadProps {
  readonly state: RepositoryState;
  readonly error: WireError;
  readonly acts: SignedTagsProps['acts'];
}

/** Where nothing was ever signed, the registry's tags are what can be signed; a failure is said above already. */
function NotRead({ state, error, acts }: NotReadProps) {
  const { detail, gun, unsigned, query, selected, select, loadUnsigned } = state;
  const isNew = detail.kind === 'ready' && isWithoutTrustData(detail.value.row);
  useEffect(() => {
    if (isNew && unsigned.kind === 'idle') void loadUnsigned();
  }, [isNew, unsigned, loadUnsigned]);
  if (detail.kind === 'ready' && isUnread(detail.value.row) && !isNew) return <Unread />;
  if (!isNew) return detail.kind === 'failed' ? null : <Problem error={error} />;
  return (
    <>
      <div className="toolbar">
        <SearchBox label="Filter tags not signed" value={query} onChange={state.setQuery} />
        <div className="toolbar-end">
          <SignSelected selected={selected} onSign={acts.sign} />
        </div>
      </div>
      <UnsignedTagList
        gun={gun}
        segment="unsigned"
        unsigned={unsigned}
        query={query}
        selected={selected}
        onSelect={select}
        onRetry={() => void loadUnsigned()}
      />
    </>
  );
}

interface SignSelectedProps {
  readonly selected: ReadonlySet<string>;
  readonly onSign: (tags: readonly string[]) => void;
}

function SignSelected({ selected, onSign }: SignSelectedProps) {
  if (selected.size === 0) return null;
  return (
    <>
      <SelectedCount count={selected.size} />
      <Button
        size="small"
        icon={PenLine}
        isDisabled={selected.size > namesAtOnce}
        onPress={() => onSign([...selected])}
      >
        Sign…
      </Button>
    </>
  );
}

/** One plan names so many tags and no more: a longer list is nothing that a person could review. */
function SelectedCount({ count }: { readonly count: number }) {
  const limit = count > namesAtOnce && `, at most ${countText(namesAtOnce)} in one plan`;
  return (
    <span className="muted toolbar-found">
      {countText(count)} selected{limit}
    </span>
  );
}

interface ContentProps {
  readonly acts: SignedTagsProps['acts'];
  readonly state: RepositoryState;
  readonly index: TagIndex;
}

function Content({ state, index, acts }: ContentProps) {
  const { segment, query, registry, unsigned, compare, compareAll, loadUnsigned, gun } = state;
  const { table } = index;
  const grid = useRef<GridHandle>(null);
  const matching = useMemo(() => filterTags(index, query), [index, query]);
  const differing = useMemo(
    () => (segment === 'different' ? onlyDifferent(matching, table, registry) : undefined),
    [segment, matching, table, registry],
  );
  const positions = differing ?? matching;
  useEffect(() => {
    if (table.tags.length <= comparedUnasked) void compare(table.tags);
  }, [table, compare]);
  const isBeside = segment === 'unsigned' || segment === 'unreleased';
  const wantsUnsigned = isBeside || table.tags.length <= comparedUnasked;
  useEffect(() => {
    if (unsigned.kind === 'idle' && wantsUnsigned) void loadUnsigned();
  }, [unsigned, loadUnsigned, wantsUnsigned]);
  const asked = registry.size >= table.tags.length;
  return (
    <>
      <div className="toolbar">
        <SearchBox
          label={isBeside ? 'Filter these tags' : `Filter ${countOf(table.tags.length, 'tag')}`}
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
            { id: 'unsigned', label: 'Not signed', count: lengthText(unsignedNames(state)?.tags) },
            // Rare, and puzzling where there is none.
            ...(segment === 'unreleased' || (unsignedNames(state)?.unreleased.length ?? 0) > 0
              ? [
                  {
                    id: 'unreleased' as const,
                    label: 'Not released',
                    count: lengthText(unsignedNames(state)?.unreleased),
                  },
                ]
              : []),
            {
              id: 'different',
              label: 'Different',
              count: asked ? countText(countDifferent(registry)) : undefined,
            },
          ]}
        />
        <div className="toolbar-end">
          <span className="muted toolbar-found" role="status">
            {query !== '' && !isBeside && `${countText(positions.length)} found`}
          </span>
          <Selected state={state} index={index} acts={acts} />
          <Compare state={state} asked={asked} onStart={() => void compareAll()} />
        </div>
      </div>
      {segment === 'unreleased' && (
        <p className="muted">
          These are signed in a signer’s own role and not released: docker does not pull them. Signing them
          here releases them.
        </p>
      )}
      {segment === 'unsigned' || segment === 'unreleased' ? (
        <UnsignedTagList
          key={segment}
          gun={gun}
          segment={segment}
          unsigned={unsigned}
          query={query}
          selected={state.selected}
          onSelect={state.select}
          onRetry={() => void loadUnsigned()}
        />
      ) : (
        <div className="split">
          <TagGrid
            ref={grid}
            index={index}
            positions={positions}
            registry={registry}
            active={state.active}
            selected={state.selected}
            onActive={state.setActive}
            onSelect={state.select}
            onCompare={compare}
            empty={
              positions.length === 0 ? (
                <NoTags state={state} total={table.tags.length} asked={asked} />
              ) : undefined
            }
          />
          <TagDetail
            gun={gun}
            table={table}
            at={shownTag(state, table.tags, positions)}
            registry={registry}
            detail={state.detail}
          />
        </div>
      )}
    </>
  );
}

/** Position of the tag whose detail is shown: before one was chosen, the first. */
function shownTag({ active }: RepositoryState, tags: readonly string[], positions: Uint32Array): number {
  const chosen = active === undefined ? -1 : tags.indexOf(active);
  return chosen >= 0 ? chosen : (positions[0] ?? -1);
}

function unsignedNames({ unsigned }: RepositoryState) {
  return unsigned.kind === 'ready' && unsigned.value.kind === 'tags' ? unsigned.value : undefined;
}

function lengthText(list: readonly unknown[] | undefined): string | undefined {
  return list === undefined ? undefined : countText(list.length);
}

/** What can be done with the ticked tags. */
function Selected({ state: { selected, gun, detail, segment }, index: { table }, acts }: ContentProps) {
  const references = useMemo(
    () =>
      table.tags.flatMap((tag, at) =>
        selected.has(tag) ? [pinnedReference(gun, table.digests[at] ?? '')] : [],
      ),
    [table, selected, gun],
  );
  const mayPlan = detail.kind === 'ready' && canPlan(detail.value);
  if (segment === 'unsigned' || segment === 'unreleased') {
    return mayPlan ? <SignSelected selected={selected} onSign={acts.sign} /> : null;
  }
  if (references.length === 0) return null;
  const pinned = references.join('\n');
  const tooMany = references.length > namesAtOnce;
  return (
    <>
      <SelectedCount count={references.length} />
      {pinned.length <= copiedAtOnce && (
        <CopyButton text={pinned} what={countOf(references.length, 'pinned reference')}>
          Copy pinned
        </CopyButton>
      )}
      {mayPlan && (
        <>
          <Button size="small" icon={PenLine} isDisabled={tooMany} onPress={() => acts.sign([...selected])}>
            Sign…
          </Button>
          <Button size="small" icon={Undo2} isDisabled={tooMany} onPress={() => acts.revoke([...selected])}>
            Revoke…
          </Button>
        </>
      )}
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
  if (asked || segment === 'unsigned' || segment === 'unreleased') return null;
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
        This repository is set up for signing; no tag in it is signed now.
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
