/** PIN, PUK, tries, management key and reset of the software YubiKey, command by command. */
import { describe, expect, it } from 'vitest';
import { hex, openTerminal, type Terminal } from './terminal.ts';

const times = <Value>(count: number, act: () => Value): readonly Value[] =>
  Array.from({ length: count }, act);
const blocked = (): Terminal => {
  const terminal = openTerminal();
  times(3, () => terminal.verify('000000'));
  return terminal;
};

describe('VERIFY', () => {
  it('counts wrong tries, blocks, and counts anew after a right one', () => {
    const terminal = openTerminal();
    expect([terminal.verify('000000'), terminal.verify('000000'), terminal.verify('123456')]).toEqual([
      '63c2',
      '63c1',
      '9000',
    ]);
    expect(times(4, () => terminal.verify('000000'))).toEqual(['63c2', '63c1', '6983', '6983']);
    expect([terminal.verify('123456'), terminal.triesLeft()]).toEqual(['6983', '6983']);
  });

  it('gives the other status to the last try where told to', () => {
    const terminal = openTerminal({ lastTry: '63c0' });
    expect(times(4, () => terminal.verify('000000'))).toEqual(['63c2', '63c1', '63c0', '6983']);
  });

  it('asked without a PIN uses up nothing', () => {
    const terminal = openTerminal();
    expect(times(5, () => terminal.triesLeft())).toEqual(Array(5).fill('63c3'));
    terminal.verify('123456');
    expect(terminal.triesLeft()).toBe('9000');
  });

  it('a wrong PIN takes back what a right one gave; so does P1 FF', () => {
    const terminal = openTerminal();
    terminal.verify('123456');
    terminal.verify('000000');
    expect(terminal.triesLeft()).toBe('63c2');
    terminal.verify('123456');
    expect(terminal.send(0x20, 0xff, 0x80).sw).toBe('9000');
    expect(terminal.triesLeft()).toBe('63c3');
  });

  it.each([
    ['too short', '00200080 06 313233343536', '6700'],
    ['too long', '00200080 09 313233343536ffffff', '6700'],
    ['of another reference', '00200081 08 313233343536ffff', '6a86'],
    ['with another P1', '00200180 08 313233343536ffff', '6a86'],
  ])('%s: refused without using up a try', (_, bytes, sw) => {
    const terminal = openTerminal();
    expect(terminal.raw(hex(bytes)).sw).toBe(sw);
    expect(terminal.triesLeft()).toBe('63c3');
  });
});

describe('CHANGE and UNBLOCK', () => {
  it('changes the PIN and the PUK', () => {
    const terminal = openTerminal();
    expect([
      terminal.change('pin', '123456', '654321'),
      terminal.change('puk', '12345678', '87654321'),
    ]).toEqual(['9000', '9000']);
    expect([terminal.verify('123456'), terminal.verify('654321')]).toEqual(['63c2', '9000']);
    expect([terminal.unblock('12345678', '111111'), terminal.unblock('87654321', '111111')]).toEqual([
      '63c2',
      '9000',
    ]);
  });

  it('a wrong old one uses up a try, whichever way it comes', () => {
    const terminal = openTerminal();
    expect([terminal.change('pin', '000000', '654321'), terminal.verify('000000')]).toEqual(['63c2', '63c1']);
    expect([terminal.change('puk', '00000000', '654321'), terminal.unblock('00000000', '111111')]).toEqual([
      '63c2',
      '63c1',
    ]);
  });

  it.each([
    ['five digits', '12345'],
    ['none', ''],
  ])('refuses a new PIN of %s, and keeps the old one', (_, fresh) => {
    const terminal = openTerminal();
    expect(terminal.change('pin', '123456', fresh)).toBe('6a80');
    expect(terminal.unblock('12345678', fresh)).toBe('6a80');
    expect(terminal.verify('123456')).toBe('9000');
  });

  it('refuses a new PIN with padding in its middle', () => {
    const data = hex('313233343536ffff 313233ff343536ff');
    expect(openTerminal().send(0x24, 0, 0x80, data).sw).toBe('6a80');
  });

  it('the PUK unblocks a PIN, with all its tries', () => {
    const terminal = blocked();
    expect(terminal.unblock('12345678', '111111')).toBe('9000');
    expect([terminal.triesLeft(), terminal.verify('111111')]).toEqual(['63c3', '9000']);
  });

  it('a blocked PUK unblocks nothing', () => {
    const terminal = blocked();
    expect(times(4, () => terminal.unblock('00000000', '111111'))).toEqual(['63c2', '63c1', '6983', '6983']);
    expect(terminal.unblock('12345678', '111111')).toBe('6983');
  });

  it.each([
    ['a change of nothing known', 0x24, 0, 0x82, 16, '6a86'],
    ['a change of half length', 0x24, 0, 0x80, 8, '6700'],
    ['unblocking the PUK', 0x2c, 0, 0x81, 16, '6a86'],
    ['unblocking with another P1', 0x2c, 1, 0x80, 16, '6a86'],
    ['unblocking with too little', 0x2c, 0, 0x80, 15, '6700'],
  ])('%s is refused', (_, ins, p1, p2, length, sw) => {
    const terminal = openTerminal();
    expect(terminal.send(ins, p1, p2, Buffer.alloc(length, 0x31)).sw).toBe(sw);
    expect(terminal.triesLeft()).toBe('63c3');
  });
});

