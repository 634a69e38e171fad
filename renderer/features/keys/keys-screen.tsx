/** The private keys on this computer, as `notary key list` shows them, what they are needed for, and what can be done. */
import { FileInput, FileOutput, FolderOpen, KeyRound, LifeBuoy, Plus, SearchX } from 'lucide-react';
import { type DragEvent, type ReactNode, useEffect, useMemo, useRef } from 'react';
import { useStore } from 'zustand';
import type { KeyRow } from '../../../shared/ipc/keys.ts';
import type { Loadable } from '../../bridge/loadable.ts';
import { countOf } from '../../copy/sizes.ts';
import { Banner } from '../../ui/banner.tsx';
import { Button } from '../../ui/button.tsx';
import type { GridHandle } from '../../ui/data-grid.tsx';
import { SearchBox } from '../../ui/field.tsx';
import { PathText } from '../../ui/identifier.tsx';
import { Problem } from '../../ui/problem.tsx';
import { Empty, PageBody, PageHead, Waiting } from '../../ui/surface.tsx';
import { KeyDetail } from './key-detail.tsx';
import { KeyGrid } from './key-grid.tsx';
import { filterKeys } from './key-filter.ts';
import { whereKeysAre } from './key-words.ts';
import { type KeyList, type KeysStore, keyTag } from './keys-store.ts';
import './keys.css';

interface KeysScreenProps {
  readonly store: KeysStore;
  /** Where the keys are read from; undefined while unknown. */
  readonly trustDirectory: string | undefined;
  /** Changes when what is remembered does. */
  readonly lockMark: string;
  readonly onOpenRepository: (gun: string) => void;
  readonly onLostKeys: () => void;
  /** What is said of keys that are kept offline. */
  readonly offline?: ReactNode;
}

export function KeysScreen(props: KeysScreenProps) {
  const { store, trustDirectory, onLostKeys } = props;
  const { list, load, begin } = useStore(store);
  useEffect(() => {
    void load();
  }, [load]);
  return (
    <div className="keys-page" {...dropHandlers(() => begin({ kind: 'import', wasDropped: true }))}>
      <PageHead
        title="Keys"
        facts={<KeysThere list={list} trustDirectory={trustDirectory} />}
        actions={
          <>
            <Button tone="quiet" icon={LifeBuoy} onPress={onLostKeys}>
              Lost keys…
            </Button>
            <Button icon={FileInput} onPress={() => begin({ kind: 'import', wasDropped: false })}>
              Import…
            </Button>
            <Button tone="primary" icon={Plus} onPress={() => begin({ kind: 'generate' })}>
              Generate key…
            </Button>
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
        {props.offline}
        {list.kind === 'ready' && <Content {...props} list={list.value} />}
      </PageBody>
    </div>
  );
}

/** How many keys lie in which folder, as far as it is known. */
function KeysThere({
  list,
  trustDirectory,
}: Pick<KeysScreenProps, 'trustDirectory'> & { readonly list: Loadable<KeyList> }) {
  if (trustDirectory === undefined) return null;
  if (list.kind !== 'ready') return <PathText path={`${trustDirectory}/private`} />;
  return whereKeysAre(list.value.keys, trustDirectory).map(({ text, folder }) => (
    <span key={text} className="keys-there">
      <span>{text}</span>
      {folder !== undefined && <PathText path={folder} />}
    </span>
  ));
}

/** SECURITY: a dropped file is not read: a private key has no business in this window. Main asks for the file instead. */
function dropHandlers(onDropped: () => void) {
  const holdsFiles = (event: DragEvent): boolean => event.dataTransfer.types.includes('Files');
  return {
    onDragOver: (event: DragEvent): void => {
      if (holdsFiles(event)) event.preventDefault();
    },
    onDrop: (event: DragEvent): void => {
      if (!holdsFiles(event)) return;
      event.preventDefault();
      onDropped();
    },
  };
}

function Content({ store, lockMark, onOpenRepository, list }: KeysScreenProps & { readonly list: KeyList }) {
  const { query, active, setQuery, setActive, begin } = useStore(store);
  const grid = useRef<GridHandle>(null);
  const shown = useMemo(() => filterKeys(list.keys, query), [list, query]);
  const detail: KeyRow | undefined = shown.find((key) => keyTag(key) === active) ?? shown[0];
  const exportable = shown.filter(({ place, sandbox }) => place.kind === 'file' && !sandbox);
  if (list.keys.length === 0) {
    return (
      <>
        <Unreadable list={list} />
        <Empty icon={KeyRound} title="No private keys on this computer">
          Everything can be looked at without one. To sign, a signer’s key or a repository key has to be here:
          generate one, or import one that you have.
        </Empty>
      </>
    );
  }
  return (
    <>
      <Unreadable list={list} />
      <BackupsUnknown list={list} />
      <div className="toolbar">
        <SearchBox
          label={`Search ${countOf(list.keys.length, 'key')}`}
          value={query}
          onChange={setQuery}
          onLeave={() => grid.current?.focus()}
        />
        {exportable.length > 1 && (
          <div className="toolbar-end">
            <Button
              tone="quiet"
              icon={FileOutput}
              onPress={() => begin({ kind: 'export', keys: exportable })}
            >
              Export {countOf(exportable.length, 'key')}…
            </Button>
          </div>
        )}
      </div>
      <div className="split">
        <KeyGrid
          ref={grid}
          keys={shown}
          active={detail === undefined ? undefined : keyTag(detail)}
          onActive={setActive}
          empty={
            <Empty
              icon={SearchX}
              title="Nothing matches"
              action={<Button onPress={() => setQuery('')}>Show all</Button>}
            >
              No key has “{query}” in its ID, role or repository.
            </Empty>
          }
        />
        {detail !== undefined && (
          <KeyDetail
            key={keyTag(detail)}
            store={store}
            entry={detail}
            lockMark={lockMark}
            onOpenRepository={onOpenRepository}
          />
        )}
      </div>
    </>
  );
}

/** Keys are shown also when nothing is known of their backups. */
function BackupsUnknown({ list: { backupsUnknown } }: { readonly list: KeyList }) {
  return backupsUnknown === undefined ? null : <Problem error={backupsUnknown} />;
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
