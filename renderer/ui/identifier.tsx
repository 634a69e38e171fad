/** Digests and key IDs: shortened in the middle by the room there is, the whole value one hover and one click away. */
import { CopyIcon } from './clipboard.tsx';
import './identifier.css';

interface IdentifierProps {
  readonly value: string;
  /** Characters that stay visible at the end. */
  readonly tail?: number;
}

/** The text, cut in the middle when the room is short. Screen readers and the clipboard get all of it. */
export function Identifier({ value, tail = 6 }: IdentifierProps) {
  const head = value.slice(0, -tail);
  return (
    <span className="mono identifier selectable" title={value}>
      <span className="identifier-head" data-cut={head.length > 2}>
        {head}
      </span>
      <span>{value.slice(-tail)}</span>
    </span>
  );
}

/** Characters of a path's last part that are never cut. */
const LONGEST_TAIL = 32;

interface PathTextProps {
  readonly path: string;
  /** Fewer where a column can be narrower than that: what is never cut would lie over the next column. */
  readonly longestTail?: number;
}

/** A path, cut in the middle when the room is short: its last part tells one from the other. */
export function PathText({ path, longestTail = LONGEST_TAIL }: PathTextProps) {
  const from = Math.max(path.lastIndexOf('/'), path.lastIndexOf('\\'));
  return <Identifier value={path} tail={Math.min(path.length - Math.max(from, 0), longestTail)} />;
}

interface KeyIdProps {
  readonly id: string;
  readonly what?: string;
  /** `short`: the 12 digits that docker prints. */
  readonly length?: 'short' | 'full';
}

/** A key ID with its copy button; copying always takes the whole ID. */
export function KeyId({ id, what = 'key ID', length = 'short' }: KeyIdProps) {
  return (
    <span className="key-id">
      {length === 'short' ? (
        <span className="mono selectable" title={id}>
          {id.slice(0, 12)}
        </span>
      ) : (
        <Identifier value={id} tail={8} />
      )}
      <CopyIcon text={id} what={what} />
    </span>
  );
}
