/** Verdicts of the real notary-server on an upload, word for word. */
import type { TrustAnswer } from '../notary-simulator-publisher.ts';

export interface Verdict {
  readonly status: number;
  readonly body: string;
}

export const accepted: Verdict = { status: 200, body: '' };
export const refused = (code: string, message: string, detail?: unknown): Verdict => ({
  status: 400,
  body: `${JSON.stringify({ errors: [{ code, message, ...(detail === undefined ? {} : { detail }) }] })}\n`,
});
export const invalid = (name: string, message: string, missing?: string): Verdict =>
  refused('INVALID_UPDATE', 'Update sent by the client is invalid.', {
    Name: name,
    Error: missing === undefined ? { Msg: message } : { Missing: missing, Msg: message },
  });
export const badRoot = (message: string): Verdict => invalid('ErrBadRoot', message);
export const badTargets = (message: string): Verdict => invalid('ErrBadTargets', message);
export const badSnapshot = (message: string): Verdict => invalid('ErrBadSnapshot', message);
export const oldVersion = refused('VERSION', 'A newer version of metadata is already available.', {});
export const malformedUpload = refused('MALFORMED_UPLOAD', 'The body of your request is malformed.');
export const noFilename = refused('NO_FILENAME', 'No file/role name provided.');
export const malformedJson = refused(
  'MALFORMED_JSON',
  'JSON sent by the client could not be parsed by the server',
);
export const invalidRole = (role: string): Verdict =>
  refused('INVALID_ROLE', 'The role you are attempting to operate on is invalid.', role);

/** True for the verdicts that follow from a key which the server should have and has not. */
export function lacksServerKey({ body }: Verdict): boolean {
  return body.includes('keys exist on the server') || body.includes('does not hold current snapshot key');
}

/** What a server said, with every SHA-256 made the same. */
export function verdictOf(answer: TrustAnswer): Verdict {
  return { status: answer.status, body: answer.body.toString().replace(/\b[0-9a-f]{64}\b/g, '<id>') };
}

export function untrusted(reason: string): string {
  return `could not validate the path to a trusted root: ${reason}`;
}
