/** What a host does with the software YubiKey's keys: reads public ones, makes digests and padding. For its own tests. */
import { createHash, createPublicKey, type KeyObject } from 'node:crypto';
import { parseTlvMap, unwrap } from '../../simulator/yubikey/tlv.ts';
import { hex, type Terminal } from './terminal.ts';

export const P256 = 0x11;
export const P384 = 0x14;
export const RSA = 0x07;
export const digest = (text: string, name = 'sha256'): Buffer => createHash(name).update(text).digest();

const curveNames = { [P256]: ['P-256', 32], [P384]: ['P-384', 48] } as const;
export function ecKey(point: Buffer, algorithm: typeof P256 | typeof P384): KeyObject {
  const [crv, size] = curveNames[algorithm];
  const [x, y] = [point.subarray(1, 1 + size), point.subarray(1 + size)];
  const jwk = { kty: 'EC', crv, x: x.toString('base64url'), y: y.toString('base64url') };
  return createPublicKey({ key: jwk, format: 'jwk' });
}

export const pointOf = (generated: Buffer): Buffer => parseTlvMap(unwrap(generated, 0x7f49)).get(0x86)!;
export function rsaKey(generated: Buffer): KeyObject {
  const fields = parseTlvMap(unwrap(generated, 0x7f49));
  const [n, e] = [0x81, 0x82].map((tag) => fields.get(tag)!.toString('base64url')) as [string, string];
  return createPublicKey({ key: { kty: 'RSA', n, e }, format: 'jwk' });
}

/** EMSA-PKCS1-v1_5, as the host does it before the raw operation. */
export function padded(hash: Buffer, size: number): Buffer {
  const info = Buffer.concat([hex('3031300d060960864801650304020105000420'), hash]);
  return Buffer.concat([hex('0001'), Buffer.alloc(size - 3 - info.length, 0xff), hex('00'), info]);
}

/** With the factory's PIN given. */
export const withPin = (terminal: Terminal): Terminal => {
  const answer = terminal.verify('123456');
  if (answer !== '9000') throw new Error(answer);
  return terminal;
};
