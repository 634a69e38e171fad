/** What opens over the screen, from the list, the command palette or a key: wizard, check, restore, paper, shares. */
import { type ReactNode, useState } from 'react';
import { useStore } from 'zustand';
import type { Bridge } from '../../../shared/ipc/bridge.ts';
import type { Overview } from '../../../shared/ipc/backups.ts';
import { Button } from '../../ui/button.tsx';
import { Sheet } from '../../ui/sheet.tsx';
import { BackupWizard } from './backup-wizard.tsx';
import type { BackupsStore } from './backups-store.ts';
import { CheckSheet } from './check-sheet.tsx';
import { PaperSheet } from './paper-sheet.tsx';
import { Pick, PickGroup } from './pick.tsx';
import { RestoreSheet } from './restore-sheet.tsx';
import { ShareForm } from './shares.tsx';
import './backups.css';

interface BackupSheetsProps {
  readonly bridge: Bridge;
  readonly store: BackupsStore;
  readonly canPrint: boolean;
  /** The passphrase or share that main asks for, shown in the sheet that needs it. */
  readonly question: ReactNode;
}

const nothing: Overview = {
  copies: [],
  keys: [],
  offline: [],
  interrupted: [],
  unreadable: [],
  repositories: [],
  proven: [],
};

export function BackupSheets(props: BackupSheetsProps) {
  const { sheet, overview: loaded } = useStore(props.store);
  const overview = loaded.kind === 'ready' ? loaded.value : nothing;
  const copyOf = (id: string | undefined) => overview.copies.find((copy) => copy.id === id);
  switch (sheet.kind) {
    case 'none':
      return null;
    case 'wizard':
      return <BackupWizard {...props} overview={overview} />;
    case 'check':
      return <CheckSheet {...props} copy={copyOf(sheet.copy)} paper={sheet.paper === true} />;
    case 'restore':
      return <RestoreSheet {...props} copy={copyOf(sheet.copy)} />;
    case 'sheet':
      return (
        <PaperSheet {...props} overview={overview} copy={copyOf(sheet.copy)} fromCopy={sheet.fromCopy} />
      );
    case 'shares':
      return <SharesSheet {...props} overview={overview} copy={sheet.copy} />;
  }
}

interface OfOverview extends BackupSheetsProps {
  readonly overview: Overview;
}

function SharesSheet(props: OfOverview & { readonly copy: string | undefined }) {
  const { bridge, store, canPrint, question, overview } = props;
  const close = (): void => void store.getState().close();
  const sealed = overview.copies.filter(({ seal }) => seal === 'passphrase');
  const [copy, setCopy] = useState(props.copy ?? sealed[0]?.id);
  const isWorking = useStore(store, (state) => state.isWorking);
  return (
    <Sheet
      isOpen
      size="wide"
      isHeld={isWorking}
      onClose={close}
      title="Split the passphrase"
      purpose="Among people who only together can open the backup."
      actions={
        <Button tone="primary" isDisabled={isWorking} onPress={close}>
          Done
        </Button>
      }
    >
      {sealed.length > 1 && (
        <PickGroup label="The backup">
          {sealed.map(({ id, name, place }) => (
            <Pick
              key={id}
              name="copy"
              type="radio"
              title={place.label}
              isOn={id === copy}
              onChange={() => setCopy(id)}
            >
              <span className="mono">{name}</span>
            </Pick>
          ))}
        </PickGroup>
      )}
      {copy === undefined ? (
        <p className="muted">No backup with a passphrase is known here.</p>
      ) : (
        <ShareForm calls={bridge.backups} store={store} copy={copy} canPrint={canPrint} question={question} />
      )}
    </Sheet>
  );
}
