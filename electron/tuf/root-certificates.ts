/** The certificates of a root role that may vouch for a repository (notary's root rules). Pure. */
import type { Gun, TufKeyId } from '../../shared/brands.ts';
import { hasCode } from '../../shared/errors.ts';
import { base64Length, toBase64 } from './base64.ts';
import { certificatePem, isCertificateKey } from './key-id.ts';
import type { CertificateFacts, PublicKey, RootBody } from './model.ts';
import { rememberPerKey } from './per-key.ts';
import type { TufCrypto } from './ports.ts';

export interface RootCertificate {
  readonly id: TufKeyId;
  readonly key: PublicKey;
  /** PEM text of the leaf and whatever is bundled with it. */
  readonly pem: string;
  readonly leaf: CertificateFacts;
}

const DAY = 24 * 60 * 60 * 1000;
const MIN_RSA_BITS = 2048;

/**
 * Certificates of the root role whose name is the GUN and whose algorithms are sound.
 * `now` (ms) checks dates too; undefined for an already trusted root, whose certificates may have expired since.
 */
export function rootCertificates(
  root: RootBody,
  gun: Gun,
  now: number | undefined,
  crypto: TufCrypto,
): readonly RootCertificate[] {
  const ids = new Set(root.roles.get('root')?.keyids);
  return [...ids].flatMap((id) => {
    const key = root.keys.get(id);
    const certificate = key === undefined ? undefined : readBundle(id, key, now, crypto);
    if (certificate === undefined || !matchesGun(certificate.leaf.commonName, gun)) return [];
    return isSound(certificate.leaf, now) ? [certificate] : [];
  });
}

/** notary: exactly one certificate that is not a CA, and it stands first. Anything else is passed over. */
function readBundle(
  id: TufKeyId,
  key: PublicKey,
  now: number | undefined,
  crypto: TufCrypto,
): RootCertificate | undefined {
  if (!isCertificateKey(key)) return undefined;
  try {
    const { pem, certificates, isNormal } = certificatesIn(key, crypto);
    const [leaf, ...others] = certificates;
    if (leaf === undefined || leaf.isCa || others.some((other) => !other.isCa)) return undefined;
    if (leaf.publicKey.keytype !== key.keytype.replace('-x509', '')) return undefined;
    // notary recomputes the ID from the sound certificates as it would write them; another text is another key.
    if (!isNormal || !others.every((other) => isSound(other, now))) return undefined;
    return { id, key, pem, leaf };
  } catch (error) {
    if (hasCode(error, 'trust/invalid-certificate')) return undefined;
    throw error;
  }
}

/** Everything about a certificate key that does not depend on the time. */
const certificatesIn = rememberPerKey((key: PublicKey, crypto: TufCrypto) => {
  const pem = certificatePem(key);
  return { pem, certificates: crypto.readCertificates(pem), isNormal: isNormalPem(pem) };
});

/** One block as Go writes it: canonical base64 in lines of 64 characters, LF. */
const NORMAL_BLOCK =
  /-----BEGIN CERTIFICATE-----\n((?:[A-Za-z0-9+/]{64}\n)*[A-Za-z0-9+/=]{1,64}\n)-----END CERTIFICATE-----\n/y;

/** Whether a PEM text is as Go writes it, with nothing around its blocks. */
export function isNormalPem(pem: string): boolean {
  NORMAL_BLOCK.lastIndex = 0;
  let end = 0;
  for (let block = NORMAL_BLOCK.exec(pem); block !== null; block = NORMAL_BLOCK.exec(pem)) {
    if (base64Length((block[1] ?? '').replaceAll('\n', '')) === undefined) return false;
    end = NORMAL_BLOCK.lastIndex;
  }
  return end > 0 && end === pem.length;
}

/** One `CERTIFICATE` block as Go writes it. */
export function certificateBlock(der: Uint8Array): string {
  const lines = toBase64(der).match(/.{1,64}/g) ?? [];
  return ['-----BEGIN CERTIFICATE-----', ...lines, '-----END CERTIFICATE-----', ''].join('\n');
}

/** notary: the common name is the GUN, or a prefix of it when it ends in `*`. */
export function matchesGun(commonName: string, gun: Gun): boolean {
  return commonName.endsWith('*') ? gun.startsWith(commonName.replace(/\*+$/, '')) : commonName === gun;
}

/** notary: no SHA-1, RSA of 2048 bits or more, and in date with one day of grace before it begins. */
function isSound(certificate: CertificateFacts, now: number | undefined): boolean {
  if (certificate.notBefore > certificate.notAfter || certificate.signedWithSha1) return false;
  if (certificate.rsaBits !== undefined && certificate.rsaBits < MIN_RSA_BITS) return false;
  return now === undefined || (certificate.notBefore <= now + DAY && now <= certificate.notAfter);
}
