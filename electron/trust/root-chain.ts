/**
 * The history of a repository's root, oldest first, for showing. Privileged process.
 * The present root is verified; the older ones are what the server keeps, checked only for being what they claim.
 */
import type { RepositoryDetail } from '../../shared/ipc/repositories.ts';
import { isAppError } from '../../shared/errors.ts';
import type { NotaryTransport } from '../notary/transport.ts';
import { toHex } from '../tuf/hex.ts';
import type { MetadataFile, RootBody } from '../tuf/model.ts';
import { ROOT } from '../tuf/names.ts';
import { parseRoot } from '../tuf/parse.ts';
import type { TufCrypto } from '../tuf/ports.ts';

type RootVersion = RepositoryDetail['rootChain'][number];

/** Older versions than these are not fetched: nobody reads a longer list. */
const mostVersions = 50;

type Source = Pick<NotaryTransport, 'fetchByVersion'>;

/**
 * The versions up to `root`; those that the server does not keep or cannot be reached for are left out.
 * Without a transport there is only the present one.
 */
export async function readRootChain(
  transport: Source | undefined,
  root: MetadataFile<RootBody>,
  crypto: TufCrypto,
): Promise<readonly RootVersion[]> {
  if (transport === undefined) return [toEntry(root, crypto)];
  const newest = root.body.version;
  const oldest = Math.max(1, newest - mostVersions + 1);
  const versions = Array.from({ length: newest - oldest }, (_, i) => oldest + i);
  const older = await Promise.all(versions.map((version) => readVersion(transport, version, crypto)));
  return [...older.filter((entry) => entry !== undefined), toEntry(root, crypto)];
}

async function readVersion(
  transport: Source,
  version: number,
  crypto: TufCrypto,
): Promise<RootVersion | undefined> {
  try {
    const { bytes } = await transport.fetchByVersion(ROOT, version);
    const root = parseRoot(bytes);
    return root.body.version === version ? toEntry(root, crypto) : undefined;
  } catch (error) {
    if (isAppError(error)) return undefined;
    throw error;
  }
}

function toEntry({ body, bytes }: MetadataFile<RootBody>, crypto: TufCrypto): RootVersion {
  return { version: body.version, expiresAt: body.expiresAt, sha256: toHex(crypto.sha256(bytes)) };
}
