import { format, inspect } from 'node:util';
import { deserialize, serialize } from 'node:v8';
import { MessageChannel } from 'node:worker_threads';
import { describe, expect, it } from 'vitest';
import { openKeyBlock } from '../../../electron/keystore/key-block.ts';
import type { PrivateKey } from '../../../electron/keystore/private-key.ts';
import { SecretBytes } from '../../../electron/keystore/secret-bytes.ts';
import { repositoryPassphrase, vectorBlocks } from './vectors.ts';

const jeff = '570adc0f67263a14dc4e60d654516757c54f050cfb5e07578c7f2b52c7eb6b76';

async function openJeff(): Promise<PrivateKey> {
  const [block] = vectorBlocks('keys', `${jeff}.key`);
  return openKeyBlock(block!, SecretBytes.fromText(repositoryPassphrase), { path: 'jeff', keyId: jeff });
}

const waysOut: readonly (readonly [string, (value: SecretBytes | PrivateKey) => unknown])[] = [
  ['String', (value) => (value instanceof SecretBytes ? String(value) : value.toJSON())],
  ['console formatting', (value) => format('%s %j %o %O', value, value, value, value)],
  ['JSON', (value) => JSON.stringify({ value })],
  ['inspect', (value) => inspect(value, { depth: 9, showHidden: true })],
  ['inspect of a parent', (value) => inspect({ a: [value] }, { depth: 9, showHidden: true })],
  ['entries', (value) => inspect(Object.entries(value))],
  ['Object.assign', (value) => inspect(Object.assign({}, value))],
];

describe('SecretBytes keep their secret', () => {
  it.each(waysOut)('from %s', (_name, way) => {
    const out = String(way(SecretBytes.fromText('hunter2-hunter2')));
    expect(out).not.toContain('hunter2');
    expect(out).not.toMatch(/104,\s*117/); // "hu" as numbers
  });

  it('refuse structuredClone, v8.serialize and postMessage', () => {
    const secret = SecretBytes.fromText('hunter2-hunter2');
    const { port1, port2 } = new MessageChannel();
    expect(() => structuredClone(secret)).toThrow(/could not be cloned/);
    expect(() => structuredClone({ deep: [secret] })).toThrow(/could not be cloned/);
    expect(() => deserialize(serialize(secret)) as unknown).toThrow(/could not be cloned/);
    expect(() => port1.postMessage(secret)).toThrow(/could not be cloned/);
    port1.close();
    port2.close();
  });

  it('are zeroed by wipe, and refuse to be used afterwards', () => {
    const bytes = Uint8Array.of(1, 2, 3);
    const secret = SecretBytes.take(bytes);
    secret.wipe();
    secret.wipe();
    expect([...bytes]).toEqual([0, 0, 0]);
    expect(secret.isWiped).toBe(true);
    expect(() => secret.use((own) => own)).toThrow(/after being wiped/);
    expect(() => secret.length).toThrow(/after being wiped/);
  });

  it('copy without sharing', () => {
    const bytes = Uint8Array.of(1, 2, 3);
    const [copied, twin] = [SecretBytes.copyOf(bytes), SecretBytes.take(bytes).copy()];
    bytes.fill(9);
    expect(copied.use((own) => [...own])).toEqual([1, 2, 3]);
    expect(twin.use((own) => [...own])).toEqual([1, 2, 3]);
  });

  it.each([
    ['same', 'same', true],
    ['same', 'samE', false],
    ['same', 'same1', false],
    ['', '', true],
    ['', 'x', false],
  ])('compare %j with %j', (a, b, expected) => {
    expect(SecretBytes.fromText(a).equals(SecretBytes.fromText(b))).toBe(expected);
  });

  it('take passphrases as plain UTF-8', () => {
    expect(SecretBytes.fromText(' pä€ ').use((own) => Buffer.from(own).toString('hex'))).toBe(
      '2070c3a4e282ac20',
    );
  });
});

describe('a private key keeps its secret', () => {
  it.each(waysOut)('from %s', async (_name, way) => {
    const key = await openJeff();
    const secret = key.useSecret((bytes) => Buffer.from(bytes));
    const out = String(way(key));
    for (const encoding of ['hex', 'base64'] as const) expect(out).not.toContain(secret.toString(encoding));
    expect(out).not.toContain([...secret.subarray(8, 16)].join(', '));
  });

  it('refuses to be cloned', async () => {
    const key = await openJeff();
    expect(() => structuredClone(key)).toThrow(/could not be cloned/);
    expect(() => serialize({ key })).toThrow(/could not be cloned/);
  });

  it('neither signs nor copies once wiped', async () => {
    const key = await openJeff();
    const copy = key.copy();
    key.wipe();
    expect(key.isWiped).toBe(true);
    await expect(key.sign(Uint8Array.of(1))).rejects.toThrow(/after being wiped/);
    expect(() => key.copy()).toThrow(/after being wiped/);
    expect((await copy.sign(Uint8Array.of(1))).signature).toHaveLength(64);
  });
});
