/**
 * Throw-away certificate authorities and what they issue, for the servers of the lab.
 * Test code. The keys live in memory and in temporary folders only.
 */
import 'reflect-metadata';
import { webcrypto } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import {
  AuthorityKeyIdentifierExtension,
  BasicConstraintsExtension,
  ExtendedKeyUsage,
  ExtendedKeyUsageExtension,
  KeyUsageFlags,
  KeyUsagesExtension,
  PemConverter,
  SubjectAlternativeNameExtension,
  SubjectKeyIdentifierExtension,
  X509CertificateGenerator,
  cryptoProvider,
} from '@peculiar/x509';
import type { X509Certificate } from '@peculiar/x509';

const algorithm = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' } as const;
const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

export interface CertificatePair {
  readonly certificatePem: string;
  readonly privateKeyPem: string;
}

export interface Authority extends CertificatePair {
  readonly issue: (request: CertificateRequest) => Promise<CertificatePair>;
}

export interface CertificateRequest {
  readonly commonName: string;
  /** Names and addresses that the certificate is for. */
  readonly hosts?: readonly string[];
  /** Days from now; negative for a certificate that has expired. */
  readonly validDays?: number;
}

export interface CertificateFiles {
  readonly ca: string;
  readonly certificate: string;
  readonly key: string;
}

cryptoProvider.set(webcrypto as Crypto);

const isAddress = (host: string): boolean => /^[0-9.]+$/.test(host) || host.includes(':');

async function toPrivatePem(key: CryptoKey): Promise<string> {
  return PemConverter.encode(await webcrypto.subtle.exportKey('pkcs8', key), 'PRIVATE KEY');
}

const newKeys = (): Promise<CryptoKeyPair> =>
  webcrypto.subtle.generateKey(algorithm, true, ['sign', 'verify']);

function leafExtensions(request: CertificateRequest) {
  const names = (request.hosts ?? []).map((host) => ({
    type: isAddress(host) ? ('ip' as const) : ('dns' as const),
    value: host,
  }));
  return [
    new BasicConstraintsExtension(false, undefined, true),
    new KeyUsagesExtension(KeyUsageFlags.digitalSignature, true),
    new ExtendedKeyUsageExtension([ExtendedKeyUsage.serverAuth, ExtendedKeyUsage.clientAuth]),
    ...(names.length > 0 ? [new SubjectAlternativeNameExtension(names)] : []),
  ];
}

async function issue(
  ca: X509Certificate,
  caKeys: CryptoKeyPair,
  request: CertificateRequest,
): Promise<CertificatePair> {
  const keys = await newKeys();
  const days = request.validDays ?? 1;
  const certificate = await X509CertificateGenerator.create({
    subject: `CN=${request.commonName}`,
    issuer: ca.subject,
    notBefore: new Date(Date.now() - HOUR_MS + Math.min(0, days) * 2 * DAY_MS),
    notAfter: new Date(Date.now() + days * DAY_MS),
    signingAlgorithm: algorithm,
    publicKey: keys.publicKey,
    signingKey: caKeys.privateKey,
    extensions: [
      ...leafExtensions(request),
      await SubjectKeyIdentifierExtension.create(keys.publicKey),
      await AuthorityKeyIdentifierExtension.create(caKeys.publicKey),
    ],
  });
  return { certificatePem: certificate.toString('pem'), privateKeyPem: await toPrivatePem(keys.privateKey) };
}

/** A self-signed authority, valid for a day. */
export async function makeAuthority(commonName = 'Lab CA'): Promise<Authority> {
  const keys = await newKeys();
  const certificate = await X509CertificateGenerator.createSelfSigned({
    name: `CN=${commonName}`,
    notBefore: new Date(Date.now() - 3 * DAY_MS),
    notAfter: new Date(Date.now() + DAY_MS),
    signingAlgorithm: algorithm,
    keys,
    extensions: [
      new BasicConstraintsExtension(true, undefined, true),
      new KeyUsagesExtension(KeyUsageFlags.keyCertSign | KeyUsageFlags.cRLSign, true),
      await SubjectKeyIdentifierExtension.create(keys.publicKey),
    ],
  });
  return {
    certificatePem: certificate.toString('pem'),
    privateKeyPem: await toPrivatePem(keys.privateKey),
    issue: (request) => issue(certificate, keys, request),
  };
}

/** A server certificate for loopback, written with its authority's as `NAME-ca.crt`, `NAME.crt` and `NAME.key`. */
export async function writeServerFiles(
  folder: string,
  name: string,
  authority: Authority,
  request: CertificateRequest = { commonName: 'localhost', hosts: ['localhost', '127.0.0.1'] },
): Promise<CertificateFiles> {
  const pair = await authority.issue(request);
  const files = {
    ca: join(folder, `${name}-ca.crt`),
    certificate: join(folder, `${name}.crt`),
    key: join(folder, `${name}.key`),
  };
  await writeFile(files.ca, authority.certificatePem);
  await writeFile(files.certificate, pair.certificatePem);
  await writeFile(files.key, pair.privateKeyPem, { mode: 0o600 });
  return files;
}
