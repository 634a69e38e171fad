/** Limits, white space, thresholds of zero, and what a caller may not do out of order. */
import { beforeAll, describe, expect, test } from 'vitest';
import type { RoleName } from '../../shared/brands.ts';
import { AppError } from '../../shared/errors.ts';
import { nodeCrypto } from '../../electron/crypto/node-crypto.ts';
import { MAX_TIMESTAMP_BYTES } from '../../electron/tuf/limits.ts';
import type { FileMeta } from '../../electron/tuf/model.ts';
import { parseGun } from '../../electron/tuf/names.ts';
import { TrustedRepository } from '../../electron/tuf/trusted-repository.ts';
import { verifyAnnounced } from '../../electron/tuf/verify.ts';
import { RepositoryBuilder, type RepositoryFiles } from '../simulator/repository-builder.ts';
import { Swizzler } from '../simulator/swizzler.ts';
import { load, outcome } from './load.ts';

const gun = parseGun('registry.example.test:5000/acme/app');
const now = new Date('2026-11-20T12:00:00Z');
const role = (name: string): RoleName => name as RoleName;
const DAY = 86_400_000;

let builder: RepositoryBuilder;
let files: RepositoryFiles;
beforeAll(async () => {
  builder = await RepositoryBuilder.create(gun, now);
  builder.delegate(role('targets/releases')).addTarget(role('targets/releases'), '1.0');
  await builder.publish();
  files = builder.published();
});

function file(name: string): Uint8Array {
  const bytes = files.get(name);
  if (bytes === undefined) throw new Error(`no ${name}`);
  return bytes;
}
const fresh = (at = now): TrustedRepository => new TrustedRepository({ gun, now: at, crypto: nodeCrypto });

describe('freeze: nothing is believed past its expiry', () => {
  test.each([
    ['the day before the timestamp expires', 13, 'ok'],
    ['the very second it expires', 14, 'trust/expired'],
    ['years later', 2000, 'trust/expired'],
    ['when even the root certificate has expired', 4000, 'trust/root-not-trusted'],
  ])('%s', (_name, days, expected) => {
    expect(outcome(files, { gun, now: new Date(now.getTime() + days * DAY) })).toBe(expected);
  });
});

describe('white space and member order change nothing that was signed', () => {
  test.each(['root', 'timestamp', 'snapshot', 'targets', 'targets/releases'])('%s', async (name) => {
    const swizzler = new Swizzler(builder);
    swizzler.extraWhiteSpace(role(name));
    if (name === 'snapshot') await swizzler.announceSnapshot();
    else if (name !== 'timestamp') await swizzler.announce();
    expect(outcome(swizzler.files, { gun, now })).toBe('ok');
  });
  test('but the file is no longer the announced one', () => {
    const swizzler = new Swizzler(builder);
    swizzler.extraWhiteSpace(role('targets'));
    expect(outcome(swizzler.files, { gun, now })).toBe('trust/length-mismatch');
  });
});

describe('thresholds of zero', () => {
  test.each(['timestamp', 'snapshot', 'targets', 'root'])('in the root for %s', async (name) => {
    const swizzler = new Swizzler(builder);
    await swizzler.zeroThreshold(role(name));
    await swizzler.announce();
    expect(outcome(swizzler.files, { gun, now })).toBe('trust/malformed');
  });
  test('in targets for a delegation', async () => {
    const swizzler = new Swizzler(builder);
    await swizzler.zeroThreshold(role('targets/releases'));
    await swizzler.announce();
    expect(outcome(swizzler.files, { gun, now })).toBe('trust/malformed');
  });
});

describe('every announced hash counts, and at least one must be there', () => {
  const sha256 = (bytes: Uint8Array): string => Buffer.from(nodeCrypto.sha256(bytes)).toString('base64');
  const sha512 = (bytes: Uint8Array): string => Buffer.from(nodeCrypto.sha512(bytes)).toString('base64');
  const bytes = Buffer.from('content');
  const wrong = Buffer.from('CONTENT');
  const length = bytes.length;
  test.each<[string, FileMeta, string | undefined]>([
    ['both right', { length, sha256: sha256(bytes), sha512: sha512(bytes) }, undefined],
    ['SHA-256 alone', { length, sha256: sha256(bytes) }, undefined],
    ['SHA-512 alone', { length, sha512: sha512(bytes) }, undefined],
    ['SHA-256 wrong', { length, sha256: sha256(wrong), sha512: sha512(bytes) }, 'trust/hash-mismatch'],
    ['SHA-512 wrong', { length, sha256: sha256(bytes), sha512: sha512(wrong) }, 'trust/hash-mismatch'],
    ['none', { length }, 'trust/hash-mismatch'],
    ['longer than announced', { length: length - 1, sha256: sha256(bytes) }, 'trust/length-mismatch'],
    ['shorter than announced', { length: length + 1, sha256: sha256(bytes) }, 'trust/length-mismatch'],
  ])('%s', (_name, meta, expected) => {
    const verify = (): void => {
      verifyAnnounced('targets', bytes, meta, nodeCrypto);
    };
    if (expected === undefined) expect(verify).not.toThrow();
    else expect(verify).toThrow(expected);
  });
});

