/** Fourth step: the copies being written, each with its own result. */
import { placeDoubt } from '../../../shared/place-words.ts';
import type { ReactNode } from 'react';
import type { DestinationView, Progress, Written } from '../../../shared/ipc/backups.ts';
import { sizeText } from '../../copy/sizes.ts';
import { type CheckEntry, CheckList } from '../../ui/check-list.tsx';
import { Problem, ProblemText } from '../../ui/problem.tsx';
import type { WizardState } from './wizard-store.ts';

interface StepWriteProps {
  readonly state: WizardState;
  readonly destinations: readonly DestinationView[];
  readonly progress: Progress | undefined;
  readonly question: ReactNode;
}

export function StepWrite({ state, destinations, progress, question }: StepWriteProps) {
  const { error, results, isBusy } = state;
  const entries = [
    sealEntry(state, progress),
    ...results.map(resultEntry),
    ...waitingPlaces(state, destinations).map((place) => placeEntry(place, progress, isBusy)),
  ];
  return (
    <>
      {error !== undefined && <Problem error={error} />}
      {isBusy && question !== undefined ? (
        // Alone, so that all of it fits into the smallest window.
        <div className="ask">{question}</div>
      ) : (
        <CheckList label="Writing" entries={entries} />
      )}
    </>
  );
}

function sealEntry({ results, isBusy, seal }: WizardState, progress: Progress | undefined): CheckEntry {
  const isSealed = results.length > 0 || progress?.step === 'writing';
  const text = { collecting: 'Reading the keys', asking: 'Waiting for the passphrase', sealing: 'Sealing' };
  const step = progress?.step;
  const now = step === 'collecting' || step === 'asking' || step === 'sealing' ? text[step] : undefined;
  return {
    id: 'seal',
    title: seal === 'plain' ? 'Keys packed' : 'Keys packed and sealed',
    state: isSealed ? 'ok' : isBusy ? 'running' : 'waiting',
    children: !isSealed && isBusy && now !== undefined && <p className="muted">{now}</p>,
  };
}

function resultEntry(result: Written): CheckEntry {
  if (!result.ok) {
    return {
      id: result.to,
      title: `Not written to ${result.label}`,
      state: 'failed',
      children: <ProblemText error={result.error} />,
    };
  }
  const { name, size, place } = result.copy;
  return {
    id: result.to,
    title: `Written to ${place.label}`,
    state: 'ok',
    children: (
      <p className="muted">
        <span className="mono selectable">{name}</span>, {sizeText(size)}
        {place.medium === undefined ? ', flushed to the device' : `, ${placeDoubt(place.medium)}`}
      </p>
    ),
  };
}

function waitingPlaces({ places, results }: WizardState, destinations: readonly DestinationView[]) {
  const done = new Set(results.map(({ to }) => to));
  return places
    .filter((id) => !done.has(id))
    .map((id) => ({ id, label: destinations.find((place) => place.id === id)?.label ?? id }));
}

function placeEntry(
  { id, label }: { readonly id: string; readonly label: string },
  progress: Progress | undefined,
  isBusy: boolean,
): CheckEntry {
  const isNow = isBusy && progress?.step === 'writing' && (progress.label ?? '').endsWith(label);
  return {
    id,
    title: isNow ? `Writing to ${label}` : `Copy to ${label}`,
    state: isNow ? 'running' : 'waiting',
  };
}
