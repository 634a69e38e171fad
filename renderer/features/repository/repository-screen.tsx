/** One repository: what it is, how fresh, what I may do, and its five tabs. */
import {
  ClipboardCopy,
  Ellipsis,
  EyeOff,
  LifeBuoy,
  PenLine,
  RefreshCw,
  Stethoscope,
  Trash2,
} from 'lucide-react';
import { useEffect } from 'react';
import { Tabs } from 'react-aria-components/Tabs';
import { useStore } from 'zustand';
import type { RepositoryDetail } from '../../../shared/ipc/repositories.ts';
import { countText } from '../../copy/sizes.ts';
import { isGone } from '../../copy/trust-words.ts';
import { ActionMenu } from '../../ui/action-menu.tsx';
import { Button } from '../../ui/button.tsx';
import { useCopy } from '../../ui/clipboard.tsx';
import { Problem } from '../../ui/problem.tsx';
import { PageBody, PageHead, Waiting } from '../../ui/surface.tsx';
import { TabBar, type TabEntry, TabPane } from '../../ui/tabs.tsx';
import { useNow } from '../../ui/use-now.ts';
import { AdminKeys } from './admin-keys.tsx';
import { Delegations } from './delegations.tsx';
import { HeadFacts } from './head-facts.tsx';
import { HealthBanner } from './health-banner.tsx';
import { canPlan, canSign, findingsOf, isUnread, rolesToRenew, sandboxStopped } from './health.ts';
import { Metadata } from './metadata.tsx';
import type { RepositoryState, RepositoryStore } from './repository-store.ts';
import { Signers } from './signers.tsx';
import { SignedTags } from './signed-tags.tsx';
import { Unread } from './unread.tsx';
import './repository.css';

/** The roles whose keys are rotated. */
export type RotatedRole = RepositoryDetail['adminKeys'][number]['role'];

/** What is done with delegations; each opens a sheet or the review. */
export type DelegationAct =
  | { readonly kind: 'add' | 'purge' }
  | { readonly kind: 'add-keys' | 'remove-keys' | 'paths' | 'remove'; readonly role: string };

export type RepositoryTab = 'tags' | 'signers' | 'keys' | 'delegations' | 'metadata';

/** What can be changed here; each opens a review first. */
export interface RepositoryActs {
  /** With these tags ticked already. */
  readonly sign: (tags: readonly string[]) => void;
  readonly revoke: (tags: readonly string[]) => void;
  /** A new signer, or another key for one. */
  readonly addSigner: (signer?: string) => void;
  readonly removeSigner: (name: string) => void;
  readonly delegation: (act: DelegationAct) => void;
  /** Signs roles again as they are, in one publish. */
  readonly renew: (roles: readonly string[]) => void;
  /** Another key for a base role. */
  readonly rotate: (role: RotatedRole) => void;
  /** Makes the repository, without signers. */
  readonly create: () => void;
  /** Takes all its trust data off the server. */
  readonly deleteAll: () => void;
  /** What to do about keys that nobody has any more. */
  readonly lostKeys: () => void;
}

/** The sandbox, should the repository be in it. */
export interface SandboxAct {
  readonly isStopped: boolean;
  readonly start: () => void;
}

interface RepositoryScreenProps {
  readonly store: RepositoryStore;
  readonly tab: RepositoryTab;
  readonly onTab: (tab: RepositoryTab) => void;
  readonly onBack: () => void;
  readonly onDiagnose: () => void;
  readonly onHide: () => void;
  readonly sandbox: SandboxAct;
  readonly acts: RepositoryActs;
}

export const repositoryTabs: readonly { readonly id: RepositoryTab; readonly label: string }[] = [
  { id: 'tags', label: 'Signed tags' },
  { id: 'signers', label: 'Signers' },
  { id: 'keys', label: 'Administrative keys' },
  { id: 'delegations', label: 'Delegations' },
  { id: 'metadata', label: 'Metadata' },
];

