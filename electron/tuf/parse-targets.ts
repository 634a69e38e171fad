/** The signed part of `targets` and of delegations. Pure. Throws JsonError. */
import type { RoleName } from '../../shared/brands.ts';
import { JsonError } from './json-error.ts';
import type { JsonReader } from './json-reader.ts';
import type { DelegationRole, TargetEntry, TargetsBody } from './model.ts';
import { isDelegation, parentRole } from './names.ts';
import {
  arrayOrNull,
  checkCommon,
  type Keys,
  noCommon,
  objectOrNull,
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
  const targets: TargetEntry[] = [];
  let delegations: Pick<TargetsBody, 'delegationKeys' | 'delegations'> | undefined;
  reader.object((name) => {
    if (readCommon(reader, name, common)) return;
    if (name === 'targets')
      objectOrNull(reader, (target) => targets.push(readTarget(reader, target, unknown)));
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

function readTarget(reader: JsonReader, name: string, unknown: UnknownFields): TargetEntry {
  const start = reader.consumed;
  const plain = readPlainTarget(reader, name);
  if (plain !== undefined) return plain;
  reader.rewind(start);
  const meta = readFileMeta(reader, () => `signed.targets.${name}`, unknown);
  return { name, length: meta.length, sha256: meta.sha256, sha512: meta.sha512, custom: meta.custom };
}

/**
 * A target exactly as docker writes it. The general reader takes the same; this one makes nothing but the entry,
 * which is what a table of 100,000 needs.
 */
function readPlainTarget(reader: JsonReader, name: string): TargetEntry | undefined {
  if (!reader.takeText('{"hashes":{"sha256":"')) return undefined;
  const sha256 = reader.takeBase64(32);
  if (sha256 === undefined || !reader.takeText('"},"length":')) return undefined;
  const length = reader.takeNatural();
  if (length === undefined || !reader.takeText('}')) return undefined;
  return { name, length, sha256, sha512: undefined, custom: undefined };
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
