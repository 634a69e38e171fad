/** What stands above the tags of a repository: filter, segments, and what can be done with the ticked ones. */
import { ArrowLeftRight, PenLine, Square, Undo2 } from 'lucide-react';
import { useMemo } from 'react';
import { copiedAtOnce, namesAtOnce } from '../../../shared/ipc/app.ts';
import { countOf, countText } from '../../copy/sizes.ts';
import { Button } from '../../ui/button.tsx';
import { CopyButton } from '../../ui/clipboard.tsx';
import { SearchBox } from '../../ui/field.tsx';
import { Progress } from '../../ui/progress.tsx';
import { Segmented } from '../../ui/segmented.tsx';
import { isGone } from '../../copy/trust-words.ts';
import { canPlan } from './health.ts';
import { differentTags } from './registry-compare.ts';
import type { RepositoryActs } from './repository-screen.tsx';
import type { RepositoryState } from './repository-store.ts';
import { pinnedReference, type TagIndex, type TagSegment } from './tag-view.ts';
import type { UnsignedSegment } from './unsigned-tag-list.tsx';

interface TagsProps {
  readonly state: RepositoryState;
  readonly index: TagIndex;
  readonly acts: Pick<RepositoryActs, 'sign' | 'revoke'>;
}

interface TagToolbarProps extends TagsProps {
  /** How many tags the filter leaves. */
  readonly found: number;
  /** To the table, by the keyboard. */
  readonly onLeave: () => void;
}

/** True where tags are shown that nobody released: there is nothing to compare. */
export function isBeside(segment: TagSegment): segment is UnsignedSegment {
  return segment === 'unsigned' || segment === 'unreleased';
}

export function TagToolbar({ state, index, acts, found, onLeave }: TagToolbarProps) {
  const { segment, query, setQuery, compareAll } = state;
  const { tags } = index.table;
  const asked = state.registry.size >= tags.length;
  return (
    <div className="toolbar">
      <SearchBox
        label={isBeside(segment) ? 'Filter these tags' : `Filter ${countOf(tags.length, 'tag')}`}
        value={query}
        onChange={setQuery}
        onLeave={onLeave}
      />
      <Segments state={state} asked={asked} />
      <div className="toolbar-end">
        <span className="muted toolbar-found" role="status">
          {query !== '' && !isBeside(segment) && `${countText(found)} found`}
        </span>
        <Selected state={state} index={index} acts={acts} />
        <Compare state={state} asked={asked} onStart={() => void compareAll()} />
      </div>
    </div>
  );
}

function Segments({ state, asked }: { readonly state: RepositoryState; readonly asked: boolean }) {
  const { segment, setSegment, registry } = state;
  const names = unsignedNames(state);
  // Rare, and puzzling where there is none.
  const hasUnreleased = segment === 'unreleased' || (names?.unreleased.length ?? 0) > 0;
  const different = asked ? countText(differentTags(registry).length) : undefined;
  const isPast = state.detail.kind === 'ready' && isGone(state.detail.value.row);
  const unreleased = {
    id: 'unreleased',
    label: 'Not released',
    count: lengthText(names?.unreleased),
  } as const;
  return (
    <Segmented<TagSegment>
      label="Which tags"
      value={segment}
      onChange={setSegment}
      segments={[
        { id: 'signed', label: isPast ? 'Were signed' : 'Signed' },
        { id: 'unsigned', label: 'Not signed', count: lengthText(names?.tags) },
        ...(hasUnreleased ? [unreleased] : []),
        { id: 'different', label: 'Different', count: different },
      ]}
    />
  );
}

function unsignedNames({ unsigned }: RepositoryState) {
  return unsigned.kind === 'ready' && unsigned.value.kind === 'tags' ? unsigned.value : undefined;
}

function lengthText(list: readonly unknown[] | undefined): string | undefined {
  return list === undefined ? undefined : countText(list.length);
}

interface SignSelectedProps {
  readonly selected: ReadonlySet<string>;
  readonly onSign: (tags: readonly string[]) => void;
}

export function SignSelected({ selected, onSign }: SignSelectedProps) {
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

/** What can be done with the ticked tags. */
function Selected({ state: { selected, gun, detail, segment }, index: { table }, acts }: TagsProps) {
  const references = useMemo(
    () =>
      table.tags.flatMap((tag, at) =>
        selected.has(tag) ? [pinnedReference(gun, table.digests[at] ?? '')] : [],
      ),
    [table, selected, gun],
  );
  const mayPlan = detail.kind === 'ready' && canPlan(detail.value);
  if (isBeside(segment)) {
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
      {mayPlan && !isGone(detail.value.row) && (
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
  if (asked || isBeside(segment)) return null;
  return (
    <Button size="small" icon={ArrowLeftRight} onPress={onStart}>
      Compare all
    </Button>
  );
}
