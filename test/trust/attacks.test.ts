/**
 * Every attack on every role, with every state of the cache: fail closed, with the right code. A delegation that
 * is bad in itself is skipped and said; what does not match its announcement ends the update.
 */
import { beforeAll, describe, expect, test } from 'vitest';
import type { RoleName } from '../../shared/brands.ts';
import { parseGun } from '../../electron/tuf/names.ts';
import { RepositoryBuilder, type RepositoryFiles } from '../simulator/repository-builder.ts';
import { Swizzler } from '../simulator/swizzler.ts';
import { outcome } from './load.ts';

const gun = parseGun('registry.example.test:5000/acme/app');
const start = new Date('2026-11-20T12:00:00Z');
const later = new Date('2026-11-21T12:00:00Z');
const role = (name: string): RoleName => name as RoleName;

const ROLES = ['root', 'timestamp', 'snapshot', 'targets', 'targets/releases', 'targets/jeff/sub'] as const;
type Role = (typeof ROLES)[number];
const isDelegated = (name: Role): boolean => name.includes('/');

let builder: RepositoryBuilder;
let older: RepositoryFiles;
/** A cache whose root has expired and can only vouch for its successor. */
let stale: RepositoryFiles;

beforeAll(async () => {
  builder = await RepositoryBuilder.create(gun, start);
  builder.delegate(role('targets/releases')).delegate(role('targets/jeff'));
  builder.delegate(role('targets/jeff/sub'));
  await builder.publish();
  stale = await expiredState();
  older = builder.published();
  for (const name of ['targets', 'targets/releases', 'targets/jeff/sub'])
    builder.addTarget(role(name), '1.0');
  builder.edit(role('root'), builder.rootBody());
  await builder.publish();
});

async function expiredState(): Promise<RepositoryFiles> {
  const swizzler = new Swizzler(builder);
  await swizzler.expire(role('root'));
  return swizzler.files;
}

const CACHES = {
  none: () => undefined,
  older: () => older,
  'the present state': () => builder.published(),
  'an expired root': () => stale,
} as const;
type CacheName = keyof typeof CACHES;
const cacheNames = Object.keys(CACHES) as CacheName[];

interface Attack {
  readonly name: string;
  readonly spoil: (swizzler: Swizzler, target: RoleName) => void | Promise<void>;
  /** The server goes along: it announces the spoiled file, so that hashes match. */
  readonly announced: boolean;
  readonly expected: (target: Role, cache: CacheName) => string;
  readonly roles?: readonly Role[];
}

/** The code for the role itself: fatal above, skipped where a delegation may be. */
const own =
  (code: string) =>
  (target: Role): string =>
    isDelegated(target) ? `skipped ${code}` : code;
/** What an unannounced change meets: timestamp and root are not announced before they are verified. */
const unannounced =
  (code: string) =>
  (target: Role): string =>
    target === 'timestamp' || target === 'root' ? code : 'trust/hash-mismatch';
const ROOTS_OWN = 'trust/root-not-trusted';
/** A root that nobody believed before fails by itself; one that follows another fails against that. */
const forRoot =
  (code: string) =>
  (target: Role, cache: CacheName): string => {
    if (target !== 'root') return own(code)(target);
    return cache === 'none' ? ROOTS_OWN : 'trust/root-rotation-refused';
  };

