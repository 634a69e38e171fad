/** Short news that need no answer, shown for a moment and read aloud. */
import { CircleAlert, CircleCheck } from 'lucide-react';
import './toast.css';

export interface ToastEntry {
  readonly id: number;
  readonly text: string;
  readonly tone: 'ok' | 'bad';
}

/** The live region is always there: one that appears together with its text is not read. */
export function Toasts({ entries }: { readonly entries: readonly ToastEntry[] }) {
  return (
    <div className="toasts" role="status" aria-live="polite" aria-atomic="false">
      {entries.map(({ id, text, tone }) => (
        <div key={id} className={`toast toast-${tone}`}>
          {tone === 'ok' ? (
            <CircleCheck className="icon" size={16} aria-hidden />
          ) : (
            <CircleAlert className="icon" size={16} aria-hidden />
          )}
          {text}
        </div>
      ))}
    </div>
  );
}
