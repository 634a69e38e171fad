/**
 * The recovery sheet: of keys on this computer or, while they are offline, of a copy that is opened for it.
 * SECURITY: main keeps the opened copy; what comes here is its ID and the names of its keys.
 */
import { type ReactNode, useState } from 'react';
import { useStore } from 'zustand';
import type { WireError } from '../../../shared/errors.ts';
import type { Bridge } from '../../../shared/ipc/bridge.ts';
import type { CopyView, KeyName, Overview, SheetCopy } from '../../../shared/ipc/backups.ts';
import { isCancelled, toWireError } from '../../copy/error-text.ts';
import { Banner } from '../../ui/banner.tsx';
import { Button } from '../../ui/button.tsx';
import { Problem } from '../../ui/problem.tsx';
import { Segmented } from '../../ui/segmented.tsx';
import { Sheet } from '../../ui/sheet.tsx';
import { StopOrCancel, WhileOpening } from './while-opening.tsx';
import { copyToPrint } from './backup-words.ts';
import type { BackupsStore } from './backups-store.ts';
import { RecoveryPaper } from './paper.tsx';
import { type Chosen, OpenerChoice, SourceChoice, fileSourceOf } from './source-choice.tsx';

interface PaperSheetProps {
  readonly bridge: Bridge;
  readonly store: BackupsStore;
  readonly canPrint: boolean;
  readonly question: ReactNode;
  readonly overview: Overview;
  /** The copy that was chosen in the list. */
  readonly copy: CopyView | undefined;
  /** Of a key that is kept offline. */
  readonly fromCopy?: boolean | undefined;
}

type Way = 'here' | 'copy';

const ways: readonly { readonly id: Way; readonly label: string }[] = [
  { id: 'here', label: 'Keys on this computer' },
  { id: 'copy', label: 'Keys in a copy' },
];

export function PaperSheet(props: PaperSheetProps) {
  const { overview, copy, fromCopy = false, store } = props;
  const keys = keysToPrint(overview);
  const [way, setWay] = useState<Way>(copy === undefined && keys.length > 0 && !fromCopy ? 'here' : 'copy');
  const [opened, setOpened] = useState<SheetCopy>();
  const close = (): void => void store.getState().close();
  if (opened !== undefined) return <OpenedCopy {...props} opened={opened} onClose={close} />;
  const choice = copy === undefined && keys.length > 0 && (
    <Segmented label="Whose sheet" segments={ways} value={way} onChange={setWay} />
  );
  return way === 'here' ? (
    <OfKeys {...props} keys={keys} onClose={close}>
      {choice}
    </OfKeys>
  ) : (
    <Opening {...props} onOpened={setOpened} onClose={close}>
      {choice}
    </Opening>
  );
}

function keysToPrint({ keys }: Overview): readonly KeyName[] {
  const backedUp = keys.filter(({ copies }) => copies > 0);
  return backedUp.length > 0 ? backedUp : keys.filter(({ role }) => role === 'root');
}

interface OfKeysProps {
  readonly bridge: Bridge;
  readonly canPrint: boolean;
  readonly keys: readonly KeyName[];
  readonly of?: string | undefined;
  readonly onClose: () => void;
  readonly children: ReactNode;
}

function OfKeys({ bridge, canPrint, keys, of, onClose, children }: OfKeysProps) {
  return (
    <Sheet
      isOpen
      size="wide"
      onClose={onClose}
      title="Recovery sheet"
      purpose="For the day when nobody remembers how this was done."
      note="Passphrases are not on it."
      actions={
        <Button tone="primary" onPress={onClose}>
          Done
        </Button>
      }
    >
      {children}
      {keys.length > 0 && <RecoveryPaper calls={bridge.backups} keys={keys} of={of} canPrint={canPrint} />}
    </Sheet>
  );
}

interface OpenedCopyProps extends PaperSheetProps {
  readonly opened: SheetCopy;
  readonly onClose: () => void;
}

function OpenedCopy({ opened, ...props }: OpenedCopyProps) {
  const { id, name, keys, isProven } = opened;
  return (
    <OfKeys {...props} keys={keys} of={id}>
      {keys.length === 0 && <p className="muted">There is no key in the copy to print.</p>}
      {!isProven && (
        <Banner tone="warn" title="Nobody proved this copy from here.">
          A sheet is as good as the copy that it is made of. Check {name}, under Backups.
        </Banner>
      )}
    </OfKeys>
  );
}

interface OpeningProps extends PaperSheetProps {
  readonly onOpened: (opened: SheetCopy) => void;
  readonly onClose: () => void;
  readonly children: ReactNode;
}

function Opening({ bridge, store, copy, question, overview, onOpened, onClose, children }: OpeningProps) {
  const destinations = useStore(store, (screen) => screen.destinations);
  const [chosen, setChosen] = useState<Chosen>(() => copyToPrint(overview)?.id ?? 'file');
  const [withShares, setWithShares] = useState(false);
  const [isBusy, setBusy] = useState(false);
  const [error, setError] = useState<WireError>();
  const known = copy ?? overview.copies.find(({ id }) => id === chosen);
  const open = async (): Promise<void> => {
    setBusy(true);
    setError(undefined);
    try {
      const source = known === undefined ? fileSourceOf(chosen) : ({ from: 'copy', id: known.id } as const);
      const opener = withShares ? 'shares' : 'typed';
      onOpened(await store.getState().work(() => bridge.backups.openForSheet({ source, opener })));
    } catch (thrown) {
      const failure = toWireError(thrown);
      setError(isCancelled(failure) ? undefined : failure);
      setBusy(false);
    }
  };
  return (
    <Sheet
      isOpen
      size="wide"
      isHeld={isBusy}
      onClose={onClose}
      title={copy === undefined ? 'Recovery sheet' : `Recovery sheet of the copy on ${copy.place.label}`}
      purpose="The keys are read out of a copy, as when they are kept offline. Nothing is restored."
      actions={
        <>
          <StopOrCancel isBusy={isBusy} onStop={() => void bridge.backups.stop()} onCancel={onClose} />
          <Button tone="primary" isPending={isBusy} isDisabled={isBusy} onPress={() => void open()}>
            {known === undefined && chosen === 'file' ? 'Choose and open…' : 'Open it'}
          </Button>
        </>
      }
    >
      {error !== undefined && <Problem error={error} />}
      <WhileOpening isBusy={isBusy} doing="Opening the copy" question={question}>
        {children}
        {copy === undefined && (
          <SourceChoice
            calls={bridge.backups}
            destinations={destinations}
            copies={overview.copies}
            value={chosen}
            onChange={setChosen}
            offersSheet={false}
          />
        )}
        {(known === undefined || known.seal === 'passphrase') && (
          <OpenerChoice withShares={withShares} onChange={setWithShares} />
        )}
      </WhileOpening>
    </Sheet>
  );
}
