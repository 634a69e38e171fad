/** The handlers behind the looked-at screens: a machine with keys, repositories, one unknown CA and a sandbox. */
import { AppError } from '../../shared/errors.ts';
import type { CallOutput } from '../../shared/ipc/bridge.ts';
import type { DoctorStep } from '../../shared/ipc/doctor.ts';
import type { TagTable } from '../../shared/ipc/repositories.ts';
import type { SandboxStatus } from '../../shared/ipc/sandbox.ts';
import type { SettingsView } from '../../shared/ipc/settings.ts';
import { type FakeBridge, fakeBridge, type Handlers } from './bridge.ts';
import { acmeApp, day, detailOf, hex, keyList, largeTable, rows, smallTable, today } from './trust-data.ts';

export interface PrivilegedSide {
  /** True: nothing is known here yet. */
  readonly firstRun?: boolean;
  /** Signed tags of `acme/frontend`. */
  readonly manyTags?: number;
  readonly theme?: SettingsView['theme'];
  readonly now?: number;
  /** 1: answers take the time that they would really take; 0: they are there at once. */
  readonly pace?: number;
}

function settingsView(now: number, theme: SettingsView['theme']): SettingsView {
  const ca = {
    sha256: hex('acme ca'),
    subject: 'CN=Acme Internal Root CA, O=Acme',
    notAfter: now + 2200 * day,
  };
  return {
    theme,
    trustDirectory: '/home/jeff/.docker/trust',
    trustDirectorySource: 'default',
    servers: [
      {
        id: 'acme',
        registry: 'registry.example.com',
        url: 'https://notary.example.com',
        source: 'trustdesk',
        cas: [{ ...ca, source: 'trustdesk' }],
      },
      {
        id: 'org',
        registry: 'registry.example.org:5000',
        url: 'https://notary.example.org:4443',
        source: 'trustdesk',
        cas: [
          {
            ...ca,
            sha256: hex('org ca'),
            subject: 'CN=Platform CA',
            notAfter: now + 30 * day,
            source: 'docker-tls',
          },
        ],
        clientCertificate: 'CN=jeff',
      },
      { id: 'default', registry: '*', url: 'https://notary.docker.io', source: 'default', cas: [] },
    ],
  };
}

const goodSteps: readonly DoctorStep[] = [
  { id: 'reference', status: 'ok', found: 'registry.example.com/acme/app, without a tag.' },
  {
    id: 'server',
    status: 'ok',
    found: 'https://notary.example.com, set for registry.example.com in the settings.',
  },
  { id: 'dns', status: 'ok', found: 'notary.example.com is 192.0.2.10.' },
  { id: 'tcp', status: 'ok', found: 'Port 443 answers within 12 ms.' },
];
const unknownCa: DoctorStep = {
  id: 'tls',
  status: 'failed',
  found: 'The certificate of notary.example.com was issued by an authority that is not known here.',
  fix: 'Compare the fingerprint with the operator of the server, then trust it for this server.',
  unknownCa: {
    server: 'notary.example.com',
    sha256: hex('acme ca'),
    subject: 'CN=Acme Internal Root CA, O=Acme',
    issuer: 'CN=Acme Internal Root CA, O=Acme',
  },
};
const skipped: readonly DoctorStep[] = (['health', 'authentication', 'clock', 'trust-data'] as const).map(
  (id) => ({
    id,
    status: 'skipped',
    found: 'Needs a secure connection first.',
  }),
);

const running: SandboxStatus = {
  kind: 'running',
  trustServer: 'https://localhost:5444',
  registry: 'localhost:5443',
  caSha256: hex('sandbox ca'),
  repositories: ['localhost:5443/demo/hello'],
  hints: [
    'export DOCKER_CONTENT_TRUST_SERVER=https://localhost:5444',
    'docker trust inspect --pretty localhost:5443/demo/hello',
    'notary -s https://localhost:5444 -d ~/.docker/trust list localhost:5443/demo/hello',
  ],
};