describe('size', () => {
  test('a timestamp beyond its limit is not even read', () => {
    const swizzler = new Swizzler(builder);
    swizzler.oversize(role('timestamp'), MAX_TIMESTAMP_BYTES + 1);
    expect(outcome(swizzler.files, { gun, now })).toBe('trust/limit-exceeded');
  });
  test('up to the limit it is', () => {
    const swizzler = new Swizzler(builder);
    swizzler.oversize(role('timestamp'), MAX_TIMESTAMP_BYTES);
    expect(outcome(swizzler.files, { gun, now })).toBe('ok');
  });
});

describe('the remembered cache', () => {
  test('a cached file that does not verify raises no floor', () => {
    const swizzler = new Swizzler(builder);
    swizzler.editUnderSignatures(role('timestamp'));
    const repository = fresh();
    repository.updateRoot(file('root'));
    expect(
      repository.rememberCached(role('timestamp'), swizzler.files.get('timestamp') ?? file('root')),
    ).toBe(false);
    expect(repository.versionFloor(role('timestamp'))).toBe(1);
  });
  test.each(['notJson', 'dropSignatures', 'truncate'] as const)(
    'nor does one that is broken: %s',
    (method) => {
      const swizzler = new Swizzler(builder);
      swizzler[method](role('timestamp'));
      expect(
        outcome(files, {
          gun,
          now,
          cache: new Map([['timestamp', swizzler.files.get('timestamp') ?? file('root')]]),
        }),
      ).toBe('ok');
    },
  );
  test('an expired one does: its version was honest', async () => {
    const swizzler = new Swizzler(builder);
    await swizzler.fastForward(role('timestamp'));
    const poisoned = new Swizzler(builder);
    poisoned.files.set('timestamp', swizzler.files.get('timestamp') ?? file('root'));
    await poisoned.expire(role('timestamp'));
    expect(
      outcome(files, {
        gun,
        now,
        cache: new Map([['timestamp', poisoned.files.get('timestamp') ?? file('root')]]),
      }),
    ).toBe('trust/rollback');
  });
  test('before a root there is nothing to verify it with', () => {
    expect(fresh().rememberCached(role('timestamp'), file('timestamp'))).toBe(false);
  });
  test('a delegation is remembered once its parent is there', () => {
    const repository = fresh();
    repository.updateRoot(file('root'));
    expect(repository.rememberCached(role('targets/releases'), file('targets/releases'))).toBe(false);
    const loaded = load(files, { gun, now });
    expect(loaded.rememberCached(role('targets/releases'), file('targets/releases'))).toBe(true);
    expect(loaded.versionFloor(role('targets/releases'))).toBe(
      loaded.targets.get(role('targets/releases'))?.body.version,
    );
  });
  test('what one pass believed binds the next pass', async () => {
    const repository = load(files, { gun, now });
    const swizzler = new Swizzler(builder);
    await swizzler.offsetVersion(role('timestamp'), -1);
    expect(() => repository.updateTimestamp(swizzler.files.get('timestamp') ?? file('root'))).toThrow(
      /trust\/rollback/,
    );
  });
});

describe("order is the caller's duty and is enforced", () => {
  test('nothing before the root', () => {
    expect(() => fresh().updateTimestamp(file('timestamp'))).toThrow(TypeError);
    expect(() => fresh().updateTargets(file('targets'))).toThrow(TypeError);
  });
  test('no snapshot before the timestamp, no targets before the snapshot', () => {
    const repository = fresh();
    repository.updateRoot(file('root'));
    expect(() => repository.updateSnapshot(file('snapshot'))).toThrow(TypeError);
    expect(() => repository.updateTargets(file('targets'))).toThrow(/trust\/missing-role/);
  });
  test('no delegation that nobody named', () => {
    const repository = load(files, { gun, now });
    expect(() => repository.updateDelegation(role('targets/other'), file('targets'))).toThrow(
      /trust\/missing-role/,
    );
  });
  test('a root that is not the announced one ends the pass and names the root', async () => {
    const cached = builder.published();
    builder.edit(role('root'), builder.rootBody());
    await builder.publish();
    const behind = fresh();
    behind.loadCachedRoot(cached.get('root') ?? file('root'));
    behind.updateTimestamp(builder.files.get('timestamp') ?? file('root'));
    try {
      behind.updateSnapshot(builder.files.get('snapshot') ?? file('root'));
      expect.unreachable();
    } catch (error) {
      expect(error).toBeInstanceOf(AppError);
      expect((error as AppError).details).toMatchObject({ role: 'root' });
    }
  });
  test('a role left out by the caller is among the problems', () => {
    const repository = load(files, { gun, now });
    const reason = new AppError('notary/metadata-missing', { gun, role: 'targets/releases' });
    repository.skipDelegation(role('targets/releases'), reason);
    expect(repository.problems.get(role('targets/releases'))).toBe(reason);
  });
});