export function RepositoryScreen({
  store,
  tab,
  onTab,
  onBack,
  onDiagnose,
  onHide,
  sandbox,
  acts,
}: RepositoryScreenProps) {
  const { gun, load, refresh } = store.getState();
  const detail = useStore(store, (state) => state.detail);
  const refreshing = useStore(store, (state) => state.refreshing);
  const tagCount = useStore(store, countOfTags);
  const copy = useCopy();
  useEffect(() => {
    void load();
  }, [load]);
  return (
    <Tabs
      className="repository"
      selectedKey={tab}
      onSelectionChange={(key) => {
        const chosen = repositoryTabs.find(({ id }) => id === key);
        if (chosen !== undefined) onTab(chosen.id);
      }}
    >
      <PageHead
        title={gun}
        trail={
          <button type="button" className="trail" onClick={onBack}>
            Repositories
          </button>
        }
        facts={detail.kind === 'ready' ? <HeadFacts detail={detail.value} /> : <span>Verifying</span>}
        actions={
          <>
            <ActionMenu
              label="More about this repository"
              icon={Ellipsis}
              acts={[
                { id: 'diagnose', label: 'Diagnose…', icon: Stethoscope, run: onDiagnose },
                { id: 'lost-keys', label: 'Lost keys…', icon: LifeBuoy, run: acts.lostKeys },
                { id: 'copy', label: 'Copy name', icon: ClipboardCopy, run: () => copy(gun, 'name') },
                {
                  id: 'delete',
                  label: 'Delete on the server…',
                  icon: Trash2,
                  run: acts.deleteAll,
                  isDestructive: true,
                },
                { id: 'hide', label: 'Hide from the list', icon: EyeOff, run: onHide },
              ]}
            />
            <Button icon={RefreshCw} onPress={() => void refresh()} isPending={refreshing}>
              Refresh
            </Button>
            {detail.kind === 'ready' && canPlan(detail.value) && (
              <Button
                tone={canSign(detail.value) ? 'primary' : 'normal'}
                icon={PenLine}
                onPress={() => acts.sign([])}
              >
                Sign tags…
              </Button>
            )}
          </>
        }
      >
        <TabBar label="Parts of this repository" entries={tabEntries(detail, tagCount)} />
      </PageHead>
      <PageBody>
        <Findings store={store} onDiagnose={onDiagnose} sandbox={sandbox} acts={acts} />
        <Panes store={store} acts={acts} />
      </PageBody>
    </Tabs>
  );
}

function countOfTags({ tags, detail }: RepositoryState): number | undefined {
  // What was signed before it was deleted is no number of now.
  if (detail.kind === 'ready' && isGone(detail.value.row)) return undefined;
  if (tags.kind === 'ready') return tags.value.table.tags.length;
  return detail.kind === 'ready' ? detail.value.row.signedTags : undefined;
}

function tabEntries(
  detail: RepositoryState['detail'],
  tagCount: number | undefined,
): readonly TabEntry<RepositoryTab>[] {
  const isKnown = detail.kind === 'ready' && !isUnread(detail.value.row) && !isGone(detail.value.row);
  const facts = isKnown ? detail.value : undefined;
  const counts: Readonly<Partial<Record<RepositoryTab, number | undefined>>> = {
    tags: tagCount,
    signers: facts?.signers.length,
    delegations: facts?.delegations.length,
  };
  return repositoryTabs.map(({ id, label }) => {
    const count = counts[id];
    return { id, label, ...(count === undefined ? {} : { count: countText(count) }) };
  });
}

interface FindingsProps {
  readonly store: RepositoryStore;
  readonly onDiagnose: () => void;
  readonly sandbox: SandboxAct;
  readonly acts: RepositoryActs;
}

function Findings({ store, onDiagnose, sandbox, acts }: FindingsProps) {
  const now = useNow();
  const detail = useStore(store, (state) => state.detail);
  const refreshError = useStore(store, (state) => state.refreshError);
  const { refresh } = store.getState();
  return (
    <>
      {refreshError !== undefined && <Problem error={refreshError} />}
      {detail.kind === 'ready' && (
        <HealthBanner
          findings={
            sandbox.isStopped && detail.value.row.sandbox ? [sandboxStopped] : findingsOf(detail.value, now)
          }
          onRefresh={() => void refresh()}
          onDiagnose={onDiagnose}
          renewable={rolesToRenew(detail.value)}
          onRenew={acts.renew}
          onCreate={acts.create}
          onLostKeys={acts.lostKeys}
          onStartSandbox={sandbox.start}
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

function Panes({ store, acts }: { readonly store: RepositoryStore; readonly acts: RepositoryActs }) {
  const detail = useStore(store, (state) => state.detail);
  const facts = detail.kind === 'ready' && !isUnread(detail.value.row) ? detail.value : undefined;
  const wait =
    detail.kind === 'failed' ? null : detail.kind === 'ready' ? (
      <Unread />
    ) : (
      <Waiting>Reading and verifying the metadata</Waiting>
    );
  return (
    <>
      <TabPane id="tags">
        <SignedTags store={store} acts={acts} />
      </TabPane>
      <TabPane id="signers">{facts === undefined ? wait : <Signers detail={facts} acts={acts} />}</TabPane>
      <TabPane id="keys">{facts === undefined ? wait : <AdminKeys detail={facts} acts={acts} />}</TabPane>
      <TabPane id="delegations">
        {facts === undefined ? wait : <Delegations detail={facts} acts={acts} />}
      </TabPane>
      <TabPane id="metadata">
        {facts === undefined ? wait : <Metadata detail={facts} store={store} />}
      </TabPane>
    </>
  );
}
