/** "Change passphrase…": of one key, or of all that share the old one. Main asks for both passphrases. */
import { useState } from 'react';
import type { ChangeResult, KeyRow } from '../../../shared/ipc/keys.ts';
import { ActActions } from '../../ui/act-actions.tsx';
import { Problem, ProblemText } from '../../ui/problem.tsx';
import { Sheet } from '../../ui/sheet.tsx';
import { Status } from '../../ui/status.tsx';
import { type Choice, ChoiceList } from '../../ui/choice-list.tsx';
import { keyName, keyTitle } from './key-words.ts';
import { type KeysStore, refOf } from './keys-store.ts';
import { useAct } from '../../ui/use-act.ts';

interface ChangeSheetProps {
  readonly store: KeysStore;
  readonly entry: KeyRow;
  readonly onClose: () => void;
}

type Scope = 'one' | 'shared';

const scopes: readonly Choice<Scope>[] = [
  { id: 'one', label: 'This key only', note: 'All others keep theirs.' },
  {
    id: 'shared',
    label: 'Every key with the same passphrase',
    note: 'Keys with another passphrase are left alone and named.',
  },
];

export function ChangeSheet({ store, entry, onClose }: ChangeSheetProps) {
  const [scope, setScope] = useState<Scope>('one');
  const { state, run } = useAct<readonly ChangeResult[]>();
  const isRunning = state.kind === 'running';
  const change = (): void => void run(() => store.getState().change(refOf(entry), scope === 'shared'));
  return (
    <Sheet
      isOpen
      isHeld={isRunning}
      onClose={onClose}
      title={`Change the passphrase of ${keyName(entry)}`}
      purpose="Backups that were written before keep the passphrase of then."
      actions={<ActActions state={state} onClose={onClose} label="Change…" onAct={change} />}
    >
      {state.kind === 'done' ? (
        <Changes changes={state.value} />
      ) : entry.encrypted ? (
        <ChoiceList label="For" choices={scopes} value={scope} onChange={setScope} />
      ) : (
        <p>This key has no passphrase yet: whoever can read its file can sign with it.</p>
      )}
      {state.kind === 'failed' && <Problem error={state.error} />}
    </Sheet>
  );
}

const words = { changed: 'Changed', other: 'Has another', failed: 'Not changed' } as const;
const tones = { changed: 'ok', other: 'muted', failed: 'bad' } as const;

function Changes({ changes }: { readonly changes: readonly ChangeResult[] }) {
  return (
    <ul className="results" aria-label="Keys">
      {changes.map((change) => (
        <li key={change.id} className="result">
          <Status tone={tones[change.outcome]}>{words[change.outcome]}</Status>
          <span className="result-text">
            {keyTitle(change)} <span className="muted">{change.gun}</span>
            {change.error !== undefined && <ProblemText error={change.error} />}
          </span>
          <span className="mono muted result-file">{change.id.slice(0, 12)}</span>
        </li>
      ))}
    </ul>
  );
}
