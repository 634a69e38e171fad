/** Made-up repositories, tags and keys in the shapes of the contract. Deterministic: the same words give the same IDs. */
import type { CallOutput } from '../../shared/ipc/bridge.ts';
import type { RepositoryDetail, RepositoryRow, TagTable } from '../../shared/ipc/repositories.ts';

export const day = 86_400_000;
/** What the made-up data calls now. */
export const today = Date.UTC(2026, 10, 20, 12);

/** 64 hex digits that look like a digest. */
export function hex(word: string): string {
  let state = 0x811c9dc5;
  for (const character of word) state = Math.imul(state ^ (character.codePointAt(0) ?? 0), 0x01000193) >>> 0;
  let digits = '';
  while (digits.length < 64) {
    state = (Math.imul(state ^ (state >>> 15), 0x2c1b3c6d) + 0x9e3779b9) >>> 0;
    digits += ((state ^ (state >>> 13)) >>> 0).toString(16).padStart(8, '0');
  }
  return digits.slice(0, 64);
}

export const acmeApp = 'registry.example.com/acme/app';

const watch = { signAs: [], administer: false, rootKey: false };
const offline = {
  code: 'network/refused',
  details: { host: 'notary.example.org', port: 4443 },
} as const;

export function rows(now = today): RepositoryRow[] {
  const server = 'https://notary.example.com';
  const checked = { kind: 'verified', at: now - 120_000 } as const;
  const expiry = (role: string, days: number) => ({ role, at: now + days * day });
  return [
    {
      gun: acmeApp,
      server,
      signedTags: 8,
      signers: 3,
      nextExpiry: expiry('targets/ops', 41),
      abilities: { signAs: ['jeff'], administer: true, rootKey: true },
      freshness: checked,
      warnings: [{ kind: 'expires-soon', role: 'targets/ops', at: now + 41.2 * day }],
      sandbox: false,
    },
    {
      gun: 'registry.example.com/acme/worker',
      server,
      signedTags: 128,
      signers: 2,
      nextExpiry: expiry('targets/releases', 713),
      abilities: { signAs: ['jeff'], administer: false, rootKey: false },
      freshness: checked,
      warnings: [],
      sandbox: false,
    },
    {
      gun: 'registry.example.com/acme/frontend',
      server,
      signedTags: 75_000,
      signers: 3,
      nextExpiry: expiry('targets/releases', 902),
      abilities: { signAs: ['jeff', 'release-bot'], administer: true, rootKey: false },
      freshness: checked,
      warnings: [],
      sandbox: false,
    },
    {
      gun: 'registry.example.com/acme/tools/migrate',
      server,
      signedTags: 14,
      signers: 1,
      nextExpiry: expiry('targets', -3),
      abilities: watch,
      freshness: {
        kind: 'failed',
        at: now - 300_000,
        error: { code: 'trust/expired', details: { role: 'targets', expiredAt: '2026-11-17T09:12:44Z' } },
      },
      warnings: [],
      sandbox: false,
    },
    {
      gun: 'registry.example.org:5000/platform/base',
      server: 'https://notary.example.org:4443',
      signedTags: 42,
      signers: 2,
      nextExpiry: expiry('targets/releases', 402),
      abilities: watch,
      freshness: { kind: 'cached', at: now - 3.4 * 3_600_000, reason: offline },
      warnings: [],
      sandbox: false,
    },
    {
      gun: 'registry.example.org:5000/platform/gateway',
      server: 'https://notary.example.org:4443',
      signedTags: 9,
      signers: 1,
      nextExpiry: expiry('targets', 640),
      abilities: watch,
      freshness: { kind: 'cached', at: now - 3.4 * 3_600_000, reason: offline },
      warnings: [{ kind: 'staged-changes', count: 2 }],
      sandbox: false,
    },
    {
      gun: 'docker.io/library/alpine',
      server: 'https://notary.docker.io',
      signedTags: 103,
      signers: 0,
      nextExpiry: expiry('targets', 212),
      abilities: watch,
      freshness: { kind: 'verified', at: now - 26 * 3_600_000 },
      warnings: [],
      sandbox: false,
    },
    {
      gun: 'docker.io/acme/legacy',
      server: 'https://notary.docker.io',
      abilities: watch,
      freshness: { kind: 'never' },
      warnings: [],
      sandbox: false,
    },
    {
      gun: 'localhost:5443/demo/hello',
      server: 'https://localhost:5444',
      signedTags: 6,
      signers: 2,
      nextExpiry: expiry('targets/jeff', 1094),
      abilities: { signAs: ['jeff', 'ops'], administer: true, rootKey: true },
      freshness: checked,
      warnings: [],
      sandbox: true,
    },
  ];
}

