/**
 * Outcomes that a person can act on. Pure; used by every process.
 *
 * Two kinds of failure exist. A bug throws `Error`, is logged with its stack and reaches the person as
 * "internal error" with an ID. An outcome is an `AppError` whose code is one of the closed list below;
 * what people read for each code is in `error-texts.ts`, keyed by code, so a missing text does not compile.
 *
 * SECURITY: details must never hold secrets: they are printed, logged and sent to the window.
 */

/** Whom a server did not let do what, and who said so with which status. */
export interface Refusal {
  readonly scope: string;
  readonly account: string | null;
  /** Where the credentials came from; absent when there were none. */
  readonly source?: string;
  readonly status: number;
  /** Set when it is this server that refused, before the one that was asked saw anything. */
  readonly tokenServer?: string;
}

/** Details per code. Every value is plain JSON and safe to show. */
export interface ErrorDetails {
  // trust: what metadata says is not to be believed, or cannot be done
  'trust/expired': { role: string; expiredAt: string };
  'trust/threshold-not-met': { role: string; have: number; need: number };
  'trust/no-signatures': { role: string };
  'trust/rollback': { role: string; have: number; got: number };
  'trust/hash-mismatch': { role: string; algorithm: string; expected: string };
  'trust/length-mismatch': { role: string; expected: number; got: number };
  'trust/malformed': { role: string; reason: string };
  'trust/key-id-mismatch': { role: string; keyId: string };
  'trust/root-not-trusted': { gun: string; reason: string };
  'trust/root-rotation-refused': { gun: string; reason: string };
  'trust/invalid-certificate': { reason: string };
  'trust/missing-role': { role: string };
  'trust/too-many-root-rotations': { limit: number };
  'trust/limit-exceeded': { what: string; limit: number };
  'trust/no-data': { gun: string; server: string };
  'trust/no-signed-tag': { gun: string; tag: string };
  /** `signed`: what is signed now under its tag, where it has one. `tags`: under which the digest is signed. */
  'trust/other-digest': {
    gun: string;
    digest: string;
    tag?: string;
    signed?: string;
    tags: readonly string[];
  };
  'trust/other-data': { gun: string; target: string; reason: string };
  'trust/unknown-fields': { role: string; fields: readonly string[] };
  'trust/signing-failed': { role: string; keyId: string };
  'trust/invalid-change': { role: string; reason: string };
  // plans: what was asked cannot be done, or no longer
  'plan/exists': { gun: string };
  'plan/nothing-to-do': { gun: string };
  'plan/moot': { gun: string; reason: string };
  'plan/cannot-sign': { gun: string; role: string; keyIds: readonly string[] };
  'plan/conflict': { gun: string; tries: number };
  'plan/not-read-back': { gun: string; role: string; reason: string };
  /** The server keeps what was uploaded, and shows an older version, or another file of the same one. */
  'plan/stored-not-shown': { gun: string; role: string };
  'plan/restore-point-failed': { gun: string; path: string };
  'plan/no-restore-point': { gun: string };
  'plan/malformed': { reason: string };
  'plan/file-unreadable': { path: string; reason: string };
  'plan/not-portable': { gun: string; reason: string };
  'plan/no-key-here': { gun: string; keyIds: readonly string[] };
  'plan/snapshot-comes-last': { gun: string; role: string; keyIds: readonly string[] };
  'plan/signatures-missing': {
    gun: string;
    role: string;
    have: number;
    need: number;
    keyIds: readonly string[];
  };
  'plan/signatures-moot': { gun: string; role: string };
  'plan/root-key-offline': { gun: string; keyIds: readonly string[] };
  /** `server` without scheme, as docker names it. */
  'plan/gone-from-server': { gun: string; server: string };
  'plan/choose-root-key': { gun: string; keyIds: readonly string[] };
  'plan/rotation-refused': { role: string; reason: string };
  'plan/staged-unreadable': { file: string; reason: string };
  'signer/reserved-name': { name: string };
  'signer/malformed-name': { name: string };
  'signer/unknown': { gun: string; name: string };
  'signer/no-key': { gun: string; name: string };
  'signer/name-needed': { gun: string; account: string | null };
  'signer/choose': { gun: string; names: readonly string[] };
  'signer/key-refused': { path: string; reason: string };
  'signer/root-key': { gun: string; keyId: string };
  'engine/unavailable': { socket: string; reason: string };
  'engine/image-not-found': { reference: string };
  'engine/error': { reason: string };
  'engine/no-docker': Record<string, never>;
  // references and names
  'reference/malformed': { reference: string; reason: string };
  'reference/unresolvable': { reference: string; reason: string };
  /** `name` of the file, as it was given. */
  'reference/file-malformed': { name: string; reason: string };
  /** Builders read it in several ways; `line` from 1. */
  'reference/file-doubtful': { name: string; line: number; reason: string };
  /** `trigger` without the word ONBUILD. */
  'reference/trigger-unsigned': { image: string; trigger: string; reason: string };
  'reference/none-found': { name: string };
  'reference/not-pinnable': { reference: string; reason: string };
  'reference/not-all-signed': { name: string; count: number };
  'reference/invalid-gun': { gun: string; reason: string };
  'reference/invalid-role': { role: string; reason: string };
  // notary server
  'notary/not-https': { url: string };
  'notary/metadata-missing': { gun: string; role: string };
  'notary/unauthorised': Refusal & { server: string };
  'notary/server-error': { server: string; status: number };
  'notary/rejected': { server: string; status: number; code: string; message: string; detail?: string };
  'notary/bad-answer': { server: string; reason: string };
  /** Why kept data is shown although nothing is wrong. */
  'notary/not-asked': { server: string };
  // registry
  'registry/not-found': { reference: string };
  'registry/unauthorised': Refusal & { registry: string };
  'registry/error': { registry: string; status: number };
  'registry/bad-answer': { registry: string; reason: string };
  // network
  'network/dns': { host: string };
  'network/refused': { host: string; port: number };
  'network/timeout': { host: string; seconds: number };
  /** `sha256` is that of the last certificate the server sent, which is not always the authority's: `shown` says whose. */
  'network/unknown-ca': {
    host: string;
    port: number;
    issuer: string;
    sha256: string;
    shown: 'authority' | 'intermediate' | 'server' | 'self-signed';
  };
  'network/tls': { host: string; reason: string };
  'network/too-large': { host: string; limitBytes: number };
  'network/interrupted': { host: string; reason: string };
  'network/redirect-refused': { host: string; to: string };
  'network/unreachable': { host: string; reason: string };
  'network/proxy': { proxy: string; reason: string };
  // credentials and configuration
  'config/unreadable': { path: string; reason: string };
  'config/malformed': { path: string; reason: string };
  'config/overridden': { variable: string };
  'config/credential-helper': { helper: string; reason: string };
  // key store and trust directory
  'keystore/unreadable': { path: string; reason: string };
  'keystore/not-a-key': { path: string; reason: string };
  /** `variable` names the environment variable the passphrase came from. */
  'keystore/wrong-passphrase': { keyId: string; variable?: string };
  'keystore/unsupported-encryption': { path: string; algorithm: string };
  /** The file is named after one key and holds another. */
  'keystore/id-mismatch': { path: string; expected: string; actual: string };
  /** A well-formed key of a kind that signs nothing here. */
  'keystore/unusable-key': { path: string; reason: string };
  'keystore/public-key-given': { path: string };
  'keystore/private-key-given': { path: string };
  'keystore/no-public-key': { path: string; reason: string };
  'keystore/unusable-certificate': { path: string; reason: string };
  'keystore/invalid-name': { name: string };
  'keystore/needs-repository': { role: string };
  'keystore/short-passphrase': { minimum: number };
  'keystore/changed-meanwhile': { path: string };
  'keystore/key-chain': { reason: string };
  'keystore/key-exists': { keyId: string };
  'keystore/not-a-signer-key': { keyId: string; role: string };
  'keystore/key-not-found': { keyId: string };
  /** The beginning of several key IDs. */
  'keystore/ambiguous-id': { given: string; keyIds: readonly string[] };
  /** Neither (the beginning of) a known key's ID nor a repository. `keys` and `guns`: what is known, the first of them. */
  'keystore/nothing-by-name': {
    given: string;
    whole: string;
    keys: readonly string[];
    guns: readonly string[];
  };
  'keystore/none-of-repository': { gun: string };
  'keystore/permissions-too-open': { path: string; mode: string };
  'files/write-failed': { path: string; reason: string };
  'files/disk-full': { path: string };
  'files/exists': { path: string };
  'files/no-folder': { path: string };
  'files/changed-meanwhile': { path: string };
  'files/locked': { path: string };
  // backup
  'backup/nothing-chosen': Record<string, never>;
  'backup/too-large': { limitBytes: number };
  'backup/no-memory': Record<string, never>;
  'backup/invalid-recipient': { recipient: string };
  'backup/not-a-backup': { path: string; reason: string };
  'backup/none-in-folder': { path: string };
  /** `step`: what the person was waited for. `minutes`: how long. */
  'backup/not-replugged': { label: string; step: 'unplug' | 'plug-in'; minutes: number };
  'backup/damaged': { path: string; reason: string };
  /** `variable` names the environment variable the passphrase came from. */
  'backup/wrong-passphrase': { path: string; variable?: string };
  'backup/wrong-identity': { path: string };
  'backup/no-such-key': { keyId: string; path: string };
  /** Copies on different disks from which the key was decrypted and made to sign within a year. */
  /** `checkAgain`: places of copies whose check by an earlier version did not note which file of the key it opened. */
  'backup/not-proven': { keyId: string; have: number; need: number; checkAgain?: readonly string[] };
  /** Copies lie in `folders` on the disk of the keys, and would be enough if those are kept elsewhere, too. */
  'backup/on-own-disk': {
    keyId: string;
    have: number;
    need: number;
    folders: readonly string[];
    checkAgain?: readonly string[];
  };
  /** Proven, but not to be looked at now. */
  'backup/copies-not-at-hand': { keyId: string; places: readonly string[]; have: number; need: number };
  /** `path` promises the ID, too, and is not the key of `beside`. */
  'backup/other-file-of-key': { keyId: string; path: string; beside: string };
  'backup/not-visiting': { keyId: string };
  /** A copy or an opened backup that was forgotten meanwhile. */
  'backup/not-known': Record<string, never>;
  /** Only the desktop app can print; in a browser the page is saved and printed from there. */
  'backup/no-printer': Record<string, never>;
  'backup/busy': Record<string, never>;
  /** Sealed to recipients, or not at all. */
  'backup/not-shareable': Record<string, never>;
  'backup/another-backup': { path: string };
  'backup/changed-meanwhile': { path: string };
  /** Another drive, folder or link is where the backup was to be written. */
  'backup/place-changed': { path: string };
  /** `name`: the part of `path` that this system takes for a device or for another name. */
  'backup/unusable-name': { path: string; name: string };
  'backup/share-unreadable': Record<string, never>;
  'backup/shares-mixed': Record<string, never>;
  'backup/shares-missing': { have: number; need: number };
  'backup/code-unreadable': { reason: string };
  'backup/sheet-not-opened': { keyId: string };
  /** No role in the key's own lines on the sheet. */
  'backup/role-not-told': { keyId: string };
  'backup/picture-unreadable': { name: string; reason: string };
  // tokens
  'yubikey/not-built': Record<string, never>;
  'yubikey/no-library': { looked: readonly string[] };
  'yubikey/library-refused': { path: string; reason: string };
  'yubikey/library-failed': { path: string; reason: string };
  'yubikey/no-service': Record<string, never>;
  'yubikey/no-token': Record<string, never>;
  'yubikey/not-plugged-in': { serial: string };
  'yubikey/choose': { serials: readonly string[] };
  'yubikey/removed': { serial: string };
  /** `what`: PIN, PUK or management key. `left`: in words, as the token tells it. */
  'yubikey/wrong-pin': { serial: string; what: string; left: string };
  'yubikey/pin-locked': { serial: string; what: string };
  'yubikey/pin-malformed': { what: string; reason: string };
  /** Nobody is logged in any more: the token was reset, or the session was locked. */
  'yubikey/login-needed': { serial: string };
  'yubikey/touch-timeout': { serial: string };
  'yubikey/invalid-name': { name: string };
  'yubikey/unknown-slot': { slot: string };
  'yubikey/slot-empty': { serial: string; slot: string };
  'yubikey/slot-occupied': { serial: string; slot: string };
  'yubikey/slots-full': { serial: string };
  'yubikey/phantom': { serial: string; slot: string };
  'yubikey/unsupported': { serial: string; what: string };
  'yubikey/test-signature': { serial: string; slot: string };
  'yubikey/not-responding': { seconds: number };
  'yubikey/process-ended': { reason: string };
  'yubikey/refused': { serial: string; call: string; reason: string };
  // sandbox
  'sandbox/not-running': Record<string, never>;
  'sandbox/start-failed': { reason: string };
  // prompts and the bridge
  'prompt/cancelled': Record<string, never>;
  /** `variable` names the environment variable that would answer instead, where it is not one of docker's. */
  'prompt/no-terminal': { what: string; variable?: string };
  'ipc/invalid-input': { channel: string; reason: string };
  'ipc/refused': { channel: string };
  'app/internal': { id: string };
  'app/port-unavailable': { port: number; reason: string };
  'app/no-browser': { address: string };
  /** `exitCode` where it is not the command's own. */
  'cli/usage': { message: string; exitCode?: number };
}

export type ErrorCode = keyof ErrorDetails;

/** An outcome the person can act on. `cause` stays on the main side and is never serialised. */
export class AppError<C extends ErrorCode = ErrorCode> extends Error {
  override readonly name = 'AppError';
  readonly code: C;
  readonly details: ErrorDetails[C];

  constructor(code: C, details: ErrorDetails[C], options?: { readonly cause?: unknown }) {
    super(`${code} ${JSON.stringify(details)}`, options);
    this.code = code;
    this.details = details;
  }
}

/** Narrowing test that also works across module copies. */
export function isAppError(error: unknown): error is AppError {
  return error instanceof Error && error.name === 'AppError' && 'code' in error && 'details' in error;
}

/** True when `error` is the outcome `code`; narrows its details. */
export function hasCode<C extends ErrorCode>(error: unknown, code: C): error is AppError<C> {
  return isAppError(error) && error.code === code;
}

/** What crosses the bridge instead of an error object. */
export interface WireError {
  readonly code: ErrorCode;
  readonly details: ErrorDetails[ErrorCode];
}
