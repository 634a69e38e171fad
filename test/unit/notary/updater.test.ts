/** The update sequence against a real HTTPS server: what is fetched, what is kept, and when the cache will do. */
import { mkdir, readFile, utimes, writeFile, stat, chmod } from 'node:fs/promises';
import path from 'node:path';
import { beforeEach, describe, expect, test } from 'vitest';
import type { RoleName } from '../../../shared/brands.ts';
import { isAppError } from '../../../shared/errors.ts';
import { changelistFolder } from '../../../electron/notary/changelist.ts';
import { loadRepository } from '../../../electron/notary/updater.ts';
import type { VerifiedRepository } from '../../../electron/notary/verified-repository.ts';
import { parseGun } from '../../../electron/tuf/names.ts';
import { RepositoryBuilder } from '../../simulator/repository-builder.ts';
import { Swizzler } from '../../simulator/swizzler.ts';
import {
  metadataFile,
  newWorkplace,
  startRepository,
  type TestServer,
  type Workplace,
} from './repository-server.ts';

const gun = parseGun('registry.example.test:5000/acme/app');
const now = new Date('2026-11-20T12:00:00Z');
const role = (name: string): RoleName => name as RoleName;
const day = 86_400_000;

let builder: RepositoryBuilder;
let server: TestServer;
let place: Workplace;

beforeEach(async () => {
  builder = await RepositoryBuilder.create(gun, now);
  builder
    .delegate(role('targets/releases'))
    .delegate(role('targets/jeff'))
    .delegate(role('targets/jeff/sub'));
  builder.addTarget(role('targets/releases'), '1.0').addTarget(role('targets/jeff'), '1.0');
  await builder.publish();
  server = await startRepository(gun, builder.published());
  place = await newWorkplace(gun);
});

type From = 'server-or-cache' | 'server' | 'cache';
const load = (at = now, from?: From): Promise<VerifiedRepository> =>
  loadRepository(gun, place.options(server, at, from));

async function publishTag(name: string): Promise<void> {
  await builder.addTarget(role('targets/releases'), name).publish();
  server.files = builder.published();
}

async function failure(work: Promise<unknown>): Promise<string> {
  const error: unknown = await work.then(
    () => expect.unreachable('expected a failure'),
    (reason: unknown) => reason,
  );
  if (!isAppError(error)) throw error;
  return error.code;
}

/** Role names of the requests, without hashes. */
const asked = (): readonly string[] =>
  server.takeRequests().map((name) => name.replace(/\.[0-9a-f]{64}/, '.HASH'));

describe('what is fetched', () => {
  test('cold: every file once, by hash below the timestamp', async () => {
    const loaded = await load();
    expect([...loaded.targets.keys()]).toEqual([
      'targets',
      'targets/releases',
      'targets/jeff',
      'targets/jeff/sub',
    ]);
    expect(loaded.freshness).toEqual({ kind: 'verified', at: now.getTime() });
    const requests = asked();
    expect(requests.slice(0, 2)).toEqual(['root.json', 'timestamp.json']);
    expect([...requests].sort()).toEqual(
      [
        'root.json',
        'snapshot.HASH.json',
        'targets.HASH.json',
        'targets/jeff.HASH.json',
        'targets/jeff/sub.HASH.json',
        'targets/releases.HASH.json',
        'timestamp.json',
      ].sort(),
    );
  });

  test('warm: the timestamp, and whether there is a newer root', async () => {
    await load();
    server.takeRequests();
    await load();
    expect(asked()).toEqual(['timestamp.json', `${String(builder.rootBody().version + 1)}.root.json`]);
  });

  test('after one tag: only what changed', async () => {
    await load();
    server.takeRequests();
    await publishTag('2.0');
    const loaded = await load();
    expect(loaded.targets.get(role('targets/releases'))?.body.targets.map((target) => target.name)).toContain(
      '2.0',
    );
    expect(asked().filter((name) => name.includes('HASH'))).toEqual([
      'snapshot.HASH.json',
      'targets/releases.HASH.json',
    ]);
  });

  test('from the cache alone: nothing', async () => {
    await load();
    server.takeRequests();
    const loaded = await load(now, 'cache');
    expect([asked(), loaded.freshness.kind]).toEqual([[], 'cached']);
  });

  test('siblings are downloaded together', async () => {
    for (let i = 0; i < 5; i++) builder.delegate(role(`targets/s${String(i)}`));
    await builder.publish();
    server.files = builder.published();
    let waiting = 0;
    let most = 0;
    server.interfere = (name) => {
      if (/targets\/s\d/.test(name)) most = Math.max(most, ++waiting);
      return undefined;
    };
    expect((await load()).targets.size).toBe(9);
    expect(most).toBe(5);
  });
});

