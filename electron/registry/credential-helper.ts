/**
 * Asks `docker-credential-<name>` for the credentials of one registry. Main process and command line.
 * SECURITY: the address goes in on stdin, the secret comes out on stdout; nothing is put on an argument list,
 * and what the helper prints is never part of an error. It gets no passphrase of ours, and no helper is run from the
 * folder that one happens to be in.
 */
import type { ChildProcess } from 'node:child_process';
import { AppError } from '../../shared/errors.ts';
import { findProgram, withoutSecrets } from '../files/child-environment.ts';
import type { Credentials } from './docker-config.ts';

/** Helpers may ask the person to unlock a key ring; longer than this is a hang. */
const helperMs = 60_000;
/** How long one that is told to end may take to tidy up. */
const graceMs = 500;
const longestAnswer = 1024 * 1024;
/** After this a person should hear what is waited for: the helper may be asking in a window that they do not see. */
const slowMs = 4_000;

export interface HelperPatience {
  /** Told once for a call that takes long, with the program's name; it goes on being waited for. */
  readonly onSlow?: ((helper: string) => void) | undefined;
  /** Instead of the usual four seconds. */
  readonly slowMs?: number;
}

/** docker-credential-helpers: credentials.NewErrCredentialsNotFound and friends. */
const nothingStored = [
  'credentials not found in native keychain',
  'no credentials server URL',
  'no credentials username',
];

/** The credentials, or undefined when the helper has none. Throws `config/credential-helper`. */
export async function askCredentialHelper(
  name: string,
  serverKey: string,
  env: Readonly<Record<string, string | undefined>>,
  patience: HelperPatience = {},
): Promise<Credentials | undefined> {
  const helper = `docker-credential-${name}`;
  const slow = setTimeout(() => patience.onSlow?.(helper), patience.slowMs ?? slowMs);
  const { code, stdout } = await run(helper, serverKey, env).finally(() => {
    clearTimeout(slow);
  });
  if (code !== 0) {
    if (nothingStored.includes(stdout.trim())) return undefined;
    throw failed(helper, code === null ? 'was ended by a signal' : `exited with ${String(code)}`);
  }
  return parseAnswer(helper, stdout);
}

function parseAnswer(helper: string, stdout: string): Credentials | undefined {
  const answer = parseJson(helper, stdout);
  const username = answer.Username;
  const secret = answer.Secret;
  if (typeof username !== 'string' || typeof secret !== 'string')
    throw failed(helper, 'answered without credentials');
  if (username === '' && secret === '') return undefined;
  // docker: the user name `<token>` marks an identity token
  if (username === '<token>') return { kind: 'identity-token', username: '', token: secret };
  return { kind: 'password', username, password: secret };
}

function parseJson(helper: string, text: string): { readonly Username?: unknown; readonly Secret?: unknown } {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === 'object' && value !== null) return value;
  } catch {
    // The parser's message would quote the secret.
  }
  throw failed(helper, 'answered something that is not JSON');
}

async function run(
  helper: string,
  input: string,
  env: Readonly<Record<string, string | undefined>>,
): Promise<{ readonly code: number | null; readonly stdout: string }> {
  const { spawn } = await import('node:child_process');
  const program = await findProgram(helper, env);
  if (program === undefined) throw failed(helper, 'not found in PATH');
  return new Promise((resolve, reject) => {
    const child = spawn(program, ['get'], {
      env: withoutSecrets(env),
      stdio: ['pipe', 'pipe', 'ignore'],
      windowsHide: true,
    });
    const chunks: Buffer[] = [];
    let size = 0;
    // What the helper started itself may live on: nothing is waited for, and its output goes nowhere.
    const giveUp = (reason: string, cause?: unknown): void => {
      clearTimeout(timer);
      child.stdout.destroy();
      endChild(child, () => reject(failed(helper, reason, cause)));
    };
    const timer = setTimeout(() => {
      giveUp('took too long');
    }, helperMs);
    child.stdout.on('data', (chunk: Buffer) => {
      size += chunk.length;
      chunks.push(chunk);
      if (size > longestAnswer) giveUp('answered too much');
    });
    child.stdin.on('error', () => undefined); // a helper may end without reading
    child.on('error', (error: NodeJS.ErrnoException) => {
      giveUp(error.code === 'ENOENT' ? 'not found in PATH' : 'could not be started', error);
    });
    child.on('close', (code) => {
      clearTimeout(timer);
      resolve({ code, stdout: Buffer.concat(chunks).toString('utf8') });
    });
    child.stdin.end(`${input}\n`);
  });
}

/** Calls `ended` when the helper has ended, or was killed because it did not want to; perhaps twice. */
function endChild(child: ChildProcess, ended: () => void): void {
  // It was never started, or has ended.
  if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) {
    ended();
    return;
  }
  const grace = setTimeout(() => {
    child.kill('SIGKILL');
    ended();
  }, graceMs);
  child.once('exit', () => {
    clearTimeout(grace);
    ended();
  });
  child.kill();
}

function failed(helper: string, reason: string, cause?: unknown): AppError {
  return new AppError('config/credential-helper', { helper, reason }, { cause });
}
