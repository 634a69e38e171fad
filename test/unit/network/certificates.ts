/** Throw-away certificates for servers on loopback. Test code only. */
import 'reflect-metadata';
import { webcrypto } from 'node:crypto';
import * as x509 from '@peculiar/x509';

x509.cryptoProvider.set(webcrypto as unknown as Crypto);
const algorithm = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' } as const;
const day = 24 * 60 * 60 * 1000;

export interface Issued {
  readonly certificatePem: string;
  readonly keyPem: string;
  /** SHA-256 over DER, lower-case hex. */
  readonly sha256: string;
  readonly certificate: x509.X509Certificate;
  readonly keys: CryptoKeyPair;
}

export interface LeafOptions {
  readonly names?: readonly string[];
  readonly addresses?: readonly string[];
  readonly notAfter?: Date;
  readonly commonName?: string;
}

export async function makeCa(commonName: string, issuer?: Issued): Promise<Issued> {
  return issue(commonName, issuer, [new x509.BasicConstraintsExtension(true, undefined, true)], undefined);
}

export async function makeLeaf(issuer: Issued | undefined, options: LeafOptions = {}): Promise<Issued> {
  const names = (options.names ?? ['localhost']).map((value) => ({ type: 'dns' as const, value }));
  const addresses = (options.addresses ?? ['127.0.0.1', '::1']).map((value) => ({
    type: 'ip' as const,
    value,
  }));
  const all = [...names, ...addresses];
  const extensions = all.length === 0 ? [] : [new x509.SubjectAlternativeNameExtension(all)];
  return issue(options.commonName ?? 'leaf', issuer, extensions, options.notAfter);
}

async function issue(
  commonName: string,
  issuer: Issued | undefined,
  extensions: x509.Extension[],
  notAfter: Date | undefined,
): Promise<Issued> {
  const keys = await webcrypto.subtle.generateKey(algorithm, true, ['sign', 'verify']);
  const certificate = await x509.X509CertificateGenerator.create({
    subject: `CN=${commonName}`,
    issuer: issuer?.certificate.subject ?? `CN=${commonName}`,
    notBefore: new Date(Date.now() - 2 * day),
    notAfter: notAfter ?? new Date(Date.now() + 30 * day),
    publicKey: keys.publicKey,
    signingKey: issuer?.keys.privateKey ?? keys.privateKey,
    signingAlgorithm: algorithm,
    extensions,
  });
  const pkcs8 = Buffer.from(await webcrypto.subtle.exportKey('pkcs8', keys.privateKey));
  return {
    certificatePem: `${certificate.toString('pem')}\n`,
    keyPem: `-----BEGIN PRIVATE KEY-----\n${pkcs8.toString('base64')}\n-----END PRIVATE KEY-----\n`,
    sha256: Buffer.from(await certificate.getThumbprint('SHA-256')).toString('hex'),
    certificate,
    keys,
  };
}
