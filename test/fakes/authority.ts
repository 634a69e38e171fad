/** A throw-away certificate authority, for pins and TLS-like chains in tests. */
import 'reflect-metadata';
import { webcrypto } from 'node:crypto';
import * as x509 from '@peculiar/x509';

x509.cryptoProvider.set(webcrypto as Crypto);
const algorithm = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' } as const;

export interface Issued {
  readonly pem: string;
  readonly keys: CryptoKeyPair;
  readonly certificate: x509.X509Certificate;
}

export interface Subject {
  readonly commonName: string;
  readonly ca: boolean;
  readonly notBefore?: Date;
  readonly notAfter?: Date;
  readonly pathLength?: number;
}

/** Issues a certificate; without an issuer it signs itself. */
export async function issue(subject: Subject, issuer?: Issued): Promise<Issued> {
  const keys = await webcrypto.subtle.generateKey(algorithm, true, ['sign', 'verify']);
  const name = (commonName: string): string => `CN=${commonName.replace(/([,+"\\<>;=])/g, '\\$1')}`;
  const certificate = await x509.X509CertificateGenerator.create({
    serialNumber: Buffer.from(webcrypto.getRandomValues(new Uint8Array(8))).toString('hex'),
    subject: name(subject.commonName),
    issuer: issuer?.certificate.subject ?? name(subject.commonName),
    notBefore: subject.notBefore ?? new Date('2026-01-01T00:00:00Z'),
    notAfter: subject.notAfter ?? new Date('2036-01-01T00:00:00Z'),
    signingAlgorithm: algorithm,
    publicKey: keys.publicKey,
    signingKey: issuer?.keys.privateKey ?? keys.privateKey,
    extensions: [new x509.BasicConstraintsExtension(subject.ca, subject.pathLength, true)],
  });
  return { pem: `${certificate.toString('pem').trimEnd()}\n`, keys, certificate };
}
