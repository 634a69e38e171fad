/**
 * The end of a repository: all its trust data leaves the server, so that its name can be started over. A plan like every
 * other: read again, kept as a restore point, carried out, and looked for afterwards. Knows no bytes.
 *
 * SECURITY: keys and the cached root of this computer stay: what was trusted here is what a new root is measured by.
 */
import { randomUUID } from 'node:crypto';
import type { Gun } from '../../../shared/brands.ts';
import { AppError, hasCode, isAppError } from '../../../shared/errors.ts';
import { formatExpiry } from '../../tuf/expiry.ts';
import type { TufCrypto } from '../../tuf/ports.ts';
import { tagConsequences } from './consequences.ts';
import { basisOf, type PlanSource } from './make-plan.ts';
import type { Consequence, Plan } from './plan.ts';
import type { PublishPorts } from './publish-ports.ts';
import { noteReceipt, type Receipt } from './receipt.ts';

export interface Deletion {
  readonly gun: Gun;
  readonly server: string;
  /** undefined when the server has something that cannot be verified; `problem` says why. */
  readonly source: PlanSource | undefined;
  readonly problem: AppError | undefined;
  readonly now: Date;
}

/** The plan that takes the repository off its server. */
export function deletionPlan({ gun, server, source, problem, now }: Deletion, crypto: TufCrypto): Plan {
  return {
    format: 'trustdesk-plan/1',
    id: randomUUID(),
    createdAt: formatExpiry(now.getTime()),
    kind: 'delete',
    title: 'Delete the repository',
    gun,
    server,
    basis: source === undefined ? [] : basisOf(source, crypto),
    deletes: true,
    changes: [],
    staged: [],
    roles: [],
    signsSnapshot: false,
    lines: [{ kind: 'repository-deleted', gun }],
    consequences: [
      { kind: 'repository-gone' },
      ...(problem === undefined ? [] : [{ kind: 'content-unknown', code: problem.code } as const]),
      ...(source === undefined ? [] : vanishing(source)),
    ],
  };
}

function vanishing({ targets }: PlanSource): readonly Consequence[] {
  return tagConsequences(new Map([...targets].map(([role, { body }]) => [role, body])), new Map());
}

/** The server has trust data, and it is damaged, expired, or not what this computer trusts: it can be deleted all the same. */
export function isUnverifiable(error: unknown): error is AppError {
  if (!isAppError(error) || error.code === 'trust/no-data') return false;
  return error.code.startsWith('trust/') || error.code === 'notary/metadata-missing';
}

/**
 * @throws `plan/moot` when the repository is no longer what was reviewed, `plan/restore-point-failed`,
 *   `plan/not-read-back` when the server still has it, `notary/unauthorised`, `network/*`
 */
export async function deleteRepository(plan: Plan, ports: PublishPorts, crypto: TufCrypto): Promise<Receipt> {
  const source = await readAgain(plan, ports);
  const basis = source === undefined ? [] : basisOf(source, crypto);
  if (JSON.stringify(basis) !== JSON.stringify(plan.basis)) throw moot(plan, 'it changed meanwhile');
  const restorePoint = source === undefined ? undefined : await ports.keepRestorePoint(plan, source);
  await ports.deleteAll(plan);
  await requireGone(plan, ports);
  // notary and docker refuse a new repository of the name while the timestamp of the old one is cached.
  await ports.forgetBelowRoot(plan.gun);
  return noteReceipt(plan, ports, { roles: [], tries: 1, restorePoint });
}

async function readAgain(plan: Plan, ports: PublishPorts): Promise<PlanSource | undefined> {
  try {
    return await ports.readForUpdate(plan);
  } catch (error) {
    if (isUnverifiable(error)) return undefined;
    throw hasCode(error, 'trust/no-data') ? moot(plan, 'it is not there any more') : error;
  }
}

async function requireGone(plan: Plan, ports: PublishPorts): Promise<void> {
  try {
    await ports.readForUpdate(plan);
  } catch (error) {
    if (hasCode(error, 'trust/no-data')) return;
    throw isUnverifiable(error) ? stillThere(plan, error) : error;
  }
  throw stillThere(plan);
}

function stillThere({ gun }: Plan, cause?: unknown): AppError {
  const reason = 'the server still has it';
  return new AppError('plan/not-read-back', { gun, role: 'root', reason }, { cause });
}

function moot({ gun }: Plan, reason: string): AppError {
  return new AppError('plan/moot', { gun, reason });
}
