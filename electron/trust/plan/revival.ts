/**
 * Files that are signed again although nobody can believe them as they are: expired, or without valid signatures. Pure.
 *
 * SECURITY: whoever keeps the server can put such a file there and announce it. What is signed is therefore the very file
 * that was reviewed, and a command without a review asks first.
 */
import { AppError } from '../../../shared/errors.ts';
import type { Change } from '../../tuf/change.ts';
import { toHex } from '../../tuf/hex.ts';
import { MAX_CLAIMED_VERSION } from '../../tuf/limits.ts';
import type { TargetsBody } from '../../tuf/model.ts';
import type { TufCrypto } from '../../tuf/ports.ts';
import type { PlanSource } from './make-plan.ts';
import type { Consequence, Plan } from './plan.ts';

type Revival = Extract<Consequence, { kind: 'role-revived' }>;

/** @throws `trust/invalid-change` for a file that has more in it than a review can show, or whose version ends its role */
export function revivals(
  changes: readonly Change[],
  source: Pick<PlanSource, 'targets' | 'unusable'>,
  crypto: TufCrypto,
): readonly Revival[] {
  return changes.flatMap((change): readonly Revival[] => {
    if (change.kind !== 'witness') return [];
    const { role } = change;
    const file = source.targets.has(role) ? undefined : source.unusable.get(role);
    if (file === undefined) return [];
    const reason = obstacle(file.body);
    if (reason !== undefined) throw new AppError('trust/invalid-change', { role, reason });
    return [{ kind: 'role-revived', role, sha256: toHex(crypto.sha256(file.bytes)) as Revival['sha256'] }];
  });
}

function obstacle({ targets, version }: TargetsBody): string | undefined {
  if (targets.some(({ sha256 }) => sha256 === undefined))
    return 'its file names targets without a SHA-256, which no review shows';
  if (version > MAX_CLAIMED_VERSION)
    return `its file claims to be version ${String(version)}, which is not plausible`;
  return undefined;
}

/** What a plan brings back to life. */
export function revivedBy({ consequences }: Pick<Plan, 'consequences'>): readonly Revival[] {
  return consequences.filter((one) => one.kind === 'role-revived');
}

/** @throws `plan/moot` when another file would be brought back than was reviewed */
export function requireSameRevivals(
  plan: Plan,
  source: Pick<PlanSource, 'targets' | 'unusable'>,
  crypto: TufCrypto,
): void {
  const reviewed = new Set(revivedBy(plan).map(({ role, sha256 }) => `${role} ${sha256}`));
  const other = revivals(plan.changes, source, crypto).find(
    ({ role, sha256 }) => !reviewed.has(`${role} ${sha256}`),
  );
  if (other === undefined) return;
  const reason = `the file of ${other.role} that nobody's signature holds is another one now`;
  throw new AppError('plan/moot', { gun: plan.gun, reason });
}
