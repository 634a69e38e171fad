/**
 * What `docker trust inspect` knows of one repository, as a value. Privileged process; pure.
 * The window and the command line both show this, so they cannot disagree.
 */
import type { CanonicalKeyId, TufKeyId } from '../../shared/brands.ts';
import type { HexDigests } from './hex-digests.ts';

export interface Inspection {
  /** The reference as the person typed it, tag included. */
  readonly name: string;
  readonly tags: SignedTags;
  /** Everyone who may sign, in no particular order. */
  readonly signers: readonly SignerKeys[];
  /** For root these are the certificates' IDs, as docker prints them. */
  readonly rootKeys: readonly TufKeyId[];
  readonly repositoryKeys: readonly TufKeyId[];
}

export interface SignerKeys {
  /** The delegation without `targets/`; a nested one keeps its path: `jeff/sub`. */
  readonly name: string;
  /** In the order of the metadata. */
  readonly keyIds: readonly CanonicalKeyId[];
}

/**
 * Released tags column by column (a row is an index), in natural order. A tag that `targets/releases` and `targets`
 * hold with different digests has two rows, the released one first; docker puts the two in random order.
 */
export interface SignedTags {
  readonly tags: readonly string[];
  /** SHA-256 in hex without a prefix; empty when the metadata has none. */
  readonly digests: HexDigests;
  /** Bytes of the manifest, as the released role says. */
  readonly sizes: readonly number[];
  /** Index into `signerSets` per row. */
  readonly signers: readonly number[];
  /** Signer names in the order of the role tree; the empty set means that only the repository admin signed. */
  readonly signerSets: readonly (readonly string[])[];
}
