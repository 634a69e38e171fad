/**
 * What the root rules ask of certificates, read with Node's own X.509 parser. Plain Node; no I/O, no clock.
 * It judges nothing: dates, names and algorithms are compared in `electron/tuf/`.
 */
import type { X509Certificate } from 'node:crypto';
import { AppError } from '../../shared/errors.ts';
import type { CertificateFacts, PublicKey } from '../tuf/model.ts';
import { type DerValue, oidText, readDer, tag } from './der.ts';
import { readCertificate } from './read-certificate.ts';

const BLOCK = /-----BEGIN ([A-Z0-9 ]+)-----[^-]*-----END \1-----/g;

/** sha1WithRSA, its OIW alias, dsaWithSHA1 and ecdsa-with-SHA1. */
const SHA1_OIDS: ReadonlySet<string> = new Set([
  '1.2.840.113549.1.1.5',
  '1.3.14.3.2.29',
  '1.2.840.10040.4.3',
  '1.2.840.10045.4.1',
]);

/** Certificates of a PEM text in order. Throws `trust/invalid-certificate`, also for other kinds of blocks. */
export function parseCertificates(pem: string): readonly X509Certificate[] {
  const blocks = [...pem.matchAll(BLOCK)];
  if (blocks.length === 0) throw invalid('no certificate');
  return blocks.map(([block, label]) => {
    if (label !== 'CERTIFICATE') throw invalid(`a ${label ?? 'PEM'} block where a certificate is expected`);
    return parseCertificate(block);
  });
}

function parseCertificate(pem: string): X509Certificate {
  try {
    return readCertificate(pem);
  } catch (cause) {
    throw invalid('not a certificate', cause);
  }
}

/** Facts of every certificate in the PEM text, in order. Throws `trust/invalid-certificate`. */
export function readCertificates(pem: string): readonly CertificateFacts[] {
  return parseCertificates(pem).map(certificateFacts);
}

/** What `certificateFacts` found; a certificate is asked for its facts by several rules. */
const knownFacts = new WeakMap<X509Certificate, CertificateFacts>();

/** Throws `trust/invalid-certificate`. */
export function certificateFacts(certificate: X509Certificate): CertificateFacts {
  const facts = knownFacts.get(certificate) ?? readFacts(certificate);
  knownFacts.set(certificate, facts);
  return facts;
}

function readFacts(certificate: X509Certificate): CertificateFacts {
  try {
    const publicKey = certificatePublicKey(certificate);
    return {
      commonName: commonName(certificate),
      notBefore: Date.parse(certificate.validFrom),
      notAfter: Date.parse(certificate.validTo),
      isCa: certificate.ca,
      publicKey,
      rsaBits:
        publicKey.keytype === 'rsa' ? certificate.publicKey.asymmetricKeyDetails?.modulusLength : undefined,
      signedWithSha1: SHA1_OIDS.has(signatureAlgorithm(certificate.raw)),
    };
  } catch (cause) {
    if (cause instanceof AppError) throw cause;
    throw invalid('its fields cannot be read', cause);
  }
}

function certificatePublicKey(certificate: X509Certificate): PublicKey {
  const kind = certificate.publicKey.asymmetricKeyType;
  if (kind !== 'ec' && kind !== 'rsa')
    throw invalid(`it holds a ${kind ?? 'unknown'} key; only EC and RSA are used`);
  const spki = certificate.publicKey.export({ type: 'spki', format: 'der' });
  return { keytype: kind === 'ec' ? 'ecdsa' : 'rsa', publicBase64: spki.toString('base64') };
}

/** The last common name of the subject, as Go reads it. */
function commonName(certificate: X509Certificate): string {
  const names: unknown = (certificate.toLegacyObject().subject as { readonly CN?: unknown } | undefined)?.CN;
  const last: unknown = Array.isArray(names) ? names.at(-1) : names;
  return typeof last === 'string' ? last : '';
}

/** Node 20 does not tell the signature algorithm: Certificate ::= { tbs, signatureAlgorithm, signature }. */
function signatureAlgorithm(raw: Uint8Array): string {
  const [, algorithm] = childrenOf(readDer(raw)[0]);
  const [oid] = childrenOf(algorithm);
  if (oid?.tag !== tag.oid) throw new RangeError('no signature algorithm');
  return oidText(oid.content);
}

const BASIC_CONSTRAINTS = '2.5.29.19';
const EXTENSIONS = 0xa3;

/** How many authorities may stand below this one (RFC 5280 4.2.1.9); Infinity when it does not say. */
export function pathLength({ raw }: X509Certificate): number {
  const tbs = childrenOf(childrenOf(readDer(raw)[0])[0]);
  const extensions = childrenOf(childrenOf(tbs.find((field) => field.tag === EXTENSIONS))[0]).map(childrenOf);
  const constraints = extensions.find(
    ([id]) => id !== undefined && oidText(id.content) === BASIC_CONSTRAINTS,
  );
  const value = constraints?.find((part) => part.tag === tag.octetString);
  const limit = childrenOf(readDer(value?.content ?? new Uint8Array())[0]).find(
    (part) => part.tag === tag.integer,
  );
  return limit === undefined ? Infinity : limit.content.reduce((sum, byte) => sum * 256 + byte, 0);
}

function childrenOf(value: DerValue | undefined): readonly DerValue[] {
  return value === undefined ? [] : readDer(value.content);
}

function invalid(reason: string, cause?: unknown): AppError {
  return new AppError('trust/invalid-certificate', { reason }, { cause });
}
