/**
 * Plans and publishing as they are composed, on a computer of their own, against the simulated trust server over TLS.
 * A person who answers (or does not), and a hook that runs when an upload arrives. Test code.
 */
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach } from 'vitest';
import type { CanonicalKeyId, Gun, RoleName } from '../../../shared/brands.ts';
import { AppError } from '../../../shared/errors.ts';
import { ActivityLog, type ActivityEntry } from '../../../electron/activity/activity-log.ts';
import { nodeCrypto } from '../../../electron/crypto/node-crypto.ts';
import { generateKey } from '../../../electron/keystore/generate-key.ts';
import { listKeys } from '../../../electron/keystore/key-directory.ts';
import { PassphraseMemory } from '../../../electron/keystore/passphrase-memory.ts';
import type { PrivateKey } from '../../../electron/keystore/private-key.ts';
import { SecretBytes } from '../../../electron/keystore/secret-bytes.ts';
import { storeKey } from '../../../electron/keystore/store-key.ts';
import { KeyUnlocker, type PassphraseQuestion } from '../../../electron/keystore/unlock.ts';
import { createHttpClient } from '../../../electron/network/http-client.ts';
import { changelistFolder } from '../../../electron/notary/changelist.ts';
import { answer, type SandboxRequest, type SandboxResponse } from '../../../electron/sandbox/exchange.ts';
import { connectLikeDocker, readConfiguration } from '../../../electron/trust/connect.ts';
import type { Plan } from '../../../electron/trust/plan/plan.ts';
import { ReadMemories } from '../../../electron/notary/read-memory.ts';
import { Planner } from '../../../electron/trust/plan/planner.ts';
import {
  publish,
  publishPorts,
  type PublishingServices,
  toPlanSource,
} from '../../../electron/trust/plan/publishing.ts';
import { RestorePoints } from '../../../electron/trust/plan/restore-points.ts';
import type { TagToSign } from '../../../electron/trust/plan/sign-tags.ts';
import { readRepository } from '../../../electron/trust/read-repository.ts';
import { parseGun } from '../../../electron/tuf/names.ts';
import type { PublicKey } from '../../../electron/tuf/model.ts';
import { Publisher, withRoleKeys } from '../../simulator/notary-simulator-publisher.ts';
import { NotarySimulator } from '../../simulator/notary-simulator.ts';

export const now = new Date('2026-06-01T12:00:00Z');
export const passphrase = 'what the person knows';
export const gun: Gun = parseGun('registry.example.test/acme/app');

/** The simulator with a moment before it looks at an upload. */
export class HookedSimulator extends NotarySimulator {
  beforeUpload: (() => Promise<void>) | undefined;
  /** Runs when a deletion was carried out, before it is answered. */
  afterDeletion: (() => void) | undefined;
  uploads = 0;
  /** How often the server was asked for a key of its own. */
  keyRequests = 0;
  /** As for an account that may not push. */
  tellsKeys = true;

  override async handle(request: SandboxRequest): Promise<SandboxResponse> {
    if (request.method === 'POST') {
      this.uploads += 1;
      await this.beforeUpload?.();
    }
    if (request.path.endsWith('.key')) {
      this.keyRequests += 1;
      if (!this.tellsKeys) return answer(403);
    }
    const response = await super.handle(request);
    if (request.method === 'DELETE') this.afterDeletion?.();
    return response;
  }

  /** Does it once, when the next upload arrives. */
  once(work: () => Promise<unknown>): void {
    this.beforeUpload = async () => {
      this.beforeUpload = undefined;
      await work();
    };
  }
}

const cleanups: (() => Promise<void>)[] = [];

/** Call once per file that uses the lab. */
export function usePublishingLab(): void {
  afterEach(async () => {
    for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
  });
}

export type PublishingLab = Awaited<ReturnType<typeof openPublishingLab>>;

