/** Services for tests of what surrounds them: they record what they are asked, and answer valid little things. */
import { vi } from 'vitest';
import type { WindowServices, WindowSurroundings } from '../../electron/ipc/window-services.ts';
import type { CallOutput } from '../../shared/ipc/bridge.ts';

const settings: CallOutput<'settings.get'> = {
  theme: 'system',
  trustDirectory: '/home/kim/.docker/trust',
  trustDirectorySource: 'default',
  servers: [],
};
const stopped: CallOutput<'sandbox.status'> = { kind: 'stopped' };
const info: CallOutput<'app.info'> = {
  version: '1.2.3',
  mode: 'browser',
  platform: 'linux',
  trustDirectory: '/home/kim/.docker/trust',
  dataDirectory: '/home/kim/.local/share/trustdesk',
  firstRun: true,
  found: { repositories: 0, keys: 0 },
};
const detail: CallOutput<'repositories.detail'> = {
  row: {
    gun: 'localhost:5000/app',
    server: 'https://localhost:4443',
    abilities: { signAs: [], administer: false, rootKey: false },
    freshness: { kind: 'never' },
    warnings: [],
    sandbox: false,
  },
  signers: [],
  adminKeys: [],
  delegations: [],
  metadata: [],
  rootChain: [],
  due: [],
};

const answering = <T>(value: T) => vi.fn((..._args: readonly unknown[]) => Promise.resolve(value));

const plan: CallOutput<'plans.sign'> = {
  id: 'plan-1',
  kind: 'sign',
  title: 'Sign 1 tag',
  gun: 'localhost:5000/app',
  server: 'https://localhost:4443',
  createdAt: '2026-01-01T00:00:00Z',
  lines: [],
  roles: [],
  consequences: [],
  staged: 0,
};
/** As the service gives it: a plan out of a file always tells how far it is signed. */
const savedPlan = {
  ...plan,
  saved: { trust: 'known' as const, isSigned: false, canSign: true, signatures: [] },
};
const receipt: CallOutput<'plans.publish'> = {
  planId: 'plan-1',
  gun: 'localhost:5000/app',
  server: 'https://localhost:4443',
  title: 'Sign 1 tag',
  publishedAt: '2026-01-01T00:00:00Z',
  roles: [],
  tries: 1,
  movedTags: [],
};

const keyView = { id: 'ab'.repeat(32), role: 'jeff', algorithm: 'ECDSA P-256' };
const noBackup = { copies: 0, provenCopies: 0, drillDue: false };

const overview: CallOutput<'backups.list'> = {
  copies: [],
  keys: [],
  offline: [],
  proven: [],
  interrupted: [],
  unreadable: [],
  repositories: [],
};
const putKey: CallOutput<'yubikey.put'> = {
  serial: '12345678',
  slot: '9a',
  id: 'ab'.repeat(32),
  role: 'root',
  algorithm: 'ECDSA P-256',
};
const drill: CallOutput<'backups.check'> = {
  copy: 'copy-1',
  name: 'trustdesk-backup-2026-01-01.tar.gz.age',
  label: 'BLUE',
  size: 900,
  seal: 'passphrase',
  at: 0,
  complete: true,
  keys: [],
  problems: [],
};

function fakeBackups() {
  const done = answering(undefined);
  return {
    list: answering(overview),
    open: answering([]),
    leave: done,
    stop: done,
    forget: vi.fn(),
    addFolder: answering([]),
    write: answering([]),
    prove: answering(drill),
    check: answering(drill),
    found: answering([]),
    forgetCopy: done,
    settleInterrupted: done,
    openForSheet: answering({ id: 'sheet-1', name: 'x.age', keys: [], isProven: true }),
    saveSheet: answering('/home/kim/sheet.html'),
    printSheet: done,
    share: answering({}),
    impact: answering({ key: { id: 'ab'.repeat(32), role: 'root' }, roles: [] }),
    takeOffline: done,
    bringBack: done,
    sendAway: done,
    endVisits: done,
    noteUse: done,
    keepHere: done,
    planRestore: answering({ id: 'restore-1', name: 'x.age', items: [], problems: [] }),
    restore: answering([]),
  };
}

