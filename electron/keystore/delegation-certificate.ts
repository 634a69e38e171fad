/**
 * Certificate requests and self-signed certificates for delegation keys, as docker's documentation makes them with
 * openssl; `docker trust signer add` and `notary delegation add` take them. Privileged process.
 */
import { randomBytes, sign as cryptoSign, X509Certificate } from 'node:crypto';
import { AppError } from '../../shared/errors.ts';
import { der, derBitString, derInteger, derOid, tag } from '../crypto/der.ts';
import { encodePem } from './pem.ts';
import { type PrivateKey, toKeyObject, toSpki } from './private-key.ts';

/** X.520 attributes, in the order they are written. Only the common name is needed. */
export interface SubjectName {
  readonly country?: string;
  readonly state?: string;
  readonly locality?: string;
  readonly organization?: string;
  readonly organizationalUnit?: string;
  readonly commonName: string;
}

const attributes = [
  ['country', '2.5.4.6'],
  ['state', '2.5.4.8'],
  ['locality', '2.5.4.7'],
  ['organization', '2.5.4.10'],
  ['organizationalUnit', '2.5.4.11'],
  ['commonName', '2.5.4.3'],
] as const;

const UTF8_STRING = 0x0c;
const PRINTABLE_STRING = 0x13;
const UTC_TIME = 0x17;
const GENERALIZED_TIME = 0x18;
const SET = 0x31;
const BOOLEAN_TRUE = Uint8Array.of(0x01, 0x01, 0xff);
const DAY = 24 * 60 * 60 * 1000;

/** PKCS#10, PEM, signed with SHA-256. Throws `keystore/unusable-key` for keys that certificates cannot carry here. */
export function makeCertificateRequest(key: PrivateKey, subject: SubjectName): string {
  const info = der(
    tag.sequence,
    derInteger(0),
    distinguishedName(subject),
    toSpki(key.key),
    der(tag.context0),
  );
  return encodePem({ type: 'CERTIFICATE REQUEST', headers: new Map(), bytes: signed(key, info) });
}

/**
 * A self-signed certificate, PEM: not a CA, digital signature, code signing; valid for `days` from `now` (ms).
 * Throws `keystore/unusable-key`.
 */
export function makeSelfSignedCertificate(
  key: PrivateKey,
  subject: SubjectName,
  validity: { readonly now: number; readonly days: number },
): string {
  const name = distinguishedName(subject);
  const from = Math.floor(validity.now / 1000) * 1000;
  const tbs = der(
    tag.sequence,
    der(tag.context0, derInteger(2)),
    der(tag.integer, serialNumber()),
    signatureAlgorithm(key),
    name,
    der(tag.sequence, derTime(from), derTime(from + validity.days * DAY)),
    name,
    toSpki(key.key),
    der(0xa3, der(tag.sequence, ...extensions())),
  );
  const bytes = signed(key, tbs);
  const certificate = new X509Certificate(bytes);
  if (!certificate.verify(certificate.publicKey)) throw new Error('the self-signature does not verify');
  return encodePem({ type: 'CERTIFICATE', headers: new Map(), bytes });
}

function signed(key: PrivateKey, body: Uint8Array): Uint8Array {
  const algorithm = signatureAlgorithm(key);
  const signature = cryptoSign('sha256', body, { key: toKeyObject(key), dsaEncoding: 'der' });
  return der(tag.sequence, body, algorithm, derBitString(signature));
}

function signatureAlgorithm(key: PrivateKey): Uint8Array {
  switch (key.form.kind) {
    case 'sec1':
      return der(tag.sequence, derOid('1.2.840.10045.4.3.2'));
    case 'pkcs1':
      return der(tag.sequence, derOid('1.2.840.113549.1.1.11'), der(tag.null));
    case 'ed25519': {
      const reason = 'an Ed25519 key, which docker and notary do not take in certificates';
      throw new AppError('keystore/unusable-key', { path: `${key.id}.key`, reason });
    }
  }
}

function distinguishedName(subject: SubjectName): Uint8Array {
  const parts = attributes.flatMap(([name, oid]) => {
    const value = subject[name];
    if (value === undefined || value === '') return [];
    return [der(SET, der(tag.sequence, derOid(oid), derText(value, name === 'country')))];
  });
  return der(tag.sequence, ...parts);
}

/** X.520: a country is two printable letters; everything else may be UTF-8. */
function derText(text: string, printable: boolean): Uint8Array {
  return der(printable ? PRINTABLE_STRING : UTF8_STRING, new TextEncoder().encode(text));
}

/** 127 random bits with the highest of them set: positive, minimal, never zero. */
function serialNumber(): Uint8Array {
  const serial = Uint8Array.from(randomBytes(16));
  serial[0] = ((serial[0] ?? 0) & 0x7f) | 0x40;
  return serial;
}

/** RFC 5280: UTCTime through 2049, GeneralizedTime from then on. */
function derTime(milliseconds: number): Uint8Array {
  const digits = new Date(milliseconds).toISOString().replace(/[-T:]|\..*$/g, '');
  const isLate = Number(digits.slice(0, 4)) >= 2050;
  const text = `${isLate ? digits : digits.slice(2)}Z`;
  return der(isLate ? GENERALIZED_TIME : UTC_TIME, new TextEncoder().encode(text));
}

function extensions(): readonly Uint8Array[] {
  const digitalSignature = der(tag.bitString, Uint8Array.of(7, 0x80));
  const codeSigning = der(tag.sequence, derOid('1.3.6.1.5.5.7.3.3'));
  return [
    der(tag.sequence, derOid('2.5.29.19'), BOOLEAN_TRUE, der(tag.octetString, der(tag.sequence))),
    der(tag.sequence, derOid('2.5.29.15'), BOOLEAN_TRUE, der(tag.octetString, digitalSignature)),
    der(tag.sequence, derOid('2.5.29.37'), der(tag.octetString, codeSigning)),
  ];
}
