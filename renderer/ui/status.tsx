/** How a state looks: always an icon and a word, never colour alone. */
import { Check, CircleAlert, CircleDashed, type LucideIcon, Minus, TriangleAlert } from 'lucide-react';
import type { ReactNode } from 'react';
import './status.css';

export type Tone = 'ok' | 'warn' | 'bad' | 'muted' | 'plain';

const icons: Readonly<Record<Tone, LucideIcon>> = {
  ok: Check,
  warn: TriangleAlert,
  bad: CircleAlert,
  muted: Minus,
  plain: CircleDashed,
};

interface StatusProps {
  readonly tone: Tone;
  readonly icon?: LucideIcon;
  readonly title?: string | undefined;
  /** Only the icon has the colour: for the usual case in a long table. */
  readonly isQuiet?: boolean;
  readonly children: ReactNode;
}

/** An icon and a word in the colour of the state. */
export function Status({ tone, icon, title, isQuiet = false, children }: StatusProps) {
  const Icon = icon ?? icons[tone];
  return (
    <span className={`status status-${tone}`} title={title}>
      <Icon className="icon" size={15} aria-hidden />
      <span className={isQuiet ? 'truncate muted' : 'truncate'}>{children}</span>
    </span>
  );
}

interface PillProps {
  readonly tone?: Tone | 'accent';
  readonly icon?: LucideIcon;
  readonly title?: string | undefined;
  readonly children: ReactNode;
}

/** A small bordered word: where a key is, what a row is. */
export function Pill({ tone = 'muted', icon: Icon, title, children }: PillProps) {
  return (
    <span className={`pill pill-${tone}`} title={title}>
      {Icon !== undefined && <Icon className="icon" size={13} aria-hidden />}
      <span className="truncate">{children}</span>
    </span>
  );
}
