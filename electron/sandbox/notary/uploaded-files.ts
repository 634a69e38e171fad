/**
 * From the body of a publish request to named files: the first of the server's checks
 * (notary server/handlers/default.go). Each part is judged when its turn comes, so the first bad one decides. Pure.
 */
import type { JsonValue } from '../../tuf/canonical-json.ts';
import { readerOf } from '../../tuf/canonical-json.ts';
import { fromBase64 } from '../../tuf/base64.ts';
import { parseExpiry } from '../../tuf/expiry.ts';
import { JsonError } from '../../tuf/json-error.ts';
import { isBaseRole, isDelegation } from '../../tuf/names.ts';
import { boundaryOf, parseHeaderValue, parseMultipart } from './multipart.ts';
import type { Part } from './multipart.ts';
import { NotaryError } from './notary-errors.ts';
import type { MetadataUpdate } from './notary-store.ts';

/**
 * The files of an upload in their order; a role may occur twice.
 * Throws MALFORMED_UPLOAD, NO_FILENAME, INVALID_ROLE or MALFORMED_JSON.
 */
export function parseUpload(contentType: string | undefined, body: Uint8Array): readonly MetadataUpdate[] {
  const boundary = boundaryOf(contentType);
  if (boundary === undefined || boundary === '') throw new NotaryError('MALFORMED_UPLOAD');
  const parts = parseMultipart(body, boundary);
  // The real server drops the connection when a body is cut short.
  if (parts === undefined) throw new NotaryError('MALFORMED_UPLOAD');
  return parts.map((part) => {
    const role = roleOf(part);
    return { role, version: versionOf(part.body), bytes: part.body };
  });
}

/** The file name without `.json`; what the form field is called does not matter. */
function roleOf(part: Part): string {
  const disposition = parseHeaderValue(part.headers.get('content-disposition') ?? '');
  const role = (disposition?.parameters.get('filename') ?? '').replace(/\.json$/, '');
  if (role === '') throw new NotaryError('NO_FILENAME');
  if (!isBaseRole(role) && !isDelegation(role)) throw new NotaryError('INVALID_ROLE', role);
  return role;
}

/**
 * The version of a file that has the shape of signed metadata at all. Go decodes the common members only, leaves
 * absent or null ones at zero, and looks at the first JSON value of the part.
 */
function versionOf(bytes: Uint8Array): number {
  try {
    const file = asObject(readerOf(bytes).reader.value());
    for (const signature of asList(file['signatures'])) checkSignature(asObject(signature));
    const signed = asObject(file['signed']);
    checkText(signed['_type']);
    const expires = checkText(signed['expires']);
    if (expires !== undefined && parseExpiry(expires) === undefined)
      throw new JsonError('expires is not a time');
    return asInteger(signed['version']);
  } catch (error) {
    if (error instanceof JsonError) throw new NotaryError('MALFORMED_JSON', undefined, { cause: error });
    throw error;
  }
}

type Members = Readonly<Record<string, JsonValue | undefined>>;

function asObject(value: JsonValue | undefined): Members {
  if (value === undefined || value === null) return {};
  if (typeof value !== 'object' || Array.isArray(value)) throw new JsonError('not an object');
  return value as Members;
}

function asList(value: JsonValue | undefined): readonly JsonValue[] {
  if (value === undefined || value === null) return [];
  if (!Array.isArray(value)) throw new JsonError('not a list');
  return value as readonly JsonValue[];
}

function checkText(value: JsonValue | undefined): string | undefined {
  if (value === undefined || value === null) return undefined;
  if (typeof value !== 'string') throw new JsonError('not a string');
  return value;
}

function asInteger(value: JsonValue | undefined): number {
  if (value === undefined || value === null) return 0;
  if (typeof value !== 'number' || !Number.isSafeInteger(value)) throw new JsonError('not a whole number');
  return value;
}

function checkSignature(signature: Members): void {
  checkText(signature['keyid']);
  checkText(signature['method']);
  const sig = checkText(signature['sig']);
  if (sig !== undefined && fromBase64(sig) === undefined) throw new JsonError('a signature is not base64');
}
