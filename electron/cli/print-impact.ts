/** What stops working without a key, in whole lines. Command line; pure. */
import type { KeyImpact } from '../backup/key-impact.ts';
import { textOf } from '../../shared/error-texts.ts';
import { printable } from './columns.ts';
import type { KnownRepository } from './known-repositories.ts';

/** One line per role that names the key, worst first. */
export function impactLines(impacts: readonly KeyImpact[]): readonly string[] {
  return impacts.map(impactLine);
}

function impactLine({ gun, role, effect, othersHere, othersElsewhere }: KeyImpact): string {
  const lead = `${printable(gun)}: ${what(role)}`;
  switch (effect) {
    case 'nobody-can-sign':
      return `${lead} by nobody any more`;
    case 'others-must-sign':
      return `${lead} only elsewhere, with ${shortIds(othersElsewhere)}`;
    case 'still-signable-here':
      return `${lead} here still, with ${shortIds(othersHere)}`;
  }
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

/** What of this is not known for sure. */
export function doubtLines(known: readonly KnownRepository[]): readonly string[] {
  return known.flatMap(({ gun, repository, problem }) => {
    if (problem === undefined) return [];
    const how = repository === undefined ? 'it was not looked at' : 'this is how it was when last read';
    return [`${printable(gun)}: ${how}. ${printable(textOf(problem).title)}`];
  });
}