function fakeTokens() {
  const done = answering(undefined);
  return {
    state: answering({ kind: 'no-service' as const }),
    slots: answering({ slots: [], free: ['9a'] }),
    put: answering(putKey),
    generate: answering(putKey),
    exportPublic: answering({ place: '/tmp/jeff.pub' }),
    changePin: done,
    changePuk: done,
    unblock: done,
    name: done,
    lock: done,
    chooseLibrary: done,
    useUsualLibrary: done,
  };
}

/** A new set of services; every one is a mock function. */
export function fakeServices() {
  return {
    info: answering(info),
    repositories: {
      list: answering([detail.row]),
      add: answering([]),
      hide: answering(undefined),
      refresh: answering(undefined),
      detail: answering(detail),
      tags: answering({ tags: [], digests: [], sizes: [], signers: [], signerSets: [] }),
      registryDigests: answering([]),
      unsignedTags: answering({ kind: 'tags' as const, tags: [], unreleased: [] }),
      rawMetadata: answering({ text: '{}', bytes: 2 }),
    },
    keys: {
      list: answering({ keys: [], unreadable: [] }),
      generate: answering(keyView),
      import: answering([]),
      export: answering({ place: '/tmp/keys.pem' }),
      change: answering([]),
      certify: answering({ place: '/tmp/jeff.csr' }),
      removal: answering({ typed: 'jeff', impacts: [], unread: [], backup: noBackup }),
      remove: answering(undefined),
      remembered: answering({ where: 'nowhere' as const }),
      forget: answering(undefined),
      holdings: answering({ gun: 'g', server: '', trustDirectory: '/t', sandbox: false, roles: [] }),
    },
    settings: {
      view: answering(settings),
      setTheme: answering(settings),
      addServer: answering(settings),
      removeServer: answering(settings),
      addServerCa: answering(settings),
      trustShownCa: answering(settings),
      removeServerCa: answering(settings),
      chooseTrustDirectory: answering(settings),
    },
    doctor: { run: answering({ target: 'x', healthy: true, steps: [] }) },
    sandbox: {
      status: answering(stopped),
      start: answering(stopped),
      stop: answering(stopped),
      reset: answering(stopped),
    },
    plans: {
      sign: answering(plan),
      revoke: answering(plan),
      addSigner: answering(plan),
      removeSigner: answering(plan),
      witness: answering(plan),
      rotate: answering(plan),
      initialise: answering(plan),
      delete: answering(plan),
      restore: answering(plan),
      staged: answering(plan),
      publish: answering(receipt),
      cancel: answering(undefined),
      discard: answering(undefined),
      save: answering(undefined),
      open: answering(savedPlan),
      signSaved: answering(savedPlan),
      identify: answering([]),
      stagedChanges: answering([]),
      unfinished: answering([]),
    },
    delegations: {
      add: answering(plan),
      addKeys: answering(plan),
      removeKeys: answering(plan),
      changePaths: answering(plan),
      remove: answering(plan),
      purge: answering(plan),
      knownKeys: answering([]),
    },
    backups: fakeBackups(),
    yubikey: fakeTokens(),
    verify: {
      check: answering({ id: 'x', documents: [] }),
      stop: answering(undefined),
      pinned: vi.fn(() => ({ text: '', changed: [], left: 0 })),
      save: answering(undefined),
    },
    activity: { list: answering({ entries: [], cutShort: false }), export: answering(undefined) },
    lock: { state: vi.fn(() => ({ unlocked: [] })), lock: vi.fn(() => ({ unlocked: [] })) },
    close: answering(undefined),
  } satisfies WindowServices;
}

/** A `compose` that gives these services and keeps what it was given. */
export function fakeCompose(services: WindowServices = fakeServices()) {
  return vi.fn((_surroundings: WindowSurroundings) => Promise.resolve(services));
}
