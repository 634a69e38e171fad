/** What a trust server has stored of a role, whether it still shows it or not. Privileged side; only asks. */
import type { RoleName, Sha256Hex } from '../../../shared/brands.ts';
import { AppError, hasCode } from '../../../shared/errors.ts';
import type { NotaryTransport } from '../../notary/transport.ts';
import { serverHost } from '../../notary/trust-server.ts';
import { toHex } from '../../tuf/hex.ts';
import { MAX_METADATA_BYTES } from '../../tuf/limits.ts';
import { parseTargets } from '../../tuf/parse.ts';
import type { TufCrypto } from '../../tuf/ports.ts';

/** Unverified: only used to choose a version number above it. */
export async function storedVersion(transport: NotaryTransport, role: RoleName): Promise<number | undefined> {
  try {
    return parseTargets(role, (await transport.fetchCurrent(role)).bytes).body.version;
  } catch (error) {
    if (hasCode(error, 'notary/metadata-missing')) return undefined;
    throw error;
  }
}

/**
 * The version of exactly this file, undefined where the server does not have it. Asked for by its hash, an older version is
 * found too, and one that was never shown: that it is stored does not say that it is in force.
 * SECURITY: staged changes are removed by this answer, so it counts only with the file's own bytes.
 * @throws `notary/bad-answer`
 */
export async function versionOfStored(
  transport: NotaryTransport,
  role: RoleName,
  sha256: Sha256Hex,
  crypto: TufCrypto,
): Promise<number | undefined> {
  try {
    const { bytes } = await transport.fetchByHash(role, sha256, MAX_METADATA_BYTES);
    if (toHex(crypto.sha256(bytes)) === sha256) return versionIn(bytes);
  } catch (error) {
    if (hasCode(error, 'notary/metadata-missing')) return undefined;
    throw error;
  }
  const reason = `it sent another file of ${role} than it was asked for`;
  throw new AppError('notary/bad-answer', { server: serverHost(transport.server), reason });
}

/** Of a file that was signed here, as its hash says. */
function versionIn(bytes: Uint8Array): number {
  const file = JSON.parse(new TextDecoder().decode(bytes)) as {
    readonly signed: { readonly version: number };
  };
  return file.signed.version;
}
