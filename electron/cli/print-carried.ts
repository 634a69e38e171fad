/** A saved plan as text and as JSON: the plan, why it is believed, and how far it is signed. Command line; pure. */
import { type CarriedPlan, type CarriedRole, isWaiting } from '../trust/plan/carried/carried-plan.ts';
import type { KeyToSignWith } from '../trust/plan/carried/sign-carried.ts';
import type { PlannedSignature } from '../trust/plan/plan.ts';
import { planAsText, signerText } from './print-plan.ts';

const DAY = 24 * 60 * 60 * 1000;

export function carriedAsText({ plan, source, trust, roles }: CarriedPlan, now: Date): string {
  const days = Math.floor((now.getTime() - Date.parse(plan.createdAt)) / DAY);
  return [
    planAsText(plan),
    'SIGNATURES',
    ...roles.map((role) => `  ${signedText(role)}`),
    ...(roles.some(isWaiting) ? [`  ${SNAPSHOT_LAST}`] : []),
    '',
    `Made at ${plan.createdAt}${days < 1 ? '' : `, ${String(days)} ${days === 1 ? 'day' : 'days'} ago`}, from:`,
    ...plan.basis.map(({ role, version, sha256 }) => `  ${role} v${String(version)} sha256:${sha256}`),
    ...(trust === 'first-use' ? [firstUseText(source.root.body.version)] : []),
    '',
  ].join('\n');
}

/** Said until the others have signed. */
const SNAPSHOT_LAST =
  'The snapshot is signed last, over the signed files: where its key is, once no other signature is missing.';

/** SECURITY: said because nothing else on this computer vouches for the repository. */
function firstUseText(version: number): string {
  return `This computer has never seen the repository: compare the hash of root v${String(version)} above with somebody who knows it.`;
}

function signedText({ planned, signed, open }: CarriedRole): string {
  const names = (some: readonly PlannedSignature[]): string => some.map(signerText).join(', ');
  const have = `${planned.role}: ${String(signed.length)} signed, ${String(planned.threshold)} needed`;
  return [
    have,
    ...(signed.length === 0 ? [] : [`signed by ${names(signed)}`]),
    ...(signed.length >= planned.threshold ? [] : [`can be signed by ${names(open)}`]),
  ].join(', ');
}

/** One key and the roles that it signs. */
export function keyToSignWithText({ key, roles }: KeyToSignWith): string {
  const [planned] = roles.flatMap(({ open }) => open).filter(({ keyId }) => keyId === key.keyId);
  const who = planned === undefined ? key.keyId : signerText({ ...planned, place: key.place });
  return `${who}: ${roles.map((role) => role.planned.role).join(', ')}`;
}

/** For scripts; without the metadata, which is large. */
export function carriedAsJson({ plan, trust, roles }: CarriedPlan): object {
  return {
    plan,
    trust,
    isSigned: roles.every(({ planned, signed }) => signed.length >= planned.threshold),
    signatures: roles.map((carried) => ({
      role: carried.planned.role,
      threshold: carried.planned.threshold,
      signed: carried.signed.map(named),
      open: carried.open.map(named),
      waits: isWaiting(carried),
    })),
  };
}

function named({ keyId, owner }: PlannedSignature): object {
  return { keyId, owner };
}
