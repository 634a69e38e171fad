/** Reading certificates once: the same few authorities are looked at for every server and connection. No I/O. */
import { X509Certificate } from 'node:crypto';

const known = new Map<string, X509Certificate>();
const mostKnown = 200;

/** The certificate of one PEM block. Throws what `node:crypto` throws. */
export function readCertificate(block: string): X509Certificate {
  const found = known.get(block);
  if (found !== undefined) return found;
  const certificate = new X509Certificate(block);
  if (known.size >= mostKnown) known.clear();
  known.set(block, certificate);
  return certificate;
}
