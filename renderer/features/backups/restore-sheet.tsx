/** Bringing a backup back: opened, shown item by item with what is in the way, and only what was chosen is written. */
import { type ReactNode, useState } from 'react';
import { useStore } from 'zustand';
import type { Bridge } from '../../../shared/ipc/bridge.ts';
import type { CopyView, RestoreItemView, RestorePlan } from '../../../shared/ipc/backups.ts';
import { isPaper } from '../../../shared/paper-source.ts';
import { countOf } from '../../copy/sizes.ts';
import { dayText } from '../../copy/times.ts';
import { Banner } from '../../ui/banner.tsx';
import { Button } from '../../ui/button.tsx';
import { Problem } from '../../ui/problem.tsx';
import { Sheet } from '../../ui/sheet.tsx';
import { Status } from '../../ui/status.tsx';
import { StopOrCancel, WhileOpening } from './while-opening.tsx';
import type { StateWords } from './backup-words.ts';
import type { BackupsStore } from './backups-store.ts';
import { createRestoreStore, isChoosable, type RestoreState } from './restore-store.ts';
import { ItemTitle, RestoreResults } from './restore-results.tsx';
import { type Chosen, OpenerChoice, openTitles, SourceChoice, sourceOf } from './source-choice.tsx';

interface RestoreSheetProps {
  readonly bridge: Bridge;
  readonly store: BackupsStore;
  readonly copy: CopyView | undefined;
  readonly question: ReactNode;
}

export function RestoreSheet(props: RestoreSheetProps) {
  const { bridge, store } = props;
  const [restoring] = useState(() => createRestoreStore(bridge, store));
  const state = useStore(restoring);
  const close = (): void => void store.getState().close();
  if (state.results !== undefined && state.plan !== undefined) {
    return <RestoreResults plan={state.plan} results={state.results} onClose={close} />;
  }
  if (state.plan !== undefined) {
    const stop = (): void => void bridge.backups.stop();
    const { question } = props;
    return <Choosing state={state} plan={state.plan} question={question} onStop={stop} onClose={close} />;
  }
  return <Opening {...props} state={state} onClose={close} />;
}

interface OpeningProps extends RestoreSheetProps {
  readonly state: RestoreState;
  readonly onClose: () => void;
}

function Opening({ bridge, store, copy, question, state, onClose }: OpeningProps) {
  const destinations = useStore(store, (screen) => screen.destinations);
  const [chosen, setChosen] = useState<Chosen>('file');
  const [withShares, setWithShares] = useState(false);
  const { isBusy, error, open } = state;
  const source = sourceOf(chosen, copy);
  return (
    <Sheet
      isOpen
      size="wide"
      isHeld={isBusy}
      onClose={onClose}
      title={copy === undefined ? 'Restore' : `Restore from ${copy.place.label}`}
      purpose="Shows what is in the backup first. Nothing is overwritten unless you say so."
      actions={
        <>
          <StopOrCancel isBusy={isBusy} onStop={() => void bridge.backups.stop()} onCancel={onClose} />
          <Button
            tone="primary"
            isPending={isBusy}
            isDisabled={isBusy}
            onPress={() => void open(source, withShares ? 'shares' : 'typed')}
          >
            {openTitles[source.from] ?? (source.from === 'chosen' ? 'Choose and open…' : 'Open it')}
          </Button>
        </>
      }
    >
      {error !== undefined && <Problem error={error} />}
      <WhileOpening isBusy={isBusy} doing="Opening the backup" question={question}>
        {copy === undefined && (
          <SourceChoice
            calls={bridge.backups}
            destinations={destinations}
            value={chosen}
            onChange={setChosen}
            offersSheet
          />
        )}
        {!isPaper(source) && <OpenerChoice withShares={withShares} onChange={setWithShares} />}
      </WhileOpening>
    </Sheet>
  );
}

interface ChoosingProps {
  readonly state: RestoreState;
  readonly plan: RestorePlan;
  /** For the passphrase of a key from a recovery sheet. */
  readonly question: ReactNode;
  readonly onStop: () => void;
  readonly onClose: () => void;
}

function Choosing({ state, plan, question, onStop, onClose }: ChoosingProps) {
  const { chosen, replacing, error, isBusy, restore } = state;
  const made = plan.created === undefined ? '' : `, written ${dayText(plan.created)}`;
  return (
    <Sheet
      isOpen
      size="wide"
      isHeld={isBusy}
      onClose={onClose}
      title="What to bring back"
      purpose={
        <>
          <span className="mono selectable">{plan.name}</span>
          {made}
        </>
      }
      note={
        replacing.size > 0
          ? `${countOf(replacing.size, 'item')} on this computer will be replaced.`
          : 'What is here already stays as it is.'
      }
      actions={
        <>
          <StopOrCancel isBusy={isBusy} onStop={onStop} onCancel={onClose} />
          <Button
            tone={replacing.size > 0 ? 'danger' : 'primary'}
            isDisabled={chosen.size === 0}
            isPending={isBusy}
            onPress={() => void restore()}
          >
            {replacing.size > 0
              ? `Restore ${chosen.size}, replacing ${replacing.size}`
              : chosen.size === 0
                ? 'Restore'
                : `Restore ${countOf(chosen.size, 'item')}`}
          </Button>
        </>
      }
    >
      {error !== undefined && <Problem error={error} />}
      {plan.problems.length > 0 && (
        <Banner tone="bad" title="This backup is not as it was written.">
          {plan.problems.join('; ')}
        </Banner>
      )}
      {isBusy && question !== undefined ? (
        <div className="ask">{question}</div>
      ) : (
        <ul className="restore-items" aria-label="In the backup">
          {plan.items.map((item) => (
            <Item key={item.id} item={item} state={state} />
          ))}
        </ul>
      )}
    </Sheet>
  );
}

const states: Readonly<Record<RestoreItemView['state'], StateWords>> = {
  new: { tone: 'ok', text: 'Not here yet' },
  identical: { tone: 'muted', text: 'Here already, the same' },
  different: { tone: 'warn', text: 'Here already, different' },
  blocked: { tone: 'bad', text: 'Something else is in its place' },
};

function Item({ item, state }: { readonly item: RestoreItemView; readonly state: RestoreState }) {
  const { chosen, replacing, toggle } = state;
  const { tone, text } = states[item.state];
  return (
    <li>
      <label className="restore-item" data-on={chosen.has(item.id)}>
        <input
          type="checkbox"
          checked={chosen.has(item.id)}
          disabled={!isChoosable(item)}
          onChange={() => toggle(item)}
        />
        <span className="restore-text">
          <ItemTitle item={item} />
          <span className="mono muted truncate" title={item.target}>
            {item.key?.id ?? (item.kind === 'metadata' ? countOf(item.count, 'file') : item.target)}
          </span>
        </span>
        <Status tone={tone}>{replacing.has(item.id) ? 'Will be replaced' : text}</Status>
      </label>
    </li>
  );
}
