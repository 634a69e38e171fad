/** The keys of this computer that can be put on a token: which they are, and whether a backup of them is proven. */
import { useId } from 'react';
import type { KeyRow } from '../../../shared/ipc/keys.ts';
import type { TokenSlots } from '../../../shared/ipc/yubikey.ts';
import { countOf } from '../../copy/sizes.ts';
import { keyTitle } from './yubikey-words.ts';

interface OwnKeysProps {
  readonly keys: readonly KeyRow[];
  readonly onToken: TokenSlots;
  readonly chosen: string | undefined;
  readonly onChoose: (id: string) => void;
}

export function OwnKeys({ keys, onToken, chosen, onChoose }: OwnKeysProps) {
  const name = useId();
  if (keys.length === 0) {
    return <p>There is no key file on this computer. Generate a key or import one on the Keys page first.</p>;
  }
  return (
    <fieldset className="fieldset own-keys">
      <legend className="field-label">Key</legend>
      <div className="own-key-list">
        {keys.map((key) => (
          <label key={key.id} className="choice choice-row own-key">
            <input type="radio" name={name} checked={key.id === chosen} onChange={() => onChoose(key.id)} />
            <span className="own-key-text">
              <span className="own-key-line">
                {keyTitle(key)} <span className="mono muted">{key.id.slice(0, 12)}</span>
              </span>
              <span className="choice-note muted">{noteOf(key, onToken)}</span>
            </span>
          </label>
        ))}
      </div>
    </fieldset>
  );
}

function noteOf({ id, gun, usedBy, backup }: KeyRow, { slots }: TokenSlots): string {
  const there = slots.find((slot) => slot.id === id && slot.state !== 'phantom');
  const use =
    gun ?? (usedBy.length === 0 ? undefined : `for ${countOf(usedBy.length, 'repository', 'repositories')}`);
  const copies =
    backup === undefined || backup.provenCopies === 0
      ? 'No proven backup'
      : countOf(backup.provenCopies, 'proven backup');
  const parts = [copies, use, there === undefined ? undefined : `in slot ${there.slot} already`];
  return parts.filter((part) => part !== undefined).join(', ');
}