/** A server, and a person without keys. */
export async function openPublishingLab() {
  const simulator = new HookedSimulator({ now });
  const { endpoint, caPem } = await simulator.listen();
  cleanups.push(() => endpoint.close());
  const home = await mkdtemp(join(tmpdir(), 'td-publish-'));
  cleanups.push(() => rm(home, { recursive: true, force: true }));
  const dockerConfig = join(home, '.docker');
  const tls = join(dockerConfig, 'tls', `localhost:${String(endpoint.port)}`);
  await mkdir(tls, { recursive: true });
  await writeFile(join(tls, 'ca.crt'), caPem);
  const dataFolder = join(home, 'trustdesk');
  const env = {
    DOCKER_CONFIG: dockerConfig,
    DOCKER_CONTENT_TRUST_SERVER: endpoint.url,
    TRUSTDESK_HOME: dataFolder,
  };
  const http = createHttpClient({ env, timeouts: { idleMs: 2_000, connectMs: 2_000, totalMs: 10_000 } });
  cleanups.push(() => {
    http.close();
    return Promise.resolve();
  });
  const surroundings = { env, platform: process.platform, home, now: () => simulator.now, http };
  const connector = connectLikeDocker(await readConfiguration(surroundings), surroundings);
  const { trustDirectory } = connector;

  const person = { answer: passphrase as string, asked: [] as PassphraseQuestion[] };
  const opened: PrivateKey[] = [];
  const unlocker = new WatchedUnlocker(person, opened);
  const memories = new ReadMemories(nodeCrypto);
  const common = {
    connectorFor: () => Promise.resolve(connector),
    memories,
    crypto: memories.crypto,
    now: () => simulator.now,
  };
  const services: PublishingServices = {
    ...common,
    unlocker,
    restorePoints: new RestorePoints(dataFolder),
    activity: new ActivityLog(join(dataFolder, 'activity.jsonl'), common.now),
  };
  const planner = new Planner({ ...common, listKeys: async (folder) => (await listKeys(folder)).keys });
  const folder = changelistFolder(trustDirectory, gun);
  return {
    simulator,
    endpoint,
    env,
    home,
    dataFolder,
    trustDirectory,
    connector,
    person,
    /** Every private key that was opened, in order. */
    opened,
    services,
    planner,
    /** As if the keys of one signer were not on this computer. */
    plannerWithout: (name: string) =>
      new Planner({
        ...common,
        listKeys: async (folder) => (await listKeys(folder)).keys.filter((key) => key.role !== name),
      }),
    /** Where these root keys are recorded as kept offline: in a window, or on the command line. */
    plannerKnowing: (offline: readonly string[]) =>
      new Planner({
        ...common,
        listKeys: async (folder) => (await listKeys(folder)).keys,
        offlineRoots: { ids: () => Promise.resolve(offline) },
      }),
    publish: (plan: Plan, signal?: AbortSignal) => publish(plan, services, signal),
    ports: () => publishPorts(connector, services, opened),
    source: async () =>
      toPlanSource(await readRepository(connector, gun, { now: simulator.now, from: 'server' })),
    /** A signer's key in the key store of this computer. */
    newKey: async (name: string): Promise<PublicKey> => {
      const key = await generateKey();
      await storeKey(trustDirectory, key, { role: name }, SecretBytes.fromText(passphrase));
      key.wipe();
      return key.key;
    },
    /** The file that the server shows now, as JSON. */
    served: (role: string) => {
      const bytes = simulator.store.current(gun, role)?.bytes;
      return bytes === undefined ? undefined : (JSON.parse(Buffer.from(bytes).toString()) as ServedFile);
    },
    tags: (role = 'targets/releases') => Object.keys(readTargets(simulator, role)).sort(),
    versions: () =>
      ['root', 'targets', 'targets/jeff', 'targets/releases'].map(
        (role) => simulator.store.current(gun, role)?.version,
      ),
    journal: () => namesIn(join(dataFolder, 'publishing')),
    restorePointFiles: () => namesIn(join(dataFolder, 'restore-points')),
    activity: () => activityIn(join(dataFolder, 'activity.jsonl')),
    keyFiles: () => namesIn(join(trustDirectory, 'private')),
    /** As `notary addhash` leaves it. */
    stage: async (tag: string, role = 'targets/releases') => {
      await mkdir(folder, { recursive: true });
      const data = Buffer.from(
        JSON.stringify({ hashes: { sha256: tagToSign(tag).sha256 }, length: 5 }),
      ).toString('base64');
      const change = { action: 'create', role, type: 'target', path: tag, data };
      await writeFile(join(folder, `00000000000000000001_${tag}.change`), JSON.stringify(change));
    },
    staged: () => namesIn(folder),
  };
}

