/** What the software YubiKey tells about its keys, and the data objects on it. */
import { X509Certificate } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { parseTlvMap, tlv, unwrap } from '../../simulator/yubikey/tlv.ts';
import { P256, P384, ecKey, pointOf, withPin } from './host-keys.ts';
import { hex, openTerminal, type Terminal } from './terminal.ts';

describe('ATTEST', () => {
  it('says who made a key, in a certificate that the attestation key signed', () => {
    const terminal = openTerminal({ manages: true, serial: 16_909_060 });
    const point = pointOf(terminal.generate(0x9a, P256, 'aa0103ab0102').data);
    const content = unwrap(terminal.getData('5fff01').data, 0x53);
    const root = new X509Certificate(parseTlvMap(content).get(0x70)!);
    const certificate = new X509Certificate(terminal.send(0xf9, 0x9a, 0).data);
    expect(certificate.verify(root.publicKey)).toBe(true);
    expect([certificate.subject, certificate.issuer]).toEqual([
      'CN=YubiKey PIV Attestation 9a',
      root.subject,
    ]);
    expect(certificate.publicKey.equals(ecKey(point, P256))).toBe(true);
    const extension = (last: string, value: string) =>
      certificate.raw.includes(hex(`060a2b0601040182c40a03${last}${value}`));
    expect(extension('03', '0403050403')).toBe(true);
    expect(extension('07', '0406020401020304')).toBe(true);
    expect(extension('08', '04020302')).toBe(true);
  });

  it('has nothing to say of imported keys, of empty slots, or with another P2', () => {
    const terminal = openTerminal({ manages: true });
    terminal.importKey(0x9a, P256, tlv(0x06, hex('01'.repeat(32))));
    terminal.generate(0x9c, P256);
    const answers = [0x9a, 0x9d, 0xf9].map((slot) => terminal.send(0xf9, slot, 0).sw);
    expect([...answers, terminal.send(0xf9, 0x9c, 1).sw]).toEqual(['6a80', '6a80', '6a80', '6a86']);
  });
});

describe('METADATA', () => {
  const described = (terminal: Terminal, slot: number) =>
    [...parseTlvMap(terminal.send(0xf7, 0, slot).data)].map(
      ([tag, value]) => `${tag}:${value.toString('hex')}`,
    );

  it('is not there before firmware 5.3', () => {
    const answers = (['4.3.5', '5.2.4', '5.4.3'] as const).map(
      (firmware) => openTerminal({ firmware }).send(0xf7, 0, 0x9a).sw,
    );
    expect(answers).toEqual(['6d00', '6d00', '6a88']);
  });

  it('tells algorithm, policies, origin and public key', () => {
    const terminal = openTerminal({ manages: true });
    const point = pointOf(terminal.generate(0x9a, P384, 'ab0103').data);
    expect(described(terminal, 0x9a)).toEqual(['1:14', '2:0203', '3:01', `4:8661${point.toString('hex')}`]);
    terminal.importKey(0x9c, P256, tlv(0x06, hex('01'.repeat(32))));
    expect(described(terminal, 0x9c).slice(0, 3)).toEqual(['1:11', '2:0301', '3:02']);
  });

  it('tells tries and factory values of PIN, PUK and management key', () => {
    const terminal = openTerminal({ manages: true });
    terminal.verify('000000');
    terminal.change('puk', '12345678', '87654321');
    expect(described(terminal, 0x80)).toEqual(['1:ff', '5:01', '6:0302']);
    expect(described(terminal, 0x81)).toEqual(['1:ff', '5:00', '6:0303']);
    expect(described(terminal, 0x9b)).toEqual(['1:03', '2:0001', '5:01']);
    terminal.send(0xff, 0xff, 0xfe, hex(`039b18${'11'.repeat(24)}`));
    expect(described(terminal, 0x9b)).toEqual(['1:03', '2:0002', '5:00']);
    expect(terminal.send(0xf7, 1, 0x9a).sw).toBe('6a86');
  });
});

describe('data objects', () => {
  it('are put by who manages, read by everybody, and deleted by emptying', () => {
    const terminal = openTerminal();
    expect(terminal.putData('5fc105', hex('01'))).toBe('6982');
    terminal.manage();
    expect([terminal.getData('5fc105').sw, terminal.putData('5fc105', hex('0102'))]).toEqual([
      '6a82',
      '9000',
    ]);
    expect(terminal.getData('5fc105').data.toString('hex')).toBe('53020102');
    expect([terminal.putData('5fc105', hex('')), terminal.getData('5fc105').sw]).toEqual(['9000', '6a82']);
  });

  it('that are private want the PIN', () => {
    const terminal = openTerminal({ manages: true });
    terminal.putData('5fc109', hex('01'));
    expect(terminal.getData('5fc109').sw).toBe('6982');
    expect(withPin(terminal).getData('5fc109').sw).toBe('9000');
  });

  it('the discovery object is the card itself', () => {
    expect(openTerminal().getData('7e').data.toString('hex')).toMatch(/^7e124f0ba000000308/);
  });

  it.each([
    ['reading elsewhere', 0xcb, 0x3f, 0xfe, '5c035fc105', '6a86'],
    ['reading without an ID', 0xcb, 0x3f, 0xff, '5300', '6a80'],
    ['putting elsewhere', 0xdb, 0x3f, 0xfe, '5c035fc1055300', '6a86'],
    ['putting without content', 0xdb, 0x3f, 0xff, '5c035fc105', '6a80'],
    ['putting under a short ID', 0xdb, 0x3f, 0xff, '5c017e5300', '6a80'],
    ['putting the same thing twice', 0xdb, 0x3f, 0xff, '5c035fc10553005300', '6a80'],
  ])('refuses %s', (_, ins, p1, p2, data, sw) => {
    expect(openTerminal({ manages: true }).send(ins, p1, p2, hex(data)).sw).toBe(sw);
  });

  it('hold what a real one holds, and no more', () => {
    const terminal = openTerminal({ manages: true });
    expect([3_052, 3_053].map((size) => terminal.putData('5fc105', Buffer.alloc(size)))).toEqual([
      '9000',
      '6a84',
    ]);
  });
});
