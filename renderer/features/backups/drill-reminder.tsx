/** One quiet line above the repositories when the copies of a key should be checked again. It leads to Backups. */
import { ShieldCheck } from 'lucide-react';
import { useStore } from 'zustand';
import { drillReminder } from '../../../shared/copy-standing.ts';
import { dayText } from '../../copy/times.ts';
import { Button } from '../../ui/button.tsx';
import { useNow } from '../../ui/use-now.ts';
import type { BackupsStore } from './backups-store.ts';
import './backups.css';

interface DrillReminderProps {
  readonly store: BackupsStore;
  readonly onShow: () => void;
}

export function DrillReminder({ store, onShow }: DrillReminderProps) {
  const overview = useStore(store, (state) => state.overview);
  const now = useNow();
  const text = overview.kind === 'ready' ? drillReminder(overview.value.proven, now, dayText) : undefined;
  if (text === undefined) return null;
  return (
    <p className="drill-reminder">
      <ShieldCheck className="icon muted" size={15} aria-hidden />
      <span>{text}</span>
      <Button size="small" tone="quiet" onPress={onShow}>
        Backups
      </Button>
    </p>
  );
}