export interface ServedFile {
  readonly signed: { readonly version: number; readonly targets?: Record<string, unknown> };
  readonly signatures: readonly { readonly keyid: string }[];
}

function readTargets(simulator: NotarySimulator, role: string): Record<string, unknown> {
  const bytes = simulator.store.current(gun, role)?.bytes;
  if (bytes === undefined) return {};
  return (JSON.parse(Buffer.from(bytes).toString()) as ServedFile).signed.targets ?? {};
}

async function namesIn(folder: string): Promise<readonly string[]> {
  return (await readdir(folder, { recursive: true }).catch(() => [])).sort();
}

async function activityIn(file: string): Promise<readonly ActivityEntry[]> {
  const text = await readFile(file, 'utf8').catch(() => '');
  return text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as ActivityEntry);
}

class WatchedUnlocker extends KeyUnlocker {
  readonly #opened: PrivateKey[];

  constructor(
    person: { readonly answer: string; readonly asked: PassphraseQuestion[] },
    opened: PrivateKey[],
  ) {
    super({
      prompt: {
        askPassphrase: (question) => {
          person.asked.push(question);
          if (person.answer === 'cancels') return Promise.reject(new AppError('prompt/cancelled', {}));
          return Promise.resolve({
            passphrase: SecretBytes.fromText(person.answer),
            remember: 'no' as const,
          });
        },
      },
      memory: new PassphraseMemory(),
      environment: {},
      notify: () => undefined,
    });
    this.#opened = opened;
  }

  override async open(...args: Parameters<KeyUnlocker['open']>): Promise<PrivateKey> {
    const key = await super.open(...args);
    this.#opened.push(key);
    return key;
  }
}

/** A tag whose digest follows from `content`. */
export const tagToSign = (tag: string, content = tag): TagToSign => ({
  tag,
  sha256: Buffer.from(nodeCrypto.sha256(Buffer.from(content))).toString('base64'),
  length: 5,
});

/** A repository with one signer, jeff, whose key is here, and one signed tag, `old`. */
export async function withJeff() {
  const lab = await openPublishingLab();
  const jeff = await lab.newKey('jeff');
  await lab.publish(await lab.planner.addSigner({ gun, name: 'jeff', keys: [jeff], rootKey: 'new' }));
  await lab.publish(await lab.planner.sign({ gun, tags: [tagToSign('old')] }));
  lab.person.asked.length = 0;
  lab.opened.length = 0;
  lab.simulator.uploads = 0;
  return { ...lab, jeff };
}

/**
 * As `notary init` makes it: targets and snapshot keys are here; one tag, `1.0`, is signed by the administrator.
 * @param owners names of the snapshot keys; all of them have to sign
 */
export async function withOwnSnapshot(owners: readonly string[] = ['snapshot']) {
  const lab = await openPublishingLab();
  const publisher = await Publisher.create(lab.simulator.send, gun, now, 'client');
  const stored = async (role: string): Promise<PrivateKey> => {
    const key = await generateKey();
    await storeKey(lab.trustDirectory, key, { role, gun }, SecretBytes.fromText(passphrase));
    return key;
  };
  const targets = await stored('targets');
  const snapshots: PrivateKey[] = [];
  for (const owner of owners) snapshots.push(await stored(owner));
  let root = withRoleKeys(publisher.root, 'targets', [targets.key]);
  const snapshotKeys = snapshots.map(({ key }) => key);
  root = withRoleKeys(root, 'snapshot', snapshotKeys, owners.length);
  const used = new Set([...root.roles.values()].flatMap(({ keyids }) => keyids));
  const keys = new Map([...root.keys].filter(([id]) => used.has(id)));
  const files = [await publisher.signedRoot({ ...root, keys }), await publisher.signedTargets({}, targets)];
  const sent = await publisher.upload([...files, await publisher.signedSnapshot(files, {}, ...snapshots)]);
  if (sent.status !== 200) throw new Error(sent.body.toString());
  return lab;
}

export const role = (name: string): RoleName => name as RoleName;
export const keyId = (id: string): CanonicalKeyId => id as CanonicalKeyId;
