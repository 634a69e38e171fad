/**
 * The certificate in which a YubiKey says that it made a key itself, and the one of its attestation key. Part of the
 * software YubiKey. Only the little DER that such a certificate needs; signed with RSA, as on real keys.
 */
import { generateKeyPairSync, sign, type KeyObject } from 'node:crypto';
import { tlv } from './tlv.ts';

const SEQUENCE = 0x30;
const SET = 0x31;
/** 1.3.6.1.4.1.41482.3: Yubico's PIV extensions. */
const yubicoPiv = Buffer.from('2b0601040182c40a03', 'hex');
const sha256WithRsa = tlv(SEQUENCE, tlv(0x06, Buffer.from('2a864886f70d01010b', 'hex')), tlv(0x05));

const integer = (bytes: Buffer): Buffer => {
  const short = bytes.subarray(
    Math.max(
      0,
      bytes.findIndex((byte) => byte !== 0),
    ),
  );
  return tlv(0x02, ((short[0] ?? 0) & 0x80) === 0 ? short : Buffer.concat([Buffer.alloc(1), short]));
};
const commonName = (text: string): Buffer =>
  tlv(
    SEQUENCE,
    tlv(SET, tlv(SEQUENCE, tlv(0x06, Buffer.from('550403', 'hex')), tlv(0x0c, Buffer.from(text)))),
  );
const utcTime = (text: string): Buffer => tlv(0x17, Buffer.from(text));
const validity = tlv(SEQUENCE, utcTime('160314000000Z'), utcTime('490101000000Z'));
const version3 = tlv(0xa0, tlv(0x02, Buffer.from([2])));
const extension = (last: number, value: Buffer): Buffer =>
  tlv(SEQUENCE, tlv(0x06, yubicoPiv, Buffer.from([last])), tlv(0x04, value));

export interface Attested {
  readonly subject: string;
  readonly publicKey: KeyObject;
  readonly number: Buffer;
  readonly extensions: readonly Buffer[];
}

function certificate(issuer: string, signer: KeyObject, attested: Attested): Buffer {
  const { subject, publicKey, number, extensions } = attested;
  const spki = publicKey.export({ type: 'spki', format: 'der' });
  const body = tlv(
    SEQUENCE,
    ...[version3, integer(number), sha256WithRsa, commonName(issuer), validity, commonName(subject), spki],
    ...(extensions.length === 0 ? [] : [tlv(0xa3, tlv(SEQUENCE, ...extensions))]),
  );
  const signature = sign('sha256', body, signer);
  return tlv(SEQUENCE, body, sha256WithRsa, tlv(0x03, Buffer.alloc(1), signature));
}

export interface Attester {
  /** The attestation key's own certificate, for object 5FFF01. */
  readonly certificate: Buffer;
  readonly privateKey: KeyObject;
  attest(slot: number, publicKey: KeyObject, claims: Claims): Buffer;
}

export interface Claims {
  readonly version: readonly number[];
  readonly serial: number;
  readonly pinPolicy: number;
  readonly touchPolicy: number;
}

const ISSUER = 'Yubico PIV Attestation';

/** A new attestation key with its certificate. A real one is signed by Yubico; this one by itself. */
export function makeAttester(): Attester {
  const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const serialOf = (serial: number): Buffer => {
    const bytes = Buffer.alloc(4);
    bytes.writeUInt32BE(serial);
    return bytes;
  };
  return {
    privateKey,
    certificate: certificate(ISSUER, privateKey, {
      ...{ subject: ISSUER, publicKey, number: Buffer.from([1]), extensions: [] },
    }),
    attest: (slot, key, { version, serial, pinPolicy, touchPolicy }) =>
      certificate(ISSUER, privateKey, {
        subject: `YubiKey PIV Attestation ${slot.toString(16)}`,
        publicKey: key,
        number: Buffer.from([slot, pinPolicy, touchPolicy]),
        extensions: [
          extension(3, Buffer.from(version)),
          extension(7, integer(serialOf(serial))),
          extension(8, Buffer.from([pinPolicy, touchPolicy])),
        ],
      }),
  };
}
