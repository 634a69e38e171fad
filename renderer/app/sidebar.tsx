/** The left edge of the window: where one can go, and what is going on in the background. */
import { FlaskConical, GitPullRequestArrow, LockOpen, Search, Stamp } from 'lucide-react';
import { useStore } from 'zustand';
import { countOf, countText } from '../copy/sizes.ts';
import { spanText } from '../copy/times.ts';
import { useNow } from '../ui/use-now.ts';
import type { SectionId } from './routes.ts';
import { type SectionEntry, sections } from './sections.tsx';
import type { Stores } from './stores.ts';
import { commandKey } from './shortcuts.ts';
import './sidebar.css';

interface SidebarProps {
  readonly stores: Stores;
  readonly current: SectionId;
}

export function Sidebar({ stores, current }: SidebarProps) {
  const { app } = stores;
  return (
    <nav className="sidebar" aria-label="Trustdesk">
      <div className="brand">
        <span className="brand-mark">
          <Stamp size={14} strokeWidth={2.2} aria-hidden />
        </span>
        Trustdesk
      </div>
      <ul className="sidebar-entries">
        {sections.map((entry, at) => (
          <Entry
            key={entry.id}
            entry={entry}
            number={at + 1}
            stores={stores}
            isCurrent={entry.id === current}
          />
        ))}
      </ul>
      <div className="sidebar-foot">
        <PendingNote stores={stores} />
        <LockNote stores={stores} />
        <SandboxNote stores={stores} />
        <button type="button" className="sidebar-chip" onClick={() => app.getState().setPaletteOpen(true)}>
          <Search className="icon" size={14} aria-hidden />
          <span className="sidebar-label">All actions</span>
          <kbd className="sidebar-keys">{commandKey} K</kbd>
        </button>
      </div>
    </nav>
  );
}

interface EntryProps {
  readonly entry: SectionEntry;
  readonly number: number;
  readonly stores: Stores;
  readonly isCurrent: boolean;
}

const noCount = (): undefined => undefined;

function Entry({
  entry: { id, label, icon: Icon, useCount = noCount },
  number,
  stores,
  isCurrent,
}: EntryProps) {
  const count = useCount(stores);
  return (
    <li>
      <button
        type="button"
        className="sidebar-entry"
        aria-current={isCurrent ? 'page' : undefined}
        aria-keyshortcuts={`Control+${number}`}
        onClick={() => stores.app.getState().go({ screen: id })}
      >
        <Icon className="icon" size={16} aria-hidden />
        <span className="sidebar-label">{label}</span>
        {count !== undefined && count > 0 && <span className="sidebar-count">{countText(count)}</span>}
      </button>
    </li>
  );
}

/** Changes staged with notary: shown as such, never dropped. */
function PendingNote({ stores: { app, plans } }: { readonly stores: Stores }) {
  const count = useStore(plans, ({ staged }) => (staged.kind === 'ready' ? staged.value.length : 0));
  if (count === 0) return null;
  return (
    <button type="button" className="sidebar-chip" onClick={() => app.getState().setSheet('pending')}>
      <GitPullRequestArrow className="icon" size={14} aria-hidden />
      <span className="sidebar-label">{countOf(count, 'change')} pending</span>
    </button>
  );
}

/** Passphrases are remembered: until when, and one click forgets them. */
function LockNote({ stores: { lock } }: { readonly stores: Stores }) {
  const now = useNow();
  const { state, lock: lockNow } = useStore(lock);
  if (state.unlocked.length === 0) return null;
  const left =
    state.locksAt === undefined
      ? ''
      : `, ${spanText(Math.max(0, state.locksAt - now)).replace(/ minutes?/, ' min')}`;
  return (
    <button type="button" className="sidebar-chip" title="Lock now" onClick={() => void lockNow()}>
      <LockOpen className="icon" size={14} aria-hidden />
      <span className="sidebar-label">Unlocked{left}</span>
    </button>
  );
}

/** A server that runs in the background is said for as long as it does. */
function SandboxNote({ stores: { app, sandbox } }: { readonly stores: Stores }) {
  const isRunning = useStore(
    sandbox,
    ({ status }) => status.kind === 'ready' && status.value.kind === 'running',
  );
  if (!isRunning) return null;
  return (
    <button type="button" className="sidebar-chip" onClick={() => app.getState().go({ screen: 'settings' })}>
      <FlaskConical className="icon" size={14} aria-hidden />
      <span className="sidebar-label">Sandbox running</span>
    </button>
  );
}