const attacks: readonly Attack[] = [
  ...(['notJson', 'notUtf8', 'truncate', 'trailingData', 'duplicateMember', 'invalidSigned'] as const).map(
    (method): Attack => ({
      name: `${method}, announced`,
      spoil: (swizzler, target) => {
        swizzler[method](target);
      },
      announced: true,
      expected: own('trust/malformed'),
    }),
  ),
  ...(['wrongType', 'noVersion', 'noExpiry'] as const).map((method): Attack => ({
    name: `${method}, signed and announced`,
    spoil: (swizzler, target) => swizzler[method](target),
    announced: true,
    expected: own('trust/malformed'),
  })),
  {
    name: 'truncated on the way',
    spoil: (swizzler, target) => {
      swizzler.truncate(target);
    },
    announced: false,
    expected: (target) =>
      target === 'timestamp' || target === 'root' ? 'trust/malformed' : 'trust/length-mismatch',
  },
  {
    name: 'removed',
    spoil: (swizzler, target) => {
      swizzler.remove(target);
    },
    announced: false,
    expected: (target) => `404 ${target}`,
  },
  {
    name: 'signatures corrupted on the way',
    spoil: (swizzler, target) => {
      swizzler.corruptSignatures(target);
    },
    announced: false,
    expected: (target, cache) =>
      target === 'root' ? forRoot('')(target, cache) : unannounced('trust/threshold-not-met')(target),
  },
  {
    name: 'signatures corrupted, announced',
    spoil: (swizzler, target) => {
      swizzler.corruptSignatures(target);
    },
    announced: true,
    expected: forRoot('trust/threshold-not-met'),
  },
  {
    name: 'signatures dropped, announced',
    spoil: (swizzler, target) => {
      swizzler.dropSignatures(target);
    },
    announced: true,
    expected: forRoot('trust/no-signatures'),
  },
  ...(['rsapss', 'eddsa', 'rsapkcs1v15', 'pycrypto-pkcs#1 pss', 'none', ''] as const).map(
    (method): Attack => ({
      name: `ecdsa signature labelled "${method}", announced`,
      spoil: (swizzler, target) => {
        swizzler.relabelMethod(target, method);
      },
      announced: true,
      expected: forRoot('trust/threshold-not-met'),
    }),
  ),
  {
    name: 'signed with an unknown key',
    spoil: (swizzler, target) => swizzler.signWithUnknownKey(target),
    announced: true,
    expected: forRoot('trust/threshold-not-met'),
  },
  {
    name: 'signed with an unknown key under the known ID',
    spoil: (swizzler, target) => swizzler.forgeKeyId(target),
    announced: true,
    expected: forRoot('trust/threshold-not-met'),
  },
  {
    name: 'signed with the key of another role',
    spoil: (swizzler, target) =>
      swizzler.signWithKeysOf(target, role(target === 'snapshot' ? 'timestamp' : 'snapshot')),
    announced: true,
    expected: forRoot('trust/threshold-not-met'),
  },
  {
    name: 'content changed under the signatures, announced',
    spoil: (swizzler, target) => {
      swizzler.editUnderSignatures(target);
    },
    announced: true,
    expected: forRoot('trust/threshold-not-met'),
  },
  {
    name: 'signed anew but not announced',
    spoil: (swizzler, target) => swizzler.offsetVersion(target, 10_000),
    announced: false,
    expected: (target) =>
      target === 'timestamp' ? 'ok' : target === 'root' ? 'trust/length-mismatch' : 'trust/length-mismatch',
  },
  {
    name: 'expired, signed and announced',
    spoil: (swizzler, target) => swizzler.expire(target),
    announced: true,
    expected: own('trust/expired'),
  },
  {
    name: 'version one lower, signed and announced',
    spoil: (swizzler, target) => swizzler.offsetVersion(target, -1),
    announced: true,
    expected: (_target, cache) => (cache === 'the present state' ? 'trust/rollback' : 'ok'),
    roles: ['targets', 'targets/releases', 'targets/jeff/sub', 'root'],
  },
  {
    name: 'version higher, signed and announced',
    spoil: (swizzler, target) => swizzler.offsetVersion(target, 1),
    announced: true,
    expected: () => 'ok',
  },
  {
    name: 'replayed from before, announced',
    spoil: (swizzler, target) => {
      swizzler.replay(target);
    },
    announced: true,
    expected: (_target, cache) => (cache === 'the present state' ? 'trust/rollback' : 'ok'),
    roles: ['root', 'targets', 'targets/releases'],
  },
  {
    name: 'replayed from before, not announced (mix and match)',
    spoil: (swizzler, target) => {
      swizzler.replay(target);
    },
    announced: false,
    expected: (target, cache) => {
      if (target === 'timestamp')
        return cache === 'the present state' ? 'trust/rollback' : 'trust/hash-mismatch';
      if (target === 'root') return cache === 'the present state' ? 'trust/rollback' : 'trust/hash-mismatch';
      return target === 'snapshot' ? 'trust/hash-mismatch' : 'trust/length-mismatch';
    },
    roles: ['root', 'timestamp', 'snapshot', 'targets', 'targets/releases'],
  },
  {
    name: 'threshold raised above the signatures',
    spoil: (swizzler, target) => swizzler.raiseThreshold(target),
    announced: true,
    expected: (target) => (target === 'root' ? ROOTS_OWN : own('trust/threshold-not-met')(target)),
  },
  {
    name: 'keys replaced without signing anew',
    spoil: (swizzler, target) => swizzler.rotateKeyWithoutResigning(target),
    announced: true,
    expected: own('trust/threshold-not-met'),
    roles: ['timestamp', 'snapshot', 'targets', 'targets/releases', 'targets/jeff/sub'],
  },
  {
    name: 'another key under the key ID',
    spoil: (swizzler, target) => swizzler.swapKeyUnderId(target),
    announced: true,
    expected: own('trust/key-id-mismatch'),
    roles: ['timestamp', 'snapshot', 'targets', 'targets/releases', 'targets/jeff/sub'],
  },
  {
    name: 'the same signature three times',
    spoil: (swizzler, target) => {
      swizzler.repeatSignatures(target);
    },
    announced: true,
    expected: () => 'ok',
  },
  {
    name: 'the same signature three times against a threshold of two',
    spoil: async (swizzler, target) => {
      await swizzler.raiseThreshold(target);
      swizzler.repeatSignatures(target);
    },
    announced: true,
    expected: (target) => (target === 'root' ? ROOTS_OWN : own('trust/threshold-not-met')(target)),
  },
];

const rows = attacks.flatMap((attack) =>
  (attack.roles ?? ROLES).flatMap((target) =>
    cacheNames.map((cache) => ({ attack, target, cache, expected: attack.expected(target, cache) })),
  ),
);

describe('attack table', () => {
  test.each(cacheNames)('nothing spoiled, cache: %s', (cache) => {
    expect(outcome(builder.published(), { gun, now: later, cache: CACHES[cache]() })).toBe('ok');
  });

  test.each(rows)(
    '$target: $attack.name; cache: $cache -> $expected',
    async ({ attack, target, cache, expected }) => {
      const swizzler = new Swizzler(builder, older);
      await attack.spoil(swizzler, role(target));
      if (attack.announced) await announce(swizzler, target);
      expect(outcome(swizzler.files, { gun, now: later, cache: CACHES[cache]() })).toBe(expected);
    },
  );
});

/** A parent that was changed is announced as well, hence everything. */
async function announce(swizzler: Swizzler, target: Role): Promise<void> {
  if (target === 'timestamp') return;
  if (target === 'snapshot') await swizzler.announceSnapshot();
  else await swizzler.announce();
}
