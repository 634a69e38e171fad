/** The certificates that a server presented, as a person needs them to decide. Main process; no I/O. */
import { shownName } from './certificate-name.ts';
import type { DetailedPeerCertificate, TLSSocket } from 'node:tls';

export interface PresentedCertificate {
  readonly subject: string;
  readonly issuer: string;
  /** SHA-256 over the DER bytes, 64 lower-case hex digits. */
  readonly sha256: string;
  readonly pem: string;
  /** Milliseconds since the epoch. */
  readonly notBefore: number;
  readonly notAfter: number;
  readonly selfIssued: boolean;
}

const longestChain = 20;

/** Leaf first, as the peer sent them (or as OpenSSL completed them). */
export function presentedChain(socket: TLSSocket): readonly PresentedCertificate[] {
  return walkChain(socket).map(toPresented);
}

function walkChain(socket: TLSSocket): readonly DetailedPeerCertificate[] {
  const chain: DetailedPeerCertificate[] = [];
  let next = socket.getPeerCertificate(true) as Partial<DetailedPeerCertificate> | undefined;
  // An empty object stands for "no certificate"; a self-signed one is its own issuer.
  while (next !== undefined && isCertificate(next) && chain.length < longestChain) {
    const { fingerprint256 } = next;
    if (chain.some((seen) => seen.fingerprint256 === fingerprint256)) break;
    chain.push(next);
    next = next.issuerCertificate;
  }
  return chain;
}

/** Node's types promise more than it delivers. */
function isCertificate(
  certificate: Partial<DetailedPeerCertificate>,
): certificate is DetailedPeerCertificate {
  return certificate.raw !== undefined;
}

/** The certificate to show when the CA is unknown: the last of the chain, which is the root if it was sent. */
export function anchorOf(chain: readonly PresentedCertificate[]): PresentedCertificate | undefined {
  return chain.at(-1);
}

function toPresented(certificate: DetailedPeerCertificate): PresentedCertificate {
  const subject = nameText(certificate.subject);
  const issuer = nameText(certificate.issuer);
  return {
    subject: shownName(subject),
    issuer: shownName(issuer),
    sha256: certificate.fingerprint256.replaceAll(':', '').toLowerCase(),
    pem: toPem(certificate.raw),
    notBefore: Date.parse(certificate.valid_from),
    notAfter: Date.parse(certificate.valid_to),
    selfIssued: subject === issuer,
  };
}

/** `CN=x, O=y` in the order of the certificate; a repeated attribute is listed each time. */
function nameText(name: object | undefined): string {
  return Object.entries(name ?? {})
    .flatMap(([attribute, value]: [string, unknown]) =>
      [value].flat().map((one) => `${attribute}=${String(one)}`),
    )
    .join(', ');
}

function toPem(der: Buffer): string {
  const lines = der.toString('base64').match(/.{1,64}/g) ?? [];
  return `-----BEGIN CERTIFICATE-----\n${lines.join('\n')}\n-----END CERTIFICATE-----\n`;
}
