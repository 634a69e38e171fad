/** Public keys for a delegation: dropped, pasted, or ticked among those that are known here. */
import type { IdentifiedKey } from '../../../shared/ipc/plans.ts';
import { fewNames } from '../../copy/trust-words.ts';
import type { ChosenKeys } from './chosen-keys.ts';
import { KeyDrop } from './dropped-files.tsx';
import { KeyCards } from './key-cards.tsx';
import { KeyTicks } from './key-ticks.tsx';

interface KeyPickerProps {
  readonly chosen: ChosenKeys;
  /** Keys of the repositories that were read. */
  readonly known: readonly IdentifiedKey[];
  /** The role has these already. */
  readonly present?: readonly string[];
}

export function KeyPicker({ chosen, known, present = [] }: KeyPickerProps) {
  const offered = known.filter(({ id }) => !present.includes(id));
  return (
    <>
      <KeyDrop label="Drop a .pub, .pem or .crt here" onKeys={(dropped) => void chosen.take(dropped)} />
      {chosen.results.length > 0 && <KeyCards results={chosen.results} onRemove={chosen.leaveOut} />}
      {offered.length > 0 && (
        <KeyTicks
          label="Or keys that are known here"
          keys={offered.map(({ id, knownAs }) => ({ id, note: knownText(knownAs) }))}
          ticked={chosen.ticked}
          onToggle={chosen.toggle}
        />
      )}
    </>
  );
}

/** `alice of registry.example/app and 2 more`: the shared role of releases says nothing about whose key it is. */
function knownText(knownAs: IdentifiedKey['knownAs']): string {
  const own = knownAs.filter(({ role }) => role !== 'targets/releases');
  const uses = own.length > 0 ? own : knownAs;
  return fewNames(
    uses.map(({ gun, role }) => `${role.slice('targets/'.length)} of ${gun}`),
    1,
  );
}