const signerSets = [['jeff'], ['jeff', 'ops'], ['ops'], [], ['jeff', 'ops', 'release-bot']];

const smallTags: readonly (readonly [tag: string, signers: number])[] = [
  ['1.0', 0],
  ['1.2', 0],
  ['1.4-hotfix', 3],
  ['1.9', 0],
  ['1.10', 1],
  ['2.0-rc.1', 0],
  ['2.0', 1],
  ['latest', 1],
];

export function smallTable(): TagTable {
  return {
    tags: smallTags.map(([tag]) => tag),
    digests: smallTags.map(([tag]) => hex(tag === 'latest' ? '2.0' : tag)),
    sizes: smallTags.map((_, at) => 1362 + at * 7),
    signers: smallTags.map(([, signers]) => signers),
    signerSets,
  };
}

/** `count` tags in natural order. */
export function largeTable(count: number): TagTable {
  const tags = Array.from(
    { length: count },
    (_, at) => `${1 + Math.floor(at / 10_000)}.${Math.floor(at / 100) % 100}.${at % 100}`,
  );
  return {
    tags,
    digests: tags.map(hex),
    sizes: tags.map((_, at) => 1000 + (at % 900)),
    signers: tags.map((_, at) => (at % 17 === 0 ? 3 : at % 4)),
    signerSets,
  };
}

export function detailOf(row: RepositoryRow, now = today): RepositoryDetail {
  const place = row.abilities.administer ? ({ kind: 'file' } as const) : ({ kind: 'absent' } as const);
  const releases = [hex('jeff'), hex('ops 1'), hex('ops 2'), hex('release-bot')];
  const metadata = (
    role: string,
    version: number,
    days: number,
    bytes: number,
    signers: readonly string[],
  ) => ({
    role,
    version,
    expiresAt: now + days * day,
    bytes,
    sha256: hex(`${role} ${version}`),
    signatures: signers.map((signer) => ({
      keyId: hex(signer),
      method: signer === 'timestamp' ? 'eddsa' : 'ecdsa',
      ...(role.startsWith('targets/') ? { signer } : {}),
    })),
  });
  return {
    row,
    due: row.warnings.flatMap((warning) => (warning.kind === 'expires-soon' ? [warning.role] : [])),
    signers: [
      {
        name: 'jeff',
        role: 'targets/jeff',
        keys: [{ id: hex('jeff'), algorithm: 'ecdsa', place }],
        tags: 7,
        expiresAt: now + 1094 * day,
      },
      {
        name: 'ops',
        role: 'targets/ops',
        keys: [
          { id: hex('ops 1'), algorithm: 'ecdsa', place: { kind: 'yubikey', serial: '12 345 678' } },
          { id: hex('ops 2'), algorithm: 'rsa', place: { kind: 'absent' } },
        ],
        tags: 3,
        expiresAt: now + 41.2 * day,
      },
      {
        name: 'release-bot',
        role: 'targets/release-bot',
        keys: [{ id: hex('release-bot'), algorithm: 'ecdsa', place: { kind: 'absent' } }],
        tags: 0,
      },
    ],
    adminKeys: [
      {
        role: 'targets',
        id: hex('repository key'),
        canonicalId: hex('repository key'),
        algorithm: 'ecdsa',
        place,
      },
      {
        role: 'root',
        id: hex('root certificate'),
        canonicalId: hex('root key'),
        algorithm: 'ecdsa-x509',
        place: row.abilities.rootKey ? { kind: 'file' } : { kind: 'absent' },
        certificate: { commonName: row.gun, notBefore: now - 700 * day, notAfter: now + 2950 * day },
      },
      {
        role: 'snapshot',
        id: hex('snapshot'),
        canonicalId: hex('snapshot'),
        algorithm: 'ecdsa',
        place: { kind: 'server' },
      },
      {
        role: 'timestamp',
        id: hex('timestamp'),
        canonicalId: hex('timestamp'),
        algorithm: 'ed25519',
        place: { kind: 'server' },
      },
    ],
    delegations: [
      { role: 'targets/jeff', paths: [''], threshold: 1, keyIds: [hex('jeff')], depth: 1, usable: true },
      {
        role: 'targets/ops',
        paths: [''],
        threshold: 1,
        keyIds: [hex('ops 1'), hex('ops 2')],
        depth: 1,
        usable: true,
      },
      {
        role: 'targets/release-bot',
        paths: [''],
        threshold: 1,
        keyIds: [hex('release-bot')],
        depth: 1,
        usable: false,
      },
      { role: 'targets/releases', paths: [''], threshold: 1, keyIds: releases, depth: 1, usable: true },
      {
        role: 'targets/releases/nightly',
        paths: ['nightly-', 'edge-'],
        threshold: 2,
        keyIds: [hex('ops 1')],
        depth: 2,
        usable: false,
        problem: {
          code: 'trust/threshold-not-met',
          details: { role: 'targets/releases/nightly', have: 1, need: 2 },
        },
      },
    ],
    metadata: [
      metadata('root', 3, 3310, 2415, ['root certificate']),
      metadata('targets', 12, 1051, 3920, ['repository key']),
      metadata('targets/releases', 24, 1094, 4102, ['jeff', 'ops 1']),
      metadata('targets/jeff', 17, 1094, 2210, ['jeff']),
      metadata('targets/ops', 9, 41.2, 1498, ['ops 1']),
      metadata('snapshot', 61, 1094, 1311, ['snapshot']),
      metadata('timestamp', 208, 13, 489, ['timestamp']),
    ],
    rootChain: [1, 2, 3].map((version) => ({
      version,
      expiresAt: now + (3310 - (3 - version) * 400) * day,
      sha256: hex(`root ${version}`),
    })),
  };
}

