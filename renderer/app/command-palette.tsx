/** Ctrl/Cmd+K: every action by typing a part of its name. A combobox with a list, as ARIA has it. */
import { Search } from 'lucide-react';
import { useId, useMemo, useState, type KeyboardEvent } from 'react';
import { Dialog } from 'react-aria-components/Dialog';
import { Modal, ModalOverlay } from 'react-aria-components/Modal';
import { type Action, findActions } from './actions.ts';
import { commandKey } from './shortcuts.ts';
import './command-palette.css';

interface CommandPaletteProps {
  readonly actions: readonly Action[];
  readonly onClose: () => void;
}

const shownAtMost = 60;

export function CommandPalette({ actions, onClose }: CommandPaletteProps) {
  return (
    <ModalOverlay
      className="scrim palette-scrim"
      isOpen
      isDismissable
      onOpenChange={(open) => {
        if (!open) onClose();
      }}
    >
      <Modal className="palette">
        <Dialog className="sheet-dialog" aria-label="All actions">
          <PaletteContent actions={actions} onClose={onClose} />
        </Dialog>
      </Modal>
    </ModalOverlay>
  );
}

function PaletteContent({ actions, onClose }: CommandPaletteProps) {
  const id = useId();
  const [query, setQuery] = useState('');
  const [at, setAt] = useState(0);
  const found = useMemo(() => findActions(actions, query, shownAtMost), [actions, query]);
  const run = (action: Action | undefined): void => {
    if (action === undefined) return;
    onClose();
    action.run();
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    const steps: Readonly<Record<string, number>> = { ArrowDown: 1, ArrowUp: -1 };
    const step = steps[event.key];
    if (step !== undefined && found.length > 0) {
      event.preventDefault();
      setAt((at + step + found.length) % found.length);
    } else if (event.key === 'Enter') {
      event.preventDefault();
      run(found[at]);
    }
  };
  return (
    <>
      <div className="palette-line">
        <Search className="icon muted" size={17} aria-hidden />
        <input
          className="palette-entry"
          role="combobox"
          aria-expanded={found.length > 0}
          aria-controls={found.length > 0 ? id : undefined}
          aria-activedescendant={found.length > 0 ? `${id}-${at}` : undefined}
          aria-autocomplete="list"
          aria-label="Find an action or a repository"
          placeholder="Find an action or a repository"
          spellCheck={false}
          autoFocus
          value={query}
          onChange={(event) => {
            setQuery(event.target.value);
            setAt(0);
          }}
          onKeyDown={onKeyDown}
        />
        <kbd className="palette-keys">Esc</kbd>
      </div>
      {found.length > 0 && (
        <div id={id} className="palette-list" role="listbox" aria-label="Actions">
          {found.map((action, position) => (
            <PaletteOption
              key={action.id}
              id={`${id}-${position}`}
              action={action}
              heading={found[position - 1]?.group !== action.group ? action.group : undefined}
              isActive={position === at}
              onHover={() => setAt(position)}
              onRun={() => run(action)}
            />
          ))}
        </div>
      )}
      <div role="status">
        {found.length === 0 && <p className="palette-none muted">No action has these words in its name.</p>}
      </div>
    </>
  );
}

interface PaletteOptionProps {
  readonly id: string;
  readonly action: Action;
  /** Shown above the first of a group. */
  readonly heading: string | undefined;
  readonly isActive: boolean;
  readonly onHover: () => void;
  readonly onRun: () => void;
}

function PaletteOption({ id, action, heading, isActive, onHover, onRun }: PaletteOptionProps) {
  const { title, icon: Icon, keys } = action;
  return (
    <>
      {heading !== undefined && (
        <div className="overline palette-group" role="presentation">
          {heading}
        </div>
      )}
      <div
        id={id}
        role="option"
        aria-selected={isActive}
        className="palette-option"
        ref={isActive ? reveal : undefined}
        onMouseMove={onHover}
        onClick={onRun}
      >
        <Icon className="icon" size={16} aria-hidden />
        <span className="truncate palette-title">{title}</span>
        {keys !== undefined && <kbd className="palette-keys">{`${commandKey} ${keys}`}</kbd>}
      </div>
    </>
  );
}

function reveal(element: HTMLElement | null): void {
  element?.scrollIntoView({ block: 'nearest' });
}
