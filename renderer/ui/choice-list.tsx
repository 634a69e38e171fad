/** One choice out of a few, each with what it means. */
import type { ReactNode } from 'react';
import { useId } from 'react';
import './choice-list.css';

export interface Choice<Id extends string> {
  readonly id: Id;
  readonly label: string;
  readonly note: ReactNode;
}

interface ChoiceListProps<Id extends string> {
  readonly label: string;
  readonly choices: readonly Choice<Id>[];
  readonly value: Id;
  readonly onChange: (id: Id) => void;
}

export function ChoiceList<Id extends string>({ label, choices, value, onChange }: ChoiceListProps<Id>) {
  const name = useId();
  return (
    <fieldset className="fieldset choice-list">
      <legend className="field-label">{label}</legend>
      {choices.map(({ id, label: text, note }) => (
        <label key={id} className="choice choice-row">
          <input
            type="radio"
            name={name}
            checked={id === value}
            onChange={() => onChange(id)}
            aria-describedby={`${name}-${id}`}
          />
          <span>
            {text}
            <span id={`${name}-${id}`} className="choice-note muted">
              {note}
            </span>
          </span>
        </label>
      ))}
    </fieldset>
  );
}
