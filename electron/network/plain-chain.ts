/**
 * Accepts the plainest certificate chains without OpenSSL's root store. Main process and command line; no I/O.
 *
 * Node reads some 140 built-in roots (40 to 60 ms) before it can verify against a single one of one's own. A chain from
 * the server's certificate, over what the server sent, to a root that the person named needs none of them.
 *
 * SECURITY: "yes" is said only when every certificate is plain (`plain-certificate.ts`) and every rule that OpenSSL
 * would apply to such a chain holds; everything else is "ask OpenSSL", never "no". A test compares both over many
 * chains: what is accepted here must be accepted there. (One difference: of several roots with the same name OpenSSL
 * tries one; here each may fit, as in Go and so in docker.)
 */
import type { X509Certificate } from 'node:crypto';
import { allowsUse, type PlainCertificate, readPlainCertificate } from './plain-certificate.ts';

const serverAuthentication = '1.3.6.1.5.5.7.3.1';
const digitalSignature = 0;
const certificateSigning = 5;
/** Certificates between the server's and the root. */
const mostIntermediates = 3;

/**
 * True when the first certificate of `chain` may serve TLS and leads, over the others in their order, to one of
 * `roots`, all in date at `now` (ms). The host's name is not looked at.
 */
export function isPlainChain(
  chain: readonly X509Certificate[],
  roots: readonly X509Certificate[],
  now: number,
): boolean {
  const [leaf] = chain;
  const facts = leaf === undefined ? undefined : plainAt(leaf, now);
  if (facts === undefined || facts.isCa || !mayServe(facts) || !allowsUse(facts, digitalSignature))
    return false;
  for (const [below, certificate] of chain.entries()) {
    if (below > mostIntermediates) return false;
    if (roots.some((root) => mayIssue(root, certificate, below, now))) return true;
    const next = chain[below + 1];
    if (next === undefined || !mayIssue(next, certificate, below, now)) return false;
  }
  return false;
}

/** SECURITY: name match alone proves nothing; the issuer must be a CA that may sign this deep, and have signed. */
function mayIssue(issuer: X509Certificate, subject: X509Certificate, below: number, now: number): boolean {
  if (!subject.checkIssued(issuer)) return false;
  const facts = plainAt(issuer, now);
  if (facts?.isCa !== true || below > facts.pathLength) return false;
  return mayServe(facts) && allowsUse(facts, certificateSigning) && subject.verify(issuer.publicKey);
}

/** OpenSSL: an extended key usage, where there is one, must name TLS servers; in CAs as well. */
function mayServe({ extendedKeyUsage }: PlainCertificate): boolean {
  return extendedKeyUsage === undefined || extendedKeyUsage.has(serverAuthentication);
}

function plainAt(certificate: X509Certificate, now: number): PlainCertificate | undefined {
  const inDate = Date.parse(certificate.validFrom) <= now && now <= Date.parse(certificate.validTo);
  return inDate ? readPlainCertificate(certificate) : undefined;
}
