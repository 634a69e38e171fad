/** notary's `trust_pinning`, with the CA files read. Privileged process and command line. */
import type { TufKeyId } from '../../shared/brands.ts';
import { AppError } from '../../shared/errors.ts';
import { readTextFile } from '../settings/json-file.ts';
import type { NotaryConfig } from '../settings/notary-config.ts';
import type { TrustPinning } from '../tuf/pinning.ts';

/**
 * SECURITY: a CA file that cannot be read is an error: without it the repository would be trusted on first use.
 * Throws `config/unreadable`.
 */
export async function loadTrustPinning({ pinning }: NotaryConfig): Promise<TrustPinning> {
  const cas = new Map<string, string>();
  for (const [prefix, file] of pinning.ca) cas.set(prefix, await readCa(file));
  const certs = [...pinning.certs].map(([gun, ids]) => [gun, ids.map((id) => id as TufKeyId)] as const);
  return { certs: new Map(certs), cas, disableTofu: pinning.disableTofu };
}

async function readCa(file: string): Promise<string> {
  const pem = await readTextFile(file);
  if (pem !== undefined) return pem;
  throw new AppError('config/unreadable', { path: file, reason: 'there is no such file' });
}
