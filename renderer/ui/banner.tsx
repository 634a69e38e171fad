/** One thing the person should know about what is shown, with the one button that fixes it. */
import { CircleAlert, Info, type LucideIcon, TriangleAlert } from 'lucide-react';
import type { ReactNode } from 'react';
import { WholeDates } from './whole-dates.tsx';
import './banner.css';

interface BannerProps {
  readonly tone: 'info' | 'warn' | 'bad';
  readonly title: string;
  readonly children?: ReactNode;
  readonly icon?: LucideIcon | undefined;
  /** Buttons; the first is the fix. */
  readonly action?: ReactNode;
}

const icons = { info: Info, warn: TriangleAlert, bad: CircleAlert } as const;

export function Banner({ tone, title, children, icon, action }: BannerProps) {
  const Icon = icon ?? icons[tone];
  return (
    <section className={`banner banner-${tone}`} role={tone === 'bad' ? 'alert' : 'status'}>
      <Icon className="icon banner-icon" size={17} aria-hidden />
      <p className="banner-text selectable">
        <strong className="banner-title">
          <WholeDates text={title} />
        </strong>{' '}
        {typeof children === 'string' ? <WholeDates text={children} /> : children}
      </p>
      {action !== undefined && <div className="banner-action">{action}</div>}
    </section>
  );
}
