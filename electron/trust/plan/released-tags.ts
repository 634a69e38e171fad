/**
 * What a consumer sees of a set of targets files: tag, digest and signers by docker's rule (a tag counts when it is in
 * `targets/releases` or `targets`; other roles that hold the same digest are its signers). Pure.
 */
import type { RoleName } from '../../../shared/brands.ts';
import { hexOfBase64 } from '../../tuf/base64.ts';
import type { TargetsBody } from '../../tuf/model.ts';

export interface ReleasedTag {
  /** Base64 SHA-256, as the file has it: compared, never shown. */
  readonly sha256: string;
  readonly signers: readonly string[];
}

/** Hex of a digest in a parsed targets file; parsing has refused everything that is not base64. */
export function digestHex(base64: string): string {
  return hexOfBase64(base64);
}

const RELEASES = 'targets/releases' as RoleName;
const TARGETS = 'targets' as RoleName;

/**
 * Tag to what a pull gets: `targets/releases` first, then `targets` (notary-protocol 7).
 * @param only the tags that are asked for
 */
export function releasedTags(
  targets: ReadonlyMap<RoleName, TargetsBody>,
  only: ReadonlySet<string>,
): ReadonlyMap<string, ReleasedTag> {
  const digests = new Map<string, string>();
  for (const role of [TARGETS, RELEASES]) {
    for (const target of targets.get(role)?.targets ?? []) {
      if (only.has(target.name) && target.sha256 !== undefined) digests.set(target.name, target.sha256);
    }
  }
  const signers = signersOf(targets, digests);
  return new Map([...digests].map(([tag, sha256]) => [tag, { sha256, signers: signers.get(tag) ?? [] }]));
}

function signersOf(
  targets: ReadonlyMap<RoleName, TargetsBody>,
  digests: ReadonlyMap<string, string>,
): ReadonlyMap<string, readonly string[]> {
  const signers = new Map<string, string[]>();
  for (const [role, body] of targets) {
    if (role === RELEASES || role === TARGETS) continue;
    for (const target of body.targets) {
      if (!digests.has(target.name) || digests.get(target.name) !== target.sha256) continue;
      const list = signers.get(target.name);
      if (list === undefined) signers.set(target.name, [role.slice('targets/'.length)]);
      else list.push(role.slice('targets/'.length));
    }
  }
  return signers;
}
