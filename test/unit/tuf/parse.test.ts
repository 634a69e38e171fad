/** What each metadata file must look like, and what is kept of one that looks otherwise. */
import { describe, expect, test } from 'vitest';
import type { RoleName } from '../../../shared/brands.ts';
import {
  parseMetadata,
  parseRoot,
  parseSnapshot,
  parseTargets,
  parseTimestamp,
} from '../../../electron/tuf/parse.ts';
import { refuseUnknownFields } from '../../../electron/tuf/write.ts';

type Json = Record<string, unknown>;
const role = (name: string): RoleName => name as RoleName;
const expires = '2029-11-19T18:00:00Z';
const sha256 = Buffer.alloc(32, 1).toString('base64');
const sha512 = Buffer.alloc(64, 2).toString('base64');
const key = { keytype: 'ecdsa', keyval: { private: null, public: 'AAAA' } };
const roleKeys = { keyids: ['k'], threshold: 1 };
const meta = { hashes: { sha256 }, length: 3 };

const root: Json = {
  _type: 'Root',
  consistent_snapshot: false,
  expires,
  keys: { k: key },
  roles: { root: roleKeys, snapshot: roleKeys, targets: roleKeys, timestamp: roleKeys },
  version: 1,
};
const targets: Json = {
  _type: 'Targets',
  delegations: { keys: {}, roles: [] },
  expires,
  targets: {},
  version: 1,
};
const snapshot: Json = { _type: 'Snapshot', expires, meta: { root: meta, targets: meta }, version: 1 };
const timestamp: Json = { _type: 'Timestamp', expires, meta: { snapshot: meta }, version: 1 };

const file = (signed: unknown, signatures: unknown = []): Uint8Array =>
  Buffer.from(JSON.stringify({ signed, signatures }));
const bodies = { root, targets, snapshot, timestamp, 'targets/a': targets } as const;
type Name = keyof typeof bodies;
const names = Object.keys(bodies) as Name[];
const without = (body: Json, member: string): Json =>
  Object.fromEntries(Object.entries(body).filter(([name]) => name !== member));

describe.each(names)('%s', (name) => {
  const body = bodies[name];
  const parse = (signed: unknown, signatures: unknown = []): unknown =>
    parseMetadata(role(name), file(signed, signatures));

  test('is read', () => {
    expect(parse(body)).toMatchObject({
      role: name,
      body: { version: 1, expires },
      signatures: [],
      unknownFields: [],
    });
  });
  test.each(['_type', 'version', 'expires'])('without %s it is refused', (member) => {
    expect(() => parse(without(body, member))).toThrow(/trust\/malformed/);
  });
  test.each<[string, unknown]>([
    ['_type', 'root'],
    ['_type', body['_type'] === 'Root' ? 'Targets' : 'Root'],
    ['_type', null],
    ['_type', 1],
    ['version', 0],
    ['version', -1],
    ['version', 1.5],
    ['version', '1'],
    ['version', 2 ** 60],
    ['version', null],
    ['expires', 'soon'],
    ['expires', ''],
    ['expires', 1],
    ['expires', null],
  ])('%s = %j is refused', (member, value) => {
    expect(() => parse({ ...body, [member]: value })).toThrow(/trust\/malformed/);
  });
  test.each([[null], [1], ['x'], [[]], [[1]], [true]])('signed = %j is refused', (signed) => {
    expect(() => parse(signed)).toThrow(/trust\/malformed/);
  });
  test.each([
    [{}],
    [1],
    ['x'],
    [[1]],
    [['x']],
    [[null]],
    [[{ keyid: 1 }]],
    [[{ sig: '!' }]],
    [[{ sig: 'AA' }]],
  ])('signatures = %j are refused', (signatures) => {
    expect(() => parse(body, signatures)).toThrow(/trust\/malformed/);
  });
  test('no signatures are no signatures', () => {
    expect(parse(body, null)).toMatchObject({ signatures: [] });
    expect(parseMetadata(role(name), Buffer.from(JSON.stringify({ signed: body })))).toMatchObject({
      signatures: [],
    });
  });
  test('there must be a signed part', () => {
    expect(() => parseMetadata(role(name), Buffer.from('{"signatures":[]}'))).toThrow(
      /trust\/malformed .*signed/,
    );
  });
  test('methods are lower-cased', () => {
    expect(parse(body, [{ keyid: 'k', method: 'ECDSA', sig: 'AAAA' }])).toMatchObject({
      signatures: [{ method: 'ecdsa' }],
    });
  });
  test('unknown members are told and the file is not signed again', () => {
    const odd = parseMetadata(role(name), file({ ...body, spec_version: '1.0' }));
    expect(odd.unknownFields).toEqual(['signed.spec_version']);
    expect(() => {
      refuseUnknownFields(odd);
    }).toThrow(/trust\/unknown-fields/);
    expect(() => {
      refuseUnknownFields(parseMetadata(role(name), file(body)));
    }).not.toThrow();
  });
  test('an unknown member beside signed and signatures too', () => {
    const text = JSON.stringify({
      signed: body,
      signatures: [{ keyid: 'k', method: 'm', sig: '', x: 1 }],
      more: {},
    });
    expect(parseMetadata(role(name), Buffer.from(text)).unknownFields).toEqual(['signatures.x', 'more']);
  });
  test('the message is the canonical form, whatever the file looks like', () => {
    const shuffled = Object.fromEntries(Object.entries(body).reverse());
    const one = parseMetadata(
      role(name),
      Buffer.from(JSON.stringify({ signed: body, signatures: [] }, undefined, 2)),
    );
    const two = parseMetadata(role(name), Buffer.from(JSON.stringify({ signatures: [], signed: shuffled })));
    expect(Buffer.from(one.message).toString()).toBe(Buffer.from(two.message).toString());
    expect(JSON.parse(Buffer.from(one.message).toString())).toEqual(body);
  });
});

