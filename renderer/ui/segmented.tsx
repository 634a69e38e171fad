/** One choice out of a few, side by side. */
import { ToggleButton } from 'react-aria-components/ToggleButton';
import { ToggleButtonGroup } from 'react-aria-components/ToggleButtonGroup';
import './segmented.css';

export interface Segment<Id extends string> {
  readonly id: Id;
  readonly label: string;
  /** Shown after the label; absent while unknown. */
  readonly count?: string | undefined;
}

interface SegmentedProps<Id extends string> {
  readonly label: string;
  readonly segments: readonly Segment<Id>[];
  readonly value: Id;
  readonly onChange: (id: Id) => void;
}

export function Segmented<Id extends string>({ label, segments, value, onChange }: SegmentedProps<Id>) {
  return (
    <ToggleButtonGroup
      className="segmented"
      aria-label={label}
      selectionMode="single"
      disallowEmptySelection
      selectedKeys={[value]}
      onSelectionChange={(keys) => {
        const chosen = segments.find(({ id }) => keys.has(id));
        if (chosen !== undefined) onChange(chosen.id);
      }}
    >
      {segments.map(({ id, label: text, count }) => (
        <ToggleButton key={id} id={id} className="segment">
          {text}
          {count !== undefined && <span className="segment-count">{count}</span>}
        </ToggleButton>
      ))}
    </ToggleButtonGroup>
  );
}
