/** Small rules of the edit: when two targets are the same, which paths a role may not hand out, what a refusal is. Pure. */
import { AppError } from '../../shared/errors.ts';
import { canonicalBytes } from './canonical-json.ts';
import type { TargetEntry } from './model.ts';

/** True when adding `b` over `a` would change nothing, so that the role needs no new version (notary 5.4). */
export function sameTarget(a: TargetEntry, b: TargetEntry): boolean {
  return (
    a.length === b.length && a.sha256 === b.sha256 && a.sha512 === b.sha512 && customText(a) === customText(b)
  );
}

function customText(target: TargetEntry): string {
  return new TextDecoder().decode(canonicalBytes(target.custom ?? null));
}

/** Those of `paths` that no prefix in `allowed` covers. */
export function uncoveredPaths(allowed: readonly string[], paths: readonly string[]): readonly string[] {
  return paths.filter((path) => !allowed.some((prefix) => path.startsWith(prefix)));
}

/** A change that `role` cannot take. */
export function invalidChange(role: string, reason: string): AppError {
  return new AppError('trust/invalid-change', { role, reason });
}
