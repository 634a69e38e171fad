/** Whether a bundled certificate descends from pinned authorities (`trust_pinning.ca`). Plain Node; no I/O, no clock. */
import type { X509Certificate } from 'node:crypto';
import { certificateFacts, parseCertificates, pathLength } from './certificate-facts.ts';

/** Authorities below a pinned one. */
const MAX_CHAIN = 8;

/**
 * True when the first certificate of `bundlePem` leads, over the others in it, to one of `authoritiesPem`,
 * every link being signed, a CA, in date at `now` (ms) and not signed with SHA-1.
 * Throws `trust/invalid-certificate` when either text holds no certificates.
 */
export function chainsToAuthority(bundlePem: string, authoritiesPem: string, now: number): boolean {
  const usable = (certificate: X509Certificate): boolean => isUsable(certificate, now);
  const authorities = parseCertificates(authoritiesPem).filter(usable);
  const [leaf, ...others] = parseCertificates(bundlePem);
  if (leaf === undefined || !usable(leaf)) return false;
  return leads(leaf, others.filter(usable), authorities);
}

function isUsable(certificate: X509Certificate, now: number): boolean {
  const facts = certificateFacts(certificate);
  return facts.notBefore <= now && now <= facts.notAfter && !facts.signedWithSha1;
}

/** `below`: how many authorities stand between `from` and the leaf, `from` included (0 for the leaf itself). */
function leads(
  from: X509Certificate,
  intermediates: readonly X509Certificate[],
  authorities: readonly X509Certificate[],
  below = 0,
): boolean {
  if (below > MAX_CHAIN) return false;
  const may = (issuer: X509Certificate): boolean => issued(issuer, from) && below <= pathLength(issuer);
  if (authorities.some(may)) return true;
  return intermediates.some(
    (next) =>
      may(next) &&
      leads(
        next,
        intermediates.filter((other) => other !== next),
        authorities,
        below + 1,
      ),
  );
}

// SECURITY: name match alone proves nothing; the signature must verify and the issuer must be a CA.
function issued(issuer: X509Certificate, subject: X509Certificate): boolean {
  return issuer.ca && subject.checkIssued(issuer) && subject.verify(issuer.publicKey);
}
