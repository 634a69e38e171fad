/** The sheets that can be opened from anywhere. */
import { useStore } from 'zustand';
import { ConnectSheet } from '../features/first-run/connect-sheet.tsx';
import { AddSheet } from '../features/repositories/add-sheet.tsx';
import type { DroppedKey } from '../features/plans/dropped-files.tsx';
import { AddSignerSheet } from '../features/plans/add-signer-sheet.tsx';
import { PendingSheet } from '../features/plans/pending-sheet.tsx';
import { WhoSheet } from '../features/plans/who-sheet.tsx';
import { YubikeySheets } from '../features/yubikey/yubikey-sheets.tsx';
import { SignTags } from './sign-tags.tsx';
import { isWithoutTrustData } from '../copy/trust-words.ts';
import { countOf } from '../copy/sizes.ts';
import { DelegationSheets } from './delegation-sheets.tsx';
import { Administration } from './administration.tsx';
import { KeyDesk } from './key-desk.tsx';
import type { Stores } from './stores.ts';

export function Sheets({ stores }: { readonly stores: Stores }) {
  const { app, bridge, repositories, doctor, plans } = stores;
  const identify = (keys: readonly DroppedKey[]) => bridge.plans.identifyKeys({ keys: [...keys] });
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
      <PendingSheet store={plans} isOpen={sheet === 'pending'} onClose={close} />
      <KeyDesk stores={stores} />
      <YubikeySheets store={stores.yubikey} onBackUp={() => go({ screen: 'backups' })} />
      <WhoSheet isOpen={sheet === 'who'} identify={identify} onClose={close} />
      <Administration stores={stores} />
      <DelegationSheets stores={stores} />
      {typeof sheet === 'object' && sheet.kind === 'sign' && (
        <SignTags stores={stores} gun={sheet.gun} chosen={sheet.chosen} onClose={close} />
      )}
      {typeof sheet === 'object' && sheet.kind === 'add-signer' && (
        <AddSignerSheet
          isOpen
          gun={sheet.gun}
          signer={sheet.signer}
          existing={signersOf(stores, sheet.gun)}
          isKeyHere={administersHere(stores, sheet.gun)}
          identify={identify}
          onClose={close}
          onAdd={(wish) => {
            close();
            void plans
              .getState()
              .make(`Add signer ${wish.name}`, (calls, { rootKey }) =>
                calls.addSigner({ ...wish, ...(rootKey === undefined ? {} : { rootKey }) }),
              );
          }}
        />
      )}
    </>
  );
}

/** A repository that is not there yet gets its keys here. */
function administersHere(stores: Stores, gun: string): boolean {
  const { detail } = stores.repository(gun).getState();
  return (
    detail.kind !== 'ready' || isWithoutTrustData(detail.value.row) || detail.value.row.abilities.administer
  );
}

function signersOf(stores: Stores, gun: string): readonly string[] {
  const { detail } = stores.repository(gun).getState();
  return detail.kind === 'ready' ? detail.value.signers.map(({ name }) => name) : [];
}