/** A privileged side that answers like one with a past. */
export function privilegedSide(options: PrivilegedSide = {}): FakeBridge {
  const { firstRun = false, manyTags = 75_000, now = today, pace = 0 } = options;
  const wait = (milliseconds: number): Promise<void> =>
    pace === 0 ? Promise.resolve() : new Promise((resolve) => setTimeout(resolve, milliseconds * pace));
  let settings = settingsView(now, options.theme ?? 'system');
  let sandbox: SandboxStatus = firstRun ? { kind: 'absent' } : running;
  const known = firstRun ? [] : rows(now);
  const rowOf = (gun: string) => {
    const row = known.find((candidate) => candidate.gun === gun);
    if (row === undefined) throw new AppError('trust/no-data', { gun, server: 'https://notary.example.com' });
    return row;
  };
  let trusted = false;
  let many: TagTable | undefined;
  const tableOf = (gun: string) =>
    rowOf(gun).signedTags === 75_000 ? (many ??= largeTable(manyTags)) : smallTable();
  const handlers: Handlers = {
    'app.info': () => ({
      version: '0.1.0',
      mode: 'browser',
      platform: 'linux',
      trustDirectory: settings.trustDirectory,
      dataDirectory: '/home/jeff/.local/share/trustdesk',
      firstRun,
      found: firstRun ? { repositories: 3, keys: 5 } : { repositories: known.length, keys: 5 },
    }),
    'app.copyText': () => undefined,
    'app.openLink': () => undefined,
    'repositories.list': async () => {
      await wait(10);
      return known;
    },
    'repositories.add': ({ references }) =>
      references.map((reference) =>
        reference.includes('nothing')
          ? {
              ok: false,
              reference,
              error: {
                code: 'trust/no-data',
                details: { gun: reference, server: 'https://notary.example.com' },
              },
            }
          : { ok: true, reference, gun: acmeApp },
      ),
    'repositories.hide': () => undefined,
    'repositories.refresh': async () => {
      for (const [at, row] of known.entries()) {
        await wait(60);
        side.emit('repositories.refreshed', { done: at + 1, total: known.length, row });
      }
    },
    'repositories.detail': ({ gun }) => detailOf(rowOf(gun), now),
    'repositories.tags': ({ gun }) => tableOf(gun),
    'repositories.registryDigests': async ({ gun, tags }) => {
      await wait(20);
      return registryAnswers(tableOf(gun), tags);
    },
    'repositories.unsignedTags': () => ({
      kind: 'tags',
      tags: [
        '1.10-debug',
        '1.11-rc.1',
        'edge',
        'nightly-2026-11-18',
        'nightly-2026-11-19',
        'pr-2231',
        'pr-2240',
      ],
      unreleased: [],
    }),
    'repositories.rawMetadata': ({ role, version }) => rawMetadata(role, version ?? 3, now),
    'keys.list': () => (firstRun ? { keys: [], unreadable: [] } : keyList(now)),
    'settings.get': () => settings,
    'settings.setTheme': ({ theme }) => (settings = { ...settings, theme }),
    'settings.addServer': ({ registry, url }) =>
      (settings = {
        ...settings,
        servers: [...settings.servers, { id: url, registry, url, source: 'trustdesk', cas: [] }],
      }),
    'settings.removeServer': ({ id }) =>
      (settings = { ...settings, servers: settings.servers.filter((server) => server.id !== id) }),
    'settings.addServerCa': () => settings,
    'settings.removeServerCa': () => settings,
    'settings.trustShownCa': () => {
      trusted = true;
      return settings;
    },
    'settings.chooseTrustDirectory': () => {
      side.emit('prompts.asked', chooseFolder);
      return settings;
    },
    'doctor.run': async ({ target }) => {
      const steps = trusted
        ? [...goodSteps, { id: 'tls', status: 'ok', found: 'Verified with Acme Internal Root CA.' } as const]
        : [...goodSteps, unknownCa, ...skipped];
      for (const step of steps) {
        await wait(120);
        side.emit('doctor.step', { target, step });
      }
      return { target, healthy: trusted, steps };
    },
    'sandbox.status': () => sandbox,
    'sandbox.start': async () => {
      await wait(200);
      return (sandbox = running);
    },
    'sandbox.stop': () => (sandbox = { kind: 'stopped' }),
    'sandbox.reset': () => {
      side.emit('prompts.asked', confirmReset);
      return sandbox;
    },
    'prompts.answer': () => undefined,
  };
  const side = fakeBridge(handlers);
  return side;
}

const confirmReset = {
  kind: 'confirm',
  id: 'reset',
  title: 'Throw the sandbox away?',
  text: 'Its trust server, registry, demo repository and demo keys are deleted. Nothing else is touched.',
  confirmLabel: 'Throw the sandbox away',
  destructive: true,
} as const;

const chooseFolder = {
  kind: 'choose-file',
  id: 'folder',
  title: 'Choose the trust directory',
  want: 'directory',
  place: '/home/jeff',
  entries: ['.config', '.docker', '.notary', 'Documents', 'src'].map((name, at) => ({
    id: `entry-${at}`,
    name,
    directory: true,
  })),
} as const;

function registryAnswers(
  table: CallOutput<'repositories.tags'>,
  tags: readonly string[],
): CallOutput<'repositories.registryDigests'> {
  const positions = new Map(table.tags.map((tag, at) => [tag, at]));
  return tags.map((tag) => {
    const at = positions.get(tag) ?? -1;
    if (tag === '1.0') return { kind: 'absent', tag };
    const sha256 = tag === '1.4-hotfix' ? hex('moved') : (table.digests[at] ?? hex(tag));
    return { kind: 'digest', tag, sha256, mediaType: 'application/vnd.oci.image.index.v1+json', size: 1362 };
  });
}

function rawMetadata(role: string, version: number, now: number): CallOutput<'repositories.rawMetadata'> {
  const text = JSON.stringify({
    signatures: [{ keyid: hex(role), method: 'ecdsa', sig: hex(`${role} sig`) + hex(`${role} gis`) }],
    signed: {
      _type: role === 'root' ? 'Root' : 'Targets',
      delegations: { keys: {}, roles: [] },
      expires: new Date(now + 1094 * day).toISOString(),
      targets: Object.fromEntries(
        smallTable().tags.map((tag) => [tag, { hashes: { sha256: hex(tag) }, length: 1362 }]),
      ),
      version,
    },
  });
  return { text, bytes: text.length };
}
