/** Every limit of the core, with its unit. Pure. */

/** Bytes of a timestamp file. notary: 1 MiB. */
export const MAX_TIMESTAMP_BYTES = 1024 * 1024;
/** Bytes of any other metadata file, also when the snapshot announces more. notary: 100 MiB. */
export const MAX_METADATA_BYTES = 100 * 1024 * 1024;
/** Bytes of a server's public key answer. notary: 256 KiB. */
export const MAX_KEY_BYTES = 256 * 1024;
/** Root versions that one update may step through; TUF 5.3.3 asks for some limit. */
export const MAX_ROOT_ROTATIONS = 256;
/**
 * The highest version of a file that is followed on the server's word alone: one per publish, and no delegation has been
 * published this often. SECURITY: a huge one would be signed, and nothing could ever come after it.
 */
export const MAX_CLAIMED_VERSION = 100_000;
/** Levels below `targets`: `targets/a` is 1. */
export const MAX_DELEGATION_DEPTH = 100;
/** Delegation roles of one repository, all levels together. */
export const MAX_DELEGATIONS = 1000;
/** Nesting of JSON, so that hostile custom data cannot exhaust the stack. */
export const MAX_JSON_DEPTH = 64;
/** Characters of a role name; notary refuses 256 and more. */
export const MAX_ROLE_NAME_LENGTH = 255;

const DAY = 24 * 60 * 60 * 1000;
/** Milliseconds from signing to expiry, as notary sets them. */
export const EXPIRY = {
  root: 3650 * DAY,
  targets: 3 * 365 * DAY,
  snapshot: 3 * 365 * DAY,
  timestamp: 14 * DAY,
} as const;
