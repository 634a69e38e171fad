/** The trust server's core in memory: what is served, what is made, what is kept. */
import { createHash } from 'node:crypto';
import { beforeEach, describe, expect, it } from 'vitest';
import { EXPIRY } from '../../../electron/tuf/limits.ts';
import { parseSnapshot, parseTimestamp } from '../../../electron/tuf/parse.ts';
import { newTargets } from '../../../electron/tuf/new-metadata.ts';
import { TrustedRepository } from '../../../electron/tuf/trusted-repository.ts';
import { nodeCrypto } from '../../../electron/crypto/node-crypto.ts';
import { newSigner } from '../../fakes/software-keys.ts';
import { NotarySimulator } from '../../simulator/notary-simulator.ts';
import {
  Publisher,
  fetchKey,
  withDelegation,
  withRoleKeys,
} from '../../simulator/notary-simulator-publisher.ts';

const gun = 'registry.example.test:5000/acme/app';
const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

let simulator: NotarySimulator;
let publisher: Publisher;
beforeEach(async () => {
  simulator = new NotarySimulator();
  publisher = await Publisher.create(simulator.send, gun, simulator.now);
});

async function served(file: string): Promise<Buffer> {
  const { status, body } = await publisher.get(file);
  expect(status, file).toBe(200);
  return body;
}

/** Reads the repository as a client does; throws what a client would say. */
async function readAsClient(): Promise<TrustedRepository> {
  const trusted = new TrustedRepository({ gun: publisher.gun, crypto: nodeCrypto, now: simulator.now });
  trusted.updateRoot(await served('root.json'));
  trusted.updateTimestamp(await served('timestamp.json'));
  trusted.updateSnapshot(await served('snapshot.json'));
  trusted.updateTargets(await served('targets.json'));
  return trusted;
}

describe('a published repository', () => {
  it('is believed by a client', async () => {
    await publisher.init();
    const trusted = await readAsClient();
    expect(trusted.targets.get('targets' as never)?.body.targets.map(({ name }) => name)).toEqual(['1.0']);
  });

  it('is served byte for byte, by role, by version and by hash', async () => {
    const [root, targets] = await publisher.init();
    for (const file of [root!, targets!]) {
      const hash = sha256(file.bytes);
      for (const name of [`${file.role}.json`, `1.${file.role}.json`, `${file.role}.${hash}.json`]) {
        expect(Buffer.compare(await served(name), file.bytes), name).toBe(0);
      }
    }
  });

  it.each([
    ['root.json', 'public, max-age=300, s-maxage=300, must-revalidate'],
    ['timestamp.json', 'public, max-age=300, s-maxage=300, must-revalidate'],
    ['1.root.json', 'public, max-age=2592000, s-maxage=2592000'],
  ])('may be cached: %s', async (file, cacheControl) => {
    await publisher.init();
    const { headers } = await publisher.get(file);
    expect(headers.get('cache-control')).toBe(cacheControl);
    expect(headers.get('content-type')).toBe('text/plain; charset=utf-8');
    expect(headers.get('last-modified')).toBe(simulator.now.toUTCString());
  });

  it('is not found under the hash of another role, in capitals or by SHA-512', async () => {
    const [root] = await publisher.init();
    const hash = sha256(root!.bytes);
    const long = createHash('sha512').update(root!.bytes).digest('hex');
    for (const name of [`targets.${hash}.json`, `root.${hash.toUpperCase()}.json`, `root.${long}.json`]) {
      expect((await publisher.get(name)).status, name).toBe(404);
    }
  });

  it('keeps old versions', async () => {
    await publisher.init();
    await publisher.upload([await publisher.signedTargets({ version: 2, targets: [] })]);
    expect((await served('1.targets.json')).toString()).toContain('"1.0"');
    expect((await served('targets.json')).toString()).toContain('"targets":{}');
  });

  it('is gone after deletion, and can be made anew by somebody else', async () => {
    await publisher.init();
    expect((await simulator.send('DELETE', publisher.path(''))).status).toBe(200);
    for (const file of ['root.json', '1.root.json', 'timestamp.json', 'snapshot.json', 'targets.json']) {
      expect((await publisher.get(file)).status, file).toBe(404);
    }
    const other = await Publisher.create(simulator.send, gun, simulator.now);
    await other.init();
    expect((await other.get('root.json')).status).toBe(200);
  });

  it('does not take others along when it is deleted', async () => {
    const longer = await Publisher.create(simulator.send, `${gun}-two`, simulator.now);
    await publisher.init();
    await longer.init();
    await simulator.send('DELETE', publisher.path(''));
    expect((await longer.get('root.json')).status).toBe(200);
  });
});

