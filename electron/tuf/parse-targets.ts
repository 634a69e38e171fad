/** The signed part of `targets` and of delegations. Pure. Throws JsonError. */
import type { RoleName } from '../../shared/brands.ts';
import { JsonError } from './json-error.ts';
import { type JsonReader, plainMember } from './json-reader.ts';
import type { DelegationRole, TargetEntry, TargetsBody } from './model.ts';
import { isDelegation, parentRole } from './names.ts';
import { noteInOrder } from './ordered-targets.ts';
import {
  arrayOrNull,
  checkCommon,
  type Keys,
  noCommon,
  readCommon,
  readFileMeta,
  readKeys,
  RoleKeysReader,
  skipUnknown,
  type UnknownFields,
} from './parse-fields.ts';

/** `role` is the file's own name: it delegates to direct children only. */
export function readTargets(role: RoleName, reader: JsonReader, unknown: UnknownFields): TargetsBody {
  const common = noCommon();
  let targets: readonly TargetEntry[] = [];
  let delegations: Pick<TargetsBody, 'delegationKeys' | 'delegations'> | undefined;
  reader.object((name) => {
    if (readCommon(reader, name, common)) return;
    if (name === 'targets') targets = readTargetEntries(reader, unknown);
    else if (name === 'delegations') delegations = readDelegations(role, reader, unknown);
    else skipUnknown(reader, `signed.${name}`, unknown);
  });
  return {
    type: 'Targets',
    ...checkCommon(common, 'Targets'),
    targets,
    ...(delegations ?? { delegationKeys: new Map(), delegations: [] }),
  };
}

/**
 * A target exactly as docker writes it: name, canonical base64 of 32 bytes (the two unused bits are zero), length
 * below 10^15. `readFileMeta` takes the same; this makes nothing but the entry, which is what a table of 100,000 needs.
 */
const PLAIN_TARGET = plainMember(
  // eslint-disable-next-line no-control-regex -- what a string may not hold unescaped
  /"([^"\\\u0000-\u001f]*)":\{"hashes":\{"sha256":"([A-Za-z0-9+/]{42}[AEIMQUYcgkosw048]=)"\},"length":(0|[1-9][0-9]{0,14})\}/
    .source,
  3,
);

/** Its groups one by one: taking an array apart costs more than all the rest of this. */
function toPlainTarget(match: RegExpExecArray, name: number): TargetEntry {
  return {
    name: match[name] ?? '',
    length: Number(match[name + 2]),
    sha256: match[name + 1],
    sha512: undefined,
    custom: undefined,
  };
}

function readTargetEntries(reader: JsonReader, unknown: UnknownFields): TargetEntry[] {
  const targets: TargetEntry[] = [];
  if (reader.takeNull()) return targets; // Go writes an empty map as `null` when it was never made
  reader.objectOfLike(
    PLAIN_TARGET,
    (match, name) => targets.push(toPlainTarget(match, name)),
    (name) => {
      const { length, sha256, sha512, custom } = readFileMeta(
        reader,
        () => `signed.targets.${name}`,
        unknown,
      );
      targets.push({ name, length, sha256, sha512, custom });
    },
  );
  // Canonical JSON is in order; names written with escapes may be in another one than they look.
  if (reader.isCanonical) noteInOrder(targets);
  return targets;
}

function readDelegations(
  parent: RoleName,
  reader: JsonReader,
  unknown: UnknownFields,
): Pick<TargetsBody, 'delegationKeys' | 'delegations'> {
  let keys: Keys = { known: new Map(), ids: new Set() };
  const entries: ReturnType<typeof readDelegation>[] = [];
  reader.object((name) => {
    if (name === 'keys') keys = readKeys(reader, 'signed.delegations.keys', unknown);
    else if (name === 'roles')
      arrayOrNull(reader, () => entries.push(readDelegation(parent, reader, unknown)));
    else skipUnknown(reader, `signed.delegations.${name}`, unknown);
  });
  const delegations = entries.map(({ keys: roleKeys, ...rest }): DelegationRole => {
    return { ...rest, ...roleKeys.finish(rest.name, keys.ids) };
  });
  return { delegationKeys: keys.known, delegations };
}

function readDelegation(
  parent: RoleName,
  reader: JsonReader,
  unknown: UnknownFields,
): { readonly name: RoleName; readonly paths: readonly string[]; readonly keys: RoleKeysReader } {
  const keys = new RoleKeysReader();
  const paths: string[] = [];
  let role = '';
  reader.object((name) => {
    if (keys.read(reader, name)) return;
    if (name === 'name') role = reader.string();
    else if (name === 'paths') arrayOrNull(reader, () => paths.push(reader.string()));
    else skipUnknown(reader, `signed.delegations.roles.${name}`, unknown);
  });
  // notary: a role lists its direct children only, so the graph cannot have cycles.
  if (!isDelegation(role) || parentRole(role as RoleName) !== parent) {
    throw new JsonError(`${JSON.stringify(role.slice(0, 256))} cannot be a delegation of ${parent}`);
  }
  return { name: role as RoleName, paths, keys };
}
