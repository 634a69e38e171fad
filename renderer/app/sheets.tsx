/** The sheets that can be opened from anywhere. */
import { useStore } from 'zustand';
import { ConnectSheet } from '../features/first-run/connect-sheet.tsx';
import { AddSheet } from '../features/repositories/add-sheet.tsx';
import { countOf } from '../copy/sizes.ts';
import type { Stores } from './stores.ts';

export function Sheets({ stores: { app, bridge, repositories, doctor } }: { readonly stores: Stores }) {
  const { sheet, setSheet, go, say } = useStore(app);
  const close = (): void => setSheet(undefined);
  const diagnose = (target: string): void => {
    close();
    doctor.getState().open(target);
  };
  return (
    <>
      <AddSheet
        isOpen={sheet === 'add-repositories'}
        onClose={close}
        onAdd={repositories.getState().add}
        onDiagnose={diagnose}
        onAdded={(gun, count) => {
          say(`Added ${countOf(count, 'repository', 'repositories')}`);
          go(count === 1 ? { screen: 'repository', gun, tab: 'tags' } : { screen: 'repositories' });
        }}
      />
      <ConnectSheet
        bridge={bridge}
        isOpen={sheet === 'connect'}
        onClose={close}
        onDiagnose={diagnose}
        onConnected={(gun) => {
          close();
          void repositories.getState().load();
          go({ screen: 'repository', gun, tab: 'tags' });
        }}
      />
    </>
  );
}
