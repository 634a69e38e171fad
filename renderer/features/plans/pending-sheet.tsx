/** Changes staged with notary on this computer: shown as such, never dropped, published only when included. */
import { Inbox } from 'lucide-react';
import { useEffect } from 'react';
import { useStore } from 'zustand';
import { Button } from '../../ui/button.tsx';
import { Problem } from '../../ui/problem.tsx';
import { Sheet } from '../../ui/sheet.tsx';
import { Empty, Section, Waiting } from '../../ui/surface.tsx';
import type { PlanStore, StagedChange } from './plan-store.ts';

interface PendingSheetProps {
  readonly store: PlanStore;
  readonly isOpen: boolean;
  readonly onClose: () => void;
}

export function PendingSheet({ store, isOpen, onClose }: PendingSheetProps) {
  const { staged, loadStaged, make } = useStore(store);
  useEffect(() => {
    if (isOpen) void loadStaged();
  }, [isOpen, loadStaged]);
  const publish = (gun: string): void => {
    onClose();
    void make('Publish staged changes', (plans) => plans.staged({ gun }));
  };
  return (
    <Sheet
      isOpen={isOpen}
      onClose={onClose}
      title="Pending changes"
      purpose="Staged with notary and not published yet. They stay until you publish them or drop them with notary."
      actions={<Button onPress={onClose}>Close</Button>}
    >
      {staged.kind === 'failed' && <Problem error={staged.error} />}
      {(staged.kind === 'idle' || staged.kind === 'loading') && <Waiting>Looking for staged changes</Waiting>}
      {staged.kind === 'ready' && staged.value.length === 0 && (
        <Empty icon={Inbox} title="Nothing is pending">
          What is staged with notary appears here by itself.
        </Empty>
      )}
      {staged.kind === 'ready' &&
        [...groupByRepository(staged.value)].map(([gun, changes]) => (
          <Section
            key={gun}
            title={gun}
            aside={
              <Button size="small" onPress={() => publish(gun)}>
                Review and publish…
              </Button>
            }
          >
            <ul className="plan-list">
              {changes.map((change) => (
                <li key={change.file} className="plan-row">
                  <span className="mono" aria-hidden>
                    {change.action === 'delete' ? '−' : change.action === 'update' ? '~' : '+'}
                  </span>
                  <span className="mono plan-name truncate">
                    {change.path === '' ? change.role : change.path}
                  </span>
                  <span className="muted">
                    {change.action} {change.type} in <span className="mono">{change.role}</span>
                  </span>
                </li>
              ))}
            </ul>
          </Section>
        ))}
    </Sheet>
  );
}

function groupByRepository(changes: readonly StagedChange[]): ReadonlyMap<string, readonly StagedChange[]> {
  const groups = new Map<string, StagedChange[]>();
  for (const change of changes) groups.set(change.gun, [...(groups.get(change.gun) ?? []), change]);
  return groups;
}
