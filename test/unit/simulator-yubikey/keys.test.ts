/** Keys of the software YubiKey: made, imported and used, with good and bad input. */
import {
  constants,
  createECDH,
  generateKeyPairSync,
  publicEncrypt,
  verify,
  type KeyObject,
} from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { keySlots } from '../../simulator/yubikey/slots.ts';
import { tlv } from '../../simulator/yubikey/tlv.ts';
import { P256, P384, RSA, digest, ecKey, padded, pointOf, rsaKey, withPin } from './host-keys.ts';
import { hex, openTerminal, type Terminal } from './terminal.ts';

describe('GENERATE', () => {
  it.each([
    ['P-256', P256, 'sha256'],
    ['P-384', P384, 'sha384'],
  ] as const)('%s: the public key verifies what the slot signs', (_, algorithm, hash) => {
    const terminal = openTerminal({ manages: true });
    const key = ecKey(pointOf(terminal.generate(0x9a, algorithm).data), algorithm);
    const { sw, data } = withPin(terminal).sign(0x9a, algorithm, digest('text', hash));
    expect(sw).toBe('9000');
    expect(verify(hash, Buffer.from('text'), key, data)).toBe(true);
    expect(verify(hash, Buffer.from('other'), key, data)).toBe(false);
  });

  it('RSA: signs padded blocks and opens what was encrypted to it', () => {
    const terminal = openTerminal({ manages: true });
    const key = rsaKey(terminal.generate(0x9d, RSA).data);
    withPin(terminal);
    const signature = terminal.sign(0x9d, RSA, padded(digest('text'), 256)).data;
    expect(verify('sha256', Buffer.from('text'), key, signature)).toBe(true);
    const box = publicEncrypt({ key, padding: constants.RSA_PKCS1_PADDING }, Buffer.from('inside'));
    const opened = terminal.sign(0x9d, RSA, box).data;
    expect(opened.subarray(opened.indexOf(0, 2) + 1).toString()).toBe('inside');
  });

  it.each([
    ['without the management key', false, 0x9a, P256, '', '6982'],
    ['in a slot that is none', true, 0x9f, P256, '', '6a86'],
    ['in place of the attestation key', true, 0xf9, P256, '', '6a81'],
    ['with an unknown algorithm', true, 0x9a, 0x22, '', '6a80'],
    ['with an unknown PIN policy', true, 0x9a, P256, 'aa0109', '6a80'],
    ['with an unknown touch policy', true, 0x9a, P256, 'ab0109', '6a80'],
  ])('is refused %s', (_, manages, slot, algorithm, policies, sw) => {
    const terminal = openTerminal({ manages });
    expect(terminal.generate(slot, algorithm, policies).sw).toBe(sw);
    expect(terminal.card.piv.keys.size).toBe(1);
  });

  it('fills all 24 slots, each with its own key', () => {
    const terminal = openTerminal({ manages: true });
    const slots = keySlots.filter((slot) => slot !== 0xf9);
    const points = slots.map((slot) => pointOf(terminal.generate(slot, P256).data).toString('hex'));
    expect(new Set(points).size).toBe(24);
    withPin(terminal);
    for (const [index, slot] of slots.entries()) {
      withPin(terminal);
      const signature = terminal.sign(slot, P256, digest('text')).data;
      const key = ecKey(Buffer.from(points[index]!, 'hex'), P256);
      expect(verify('sha256', Buffer.from('text'), key, signature)).toBe(true);
    }
  });
});

