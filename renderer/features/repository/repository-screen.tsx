/** One repository: what it is, how fresh, what I may do, and its five tabs. */
import { ClipboardCopy, Ellipsis, EyeOff, RefreshCw, Stethoscope } from 'lucide-react';
import { useEffect } from 'react';
import { Tabs } from 'react-aria-components/Tabs';
import { useStore } from 'zustand';
import type { RepositoryDetail } from '../../../shared/ipc/repositories.ts';
import { countText } from '../../copy/sizes.ts';
import { namesText } from '../../copy/trust-words.ts';
import { ActionMenu } from '../../ui/action-menu.tsx';
import { Button } from '../../ui/button.tsx';
import { useCopy } from '../../ui/clipboard.tsx';
import { Problem } from '../../ui/problem.tsx';
import { RelativeTime } from '../../ui/relative-time.tsx';
import { PageBody, PageHead, Waiting } from '../../ui/surface.tsx';
import { TabBar, type TabEntry, TabPane } from '../../ui/tabs.tsx';
import { useNow } from '../../ui/use-now.ts';
import { AdminKeys } from './admin-keys.tsx';
import { Delegations } from './delegations.tsx';
import { HealthBanner } from './health-banner.tsx';
import { findingsOf } from './health.ts';
import { Metadata } from './metadata.tsx';
import type { RepositoryState, RepositoryStore } from './repository-store.ts';
import { Signers } from './signers.tsx';
import { SignedTags } from './signed-tags.tsx';
import './repository.css';

export type RepositoryTab = 'tags' | 'signers' | 'keys' | 'delegations' | 'metadata';

interface RepositoryScreenProps {
  readonly store: RepositoryStore;
  readonly tab: RepositoryTab;
  readonly onTab: (tab: RepositoryTab) => void;
  readonly onBack: () => void;
  readonly onDiagnose: () => void;
  readonly onHide: () => void;
}

const tabs: readonly RepositoryTab[] = ['tags', 'signers', 'keys', 'delegations', 'metadata'];

export function RepositoryScreen({ store, tab, onTab, onBack, onDiagnose, onHide }: RepositoryScreenProps) {
  const state = useStore(store);
  const { gun, detail, refreshing, load, refresh } = state;
  const copy = useCopy();
  useEffect(() => {
    void load();
  }, [load]);
  return (
    <Tabs
      className="repository"
      selectedKey={tab}
      onSelectionChange={(key) => {
        const chosen = tabs.find((candidate) => candidate === key);
        if (chosen !== undefined) onTab(chosen);
      }}
    >
      <PageHead
        title={gun}
        trail={
          <button type="button" className="trail" onClick={onBack}>
            Repositories
          </button>
        }
        facts={detail.kind === 'ready' && <HeadFacts detail={detail.value} />}
        actions={
          <>
            <ActionMenu
              label="More about this repository"
              icon={Ellipsis}
              acts={[
                { id: 'diagnose', label: 'Diagnose…', icon: Stethoscope, run: onDiagnose },
                { id: 'copy', label: 'Copy name', icon: ClipboardCopy, run: () => copy(gun, 'name') },
                { id: 'hide', label: 'Hide from the list', icon: EyeOff, run: onHide },
              ]}
            />
            <Button icon={RefreshCw} onPress={() => void refresh()} isPending={refreshing}>
              Refresh
            </Button>
          </>
        }
      >
        <TabBar label="Parts of this repository" entries={tabEntries(state)} />
      </PageHead>
      <PageBody>
        <Findings state={state} onDiagnose={onDiagnose} />
        <Panes state={state} />
      </PageBody>
    </Tabs>
  );
}

function tabEntries({ detail, tags }: RepositoryState): readonly TabEntry<RepositoryTab>[] {
  const facts = detail.kind === 'ready' ? detail.value : undefined;
  const counted = (count: number | undefined): string | undefined =>
    count === undefined ? undefined : countText(count);
  return [
    {
      id: 'tags',
      label: 'Signed tags',
      count: counted(tags.kind === 'ready' ? tags.value.table.tags.length : facts?.row.signedTags),
    },
    { id: 'signers', label: 'Signers', count: counted(facts?.signers.length) },
    { id: 'keys', label: 'Administrative keys' },
    { id: 'delegations', label: 'Delegations', count: counted(facts?.delegations.length) },
    { id: 'metadata', label: 'Metadata' },
  ];
}

function HeadFacts({ detail: { row } }: { readonly detail: RepositoryDetail }) {
  const { freshness, abilities } = row;
  return (
    <>
      <span>
        Trust server {row.server.replace(/^https:\/\//, '')}
        {row.sandbox && ' (sandbox)'}
      </span>
      <span>
        {freshness.kind === 'never' ? (
          'Never checked'
        ) : (
          <>
            {freshness.kind === 'verified'
              ? 'Checked '
              : freshness.kind === 'cached'
                ? 'Last verified '
                : 'Failed '}
            <RelativeTime at={freshness.at} />
          </>
        )}
      </span>
      <span>
        {abilities.signAs.length > 0 ? (
          <>
            You can sign as <strong>{namesText(abilities.signAs)}</strong>
            {abilities.administer && ' and administer'}
          </>
        ) : abilities.administer ? (
          'You can administer'
        ) : (
          'Watch only: none of its keys is on this computer'
        )}
      </span>
    </>
  );
}

function Findings({
  state,
  onDiagnose,
}: {
  readonly state: RepositoryState;
  readonly onDiagnose: () => void;
}) {
  const now = useNow();
  const { detail, refreshError, refresh } = state;
  return (
    <>
      {refreshError !== undefined && <Problem error={refreshError} />}
      {detail.kind === 'ready' && (
        <HealthBanner
          findings={findingsOf(detail.value, now)}
          onRefresh={() => void refresh()}
          onDiagnose={onDiagnose}
        />
      )}
      {detail.kind === 'failed' && (
        <Problem
          error={detail.error}
          action={
            <Button size="small" onPress={onDiagnose}>
              Diagnose…
            </Button>
          }
        />
      )}
    </>
  );
}

function Panes({ state }: { readonly state: RepositoryState }) {
  const { detail } = state;
  const facts = detail.kind === 'ready' ? detail.value : undefined;
  const wait = detail.kind === 'failed' ? null : <Waiting>Reading and verifying the metadata</Waiting>;
  return (
    <>
      <TabPane id="tags">
        <SignedTags state={state} />
      </TabPane>
      <TabPane id="signers">{facts === undefined ? wait : <Signers detail={facts} />}</TabPane>
      <TabPane id="keys">{facts === undefined ? wait : <AdminKeys detail={facts} />}</TabPane>
      <TabPane id="delegations">{facts === undefined ? wait : <Delegations detail={facts} />}</TabPane>
      <TabPane id="metadata">
        {facts === undefined ? wait : <Metadata detail={facts} state={state} />}
      </TabPane>
    </>
  );
}
