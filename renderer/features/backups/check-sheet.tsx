/** The yearly drill, anywhere: a backup opened from where it lies, or a recovery sheet, and every key in it made to sign. */
import { type ReactNode, useState } from 'react';
import { useStore } from 'zustand';
import type { WireError } from '../../../shared/errors.ts';
import type { Bridge } from '../../../shared/ipc/bridge.ts';
import type { CopyView, DrillView, RestoreSource } from '../../../shared/ipc/backups.ts';
import { isPaper } from '../../../shared/paper-source.ts';
import { isCancelled, toWireError } from '../../copy/error-text.ts';
import { Button } from '../../ui/button.tsx';
import { Problem } from '../../ui/problem.tsx';
import { Sheet } from '../../ui/sheet.tsx';
import type { BackupsStore } from './backups-store.ts';
import { DrillChecks, drillNote } from './drill-checks.tsx';
import { type Chosen, OpenerChoice, openTitles, SourceChoice, sourceOf } from './source-choice.tsx';

interface CheckSheetProps {
  readonly bridge: Bridge;
  readonly store: BackupsStore;
  /** The copy that was chosen in the list. */
  readonly copy: CopyView | undefined;
  /** Opened for a recovery sheet. */
  readonly paper: boolean;
  readonly question: ReactNode;
}

export function CheckSheet({ bridge, store, copy, paper, question }: CheckSheetProps) {
  const { destinations, progress, close } = useStore(store);
  const [chosen, setChosen] = useState<Chosen>(paper ? 'sheet' : 'file');
  const [withShares, setWithShares] = useState(false);
  const [isBusy, setBusy] = useState(false);
  const [error, setError] = useState<WireError>();
  const [drill, setDrill] = useState<DrillView>();
  const source = sourceOf(chosen, copy);
  const run = async (): Promise<void> => {
    setBusy(true);
    setError(undefined);
    try {
      const opener = withShares ? 'shares' : 'typed';
      setDrill(await store.getState().work(() => bridge.backups.check({ source, opener })));
    } catch (thrown) {
      const failure = toWireError(thrown);
      setError(isCancelled(failure) ? undefined : failure);
    }
    setBusy(false);
  };
  const place = isPaper(source) ? 'paper' : 'the drive';
  const label = drill?.label ?? copy?.place.label ?? progress?.label ?? place;
  return (
    <Sheet
      isOpen
      size="wide"
      isHeld={isBusy}
      onClose={() => void close()}
      title={titleOf(source, copy)}
      purpose={drill === undefined ? purposeOf(source) : resultOf(drill)}
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
              {openTitles[source.from] ?? (source.from === 'chosen' ? 'Choose and check…' : 'Check it')}
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
              offersSheet
            />
          )}
          {!isPaper(source) && (copy === undefined || copy.seal === 'passphrase') && (
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
          isPaper={isPaper(source)}
          isBusy={isBusy}
          progress={progress}
          drill={drill}
        />
      )}
      {isBusy && question !== undefined && <div className="ask">{question}</div>}
    </Sheet>
  );
}

function titleOf(source: RestoreSource, copy: CopyView | undefined): string {
  if (copy !== undefined) return `Check the copy on ${copy.place.label}`;
  return isPaper(source) ? 'Try a recovery sheet' : 'Check a backup';
}

function purposeOf(source: RestoreSource): string {
  return isPaper(source)
    ? 'Opens every key on it with its own passphrase. Nothing on this computer is changed.'
    : 'Opens it where it lies and tries every key. Nothing on this computer is changed.';
}

const resultOf = ({ complete }: DrillView): string =>
  complete ? 'It works.' : 'Not every key is proven from it.';
