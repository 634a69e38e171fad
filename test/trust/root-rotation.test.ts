/** How trust in a root moves on: chains, jumps, expired predecessors, keys that come and go. */
import { beforeEach, describe, expect, test } from 'vitest';
import type { RoleName } from '../../shared/brands.ts';
import { nodeCrypto } from '../../electron/crypto/node-crypto.ts';
import { MAX_ROOT_ROTATIONS } from '../../electron/tuf/limits.ts';
import { parseGun } from '../../electron/tuf/names.ts';
import { TrustedRepository } from '../../electron/tuf/trusted-repository.ts';
import { newSigner } from '../fakes/software-keys.ts';
import { RepositoryBuilder, type RepositoryFiles } from '../simulator/repository-builder.ts';
import { Swizzler } from '../simulator/swizzler.ts';
import { load, outcome } from './load.ts';

const gun = parseGun('registry.example.test:5000/acme/app');
const now = new Date('2026-11-20T12:00:00Z');
const ROOT = 'root' as RoleName;
const TARGETS = 'targets' as RoleName;
const years = (count: number): Date => new Date(now.getTime() + count * 365 * 86_400_000);

let builder: RepositoryBuilder;
let first: RepositoryFiles;
beforeEach(async () => {
  builder = await RepositoryBuilder.create(gun, now);
  first = builder.published();
});

function rootOf(files: RepositoryFiles): Uint8Array {
  const bytes = files.get('root');
  if (bytes === undefined) throw new Error('no root');
  return bytes;
}

function started(at = now): TrustedRepository {
  const repository = new TrustedRepository({ gun, now: at, crypto: nodeCrypto });
  repository.loadCachedRoot(rootOf(first));
  return repository;
}

describe('a chain of roots', () => {
  test('one rotation: signed by old and new keys, taken at once', async () => {
    await (await builder.rotate('root')).publish();
    const repository = load(builder.published(), { gun, now, cache: first });
    expect(repository.root?.body.version).toBe(2);
  });

  test('three rotations: the newest alone is refused, the versions between lead there', async () => {
    for (let i = 0; i < 3; i++) await (await builder.rotate('root')).publish();
    expect(() => started().updateRoot(rootOf(builder.files))).toThrow(/trust\/root-rotation-refused/);
    expect(load(builder.published(), { gun, now, cache: first }).root?.body.version).toBe(4);
  });

  test('a missing version between is not jumped over', async () => {
    for (let i = 0; i < 3; i++) await (await builder.rotate('root')).publish();
    const files = builder.published();
    files.delete('3.root');
    expect(outcome(files, { gun, now, cache: first })).toBe('trust/root-rotation-refused');
  });

  test('an intermediate root may have expired, the newest may not', async () => {
    const oldest = builder.signersOf(ROOT);
    await builder.rotate('root');
    const expired = { expires: '2026-11-20T11:59:59Z', expiresAt: Date.parse('2026-11-20T11:59:59Z') };
    const second = { ...builder.rootBody(), version: 2, ...expired };
    const bytes = await builder.sign(ROOT, second, [...builder.signersOf(ROOT), ...oldest]);
    expect(() => started().updateRoot(bytes)).toThrow(/trust\/expired/);
    const repository = started();
    repository.updateRoot(bytes, 'intermediate');
    expect(() => repository.updateTimestamp(builder.files.get('timestamp') ?? bytes)).toThrow(
      /trust\/expired/,
    );
    await (await builder.edit(ROOT, second).rotate('root')).publish();
    expect(repository.updateRoot(rootOf(builder.files)).body.version).toBe(3);
    expect(repository.hasUsableRoot).toBe(true);
  });

  test('more steps than the limit are refused', () => {
    const repository = started();
    const again = rootOf(first);
    for (let i = 0; i < MAX_ROOT_ROTATIONS; i++) repository.updateRoot(again);
    expect(() => repository.updateRoot(again)).toThrow(/trust\/too-many-root-rotations/);
  });

  test('what hung below the old root is dropped', () => {
    const repository = load(first, { gun, now });
    repository.updateRoot(rootOf(first));
    expect(repository.timestamp).toBeUndefined();
    expect(repository.targets.size).toBe(0);
  });
});

