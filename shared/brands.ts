/**
 * Branded types for values that are strings to the compiler but must never be mixed up.
 * Pure; usable in every process. A brand is only given by the parse functions of the module that owns the rule.
 */
declare const brand: unique symbol;
export type Brand<T, Name extends string> = T & { readonly [brand]: Name };

/** A repository name as trust sees it, e.g. `docker.io/library/alpine`. No tag, no digest. */
export type Gun = Brand<string, 'Gun'>;
/** `root`, `targets`, `snapshot`, `timestamp`, or a delegation `targets/<x>[/<y>...]`. */
export type RoleName = Brand<string, 'RoleName'>;
/** Lower-case hex SHA-256 of a key object as it stands in metadata (for X.509: of the certificate). */
export type TufKeyId = Brand<string, 'TufKeyId'>;
/** Lower-case hex SHA-256 of the plain public key object; private keys are stored under this ID. */
export type CanonicalKeyId = Brand<string, 'CanonicalKeyId'>;
/** 64 lower-case hex digits. */
export type Sha256Hex = Brand<string, 'Sha256Hex'>;
