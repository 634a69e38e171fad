/** The tabs of a page: the bar sits in the page's head, the panes fill what is below. */
import type { ReactNode } from 'react';
import { Tab as AriaTab, TabList, TabPanel } from 'react-aria-components/Tabs';
import './tabs.css';

export interface TabEntry<Id extends string> {
  readonly id: Id;
  readonly label: string;
  readonly count?: string | undefined;
}

interface TabBarProps<Id extends string> {
  readonly label: string;
  readonly entries: readonly TabEntry<Id>[];
}

/** Must stand inside react-aria's `Tabs`, as must its panes. */
export function TabBar<Id extends string>({ label, entries }: TabBarProps<Id>) {
  return (
    <TabList aria-label={label} className="tab-bar">
      {entries.map(({ id, label: text, count }) => (
        <AriaTab key={id} id={id} className="tab">
          {text}
          {count !== undefined && <span className="tab-count">{count}</span>}
        </AriaTab>
      ))}
    </TabList>
  );
}

interface TabPaneProps {
  readonly id: string;
  readonly children: ReactNode;
}

export function TabPane({ id, children }: TabPaneProps) {
  return (
    <TabPanel id={id} className="tab-pane">
      {children}
    </TabPanel>
  );
}