describe('root', () => {
  const parse = (change: Json): unknown => parseRoot(file({ ...root, ...change }));
  const roles = root['roles'] as Json;
  test.each(['root', 'snapshot', 'targets', 'timestamp'])('needs the %s role', (name) => {
    expect(() => parse({ roles: without(roles, name) })).toThrow(/role is missing/);
  });
  test.each([0, -1, 1.5, '1', null])('a threshold of %j is refused', (threshold) => {
    expect(() => parse({ roles: { ...roles, targets: { keyids: ['k'], threshold } } })).toThrow(
      /trust\/malformed/,
    );
  });
  test('a role must not name a key that is not there', () => {
    expect(() => parse({ roles: { ...roles, targets: { keyids: ['k', 'x'], threshold: 1 } } })).toThrow(
      /not there/,
    );
  });
  test('other roles are told, not read', () => {
    expect(parseRoot(file({ ...root, roles: { ...roles, mirror: roleKeys } })).unknownFields).toEqual([
      'signed.roles.mirror',
    ]);
  });
  test('a key of unknown type may be named but is not usable', () => {
    const odd = { keytype: 'sphincs', keyval: { private: null, public: 'AAAA' } };
    const parsed = parseRoot(file({ ...root, keys: { k: odd } }));
    expect(parsed.body.keys.size).toBe(0);
    expect(parsed.unknownFields).toEqual(['signed.keys.k.keytype']);
  });
  test('a private key in public metadata is told and dropped', () => {
    const leaked = { keytype: 'ecdsa', keyval: { private: 'AAAA', public: 'AAAA' } };
    const parsed = parseRoot(file({ ...root, keys: { k: leaked } }));
    expect(parsed.unknownFields).toEqual(['signed.keys.k.keyval.private']);
    expect(parsed.body.keys.get('k' as never)).toEqual({ keytype: 'ecdsa', publicBase64: 'AAAA' });
  });
  test.each([
    { keytype: 'ecdsa' },
    { keyval: {} },
    { keytype: 'ecdsa', keyval: { public: 'A' } },
    'x',
    null,
    [],
  ])('the key %j is refused', (bad) => {
    expect(() => parse({ keys: { k: bad } })).toThrow(/trust\/malformed/);
  });
});