describe('what is kept', () => {
  test('docker’s layout: the received bytes, 0600 in 0700', async () => {
    await load();
    for (const name of ['root', 'timestamp', 'snapshot', 'targets', 'targets/releases', 'targets/jeff/sub']) {
      const kept = await readFile(metadataFile(place.trustDirectory, gun, name));
      expect(kept.equals(server.files.get(name) ?? Buffer.alloc(0)), name).toBe(true);
    }
    const listing = await place.listing();
    const base = 'trust/tuf/registry.example.test:5000/acme/app/metadata/';
    expect(Object.keys(listing)).toContain(`${base}targets/jeff/sub.json`);
    for (const [name, value] of Object.entries(listing))
      expect(value.split(' ')[0], name).toBe(name.endsWith('/') ? '700' : '600');
  });

  test('nothing is written that is there already, but the timestamp is confirmed', async () => {
    await load();
    const file = (name: string): string => metadataFile(place.trustDirectory, gun, name);
    for (const name of ['targets', 'timestamp']) await utimes(file(name), new Date(0), new Date(0));
    await load();
    expect((await stat(file('targets'))).mtimeMs).toBe(0);
    expect((await stat(file('timestamp'))).mtimeMs).toBe(now.getTime());
  });

  test('reading what does not exist creates nothing', async () => {
    server.files = new Map();
    expect(await failure(load())).toBe('trust/no-data');
    expect(await failure(load(now, 'cache'))).toBe('trust/no-data');
    expect(await place.listing()).toEqual({});
  });

  test('a first root is not kept when what follows is not to be believed', async () => {
    const swizzler = new Swizzler(builder);
    swizzler.corruptSignatures(role('timestamp'));
    server.files = swizzler.files;
    expect(await failure(load())).toBe('trust/threshold-not-met');
    expect(await place.listing()).toEqual({});
  });

  test('a delegation that is not believed is kept, shown and not fetched again', async () => {
    const swizzler = new Swizzler(builder);
    await swizzler.expire(role('targets/jeff'));
    await swizzler.announce();
    server.files = swizzler.files;
    const loaded = await load();
    expect([...loaded.problems.keys()]).toEqual(['targets/jeff']);
    expect(loaded.unusable.has(role('targets/jeff'))).toBe(true);
    expect(loaded.warnings).toContainEqual(
      expect.objectContaining({ kind: 'delegation-unusable', role: 'targets/jeff' }),
    );
    server.takeRequests();
    await load();
    expect(asked().filter((name) => name.includes('HASH'))).toEqual([]);
  });
});

