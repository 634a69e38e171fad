/**
 * What the changing commands share: the planner and the publishing services of this process, found as docker finds
 * its own. Command line.
 */
import path from 'node:path';
import { ActivityLog } from '../activity/activity-log.ts';
import { nodeCrypto } from '../crypto/node-crypto.ts';
import { listKeys } from '../keystore/key-directory.ts';
import { systemKeyChain } from '../keystore/key-chain.ts';
import { PassphraseMemory } from '../keystore/passphrase-memory.ts';
import { KeyUnlocker } from '../keystore/unlock.ts';
import { terminalPassphrase } from '../prompts/terminal-passphrase.ts';
import { type CredentialSource, dockerCredentials } from '../registry/credentials.ts';
import { connectLikeDocker, readConfiguration } from '../trust/connect.ts';
import type { Connector } from '../trust/connector.ts';
import { Planner } from '../trust/plan/planner.ts';
import type { PublishingServices } from '../trust/plan/publishing.ts';
import { RestorePoints } from '../trust/plan/restore-points.ts';
import { sayUnfinished } from './say-unfinished.ts';
import { surroundingsOf, type Terminal } from './terminal.ts';
import { sayProblem } from './warnings.ts';

export interface Planning {
  readonly planner: Planner;
  readonly services: PublishingServices;
  readonly connector: Connector;
  readonly trustDirectory: string;
  readonly unlocker: KeyUnlocker;
  readonly credentials: CredentialSource;
}

/** Says first what became of interrupted publishes. @throws `config/*`, `files/*` */
export async function openPlanning(terminal: Terminal): Promise<Planning> {
  const surroundings = surroundingsOf(terminal);
  const configured = await readConfiguration(surroundings);
  if (configured.notaryProblem !== undefined) sayProblem(configured.notaryProblem, terminal);
  const connector = connectLikeDocker(configured, surroundings);
  const { now } = terminal;
  const unlocker = openUnlocker(terminal);
  const common = { connectorFor: () => Promise.resolve(connector), crypto: nodeCrypto, now };
  const data = configured.paths.dataDirectory;
  const services: PublishingServices = {
    ...common,
    unlocker,
    restorePoints: new RestorePoints(data),
    activity: new ActivityLog(path.join(data, 'activity.jsonl'), now),
  };
  await sayUnfinished(services, terminal);
  return {
    connector,
    unlocker,
    trustDirectory: connector.trustDirectory,
    credentials: dockerCredentials(configured.paths.dockerConfigFile, terminal.env),
    planner: new Planner({ ...common, listKeys: async (folder) => (await listKeys(folder)).keys }),
    services,
  };
}

/** Environment variables of docker and notary, the key chain, then the terminal. */
export function openUnlocker(terminal: Terminal): KeyUnlocker {
  return new KeyUnlocker({
    prompt: terminalPassphrase(),
    memory: new PassphraseMemory(),
    keyChain: systemKeyChain(),
    environment: terminal.env,
    notify: ({ error }) => sayProblem(error, terminal),
  });
}
