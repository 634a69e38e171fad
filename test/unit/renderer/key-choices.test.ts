/** Which keys a rotation and a new repository offer. */
import { describe, expect, it } from 'vitest';
import {
  keyToBringBack,
  rootKeyChoices,
  rotationChoices,
  usesText,
} from '../../../renderer/features/plans/key-choices.ts';
import type { KeyRow } from '../../../shared/ipc/keys.ts';

const gun = 'registry.example.test/acme/app';
const id = (letter: string) => letter.repeat(64);
const row = (letter: string, role: string, more: Partial<KeyRow> = {}): KeyRow => ({
  id: id(letter),
  role,
  algorithm: 'ECDSA P-256',
  place: { kind: 'file' },
  sandbox: false,
  location: '/trust/private',
  encrypted: true,
  usedBy: [],
  ...more,
});
const onToken = { place: { kind: 'yubikey', serial: '11111111' } } as const;
const idsOf = (choices: readonly { readonly id: string }[]) => choices.map((choice) => choice.id);

describe('what can take the place of a key', () => {
  const keys = [
    row('a', 'root'),
    row('b', 'root', onToken),
    row('c', 'targets', { gun }),
    row('d', 'targets', { gun: 'registry.example.test/other' }),
    row('e', 'jeff'),
    row('f', '', onToken),
  ];

  it('a timestamp key is always the server’s, a snapshot key usually', () => {
    expect(idsOf(rotationChoices(gun, 'timestamp', [], keys))).toEqual(['server']);
    expect(idsOf(rotationChoices(gun, 'snapshot', [], keys))).toEqual(['server', 'new', id('c'), id('f')]);
  });

  it('a repository key is no root key, no signer’s file, no other repository’s, and not the present one', () => {
    const present = [{ id: id('c'), isHere: true }];
    expect(idsOf(rotationChoices(gun, 'targets', present, keys))).toEqual(['new', id('f')]);
  });

  it('a root key can be another root key, or keep its place under a new certificate where it is here', () => {
    const present = [{ id: id('a'), isHere: true }];
    expect(idsOf(rotationChoices(gun, 'root', present, keys))).toEqual(['new', id('a'), id('b')]);
    expect(idsOf(rotationChoices(gun, 'root', [{ id: id('9'), isHere: false }], keys))).toEqual([
      'new',
      id('a'),
      id('b'),
    ]);
    const two = [...present, { id: id('9'), isHere: true }];
    expect(idsOf(rotationChoices(gun, 'root', two, keys))).toEqual(['new', id('b')]);
  });

  it('of a root key that is kept offline: brought back first, and another one by hand only', () => {
    const choices = rootKeyChoices([], ['a'.repeat(64)]);
    expect(choices.map(({ label }) => label)).toEqual([
      `Bring back ${'a'.repeat(64).slice(0, 12)}`,
      'Another root key',
    ]);
    expect(choices.map(({ id }) => keyToBringBack(id))).toEqual(['a'.repeat(64), undefined]);
    expect(rootKeyChoices([row('a', 'root')], [row('a', 'root').id])).toHaveLength(2);
  });

  it('a key in a file and on a token is one choice, the token’s; a new repository can have a new one', () => {
    const choices = rootKeyChoices([row('a', 'root'), row('a', 'root', onToken), row('c', 'targets')], []);
    expect(idsOf(choices)).toEqual([id('a'), 'new']);
    expect(choices[0]?.note).toBe('YubiKey 11111111, no repository here.');
  });

  it('names two of the repositories that use a key, and counts the others', () => {
    expect(usesText(['a', 'b', 'c'])).toBe('root of a, b, and 1 more');
  });
});