describe('when the server cannot be asked', () => {
  const unreachable: [string, TestServer['interfere'], string][] = [
    ['hangs up', () => 'hang up', 'network/interrupted'],
    ['answers 500', () => ({ status: 500 }), 'notary/server-error'],
    ['answers 503 with a page', () => ({ status: 503, body: '<html>' }), 'notary/server-error'],
    ['answers 401', () => ({ status: 401 }), 'notary/unauthorised'],
    ['answers 404', () => ({ status: 404 }), 'trust/no-data'],
    [
      'lacks a timestamp only',
      (name) => (name.includes('timestamp') ? { status: 404 } : undefined),
      'notary/metadata-missing',
    ],
  ];
  test.each(unreachable)(
    '%s: valid cached data, with its age and the reason',
    async (_name, interfere, code) => {
      await load();
      server.interfere = interfere;
      const { freshness, targets } = await load(new Date(now.getTime() + day));
      expect(targets.size).toBe(4);
      expect(freshness).toMatchObject({ kind: 'cached', at: now.getTime(), reason: { code } });
    },
  );

  test.each(unreachable)(
    '%s: nothing cached, so the reason is the outcome',
    async (_name, interfere, code) => {
      server.interfere = interfere;
      expect(await failure(load())).toBe(code);
      expect(await place.listing()).toEqual({});
    },
  );

  test.each(unreachable)('%s: a change needs the server', async (_name, interfere, code) => {
    await load();
    server.interfere = interfere;
    expect(await failure(load(now, 'server'))).toBe(code);
  });

  test('cached data that has expired is not shown', async () => {
    await load();
    server.interfere = () => 'hang up';
    expect(await failure(load(new Date(now.getTime() + 15 * day)))).toBe('network/interrupted');
    expect(await failure(load(new Date(now.getTime() + 15 * day), 'cache'))).toBe('trust/expired');
  });

  test.each(['timestamp', 'snapshot', 'targets', 'targets/releases'])(
    'a cached %s that was edited is not shown',
    async (name) => {
      await load();
      const file = metadataFile(place.trustDirectory, gun, name);
      await writeFile(file, (await readFile(file, 'utf8')).replace('"version":', '"version":1'));
      server.interfere = () => 'hang up';
      expect(await failure(load())).toBe('network/interrupted');
    },
  );

  test('a missing delegation makes the cache incomplete, not smaller', async () => {
    await load();
    await writeFile(metadataFile(place.trustDirectory, gun, 'targets/releases'), '');
    server.interfere = () => ({ status: 500 });
    expect(await failure(load())).toBe('notary/server-error');
  });

  test.each(['snapshot', 'targets', 'targets/releases'])(
    'only %s cannot be fetched: the last complete state is shown',
    async (name) => {
      await load();
      await publishTag('2.0');
      await builder.addTarget(role('targets'), '2.0').publish();
      server.files = builder.published();
      server.interfere = (asked) => (asked.startsWith(`${name}.`) ? { status: 502 } : undefined);
      const { freshness, targets } = await load();
      expect(freshness).toMatchObject({ kind: 'cached', reason: { code: 'notary/server-error' } });
      expect(targets.get(role('targets/releases'))?.body.targets).toHaveLength(1);
    },
  );
});

describe('invalid data is never replaced by the cache', () => {
  const spoil: [string, (swizzler: Swizzler, name: RoleName) => void | Promise<void>][] = [
    ['not JSON', (swizzler, name) => swizzler.notJson(name)],
    ['corrupted signatures', (swizzler, name) => swizzler.corruptSignatures(name)],
    ['an unknown key', (swizzler, name) => swizzler.signWithUnknownKey(name)],
    ['expired', (swizzler, name) => swizzler.expire(name)],
    ['oversized', (swizzler, name) => swizzler.oversize(name, 2_000_000)],
  ];
  const roles = ['timestamp', 'snapshot', 'targets', 'targets/releases'].map(role);
  const rows = spoil.flatMap(([name, method]) => roles.map((target) => [name, target, method] as const));
  for (const cached of [false, true]) {
    test.each(rows)(`%s %s (cached before: ${String(cached)})`, async (_name, target, method) => {
      if (cached) await load();
      const before = await place.listing();
      await publishTag('2.0');
      await builder.addTarget(role('targets'), '2.0').publish();
      const swizzler = new Swizzler(builder);
      await method(swizzler, target);
      server.files = swizzler.files;
      expect(await failure(load())).toMatch(/^(trust\/|network\/too-large)/);
      expect(await place.listing()).toEqual(before);
    });
  }

  test('also when the server goes silent right after it', async () => {
    await load();
    const swizzler = new Swizzler(builder);
    swizzler.corruptSignatures(role('timestamp'));
    server.files = swizzler.files;
    server.interfere = (name) => (name === 'timestamp.json' ? undefined : { status: 500 });
    expect(await failure(load())).toBe('trust/threshold-not-met');
  });

  test.each(['timestamp', 'snapshot', 'targets'])('an older %s is a rollback', async (name) => {
    const before = builder.published();
    await publishTag('2.0');
    await builder.addTarget(role('targets'), '2.0').publish();
    server.files = builder.published();
    await load();
    const swizzler = new Swizzler(builder, before);
    swizzler.replay(role(name));
    if (name === 'targets') await swizzler.announce();
    if (name === 'snapshot') await swizzler.announceSnapshot();
    server.files = swizzler.files;
    expect(await failure(load())).toBe('trust/rollback');
  });
});

