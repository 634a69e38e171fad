/** Keys to tick, each with what it is. Shows only. */

interface KeyTicksProps {
  readonly label: string;
  readonly keys: readonly { readonly id: string; readonly note: string }[];
  readonly ticked: ReadonlySet<string>;
  readonly onToggle: (id: string) => void;
}

export function KeyTicks({ label, keys, ticked, onToggle }: KeyTicksProps) {
  return (
    <fieldset className="fieldset">
      <legend className="field-label tick-legend">{label}</legend>
      <ul className="tick-list">
        {keys.map(({ id, note }) => (
          <li key={id}>
            <label className="tick-row">
              <input type="checkbox" checked={ticked.has(id)} onChange={() => onToggle(id)} />
              <span className="mono" title={id}>
                {id.slice(0, 12)}
              </span>
              <span className="muted tick-note truncate" title={note}>
                {note}
              </span>
            </label>
          </li>
        ))}
      </ul>
    </fieldset>
  );
}
