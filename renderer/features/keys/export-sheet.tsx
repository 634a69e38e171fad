/** "Export…": one key in one of four forms, or several as notary's bundle. Main asks for the place. */
import { useState } from 'react';
import type { ExportFormat, KeyRow } from '../../../shared/ipc/keys.ts';
import { countOf } from '../../copy/sizes.ts';
import { ActActions } from '../../ui/act-actions.tsx';
import { CopyText } from '../../ui/clipboard.tsx';
import { Problem } from '../../ui/problem.tsx';
import { Sheet } from '../../ui/sheet.tsx';
import { Section } from '../../ui/surface.tsx';
import { type Choice, ChoiceList } from '../../ui/choice-list.tsx';
import { keyName } from './key-words.ts';
import { type KeysStore, refOf } from './keys-store.ts';
import { useAct } from '../../ui/use-act.ts';

interface ExportSheetProps {
  readonly store: KeysStore;
  readonly keys: readonly KeyRow[];
  readonly onClose: () => void;
}

const formats: readonly Choice<ExportFormat>[] = [
  {
    id: 'bundle',
    label: 'For notary or Trustdesk on another computer',
    note: 'What notary key export writes. The passphrase stays.',
  },
  {
    id: 'stored',
    label: 'The key file as it is',
    note: 'For docker’s trust/private folder. The passphrase stays.',
  },
  {
    id: 'pkcs8',
    label: 'For OpenSSL and other tools',
    note: 'PKCS#8 under the same passphrase, better protected; docker and notary cannot open it.',
  },
  { id: 'public', label: 'Public key', note: 'To be added as a signer. No secret.' },
];

export function ExportSheet({ store, keys, onClose }: ExportSheetProps) {
  const [format, setFormat] = useState<ExportFormat>('bundle');
  const { state, run } = useAct<string>();
  const [only] = keys;
  const isOne = keys.length === 1 && only !== undefined;
  const isRunning = state.kind === 'running';
  const save = (): void => void run(() => store.getState().exportTo(keys.map(refOf), format));
  const what = isOne ? keyName(only) : countOf(keys.length, 'key');
  return (
    <Sheet
      isOpen
      isHeld={isRunning}
      onClose={onClose}
      title={`Export ${what}`}
      purpose={
        isOne
          ? 'Into a new file that only you can read.'
          : 'Into a new file that only you can read, as notary key export writes it. Each keeps its passphrase.'
      }
      actions={<ActActions state={state} onClose={onClose} label="Export…" onAct={save} />}
    >
      {state.kind === 'done' ? (
        <Section title="Written">
          <CopyText text={state.value} what="place" />
        </Section>
      ) : isOne ? (
        <ChoiceList label="Form" choices={formats} value={format} onChange={setFormat} />
      ) : (
        <p>A backup is the safer way to keep keys: it is encrypted as a whole and proven to work.</p>
      )}
      {state.kind === 'failed' && <Problem error={state.error} />}
    </Sheet>
  );
}
