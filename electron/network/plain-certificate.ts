/**
 * What a certificate says, as far as it says nothing out of the ordinary. Main process and command line; no I/O.
 * Anything that is not understood completely makes it "not plain": then OpenSSL has to judge, not we.
 */
import type { X509Certificate } from 'node:crypto';
import { type DerValue, oidText, readDer, TAG } from '../crypto/der.ts';

export interface PlainCertificate {
  readonly isCa: boolean;
  /** How many CAs may stand below this one; Infinity when it does not say. */
  readonly pathLength: number;
  /** undefined when there is no key usage extension: then every use is allowed. */
  readonly keyUsage: Uint8Array | undefined;
  /** undefined when there is no extended key usage extension. */
  readonly extendedKeyUsage: ReadonlySet<string> | undefined;
}

/** RSA (PKCS #1) and ECDSA with SHA-256, SHA-384 or SHA-512. */
const signatureAlgorithms: ReadonlySet<string> = new Set([
  '1.2.840.113549.1.1.11',
  '1.2.840.113549.1.1.12',
  '1.2.840.113549.1.1.13',
  '1.2.840.10045.4.3.2',
  '1.2.840.10045.4.3.3',
  '1.2.840.10045.4.3.4',
]);
const curves: ReadonlySet<string | undefined> = new Set(['prime256v1', 'secp384r1', 'secp521r1']);
const smallestRsaBits = 2048;

const extensionIds = {
  keyUsage: '2.5.29.15',
  subjectAltName: '2.5.29.17',
  basicConstraints: '2.5.29.19',
  extendedKeyUsage: '2.5.29.37',
  subjectKeyId: '2.5.29.14',
  authorityKeyId: '2.5.29.35',
} as const;
/** SECURITY: any other extension (name constraints, policies, ...) is for OpenSSL to honour. */
const understood: ReadonlySet<string> = new Set(Object.values(extensionIds));

const tagVersion = 0xa0;
const tagExtensions = 0xa3;
const version3 = 2;

/** The facts, or undefined when the certificate is not plain. Never throws. */
export function readPlainCertificate(certificate: X509Certificate): PlainCertificate | undefined {
  try {
    return hasPlainKey(certificate) ? readFields(certificate) : undefined;
  } catch {
    return undefined; // what cannot be read is not plain
  }
}

function hasPlainKey({ publicKey }: X509Certificate): boolean {
  const { asymmetricKeyType, asymmetricKeyDetails } = publicKey;
  if (asymmetricKeyType === 'rsa') return (asymmetricKeyDetails?.modulusLength ?? 0) >= smallestRsaBits;
  return asymmetricKeyType === 'ec' && curves.has(asymmetricKeyDetails?.namedCurve);
}

/** Certificate ::= { tbs { [0] version, serial, algorithm, ..., [3] extensions }, algorithm, signature } */
function readFields({ raw }: X509Certificate): PlainCertificate | undefined {
  const [tbs, outer] = childrenOf(only(readDer(raw)));
  const fields = childrenOf(tbs);
  const [version, , inner] = fields;
  if (version?.tag !== tagVersion || integer(only(childrenOf(version))) !== version3) return undefined;
  if (inner === undefined || outer === undefined || !sameBytes(inner.whole, outer.whole)) return undefined;
  if (!signatureAlgorithms.has(oid(childrenOf(outer)[0]))) return undefined;
  const extensions = readExtensions(fields.find((field) => field.tag === tagExtensions));
  return extensions === undefined ? undefined : toFacts(extensions);
}

/** Extension values by OID; undefined when one is not understood or stands twice. */
function readExtensions(field: DerValue | undefined): ReadonlyMap<string, DerValue> | undefined {
  const extensions = new Map<string, DerValue>();
  for (const extension of field === undefined ? [] : childrenOf(only(childrenOf(field)))) {
    const parts = childrenOf(extension);
    const id = oid(parts[0]);
    const value = parts.at(-1);
    if (value?.tag !== TAG.octetString || !understood.has(id) || extensions.has(id)) return undefined;
    extensions.set(id, only(readDer(value.content)));
  }
  return extensions;
}

function toFacts(extensions: ReadonlyMap<string, DerValue>): PlainCertificate {
  const usage = extensions.get(extensionIds.keyUsage);
  const extended = extensions.get(extensionIds.extendedKeyUsage);
  return {
    ...readConstraints(extensions.get(extensionIds.basicConstraints)),
    keyUsage: usage === undefined ? undefined : expected(usage, TAG.bitString).content.subarray(1),
    extendedKeyUsage: extended === undefined ? undefined : new Set(childrenOf(extended).map(oid)),
  };
}

/** BasicConstraints ::= { cA BOOLEAN DEFAULT FALSE, pathLenConstraint INTEGER OPTIONAL } */
function readConstraints(value: DerValue | undefined): Pick<PlainCertificate, 'isCa' | 'pathLength'> {
  const parts = value === undefined ? [] : childrenOf(value);
  const flag = parts.find((part) => part.tag === TAG.boolean);
  const length = parts.find((part) => part.tag === TAG.integer);
  return { isCa: flag?.content[0] === 0xff, pathLength: length === undefined ? Infinity : integer(length) };
}

/** RFC 5280 4.2.1.3: bit 0 is the first octet's highest. A certificate without the extension may do everything. */
export function allowsUse({ keyUsage }: PlainCertificate, bit: number): boolean {
  return keyUsage === undefined || ((keyUsage[bit >> 3] ?? 0) & (0x80 >> (bit & 7))) !== 0;
}

function childrenOf(value: DerValue | undefined): readonly DerValue[] {
  if (value === undefined || (value.tag & 0x20) === 0) throw new RangeError('not a constructed value');
  return readDer(value.content);
}

function only(values: readonly DerValue[]): DerValue {
  const [value] = values;
  if (value === undefined || values.length !== 1) throw new RangeError('exactly one value is expected');
  return value;
}

function expected(value: DerValue | undefined, tag: number): DerValue {
  if (value?.tag !== tag) throw new RangeError('another kind of value is expected');
  return value;
}

const oid = (value: DerValue | undefined): string => oidText(expected(value, TAG.oid).content);

function integer(value: DerValue): number {
  const { content } = expected(value, TAG.integer);
  if (content.length !== 1 || (content[0] ?? 0) > 0x7f) throw new RangeError('a small number is expected');
  return content[0] ?? 0;
}

function sameBytes(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((byte, index) => byte === b[index]);
}
