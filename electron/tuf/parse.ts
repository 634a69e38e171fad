/**
 * Bytes to metadata, with every structural rule of notary. Pure; checks no signature, hash or date.
 * All functions throw `trust/malformed`.
 */
import type { RoleName } from '../../shared/brands.ts';
import { canonicalText, orMalformed, readerOf } from './canonical-json.ts';
import { JsonError } from './json-error.ts';
import { JsonReader } from './json-reader.ts';
import type {
  BaseRole,
  FileMeta,
  MetadataFile,
  RoleKeys,
  RootBody,
  Signature,
  SignedBody,
  SnapshotBody,
  TargetsBody,
  TimestampBody,
} from './model.ts';
import { BASE_ROLES, isBaseRole, ROOT, SNAPSHOT, TARGETS, TIMESTAMP } from './names.ts';
import {
  checkCommon,
  type Keys,
  noCommon,
  objectOrNull,
  readCommon,
  readKeys,
  readMetaMap,
  readSignatures,
  RoleKeysReader,
  skipUnknown,
  type UnknownFields,
} from './parse-fields.ts';
import { readTargets } from './parse-targets.ts';
import { toUtf8 } from './utf8.ts';

export function parseRoot(bytes: Uint8Array): MetadataFile<RootBody> {
  return parseFile(ROOT, bytes, readRoot);
}

/** `role` is `targets` or a delegation. Throws `trust/malformed` also for delegations that are not direct children. */
export function parseTargets(role: RoleName, bytes: Uint8Array): MetadataFile<TargetsBody> {
  return parseFile(role, bytes, (reader, unknown) => readTargets(role, reader, unknown));
}

export function parseSnapshot(bytes: Uint8Array): MetadataFile<SnapshotBody> {
  return parseFile(SNAPSHOT, bytes, readSnapshot);
}

export function parseTimestamp(bytes: Uint8Array): MetadataFile<TimestampBody> {
  return parseFile(TIMESTAMP, bytes, readTimestamp);
}

/** Any role by its name. */
export function parseMetadata(role: RoleName, bytes: Uint8Array): MetadataFile {
  if (role === ROOT) return parseRoot(bytes);
  if (role === SNAPSHOT) return parseSnapshot(bytes);
  if (role === TIMESTAMP) return parseTimestamp(bytes);
  return parseTargets(role, bytes);
}

type ReadBody<Body> = (reader: JsonReader, unknown: UnknownFields) => Body;

function parseFile<Body extends SignedBody>(
  role: RoleName,
  bytes: Uint8Array,
  readBody: ReadBody<Body>,
): MetadataFile<Body> {
  return orMalformed(role, () => {
    const { reader, text } = readerOf(bytes);
    const unknownFields: UnknownFields = [];
    let signed: { readonly body: Body; readonly message: Uint8Array } | undefined;
    let signatures: readonly Signature[] = [];
    reader.object((name) => {
      if (name === 'signed') signed = readSigned(reader, text, bytes, () => readBody(reader, unknownFields));
      else if (name === 'signatures') signatures = readSignatures(reader, unknownFields);
      else skipUnknown(reader, name, unknownFields);
    });
    reader.end();
    if (signed === undefined) throw new JsonError('there is no "signed" part');
    return { role, bytes, ...signed, signatures, unknownFields };
  });
}

/**
 * Reads the signed part and finds the bytes its signatures are over: the canonical form. What Go writes usually
 * is canonical as it stands, so those bytes are taken as they are; only otherwise are they written anew.
 */
function readSigned<Body>(
  reader: JsonReader,
  text: string,
  bytes: Uint8Array,
  readBody: () => Body,
): { readonly body: Body; readonly message: Uint8Array } {
  const start = reader.startCanonical();
  const body = readBody();
  const end = reader.consumed;
  const message = reader.isCanonical ? sliceOf(text, bytes, start, end) : canonicalSlice(text, start, end);
  return { body, message };
}

/** The bytes that text units `start` to `end` were decoded from. */
function sliceOf(text: string, bytes: Uint8Array, start: number, end: number): Uint8Array {
  if (text.length === bytes.length) return bytes.subarray(start, end);
  const after = toUtf8(text.slice(end)).length;
  return bytes.subarray(toUtf8(text.slice(0, start)).length, bytes.length - after);
}

function canonicalSlice(text: string, start: number, end: number): Uint8Array {
  return toUtf8(canonicalText(new JsonReader(text.slice(start, end), false).value()));
}

function readRoot(reader: JsonReader, unknown: UnknownFields): RootBody {
  const common = noCommon();
  let keys: Keys = { known: new Map(), ids: new Set() };
  let consistentSnapshot = false;
  const roles = new Map<BaseRole, RoleKeysReader>();
  reader.object((name) => {
    if (readCommon(reader, name, common)) return;
    if (name === 'keys') keys = readKeys(reader, 'signed.keys', unknown);
    else if (name === 'consistent_snapshot') consistentSnapshot = reader.boolean();
    else if (name === 'roles') objectOrNull(reader, (role) => readRootRole(reader, role, roles, unknown));
    else skipUnknown(reader, `signed.${name}`, unknown);
  });
  return {
    type: 'Root',
    ...checkCommon(common, 'Root'),
    consistentSnapshot,
    keys: keys.known,
    roles: new Map(BASE_ROLES.map((role) => [role, finishRootRole(role, roles, keys)])),
  };
}

function readRootRole(
  reader: JsonReader,
  role: string,
  roles: Map<BaseRole, RoleKeysReader>,
  unknown: UnknownFields,
): void {
  if (!isBaseRole(role)) {
    skipUnknown(reader, `signed.roles.${role}`, unknown);
    return;
  }
  const keys = new RoleKeysReader();
  reader.object((name) => {
    if (!keys.read(reader, name)) skipUnknown(reader, `signed.roles.${role}.${name}`, unknown);
  });
  roles.set(role, keys);
}

function finishRootRole(role: BaseRole, roles: ReadonlyMap<BaseRole, RoleKeysReader>, keys: Keys): RoleKeys {
  const found = roles.get(role);
  if (found === undefined) throw new JsonError(`the ${role} role is missing`);
  return found.finish(role, keys.ids);
}

function readSnapshot(reader: JsonReader, unknown: UnknownFields): SnapshotBody {
  const { common, meta } = readMetaBody(reader, unknown);
  requireSha256(meta, 'root');
  requireSha256(meta, TARGETS);
  return { type: 'Snapshot', ...checkCommon(common, 'Snapshot'), meta };
}

function readTimestamp(reader: JsonReader, unknown: UnknownFields): TimestampBody {
  const { common, meta } = readMetaBody(reader, unknown);
  requireSha256(meta, 'snapshot');
  return { type: 'Timestamp', ...checkCommon(common, 'Timestamp'), meta };
}

function readMetaBody(
  reader: JsonReader,
  unknown: UnknownFields,
): { readonly common: ReturnType<typeof noCommon>; readonly meta: ReadonlyMap<string, FileMeta> } {
  const common = noCommon();
  let meta: ReadonlyMap<string, FileMeta> = new Map();
  reader.object((name) => {
    if (readCommon(reader, name, common)) return;
    if (name === 'meta') meta = readMetaMap(reader, unknown);
    else skipUnknown(reader, `signed.${name}`, unknown);
  });
  return { common, meta };
}

/** notary: these entries must be there, with SHA-256. */
function requireSha256(meta: ReadonlyMap<string, FileMeta>, name: string): void {
  if (meta.get(name)?.sha256 === undefined) throw new JsonError(`there is no SHA-256 of ${name}`);
}
