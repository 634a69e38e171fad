/** The pieces a page is made of: head, panel, facts, what to show when there is nothing. */
import type { LucideIcon } from 'lucide-react';
import type { ReactNode } from 'react';
import './surface.css';

interface PageHeadProps {
  readonly title: string;
  /** What stands above the title: where this page belongs. */
  readonly trail?: ReactNode;
  /** One line of facts under the title. */
  readonly facts?: ReactNode;
  readonly actions?: ReactNode;
  /** Tabs, on the lower edge. */
  readonly children?: ReactNode;
}

/** Characters: longer names get smaller letters and a second line, because it is their end that tells them apart. */
const longTitle = 48;

export function PageHead({ title, trail, facts, actions, children }: PageHeadProps) {
  return (
    <header className="page-head" data-tabs={children !== undefined}>
      {trail !== undefined && <div className="page-trail">{trail}</div>}
      <div className="page-line">
        <h1 className="page-title selectable" title={title} data-long={title.length > longTitle}>
          {title}
        </h1>
        {actions !== undefined && <div className="page-actions">{actions}</div>}
      </div>
      {facts !== undefined && <div className="page-facts selectable">{facts}</div>}
      {children}
    </header>
  );
}

/** What is below the head. `scroll`: the page scrolls as a whole; otherwise a grid in it does. */
export function PageBody({ children, scroll = false }: { children: ReactNode; scroll?: boolean }) {
  return (
    <div className="page-body" data-scroll={scroll} {...(scroll ? { tabIndex: -1 } : {})}>
      {children}
    </div>
  );
}

export function Panel({ label, children }: { readonly label?: string; readonly children: ReactNode }) {
  return (
    <section className="panel" aria-label={label}>
      {children}
    </section>
  );
}

interface SectionProps {
  readonly title: string;
  readonly aside?: ReactNode;
  readonly children: ReactNode;
}

/** A small capital heading and what belongs to it. */
export function Section({ title, aside, children }: SectionProps) {
  return (
    <section className="section">
      <div className="section-line">
        <h2 className="overline">{title}</h2>
        {aside}
      </div>
      {children}
    </section>
  );
}

interface EmptyProps {
  readonly icon: LucideIcon;
  readonly title: string;
  /** What to do next, in a sentence. */
  readonly children?: ReactNode;
  readonly action?: ReactNode;
}

/** Nothing to show, and the next step. */
export function Empty({ icon: Icon, title, children, action }: EmptyProps) {
  return (
    <div className="empty">
      <Icon className="empty-icon" size={26} strokeWidth={1.5} aria-hidden />
      <h2 className="empty-title">{title}</h2>
      {children !== undefined && <p className="empty-text">{children}</p>}
      {action !== undefined && <div className="empty-action">{action}</div>}
    </div>
  );
}

/** Said while data is on its way. It appears only after 300 ms, so that quick answers do not flicker. */
export function Waiting({ children }: { readonly children: ReactNode }) {
  return (
    <div className="waiting" role="status">
      <span className="waiting-bar" aria-hidden />
      {children}
    </div>
  );
}

interface FactProps {
  readonly name: string;
  readonly children: ReactNode;
}

/** A list of names and values; holds `Fact`s. */
export function Facts({ children }: { readonly children: ReactNode }) {
  return <dl className="facts">{children}</dl>;
}

export function Fact({ name, children }: FactProps) {
  return (
    <div className="fact">
      <dt>{name}</dt>
      <dd className="selectable">{children}</dd>
    </div>
  );
}