describe('IMPORT', () => {
  const scalarOf = (pair: { privateKey: KeyObject }) =>
    Buffer.from(pair.privateKey.export({ format: 'jwk' }).d!, 'base64url');

  it.each([
    ['P-256', P256, 'prime256v1', 'sha256'],
    ['P-384', P384, 'secp384r1', 'sha384'],
  ] as const)('%s: signs as the key that was imported', (_, algorithm, namedCurve, hash) => {
    const pair = generateKeyPairSync('ec', { namedCurve });
    const terminal = openTerminal({ manages: true });
    expect(terminal.importKey(0x9c, algorithm, tlv(0x06, scalarOf(pair)))).toBe('9000');
    const signature = withPin(terminal).sign(0x9c, algorithm, digest('text', hash)).data;
    expect(verify(hash, Buffer.from('text'), pair.publicKey, signature)).toBe(true);
  });

  it('RSA by its five numbers; numbers that do not belong together are refused', () => {
    const pair = generateKeyPairSync('rsa', { modulusLength: 2048 });
    const jwk = pair.privateKey.export({ format: 'jwk' });
    const parts = [jwk.p, jwk.q, jwk.dp, jwk.dq, jwk.qi].map((part) => Buffer.from(part!, 'base64url'));
    const fields = (all: readonly Buffer[]) => Buffer.concat(all.map((part, index) => tlv(index + 1, part)));
    const terminal = openTerminal({ manages: true });
    expect(terminal.importKey(0x82, RSA, fields(parts))).toBe('9000');
    const signature = withPin(terminal).sign(0x82, RSA, padded(digest('text'), 256)).data;
    expect(verify('sha256', Buffer.from('text'), pair.publicKey, signature)).toBe(true);
    terminal.manage();
    const mixed = [parts[1]!, parts[0]!, ...parts.slice(2)];
    expect(terminal.importKey(0x83, RSA, fields(mixed))).toBe('6a80');
    expect(terminal.importKey(0x83, RSA, fields(parts.slice(0, 4)))).toBe('6a80');
  });

  const order = 'ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551';
  it.each([
    ['zero', '00'.repeat(32)],
    ['the order of the curve', order],
    ['one byte short', '01'.repeat(31)],
    ['one byte long', '01'.repeat(33)],
    ['nothing', ''],
  ])('refuses the scalar %s', (_, scalar) => {
    const terminal = openTerminal({ manages: true });
    expect(terminal.importKey(0x9a, P256, tlv(0x06, hex(scalar)))).toBe('6a80');
    expect(terminal.card.piv.keys.has(0x9a)).toBe(false);
  });

  it('wants the management key, and overwrites without asking', () => {
    const field = tlv(0x06, hex('01'.repeat(32)));
    expect(openTerminal().importKey(0x9a, P256, field)).toBe('6982');
    const terminal = openTerminal({ manages: true });
    expect([terminal.importKey(0x9a, P256, field), terminal.importKey(0x9a, P256, field)]).toEqual([
      '9000',
      '9000',
    ]);
    expect(terminal.importKey(0x9a, P256, hex('06'))).toBe('6a80');
  });
});

describe('the private key', () => {
  const ready = (): Terminal => {
    const terminal = openTerminal({ manages: true });
    terminal.generate(0x9e, P256);
    return terminal;
  };

  it.each([
    ['an empty slot', 0x9a, P256, hex('7c048200 8100'), '6a80'],
    ['another algorithm than its own', 0x9e, RSA, hex('7c048200 8100'), '6a80'],
    ['an empty digest', 0x9e, P256, hex('7c048200 8100'), '6a80'],
    ['a digest longer than the curve', 0x9e, P256, tlv(0x7c, tlv(0x82), tlv(0x81, Buffer.alloc(33))), '6a80'],
    ['no place for the answer', 0x9e, P256, tlv(0x7c, tlv(0x81, Buffer.alloc(32))), '6a80'],
    [
      'digest and point at once',
      0x9e,
      P256,
      tlv(0x7c, tlv(0x82), tlv(0x81, hex('01')), tlv(0x85, hex('04'))),
      '6a80',
    ],
    ['neither', 0x9e, P256, tlv(0x7c, tlv(0x82)), '6a80'],
    ['broken TLV', 0x9e, P256, hex('7c20'), '6a80'],
  ])('refuses %s', (_, slot, algorithm, data, sw) => {
    expect(ready().send(0x87, algorithm, slot, data).sw).toBe(sw);
  });

  it('takes a digest shorter than the curve as the number that it is', () => {
    const terminal = ready();
    const { data } = terminal.sign(0x9e, P256, digest('text', 'sha1'));
    const point = pointOf(terminal.generate(0x9e, P256).data);
    expect(verify('sha1', Buffer.from('text'), ecKey(point, P256), data)).toBe(false);
    const again = terminal.sign(0x9e, P256, digest('text', 'sha1')).data;
    expect(verify('sha1', Buffer.from('text'), ecKey(point, P256), again)).toBe(true);
  });

  it('agrees on a secret with another key, and refuses points off the curve', () => {
    const terminal = openTerminal({ manages: true });
    const point = pointOf(terminal.generate(0x9e, P256).data);
    const mine = createECDH('prime256v1');
    mine.generateKeys();
    expect(terminal.agree(0x9e, P256, mine.getPublicKey()).data).toEqual(mine.computeSecret(point));
    expect(terminal.agree(0x9e, P256, Buffer.concat([hex('04'), Buffer.alloc(64, 1)])).sw).toBe('6a80');
  });

  it('of RSA takes blocks of its own size below its modulus, and no points', () => {
    const terminal = openTerminal({ manages: true });
    terminal.generate(0x9e, RSA);
    const answers = [Buffer.alloc(255), Buffer.alloc(256, 0xff)].map(
      (block) => terminal.sign(0x9e, RSA, block).sw,
    );
    expect([...answers, terminal.agree(0x9e, RSA, hex('04')).sw]).toEqual(['6a80', '6a80', '6a80']);
  });
});
