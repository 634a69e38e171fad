/** What is in a token's slots, in the terms of key IDs and roles. Privileged process; no I/O. */
import { X509Certificate } from 'node:crypto';
import type { CanonicalKeyId } from '../../shared/brands.ts';
import { nodeCrypto } from '../crypto/node-crypto.ts';
import { toBase64 } from '../tuf/base64.ts';
import { tufKeyId } from '../tuf/key-id.ts';
import type { PublicKey } from '../tuf/model.ts';
import { algorithmOfSpki } from './public-keys.ts';
import { notaryCanUse, slotName } from './slot-names.ts';
import type { SlotFacts, TokenAlgorithm } from './token-messages.ts';

/** What can be said of a slot without trying its key. */
export type SlotState =
  /** Certificate and key, or a key that the token shows. */
  | 'key'
  /** A key without a certificate: it signs here, and notary does not see it. */
  | 'key-only'
  /** A certificate whose key is not there: notary leaves that behind. */
  | 'phantom'
  /** Of a kind that signs nothing here. */
  | 'other';

export interface TokenSlot {
  readonly serial: string;
  /** CKA_ID in hex. */
  readonly id: string;
  /** `9a` */
  readonly slot: string;
  readonly state: SlotState;
  readonly keyId: CanonicalKeyId | undefined;
  readonly key: PublicKey | undefined;
  readonly algorithm: TokenAlgorithm | undefined;
  /** From the certificate we or notary made: `root`, `targets`, a signer's name; '' when it says something else. */
  readonly role: string;
  readonly gun: string | undefined;
  /** The certificate's common name, whatever it is. */
  readonly commonName: string | undefined;
  /** Milliseconds since the epoch. */
  readonly certificateExpires: number | undefined;
  readonly madeOnDevice: boolean | undefined;
  readonly pinPolicy: 'never' | 'once' | 'always' | undefined;
  readonly touchPolicy: 'never' | 'always' | 'cached' | undefined;
  /** The device vouches for the key; otherwise only the first signature shows that it is there. */
  readonly isCertain: boolean;
  /** notary lists and uses it (as a root key: it knows no other on tokens). */
  readonly notaryUses: boolean;
}

/** A slot whose key can sign. */
export interface TokenKey extends TokenSlot {
  readonly keyId: CanonicalKeyId;
  readonly key: PublicKey;
  readonly algorithm: TokenAlgorithm;
}

export function isTokenKey(slot: TokenSlot): slot is TokenKey {
  return slot.keyId !== undefined && (slot.state === 'key' || slot.state === 'key-only');
}

export function toTokenSlot(serial: string, isPiv: boolean, facts: SlotFacts): TokenSlot {
  const { id, spki, certificate, madeOnDevice, pinPolicy, touchPolicy } = facts;
  const algorithm = spki === undefined ? undefined : algorithmOfSpki(spki);
  const key = spki === undefined || algorithm === undefined ? undefined : toPublicKey(spki, algorithm);
  const said = certificate === undefined ? undefined : readCertificate(certificate);
  const slot = slotName(id, isPiv);
  const state = stateOf(facts, key);
  return {
    serial,
    id,
    slot,
    state,
    key,
    keyId: key === undefined ? undefined : (tufKeyId(key, nodeCrypto) as string as CanonicalKeyId),
    algorithm,
    role: roleOf(said?.commonName),
    gun: said?.unit,
    commonName: said?.commonName,
    certificateExpires: said?.expires,
    madeOnDevice,
    pinPolicy,
    touchPolicy,
    isCertain: facts.keyIs === 'there',
    notaryUses: state === 'key' && algorithm === 'ECDSA P-256' && isPiv && notaryCanUse(slot),
  };
}

function stateOf({ privateKey, keyIs, certificate }: SlotFacts, key: PublicKey | undefined): SlotState {
  if (privateKey === 'absent' || keyIs === 'missing') return certificate === undefined ? 'other' : 'phantom';
  if (key === undefined) return 'other';
  return certificate === undefined ? 'key-only' : 'key';
}

export function toPublicKey(spki: Uint8Array, algorithm: TokenAlgorithm): PublicKey {
  return { keytype: algorithm === 'RSA 2048' ? 'rsa' : 'ecdsa', publicBase64: toBase64(spki) };
}

interface Said {
  readonly commonName: string | undefined;
  readonly unit: string | undefined;
  readonly expires: number | undefined;
}

function readCertificate(der: Uint8Array): Said | undefined {
  try {
    const { subject, validTo } = new X509Certificate(der);
    const part = (name: string): string | undefined =>
      subject
        .split('\n')
        .find((line) => line.startsWith(`${name}=`))
        ?.slice(name.length + 1);
    const expires = Date.parse(validTo);
    return {
      commonName: part('CN'),
      unit: part('OU'),
      expires: Number.isNaN(expires) ? undefined : expires,
    };
  } catch {
    // What is no certificate says nothing; the slot's key is known from elsewhere, or not at all.
    return undefined;
  }
}

/** A name as key files have it. A certificate of somebody else's making names a person or a host: no role. */
function roleOf(commonName: string | undefined): string {
  return commonName !== undefined && /^[a-z0-9][a-z0-9_-]{0,254}$/.test(commonName) ? commonName : '';
}
