/** The encoder: exactly Go's bytes, and nothing that Go could not write back the same way. */
import { describe, expect, test } from 'vitest';
import type { RoleName } from '../../../shared/brands.ts';
import { nodeCrypto } from '../../../electron/crypto/node-crypto.ts';
import type { JsonValue } from '../../../electron/tuf/canonical-json.ts';
import type { TargetEntry, TargetsBody } from '../../../electron/tuf/model.ts';
import {
  newRoot,
  newSnapshot,
  newTargets,
  newTimestamp,
  nextVersion,
} from '../../../electron/tuf/new-metadata.ts';
import { parseRoot, parseTargets } from '../../../electron/tuf/parse.ts';
import { encodeBody, encodeFile, fileMetaOf, signFile, signerAs } from '../../../electron/tuf/write.ts';
import { newSigner } from '../../fakes/software-keys.ts';
import { metadataKeyIdOf, targetOf } from '../../simulator/repository-builder.ts';

const now = new Date('2026-11-20T12:34:56.789Z');
const TARGETS = 'targets' as RoleName;
const text = (bytes: Uint8Array): string => Buffer.from(bytes).toString();
const withTargets = (...targets: readonly TargetEntry[]): TargetsBody => ({ ...newTargets(now), targets });
const sha256 = Buffer.alloc(32).toString('base64');

describe('bodies', () => {
  test('an empty targets file', () => {
    expect(text(encodeFile(newTargets(now), []))).toBe(
      '{"signed":{"_type":"Targets","delegations":{"keys":{},"roles":[]},"expires":"2029-11-19T12:34:56Z","targets":{},"version":1},"signatures":[]}',
    );
  });
  test('a delegation without paths has no paths member', () => {
    const delegations = [{ name: 'targets/a' as RoleName, keyids: [], threshold: 1, paths: [] }];
    expect(text(encodeBody({ ...newTargets(now), delegations }))).toContain(
      '"roles":[{"keyids":[],"name":"targets/a","threshold":1}]',
    );
  });
  test('timestamp and snapshot announce length and both hashes', () => {
    const meta = fileMetaOf(Buffer.from('abc'), nodeCrypto);
    expect(meta.length).toBe(3);
    expect(text(encodeBody(newTimestamp(meta, now)))).toBe(
      `{"_type":"Timestamp","expires":"2026-12-04T12:34:56Z","meta":{"snapshot":{"hashes":{"sha256":"${String(meta.sha256)}","sha512":"${String(meta.sha512)}"},"length":3}},"version":1}`,
    );
    expect(
      text(
        encodeBody(
          newSnapshot(
            new Map([
              ['targets', meta],
              ['root', meta],
            ]),
            now,
          ),
        ),
      ),
    ).toMatch(/"meta":\{"root":\{.*\},"targets":\{.*\}\},"version":1\}$/);
  });
  test('targets are sorted by UTF-8 bytes however they come', () => {
    const names = ['b', '😀', '\uffff', 'a', 'B', 'é'];
    const body = withTargets(...names.map((name) => targetOf(name, name)));
    const parsed = parseTargets(TARGETS, encodeFile(body, []));
    expect(parsed.body.targets.map(({ name }) => name)).toEqual(['B', 'a', 'b', 'é', '\uffff', '😀']);
  });
  test('quotes and backslashes are escaped, HTML only on the wire', () => {
    const body = withTargets(targetOf('a"b\\c<d>&\u2028', 'x'));
    expect(text(encodeBody(body))).toContain('"a\\"b\\\\c<d>&\u2028"');
    const file = text(encodeFile(body, []));
    expect(file).toContain('"a\\"b\\\\c\\u003cd\\u003e\\u0026\\u2028"');
    const parsed = parseTargets(TARGETS, Buffer.from(file));
    expect(text(parsed.message)).toBe(text(encodeBody(body)));
    expect(parsed.body.targets[0]?.name).toBe('a"b\\c<d>&\u2028');
  });
});

