/** One plain line for a plan, from what it really does: a saved plan's own title is anybody's word. Pure. */
import { delegationDepth, RELEASES } from '../../../tuf/names.ts';
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
  const signer = signerTitle(lines);
  if (signer !== undefined) return signer;
  if (only('signed-again')) return `Sign ${count(lines.length, 'role')} again`;
  return `Make ${count(lines.length, 'change')}`;
}

/** One signer came or went, in its own role and the shared one, and nothing else did. */
function signerTitle(lines: readonly PlanLine[]): string | undefined {
  for (const line of lines) {
    if (line.kind !== 'delegation-added' && line.kind !== 'delegation-removed') continue;
    if (line.role === RELEASES || delegationDepth(line.role) !== 1) continue;
    const isRest = line.kind === 'delegation-added' ? grants : takesBack;
    if (!lines.every((other) => other === line || isRest(other, line.keyIds))) return undefined;
    return `${line.kind === 'delegation-added' ? 'Add' : 'Remove'} signer ${line.role.slice('targets/'.length)}`;
  }
  return undefined;
}

/** `targets/releases` gets the signer's keys. */
function grants(line: PlanLine, keyIds: readonly string[]): boolean {
  if (line.kind === 'key-added') return line.role === RELEASES && keyIds.includes(line.keyId);
  return (
    line.kind === 'delegation-added' &&
    line.role === RELEASES &&
    line.keyIds.every((id) => keyIds.includes(id))
  );
}

/** `targets/releases` loses the signer's keys, and is signed again by another. */
function takesBack(line: PlanLine, keyIds: readonly string[]): boolean {
  if (line.kind === 'key-removed') return line.role === RELEASES && keyIds.includes(line.keyId);
  return line.kind === 'signed-again' && line.role === RELEASES;
}

function count(n: number, one: string): string {
  return `${String(n)} ${one}${n === 1 ? '' : 's'}`;
}
