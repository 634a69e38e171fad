/**
 * Every error that the trust server answers with: code, status, message and the shapes of `detail`
 * (notary server/errors/errors.go; observed on notary-server 0.7.0). Pure.
 */
import { answer, goJson } from '../exchange.ts';
import type { SandboxResponse } from '../exchange.ts';

const table = {
  NO_FILENAME: [400, 'No file/role name provided.'],
  INVALID_ROLE: [400, 'The role you are attempting to operate on is invalid.'],
  MALFORMED_JSON: [400, 'JSON sent by the client could not be parsed by the server'],
  MALFORMED_UPLOAD: [400, 'The body of your request is malformed.'],
  INVALID_UPDATE: [400, 'Update sent by the client is invalid.'],
  VERSION: [400, 'A newer version of metadata is already available.'],
  INVALID_GUN: [400, 'The server does not support actions on images of this name.'],
  INVALID_PARAMETERS: [400, 'The parameters provided are not valid.'],
  METADATA_NOT_FOUND: [404, 'You have requested metadata that does not exist.'],
  GENERIC_NOT_FOUND: [404, 'You have requested a resource that does not exist.'],
  UNAUTHORIZED: [401, 'authentication required'],
  NO_STORAGE: [500, 'The server is misconfigured and has no storage.'],
  NO_CRYPTOSERVICE: [500, 'The server does not have a signing service configured.'],
  NO_KEYALGORITHM: [500, 'The server does not have a key algorithm configured.'],
  UPDATING: [500, 'An error has occurred while updating the TUF repository.'],
  UNKNOWN: [500, 'unknown error'],
} as const satisfies Record<string, readonly [number, string]>;

export type NotaryErrorCode = keyof typeof table;

/** Why an update was refused; travels as `{"Name","Error":{"Msg"[,"Missing"]}}` and is what clients print. */
export type UpdateFault =
  'ErrValidation' | 'ErrBadHierarchy' | 'ErrBadRoot' | 'ErrBadTargets' | 'ErrBadSnapshot';

/** Thrown inside the service; becomes the answer. `detail` undefined leaves the member out, as Go's omitempty. */
export class NotaryError extends Error {
  override readonly name = 'NotaryError';
  readonly code: NotaryErrorCode;
  readonly detail: unknown;

  constructor(code: NotaryErrorCode, detail?: unknown, options?: { readonly cause?: unknown }) {
    super(code, options);
    this.code = code;
    this.detail = detail;
  }
}

/** INVALID_UPDATE with its reason. `missing` names the file that a broken hierarchy lacks. */
export function invalidUpdate(fault: UpdateFault, message: string, missing?: string): NotaryError {
  // Member order as Go's struct has it.
  const error = missing === undefined ? { Msg: message } : { Missing: missing, Msg: message };
  return new NotaryError('INVALID_UPDATE', { Name: fault, Error: error });
}

/** The answer for an error: a JSON list of one, with the line feed of Go's encoder. */
export function toErrorResponse(
  error: NotaryError,
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
