/** The yearly drill, anywhere: a backup opened from where it lies, and every key in it made to sign. */
import { type ReactNode, useState } from 'react';
import { useStore } from 'zustand';
import type { WireError } from '../../../shared/errors.ts';
import type { Bridge } from '../../../shared/ipc/bridge.ts';
import type { CopyView, DrillView } from '../../../shared/ipc/backups.ts';
import { isCancelled, toWireError } from '../../copy/error-text.ts';
import { Button } from '../../ui/button.tsx';
import { Problem } from '../../ui/problem.tsx';
import { Sheet } from '../../ui/sheet.tsx';
import type { BackupsStore } from './backups-store.ts';
import { DrillChecks, drillNote } from './drill-checks.tsx';
import { type Chosen, OpenerChoice, SourceChoice, sourceOf } from './source-choice.tsx';

interface CheckSheetProps {
  readonly bridge: Bridge;
  readonly store: BackupsStore;
  /** The copy that was chosen in the list. */
  readonly copy: CopyView | undefined;
  readonly question: ReactNode;
}

export function CheckSheet({ bridge, store, copy, question }: CheckSheetProps) {
  const { destinations, progress, close } = useStore(store);
  const [chosen, setChosen] = useState<Chosen>('file');
  const [withShares, setWithShares] = useState(false);
  const [isBusy, setBusy] = useState(false);
  const [error, setError] = useState<WireError>();
  const [drill, setDrill] = useState<DrillView>();
  const run = async (): Promise<void> => {
    setBusy(true);
    setError(undefined);
    try {
      const source = copy !== undefined ? ({ from: 'copy', id: copy.id } as const) : sourceOf(chosen);
      const opener = withShares ? 'shares' : 'typed';
      setDrill(await store.getState().work(() => bridge.backups.check({ source, opener })));
    } catch (thrown) {
      const failure = toWireError(thrown);
      setError(isCancelled(failure) ? undefined : failure);
    }
    setBusy(false);
  };
  const label = drill?.label ?? copy?.place.label ?? progress?.label ?? 'the drive';
  return (
    <Sheet
      isOpen
      size="wide"
      isHeld={isBusy}
      onClose={() => void close()}
      title={copy === undefined ? 'Check a backup' : `Check the copy on ${copy.place.label}`}
      purpose={
        drill === undefined
          ? 'Opens it where it lies and tries every key. Nothing on this computer is changed.'
          : drill.complete
            ? 'It works.'
            : 'Not every key is proven from it.'
      }
      note={drill === undefined ? undefined : drillNote(drill)}
      actions={
        <>
          {isBusy ? (
            <Button onPress={() => void bridge.backups.stop()}>Stop</Button>
          ) : (
            drill === undefined && <Button onPress={() => void close()}>Cancel</Button>
          )}
          {drill === undefined ? (
            <Button tone="primary" isPending={isBusy} isDisabled={isBusy} onPress={() => void run()}>
              {copy === undefined && chosen === 'file' ? 'Choose and check…' : 'Check it'}
            </Button>
          ) : (
            <Button tone="primary" autoFocus onPress={() => void close()}>
              Done
            </Button>
          )}
        </>
      }
    >
      {error !== undefined && <Problem error={error} />}
      {!isBusy && drill === undefined && (
        <>
          {copy === undefined && (
            <SourceChoice
              calls={bridge.backups}
              destinations={destinations}
              value={chosen}
              onChange={setChosen}
              offersSheet={false}
            />
          )}
          {(copy === undefined || copy.seal === 'passphrase') && (
            <OpenerChoice withShares={withShares} onChange={setWithShares} />
          )}
        </>
      )}
      {(isBusy || drill !== undefined) && (
        <DrillChecks
          label={label}
          file={copy?.name}
          seal={copy?.seal}
          asksReplug={false}
          isBusy={isBusy}
          progress={progress}
          drill={drill}
        />
      )}
      {isBusy && question !== undefined && <div className="ask">{question}</div>}
    </Sheet>
  );
}
