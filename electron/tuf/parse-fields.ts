/** Parts that several metadata files share: keys, role entries, file facts, signatures. Pure. Throws JsonError. */
import type { TufKeyId } from '../../shared/brands.ts';
import { base64Length } from './base64.ts';
import type { JsonValue } from './canonical-json.ts';
import { parseExpiry } from './expiry.ts';
import { JsonError } from './json-error.ts';
import type { JsonReader } from './json-reader.ts';
import { isKeyType } from './key-id.ts';
import type { FileMeta, PublicKey, RoleKeys, Signature } from './model.ts';

/** Collects members that the body cannot express; see MetadataFile.unknownFields. */
export type UnknownFields = string[];

export interface Common {
  type: string;
  version: number;
  expires: string;
}

/** Reads `_type`, `version` or `expires`; false when the member is another one. */
export function readCommon(reader: JsonReader, name: string, common: Common): boolean {
  if (name === '_type') common.type = reader.string();
  else if (name === 'version') common.version = reader.integer();
  else if (name === 'expires') common.expires = reader.string();
  else return false;
  return true;
}

export const noCommon = (): Common => ({ type: '', version: 0, expires: '' });

/** The common members once all were read. notary: the type must fit the role and versions start at 1. */
export function checkCommon(
  common: Common,
  type: string,
): { version: number; expires: string; expiresAt: number } {
  if (common.type !== type)
    throw new JsonError(`_type is ${JSON.stringify(common.type)}, not ${JSON.stringify(type)}`);
  if (common.version < 1) throw new JsonError(`version is ${common.version}`);
  const expiresAt = parseExpiry(common.expires);
  if (expiresAt === undefined)
    throw new JsonError(`expires is not a time: ${JSON.stringify(common.expires)}`);
  return { version: common.version, expires: common.expires, expiresAt };
}

export function skipUnknown(reader: JsonReader, path: string, unknown: UnknownFields): void {
  reader.value();
  unknown.push(path);
}

/** Go writes an empty map or list as `null` when it was never made; both mean empty. */
export function objectOrNull(reader: JsonReader, member: (name: string) => void): void {
  if (!reader.takeNull()) reader.object(member);
}
export function arrayOrNull(reader: JsonReader, element: () => void): void {
  if (!reader.takeNull()) reader.array(element);
}

/** Standard base64 of `length` bytes (any number when undefined), as text. */
export function readBase64(reader: JsonReader, what: string, length?: number): string {
  const text = reader.string();
  const found = base64Length(text);
  if (found === undefined || (length !== undefined && found !== length)) {
    throw new JsonError(`${what} is not base64${length === undefined ? '' : ` of ${length} bytes`}`);
  }
  return text;
}

export interface Keys {
  readonly known: ReadonlyMap<TufKeyId, PublicKey>;
  /** Key IDs whose type we do not know: they may be named by a role but never verify. */
  readonly ids: ReadonlySet<string>;
}

/** A `keys` object. */
export function readKeys(reader: JsonReader, path: string, unknown: UnknownFields): Keys {
  const known = new Map<TufKeyId, PublicKey>();
  const ids = new Set<string>();
  objectOrNull(reader, (id) => {
    ids.add(id);
    const key = readKey(reader, `${path}.${id}`, unknown);
    if (key !== undefined) known.set(id as TufKeyId, key);
  });
  return { known, ids };
}

function readKey(reader: JsonReader, path: string, unknown: UnknownFields): PublicKey | undefined {
  let keytype = '';
  let publicBase64: string | undefined;
  reader.object((name) => {
    if (name === 'keytype') keytype = reader.string();
    else if (name === 'keyval') publicBase64 = readKeyValue(reader, `${path}.keyval`, unknown);
    else skipUnknown(reader, `${path}.${name}`, unknown);
  });
  if (publicBase64 === undefined) throw new JsonError(`${path} has no public key`);
  if (isKeyType(keytype)) return { keytype, publicBase64 };
  unknown.push(`${path}.keytype`);
  return undefined;
}

