/** One plain line for a plan, from what it really does: a saved plan's own title is anybody's word. Pure. */
import type { PlanLine } from '../plan.ts';
import { rotationTitle } from '../rotation-plan.ts';

/** `Sign 2 tags`, `Add signer jeff`, or how many changes there are. */
export function titleOf(lines: readonly PlanLine[]): string {
  const kinds = new Set(lines.map(({ kind }) => kind));
  const only = (...wanted: readonly PlanLine['kind'][]): boolean =>
    kinds.size > 0 && [...kinds].every((kind) => wanted.includes(kind));
  if (only('tag-added', 'tag-changed', 'tag-signed-again')) return `Sign ${count(lines.length, 'tag')}`;
  if (only('tag-removed')) return `Revoke ${count(lines.length, 'tag')}`;
  const [first] = lines;
  if (lines.length === 1 && first?.kind === 'base-keys-replaced') return rotationTitle(first.role);
  if (only('signed-again')) return `Sign ${count(lines.length, 'role')} again`;
  return `Make ${count(lines.length, 'change')}`;
}

function count(n: number, one: string): string {
  return `${String(n)} ${one}${n === 1 ? '' : 's'}`;
}
