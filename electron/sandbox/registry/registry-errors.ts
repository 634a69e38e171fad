/** Errors of the registry API: code, status and message as docker's distribution answers them. Pure. */
import { answer, goJson } from '../exchange.ts';
import type { SandboxResponse } from '../exchange.ts';

const table = {
  BLOB_UNKNOWN: [404, 'blob unknown to registry'],
  BLOB_UPLOAD_INVALID: [400, 'blob upload invalid'],
  BLOB_UPLOAD_UNKNOWN: [404, 'blob upload unknown to registry'],
  DIGEST_INVALID: [400, 'provided digest did not match uploaded content'],
  MANIFEST_BLOB_UNKNOWN: [400, 'blob unknown to registry'],
  MANIFEST_INVALID: [400, 'manifest invalid'],
  MANIFEST_UNKNOWN: [404, 'manifest unknown'],
  NAME_INVALID: [400, 'invalid repository name'],
  NAME_UNKNOWN: [404, 'repository name not known to registry'],
  PAGINATION_NUMBER_INVALID: [400, 'invalid number of results requested'],
  RANGE_INVALID: [416, 'invalid content range'],
  SIZE_INVALID: [400, 'provided length did not match content length'],
  TAG_INVALID: [400, 'manifest tag did not match URI'],
  UNAUTHORIZED: [401, 'authentication required'],
  UNSUPPORTED: [405, 'The operation is unsupported.'],
} as const satisfies Record<string, readonly [number, string]>;

export type RegistryErrorCode = keyof typeof table;

/** Thrown inside the registry; becomes the answer. */
export class RegistryError extends Error {
  override readonly name = 'RegistryError';
  readonly code: RegistryErrorCode;
  readonly detail: unknown;

  constructor(code: RegistryErrorCode, detail?: unknown) {
    super(code);
    this.code = code;
    this.detail = detail;
  }
}

export function toRegistryErrorResponse(
  error: RegistryError,
  headers: Readonly<Record<string, string>> = {},
): SandboxResponse {
  const [status, message] = table[error.code];
  const { code, detail } = error;
  const body = detail === undefined ? { code, message } : { code, message, detail };
  return answer(
    status,
    { ...headers, 'Content-Type': 'application/json; charset=utf-8' },
    `${goJson({ errors: [body] })}\n`,
  );
}