export function keyList(now = today): CallOutput<'keys.list'> {
  const place = { kind: 'file' } as const;
  const location = '~/.docker/trust/private';
  return {
    keys: [
      {
        id: hex('root key'),
        role: 'root',
        algorithm: 'ecdsa',
        place,
        location,
        encrypted: true,
        sandbox: false,
        backup: { copies: 0, provenCopies: 0, drillDue: false },
        usedBy: [
          { gun: acmeApp, roles: ['root'] },
          { gun: 'registry.example.com/acme/worker', roles: ['root'] },
        ],
        created: now - 700 * day,
      },
      {
        id: hex('jeff'),
        role: 'jeff',
        algorithm: 'ecdsa',
        place,
        location,
        encrypted: true,
        sandbox: false,
        backup: { copies: 0, provenCopies: 0, drillDue: false },
        usedBy: [
          { gun: acmeApp, roles: ['targets/jeff', 'targets/releases'] },
          { gun: 'registry.example.com/acme/worker', roles: ['targets/jeff', 'targets/releases'] },
        ],
        created: now - 690 * day,
      },
      {
        id: hex('ops 1'),
        role: 'ops',
        algorithm: 'ecdsa',
        place: { kind: 'yubikey', serial: '12 345 678' },
        location: 'yubikey',
        encrypted: true,
        sandbox: false,
        backup: { copies: 0, provenCopies: 0, drillDue: false },
        usedBy: [{ gun: acmeApp, roles: ['targets/ops', 'targets/releases'] }],
      },
      {
        id: hex('repository key'),
        role: 'targets',
        gun: acmeApp,
        algorithm: 'ecdsa',
        place,
        location,
        encrypted: true,
        sandbox: false,
        backup: { copies: 0, provenCopies: 0, drillDue: false },
        usedBy: [{ gun: acmeApp, roles: ['targets'] }],
        created: now - 700 * day,
      },
      {
        id: hex('old snapshot'),
        role: 'snapshot',
        gun: 'docker.io/acme/legacy',
        algorithm: 'rsa',
        place,
        location,
        encrypted: false,
        sandbox: false,
        backup: { copies: 0, provenCopies: 0, drillDue: false },
        usedBy: [],
        created: now - 2100 * day,
      },
    ],
    unreadable: [{ file: 'private/notes.key', reason: 'no PEM block in it' }],
  };
}
