/** The tab of signed tags: filter, segments, table, and the detail of one tag. */
import { useEffect, useMemo, useRef } from 'react';
import { useStore } from 'zustand';
import type { WireError } from '../../../shared/errors.ts';
import { isGone, isWithoutTrustData } from '../../copy/trust-words.ts';
import type { GridHandle } from '../../ui/data-grid.tsx';
import { SearchBox } from '../../ui/field.tsx';
import { Problem } from '../../ui/problem.tsx';
import { Waiting } from '../../ui/surface.tsx';
import { isUnread } from './health.ts';
import { NoTags } from './no-tags.tsx';
import type { RepositoryActs } from './repository-screen.tsx';
import type { RepositoryState, RepositoryStore } from './repository-store.ts';
import { TagDetail } from './tag-detail.tsx';
import { TagGrid } from './tag-grid.tsx';
import { isBeside, SignSelected, TagToolbar } from './tag-toolbar.tsx';
import { filterTags, onlyDifferent, type TagIndex } from './tag-view.ts';
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

interface ContentProps {
  readonly acts: SignedTagsProps['acts'];
  readonly state: RepositoryState;
  readonly index: TagIndex;
}

function Content({ state, index, acts }: ContentProps) {
  const { segment, query, registry, unsigned, compare, loadUnsigned, gun } = state;
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
  const wantsUnsigned = isBeside(segment) || table.tags.length <= comparedUnasked;
  useEffect(() => {
    if (unsigned.kind === 'idle' && wantsUnsigned) void loadUnsigned();
  }, [unsigned, loadUnsigned, wantsUnsigned]);
  const asked = registry.size >= table.tags.length;
  const gone = state.detail.kind === 'ready' && isGone(state.detail.value.row);
  return (
    <>
      <TagToolbar
        state={state}
        index={index}
        acts={acts}
        found={positions.length}
        onLeave={() => grid.current?.focus()}
      />
      {gone && !isBeside(segment) && (
        <p className="muted">
          These were signed before the repository was deleted on the server. None of them is signed there now.
        </p>
      )}
      {segment === 'unreleased' && (
        <p className="muted">
          These are signed in a signer’s own role and not released: docker does not pull them. Signing them
          here releases them.
        </p>
      )}
      {isBeside(segment) ? (
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
