/** Keys to tick, each with what it is. Shows only. */

interface KeyTick {
  readonly id: string;
  /** Whose it is, where that is known. */
  readonly owner?: string | undefined;
  readonly note: string;
}

interface KeyTicksProps {
  readonly label: string;
  readonly keys: readonly KeyTick[];
  readonly ticked: ReadonlySet<string>;
  readonly onToggle: (id: string) => void;
}

export function KeyTicks({ label, keys, ticked, onToggle }: KeyTicksProps) {
  return (
    <fieldset className="fieldset">
      <legend className="field-label tick-legend">{label}</legend>
      <ul className="tick-list">
        {keys.map(({ id, owner, note }) => (
          <li key={id}>
            <label className="tick-row">
              <input type="checkbox" checked={ticked.has(id)} onChange={() => onToggle(id)} />
              {owner !== undefined && (
                <span className="tick-owner truncate" title={owner}>
                  {owner}
                </span>
              )}
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
