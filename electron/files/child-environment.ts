/**
 * What a program that is started from here gets to see, and which program that is. Privileged process; reads no file's
 * content.
 */
import { constants } from 'node:fs';
import path from 'node:path';
import { access } from './file-calls.ts';

type Environment = Readonly<Record<string, string | undefined>>;

/** docker's, notary's and our own passphrases, in all their spellings, and notary's user and password. */
const secretName = /^(?:NOTARY_AUTH|(?:NOTARY|DOCKER_CONTENT_TRUST|TRUSTDESK)_\w*PASSPHRASE)$/i;

/** SECURITY: a passphrase is for the key store; no other program gets it along with its environment. */
export function withoutSecrets(env: Environment): Record<string, string | undefined> {
  return Object.fromEntries(Object.entries(env).filter(([name]) => !secretName.test(name)));
}

/**
 * The file that `name` stands for in PATH, or undefined.
 * SECURITY: as in Go, only absolute folders of PATH count, never the folder that one happens to be in; Windows itself
 * looks there first.
 */
export async function findProgram(
  name: string,
  env: Environment,
  platform: string = process.platform,
): Promise<string | undefined> {
  const windows = platform === 'win32';
  const folders = (env['PATH'] ?? env['Path'] ?? '').split(windows ? ';' : ':');
  const file = windows ? `${name}.exe` : name;
  for (const folder of folders.filter((one) => path.isAbsolute(one))) {
    const candidate = path.join(folder, file);
    if (await isExecutable(candidate)) return candidate;
  }
  return undefined;
}

async function isExecutable(file: string): Promise<boolean> {
  return access(file, constants.X_OK).then(
    () => true,
    () => false,
  );
}