describe('targets', () => {
  const parse = (change: Json): ReturnType<typeof parseTargets> =>
    parseTargets(role('targets'), file({ ...targets, ...change }));
  const entry = (value: unknown): ReturnType<typeof parse> => parse({ targets: { '1.0': value } });

  test.each<[string, unknown, object]>([
    ['as docker writes it', { hashes: { sha256 }, length: 3 }, { length: 3, sha256, sha512: undefined }],
    ['as notary writes it', { hashes: { sha256, sha512 }, length: 0 }, { length: 0, sha256, sha512 }],
    ['with custom data', { custom: { a: [1] }, hashes: { sha256 }, length: 3 }, { custom: { a: [1] } }],
    ['with null custom data', { custom: null, hashes: { sha256 }, length: 3 }, { custom: undefined }],
    ['in another order', { length: 3, hashes: { sha512, sha256 } }, { length: 3, sha256, sha512 }],
    ['without a hash we know', { hashes: {}, length: 3 }, { sha256: undefined, sha512: undefined }],
    ['without hashes', { hashes: null, length: 3 }, { sha256: undefined }],
    [
      'as long as numbers go',
      { hashes: { sha256 }, length: Number.MAX_SAFE_INTEGER },
      { length: Number.MAX_SAFE_INTEGER },
    ],
  ])('%s', (_name, value, expected) => {
    const parsed = entry(value);
    expect(parsed.body.targets).toMatchObject([{ name: '1.0', ...expected }]);
    expect(parsed.unknownFields).toEqual([]);
  });
  test.each<[string, unknown]>([
    ['no length', { hashes: { sha256 } }],
    ['a negative length', { hashes: { sha256 }, length: -1 }],
    ['a fraction', { hashes: { sha256 }, length: 1.5 }],
    ['a length past 2^53', { hashes: { sha256 }, length: 2 ** 53 }],
    ['a length as text', { hashes: { sha256 }, length: '3' }],
    ['a hash of the wrong length', { hashes: { sha256: sha512 }, length: 3 }],
    ['a hash in hex', { hashes: { sha256: '01'.repeat(32) }, length: 3 }],
    ['stray bits behind the hash', { hashes: { sha256: sha256.replace(/E=$/, 'F=') }, length: 3 }],
    ['an empty hash', { hashes: { sha256: '' }, length: 3 }],
    ['a list', []],
    ['nothing', null],
  ])('%s is refused', (_name, value) => {
    expect(() => entry(value)).toThrow(/trust\/malformed/);
  });
  test('other members and hashes are told', () => {
    expect(entry({ hashes: { sha256, md5: 'AAAA' }, length: 3, mode: 7 }).unknownFields).toEqual([
      'signed.targets.1.0.hashes.md5',
      'signed.targets.1.0.mode',
    ]);
  });
  test('the fast and the general reader agree, digit by digit', () => {
    for (const length of ['0', '7', '10', '123456789012345', '9007199254740991']) {
      for (const [open, close] of [
        ['', ''],
        [' ', ''],
        ['', ' '],
      ] as const) {
        const text = `{"signed":{"_type":"Targets","expires":"${expires}","targets":{"t":${open}{"hashes":{"sha256":"${sha256}"},"length":${length}${close}}},"version":1},"signatures":[]}`;
        const parsed = parseTargets(role('targets'), Buffer.from(text));
        expect(parsed.body.targets).toEqual([
          { name: 't', length: Number(length), sha256, sha512: undefined, custom: undefined },
        ]);
        expect(Buffer.from(parsed.message).toString()).not.toContain(' ');
      }
    }
  });
  test.each(['01', '00', '', '-0', '1e3', '1.0', '9007199254740992'])('length %s in plain form', (length) => {
    const text = `{"signed":{"_type":"Targets","expires":"${expires}","targets":{"t":{"hashes":{"sha256":"${sha256}"},"length":${length}}},"version":1},"signatures":[]}`;
    const read = (): unknown => parseTargets(role('targets'), Buffer.from(text));
    if (length === '-0') expect(read()).toMatchObject({ body: { targets: [{ length: -0 }] } });
    else expect(read).toThrow(/trust\/malformed/);
  });
  test.each([
    ['no delegations', without(targets, 'delegations')],
    ['delegations without members', { ...targets, delegations: {} }],
    ['null inside', { ...targets, delegations: { keys: null, roles: null }, targets: null }],
  ])('%s is empty', (_name, body) => {
    const parsed = parseTargets(role('targets'), file(body));
    expect(parsed.body).toMatchObject({ targets: [], delegations: [] });
  });
  test('only targets roles have targets files', () => {
    expect(() =>
      parseTargets(
        role('targets/a'),
        file({
          ...targets,
          delegations: { keys: { k: key }, roles: [{ ...roleKeys, name: 'targets/b', paths: [''] }] },
        }),
      ),
    ).toThrow(/cannot be a delegation of targets\/a/);
  });
  test.each([
    ['paths absent', {}, []],
    ['paths null', { paths: null }, []],
    ['paths empty', { paths: [] }, []],
    ['all', { paths: [''] }, ['']],
  ])('%s', (_name, change, paths) => {
    const parsed = parse({
      delegations: { keys: { k: key }, roles: [{ ...roleKeys, name: 'targets/a', ...change }] },
    });
    expect(parsed.body.delegations).toMatchObject([{ name: 'targets/a', paths }]);
  });
  test('two targets of one name are refused, also when one is escaped', () => {
    const text = `{"signed":{"_type":"Targets","expires":"${expires}","targets":{"t":{"length":1},"\\u0074":{"length":2}},"version":1},"signatures":[]}`;
    expect(() => parseTargets(role('targets'), Buffer.from(text))).toThrow(/occurs twice/);
  });
  describe('of many targets, which are read several at once', () => {
    const plain = (name: string): string => `"${name}":{"hashes":{"sha256":"${sha256}"},"length":3}`;
    const odd = (name: string): string =>
      `"${name}":{"hashes":{"sha256":"${sha256}"},"custom":{},"length":3}`;
    const read = (members: readonly string[]): ReturnType<typeof parseTargets> =>
      parseTargets(
        role('targets'),
        Buffer.from(
          `{"signed":{"_type":"Targets","expires":"${expires}","targets":{${members.join(',')}},"version":1},"signatures":[]}`,
        ),
      );
    const letters = Array.from('abcdefghij');
    const places = letters.map((_, place) => place);

    test.each(letters.map((_, count) => count + 1))('%i of them', (count) => {
      const some = letters.slice(0, count);
      expect(read(some.map(plain)).body.targets.map(({ name }) => name)).toEqual(some);
    });
    test.each(places)('another form at place %i', (place) => {
      const { body } = read(letters.map((name, at) => (at === place ? odd(name) : plain(name))));
      expect(body.targets.map(({ name }) => name)).toEqual(letters);
      expect(body.targets[place]?.custom).toEqual({});
    });
    test.each(places.slice(1))('the first name again at place %i is refused', (place) => {
      const names = letters.map((name, at) => (at === place ? 'a' : name));
      expect(() => read(names.map(plain))).toThrow(/occurs twice/);
    });
    test.each(places.slice(1))(
      'a name out of order at place %i makes the file another than its message',
      (place) => {
        const names = letters.map((name, at) => (at === place ? `0${name}` : name));
        const { body, message } = read(names.map(plain));
        expect(body.targets.map(({ name }) => name)).toEqual(names);
        expect(Buffer.from(message).toString()).toContain(`"targets":{${plain(`0${letters[place] ?? ''}`)},`);
      },
    );
    test.each(places)('a broken one at place %i is refused', (place) => {
      const members = letters.map((name, at) => (at === place ? plain(name).replace('=', '!') : plain(name)));
      expect(() => read(members)).toThrow(/trust\/malformed/);
    });
  });
  test('names are kept to the letter', () => {
    const odd = ['__proto__', 'constructor', '', '..', 'a/b', 'ünï', '😀', '"\\'];
    const parsed = parse({ targets: Object.fromEntries(odd.map((name) => [name, meta])) });
    // An object literal loses `__proto__`, a file does not.
    expect(parsed.body.targets.map(({ name }) => name)).toEqual(expect.arrayContaining(odd));
  });
});