describe('the root', () => {
  test('a chain of rotations is walked and kept', async () => {
    await load();
    for (let i = 0; i < 3; i++) await (await builder.rotate('root')).publish();
    server.files = builder.published();
    const loaded = await load();
    expect(loaded.root.body.version).toBe(builder.rootBody().version);
    expect((await readFile(metadataFile(place.trustDirectory, gun, 'root'))).equals(loaded.root.bytes)).toBe(
      true,
    );
  });

  test.each(['timestamp', 'snapshot', 'targets'] as const)('a rotated %s key is taken over', async (name) => {
    await load();
    await (await builder.rotate(name)).publish();
    server.files = builder.published();
    expect((await load()).root.body.version).toBe(builder.rootBody().version);
  });

  test('a newer root is noticed although old timestamp and snapshot still fit together', async () => {
    await load();
    const old = builder.published();
    await (await builder.rotate('timestamp')).publish();
    const stolen = new Map([...builder.published()].filter(([name]) => /^\d+\.root$/.test(name)));
    server.files = new Map([...old, ...stolen]);
    expect(await failure(load())).toBe('trust/threshold-not-met');
  });

  test('of somebody else is refused, whatever else fits', async () => {
    await load();
    const before = await place.listing();
    const other = await RepositoryBuilder.create(gun, now);
    await other.publish();
    server.files = other.published();
    expect(await failure(load())).toBe('trust/root-rotation-refused');
    expect(await place.listing()).toEqual(before);
  });

  test('that claims another version than was asked for ends the walk', async () => {
    await load();
    const next = `${String(builder.rootBody().version + 1)}.root`;
    server.files = new Map([...server.files, [next, server.files.get('root') ?? new Uint8Array()]]);
    expect(await failure(load())).toBe('trust/rollback');
  });

  test('from a server without versions, signed directly by the old keys', async () => {
    await load();
    await (await builder.rotate('timestamp')).publish();
    server.files = new Map([...builder.published()].filter(([name]) => !/^\d+\.root$/.test(name)));
    expect((await load()).root.body.version).toBe(builder.rootBody().version);
  });

  test('a cached root that is not one is an error, never trust on first use', async () => {
    await mkdir(path.dirname(metadataFile(place.trustDirectory, gun, 'root')), { recursive: true });
    await writeFile(metadataFile(place.trustDirectory, gun, 'root'), '{}');
    expect(await failure(load())).toBe('trust/malformed');
  });
});

describe('warnings', () => {
  test('none for a fresh repository', async () => {
    expect((await load()).warnings).toEqual([]);
  });

  test('six months before anything expires', async () => {
    const at = new Date(now.getTime() + 3 * 365 * day - 170 * day);
    await load();
    builder.now = at;
    await builder.edit(role('targets'), builder.targetsBody(role('targets'))).publish();
    server.files = builder.published();
    const { warnings } = await load(at);
    expect(
      warnings.map((warning) => (warning.kind === 'expires-soon' ? warning.role : warning.kind)).sort(),
    ).toEqual(['targets/jeff', 'targets/jeff/sub', 'targets/releases']);
  });

  test('staged changes are counted and left alone', async () => {
    await load();
    const folder = changelistFolder(place.trustDirectory, gun);
    await mkdir(folder);
    for (const name of ['1.change', '2.change']) await writeFile(path.join(folder, name), '{}');
    expect((await load()).warnings).toEqual([{ kind: 'staged-changes', count: 2 }]);
    expect(await readFile(path.join(folder, '1.change'), 'utf8')).toBe('{}');
  });
});

test('a trust directory that cannot be read is said', async () => {
  await load();
  const file = metadataFile(place.trustDirectory, gun, 'targets');
  await chmod(path.dirname(file), 0o000);
  const isRoot = process.getuid?.() === 0;
  const outcome = await load().then(
    () => 'ok',
    (error: unknown) => (isAppError(error) ? error.code : 'bug'),
  );
  await chmod(path.dirname(file), 0o700);
  expect(outcome).toBe(isRoot ? 'ok' : 'config/unreadable');
});

test('a folder in a file’s place is said', async () => {
  await load();
  await mkdir(metadataFile(place.trustDirectory, gun, 'targets/ops'), { recursive: true });
  builder.delegate(role('targets/ops'));
  await builder.publish();
  server.files = builder.published();
  expect(await failure(load())).toBe('config/unreadable');
});
