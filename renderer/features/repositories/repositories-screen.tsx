/** All repositories: what they hold, how fresh that is, what can be done with them from here. */
import { FlaskConical, FolderPlus, Library, Plus, RefreshCw, Stethoscope } from 'lucide-react';
import { type ReactNode, useEffect, useMemo, useRef, useState } from 'react';
import { useStore } from 'zustand';
import type { RepositoryRow } from '../../../shared/ipc/repositories.ts';
import { countOf } from '../../copy/sizes.ts';
import { Button } from '../../ui/button.tsx';
import type { GridHandle } from '../../ui/data-grid.tsx';
import { SearchBox } from '../../ui/field.tsx';
import { Problem } from '../../ui/problem.tsx';
import { Progress } from '../../ui/progress.tsx';
import { Segmented } from '../../ui/segmented.tsx';
import { Empty, PageBody, PageHead, Waiting } from '../../ui/surface.tsx';
import { useNow } from '../../ui/use-now.ts';
import type { RepositoriesState, RepositoriesStore } from './repositories-store.ts';
import { RepositoryGrid } from './repository-grid.tsx';
import { needsAttention, type RowFilter, viewRows } from './row-order.ts';
import './repositories.css';

interface RepositoriesScreenProps {
  readonly store: RepositoriesStore;
  readonly onOpen: (gun: string) => void;
  readonly onAdd: () => void;
  readonly onCreate: () => void;
  readonly onDiagnose: () => void;
  /** Given while there is a sandbox and it does not run: its repositories are away with it. */
  readonly onStartSandbox: (() => void) | undefined;
  /** A quiet line above the list. */
  readonly reminder: ReactNode;
}

export function RepositoriesScreen({ store, ...acts }: RepositoriesScreenProps) {
  const state = useStore(store);
  const { rows, refresh, load, refreshAll, readNew } = state;
  useEffect(() => {
    void load();
  }, [load]);
  useEffect(() => {
    void readNew();
  }, [rows, readNew]);
  return (
    <>
      <PageHead
        title="Repositories"
        facts={rows.kind === 'ready' && rows.value.length > 0 && <span>{summary(rows.value)}</span>}
        actions={
          <>
            <Button icon={Stethoscope} onPress={acts.onDiagnose}>
              Diagnose…
            </Button>
            <Button
              icon={RefreshCw}
              onPress={() => void refreshAll()}
              isPending={refresh.kind === 'running'}
              isDisabled={rows.kind !== 'ready' || rows.value.length === 0}
            >
              Refresh all
            </Button>
            <Button icon={FolderPlus} onPress={acts.onCreate}>
              Create…
            </Button>
            <Button tone="primary" icon={Plus} onPress={acts.onAdd}>
              Add…
            </Button>
          </>
        }
      />
      <PageBody>
        {acts.reminder}
        {refresh.kind === 'failed' && <Problem error={refresh.error} />}
        <Content {...acts} state={state} />
      </PageBody>
    </>
  );
}

function summary(rows: readonly RepositoryRow[]): string {
  const servers = new Set(rows.map(({ server }) => server)).size;
  return `${countOf(rows.length, 'repository', 'repositories')} on ${countOf(servers, 'trust server')}`;
}

type ContentProps = Omit<RepositoriesScreenProps, 'store'> & { readonly state: RepositoriesState };

function Content({ state, ...acts }: ContentProps) {
  const { rows, load } = state;
  switch (rows.kind) {
    case 'idle':
    case 'loading':
      return <Waiting>Reading what is known here</Waiting>;
    case 'failed':
      return (
        <Problem
          error={rows.error}
          action={
            <Button size="small" onPress={() => void load()}>
              Try again
            </Button>
          }
        />
      );
    case 'ready':
      if (rows.value.length > 0) return <List rows={rows.value} state={state} {...acts} />;
      return (
        <Empty
          icon={Library}
          title="No repositories yet"
          action={
            <>
              {acts.onStartSandbox !== undefined && (
                <Button icon={FlaskConical} onPress={acts.onStartSandbox}>
                  Start the sandbox
                </Button>
              )}
              <Button tone="primary" icon={Plus} onPress={acts.onAdd}>
                Add repositories…
              </Button>
            </>
          }
        >
          {acts.onStartSandbox !== undefined && 'The sandbox is stopped. '}
          Those in the local trust directory appear here by themselves. Add others by their image name.
        </Empty>
      );
  }
}

type ListProps = ContentProps & { readonly rows: readonly RepositoryRow[] };

function List({ rows, state, onOpen, onStartSandbox }: ListProps) {
  const { query, filter, sort, refresh } = state;
  const now = useNow();
  const grid = useRef<GridHandle>(null);
  const [activeGun, setActiveGun] = useState<string>();
  const shown = useMemo(() => viewRows(rows, { query, filter, sort, now }), [rows, query, filter, sort, now]);
  const attention = useMemo(() => rows.filter((row) => needsAttention(row, now)).length, [rows, now]);
  return (
    <>
      {onStartSandbox !== undefined && (
        <p className="list-note">
          <FlaskConical className="icon muted" size={15} aria-hidden />
          <span>The sandbox is stopped: its repositories are not listed.</span>
          <Button size="small" tone="quiet" onPress={onStartSandbox}>
            Start the sandbox
          </Button>
        </p>
      )}
      <div className="toolbar">
        <SearchBox
          label={`Search ${countOf(rows.length, 'repository', 'repositories')}`}
          value={query}
          onChange={state.setQuery}
          onLeave={() => grid.current?.focus()}
        />
        <Segmented<RowFilter>
          label="Which repositories"
          value={filter}
          onChange={state.setFilter}
          segments={[
            { id: 'all', label: 'All' },
            { id: 'attention', label: 'Needs attention', count: String(attention) },
            { id: 'sign', label: 'I can sign' },
            { id: 'watch', label: 'Watch only' },
          ]}
        />
        {refresh.kind === 'running' && (
          <div className="refreshing" role="status">
            <span className="muted">
              {refresh.done} of {refresh.total} checked
            </span>
            <Progress label="Refreshing repositories" done={refresh.done} total={refresh.total} />
          </div>
        )}
      </div>
      <RepositoryGrid
        ref={grid}
        rows={shown}
        now={now}
        active={activeGun}
        onActive={setActiveGun}
        sort={sort}
        onSort={state.sortBy}
        onOpen={onOpen}
        onReset={() => {
          state.setQuery('');
          state.setFilter('all');
        }}
      />
    </>
  );
}