function readKeyValue(reader: JsonReader, path: string, unknown: UnknownFields): string | undefined {
  let publicBase64: string | undefined;
  reader.object((name) => {
    if (name === 'public') publicBase64 = readBase64(reader, `${path}.public`);
    else if (name !== 'private' || !reader.takeNull()) skipUnknown(reader, `${path}.${name}`, unknown);
  });
  return publicBase64;
}

/** Key IDs and threshold of a role entry while its members arrive. */
export class RoleKeysReader {
  private readonly keyids: TufKeyId[] = [];
  private threshold = 0;

  /** False when the member is neither `keyids` nor `threshold`. */
  read(reader: JsonReader, name: string): boolean {
    if (name === 'keyids') arrayOrNull(reader, () => this.keyids.push(reader.string() as TufKeyId));
    else if (name === 'threshold') this.threshold = reader.integer();
    else return false;
    return true;
  }

  /** notary: threshold < 1 is refused, and so is a key ID without its key. */
  finish(role: string, keyIds: ReadonlySet<string>): RoleKeys {
    if (this.threshold < 1) throw new JsonError(`threshold of ${role} is ${this.threshold}`);
    for (const id of this.keyids) {
      if (!keyIds.has(id))
        throw new JsonError(`${role} names key ${JSON.stringify(id.slice(0, 64))} which is not there`);
    }
    return { keyids: this.keyids, threshold: this.threshold };
  }
}

export interface ReadMeta {
  length: number;
  sha256: string | undefined;
  sha512: string | undefined;
  custom: JsonValue | undefined;
}

/** Length, hashes and custom data of a file or target, read member by member into `meta`. */
export function readFileMeta(reader: JsonReader, path: () => string, unknown: UnknownFields): ReadMeta {
  const meta: ReadMeta = { length: -1, sha256: undefined, sha512: undefined, custom: undefined };
  reader.object((name) => {
    if (name === 'length') meta.length = reader.integer();
    else if (name === 'hashes') readHashes(reader, meta, path, unknown);
    else if (name === 'custom') meta.custom = reader.takeNull() ? undefined : reader.value();
    else skipUnknown(reader, `${path()}.${name}`, unknown);
  });
  if (meta.length < 0) throw new JsonError(`${path()} has no length`);
  return meta;
}

function readHashes(reader: JsonReader, meta: ReadMeta, path: () => string, unknown: UnknownFields): void {
  objectOrNull(reader, (algorithm) => {
    if (algorithm === 'sha256') meta.sha256 = readBase64(reader, 'sha256', 32);
    else if (algorithm === 'sha512') meta.sha512 = readBase64(reader, 'sha512', 64);
    else skipUnknown(reader, `${path()}.hashes.${algorithm}`, unknown);
  });
}

/** The `meta` object of snapshot and timestamp; each entry needs a hash that we know. */
export function readMetaMap(reader: JsonReader, unknown: UnknownFields): ReadonlyMap<string, FileMeta> {
  const files = new Map<string, FileMeta>();
  objectOrNull(reader, (name) => {
    const path = (): string => `signed.meta.${name}`;
    const meta = readFileMeta(reader, path, unknown);
    if (meta.sha256 === undefined && meta.sha512 === undefined)
      throw new JsonError(`${path()} has no hash we know`);
    files.set(name, meta);
  });
  return files;
}

/** The `signatures` list. Method names are lower-cased, as notary does. */
export function readSignatures(reader: JsonReader, unknown: UnknownFields): readonly Signature[] {
  const signatures: Signature[] = [];
  arrayOrNull(reader, () => {
    const read = { keyid: '', method: '', sig: '' };
    reader.object((name) => {
      if (name === 'keyid') read.keyid = reader.string();
      else if (name === 'method') read.method = reader.string().toLowerCase();
      else if (name === 'sig') read.sig = reader.takeNull() ? '' : readBase64(reader, 'a signature');
      else skipUnknown(reader, `signatures.${name}`, unknown);
    });
    signatures.push({ ...read, keyid: read.keyid as TufKeyId });
  });
  return signatures;
}
