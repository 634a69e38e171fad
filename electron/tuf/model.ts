/**
 * The values that Notary v1 metadata turns into once parsed. Types only.
 * Everything is derived from `bytes`; nothing is ever written from these values except through `write.ts`.
 * Role-keyed and key-keyed collections are Maps: a delegation may be called `__proto__`.
 */
import type { CanonicalKeyId, RoleName, TufKeyId } from '../../shared/brands.ts';
import type { JsonValue } from './canonical-json.ts';

export type BaseRole = 'root' | 'targets' | 'snapshot' | 'timestamp';
export type KeyType = 'ecdsa' | 'ecdsa-x509' | 'rsa' | 'rsa-x509' | 'ed25519';
export type SignatureMethod = 'ecdsa' | 'rsapss' | 'rsapkcs1v15' | 'eddsa';

/** A public key exactly as metadata carries it. `publicBase64` is the text of `keyval.public` (see notary formats). */
export interface PublicKey {
  readonly keytype: KeyType;
  readonly publicBase64: string;
}

export interface Signature {
  readonly keyid: TufKeyId;
  /** Lower-cased; a method we do not know stays a string and never verifies. */
  readonly method: string;
  /** Standard base64 of the raw signature. */
  readonly sig: string;
}

export interface RoleKeys {
  readonly keyids: readonly TufKeyId[];
  readonly threshold: number;
}

interface SignedCommon {
  readonly version: number;
  /** RFC 3339 text as in the file, any offset. */
  readonly expires: string;
  /** The same instant in milliseconds since the epoch (rounded down). */
  readonly expiresAt: number;
}

export interface RootBody extends SignedCommon {
  readonly type: 'Root';
  readonly consistentSnapshot: boolean;
  readonly keys: ReadonlyMap<TufKeyId, PublicKey>;
  readonly roles: ReadonlyMap<BaseRole, RoleKeys>;
}

/** Length in bytes and base64 hashes of a metadata file or a target. */
export interface FileMeta {
  readonly length: number;
  readonly sha256?: string | undefined;
  readonly sha512?: string | undefined;
  /** Custom JSON of a target, absent when the file has none (or `null`). */
  readonly custom?: JsonValue | undefined;
}

export interface TargetEntry extends FileMeta {
  readonly name: string;
}

export interface DelegationRole extends RoleKeys {
  readonly name: RoleName;
  /** Path prefixes; `""` covers everything; empty list covers nothing. */
  readonly paths: readonly string[];
}

export interface TargetsBody extends SignedCommon {
  readonly type: 'Targets';
  /** In file order (ascending by UTF-8 bytes when the file is canonical); names are unique. */
  readonly targets: readonly TargetEntry[];
  readonly delegationKeys: ReadonlyMap<TufKeyId, PublicKey>;
  /** In file order, which is the order of creation. */
  readonly delegations: readonly DelegationRole[];
}

export interface SnapshotBody extends SignedCommon {
  readonly type: 'Snapshot';
  readonly meta: ReadonlyMap<string, FileMeta>;
}

export interface TimestampBody extends SignedCommon {
  readonly type: 'Timestamp';
  readonly meta: ReadonlyMap<string, FileMeta>;
}

export type SignedBody = RootBody | TargetsBody | SnapshotBody | TimestampBody;

/** One parsed metadata file together with the bytes it was parsed from. */
export interface MetadataFile<Body extends SignedBody = SignedBody> {
  readonly role: RoleName;
  /** The received bytes, untouched. */
  readonly bytes: Uint8Array;
  readonly body: Body;
  readonly signatures: readonly Signature[];
  /** Canonical bytes of `signed`: what the signatures are over. A view into `bytes` for canonical files. */
  readonly message: Uint8Array;
  /**
   * Where the file holds what the body cannot express, e.g. `signed.spec_version`. Reading is unharmed;
   * writing would lose them, as notary does, so such a file is not signed again.
   */
  readonly unknownFields: readonly string[];
}

/** Facts of a leaf certificate that the root rules need. */
export interface CertificateFacts {
  /** Common name of the subject, or '' when there is none. */
  readonly commonName: string;
  readonly notBefore: number;
  readonly notAfter: number;
  readonly isCa: boolean;
  /** The plain key inside: SPKI DER, base64, and its family. */
  readonly publicKey: PublicKey;
  /** Bits of an RSA modulus; undefined for EC keys. */
  readonly rsaBits: number | undefined;
  readonly signedWithSha1: boolean;
}

/** A key with both of its names. */
export interface IdentifiedKey {
  readonly key: PublicKey;
  readonly tufId: TufKeyId;
  readonly canonicalId: CanonicalKeyId;
}
