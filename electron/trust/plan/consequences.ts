/** What consumers and other signers notice after a plan: computed from the view before and after. Pure. */
import type { RoleName } from '../../../shared/brands.ts';
import type { TargetsBody } from '../../tuf/model.ts';
import { coveredOnly } from './covered-only.ts';
import type { Consequence, PlanLine } from './plan.ts';
import { digestHex, releasedTags, type ReleasedTag } from './released-tags.ts';
import { touchedTags } from './touched-tags.ts';

export type RoleBodies = ReadonlyMap<RoleName, TargetsBody>;

/**
 * Tags that move, vanish or lose a signer. `after` must leave out roles that will not verify any more. What lies outside
 * of a role's paths does not count, before or after.
 */
export function tagConsequences(before: RoleBodies, after: RoleBodies): readonly Consequence[] {
  const [seenBefore, seenAfter] = [coveredOnly(before), coveredOnly(after)];
  const touched = touchedTags(seenBefore, seenAfter);
  const then = releasedTags(seenBefore, touched);
  const now = releasedTags(seenAfter, touched);
  return [...then].flatMap(([tag, old]) => tagConsequence(tag, old, now.get(tag), seenAfter));
}

/** What follows from other keys of base roles. @param signsSnapshot whether the snapshot is signed here from then on */
export function keyConsequences(lines: readonly PlanLine[], signsSnapshot: boolean): readonly Consequence[] {
  return lines.flatMap((line): readonly Consequence[] => {
    if (line.kind !== 'base-keys-replaced') return [];
    const { role, from, to } = line;
    if (role === 'root') return [{ kind: 'root-certificate-changes' }];
    if (role === 'snapshot') return [{ kind: 'snapshot-signed-by', by: signsSnapshot ? 'owner' : 'server' }];
    if (role === 'timestamp') return [];
    return from
      .filter((keyId) => !to.includes(keyId))
      .map((keyId) => ({ kind: 'key-not-needed', role, keyId }));
  });
}

/**
 * Delegations that are added and whose files of an earlier life the server still has: it never takes one away, so what
 * those keys signed then counts again. What is in the file is not known here.
 */
export function returningRoles(
  lines: readonly PlanLine[],
  meta: ReadonlyMap<string, unknown> | undefined,
  before: RoleBodies,
): readonly Consequence[] {
  return lines.flatMap((line): readonly Consequence[] => {
    if (line.kind !== 'delegation-added' || before.has(line.role) || meta?.has(line.role) !== true) return [];
    return [{ kind: 'role-returns', role: line.role }];
  });
}

function tagConsequence(
  tag: string,
  old: ReleasedTag,
  current: ReleasedTag | undefined,
  after: RoleBodies,
): readonly Consequence[] {
  if (current === undefined) return [{ kind: 'tag-unpullable', tag }];
  const lost = old.signers
    .filter((signer) => !current.signers.includes(signer))
    .map((signer): Consequence => ({ kind: 'signature-lost', tag, signer, left: current.signers }));
  if (current.sha256 === old.sha256) return lost;
  const moved = {
    kind: 'tag-moves',
    tag,
    from: digestHex(old.sha256),
    to: digestHex(current.sha256),
  } as const;
  return [moved, ...lost, ...adminCopy(tag, current, after)];
}

/** docker shows a second row when the administrator's copy in `targets` has another digest. */
function adminCopy(tag: string, current: ReleasedTag, after: RoleBodies): readonly Consequence[] {
  const admin = after.get('targets' as RoleName)?.targets.find((target) => target.name === tag);
  if (admin?.sha256 === undefined || admin.sha256 === current.sha256) return [];
  return [{ kind: 'admin-copy-differs', tag, digest: digestHex(admin.sha256) }];
}
