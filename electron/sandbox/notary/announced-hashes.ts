/** Whether a snapshot announces a file as it is, in the words of notary's data.CheckHashes. Pure. */
import { hexOfBase64, toBase64 } from '../../tuf/base64.ts';
import type { FileMeta } from '../../tuf/model.ts';
import type { TufCrypto } from '../../tuf/ports.ts';

/** The complaint about `role`'s bytes, or undefined when every hash that is announced matches. */
export function checksumFault(
  role: string,
  bytes: Uint8Array,
  announced: FileMeta | undefined,
  crypto: TufCrypto,
): string | undefined {
  const { sha256, sha512 } = announced ?? {};
  if (sha256 === undefined && sha512 === undefined) {
    return `no checksums for supported algorithms were provided for ${role}`;
  }
  if (sha256 !== undefined && toBase64(crypto.sha256(bytes)) !== sha256)
    return mismatch('sha256', role, sha256);
  if (sha512 !== undefined && toBase64(crypto.sha512(bytes)) !== sha512)
    return mismatch('sha512', role, sha512);
  return undefined;
}

const mismatch = (algorithm: string, role: string, expected: string): string =>
  `${algorithm} checksum for ${role} did not match: expected ${hexOfBase64(expected)}`;
