/** "Import keys…": main asks for the files and reads them; every key in them is stored, or refused with the reason. */
import { useState } from 'react';
import type { ImportResult } from '../../../shared/ipc/keys.ts';
import { countOf } from '../../copy/sizes.ts';
import { Banner } from '../../ui/banner.tsx';
import { Button } from '../../ui/button.tsx';
import { Field } from '../../ui/field.tsx';
import { Identifier } from '../../ui/identifier.tsx';
import { Problem, ProblemText } from '../../ui/problem.tsx';
import { Sheet } from '../../ui/sheet.tsx';
import { Status } from '../../ui/status.tsx';
import { keyTitle } from './key-words.ts';
import type { KeysStore } from './keys-store.ts';
import { useAct } from '../../ui/use-act.ts';

interface ImportSheetProps {
  readonly store: KeysStore;
  /** Files were dropped on the page. */
  readonly wasDropped: boolean;
  readonly onClose: () => void;
}

export function ImportSheet({ store, wasDropped, onClose }: ImportSheetProps) {
  const [name, setName] = useState('');
  const [gun, setGun] = useState('');
  const { state, run } = useAct<readonly ImportResult[]>();
  const isRunning = state.kind === 'running';
  const choose = (): void =>
    void run(() =>
      store.getState().importFiles({
        ...(name.trim() === '' ? {} : { name: name.trim() }),
        ...(gun.trim() === '' ? {} : { gun: gun.trim() }),
      }),
    );
  const lacksRepository =
    state.kind === 'done' &&
    state.value.some((one) => !one.ok && one.error.code === 'keystore/needs-repository');
  return (
    <Sheet
      isOpen
      isHeld={isRunning}
      onClose={onClose}
      title="Import keys"
      purpose="From .key, .pem, .p12 and .der files: of docker, notary, OpenSSL and other tools. The files stay where they are."
      actions={
        <>
          <Button onPress={onClose} isDisabled={isRunning}>
            {state.kind === 'done' ? 'Done' : 'Cancel'}
          </Button>
          <Button tone={state.kind === 'done' ? 'normal' : 'primary'} isPending={isRunning} onPress={choose}>
            {state.kind === 'done' ? 'Choose more files…' : 'Choose files…'}
          </Button>
        </>
      }
    >
      {wasDropped && state.kind === 'rest' && (
        <Banner tone="info" title="Dropped files are not read.">
          This window never sees a private key. Choose the same files here instead.
        </Banner>
      )}
      {state.kind === 'done' ? (
        <Results results={state.value} />
      ) : (
        <Field
          label="Name of the signer"
          description="For keys whose file names nobody; “signer” when this is left empty, as in docker."
          value={name}
          onChange={setName}
          mono
        />
      )}
      {lacksRepository && (
        <Field
          label="Repository of the key"
          description="Its file does not say. Name it as docker does, then choose the file again."
          value={gun}
          onChange={setGun}
          placeholder="registry.example.com/team/app"
          mono
        />
      )}
      {state.kind === 'failed' && <Problem error={state.error} />}
    </Sheet>
  );
}

function Results({ results }: { readonly results: readonly ImportResult[] }) {
  const imported = results.filter(({ ok }) => ok).length;
  return (
    <>
      <p role="status">
        {imported === results.length
          ? `${countOf(imported, 'key')} imported.`
          : `${imported} of ${countOf(results.length, 'key')} imported.`}
      </p>
      <ul className="results" aria-label="Files">
        {refusedFirst(results).map((result, at, sorted) => (
          <li key={at} className="result">
            {result.ok ? (
              <>
                <Status tone="ok">{keyTitle(result.key)}</Status>
                <span className="result-text">
                  <Identifier value={result.key.id} /> <span className="muted">{result.key.algorithm}</span>
                </span>
              </>
            ) : (
              <>
                <Status tone="bad">Not imported</Status>
                <span className="result-text">
                  <ProblemText error={result.error} />
                </span>
              </>
            )}
            {sorted[at - 1]?.label !== result.label && (
              <span className="mono muted result-file">{result.label}</span>
            )}
          </li>
        ))}
      </ul>
    </>
  );
}

/** What needs an eye must not be below the fold. */
function refusedFirst(results: readonly ImportResult[]): readonly ImportResult[] {
  return results.toSorted((a, b) => Number(a.ok) - Number(b.ok));
}
