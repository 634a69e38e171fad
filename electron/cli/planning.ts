/**
 * What the changing commands share: the planner and the publishing services of this process, found as docker finds
 * its own. Command line.
 */
import path from 'node:path';
import type { Gun } from '../../shared/brands.ts';
import { ActivityLog } from '../activity/activity-log.ts';
import { offlineRootIds } from '../backup/offline-keys.ts';
import { nodeCrypto } from '../crypto/node-crypto.ts';
import { systemKeyChain } from '../keystore/key-chain.ts';
import { PassphraseMemory } from '../keystore/passphrase-memory.ts';
import { ReadMemories } from '../notary/read-memory.ts';
import { KeyUnlocker } from '../keystore/unlock.ts';
import { passphrasePrompt } from './passphrase-prompt.ts';
import { type CredentialSource, dockerCredentials } from '../registry/credentials.ts';
import { resolvePaths } from '../settings/paths.ts';
import { loadSettings } from '../settings/settings-file.ts';
import {
  type Configured,
  connectLikeDocker,
  connectLikeNotary,
  readConfiguration,
  trustDirectoryOf,
} from '../trust/connect.ts';
import type { Connector } from '../trust/connector.ts';
import { KnownKeys } from '../trust/plan/known-keys.ts';
import { Planner } from '../trust/plan/planner.ts';
import type { PublishingServices } from '../trust/plan/publishing.ts';
import { demoPassphrase } from '../sandbox/demo-content.ts';
import { chooseConnector } from '../trust/sandbox-connector.ts';
import { RestorePoints } from '../trust/plan/restore-points.ts';
import type { Arguments } from './command.ts';
import { notaryChoicesOf } from './notary-choices.ts';
import { endVisitsSaying, isOwnFolder, noteUseSaying, sayOverdue, type VisitPlaces } from './end-visits.ts';
import { sayUnfinished } from './say-unfinished.ts';
import { slowHelperSayer, surroundingsOf, type Terminal } from './terminal.ts';
import { planTokens } from './tokens.ts';
import { sayingWhy } from './said-key-chain.ts';
import { sayProblem } from './warnings.ts';

export interface Planning {
  readonly planner: Planner;
  readonly services: PublishingServices;
  readonly connectorFor: (gun: Gun) => Promise<Connector>;
  readonly unlocker: KeyUnlocker;
  /** Of repositories that were connected to; keys of the sandbox are thrown away with it. */
  readonly isSandbox: (gun: Gun) => boolean;
  readonly credentials: CredentialSource;
}

/** Says first what became of interrupted publishes. @throws `config/*`, `files/*` */
export async function openPlanning(terminal: Terminal): Promise<Planning> {
  const surroundings = surroundingsOf(terminal);
  const configured = await readConfiguration(surroundings);
  if (configured.notaryProblem !== undefined) sayProblem(configured.notaryProblem, terminal);
  return planningWith(connectLikeDocker(configured, surroundings), configured, terminal);
}

/** The same with server, certificates and folder found as notary finds them. @throws `config/*`, `files/*` */
export async function openPlanningLikeNotary(args: Arguments, terminal: Terminal): Promise<Planning> {
  const surroundings = surroundingsOf(terminal);
  const choices = notaryChoicesOf(args, terminal);
  const connector = await connectLikeNotary(surroundings, choices);
  const isNamed = choices.server !== undefined || choices.trustDirectory !== undefined;
  const paths = resolvePaths(surroundings);
  const own = { paths, settings: await loadSettings(paths.settingsFile) };
  return planningWith(connector, own, terminal, { sandbox: !isNamed });
}

async function planningWith(
  connector: Connector,
  own: Pick<Configured, 'paths' | 'settings'>,
  terminal: Terminal,
  allow: { readonly sandbox: boolean } = { sandbox: true },
): Promise<Planning> {
  const surroundings = surroundingsOf(terminal);
  const [{ paths }, ownFolder] = [own, trustDirectoryOf(own)];
  const { now } = terminal;
  const unlocker = openUnlocker(terminal);
  const memories = new ReadMemories(nodeCrypto);
  const keys = new KnownKeys();
  const data = paths.dataDirectory;
  const choose = allow.sandbox
    ? chooseConnector(connector, data, surroundings)
    : () => Promise.resolve({ connector, sandbox: false });
  const inSandbox = new Set<Gun>();
  const connectorFor = async (gun: Gun): Promise<Connector> => {
    const chosen = await choose(gun);
    if (chosen.sandbox) inSandbox.add(gun);
    return chosen.connector;
  };
  const common = { connectorFor, memories, crypto: memories.crypto, now };
  const tokens = planTokens(terminal, data);
  const offlineRoots = {
    ids: async (gun: Gun) => (inSandbox.has(gun) ? [] : offlineRootIds(paths.backupRecordsFile)),
  };
  const visit = { trustDir: ownFolder, recordsFile: paths.backupRecordsFile };
  const ofOwnFolder = await isOwnFolder(connector.trustDirectory, ownFolder);
  const activity = new ActivityLog(path.join(data, 'activity.jsonl'), now);
  const services: PublishingServices = {
    ...common,
    keys,
    tokens,
    passphraseHint: (gun) => (inSandbox.has(gun) ? [`Keys of the sandbox open with: ${demoPassphrase}`] : []),
    unlocker,
    restorePoints: new RestorePoints(data),
    activity,
    ...(ofOwnFolder ? visitorsOf(visit, activity, terminal) : {}),
  };
  await sayUnfinished(services, terminal);
  await sayOverdue(visit, terminal);
  return {
    connectorFor,
    unlocker,
    isSandbox: (gun) => inSandbox.has(gun),
    credentials: dockerCredentials(paths.dockerConfigFile, terminal.env, {
      onSlow: slowHelperSayer(terminal),
    }),
    planner: new Planner({ ...common, tokens, offlineRoots, listKeys: (folder) => keys.list(folder) }),
    services,
  };
}

function visitorsOf(
  visit: VisitPlaces,
  activity: ActivityLog,
  terminal: Terminal,
): Pick<PublishingServices, 'beforeUpload' | 'afterPublish'> {
  return {
    beforeUpload: (keyIds) => noteUseSaying(visit.recordsFile, keyIds, terminal),
    afterPublish: (keyIds) => endVisitsSaying(visit, keyIds, activity, terminal),
  };
}

/** Environment variables of docker and notary, the key chain, then the terminal. */
export function openUnlocker(terminal: Terminal): KeyUnlocker {
  return new KeyUnlocker({
    prompt: passphrasePrompt(terminal),
    memory: new PassphraseMemory(),
    keyChain: sayingWhy(systemKeyChain(), terminal),
    environment: terminal.env,
    notify: ({ error }) => sayProblem(error, terminal),
  });
}
