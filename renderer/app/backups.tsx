/** The parts of backups that reach over the whole window: sheets, questions in place, and a key that is only visiting. */
import type { ReactNode } from 'react';
import { useStore } from 'zustand';
import { BackupSheets } from '../features/backups/backup-sheets.tsx';
import { PassphraseQuestion } from '../features/prompts/passphrase-question.tsx';
import { PrintedTextQuestion } from '../features/prompts/printed-text-question.tsx';
import { draftFor } from '../features/prompts/prompts-store.ts';
import type { Stores } from './stores.ts';

export function Backups({ stores }: { readonly stores: Stores }) {
  const { app, bridge, backups } = stores;
  const info = useStore(app, (state) => state.info);
  const question = useBackupQuestion(stores);
  return (
    <BackupSheets
      bridge={bridge}
      store={backups}
      // Only the desktop app has a printer to be asked; in a browser what was saved is printed from there.
      canPrint={info.kind === 'ready' && info.value.mode === 'electron'}
      question={question}
    />
  );
}

/** What main asks while a backup is written, checked or opened belongs into its sheet. */
function useBackupQuestion({ prompts, backups }: Stores): ReactNode {
  const isWorking = useStore(backups, (state) => state.isWorking);
  const { queue, draft, answer } = useStore(prompts);
  const [prompt] = queue;
  if (!isWorking || prompt === undefined) return undefined;
  switch (prompt.kind) {
    case 'passphrase':
      return (
        <PassphraseQuestion
          key={prompt.id}
          prompt={prompt}
          onAnswer={(value) => void answer(prompt.id, value)}
        />
      );
    case 'printed-text':
      return (
        <PrintedTextQuestion
          key={prompt.id}
          prompt={prompt}
          draft={draftFor(prompt, draft)}
          onAnswer={(value) => void answer(prompt.id, value)}
        />
      );
    default:
      return undefined;
  }
}
