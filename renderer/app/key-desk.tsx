/** What opens over the window about keys: the sheets of the Keys page, and the guide for lost keys. */
import { useMemo } from 'react';
import { useStore } from 'zustand';
import { KeySheets } from '../features/keys/key-sheets.tsx';
import { LostKeysSheet } from '../features/lost-keys/lost-keys-sheet.tsx';
import { bringBack } from './bring-back.ts';
import { repositoryActs } from './repository-acts.ts';
import type { Stores } from './stores.ts';

export function KeyDesk({ stores }: { readonly stores: Stores }) {
  const { app, keys } = stores;
  const { sheet, say } = useStore(app);
  return (
    <>
      <KeySheets store={keys} say={say} onBackUp={toBackups(stores)} />
      {typeof sheet === 'object' && sheet.kind === 'lost-keys' && (
        <LostKeys key={sheet.gun} stores={stores} gun={sheet.gun} />
      )}
    </>
  );
}

/** Opens the place where backups are made, checked and restored. */
function toBackups({ app }: Stores): () => void {
  return () => {
    app.getState().setSheet(undefined);
    app.getState().go({ screen: 'backups' });
  };
}

function LostKeys({ stores, gun }: { readonly stores: Stores; readonly gun: string | undefined }) {
  const { app, bridge, repositories, keys } = stores;
  const { setSheet } = app.getState();
  const rows = useStore(repositories, (state) => state.rows);
  const guns = useMemo(() => (rows.kind === 'ready' ? rows.value.map((row) => row.gun) : []), [rows]);
  // What is done to a repository is done where its signers or keys can be seen.
  const show = (wanted: string, tab: 'signers' | 'keys' = 'signers'): void =>
    app.getState().go({ screen: 'repository', gun: wanted, tab });
  const ask = useMemo(() => (wanted: string) => bridge.keys.holdings({ gun: wanted }), [bridge]);
  return (
    <LostKeysSheet
      guns={guns}
      gun={gun}
      ask={ask}
      onClose={() => setSheet(undefined)}
      acts={{
        addSigner: (wanted, signer) => {
          show(wanted);
          setSheet({ kind: 'add-signer', gun: wanted, signer });
        },
        removeSigner: (wanted, signer) => {
          setSheet(undefined);
          show(wanted);
          repositoryActs(stores, wanted).removeSigner(signer);
        },
        rotate: (wanted, role) => {
          show(wanted, 'keys');
          setSheet({ kind: 'rotate', gun: wanted, role });
        },
        deleteAll: (wanted) => {
          setSheet(undefined);
          show(wanted, 'keys');
          repositoryActs(stores, wanted).deleteAll();
        },
        generateKey: () => {
          setSheet(undefined);
          keys.getState().begin({ kind: 'generate' });
        },
        restore: toBackups(stores),
        bringBack: (id) => bringBack(stores, id),
      }}
    />
  );
}
