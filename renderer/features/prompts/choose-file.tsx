/**
 * File choice where there is no native dialog. The privileged side lists a folder; this window sees names and opaque
 * IDs, and never makes up a path.
 */
import { ArrowUp, File, Folder, FolderPlus } from 'lucide-react';
import { useState } from 'react';
import { ListBox, ListBoxItem } from 'react-aria-components/ListBox';
import type { Prompt } from '../../../shared/ipc/prompts.ts';
import { Button } from '../../ui/button.tsx';
import { Field } from '../../ui/field.tsx';
import { Sheet } from '../../ui/sheet.tsx';
import type { Answer } from './prompts-store.ts';
import './prompts.css';

type ChooseFilePrompt = Extract<Prompt, { kind: 'choose-file' }>;

/** Main says which names are good on every system; a path is not meant here. */
const isName = (name: string): boolean => name.trim() !== '' && !/[\\/]/.test(name);

interface ChooseFileProps {
  readonly prompt: ChooseFilePrompt;
  readonly onAnswer: (value: Answer) => void;
}

const verbs: Readonly<Record<ChooseFilePrompt['want'], string>> = {
  file: 'Choose',
  files: 'Choose',
  directory: 'Choose this folder',
  save: 'Save',
};

export function ChooseFile({
  prompt: { title, want, place, entries, suggestedName },
  onAnswer,
}: ChooseFileProps) {
  const [chosen, setChosen] = useState<readonly string[]>([]);
  const [name, setName] = useState(suggestedName ?? '');
  const [newFolder, setNewFolder] = useState<string>();
  const cancel = (): void => onAnswer({ kind: 'cancel' });
  const isFolder = (id: string): boolean => entries.some((entry) => entry.id === id && entry.directory);
  const open = (id: string): void =>
    onAnswer(isFolder(id) ? { kind: 'enter', entry: id } : { kind: 'choose', entries: [id] });
  const isReady =
    want === 'directory' || (want === 'save' ? isName(name) : chosen.length > 0 && !chosen.some(isFolder));
  const choose = (): void =>
    onAnswer({
      kind: 'choose',
      // Without an entry the folder that is open is meant.
      entries: want === 'save' ? [] : [...chosen],
      ...(want === 'save' ? { name: name.trim() } : {}),
    });
  return (
    <Sheet
      isOpen
      onClose={cancel}
      title={title}
      purpose={<span className="mono">{place}</span>}
      actions={
        <>
          <Button onPress={cancel}>Cancel</Button>
          <Button tone="primary" isDisabled={!isReady} onPress={choose}>
            {want === 'directory' && chosen.length > 0 ? 'Choose selected folder' : verbs[want]}
          </Button>
        </>
      }
    >
      <div className="files-line">
        <Button size="small" icon={ArrowUp} onPress={() => onAnswer({ kind: 'enter', entry: '..' })}>
          Folder above
        </Button>
        {(want === 'directory' || want === 'save') && newFolder === undefined && (
          <Button size="small" icon={FolderPlus} onPress={() => setNewFolder('')}>
            New folder…
          </Button>
        )}
      </div>
      {newFolder !== undefined && (
        <form
          className="files-new"
          onSubmit={(event) => {
            event.preventDefault();
            if (isName(newFolder)) onAnswer({ kind: 'make-folder', name: newFolder.trim() });
          }}
        >
          <Field label="Name of the new folder" value={newFolder} onChange={setNewFolder} autoFocus />
          <Button type="submit" isDisabled={!isName(newFolder)}>
            Make it
          </Button>
        </form>
      )}
      <ListBox
        className="files"
        aria-label={`Content of ${place}`}
        autoFocus
        selectionMode={want === 'files' ? 'multiple' : 'single'}
        selectionBehavior="replace"
        selectedKeys={chosen}
        onSelectionChange={(keys) =>
          setChosen(keys === 'all' ? entries.map(({ id }) => id) : [...keys].map(String))
        }
        onAction={(key) => open(String(key))}
        items={entries.filter(({ directory }) => directory || want !== 'directory')}
        renderEmptyState={() => <p className="files-empty muted">Nothing to choose in this folder</p>}
      >
        {(entry) => (
          <ListBoxItem className="file" textValue={entry.name}>
            {entry.directory ? (
              <Folder className="icon" size={16} aria-hidden />
            ) : (
              <File className="icon" size={16} aria-hidden />
            )}
            <span className="truncate">{entry.name}</span>
          </ListBoxItem>
        )}
      </ListBox>
      {want === 'save' && (
        <Field
          label="File name"
          value={name}
          onChange={setName}
          error={/[\\/]/.test(name) ? 'Only the name: its folder is the one that is open above.' : undefined}
        />
      )}
    </Sheet>
  );
}
