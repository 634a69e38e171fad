/** Connects to a trust server by naming one image that it signs, and the server where that is not docker's default. */
import { useState } from 'react';
import type { Bridge } from '../../../shared/ipc/bridge.ts';
import { type CodedError, isCancelled, toWireError } from '../../copy/error-text.ts';
import { Button } from '../../ui/button.tsx';
import { Field } from '../../ui/field.tsx';
import { Problem } from '../../ui/problem.tsx';
import { Sheet } from '../../ui/sheet.tsx';

interface ConnectSheetProps {
  readonly bridge: Bridge;
  readonly isOpen: boolean;
  readonly onClose: () => void;
  readonly onConnected: (gun: string) => void;
  readonly onDiagnose: (target: string) => void;
}

/** The registry as it begins an image name; docker.io where a name has none. */
export function registryOf(reference: string): string {
  const [first = '', ...rest] = reference.split('/');
  return rest.length > 0 && (/[.:]/.test(first) || first === 'localhost') ? first : 'docker.io';
}

type Attempt =
  | { readonly kind: 'asking' }
  | { readonly kind: 'connecting' }
  | { readonly kind: 'failed'; readonly error: CodedError };

export function ConnectSheet({ bridge, isOpen, onClose, onConnected, onDiagnose }: ConnectSheetProps) {
  const [reference, setReference] = useState('');
  const [url, setUrl] = useState('');
  const [attempt, setAttempt] = useState<Attempt>({ kind: 'asking' });
  const connect = async (): Promise<void> => {
    setAttempt({ kind: 'connecting' });
    try {
      if (url.trim() !== '')
        await bridge.settings.addServer({ registry: registryOf(reference.trim()), url: url.trim() });
      const [result] = await bridge.repositories.add({ references: [reference.trim()] });
      setAttempt(result?.ok === false ? { kind: 'failed', error: result.error } : { kind: 'asking' });
      if (result?.ok === true) onConnected(result.gun);
    } catch (thrown) {
      const error = toWireError(thrown);
      setAttempt(isCancelled(error) ? { kind: 'asking' } : { kind: 'failed', error });
    }
  };
  return (
    <Sheet
      isOpen={isOpen}
      onClose={onClose}
      title="Connect to a trust server"
      purpose="Name an image whose signatures you want to see. Nothing is changed on the server."
      isHeld={attempt.kind === 'connecting'}
      actions={
        <>
          <Button onPress={onClose}>Cancel</Button>
          <Button
            tone="primary"
            isDisabled={reference.trim() === ''}
            isPending={attempt.kind === 'connecting'}
            onPress={() => void connect()}
          >
            Connect
          </Button>
        </>
      }
    >
      <Field
        label="Image reference"
        placeholder="registry.example.com/acme/app"
        value={reference}
        onChange={setReference}
        mono
        autoFocus
      />
      <Field
        label="Address of the trust server"
        description={`Leave empty to ask ${defaultServer(reference)}, as docker does.`}
        placeholder="https://notary.example.com"
        value={url}
        onChange={setUrl}
        mono
      />
      {attempt.kind === 'failed' && (
        <Problem
          error={attempt.error}
          action={
            <Button size="small" onPress={() => onDiagnose(reference.trim())}>
              Diagnose…
            </Button>
          }
        />
      )}
    </Sheet>
  );
}

function defaultServer(reference: string): string {
  // An address in the place of a name is refused below.
  const isName = reference.trim() !== '' && !reference.includes('://');
  const registry = isName ? registryOf(reference.trim()) : 'the registry';
  return registry === 'docker.io' ? 'notary.docker.io' : registry;
}