describe('the server signs', () => {
  it('snapshot and timestamp of version 1 at first, then the next ones', async () => {
    await publisher.init();
    await publisher.upload([await publisher.signedTargets({ version: 2 })]);
    const snapshot = parseSnapshot(await served('snapshot.json'));
    const timestamp = parseTimestamp(await served('timestamp.json'));
    expect([snapshot.body.version, timestamp.body.version]).toEqual([2, 2]);
    expect(snapshot.body.expiresAt).toBe(simulator.now.getTime() + EXPIRY.snapshot);
    expect(timestamp.body.expiresAt).toBe(simulator.now.getTime() + EXPIRY.timestamp);
  });

  it('a snapshot that keeps the entry of a removed delegation', async () => {
    const jeff = newSigner();
    const delegating = withDelegation(publisher.targets, 'targets/jeff', [jeff]);
    await publisher.init();
    await publisher.upload([
      await publisher.sign('targets', { ...delegating, version: 2 }, publisher.targetsSigner),
      await publisher.sign('targets/jeff', newTargets(simulator.now), jeff),
    ]);
    await publisher.upload([await publisher.signedTargets({ version: 3 })]);
    expect([...parseSnapshot(await served('snapshot.json')).body.meta.keys()].sort()).toEqual([
      'root',
      'targets',
      'targets/jeff',
    ]);
  });

  it('with Ed25519 keys where it is told so', async () => {
    simulator = new NotarySimulator({ keyAlgorithm: 'ed25519' });
    publisher = await Publisher.create(simulator.send, gun, simulator.now);
    await publisher.init();
    expect(parseTimestamp(await served('timestamp.json')).signatures.map(({ method }) => method)).toEqual([
      'eddsa',
    ]);
    await readAsClient();
  });

  it('no snapshot where the client holds the key', async () => {
    publisher = await Publisher.create(simulator.send, gun, simulator.now, 'client');
    const [, , snapshot] = await publisher.init();
    expect(Buffer.compare(await served('snapshot.json'), snapshot!.bytes)).toBe(0);
  });
});

describe('on request', () => {
  const day = 86_400_000;

  it('nothing is made while everything is in date', async () => {
    await publisher.init();
    const before = await served('timestamp.json');
    simulator.travel(13 * day);
    expect(Buffer.compare(await served('timestamp.json'), before)).toBe(0);
  });

  it('an expired timestamp is replaced, once, and recorded', async () => {
    await publisher.init();
    simulator.travel(15 * day);
    const first = await served('timestamp.json');
    expect(parseTimestamp(first).body.version).toBe(2);
    expect(Buffer.compare(await served('timestamp.json'), first)).toBe(0);
    expect(simulator.store.changes().map(({ version }) => version)).toEqual([1, 2]);
    await readAsClient();
  });

  it.each(['timestamp.json', 'snapshot.json'])(
    'an expired snapshot is replaced, asked for by %s',
    async (file) => {
      const long = simulator.now.getTime() + 3600 * day;
      const targets = { expiresAt: long, expires: new Date(long).toISOString().replace('.000Z', 'Z') };
      publisher.targets = { ...publisher.targets, ...targets };
      await publisher.init();
      simulator.travel(1100 * day);
      await served(file);
      expect(parseSnapshot(await served('snapshot.json')).body.version).toBe(2);
      expect(parseTimestamp(await served('timestamp.json')).body.version).toBe(2);
      await readAsClient();
    },
  );

  it('an expired snapshot of the client stays, and nothing is served', async () => {
    publisher = await Publisher.create(simulator.send, gun, simulator.now, 'client');
    await publisher.init();
    simulator.travel(1100 * day);
    for (const file of ['timestamp.json', 'snapshot.json']) {
      const { status, body } = await publisher.get(file);
      expect([status, body.toString()]).toEqual([500, expect.stringContaining('"UNKNOWN"')]);
    }
    expect(simulator.store.current(gun, 'timestamp')?.version).toBe(1);
  });

  it('ten readers of an expired timestamp get the same one', async () => {
    await publisher.init();
    simulator.travel(15 * day);
    const answers = await Promise.all(Array.from({ length: 10 }, () => publisher.get('timestamp.json')));
    expect(new Set(answers.map(({ body }) => sha256(body))).size).toBe(1);
    expect(simulator.store.changes()).toHaveLength(2);
  });
});

