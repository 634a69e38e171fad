/** The card itself: lengths, classes, applets, chained commands, answers in pieces, what a reset forgets. */
import { describe, expect, it } from 'vitest';
import { hex, openTerminal, Terminal } from './terminal.ts';

describe('commands as bytes', () => {
  it.each([
    ['nothing', '', '6700'],
    ['three bytes', '00a404', '6700'],
    ['four bytes', '00fd0000', '9000'],
    ['an Le', '00fd000000', '9000'],
    ['data shorter than said', '0020008008 3132', '6700'],
    ['data longer than said', '0020008001 31323334', '6700'],
    ['data and an Le', '00cb3fff03 5c017e 00', '9000'],
    ['extended length', '00cb3fff000003 5c017e', '6700'],
    ['class 80', '80fd000000', '6e00'],
    ['secure messaging', '04fd000000', '6e00'],
    ['an unknown instruction', '0099000000', '6d00'],
    ['more when there is no more', '00c0000000', '6985'],
  ])('%s', (_, bytes, sw) => {
    expect(openTerminal().raw(hex(bytes)).sw).toBe(sw);
  });

  it('answers nothing of PIV before the applet is selected', () => {
    const terminal = new Terminal();
    expect([0xfd, 0x20, 0xcb, 0xf8].map((ins) => terminal.send(ins, 0, 0).sw)).toEqual(Array(4).fill('6d00'));
  });
});

describe('applets', () => {
  it.each([
    ['PIV', 'a000000308', '9000'],
    ['PIV with its version', 'a000000308000010000100', '9000'],
    ['management', 'a000000527471117', '9000'],
    ['OTP', 'a000000527200101', '9000'],
    ['OpenPGP', 'd27600012401', '6a82'],
    ['half of PIV', 'a0000003', '6a82'],
  ])('selects %s: %s answers %s', (_, aid, sw) => {
    expect(new Terminal().select(aid).sw).toBe(sw);
  });

  it('tells its version, and its serial number where this firmware does', () => {
    const told = (['4.3.5', '5.2.4', '5.4.3'] as const).map((firmware) => {
      const terminal = openTerminal({ firmware, serial: 0x01020304 });
      const version = terminal.send(0xfd, 0, 0).data.toString('hex');
      const serial = terminal.send(0xf8, 0, 0);
      terminal.select('a000000527200101');
      const fromOtp = terminal.send(0x01, 0x10, 0).data.toString('hex');
      return [version, serial.sw, serial.data.toString('hex'), fromOtp];
    });
    expect(told).toEqual([
      ['040305', '6d00', '', '01020304'],
      ['050204', '9000', '01020304', '01020304'],
      ['050403', '9000', '01020304', '01020304'],
    ]);
  });

  it('shows the answer to reset of its generation', () => {
    const atr = (firmware: '4.3.5' | '5.4.3') => new Terminal({ firmware }).card.atr.toString('latin1');
    expect(atr('4.3.5')).toContain('Yubikey4');
    expect(atr('5.4.3')).toContain('YubiKe');
    expect(atr('4.3.5')).not.toBe(atr('5.4.3'));
  });
});

describe('long commands and answers', () => {
  const id = '5fc105';
  const content = Buffer.alloc(1_000, 0xa5);

  it('puts parts together and gives its answer in pieces', () => {
    const terminal = openTerminal({ manages: true });
    expect(terminal.putData(id, content)).toBe('9000');
    const first = terminal.raw(hex('00cb3fff05 5c035fc105 00'));
    expect([first.sw, first.data.length]).toEqual(['6100', 256]);
    expect(terminal.getData(id)).toEqual({ sw: '9000', data: Buffer.concat([hex('53 8203e8'), content]) });
  });

  it('says how many bytes are left once they are fewer than 256', () => {
    const terminal = openTerminal({ manages: true });
    terminal.putData(id, content.subarray(0, 300));
    expect(terminal.raw(hex('00cb3fff05 5c035fc105 00')).sw).toBe('6130');
  });

  it('forgets the rest of an answer at the next command', () => {
    const terminal = openTerminal({ manages: true });
    terminal.putData(id, content);
    terminal.raw(hex('00cb3fff05 5c035fc105 00'));
    terminal.raw(hex('00fd000000'));
    expect(terminal.raw(hex('00c0000000')).sw).toBe('6985');
  });

  it('drops a chain that another command interrupts', () => {
    const terminal = openTerminal();
    expect(terminal.raw(hex('10200080 04 31323334')).sw).toBe('9000');
    terminal.raw(hex('00fd000000'));
    expect(terminal.raw(hex('00200080 04 3536ffff')).sw).toBe('6700');
    expect(terminal.triesLeft()).toBe('63c3');
  });

  it('takes a PIN in two parts', () => {
    const terminal = openTerminal();
    terminal.raw(hex('10200080 04 31323334'));
    expect(terminal.raw(hex('00200080 04 3536ffff')).sw).toBe('9000');
  });

  it('ends a chain that is too long', () => {
    const terminal = openTerminal({ manages: true });
    expect(terminal.putData(id, Buffer.alloc(5_000))).toBe('6a84');
    expect(terminal.getData(id).sw).toBe('6a82');
  });
});

describe('what is forgotten', () => {
  const authenticated = () => {
    const terminal = openTerminal({ manages: true });
    terminal.verify('123456');
    return terminal;
  };
  const isForgotten = (terminal: Terminal) => [terminal.triesLeft(), terminal.putData('5fc105', hex('00'))];

  it.each([
    ['selecting PIV again', ['a000000308']],
    ['selecting another applet', ['a000000527471117', 'a000000308']],
  ])('%s drops PIN and management key', (_, applets) => {
    const terminal = authenticated();
    expect(isForgotten(terminal)).toEqual(['9000', '9000']);
    for (const applet of applets) terminal.select(applet);
    expect(isForgotten(terminal)).toEqual(['63c3', '6982']);
  });

  it('a reset of the card drops PIN and management key', () => {
    const terminal = authenticated();
    terminal.card.reset();
    expect(terminal.triesLeft()).toBe('6d00');
    terminal.select();
    expect(isForgotten(terminal)).toEqual(['63c3', '6982']);
  });

  it('a reset drops a chain and a witness', () => {
    const terminal = openTerminal();
    terminal.send(0x87, 3, 0x9b, hex('7c028000'));
    terminal.card.reset();
    terminal.select();
    expect(terminal.send(0x87, 3, 0x9b, hex('7c0a 8008 0000000000000000')).sw).toBe('6985');
  });
});
