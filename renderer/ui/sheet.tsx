/**
 * What opens over the page: `Sheet` in the middle for a decision, `Drawer` at the side for something to look into.
 * Focus goes in, stays in, and comes back; Escape closes unless an act is under way.
 */
import { X } from 'lucide-react';
import type { ReactNode } from 'react';
import { Dialog } from 'react-aria-components/Dialog';
import { Heading } from 'react-aria-components/Heading';
import { Modal, ModalOverlay } from 'react-aria-components/Modal';
import { IconButton } from './button.tsx';
import './sheet.css';

interface SheetProps {
  readonly isOpen: boolean;
  readonly onClose: () => void;
  readonly title: string;
  /** One sentence of purpose. */
  readonly purpose?: ReactNode;
  /** Left side of the footer: what is kept, what happens next. */
  readonly note?: ReactNode;
  /** Buttons; the primary one last. */
  readonly actions?: ReactNode;
  readonly children?: ReactNode;
  readonly size?: 'small' | 'normal' | 'wide';
  /** An act is under way, or the answer matters: neither Escape nor a click outside closes it. */
  readonly isHeld?: boolean;
  readonly isAlert?: boolean;
}

export function Sheet({ isOpen, onClose, title, purpose, note, actions, children, ...rest }: SheetProps) {
  const { size = 'normal', isHeld = false, isAlert = false } = rest;
  return (
    <ModalOverlay
      className="scrim"
      isOpen={isOpen}
      onOpenChange={(open) => {
        if (!open) onClose();
      }}
      isDismissable={!isHeld && !isAlert}
      isKeyboardDismissDisabled={isHeld}
    >
      <Modal className={`sheet sheet-${size}`}>
        <Dialog className="sheet-dialog" role={isAlert ? 'alertdialog' : 'dialog'}>
          <header className="sheet-head">
            <Heading slot="title" level={2} className="sheet-title">
              {title}
            </Heading>
            {purpose !== undefined && <p className="sheet-purpose">{purpose}</p>}
          </header>
          {children !== undefined && <div className="sheet-body">{children}</div>}
          {actions !== undefined && (
            <footer className="sheet-foot">
              <p className="sheet-note">{note}</p>
              <div className="sheet-actions">{actions}</div>
            </footer>
          )}
        </Dialog>
      </Modal>
    </ModalOverlay>
  );
}

interface DrawerProps {
  readonly isOpen: boolean;
  readonly onClose: () => void;
  readonly title: string;
  readonly purpose?: ReactNode;
  readonly children: ReactNode;
}

export function Drawer({ isOpen, onClose, title, purpose, children }: DrawerProps) {
  return (
    <ModalOverlay
      className="scrim"
      isOpen={isOpen}
      onOpenChange={(open) => {
        if (!open) onClose();
      }}
      isDismissable
    >
      <Modal className="drawer">
        <Dialog className="sheet-dialog">
          <header className="drawer-head">
            <div className="drawer-titles">
              <Heading slot="title" level={2} className="sheet-title">
                {title}
              </Heading>
              {purpose !== undefined && <p className="sheet-purpose">{purpose}</p>}
            </div>
            <IconButton icon={X} label="Close" shortcut="Esc" onPress={onClose} />
          </header>
          <div className="drawer-body">{children}</div>
        </Dialog>
      </Modal>
    </ModalOverlay>
  );
}