describe('keys', () => {
  it('are the same for everybody who asks before the first publish', async () => {
    const keys = await Promise.all([1, 2, 3].map(() => fetchKey(simulator.send, gun, 'timestamp')));
    expect(new Set(keys.map(({ publicBase64 }) => publicBase64)).size).toBe(1);
  });

  it('differ by role and by repository', async () => {
    const keys = [
      await fetchKey(simulator.send, gun, 'timestamp'),
      await fetchKey(simulator.send, gun, 'snapshot'),
      await fetchKey(simulator.send, `${gun}-two`, 'timestamp'),
    ];
    expect(new Set(keys.map(({ publicBase64 }) => publicBase64)).size).toBe(3);
  });

  it('are answered in the order of members that Go has', async () => {
    const { body } = await simulator.send('GET', publisher.path('timestamp.key'));
    expect(body.toString()).toMatch(
      /^\{"keytype":"ecdsa","keyval":\{"public":"[A-Za-z0-9+/=]+","private":null\}\}$/,
    );
  });

  it('stay when asked for, are new when rotated, and count once the root names them', async () => {
    await publisher.init();
    const current = await fetchKey(simulator.send, gun, 'timestamp');
    const fresh = await fetchKey(simulator.send, gun, 'timestamp', 'POST');
    expect(fresh).not.toEqual(current);
    expect(await fetchKey(simulator.send, gun, 'timestamp')).toEqual(current);
    const root = { ...withRoleKeys(publisher.root, 'timestamp', [fresh]), version: 2 };
    const answer = await publisher.upload([await publisher.sign('root', root, publisher.rootSigner)]);
    expect(answer.status).toBe(200);
    expect(await fetchKey(simulator.send, gun, 'timestamp')).toEqual(fresh);
    await readAsClient();
  });
});

describe('what the real server does to a file in another form', () => {
  const pretty = (text: string): string => JSON.stringify(JSON.parse(text), undefined, 1);
  const variants: readonly (readonly [string, (text: string) => string])[] = [
    ['pretty printed', pretty],
    ['signatures first', (text) => text.replace(/^\{("signed":.*),("signatures":\[.*\])\}$/, '{$2,$1}')],
    ['a line feed behind it', (text) => `${text}\n`],
    ['an unescaped <', (text) => text.replace('\\u003c', '<')],
  ];

  it.each(variants)('takes it and makes it unreadable: %s', async (_, change) => {
    publisher.targets = {
      ...publisher.targets,
      targets: [{ ...publisher.targets.targets[0]!, name: 'a<b' }],
    };
    const [root, targets] = await publisher.init().then(() => publisher.firstFiles());
    expect(root).toBeDefined();
    const next = await publisher.signedTargets({ version: 2 });
    const bytes = Buffer.from(change(Buffer.from(next.bytes).toString('utf8')));
    expect(Buffer.compare(bytes, targets!.bytes)).not.toBe(0);
    expect((await publisher.upload([{ role: 'targets', bytes }])).status).toBe(200);
    await expect(readAsClient()).rejects.toThrow(/length-mismatch|hash-mismatch/);
  });

  it.each([
    ['2029-11-19T18:00:00.120Z', false],
    ['2029-11-19T18:00:00.000Z', false],
    ['2029-11-19T18:00:00+00:00', false],
    ['2029-11-19T18:00:00Z', true],
    ['2029-11-19T18:00:00.12Z', true],
    ['2029-11-19T18:00:00+01:00', true],
  ])('an expiry of %s leaves it readable: %s', async (expires, readable) => {
    await publisher.init();
    const body = { ...publisher.targets, version: 2, expires: '2029-11-19T18:00:00Z' };
    const file = await publisher.sign('targets', body, publisher.targetsSigner);
    const signed = Buffer.from(file.message).toString('utf8').replace(body.expires, expires);
    const { method, signature } = await publisher.targetsSigner.sign(Buffer.from(signed));
    const sig = Buffer.from(signature).toString('base64');
    const keyid = file.signatures[0]!.keyid;
    const bytes = Buffer.from(
      `{"signed":${signed},"signatures":[${JSON.stringify({ keyid, method, sig })}]}`,
    );
    expect((await publisher.upload([{ role: 'targets', bytes }])).status).toBe(200);
    const read = readAsClient();
    await (readable ? expect(read).resolves.toBeDefined() : expect(read).rejects.toThrow('mismatch'));
  });
});

