/** Copying. The app says how (the privileged side, or the page itself in a browser); parts only ask. */
import { Check, Copy } from 'lucide-react';
import { createContext, type ReactNode, useContext, useEffect, useState } from 'react';
import { Button, IconButton } from './button.tsx';
import './clipboard.css';

/** Puts `text` on the clipboard and says aloud that `what` was copied. */
export type CopyAct = (text: string, what: string) => void;

const ClipboardContext = createContext<CopyAct>(() => undefined);

interface ClipboardProps {
  readonly copy: CopyAct;
  readonly children: ReactNode;
}

export function Clipboard({ copy, children }: ClipboardProps) {
  return <ClipboardContext value={copy}>{children}</ClipboardContext>;
}

export function useCopy(): CopyAct {
  return useContext(ClipboardContext);
}

interface CopyProps {
  readonly text: string;
  /** What it is, as in "Copy digest": `digest`. */
  readonly what: string;
}

/** A flag that goes out by itself, for "copied" ticks. */
function useMoment(milliseconds: number): readonly [boolean, () => void] {
  const [since, setSince] = useState<number>();
  useEffect(() => {
    if (since === undefined) return undefined;
    const timer = setTimeout(() => setSince(undefined), milliseconds);
    return () => clearTimeout(timer);
  }, [since, milliseconds]);
  return [since !== undefined, () => setSince((last) => (last ?? 0) + 1)];
}

export function CopyIcon({ text, what }: CopyProps) {
  const copy = useCopy();
  const [copied, mark] = useMoment(1400);
  return (
    <IconButton
      icon={copied ? Check : Copy}
      label={`Copy ${what}`}
      onPress={() => {
        copy(text, what);
        mark();
      }}
    />
  );
}

/** For the rows of a grid: light, because hundreds are drawn while scrolling; no tab stop, because Ctrl+C does the same. */
export function CopyInRow({ text, what }: CopyProps) {
  const copy = useCopy();
  return (
    <button
      type="button"
      className="icon-button in-row"
      tabIndex={-1}
      aria-label={`Copy ${what}`}
      title={`Copy ${what}`}
      onMouseDown={(event) => event.preventDefault()}
      onClick={() => copy(text, what)}
    >
      <Copy className="icon" size={15} aria-hidden />
    </button>
  );
}

interface CopyButtonProps extends CopyProps {
  readonly children: ReactNode;
  /** `normal` beside buttons of that size. */
  readonly size?: 'normal' | 'small';
}

export function CopyButton({ text, what, children, size = 'small' }: CopyButtonProps) {
  const copy = useCopy();
  const [copied, mark] = useMoment(1400);
  return (
    <Button
      size={size}
      icon={copied ? Check : Copy}
      onPress={() => {
        copy(text, what);
        mark();
      }}
    >
      {children}
    </Button>
  );
}

/** A well of monospaced text, whole, selectable, copied with one click. */
export function CopyText({ text, what }: CopyProps) {
  return (
    <div className="well">
      <code className="mono selectable well-text">{text}</code>
      <CopyIcon text={text} what={what} />
    </div>
  );
}
