/**
 * Makes the self-signed certificate that a root key needs per repository, in notary's template. Plain Node.
 * The signer is only a port, so a key in a file and a key in a token make the same certificate; its self-signature
 * is correct, unlike those that notary makes with a token.
 */
import { randomBytes, X509Certificate } from 'node:crypto';
import type { Gun } from '../../shared/brands.ts';
import { AppError } from '../../shared/errors.ts';
import { fromBase64, toBase64 } from '../tuf/base64.ts';
import { EXPIRY } from '../tuf/limits.ts';
import type { PublicKey, SignatureMethod } from '../tuf/model.ts';
import type { RoleSigner } from '../tuf/ports.ts';
import { certificateBlock } from '../tuf/root-certificates.ts';
import { toUtf8 } from '../tuf/utf8.ts';
import { der, derOid, derUnsigned, tag } from './der.ts';

const CONTEXT_0 = 0xa0;
const CONTEXT_1 = 0xa1;
const CONTEXT_2 = 0xa2;
const CONTEXT_3 = 0xa3;
const NULL = Uint8Array.of(0x05, 0x00);
const TRUE = der(tag.boolean, Uint8Array.of(0xff));

/**
 * A certificate for `gun` over the signer's key, as a root key of metadata.
 * CN = GUN only, random 128-bit serial, valid from `now` for ten years of 365 days.
 * @throws `trust/invalid-certificate` when the key is neither ECDSA nor RSA or the signature does not verify
 */
export async function makeRootCertificate(gun: Gun, signer: RoleSigner, now: Date): Promise<PublicKey> {
  const certificate = await makeSelfSigned({ commonName: gun }, signer, now);
  const { keytype } = signer.key;
  return {
    keytype: keytype === 'rsa' ? 'rsa-x509' : 'ecdsa-x509',
    publicBase64: toBase64(toUtf8(certificateBlock(certificate))),
  };
}

/** Whom a certificate names. */
export interface CertificateSubject {
  readonly commonName: string;
  readonly unit?: string | undefined;
}

/**
 * The same certificate over any subject, as DER: also what lies beside a key in a token, where notary looks for it.
 * @throws as `makeRootCertificate`
 */
export async function makeSelfSigned(
  subject: CertificateSubject,
  signer: RoleSigner,
  now: Date,
): Promise<Uint8Array> {
  const { keytype, publicBase64 } = signer.key;
  const spki = fromBase64(publicBase64);
  if ((keytype !== 'ecdsa' && keytype !== 'rsa') || spki === undefined) {
    throw new AppError('trust/invalid-certificate', { reason: `a ${keytype} key cannot be a root key` });
  }
  const algorithm = signatureAlgorithm(keytype === 'ecdsa' ? 'ecdsa' : 'rsapss');
  const tbs = toBeSigned(subject, spki, algorithm, now);
  const { method, signature } = await signer.sign(tbs);
  const bits = method === 'ecdsa' ? derSignature(signature) : signature;
  const certificate = der(tag.sequence, tbs, algorithm, der(tag.bitString, Uint8Array.of(0), bits));
  verifySelfSigned(certificate);
  return certificate;
}

function toBeSigned(
  subject: CertificateSubject,
  spki: Uint8Array,
  algorithm: Uint8Array,
  now: Date,
): Uint8Array {
  const name = distinguishedName(subject);
  return der(
    tag.sequence,
    der(CONTEXT_0, derUnsigned(Uint8Array.of(2))),
    derUnsigned(serialNumber()),
    algorithm,
    name,
    der(tag.sequence, derTime(now.getTime()), derTime(now.getTime() + EXPIRY.root)),
    name,
    spki,
    der(CONTEXT_3, der(tag.sequence, ...extensions())),
  );
}

/** 128 random bits. Zero is not a serial number, however unlikely. */
function serialNumber(): Uint8Array {
  const serial = randomBytes(16);
  return serial.some((byte) => byte !== 0) ? serial : serialNumber();
}

/** For a root key: RDN with the common name only; printable where it can be, as Go chooses. */
function distinguishedName({ commonName, unit }: CertificateSubject): Uint8Array {
  const units = unit === undefined ? [] : [relativeName('2.5.4.11', unit)];
  return der(tag.sequence, ...units, relativeName('2.5.4.3', commonName));
}

function relativeName(attribute: string, text: string): Uint8Array {
  const printable = /^[A-Za-z0-9 '()+,./:=?-]*$/.test(text);
  const value = der(printable ? tag.printableString : tag.utf8String, toUtf8(text));
  return der(tag.set, der(tag.sequence, derOid(attribute), value));
}

/** RFC 5280: UTCTime through 2049, GeneralizedTime from then on; whole seconds. */
function derTime(milliseconds: number): Uint8Array {
  const digits = new Date(milliseconds).toISOString().replace(/[-T:]|\..*$/g, '');
  return Number(digits.slice(0, 4)) < 2050
    ? der(tag.utcTime, toUtf8(`${digits.slice(2)}Z`))
    : der(tag.generalizedTime, toUtf8(`${digits}Z`));
}

function extensions(): readonly Uint8Array[] {
  const digitalSignatureAndKeyEncipherment = der(tag.bitString, Uint8Array.of(5, 0xa0));
  const codeSigning = der(tag.sequence, derOid('1.3.6.1.5.5.7.3.3'));
  const notACa = der(tag.sequence);
  return [
    der(tag.sequence, derOid('2.5.29.15'), TRUE, der(tag.octetString, digitalSignatureAndKeyEncipherment)),
    der(tag.sequence, derOid('2.5.29.37'), der(tag.octetString, codeSigning)),
    der(tag.sequence, derOid('2.5.29.19'), TRUE, der(tag.octetString, notACa)),
  ];
}

function signatureAlgorithm(method: SignatureMethod): Uint8Array {
  if (method === 'ecdsa') return der(tag.sequence, derOid('1.2.840.10045.4.3.2'));
  // RSASSA-PSS with SHA-256, MGF1 with SHA-256 and 32 bytes of salt: what rsapss signers make.
  const sha256 = der(tag.sequence, derOid('2.16.840.1.101.3.4.2.1'), NULL);
  const mgf1 = der(tag.sequence, derOid('1.2.840.113549.1.1.8'), sha256);
  const salt = derUnsigned(Uint8Array.of(32));
  const parameters = [der(CONTEXT_0, sha256), der(CONTEXT_1, mgf1), der(CONTEXT_2, salt)];
  return der(tag.sequence, derOid('1.2.840.113549.1.1.10'), der(tag.sequence, ...parameters));
}

/** TUF's raw r and s of equal length to the DER that X.509 wants. */
function derSignature(raw: Uint8Array): Uint8Array {
  const half = raw.length / 2;
  return der(tag.sequence, derUnsigned(raw.subarray(0, half)), derUnsigned(raw.subarray(half)));
}

// SECURITY: tokens have returned signatures over the wrong thing; such a certificate must never be published.
function verifySelfSigned(certificate: Uint8Array): void {
  const parsed = new X509Certificate(certificate);
  if (parsed.verify(parsed.publicKey)) return;
  throw new AppError('trust/invalid-certificate', { reason: 'its self-signature does not verify' });
}
