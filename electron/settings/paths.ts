/**
 * Where everything is on this computer: docker's folders, notary's configuration, our own data.
 * Main process and command line. Computes only: nothing is created or read.
 */
import path from 'node:path';

export interface Environment {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly platform: string;
  /** The person's home directory. */
  readonly home: string;
}

export interface Paths {
  /** Docker's configuration folder: DOCKER_CONFIG or `~/.docker`. */
  readonly dockerConfig: string;
  readonly dockerConfigFile: string;
  /** Docker's trust directory, unless the settings name another one. */
  readonly trustDirectory: string;
  readonly trustDirectorySource: 'default' | 'DOCKER_CONFIG';
  readonly notaryConfigFile: string;
  /** Our own files: TRUSTDESK_HOME or the platform's place. */
  readonly dataDirectory: string;
  readonly settingsFile: string;
  /** What is known of backups and of keys that are kept offline. */
  readonly backupRecordsFile: string;
}

/** Every place by the rules of the tool that owns it. */
export function resolvePaths(environment: Environment): Paths {
  const { env, home } = environment;
  const configured = env['DOCKER_CONFIG'];
  const dockerConfig = isSet(configured) ? configured : path.join(home, '.docker');
  const dataDirectory = resolveDataDirectory(environment);
  return {
    dockerConfig,
    dockerConfigFile: path.join(dockerConfig, 'config.json'),
    trustDirectory: path.join(dockerConfig, 'trust'),
    trustDirectorySource: isSet(configured) ? 'DOCKER_CONFIG' : 'default',
    notaryConfigFile: path.join(home, '.notary', 'config.json'),
    dataDirectory,
    settingsFile: path.join(dataDirectory, 'settings.json'),
    backupRecordsFile: path.join(dataDirectory, 'backups.json'),
  };
}

function resolveDataDirectory({ env, platform, home }: Environment): string {
  const own = env['TRUSTDESK_HOME'];
  if (isSet(own)) return path.resolve(own);
  if (platform === 'darwin') return path.join(home, 'Library', 'Application Support', 'Trustdesk');
  if (platform === 'win32')
    return path.join(env['APPDATA'] ?? path.join(home, 'AppData', 'Roaming'), 'Trustdesk');
  const base = env['XDG_DATA_HOME'];
  // XDG base directories: relative values are to be ignored.
  return path.join(
    isSet(base) && path.isAbsolute(base) ? base : path.join(home, '.local', 'share'),
    'trustdesk',
  );
}

function isSet(value: string | undefined): value is string {
  return value !== undefined && value !== '';
}
