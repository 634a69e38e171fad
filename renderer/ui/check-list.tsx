/** Checks that tick off one by one as they are proven, each with what was found. */
import { Check, CircleAlert, LoaderCircle, type LucideIcon, Minus, TriangleAlert } from 'lucide-react';
import type { ReactNode } from 'react';
import './check-list.css';

export type CheckState = 'waiting' | 'running' | 'ok' | 'warning' | 'failed' | 'skipped';

export interface CheckEntry {
  readonly id: string;
  readonly title: string;
  readonly state: CheckState;
  readonly children?: ReactNode;
}

const icons: Readonly<Record<CheckState, LucideIcon>> = {
  waiting: Minus,
  running: LoaderCircle,
  ok: Check,
  warning: TriangleAlert,
  failed: CircleAlert,
  skipped: Minus,
};

const words: Readonly<Record<CheckState, string>> = {
  waiting: 'not yet',
  running: 'under way',
  ok: 'good',
  warning: 'warning',
  failed: 'failed',
  skipped: 'left out',
};

export function CheckList({ label, entries }: { label: string; entries: readonly CheckEntry[] }) {
  return (
    <ol className="check-list" aria-label={label}>
      {entries.map(({ id, title, state, children }) => {
        const Icon = icons[state];
        return (
          <li key={id} className="check-entry" data-state={state}>
            <span className="check-mark">
              <Icon className={state === 'running' ? 'spin' : ''} size={13} aria-hidden />
              <span className="visually-hidden">{words[state]}: </span>
            </span>
            <div className="check-text">
              <div className="check-title">{title}</div>
              {children}
            </div>
          </li>
        );
      })}
    </ol>
  );
}
