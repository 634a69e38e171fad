/** When the software YubiKey asks for PIN and touch before it uses a key. */
import { describe, expect, it } from 'vitest';
import { P256, digest, withPin } from './host-keys.ts';
import { openTerminal } from './terminal.ts';

describe('policies', () => {
  it.each([
    ['9A', 0x9a, '', 'once'],
    ['9C', 0x9c, '', 'always'],
    ['9D', 0x9d, '', 'once'],
    ['9E', 0x9e, '', 'never'],
    ['82', 0x82, '', 'once'],
    ['9A set to never', 0x9a, 'aa0101', 'never'],
    ['9C set to once', 0x9c, 'aa0102', 'once'],
    ['9E set to always', 0x9e, 'aa0103', 'always'],
  ])('%s asks for the PIN as it should: %s', (_, slot, policies, expected) => {
    const terminal = openTerminal({ manages: true });
    terminal.generate(slot, P256, policies);
    const sign = () => terminal.sign(slot, P256, digest('text')).sw === '9000';
    const before = sign();
    withPin(terminal);
    const answers = [before, sign(), sign()];
    const patterns = { never: [true, true, true], once: [false, true, true], always: [false, true, false] };
    expect(answers).toEqual(patterns[expected as keyof typeof patterns]);
  });

  it('"always" means the very next command', () => {
    const terminal = openTerminal({ manages: true });
    terminal.generate(0x9c, P256);
    withPin(terminal).getData('7e');
    expect(terminal.sign(0x9c, P256, digest('text')).sw).toBe('6982');
    withPin(terminal).triesLeft();
    expect(terminal.sign(0x9c, P256, digest('text')).sw).toBe('9000');
  });

  it.each([
    ['never', 'ab0101', 0],
    ['always', 'ab0102', 2],
    ['cached', 'ab0103', 1],
  ])('touch %s: two signatures in a row take so many', (_, policies, touches) => {
    const terminal = openTerminal({ manages: true, now: () => 1_000 });
    terminal.generate(0x9e, P256, policies);
    const sign = () => terminal.sign(0x9e, P256, digest('text')).sw;
    expect([sign(), sign(), terminal.touches]).toEqual(['9000', '9000', touches]);
  });

  it('a cached touch lasts 15 seconds', () => {
    let now = 0;
    const terminal = openTerminal({ manages: true, now: () => now });
    terminal.generate(0x9e, P256, 'ab0103');
    for (now of [0, 14_999, 15_001, 40_000]) terminal.sign(0x9e, P256, digest('text'));
    expect(terminal.touches).toBe(3);
  });

  it('without a touch nothing is signed', () => {
    const terminal = openTerminal({ manages: true });
    terminal.generate(0x9e, P256, 'ab0102');
    terminal.isTouched = false;
    expect(terminal.sign(0x9e, P256, digest('text'))).toEqual({ sw: '6982', data: Buffer.alloc(0) });
  });

  it('the PIN is asked for before the touch', () => {
    const terminal = openTerminal({ manages: true });
    terminal.generate(0x9a, P256, 'ab0102');
    expect([terminal.sign(0x9a, P256, digest('text')).sw, terminal.touches]).toEqual(['6982', 0]);
  });
});
