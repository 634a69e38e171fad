/** What the commands on keys and backups share: where keys and records are, and the log of what was done. Command line. */
import path from 'node:path';
import type { Gun } from '../../shared/brands.ts';
import { isAppError } from '../../shared/errors.ts';
import { ActivityLog } from '../activity/activity-log.ts';
import { type BackupRecords, loadBackupRecords } from '../backup/backup-records.ts';
import { listKeys } from '../keystore/key-directory.ts';
import {
  connectLikeDocker,
  connectLikeNotary,
  readConfiguration,
  resolveNotaryTrustDirectory,
  trustDirectoryOf,
} from '../trust/connect.ts';
import type { Connector } from '../trust/connector.ts';
import { chooseConnector, type ConnectorChoice } from '../trust/sandbox-connector.ts';
import type { Arguments } from './command.ts';
import { notaryChoicesOf } from './notary-choices.ts';
import { surroundingsOf, type Terminal } from './terminal.ts';
import { listTokenKeys, openTokenDesk } from './tokens.ts';
import { sayProblem } from './warnings.ts';

export interface KeyDesk {
  readonly trustDirectory: string;
  readonly settingsFile: string;
  readonly recordsFile: string;
  /** Reads a repository as the tool does whose manners the command has; of the sandbox with the sandbox's own. */
  connectorFor(gun: Gun): Promise<ConnectorChoice>;
  records(): Promise<BackupRecords>;
  /** IDs of the keys that can sign here: in files, and on tokens that are plugged in. Trouble with a token is said. */
  keysHere(): Promise<ReadonlySet<string>>;
  /** Notes an act that was done; a log that cannot be written is said, and undoes nothing. */
  record(what: string, title: string, details?: Readonly<Record<string, unknown>>): Promise<void>;
}

/** For commands with notary's options. @throws `config/*` */
export async function openKeyDesk(args: Arguments, terminal: Terminal): Promise<KeyDesk> {
  const surroundings = surroundingsOf(terminal);
  const choices = notaryChoicesOf(args, terminal);
  const trustDirectory = await resolveNotaryTrustDirectory(surroundings, choices);
  const connect = (): Promise<Connector> => connectLikeNotary(surroundings, choices);
  return toDesk(trustDirectory, connect, terminal);
}

/** For commands of our own: where docker looks. @throws `config/*` */
export async function openOwnDesk(terminal: Terminal): Promise<KeyDesk> {
  const surroundings = surroundingsOf(terminal);
  const configured = await readConfiguration(surroundings);
  if (configured.notaryProblem !== undefined) sayProblem(configured.notaryProblem, terminal);
  const connect = (): Promise<Connector> => Promise.resolve(connectLikeDocker(configured, surroundings));
  return toDesk(trustDirectoryOf(configured), connect, terminal);
}

async function toDesk(
  trustDirectory: string,
  connect: () => Promise<Connector>,
  terminal: Terminal,
): Promise<KeyDesk> {
  const { paths } = await readConfiguration(surroundingsOf(terminal));
  let connector: Promise<Connector> | undefined;
  const log = new ActivityLog(path.join(paths.dataDirectory, 'activity.jsonl'), terminal.now);
  return {
    trustDirectory,
    settingsFile: paths.settingsFile,
    recordsFile: paths.backupRecordsFile,
    connectorFor: async (gun) => {
      connector ??= connect();
      return chooseConnector(await connector, paths.dataDirectory, surroundingsOf(terminal))(gun);
    },
    records: () => loadBackupRecords(paths.backupRecordsFile),
    keysHere: async () => {
      const { dataDirectory } = paths;
      const [{ keys }, onTokens] = await Promise.all([
        listKeys(trustDirectory),
        listTokenKeys(terminal, dataDirectory, () => openTokenDesk(terminal, dataDirectory)),
      ]);
      return new Set<string>([...keys.map(({ id }) => id), ...onTokens.map(({ keyId }) => keyId)]);
    },
    record: async (what, title, details = {}) => {
      try {
        await log.append({ what, details: { title, ...details } });
      } catch (error) {
        if (!isAppError(error)) throw error;
        sayProblem(error, terminal);
      }
    },
  };
}
