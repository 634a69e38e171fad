/** Passphrases that the window makes up and rates: from a good source, by the shared rules, and never sent to be rated. */
import { describe, expect, test, vi } from 'vitest';
import { makeSecret, randomIndex } from '../../../renderer/features/prompts/new-secret.ts';
import { loadRater } from '../../../renderer/features/prompts/strength.ts';
import { makeCharacters, makeWords } from '../../../shared/passphrase-rules.ts';

describe('a random index', () => {
  test.each([1, 2, 3, 56, 2048])('of %i is below it, whole, and reaches both ends', (bound) => {
    const drawn = new Set(Array.from({ length: bound * 40 }, () => randomIndex(bound)));
    expect(Math.min(...drawn)).toBe(0);
    expect(Math.max(...drawn)).toBe(bound - 1);
    expect([...drawn].every(Number.isInteger)).toBe(true);
  });

  test('draws again rather than prefer the low ones', () => {
    const draws = [0xffff_ffff, 7];
    const source = vi.spyOn(crypto, 'getRandomValues').mockImplementation((array) => {
      (array as unknown as Uint32Array)[0] = draws.shift() ?? 0;
      return array;
    });
    expect(randomIndex(3)).toBe(1);
    expect(source).toHaveBeenCalledTimes(2);
    source.mockRestore();
  });
});

describe('what is made up', () => {
  test('seven words of 2,048 are 77 bits', async () => {
    const { text, entropyBits } = await makeSecret('words');
    expect(text).toMatch(/^([a-z]+-){6}[a-z]+$/);
    expect(entropyBits).toBe(77);
  });

  test('twenty characters that cannot be confused on paper', async () => {
    const { text, entropyBits } = await makeSecret('characters');
    expect(text).toMatch(/^[a-km-zA-HJ-NP-Z2-9]{20}$/);
    expect(entropyBits).toBe(116);
  });

  test('is another one each time', async () => {
    const made = await Promise.all(Array.from({ length: 20 }, () => makeSecret('characters')));
    expect(new Set(made.map(({ text }) => text)).size).toBe(20);
  });

  test('is never shorter than is safe', () => {
    expect(() => makeWords(['a', 'b'], randomIndex, 3)).toThrow(RangeError);
    expect(() => makeCharacters(randomIndex, 11)).toThrow(RangeError);
  });
});

describe('the strength', () => {
  test('of a word that an attacker would try first is none', async () => {
    const rate = await loadRater(['webshop', 'jeff']);
    expect(rate('password1').score).toBe(0);
    expect(rate('webshop1').score).toBeLessThan(2);
    expect(rate('password1').warning).not.toBe('');
  });

  test('of what was made up is the highest', async () => {
    const rate = await loadRater([]);
    expect(rate((await makeSecret('words')).text).score).toBe(4);
    expect(rate((await makeSecret('characters')).text).score).toBe(4);
  });

  test('is judged by the beginning of a very long one', async () => {
    const rate = await loadRater([]);
    const beginning = 'aB3$xY9!'.repeat(8);
    expect(rate(beginning + 'password'.repeat(100))).toEqual(rate(beginning));
  });
});