describe('what cannot be written', () => {
  test.each(['a\nb', 'a\u0000', '\u001f', '\ud800'])('a target called %j', (name) => {
    expect(() => encodeBody(withTargets({ name, length: 1, sha256 }))).toThrow(/trust\/malformed/);
  });
  test.each<[string, JsonValue]>([
    ['a fraction', { a: 1.5 }],
    ['a number past 2^53', 2 ** 53],
    ['a control character', 'a\tb'],
    ['an HTML character', { a: ['<'] }],
    ['an HTML character in a name', { '&': 1 }],
    ['a line separator', '\u2029'],
  ])('custom data with %s: a Go client that signs it again signs something else', (_name, custom) => {
    expect(() => encodeBody(withTargets({ name: 'x', length: 1, sha256, custom }))).toThrow(
      /trust\/malformed/,
    );
  });
  test.each<[JsonValue, string]>([
    [{ b: 1, a: ['é', true, null] }, '{"a":["é",true,null],"b":1}'],
    ['text', '"text"'],
    [7, '7'],
    [[], '[]'],
    [{}, '{}'],
  ])('custom data %j is written canonically', (custom, expected) => {
    const file = encodeFile(withTargets({ name: 'x', length: 1, sha256, custom }), []);
    expect(text(file)).toContain(`"x":{"custom":${expected},"hashes":`);
    expect(JSON.stringify(parseTargets(TARGETS, file).body.targets[0]?.custom)).toBe(expected);
  });
  test.each([-1.5, 2 ** 53, Number.NaN])('a length of %d', (length) => {
    expect(() => encodeBody(withTargets({ name: 'x', length, sha256 }))).toThrow(/trust\/malformed/);
  });
  test.each(['2029-11-19T18:00:00.120Z', '2029-11-19T18:00:00+00:00', 'soon'])(
    'an expiry of %s',
    async (expires) => {
      const body = { ...newTargets(now), expires };
      await expect(signFile(TARGETS, body, [newSigner()], nodeCrypto)).rejects.toThrow(TypeError);
    },
  );
});

describe('signing', () => {
  test('the file is its own parse: bytes, message, signatures', async () => {
    const signers = [newSigner(), newSigner('ed25519')];
    const made = await signFile(TARGETS, withTargets(targetOf('1.0', 'x')), signers, nodeCrypto);
    const parsed = parseTargets(TARGETS, made.bytes);
    expect(text(parsed.message)).toBe(text(made.message));
    expect(parsed.signatures).toEqual(made.signatures);
    expect(parsed.signatures.map(({ keyid }) => keyid)).toEqual(signers.map(metadataKeyIdOf));
    expect(parsed.body.targets).toMatchObject(made.body.targets);
  });
  test('a signer that lies is found before anything is written', async () => {
    const liar = signerAs(newSigner(), newSigner().key);
    await expect(signFile(TARGETS, newTargets(now), [liar], nodeCrypto)).rejects.toThrow(
      /trust\/signing-failed/,
    );
  });
  test('a signer that names a method of another key is refused', async () => {
    const good = newSigner();
    const odd = {
      key: good.key,
      sign: async (m: Uint8Array) => ({ ...(await good.sign(m)), method: 'rsapss' as const }),
    };
    await expect(signFile(TARGETS, newTargets(now), [odd], nodeCrypto)).rejects.toThrow(
      /trust\/signing-failed/,
    );
  });
  test('signatures of others over the same body stay, others go, nobody signs twice', async () => {
    const [a, b, c] = [newSigner(), newSigner(), newSigner()];
    const body = newTargets(now);
    const before = await signFile(TARGETS, body, [a, b], nodeCrypto);
    const stale = await signFile(TARGETS, nextVersion(body, now), [c], nodeCrypto);
    const keep = [...before.signatures, ...stale.signatures].map((signature, i) => ({
      signature,
      key: [a, b, c][i]?.key ?? a.key,
    }));
    const after = await signFile(TARGETS, body, [a], nodeCrypto, keep);
    expect(after.signatures.map(({ keyid }) => keyid)).toEqual([a, b].map(metadataKeyIdOf));
  });
});

describe('new metadata', () => {
  test('a root names every key once and every role', () => {
    const key = newSigner().key;
    const root = newRoot(
      { root: [key], targets: [key], snapshot: [key], timestamp: [newSigner().key] },
      now,
      nodeCrypto,
    );
    expect([...root.keys]).toHaveLength(2);
    const parsed = parseRoot(encodeFile(root, []));
    expect(parsed.body).toEqual(root);
    expect(parsed.body.expires).toBe('2036-11-17T12:34:56Z');
  });
  test('the next version exceeds both the present one and a given floor, and lives as long as notary says', () => {
    const body = { ...newTargets(now), version: 7 };
    const later = new Date(now.getTime() + 1000);
    expect(nextVersion(body, later)).toMatchObject({ version: 8, expires: '2029-11-19T12:34:57Z' });
    expect(nextVersion(body, later, 20).version).toBe(21);
    expect(nextVersion(body, later, 3).version).toBe(8);
  });
});
