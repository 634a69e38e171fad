/** A tick box for all rows of a grid, and the mark that shows a row's own state: rows are ticked by the grid. */
import { Check, Minus } from 'lucide-react';
import './check-box.css';

type TickState = 'none' | 'some' | 'all';

export function CheckMark({ state }: { readonly state: TickState }) {
  return (
    <span className="check-box" data-state={state} aria-hidden>
      {state === 'all' && <Check size={12} strokeWidth={3} />}
      {state === 'some' && <Minus size={12} strokeWidth={3} />}
    </span>
  );
}

interface CheckBoxProps {
  readonly label: string;
  readonly state: TickState;
  readonly onToggle: () => void;
}

export function CheckBox({ label, state, onToggle }: CheckBoxProps) {
  return (
    <button
      type="button"
      role="checkbox"
      className="check-all"
      aria-label={label}
      aria-checked={state === 'some' ? 'mixed' : state === 'all'}
      onClick={onToggle}
    >
      <CheckMark state={state} />
    </button>
  );
}