describe('snapshot and timestamp', () => {
  test.each([{}, { root: meta }, { targets: meta }, null])('meta = %j is refused in a snapshot', (value) => {
    expect(() => parseSnapshot(file({ ...snapshot, meta: value }))).toThrow(/trust\/malformed/);
  });
  test.each([{}, { root: meta }, null])('meta = %j is refused in a timestamp', (value) => {
    expect(() => parseTimestamp(file({ ...timestamp, meta: value }))).toThrow(/trust\/malformed/);
  });
  test.each<[string, unknown]>([
    ['no hash', { length: 3 }],
    ['only unknown hashes', { hashes: { md5: 'AAAA' }, length: 3 }],
    ['only SHA-512', { hashes: { sha512 }, length: 3 }],
    ['no length', { hashes: { sha256 } }],
  ])('%s is refused for root and targets', (_name, value) => {
    expect(() => parseSnapshot(file({ ...snapshot, meta: { root: value, targets: meta } }))).toThrow(
      /trust\/malformed/,
    );
    expect(() => parseSnapshot(file({ ...snapshot, meta: { root: meta, targets: value } }))).toThrow(
      /trust\/malformed/,
    );
    expect(() => parseTimestamp(file({ ...timestamp, meta: { snapshot: value } }))).toThrow(
      /trust\/malformed/,
    );
  });
  test('entries of any name are kept', () => {
    const parsed = parseSnapshot(
      file({ ...snapshot, meta: { root: meta, targets: meta, 'targets/__proto__': meta, '../x': meta } }),
    );
    expect([...parsed.body.meta.keys()]).toEqual(['root', 'targets', 'targets/__proto__', '../x']);
  });
});
