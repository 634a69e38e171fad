/** The sheet of what is being done with keys; opened from the Keys page, and from anywhere by the command palette. */
import { useStore } from 'zustand';
import { CertifySheet } from './certify-sheet.tsx';
import { ChangeSheet } from './change-sheet.tsx';
import { ExportSheet } from './export-sheet.tsx';
import { GenerateSheet } from './generate-sheet.tsx';
import { ImportSheet } from './import-sheet.tsx';
import { keyName } from './key-words.ts';
import { type KeysStore, keyTag } from './keys-store.ts';
import { RemoveSheet } from './remove-sheet.tsx';

interface KeySheetsProps {
  readonly store: KeysStore;
  readonly say: (text: string) => void;
  /** Where backups are made; absent while there is no such place. */
  readonly onBackUp?: (() => void) | undefined;
}

export function KeySheets({ store, say, onBackUp }: KeySheetsProps) {
  const { act, end } = useStore(store);
  if (act === undefined) return null;
  const backUp =
    onBackUp &&
    (() => {
      end();
      onBackUp();
    });
  switch (act.kind) {
    case 'generate':
      return <GenerateSheet store={store} onClose={end} onBackUp={backUp} />;
    case 'import':
      return <ImportSheet store={store} wasDropped={act.wasDropped} onClose={end} />;
    case 'export':
      return <ExportSheet store={store} keys={act.keys} onClose={end} />;
    case 'change':
      return <ChangeSheet key={keyTag(act.key)} store={store} entry={act.key} onClose={end} />;
    case 'certify':
      return <CertifySheet key={keyTag(act.key)} store={store} entry={act.key} onClose={end} />;
    case 'remove':
      return (
        <RemoveSheet
          key={keyTag(act.key)}
          store={store}
          entry={act.key}
          onClose={end}
          onBackUp={backUp}
          onRemoved={() => {
            end();
            say(`Removed ${keyName(act.key)}`);
          }}
        />
      );
  }
}
