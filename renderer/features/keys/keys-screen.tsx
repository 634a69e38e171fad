/** The private keys on this computer, as `notary key list` shows them, and which repositories need them. Read-only. */
import { FolderOpen, KeyRound, SearchX } from 'lucide-react';
import { useEffect, useMemo, useRef } from 'react';
import { useStore } from 'zustand';
import type { KeyRow } from '../../../shared/ipc/keys.ts';
import { countOf } from '../../copy/sizes.ts';
import { Banner } from '../../ui/banner.tsx';
import { Button } from '../../ui/button.tsx';
import type { GridHandle } from '../../ui/data-grid.tsx';
import { SearchBox } from '../../ui/field.tsx';
import { Problem } from '../../ui/problem.tsx';
import { Empty, PageBody, PageHead, Waiting } from '../../ui/surface.tsx';
import { KeyDetail } from './key-detail.tsx';
import { KeyGrid } from './key-grid.tsx';
import { filterKeys } from './key-filter.ts';
import type { KeyList, KeysState, KeysStore } from './keys-store.ts';
import './keys.css';

interface KeysScreenProps {
  readonly store: KeysStore;
  /** Where the keys are read from; undefined while unknown. */
  readonly trustDirectory: string | undefined;
  readonly onOpenRepository: (gun: string) => void;
}

export function KeysScreen({ store, trustDirectory, onOpenRepository }: KeysScreenProps) {
  const state = useStore(store);
  const { list, load } = state;
  useEffect(() => {
    void load();
  }, [load]);
  return (
    <>
      <PageHead
        title="Keys"
        facts={
          <>
            {list.kind === 'ready' && <span>{countOf(list.value.keys.length, 'private key')}</span>}
            {trustDirectory !== undefined && <span className="mono">{trustDirectory}/private</span>}
          </>
        }
      />
      <PageBody>
        {list.kind === 'failed' && (
          <Problem
            error={list.error}
            action={
              <Button size="small" onPress={() => void load()}>
                Try again
              </Button>
            }
          />
        )}
        {(list.kind === 'idle' || list.kind === 'loading') && <Waiting>Reading the key store</Waiting>}
        {list.kind === 'ready' && (
          <Content state={state} list={list.value} onOpenRepository={onOpenRepository} />
        )}
      </PageBody>
    </>
  );
}

interface ContentProps {
  readonly state: KeysState;
  readonly list: KeyList;
  readonly onOpenRepository: (gun: string) => void;
}

function Content({ state, list, onOpenRepository }: ContentProps) {
  const { query, active } = state;
  const grid = useRef<GridHandle>(null);
  const shown = useMemo(() => filterKeys(list.keys, query), [list, query]);
  const detail: KeyRow | undefined = shown.find(({ id }) => id === active) ?? shown[0];
  return (
    <>
      <Unreadable list={list} />
      {list.keys.length === 0 ? (
        <Empty icon={KeyRound} title="No private keys on this computer">
          Everything can be looked at without one. To sign, a signer’s key or a repository key has to be here.
        </Empty>
      ) : (
        <>
          <div className="toolbar">
            <SearchBox
              label={`Search ${countOf(list.keys.length, 'key')}`}
              value={query}
              onChange={state.setQuery}
              onLeave={() => grid.current?.focus()}
            />
          </div>
          <div className="split">
            <KeyGrid
              ref={grid}
              keys={shown}
              active={active}
              onActive={state.setActive}
              empty={
                <Empty
                  icon={SearchX}
                  title="Nothing matches"
                  action={<Button onPress={() => state.setQuery('')}>Show all</Button>}
                >
                  No key has “{query}” in its ID, role or repository.
                </Empty>
              }
            />
            {detail !== undefined && <KeyDetail entry={detail} onOpenRepository={onOpenRepository} />}
          </div>
        </>
      )}
    </>
  );
}

/** Files that are not usable keys are listed, never hidden. */
function Unreadable({ list: { unreadable } }: { readonly list: KeyList }) {
  if (unreadable.length === 0) return null;
  return (
    <Banner
      tone="warn"
      icon={FolderOpen}
      title={`${countOf(unreadable.length, 'file')} in the key store ${unreadable.length === 1 ? 'is' : 'are'} not a usable key.`}
    >
      {unreadable.map(({ file, reason }) => (
        <span key={file} className="unreadable">
          <span className="mono">{file}</span> {reason}
        </span>
      ))}
    </Banner>
  );
}