describe('SET RETRIES', () => {
  it('wants both the management key and the PIN', () => {
    const pinOnly = openTerminal();
    pinOnly.verify('123456');
    expect(pinOnly.send(0xfa, 5, 4).sw).toBe('6982');
    expect(openTerminal({ manages: true }).send(0xfa, 5, 4).sw).toBe('6982');
  });

  it('sets the tries, and with them the factory PIN and PUK', () => {
    const terminal = openTerminal({ manages: true });
    terminal.change('pin', '123456', '654321');
    terminal.verify('654321');
    expect(terminal.send(0xfa, 0, 4).sw).toBe('6a86');
    expect(terminal.send(0xfa, 5, 4).sw).toBe('9000');
    expect([terminal.verify('654321'), terminal.verify('123456')]).toEqual(['63c4', '9000']);
    expect(terminal.unblock('00000000', '111111')).toBe('63c3');
  });
});

describe('the management key', () => {
  it('proves itself both ways, and is not proven by another', () => {
    expect(openTerminal().manage()).toBe('9000');
    expect(openTerminal().manage('00'.repeat(24))).toBe('6982');
  });

  it('proves itself over a challenge of the card alone', () => {
    const terminal = openTerminal();
    expect(terminal.send(0x87, 3, 0x9b, hex('7c028100')).data.toString('hex')).toMatch(/^7c0a8108/);
    expect(terminal.send(0x87, 3, 0x9b, hex('7c0a8208 0000000000000000')).sw).toBe('6982');
  });

  it.each([
    ['a proof before a witness', '7c0a8008 0000000000000000', '6985'],
    ['nothing at all', '7c00', '6985'],
    ['no template', '8000', '6a80'],
    ['broken TLV', '7c058008', '6a80'],
  ])('refuses %s', (_, data, sw) => {
    expect(openTerminal().send(0x87, 3, 0x9b, hex(data)).sw).toBe(sw);
  });

  it('knows no algorithm but 3DES', () => {
    expect(openTerminal().send(0x87, 0x0a, 0x9b, hex('7c028000')).sw).toBe('6a86');
  });

  it('a witness is good for the very next command only', () => {
    const terminal = openTerminal();
    terminal.send(0x87, 3, 0x9b, hex('7c028000'));
    terminal.send(0x87, 3, 0x9b, hex('7c0a8008 0000000000000000'));
    expect(terminal.send(0x87, 3, 0x9b, hex('7c0a8008 0000000000000000')).sw).toBe('6985');
  });

  it('can be changed by who has it', () => {
    const fresh = '11'.repeat(24);
    const set = (terminal: Terminal, p2 = 0xff) => terminal.send(0xff, 0xff, p2, hex(`039b18${fresh}`)).sw;
    expect(set(openTerminal())).toBe('6982');
    const terminal = openTerminal({ manages: true });
    expect(set(terminal)).toBe('9000');
    terminal.select();
    expect([terminal.manage(), terminal.manage(fresh)]).toEqual(['6982', '9000']);
  });

  it.each([
    ['of AES', '0a9b18'.concat('11'.repeat(24)), '6a80'],
    ['for another slot', '039a18'.concat('11'.repeat(24)), '6a80'],
    ['of another length', '039b10'.concat('11'.repeat(16)), '6700'],
    ['shorter than it says', '039b18'.concat('11'.repeat(16)), '6700'],
  ])('a new one %s is refused', (_, data, sw) => {
    const terminal = openTerminal({ manages: true });
    expect(terminal.send(0xff, 0xff, 0xff, hex(data)).sw).toBe(sw);
    terminal.select();
    expect(terminal.manage()).toBe('9000');
  });

  it('waits for a touch when it was set to', () => {
    const terminal = openTerminal({ manages: true });
    terminal.send(0xff, 0xff, 0xfe, hex(`039b18${'11'.repeat(24)}`));
    terminal.select();
    terminal.isTouched = false;
    expect([terminal.manage('11'.repeat(24)), terminal.touches]).toEqual(['6982', 1]);
    terminal.isTouched = true;
    expect(terminal.manage('11'.repeat(24))).toBe('9000');
  });
});

describe('RESET', () => {
  it('is refused until PIN and PUK are both blocked', () => {
    const terminal = openTerminal();
    expect(terminal.send(0xfb, 0, 0).sw).toBe('6985');
    times(3, () => terminal.verify('000000'));
    expect(terminal.send(0xfb, 0, 0).sw).toBe('6985');
    times(3, () => terminal.unblock('00000000', '111111'));
    expect(terminal.send(0xfb, 1, 0).sw).toBe('6a86');
    expect(terminal.send(0xfb, 0, 0).sw).toBe('9000');
  });

  it('makes it as it came, but for serial number and attestation', () => {
    const terminal = openTerminal({ manages: true });
    terminal.generate(0x9a, 0x11);
    terminal.putData('5fc105', hex('0102'));
    terminal.send(0xff, 0xff, 0xff, hex(`039b18${'11'.repeat(24)}`));
    times(3, () => terminal.verify('000000'));
    times(3, () => terminal.unblock('00000000', '111111'));
    terminal.send(0xfb, 0, 0);
    expect([terminal.getData('5fc105').sw, terminal.send(0xf7, 0, 0x9a).sw]).toEqual(['6a82', '6a88']);
    expect([terminal.getData('5fff01').sw, terminal.send(0xf7, 0, 0xf9).sw]).toEqual(['9000', '9000']);
    expect(terminal.putData('5fc105', hex('00'))).toBe('6982');
    expect([terminal.manage(), terminal.verify('123456')]).toEqual(['9000', '9000']);
  });
});
