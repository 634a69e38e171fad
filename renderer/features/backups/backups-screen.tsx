/** Backups: which copies there are and whether they were proven, which keys are kept offline, and what to do next. */
import { Archive, FileCheck, FileText, MoreHorizontal, RotateCcw, ShieldCheck, Split } from 'lucide-react';
import { useEffect } from 'react';
import { useStore } from 'zustand';
import type { Overview } from '../../../shared/ipc/backups.ts';
import { countOf } from '../../copy/sizes.ts';
import { ActionMenu } from '../../ui/action-menu.tsx';
import { Button } from '../../ui/button.tsx';
import { Problem } from '../../ui/problem.tsx';
import { Empty, PageBody, PageHead, Waiting } from '../../ui/surface.tsx';
import type { BackupsState, BackupsStore } from './backups-store.ts';
import { Copies } from './copies.tsx';
import { KeyBackups } from './key-backups.tsx';
import { Notices } from './notices.tsx';
import { OfflineKeys } from './offline-keys.tsx';
import './backups.css';

export function BackupsScreen({ store }: { readonly store: BackupsStore }) {
  const state = useStore(store);
  const { overview, load, show } = state;
  useEffect(() => {
    void load();
  }, [load]);
  return (
    <>
      <PageHead
        title="Backups"
        facts={overview.kind === 'ready' && <Facts overview={overview.value} />}
        actions={
          <>
            <ActionMenu
              label="More about backups"
              icon={MoreHorizontal}
              acts={[
                {
                  id: 'sheet',
                  label: 'Recovery sheet…',
                  icon: FileText,
                  run: () => show({ kind: 'sheet' }),
                },
                {
                  id: 'try-sheet',
                  label: 'Try a recovery sheet…',
                  icon: FileCheck,
                  run: () => show({ kind: 'check', paper: true }),
                },
                {
                  id: 'shares',
                  label: 'Split a passphrase…',
                  icon: Split,
                  run: () => show({ kind: 'shares' }),
                },
              ]}
            />
            <Button icon={RotateCcw} onPress={() => show({ kind: 'restore' })}>
              Restore…
            </Button>
            <Button icon={ShieldCheck} onPress={() => show({ kind: 'check' })}>
              Check a backup…
            </Button>
            <Button tone="primary" icon={Archive} onPress={() => show({ kind: 'wizard' })}>
              Back up keys…
            </Button>
          </>
        }
      />
      <PageBody scroll>
        {state.error !== undefined && <Problem error={state.error} />}
        {overview.kind === 'failed' && (
          <Problem
            error={overview.error}
            action={
              <Button size="small" onPress={() => void load()}>
                Try again
              </Button>
            }
          />
        )}
        {(overview.kind === 'idle' || overview.kind === 'loading') && <Waiting>Reading the records</Waiting>}
        {overview.kind === 'ready' && <Content state={state} overview={overview.value} />}
      </PageBody>
    </>
  );
}

function Facts({ overview: { copies, offline } }: { readonly overview: Overview }) {
  const proven = copies.filter(({ standing }) => standing.kind === 'proven').length;
  return (
    <>
      <span>
        {copies.length === 0
          ? 'No copies known'
          : `${countOf(copies.length, 'copy', 'copies')}, ${proven} proven`}
      </span>
      {offline.length > 0 && <span>{countOf(offline.length, 'key')} kept offline</span>}
    </>
  );
}

function Content({ state, overview }: { readonly state: BackupsState; readonly overview: Overview }) {
  const { copies, keys, offline, interrupted } = overview;
  if (copies.length + keys.length + offline.length + interrupted.length === 0) {
    return (
      <Empty
        icon={Archive}
        title="Nothing to back up yet"
        action={<Button onPress={() => state.show({ kind: 'restore' })}>Restore from a backup…</Button>}
      >
        There is no private key in the trust directory of this computer; keys of the sandbox are thrown away
        with it and are not backed up. Keys that were backed up elsewhere can be brought back here.
      </Empty>
    );
  }
  return (
    <div className="backups">
      <Notices state={state} overview={overview} />
      <Copies state={state} copies={copies} hasKeys={keys.length > 0} />
      <OfflineKeys state={state} keys={offline} />
      <KeyBackups state={state} keys={keys} visiting={offline.map(({ id }) => id)} />
    </div>
  );
}