describe('who may replace a root', () => {
  test('another repository of the same name, made from nothing, is refused', async () => {
    const other = await RepositoryBuilder.create(gun, now);
    expect(outcome(other.published(), { gun, now, cache: first })).toBe('trust/root-rotation-refused');
    expect(outcome(other.published(), { gun, now })).toBe('ok');
  });

  test('signed by the old keys only, not by its own: refused', async () => {
    const old = builder.signersOf(ROOT);
    await builder.rotate('root');
    const bytes = await builder.sign(ROOT, builder.rootBody(), old);
    expect(() => started().updateRoot(bytes)).toThrow(/trust\/root-not-trusted/);
  });

  test('signed by its own keys only, not by the old: refused', async () => {
    await builder.rotate('root');
    const bytes = await builder.sign(ROOT, builder.rootBody(), builder.signersOf(ROOT));
    expect(() => started().updateRoot(bytes)).toThrow(/trust\/root-rotation-refused/);
  });

  test('half of an old threshold of two does not suffice', async () => {
    const pair = [builder.signersOf(ROOT), [await builder.newRootSigner()]].flat();
    builder.setBaseKeys('root', pair, 2);
    await builder.publish();
    first = builder.published();
    const [one] = pair;
    const fresh = await builder.newRootSigner();
    builder.setBaseKeys('root', [fresh]);
    const body = { ...builder.rootBody(), version: 3 };
    const half = await builder.sign(ROOT, body, one === undefined ? [] : [fresh, one]);
    expect(() => started().updateRoot(half)).toThrow(/trust\/root-rotation-refused/);
    const whole = await builder.sign(ROOT, body, [fresh, ...pair]);
    expect(started().updateRoot(whole).body.version).toBe(3);
  });

  test('a lower version by the right keys is a rollback', async () => {
    builder.edit(ROOT, builder.rootBody());
    await builder.publish();
    const repository = new TrustedRepository({ gun, now, crypto: nodeCrypto });
    repository.loadCachedRoot(rootOf(builder.files));
    expect(() => repository.updateRoot(rootOf(first))).toThrow(/trust\/rollback/);
  });

  test('a root of plain keys is refused: root keys are certificates', async () => {
    builder.setBaseKeys('root', [newSigner()]);
    await builder.publish();
    expect(outcome(builder.published(), { gun, now })).toBe('trust/root-not-trusted');
  });

  test('a certificate for another repository is refused', () => {
    const other = parseGun('registry.example.test:5000/acme/other');
    expect(outcome(first, { gun: other, now })).toBe('trust/root-not-trusted');
    const repository = new TrustedRepository({ gun: other, now, crypto: nodeCrypto });
    expect(() => repository.loadCachedRoot(rootOf(first))).toThrow(/trust\/root-not-trusted/);
  });
});

describe('an expired cached root', () => {
  test('is kept to verify its successor', async () => {
    builder.now = years(9);
    await (await builder.rotate('root')).publish();
    const cached = new TrustedRepository({ gun, now: years(11), crypto: nodeCrypto });
    expect(cached.loadCachedRoot(rootOf(first))).toBe(false);
    expect(cached.updateRoot(rootOf(builder.files)).body.version).toBe(2);
    expect(cached.hasUsableRoot).toBe(true);
  });

  test('does not let anything below it be read', () => {
    const repository = started(years(11));
    expect(() => repository.updateTimestamp(first.get('timestamp') ?? new Uint8Array())).toThrow(
      /trust\/expired/,
    );
  });

  test('does not let a stranger in', async () => {
    const stranger = await RepositoryBuilder.create(gun, years(9));
    expect(outcome(stranger.published(), { gun, now: years(11), cache: first })).toBe(
      'trust/root-rotation-refused',
    );
  });

  test('its certificate expired, not itself: the same', async () => {
    builder.now = years(5);
    builder.edit(ROOT, builder.rootBody());
    await builder.publish();
    first = builder.published();
    const repository = new TrustedRepository({ gun, now: years(11), crypto: nodeCrypto });
    expect(repository.loadCachedRoot(rootOf(first))).toBe(false);
    expect(() => repository.updateTimestamp(first.get('timestamp') ?? new Uint8Array())).toThrow(
      /trust\/root-not-trusted/,
    );
  });
});

describe('a broken cached root', () => {
  test.each(['notJson', 'corruptSignatures', 'dropSignatures', 'editUnderSignatures'] as const)(
    '%s: fail hard, never first use again',
    (method) => {
      const swizzler = new Swizzler(builder);
      swizzler[method](ROOT);
      expect(outcome(first, { gun, now, cache: swizzler.files })).toMatch(
        /^trust\/(malformed|root-not-trusted)$/,
      );
    },
  );
});

describe('fast-forward', () => {
  test.each(['timestamp', 'snapshot', 'targets'] as const)(
    'of %s locks out until its key is rotated, then honest versions are taken',
    async (role) => {
      const swizzler = new Swizzler(builder);
      await swizzler.fastForward(role as RoleName);
      if (role === 'snapshot') await swizzler.announceSnapshot();
      if (role === 'targets') await swizzler.announce();
      const poisoned = swizzler.files;
      expect(outcome(poisoned, { gun, now, cache: first })).toBe('ok');
      builder.addTarget(TARGETS, '1.0');
      await builder.publish();
      expect(outcome(builder.published(), { gun, now, cache: poisoned })).toBe('trust/rollback');
      await (await builder.rotate(role)).publish();
      expect(outcome(builder.published(), { gun, now, cache: poisoned })).toBe('ok');
    },
  );

  test('a version remembered before the rotation counts while its keys do, and not after', async () => {
    const timestamp = 'timestamp' as RoleName;
    const swizzler = new Swizzler(builder);
    await swizzler.fastForward(timestamp);
    const repository = started();
    expect(repository.rememberCached(timestamp, swizzler.files.get('timestamp') ?? rootOf(first))).toBe(true);
    expect(repository.versionFloor(timestamp)).toBeGreaterThan(1_000_000);
    await (await builder.rotate('snapshot')).publish();
    repository.updateRoot(rootOf(builder.files));
    expect(repository.versionFloor(timestamp)).toBeGreaterThan(1_000_000);
    await (await builder.rotate('timestamp')).publish();
    repository.updateRoot(rootOf(builder.files));
    expect(repository.versionFloor(timestamp)).toBe(1);
  });
});
