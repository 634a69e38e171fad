/** The backup wizard: from "what" to two proven copies, a sheet of paper, and a root key that is nowhere online. */
import { type ReactNode, useState } from 'react';
import { useStore } from 'zustand';
import type { Bridge } from '../../../shared/ipc/bridge.ts';
import type { CopyView, Overview } from '../../../shared/ipc/backups.ts';
import { Wizard, type WizardStep } from '../../ui/wizard.tsx';
import type { BackupsState, BackupsStore } from './backups-store.ts';
import { drillNote } from './drill-checks.tsx';
import { chosenKeys } from './key-choice.ts';
import { RecoveryPaper } from './paper.tsx';
import { ShareForm } from './shares.tsx';
import { StepOffline } from './step-offline.tsx';
import { isProtected, StepProtect } from './step-protect.tsx';
import { StepProve } from './step-prove.tsx';
import { StepWhat } from './step-what.tsx';
import { placesNote, StepWhere } from './step-where.tsx';
import { StepWrite } from './step-write.tsx';
import { copiesOf, createWizardStore, type WizardState, wizardSteps } from './wizard-store.ts';

interface BackupWizardProps {
  readonly bridge: Bridge;
  readonly store: BackupsStore;
  readonly overview: Overview;
  readonly canPrint: boolean;
  /** What main asks while it works, in place. */
  readonly question: ReactNode;
}

interface Parts extends BackupWizardProps {
  readonly state: WizardState;
  readonly screen: BackupsState;
}

export function BackupWizard(props: BackupWizardProps) {
  const { bridge, store } = props;
  const [wizard] = useState(() => createWizardStore(bridge, store));
  const [state, screen] = [useStore(wizard), useStore(store)];
  const parts: Parts = { ...props, state, screen };
  const steps = wizardSteps.map((id) => stepOf[id](parts));
  return (
    <Wizard
      isOpen
      label="Backup"
      steps={steps}
      current={state.step}
      onStep={state.goTo}
      onContinue={() => void goOn(parts)}
      onClose={() => void screen.close()}
      {...(state.isBusy ? { onStop: () => void state.stop() } : {})}
    />
  );
}

/** What Continue does in each step. */
async function goOn({ state, overview, screen }: Parts): Promise<void> {
  const id = wizardSteps[state.step];
  const copies = copiesOf(state);
  if (id === 'protect') return state.write(overview);
  if (id === 'write' && copies.length === 0) return state.write(overview);
  if (id === 'prove') {
    const copy = copies[state.at];
    if (copy !== undefined && !state.drills.has(copy.id)) return state.prove(copy.place.kind === 'drive');
    if (state.at + 1 < copies.length) {
      state.nextCopy();
      return;
    }
  }
  if (id === 'offline') await screen.close();
  else state.goTo(state.step + 1);
}

const stepOf: Readonly<Record<(typeof wizardSteps)[number], (parts: Parts) => WizardStep>> = {
  what: ({ state, overview }) => ({
    title: 'Back up keys',
    purpose: 'What should come back if this computer does not.',
    content: <StepWhat state={state} overview={overview} />,
    isReady: chosenKeys(overview, state.what, state.guns).length > 0,
  }),
  where: ({ state, screen }) => ({
    title: 'Where to',
    purpose: 'Two copies, kept at two different places.',
    content: <StepWhere state={state} destinations={screen.destinations} error={state.error} />,
    note: placesNote(screen.destinations.filter(({ id }) => state.places.includes(id))),
    isReady: placesThere(state, screen).length > 0,
  }),
  protect: ({ state, screen }) => ({
    title: 'How it is protected',
    purpose: 'Drives get lost. What is on them should tell nobody anything.',
    content: <StepProtect state={state} />,
    continueLabel: writeLabel(placesThere(state, screen).length),
    isReady: isProtected(state),
  }),
  write: writeStep,
  prove: proveStep,
  sheet: sheetStep,
  offline: ({ state, screen, overview }) => ({
    title: 'Take the root key offline',
    purpose: 'Optional. It can be done later under Backups.',
    content: (
      <StepOffline
        keys={keysHere(overview, copiesOf(state)[0])}
        gone={goneCount(overview, copiesOf(state)[0])}
        error={screen.error}
        onTakeOffline={(id) => void screen.takeOffline(id)}
      />
    ),
    continueLabel: 'Done',
    isReady: true,
  }),
};

