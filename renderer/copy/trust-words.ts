/** What the field's facts are called in the window: abilities, places of keys, roles. Pure. */
import type { z } from 'zod/mini';
import type { abilities, keyPlace, RepositoryRow } from '../../shared/ipc/repositories.ts';

export type Abilities = z.infer<typeof abilities>;
export type KeyPlace = z.infer<typeof keyPlace>;

const list = new Intl.ListFormat('en', { type: 'conjunction' });

/** `jeff, ops and lee`. */
export function namesText(names: readonly string[]): string {
  return list.format(names);
}

/** The first of them, and how many more: a line has room for a few. */
export function fewNames(names: readonly string[], most = 3): string {
  const more = names.length - most;
  return namesText(more > 0 ? [...names.slice(0, most), `${more} more`] : names);
}

/** In a table cell: `Sign, administer`. */
export function abilityText({ signAs, administer }: Abilities): string {
  const words = [...(signAs.length > 0 ? ['Sign'] : []), ...(administer ? ['administer'] : [])];
  const text = words.join(', ');
  return text === '' ? 'Watch only' : text.charAt(0).toUpperCase() + text.slice(1);
}

/** In full: `Sign as jeff and ops, administer with the repository key and the root key`. */
export function abilityDetail({ signAs, administer, rootKey }: Abilities): string {
  const keys = [...(administer ? ['the repository key'] : []), ...(rootKey ? ['the root key'] : [])];
  const parts = [
    ...(signAs.length > 0 ? [`Sign as ${namesText(signAs)}`] : []),
    ...(keys.length > 0 ? [`Administer with ${namesText(keys)}`] : []),
  ];
  return parts.length === 0 ? 'None of its keys is on this computer' : parts.join('. ');
}

/** The server is fine and knows nothing of this repository: whoever signs first makes it. */
export function isWithoutTrustData({ freshness }: Pick<RepositoryRow, 'freshness'>): boolean {
  return freshness.kind === 'failed' && freshness.error.code === 'trust/no-data';
}

/** Nothing is wrong with it: its servers were stopped. */
export function isInStoppedSandbox({ freshness }: Pick<RepositoryRow, 'freshness'>): boolean {
  return freshness.kind === 'failed' && freshness.error.code === 'sandbox/not-running';
}

/** It was read once, and its server has nothing of it any more: what is known of it is the past. */
export function isGone(row: Pick<RepositoryRow, 'freshness' | 'signedTags'>): boolean {
  const { freshness, signedTags } = row;
  if (freshness.kind === 'cached') return freshness.reason.code === 'trust/no-data';
  return signedTags !== undefined && isWithoutTrustData(row);
}

/** Where a private key is, as a person looks for it. */
export function placeText(place: KeyPlace): string {
  switch (place.kind) {
    case 'file':
      return 'This computer';
    case 'yubikey':
      return `YubiKey ${place.serial}`;
    case 'server':
      return 'Trust server';
    case 'absent':
      return 'Not here';
  }
}

/** A role as docker's documentation calls its key. */
export function roleTitle(role: string): string {
  const titles: Readonly<Record<string, string>> = {
    root: 'Root key',
    targets: 'Repository key',
    snapshot: 'Snapshot key',
    timestamp: 'Timestamp key',
  };
  return Object.hasOwn(titles, role) ? (titles[role] ?? role) : role;
}

/** Who a role belongs to, in a sentence: `ops` for `targets/ops`, `the repository` for `targets`. */
export function roleOwner(role: string): string {
  if (role === 'targets') return 'the repository';
  if (role === 'root') return 'the root';
  return role.startsWith('targets/') ? role.slice('targets/'.length) : role;
}