describe('two clients at once', () => {
  it('one of two uploads of the same version wins, the other one hears VERSION', async () => {
    await publisher.init();
    const files = [
      await publisher.signedTargets({ version: 2 }),
      await publisher.signedTargets({ version: 2, targets: [] }),
    ];
    const answers = await Promise.all(files.map((file) => publisher.upload([file])));
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 400]);
    expect(answers.map(({ body }) => body.toString()).join()).toContain('"VERSION"');
    await readAsClient();
  });

  it("different delegations do not get into each other's way", async () => {
    const [jeff, ops] = [newSigner(), newSigner()];
    const both = withDelegation(withDelegation(publisher.targets, 'targets/jeff', [jeff]), 'targets/ops', [
      ops,
    ]);
    await publisher.init();
    await publisher.upload([
      await publisher.sign('targets', { ...both, version: 2 }, publisher.targetsSigner),
    ]);
    const answers = await Promise.all([
      publisher.upload([await publisher.sign('targets/jeff', newTargets(simulator.now), jeff)]),
      publisher.upload([await publisher.sign('targets/ops', newTargets(simulator.now), ops)]),
    ]);
    expect(answers.map(({ status }) => status)).toEqual([200, 200]);
    expect(parseSnapshot(await served('snapshot.json')).body.version).toBe(4);
  });
});

describe('only some names', () => {
  it.each([
    ['POST', '', 400, 'INVALID_GUN'],
    ['GET', 'root.json', 404, 'METADATA_NOT_FOUND'],
    ['GET', 'timestamp.key', 404, 'METADATA_NOT_FOUND'],
    ['DELETE', '', 404, 'METADATA_NOT_FOUND'],
  ])('%s %s outside of the prefixes: %i', async (method, file, status, code) => {
    const strict = new NotarySimulator({ gunPrefixes: ['docker.io/', 'quay.example.test/'] });
    const answer = await strict.send(method, publisher.path(file));
    expect([answer.status, answer.body.toString()]).toEqual([status, expect.stringContaining(code)]);
  });

  it('names the prefixes', async () => {
    const strict = new NotarySimulator({ gunPrefixes: ['docker.io/', 'quay.example.test/'] });
    const { body } = await strict.send('POST', publisher.path(''));
    expect(body.toString()).toContain('"detail":"Require GUNs with prefix: [docker.io/ quay.example.test/]"');
  });
});

describe('metrics', () => {
  it('count by operation, status and method', async () => {
    await publisher.init();
    await publisher.get('root.json');
    await publisher.get('root.json');
    await publisher.get('targets/none.json');
    const { headers, body } = await simulator.send('GET', '/metrics');
    expect(headers.get('content-type')).toBe('text/plain; version=0.0.4; charset=utf-8');
    expect(body.toString().split('\n')).toEqual(
      expect.arrayContaining([
        'notary_server_http_requests_total{code="200",method="get",operation="GetRole"} 2',
        'notary_server_http_requests_total{code="404",method="get",operation="GetRole"} 1',
        'notary_server_http_requests_total{code="200",method="post",operation="UpdateTUF"} 1',
      ]),
    );
  });
});