function placesThere({ places }: WizardState, { destinations }: BackupsState): readonly string[] {
  return places.filter((id) => destinations.some((place) => place.id === id));
}

function writeLabel(places: number): string {
  return places === 1 ? 'Write the copy' : `Write ${places} copies`;
}

/** What may be done about the copies: another place for one that failed, or for the second one. */
function writeNote(copies: number, hasFailed: boolean): string | undefined {
  if (copies === 0) return undefined;
  if (hasFailed) return 'Go back to choose another place for the one that failed.';
  return copies === 1 ? 'Go back to write a second copy to another place.' : undefined;
}

function writeStep({ state, screen, question }: Parts): WizardStep {
  const copies = copiesOf(state);
  const hasFailed = state.results.some(({ ok }) => !ok);
  return {
    title: copies.length > 0 && !state.isBusy ? 'Written' : 'Write the copies',
    purpose: state.isBusy
      ? 'Each copy is written whole or not at all.'
      : copies.length > 0
        ? 'Written, and not proven yet.'
        : 'Nothing was written.',
    content: (
      <StepWrite
        state={state}
        destinations={screen.destinations}
        progress={screen.progress}
        question={question}
      />
    ),
    note: state.isBusy ? undefined : writeNote(copies.length, hasFailed),
    continueLabel: copies.length === 0 && !state.isBusy ? 'Try again' : 'Prove it',
    isReady: !state.isBusy,
    isPending: state.isBusy,
    canGoBack: !state.isBusy,
  };
}

function proveStep({ state, screen, overview, question }: Parts): WizardStep {
  const copies = copiesOf(state);
  const copy = copies[state.at];
  if (copy === undefined) return { title: '', purpose: '', content: undefined, isReady: false };
  const drill = state.drills.get(copy.id);
  return {
    title: 'Prove the backup',
    purpose: `A backup counts only after it was read back. Copy ${state.at + 1} of ${copies.length}, “${copy.place.label}”.`,
    content: (
      <StepProve
        state={state}
        copy={copy}
        overview={overview}
        progress={screen.progress}
        question={question}
      />
    ),
    note: drill === undefined ? undefined : drillNote(drill),
    continueLabel: drill === undefined ? 'Prove this copy' : 'Continue',
    isReady: !state.isBusy,
    isPending: state.isBusy,
    canGoBack: false,
    closeLabel: 'Later',
  };
}

function sheetStep({ bridge, store, state, screen, overview, canPrint, question }: Parts): WizardStep {
  const [copy] = copiesOf(state);
  return {
    title: 'Recovery sheet',
    purpose: 'For the day when nobody remembers how this was done.',
    content: (
      <>
        <RecoveryPaper calls={bridge.backups} canPrint={canPrint} keys={keysHere(overview, copy)} />
        {copy?.seal === 'passphrase' && (
          <details className="more">
            <summary>Split the passphrase among several people</summary>
            <ShareForm
              calls={bridge.backups}
              store={store}
              copy={copy.id}
              canPrint={canPrint}
              question={question}
            />
          </details>
        )}
      </>
    ),
    note: 'Passphrases are not on it.',
    isReady: !screen.isWorking,
    canGoBack: false,
    closeLabel: 'Close',
  };
}

/** Keys of the backup that are on this computer. */
function keysHere({ keys }: Overview, copy: CopyView | undefined): Overview['keys'] {
  const ids = new Set(copy?.keys.map(({ id }) => id) ?? []);
  return keys.filter(({ id }) => ids.has(id));
}

function goneCount({ offline }: Overview, copy: CopyView | undefined): number {
  const ids = new Set(copy?.keys.map(({ id }) => id) ?? []);
  return offline.filter(({ id, state }) => ids.has(id) && state === 'away').length;
}
