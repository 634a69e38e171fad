/**
 * Which changes a saved plan may hold. Pure. SECURITY: the lines of a plan do not say in which file a tag is, and nothing of
 * sizes, custom data or thresholds. Plans made here keep to that; a file may say anything, so whatever its lines would not tell
 * is refused.
 */
import { canonicalText } from '../../../tuf/canonical-json.ts';
import type { JsonValue } from '../../../tuf/canonical-json.ts';
import type { Change } from '../../../tuf/change.ts';
import { certificatePem, isCertificateKey } from '../../../tuf/key-id.ts';
import type { DelegationRole, TargetEntry } from '../../../tuf/model.ts';
import { expiryFrom } from '../../../tuf/new-metadata.ts';
import type { TufCrypto } from '../../../tuf/ports.ts';
import type { PlanSource } from '../make-plan.ts';
import type { Plan } from '../plan.ts';

/** Why the plan cannot be trusted to show what it does, or undefined. */
export function untoldChange(
  { changes, lines, createdAt }: Plan,
  source: PlanSource,
  crypto: TufCrypto,
): string | undefined {
  if (changes.length === 0 || lines.length === 0) return 'it changes nothing that it could show';
  const held = entriesOf(source);
  const roles = new Map([...source.targets.values()].flatMap(({ body }) => body.delegations).map(byName));
  const acts = new Map<string, string>();
  const places = new Set<string>();
  for (const change of changes) {
    const reason =
      untoldTarget(change, held) ??
      untoldThreshold(change, roles) ??
      untoldBaseKey(change, new Date(createdAt), crypto);
    if (reason !== undefined) return reason;
    const tag = tagOf(change);
    if (tag === undefined) continue;
    const act = actOf(change);
    const place = JSON.stringify([tag.role, tag.name]);
    if (places.has(place) || (acts.get(tag.name) ?? act) !== act) return `it changes ${tag.name} in two ways`;
    places.add(place);
    acts.set(tag.name, act);
  }
  return undefined;
}

const byName = (role: DelegationRole): readonly [string, DelegationRole] => [role.name, role];

function entriesOf(source: PlanSource): ReadonlyMap<string, readonly TargetEntry[]> {
  const held = new Map<string, TargetEntry[]>();
  for (const { body } of source.targets.values()) {
    for (const target of body.targets) held.set(target.name, [...(held.get(target.name) ?? []), target]);
  }
  return held;
}

function tagOf(change: Change): { readonly role: string; readonly name: string } | undefined {
  if (change.kind === 'add-target') return { role: change.role, name: change.target.name };
  return change.kind === 'remove-target' ? change : undefined;
}

/** What is done to a tag, the same text for the same thing. */
function actOf(change: Change): string {
  return change.kind === 'add-target' ? textOf(change.target) : change.kind;
}

/** A target without SHA-256, or with facts beside it that the repository does not hold already. */
function untoldTarget(change: Change, held: ReadonlyMap<string, readonly TargetEntry[]>): string | undefined {
  if (change.kind !== 'add-target') return undefined;
  const { target } = change;
  if (target.sha256 === undefined) return `it signs ${target.name} without a SHA-256`;
  const old = held.get(target.name) ?? [];
  const isKnown = old.some((entry) => textOf(entry) === textOf(target));
  if (isKnown) return undefined;
  if (target.sha512 !== undefined) return `it signs a SHA-512 of ${target.name} that it does not show`;
  const hasOwnData = target.custom !== undefined;
  if (hasOwnData && !old.some(({ custom }) => custom !== undefined && sameJson(custom, target.custom)))
    return `it signs data with ${target.name} that it does not show`;
  const sameImage = old.find(({ sha256 }) => sha256 === target.sha256);
  if (sameImage !== undefined && sameImage.length !== target.length)
    return `it gives ${target.name} another size than it has`;
  return undefined;
}

/** Plans made here ask for one signature, or leave a threshold as it is. */
function untoldThreshold(change: Change, roles: ReadonlyMap<string, DelegationRole>): string | undefined {
  if (change.kind !== 'add-delegation') return undefined;
  const old = roles.get(change.role)?.threshold ?? 1;
  return change.threshold === old ? undefined : `it changes the threshold of ${change.role}`;
}

/** A line shows the ID of a base role's key: one key, and a root certificate that lasts as long as the root itself. */
function untoldBaseKey(change: Change, at: Date, crypto: TufCrypto): string | undefined {
  if (change.kind !== 'replace-base-keys') return undefined;
  const [key, ...others] = change.keys;
  if (key === undefined || others.length > 0) return `it gives ${change.role} several keys, or none`;
  if (isCertificateKey(key) !== (change.role === 'root'))
    return `it gives ${change.role} a key of another form`;
  if (change.role !== 'root') return undefined;
  const [leaf, ...bundled] = crypto.readCertificates(certificatePem(key));
  if (leaf === undefined || bundled.length > 0) return 'it bundles certificates with the root key';
  const until = expiryFrom(at, 'root').expiresAt - DAY;
  return leaf.notAfter < until ? 'its root certificate ends before the root does' : undefined;
}

/** A certificate may have been made some time before the plan. */
const DAY = 24 * 60 * 60 * 1000;

function textOf({ name, length, sha256, sha512, custom }: TargetEntry): string {
  return canonicalText(toJson({ name, length, sha256, sha512, custom }));
}

const sameJson = (a: unknown, b: unknown): boolean => canonicalText(toJson(a)) === canonicalText(toJson(b));

const toJson = (value: unknown): JsonValue => JSON.parse(JSON.stringify(value)) as JsonValue;
