/** Writes digests into a text at the places that were found; everything else stays as it is, byte for byte. Pure. */
import type { FoundReference } from './found-reference.ts';

export interface Pin {
  readonly found: FoundReference;
  /** `sha256:<hex>` */
  readonly digest: string;
}

/** What is to stand in place of a piece of a text. */
export interface Edit {
  readonly offset: number;
  readonly length: number;
  readonly insert: string;
}

/** `name` becomes `name:latest@sha256:...`, `name:tag@sha256:old` becomes `name:tag@sha256:...`: docker takes both together. */
export function pinText(text: string, pins: readonly Pin[]): string {
  // A default that several references are made of is one place, and is changed once.
  const edits = new Map(pins.flatMap(editOf).map((edit) => [edit.offset, edit]));
  return edited(text, [...edits.values()]);
}

/** The text with its pieces replaced; they do not overlap. */
export function edited(text: string, edits: readonly Edit[]): string {
  const pieces: string[] = [];
  let from = 0;
  for (const { offset, length, insert } of [...edits].sort((one, other) => one.offset - other.offset)) {
    pieces.push(text.slice(from, offset), insert);
    from = offset + length;
  }
  return pieces.join('') + text.slice(from);
}

function editOf({ found: { pinning, reference }, digest }: Pin): readonly Edit[] {
  if (pinning.kind !== 'place') return [];
  const { offset, length } = pinning;
  return [{ offset, length, insert: `${hasTag(reference) ? '' : ':latest'}@${digest}` }];
}

function hasTag(reference: string): boolean {
  const [name = ''] = reference.split('@', 1);
  return name.lastIndexOf(':') > name.lastIndexOf('/');
}
