/**
 * A plan as a file that is carried between computers: what was planned, the verified metadata it starts from, and the
 * signatures that were made so far. Pure. No secret is in it, and nothing in it is believed because it is there.
 */
import type { RoleName } from '../../../../shared/brands.ts';
import { AppError, isAppError } from '../../../../shared/errors.ts';
import type { VerifiedRepository } from '../../../notary/verified-repository.ts';
import { fromBase64, toBase64 } from '../../../tuf/base64.ts';
import { parseJson } from '../../../tuf/canonical-json.ts';
import type { Signature } from '../../../tuf/model.ts';
import { parseGun } from '../../../tuf/names.ts';
import type { Plan } from '../plan.ts';
import { planFile } from './plan-schema.ts';

/** Enough for the plan of a repository of 500,000 tags. */
export const MAX_PLAN_FILE_BYTES = 256 * 1024 * 1024;

/** A signature over one of the plan's roles. */
export interface CarriedSignature extends Signature {
  readonly role: RoleName;
}

export interface PlanFile {
  readonly plan: Plan;
  readonly metadata: ReadonlyMap<RoleName, Uint8Array>;
  readonly signatures: readonly CarriedSignature[];
}

/** @throws `plan/not-portable` for what can only be carried out where it was planned */
export function makePlanFile(plan: Plan, repository: VerifiedRepository): PlanFile {
  refuseUnportablePlan(plan);
  refuseUnreadableRole(plan, repository);
  const { root, timestamp, snapshot, targets, unusable } = repository;
  const files = [root, timestamp, snapshot, ...targets.values(), ...unusable.values()];
  return { plan, metadata: new Map(files.map(({ role, bytes }) => [role, bytes])), signatures: [] };
}

/** What can only be carried out where it was planned. @throws `plan/not-portable` */
export function refuseUnportablePlan({ gun, initialise, deletes }: Plan): void {
  const refuse = (reason: string): AppError => new AppError('plan/not-portable', { gun, reason });
  if (initialise !== undefined) throw refuse('the repository is new, and its keys are made with it');
  if (deletes === true) throw refuse('a deletion needs no key, and is agreed to where it happens');
}

function refuseUnreadableRole({ gun }: Plan, { problems, unusable }: VerifiedRepository): void {
  const lost = [...problems.keys()].find((role) => !unusable.has(role));
  if (lost === undefined) return;
  throw new AppError('plan/not-portable', { gun, reason: `the file of ${lost} cannot be read` });
}

export function writePlanFile({ plan, metadata, signatures }: PlanFile): string {
  const files = Object.fromEntries([...metadata].map(([role, bytes]) => [role, toBase64(bytes)]));
  const file = { format: 'trustdesk-plan-file/1', plan, metadata: files, signatures };
  return `${JSON.stringify(file, undefined, 2)}\n`;
}

/**
 * Reads the shape only; `openCarried` verifies what it says.
 * @param path for the error
 * @throws `plan/file-unreadable`
 */
export function parsePlanFile(bytes: Uint8Array, path: string): PlanFile {
  const refuse = (reason: string, cause?: unknown): AppError =>
    new AppError('plan/file-unreadable', { path, reason }, { cause });
  try {
    const parsed = planFile.safeParse(parseJson(bytes));
    if (!parsed.success) throw refuse(reasonOf(parsed.error.issues[0]), parsed.error);
    const { plan, metadata, signatures } = parsed.data;
    parseGun(plan.gun);
    return {
      // The schema is as strict as the type; only the brands are not known to it.
      plan: plan as unknown as Plan,
      metadata: new Map(Object.entries(metadata).map(([role, text]) => [role as RoleName, decode(text)])),
      signatures: signatures as unknown as readonly CarriedSignature[],
    };
  } catch (error) {
    if (isAppError(error) && error.code === 'plan/file-unreadable') throw error;
    if (!isAppError(error)) throw error;
    throw refuse('it holds something else or was changed', error);
  }
}

function reasonOf(issue: { readonly path: readonly PropertyKey[] } | undefined): string {
  const place = (issue?.path ?? []).map(String).join('.');
  if (place === 'format' || place === '') return 'it holds something else';
  return `"${place.slice(0, 100)}" is not as a plan has it`;
}

function decode(text: string): Uint8Array {
  const bytes = fromBase64(text);
  if (bytes === undefined) throw new AppError('trust/malformed', { role: 'plan', reason: 'not base64' });
  return bytes;
}
