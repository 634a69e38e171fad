/** The window: sidebar, the place one is at, and what opens over it. Composes the features; decides nothing else. */
import { type ReactNode, useEffect, useRef, useSyncExternalStore } from 'react';
import { I18nProvider } from 'react-aria-components/I18nProvider';
import { useStore } from 'zustand';
import { isAppError } from '../../shared/errors.ts';
import type { Link } from '../bridge/connection.ts';
import { errorText, isCancelled, toWireError } from '../copy/error-text.ts';
import { DoctorPanel } from '../features/doctor/doctor-panel.tsx';
import { VisitorBanner } from '../features/backups/visitor-banner.tsx';
import { InterruptedBanner } from '../features/plans/interrupted-banner.tsx';
import { PlanSheet } from '../features/plans/plan-sheet.tsx';
import { PassphraseQuestion } from '../features/prompts/passphrase-question.tsx';
import type { Answer } from '../features/prompts/prompts-store.ts';
import { isTokenPrompt, TokenQuestion } from '../features/prompts/token-question.tsx';
import { PromptHost } from '../features/prompts/prompt-host.tsx';
import { Clipboard } from '../ui/clipboard.tsx';
import { Toasts } from '../ui/toast.tsx';
import { actionsOf } from './actions.ts';
import { Backups } from './backups.tsx';
import { bringBack } from './bring-back.ts';
import { CommandPalette } from './command-palette.tsx';
import { ConnectionLost } from './connection-lost.tsx';
import { copyWith } from './copy.ts';
import { sectionOf } from './routes.ts';
import { useFocusReturn } from './focus-return.ts';
import { useFollowComputer } from './follow-computer.ts';
import { useOnePress } from './one-press.ts';
import { Screen } from './screen.tsx';
import { Sheets } from './sheets.tsx';
import { useShortcuts } from './shortcuts.ts';
import { Sidebar } from './sidebar.tsx';
import { reloadAll, type Stores } from './stores.ts';
import { useTheme } from './theme.ts';
import { useAddress } from './use-address.ts';
import './app.css';

interface AppProps {
  readonly stores: Stores;
  readonly link: Link;
}

export function App({ stores, link }: AppProps) {
  const { app, doctor, prompts, plans, backups } = stores;
  const isPublishing = useStore(plans, ({ review }) => review.kind === 'publishing');
  const isBackingUp = useStore(backups, ({ isWorking }) => isWorking);
  const question = usePassphraseQuestion(stores);
  const { route, toasts, isPaletteOpen, setPaletteOpen } = useStore(app);
  const connection = useSyncExternalStore(link.subscribe, link.state);
  useAddress(stores);
  useShortcuts(stores);
  useTheme(stores);
  useReloadWhenBack(stores, connection.kind);
  useDropPrompts(stores, link);
  useSayFailures(stores);
  useFollowComputer(stores);
  useFocusReturn();
  useOnePress();
  return (
    <I18nProvider locale="en-US">
      <Clipboard copy={copyWith(stores)}>
        <div className="window" inert={connection.kind === 'closed'}>
          <Sidebar stores={stores} current={sectionOf(route)} />
          <main className="main" tabIndex={-1}>
            <InterruptedBanner store={plans} />
            <VisitorBanner
              store={backups}
              isPublishing={isPublishing}
              onShow={() => app.getState().go({ screen: 'backups' })}
            />
            <Screen stores={stores} route={route} />
          </main>
        </div>
        <Sheets stores={stores} />
        <DoctorPanel store={doctor} />
        <PlanSheet
          store={plans}
          question={question}
          usesOfKey={(id) => usesOfKey(stores, id)}
          onSaved={() => app.getState().say('The plan was saved')}
          onBringBack={(id) => bringBack(stores, id)}
        />
        <Backups stores={stores} />
        <PromptHost store={prompts} isElsewhere={isPublishing || isBackingUp} />
        {isPaletteOpen && (
          <CommandPalette actions={actionsOf(stores)} onClose={() => setPaletteOpen(false)} />
        )}
        <ConnectionLost connection={connection} />
        <Toasts entries={toasts} />
      </Clipboard>
    </I18nProvider>
  );
}

function usesOfKey({ keys }: Stores, id: string): readonly string[] {
  const { list } = keys.getState();
  if (list.kind !== 'ready') return [];
  return list.value.keys.find((key) => key.id === id)?.usedBy.map(({ gun }) => gun) ?? [];
}

type AnswerTo = (value: Answer) => void;

/** A passphrase, PIN or touch that is asked for while a plan is signed belongs into its sheet, beside what it signs. */
function usePassphraseQuestion({ prompts }: Stores): ReactNode {
  const { queue, answer } = useStore(prompts);
  const [prompt] = queue;
  if (prompt !== undefined && isTokenPrompt(prompt)) {
    const onAnswer: AnswerTo = (value) => void answer(prompt.id, value);
    return <TokenQuestion isInline key={prompt.id} prompt={prompt} onAnswer={onAnswer} />;
  }
  if (prompt?.kind !== 'passphrase') return undefined;
  return (
    <PassphraseQuestion
      isInline
      key={prompt.id}
      prompt={prompt}
      onAnswer={(value) => void answer(prompt.id, value)}
    />
  );
}

/** A failure that nothing on the screen shows is said in passing: none is swallowed. */
function useSayFailures({ app }: Stores): void {
  useEffect(() => {
    const onRejection = (event: PromiseRejectionEvent): void => {
      const error = toWireError(event.reason);
      // A bug stays in the browser's own log, with its stack.
      if (isAppError(event.reason)) event.preventDefault();
      if (!isCancelled(error)) app.getState().say(errorText(error).title, 'bad');
    };
    window.addEventListener('unhandledrejection', onRejection);
    return () => window.removeEventListener('unhandledrejection', onRejection);
  }, [app]);
}

/** SECURITY: questions end with the connection that they came over. */
function useDropPrompts({ prompts }: Stores, link: Link): void {
  useEffect(
    () =>
      link.subscribe(() => {
        if (link.state().kind !== 'open') prompts.getState().dropAll();
      }),
    [prompts, link],
  );
}

/** What happened while the connection was away was not told: ask again. */
function useReloadWhenBack(stores: Stores, kind: string): void {
  const before = useRef('opening');
  useEffect(() => {
    if (kind === 'open' && before.current === 'lost') void reloadAll(stores);
    before.current = kind;
  }, [stores, kind]);
  useEffect(() => {
    void reloadAll(stores);
  }, [stores]);
}
