/** A text to send to others: shown as it is, and copied whole. */
import { CopyButton } from './clipboard.tsx';
import './notice.css';

interface NoticeProps {
  readonly text: string;
  /** `Notice to consumers`. */
  readonly what: string;
}

export function Notice({ text, what }: NoticeProps) {
  return (
    <>
      <pre className="notice mono selectable" tabIndex={0} aria-label={what}>
        {text}
      </pre>
      <CopyButton text={text} what="notice">
        Copy the notice
      </CopyButton>
    </>
  );
}
