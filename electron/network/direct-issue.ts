/**
 * Whether a server's certificate was issued directly by one of a few known authorities: the usual case of a company's
 * own trust server. Main process and command line; no I/O.
 *
 * SECURITY: it may say yes only where OpenSSL would. So it knows a short list of what certificates may hold, and at
 * anything else (an intermediate, a constraint, an extension or algorithm it does not know) it says no, which means
 * "let OpenSSL judge", never "refuse". Why it exists: before OpenSSL is given the first authority of ours, Node makes it
 * read all of the built-in ones, a sixth of the time of a short command. `certificate-chains.test.ts` holds the two
 * against each other. The host name is not looked at here.
 */
import type { X509Certificate } from 'node:crypto';
import { type DerValue, oidText, readDer, tag } from '../crypto/der.ts';

const basicConstraints = '2.5.29.19';
const keyUsage = '2.5.29.15';
const serverAuth = '1.3.6.1.5.5.7.3.1';
/** Subject and authority key identifiers: `checkIssued` compares them. */
const identifiers = ['2.5.29.14', '2.5.29.35'];
const ofAuthority = new Set([basicConstraints, keyUsage, ...identifiers]);
/** Also names, extended key usage, policies, where revocation lists and the issuer are: nothing that limits. */
const ofServer = new Set([
  ...ofAuthority,
  '2.5.29.17',
  '2.5.29.37',
  '2.5.29.32',
  '2.5.29.31',
  '1.3.6.1.5.5.7.1.1',
]);

/** OpenSSL refuses them where they are marked critical. */
const neverCritical = new Set([...identifiers, '1.3.6.1.5.5.7.1.1']);

/** SHA-256, 384, 512 with RSA and with ECDSA. */
const goodSignatures = new Set([
  '1.2.840.113549.1.1.11',
  '1.2.840.113549.1.1.12',
  '1.2.840.113549.1.1.13',
  '1.2.840.10045.4.3.2',
  '1.2.840.10045.4.3.3',
  '1.2.840.10045.4.3.4',
]);
const goodCurves = new Set(['prime256v1', 'secp384r1', 'secp521r1']);
const smallestRsaBits = 2048;

/** @param now milliseconds since the epoch */
export function isIssuedDirectly(
  server: X509Certificate,
  authorities: readonly X509Certificate[],
  now: number,
): boolean {
  try {
    return isPlainServer(server, now) && authorities.some((authority) => issued(authority, server, now));
  } catch {
    return false; // what cannot be read here is left to OpenSSL
  }
}

function issued(authority: X509Certificate, server: X509Certificate, now: number): boolean {
  return (
    authority.ca &&
    isPlain(authority, ofAuthority, now) &&
    server.checkIssued(authority) &&
    server.verify(authority.publicKey)
  );
}

function isPlainServer(server: X509Certificate, now: number): boolean {
  // Node's `keyUsage` is the extended one; without it every purpose is allowed.
  const purposes = server.keyUsage as readonly string[] | undefined;
  return (
    !server.ca &&
    isPlain(server, ofServer, now) &&
    (purposes === undefined || purposes.includes(serverAuth)) &&
    maySpeakTls(extensionsOf(server).get(keyUsage))
  );
}

/** In date, with nothing but known extensions, each once, strong algorithms. */
function isPlain(certificate: X509Certificate, known: ReadonlySet<string>, now: number): boolean {
  const inDate = Date.parse(certificate.validFrom) <= now && now <= Date.parse(certificate.validTo);
  return (
    inDate &&
    isStrong(certificate) &&
    goodSignatures.has(signatureAlgorithm(certificate)) &&
    [...extensionsOf(certificate).keys()].every((oid) => known.has(oid))
  );
}

function isStrong(certificate: X509Certificate): boolean {
  const { publicKey } = certificate;
  const { modulusLength = 0, namedCurve = '' } = publicKey.asymmetricKeyDetails ?? {};
  if (publicKey.asymmetricKeyType === 'rsa') return modulusLength >= smallestRsaBits;
  return publicKey.asymmetricKeyType === 'ec' && goodCurves.has(namedCurve) && namesCurve(certificate);
}

/** Node also gives its name to a curve whose parameters are written out, which OpenSSL refuses. */
function namesCurve({ raw }: X509Certificate): boolean {
  const fields = childrenOf(childrenOf(readDer(raw)[0])[0]);
  // The version in front may be left out; then serial number, signature, issuer, validity, subject.
  const key = fields[fields[0]?.tag === tag.context0 ? 6 : 5];
  return childrenOf(childrenOf(key)[0])[1]?.tag === tag.oid;
}

/** As OpenSSL asks of a TLS server: digitalSignature, keyEncipherment or keyAgreement, when usages are named at all. */
function maySpeakTls(usage: Uint8Array | undefined): boolean {
  if (usage === undefined) return true;
  const [bits] = readDer(usage);
  return bits?.tag === tag.bitString && ((bits.content[1] ?? 0) & 0xa8) !== 0;
}

/** The content of every extension by its OID. Throws RangeError for a repeated one, or one that may not be critical. */
function extensionsOf({ raw }: X509Certificate): ReadonlyMap<string, Uint8Array> {
  const explicitExtensions = 0xa3;
  const fields = childrenOf(childrenOf(readDer(raw)[0])[0]);
  const list = childrenOf(childrenOf(fields.find(({ tag }) => tag === explicitExtensions))[0]);
  const found = new Map<string, Uint8Array>();
  for (const extension of list) {
    const parts = childrenOf(extension);
    const oid = oidText(parts[0]?.content ?? new Uint8Array());
    if (neverCritical.has(oid) && parts.length > 2) throw new RangeError(`extension ${oid} is critical`);
    if (found.has(oid)) throw new RangeError(`extension ${oid} occurs twice`);
    found.set(oid, parts.at(-1)?.content ?? new Uint8Array());
  }
  return found;
}

function signatureAlgorithm({ raw }: X509Certificate): string {
  const [oid] = childrenOf(childrenOf(readDer(raw)[0])[1]);
  return oidText(oid?.content ?? new Uint8Array());
}

function childrenOf(value: DerValue | undefined): readonly DerValue[] {
  return value === undefined ? [] : readDer(value.content);
}
