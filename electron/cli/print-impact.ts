/** What stops working without a key, in whole lines. Command line; pure. */
import type { KeyImpact } from '../backup/key-impact.ts';
import { wayOutText } from '../../shared/way-out.ts';
import { textOf } from '../../shared/error-texts.ts';
import { printable } from './columns.ts';
import type { KnownRepository } from './known-repositories.ts';

export interface ImpactFacts {
  readonly impacts: readonly KeyImpact[];
}

/** One line per role that names the key, worst first. Every signer signs releases, too: said only where it stands alone. */
export function impactLines({ impacts }: ImpactFacts): readonly string[] {
  const own = impacts.filter((impact) => impact.role !== releases || !isSaidOfSigner(impact, impacts));
  return own.map(impactLine);
}

const releases = 'targets/releases';

function isSaidOfSigner({ gun, effect }: KeyImpact, all: readonly KeyImpact[]): boolean {
  return all.some(
    (other) =>
      other.gun === gun &&
      other.effect === effect &&
      other.role !== releases &&
      other.role.startsWith('targets/'),
  );
}

function impactLine(impact: KeyImpact): string {
  const { gun, effect, othersHere, othersElsewhere, wayOut } = impact;
  const lead = `${printable(gun)}: ${what(impact)}`;
  const replacement = wayOut === undefined ? '' : `, ${wayOutText(wayOut)}`;
  switch (effect) {
    case 'nobody-can-sign':
      return `${lead} by nobody any more${replacement}`;
    case 'others-must-sign':
      return `${lead} only elsewhere, with ${shortIds(othersElsewhere)}${replacement}`;
    case 'still-signable-here':
      return `${lead} here still, with ${shortIds(othersHere)}`;
  }
}

/** A sentence's beginning, to which `by`, `with` or `only elsewhere` fits. */
function what({ role, signsTags }: KeyImpact): string {
  if (role === 'root') return 'its keys can be changed (root)';
  if (role === 'targets' && signsTags) return 'tags can be signed, and signers added and removed (targets),';
  if (role === 'targets') return 'signers can be added and removed (targets)';
  return `${printable(role)} can be signed`;
}

function shortIds(ids: readonly string[]): string {
  return ids.length === 0 ? 'no other key' : ids.map((id) => id.slice(0, 7)).join(', ');
}

/** What of this is not known for sure: the server could not be asked, or what it says is not to be believed. */
export function doubtLines(known: readonly KnownRepository[]): readonly string[] {
  return known.flatMap(({ gun, repository, problem }) => {
    const freshness = repository?.freshness;
    const reason = problem ?? (freshness?.kind === 'cached' ? freshness.reason : undefined);
    if (reason === undefined) return [];
    const when = freshness === undefined ? '' : ` on ${new Date(freshness.at).toISOString().slice(0, 10)}`;
    const how = repository === undefined ? 'it was not looked at' : `this is how it was${when}`;
    return [`${printable(gun)}: ${how}. ${printable(textOf(reason).title)}`];
  });
}
