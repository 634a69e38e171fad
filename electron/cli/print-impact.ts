/** What stops working without a key, in whole lines. Command line; pure. */
import type { KeyImpact, RoleOfKeys } from '../backup/key-impact.ts';
import { textOf } from '../../shared/error-texts.ts';
import { printable } from './columns.ts';
import type { KnownRepository } from './known-repositories.ts';

export interface ImpactFacts {
  readonly impacts: readonly KeyImpact[];
  readonly roles: readonly RoleOfKeys[];
  /** Keys that stay here. */
  readonly here: ReadonlySet<string>;
}

/** One line per role that names the key, worst first. Every signer signs releases, too: said only where it stands alone. */
export function impactLines({ impacts, roles, here }: ImpactFacts): readonly string[] {
  const own = impacts.filter((impact) => impact.role !== releases || !isSaidOfSigner(impact, impacts));
  return own.map((impact) => impactLine(impact, replacementFor(impact, roles, here)));
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

function impactLine(
  { gun, role, effect, othersHere, othersElsewhere }: KeyImpact,
  replacement: string,
): string {
  const lead = `${printable(gun)}: ${what(role)}`;
  switch (effect) {
    case 'nobody-can-sign':
      return `${lead} by nobody any more${replacement}`;
    case 'others-must-sign':
      return `${lead} only elsewhere, with ${shortIds(othersElsewhere)}${replacement}`;
    case 'still-signable-here':
      return `${lead} here still, with ${shortIds(othersHere)}`;
  }
}

/** The key above it can put another one in its place; nothing is above the root. */
function replacementFor(
  { gun, role }: KeyImpact,
  roles: readonly RoleOfKeys[],
  here: ReadonlySet<string>,
): string {
  if (role === 'root') return '';
  const [above, name] = role.startsWith('targets/')
    ? (['targets', 'repository key'] as const)
    : (['root', 'root key'] as const);
  const found = roles.find((each) => each.gun === gun && each.role === above);
  const enough = found !== undefined && found.keys.filter((id) => here.has(id)).length >= found.threshold;
  return enough ? `, until the ${name} here puts another in its place` : '';
}

/** A sentence's beginning, to which `by`, `with` or `only elsewhere` fits. */
function what(role: string): string {
  if (role === 'root') return 'its keys can be changed (root)';
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
