/** Says which trust server serves a registry. The address is judged and confirmed by the privileged side. */
import { useState } from 'react';
import { Button } from '../../ui/button.tsx';
import { Field } from '../../ui/field.tsx';
import { ProblemText } from '../../ui/problem.tsx';
import { Sheet } from '../../ui/sheet.tsx';
import type { SettingsState } from './settings-store.ts';

interface AddServerSheetProps {
  readonly isOpen: boolean;
  readonly state: SettingsState;
  readonly onClose: () => void;
}

export function AddServerSheet({ isOpen, state, onClose }: AddServerSheetProps) {
  const [registry, setRegistry] = useState('');
  const [url, setUrl] = useState('https://');
  const [pending, setPending] = useState(false);
  const close = (): void => {
    state.clearFailure();
    onClose();
  };
  const add = async (): Promise<void> => {
    setPending(true);
    const done = await state.addServer({ registry: registry.trim() || '*', url: url.trim() });
    setPending(false);
    if (!done) return;
    setRegistry('');
    setUrl('https://');
    close();
  };
  return (
    <Sheet
      isOpen={isOpen}
      onClose={close}
      title="Add trust server"
      purpose="Signed tags of this registry are then read from, and later published to, this server."
      isHeld={pending}
      actions={
        <>
          <Button onPress={close}>Cancel</Button>
          <Button
            tone="primary"
            isDisabled={!/^https?:\/\/./.test(url.trim())}
            isPending={pending}
            onPress={() => void add()}
          >
            Add…
          </Button>
        </>
      }
    >
      <Field
        label="Registry"
        description="As it begins your image names, with its port if it has one. Leave empty for all other registries."
        placeholder="registry.example.com:5000"
        value={registry}
        onChange={setRegistry}
        mono
        autoFocus
      />
      <Field
        label="Address of the trust server"
        description="Begins with https://. Plain http is accepted for this computer itself only."
        value={url}
        onChange={setUrl}
        mono
      />
      {state.failure !== undefined && <ProblemText error={state.failure} />}
    </Sheet>
  );
}
