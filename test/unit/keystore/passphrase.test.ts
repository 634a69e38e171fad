import { describe, expect, it } from 'vitest';
import {
  assertLongEnough,
  generateCharacters,
  generateWords,
  ratePassphrase,
} from '../../../electron/keystore/passphrase.ts';
import { SecretBytes } from '../../../electron/keystore/secret-bytes.ts';
import { hasCode } from '../../../shared/errors.ts';

const secret = (text: string) => SecretBytes.fromText(text);

describe('generated passphrases', () => {
  it.each([
    [undefined, 7, 77],
    [4, 4, 44],
    [24, 24, 264],
  ])('%s words', async (count, words, bits) => {
    const { text, entropyBits } = await generateWords(count);
    expect(text).toMatch(/^[a-z]+(-[a-z]+)*$/);
    expect(text.split('-')).toHaveLength(words);
    expect(entropyBits).toBe(bits);
  });

  it.each([
    [undefined, 20, 116],
    [12, 12, 69],
    [64, 64, 371],
  ])('%s characters that cannot be confused', (count, length, bits) => {
    const { text, entropyBits } = generateCharacters(count);
    expect(text).toHaveLength(length);
    expect(text).not.toMatch(/[0O1lI\W_]/);
    expect(entropyBits).toBe(bits);
  });

  it.each([0, 3, 25, 7.5, -1, NaN])('%s words are refused', async (count) => {
    await expect(generateWords(count)).rejects.toThrow(RangeError);
  });

  it.each([0, 11, 65, 12.5, NaN])('%s characters are refused', (count) => {
    expect(() => generateCharacters(count)).toThrow(RangeError);
  });

  it('use their whole alphabet, evenly', async () => {
    const letters = Array.from({ length: 200 }, () => generateCharacters(64).text).join('');
    const counts = new Map<string, number>();
    for (const letter of letters) counts.set(letter, (counts.get(letter) ?? 0) + 1);
    expect(counts.size).toBe(56);
    // 12,800 draws of 56: 229 each; six standard deviations are 90.
    for (const count of counts.values()) expect(Math.abs(count - 229)).toBeLessThan(91);
    const words = await Promise.all(Array.from({ length: 300 }, () => generateWords(24)));
    expect(new Set(words.flatMap(({ text }) => text.split('-'))).size).toBeGreaterThan(1900);
  });
});

describe('rating', () => {
  it.each([
    ['password', 0],
    ['12345678', 0],
    ['qwertyuiop', 0],
    ['letmein1', 1],
  ])('%s is weak', async (text, most) => {
    const { score, warning, suggestions } = await ratePassphrase(secret(text));
    expect(score).toBeLessThanOrEqual(most);
    expect([warning ?? '', ...suggestions].join(' ')).toMatch(/[a-z]{4}/);
  });

  it('generated ones are out of reach', async () => {
    for (const { text } of [await generateWords(), generateCharacters()]) {
      expect(await ratePassphrase(secret(text))).toMatchObject({ score: 4, longEnough: true });
    }
  });

  it('words an attacker would try first count for little', async () => {
    const alone = await ratePassphrase(secret('acmeregistryapp'));
    const known = await ratePassphrase(secret('acmeregistryapp'), ['acmeregistryapp']);
    expect(known.guessesLog10).toBeLessThan(alone.guessesLog10);
    expect(known.score).toBe(0);
  });
});

describe('length', () => {
  it.each(['', '1234567', 'pässwör', '🔑🔑🔑🔑🔑🔑🔑'])('%j is too short', (text) => {
    expect(() => assertLongEnough(secret(text))).toThrow(/short-passphrase/);
    try {
      assertLongEnough(secret(text));
    } catch (error) {
      expect(hasCode(error, 'keystore/short-passphrase') && error.details.minimum).toBe(8);
    }
  });

  it.each(['12345678', 'pässwört', '🔑🔑🔑🔑🔑🔑🔑🔑'])('%j is long enough', (text) => {
    expect(() => assertLongEnough(secret(text))).not.toThrow();
  });
});
