/** Where a key goes, and whether it wants a touch. */
import type { TokenDeviceView, TokenSlots, TouchPolicy } from '../../../shared/ipc/yubikey.ts';
import { type Choice, ChoiceList } from '../../ui/choice-list.tsx';
import { slotNote, slotTitle } from './yubikey-words.ts';

interface SlotFieldProps {
  readonly contents: TokenSlots;
  /** undefined: the token numbers its slots itself. */
  readonly value: string | undefined;
  readonly onChange: (slot: string) => void;
}

/** Free slots, and those that are in use: main asks before anything in one of them is lost. */
export function SlotField({ contents: { free, slots }, value, onChange }: SlotFieldProps) {
  if (free.length === 0 && value === undefined) return null;
  const used = slots.find(({ slot }) => slot === value);
  return (
    <div className="field">
      <label className="field">
        <span className="field-label">Slot</span>
        <select
          className="field-entry slot-choice"
          value={value}
          onChange={(event) => onChange(event.target.value)}
        >
          {free.length > 0 && (
            <optgroup label="Free">
              {free.map((slot) => (
                <option key={slot} value={slot}>
                  {slot}, {slotNote(slot)}
                </option>
              ))}
            </optgroup>
          )}
          {slots.length > 0 && (
            <optgroup label="In use">
              {slots.map((entry) => (
                <option key={entry.slot} value={entry.slot}>
                  {entry.slot}, {slotTitle(entry)}
                </option>
              ))}
            </optgroup>
          )}
        </select>
      </label>
      {used !== undefined && used.state !== 'phantom' && (
        <p className="field-error" role="alert">
          Slot {used.slot} is in use. You are asked before anything in it is replaced.
        </p>
      )}
    </div>
  );
}

const touches: readonly Choice<TouchPolicy>[] = [
  { id: 'always', label: 'At every signature', note: 'Nothing is signed unless somebody is at the token.' },
  { id: 'cached', label: 'Once in 15 seconds', note: 'One touch is enough for a release of several roles.' },
  { id: 'never', label: 'Not needed', note: 'The PIN alone is enough while the token is plugged in.' },
];

interface TouchFieldProps {
  readonly device: TokenDeviceView;
  readonly value: TouchPolicy;
  readonly onChange: (touch: TouchPolicy) => void;
}

/** The policy is fixed when the key is put on the token. */
export function TouchField({ device, value, onChange }: TouchFieldProps) {
  if (!device.isPiv) return null;
  if (!device.choosesTouch) {
    return (
      <p className="muted">
        This version of the token library cannot ask for a touch; the PIN is asked for. From version 2.3 on it
        can.
      </p>
    );
  }
  return <ChoiceList label="Touch" choices={touches} value={value} onChange={onChange} />;
}
