/**
 * The sandbox's own certificate authority and the certificate its two servers show. Privileged process.
 * SECURITY: people hand this CA to docker; so it is constrained to loopback names (and signs no other CA), its key
 * stays in the sandbox's folder (0600), and a reset makes a new one.
 */
import { X509Certificate, createPrivateKey, webcrypto } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { AppError } from '../../shared/errors.ts';
import type { Sha256Hex } from '../../shared/brands.ts';
import { der } from '../crypto/der.ts';
import { writeFileAtomically } from '../files/atomic-file.ts';

export interface Authority {
  readonly certificatePem: string;
  readonly privateKeyPem: string;
}

export interface ServerCertificate {
  /** Leaf first, then the authority. */
  readonly chainPem: string;
  readonly privateKeyPem: string;
}

const algorithm = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' } as const;
const DAY_MS = 86_400_000;
/** Long, because docker and notary keep a copy of it; it is good for loopback only. */
const AUTHORITY_DAYS = 3650;
/** The longest that all TLS clients accept; a new one is made at every start. */
const LEAF_DAYS = 397;
const HOSTS = [
  { type: 'dns', value: 'localhost' },
  { type: 'ip', value: '127.0.0.1' },
  { type: 'ip', value: '::1' },
] as const;

/** The authority of a sandbox folder; made when there is none. Throws `config/unreadable`, `files/...`. */
export async function openAuthority(folder: string, now: Date): Promise<Authority> {
  const paths = { certificate: join(folder, 'ca.crt'), key: join(folder, 'ca-key.pem') };
  const stored = await loadAuthority(paths.certificate, paths.key);
  if (stored !== undefined && isInDate(stored.certificatePem, now)) return stored;
  const made = await makeAuthority(now);
  // The key first: a certificate without its key would be shown to people and never work.
  await writeFileAtomically(paths.key, made.privateKeyPem);
  await writeFileAtomically(paths.certificate, made.certificatePem);
  return made;
}

/** SHA-256 over the DER, lower-case hex: what the window shows and doctor compares. */
export function certificateFingerprint(pem: string): Sha256Hex {
  return new X509Certificate(pem).fingerprint256.replaceAll(':', '').toLowerCase() as Sha256Hex;
}

async function loadAuthority(certificatePath: string, keyPath: string): Promise<Authority | undefined> {
  try {
    const [certificatePem, privateKeyPem] = await Promise.all([
      readFile(certificatePath, 'utf8'),
      readFile(keyPath, 'utf8'),
    ]);
    const matches = new X509Certificate(certificatePem).checkPrivateKey(createPrivateKey(privateKeyPem));
    return matches ? { certificatePem, privateKeyPem } : undefined;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw new AppError('config/unreadable', { path: certificatePath, reason: 'not a CA' }, { cause: error });
  }
}

const isInDate = (pem: string, now: Date): boolean =>
  new Date(new X509Certificate(pem).validTo).getTime() > now.getTime() + LEAF_DAYS * DAY_MS;

/** The certificate library, loaded when a certificate is made and not before: it is slow to load. */
async function loadX509() {
  await import('reflect-metadata');
  return import('@peculiar/x509');
}

const newKeys = (): Promise<webcrypto.CryptoKeyPair> =>
  webcrypto.subtle.generateKey(algorithm, true, ['sign', 'verify']);

async function toPem(key: webcrypto.CryptoKey): Promise<string> {
  const bytes = Buffer.from(await webcrypto.subtle.exportKey('pkcs8', key));
  const pem = createPrivateKey({ key: bytes, format: 'der', type: 'pkcs8' }).export({
    format: 'pem',
    type: 'pkcs8',
  });
  bytes.fill(0);
  return pem.toString();
}

/** A new authority, kept nowhere. */
export async function makeAuthority(now: Date): Promise<Authority> {
  const x509 = await loadX509();
  const keys = await newKeys();
  const certificate = await x509.X509CertificateGenerator.createSelfSigned({
    name: 'CN=Trustdesk sandbox (this computer only)',
    notBefore: new Date(now.getTime() - DAY_MS),
    notAfter: new Date(now.getTime() + AUTHORITY_DAYS * DAY_MS),
    signingAlgorithm: algorithm,
    keys,
    extensions: [
      new x509.BasicConstraintsExtension(true, 0, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.keyCertSign | x509.KeyUsageFlags.cRLSign, true),
      new x509.Extension('2.5.29.30', true, loopbackConstraints()),
      await x509.SubjectKeyIdentifierExtension.create(keys.publicKey),
    ],
  });
  return { certificatePem: `${certificate.toString('pem')}\n`, privateKeyPem: await toPem(keys.privateKey) };
}

/** A new certificate for loopback, with a key that is never written anywhere. */
export async function issueServerCertificate(authority: Authority, now: Date): Promise<ServerCertificate> {
  const x509 = await loadX509();
  const ca = new x509.X509Certificate(authority.certificatePem);
  const caKey = createPrivateKey(authority.privateKeyPem).export({ format: 'der', type: 'pkcs8' });
  const signingKey = await webcrypto.subtle.importKey('pkcs8', caKey, algorithm, false, ['sign']);
  caKey.fill(0);
  const keys = await newKeys();
  const leaf = await x509.X509CertificateGenerator.create({
    subject: 'CN=localhost',
    issuer: ca.subject,
    notBefore: new Date(now.getTime() - DAY_MS),
    notAfter: new Date(now.getTime() + LEAF_DAYS * DAY_MS),
    signingAlgorithm: algorithm,
    publicKey: keys.publicKey,
    signingKey,
    extensions: [
      new x509.BasicConstraintsExtension(false, undefined, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.digitalSignature, true),
      new x509.ExtendedKeyUsageExtension([x509.ExtendedKeyUsage.serverAuth]),
      new x509.SubjectAlternativeNameExtension([...HOSTS]),
      await x509.AuthorityKeyIdentifierExtension.create(ca),
    ],
  });
  return {
    chainPem: `${leaf.toString('pem')}\n${authority.certificatePem}`,
    privateKeyPem: await toPem(keys.privateKey),
  };
}

/** RFC 5280 4.2.1.10: the names `localhost`, 127.0.0.0/8 and ::1, and nothing else. */
function loopbackConstraints(): Uint8Array<ArrayBuffer> {
  const [sequence, permitted, dnsName, ipAddress] = [0x30, 0xa0, 0x82, 0x87];
  const v6 = new Uint8Array(32).fill(0xff, 16);
  v6[15] = 1;
  const names = [
    der(dnsName, new TextEncoder().encode('localhost')),
    der(ipAddress, Uint8Array.of(127, 0, 0, 0, 255, 0, 0, 0)),
    der(ipAddress, v6),
  ];
  const subtrees = der(permitted, ...names.map((name) => der(sequence, name)));
  return Uint8Array.from(der(sequence, subtrees));
}
