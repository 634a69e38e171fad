/**
 * Which of a repository's tags are shown. Works on columns and returns positions, so that 75,000 tags are filtered
 * within a keystroke. Pure.
 */
import type { TagTable } from '../../../shared/ipc/repositories.ts';

/** `unreleased`: in a signer's own role only. */
export type TagSegment = 'signed' | 'unsigned' | 'unreleased' | 'different';

/** What the registry holds under a signed tag. */
export type RegistryState =
  | { readonly kind: 'asking' }
  | { readonly kind: 'same' }
  | { readonly kind: 'different'; readonly digest: string }
  | { readonly kind: 'absent' }
  | { readonly kind: 'unknown'; readonly error: { readonly code: string; readonly details: unknown } };

export interface TagIndex {
  readonly table: TagTable;
  /** Tags and signer names, lower case, one text per tag: what the filter box looks in. */
  readonly texts: readonly string[];
}

const adminText = 'repo admin';

/** Prepares a table for filtering; once per table. */
export function indexTags(table: TagTable): TagIndex {
  const sets = table.signerSets.map((set) => (set.length === 0 ? adminText : set.join('\n').toLowerCase()));
  const texts = table.tags.map(
    (tag, at) => `${tag.toLowerCase()}\n${sets[table.signers[at] ?? -1] ?? adminText}`,
  );
  return { table, texts };
}

const hexStart = /^(sha256:)?([0-9a-f]{6,64})$/;

/**
 * Positions of the tags that match, in the table's order. Each word must be in the tag or in one of its signers;
 * six hex digits or more also find a digest that starts with them.
 */
export function filterTags({ table, texts }: TagIndex, query: string): Uint32Array {
  const words = query.toLowerCase().split(/\s+/).filter(Boolean);
  const digest = hexStart.exec(query.trim().toLowerCase())?.[2];
  const hits = new Uint32Array(texts.length);
  let count = 0;
  for (let at = 0; at < texts.length; at += 1) {
    const text = texts[at] ?? '';
    const byDigest = digest !== undefined && (table.digests[at] ?? '').startsWith(digest);
    if (byDigest || words.every((word) => text.includes(word))) {
      hits[count] = at;
      count += 1;
    }
  }
  return hits.subarray(0, count);
}

/** Of these positions, those whose registry digest is known to be another one. */
export function onlyDifferent(
  positions: Uint32Array,
  table: TagTable,
  registry: ReadonlyMap<string, RegistryState>,
): Uint32Array {
  return positions.filter((at) => registry.get(table.tags[at] ?? '')?.kind === 'different');
}

/** Names that contain every word of the query. */
export function filterNames(names: readonly string[], query: string): readonly string[] {
  const words = query.toLowerCase().split(/\s+/).filter(Boolean);
  return words.length === 0
    ? names
    : names.filter((name) => words.every((word) => name.toLowerCase().includes(word)));
}

/** `name@sha256:…`: what cannot be moved to another image. */
export function pinnedReference(gun: string, digest: string): string {
  return `${gun}@sha256:${digest}`;
}
