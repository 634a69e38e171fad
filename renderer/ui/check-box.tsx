/** The tick box of a grid row. In a grid it is no tab stop: the row is ticked with Space. */
import { Check, Minus } from 'lucide-react';
import './check-box.css';

interface CheckBoxProps {
  readonly label: string;
  readonly state: 'none' | 'some' | 'all';
  readonly onToggle: () => void;
  readonly isTabStop?: boolean;
}

export function CheckBox({ label, state, onToggle, isTabStop = false }: CheckBoxProps) {
  return (
    <button
      type="button"
      role="checkbox"
      className="check-box"
      aria-label={label}
      aria-checked={state === 'some' ? 'mixed' : state === 'all'}
      tabIndex={isTabStop ? 0 : -1}
      onClick={(event) => {
        event.stopPropagation();
        if (!event.shiftKey) onToggle();
      }}
      onMouseDown={(event) => {
        // The grid keeps the focus, or the arrows would stop working after a click.
        if (!isTabStop) event.preventDefault();
      }}
    >
      {state === 'all' && <Check size={12} strokeWidth={3} aria-hidden />}
      {state === 'some' && <Minus size={12} strokeWidth={3} aria-hidden />}
    </button>
  );
}
