/** "Name…": what a person calls a token, so that the right one is plugged in. Kept on this computer, not on the token. */
import { type SyntheticEvent, useState } from 'react';
import type { TokenDeviceView } from '../../../shared/ipc/yubikey.ts';
import { Button } from '../../ui/button.tsx';
import { Field } from '../../ui/field.tsx';
import { Problem } from '../../ui/problem.tsx';
import { Sheet } from '../../ui/sheet.tsx';
import { useAct } from '../../ui/use-act.ts';
import type { YubikeyStore } from './yubikey-store.ts';

interface NameSheetProps {
  readonly store: YubikeyStore;
  readonly device: TokenDeviceView;
  readonly onClose: () => void;
}

export function NameSheet({ store, device: { serial, name: old = '' }, onClose }: NameSheetProps) {
  const [name, setName] = useState(old);
  const act = useAct<unknown>();
  const save = (event?: SyntheticEvent): void => {
    event?.preventDefault();
    void act.run(async () => {
      await store.getState().name(serial, name);
      onClose();
    });
  };
  return (
    <Sheet
      isOpen
      size="small"
      onClose={onClose}
      title={`Name token ${serial}`}
      purpose="The name is kept on this computer and stands in every question about the token."
      actions={
        <>
          <Button onPress={onClose}>Cancel</Button>
          <Button tone="primary" isPending={act.state.kind === 'running'} onPress={() => save()}>
            Save name
          </Button>
        </>
      }
    >
      <form onSubmit={save}>
        <Field
          label="Name"
          description="For example what is written on its label: Release key, blue. Empty takes the name away."
          value={name}
          onChange={setName}
          autoFocus
        />
      </form>
      {act.state.kind === 'failed' && <Problem error={act.state.error} />}
    </Sheet>
  );
}
