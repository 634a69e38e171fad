/**
 * The token process as a child of plain Node: command line and browser mode. Framed messages on a stream of their own;
 * the library may print what it likes, nobody reads it.
 */
import { spawn } from 'node:child_process';
import { dirname, join } from 'node:path';
import type { Duplex } from 'node:stream';
import { withoutSecrets } from '../files/child-environment.ts';
import { BadFrame, encodeFrame, FrameReader } from './frames.ts';
import type { StartTokenProcess, TokenLink } from './token-link.ts';
import { numberedRequest } from './token-messages.ts';

type Environment = Readonly<Record<string, string | undefined>>;

/** Beside what runs now: the build puts every entry and what they share into one folder. */
export const tokenProcessFile = join(import.meta.dirname, 'token-process.js');

/** SECURITY: the child gets no passphrases, and no variable that makes Yubico's library print what it is sent. */
export function tokenEnvironment(env: Environment, library: string, platform: string): Environment {
  const kept = Object.entries(withoutSecrets(env)).filter(
    ([name]) => !/^(?:YKCS11_|YKPIV_|NODE_)/i.test(name),
  );
  if (platform !== 'win32') return Object.fromEntries(kept);
  // Windows looks for the libraries that a library needs in PATH, not beside it.
  const path = `${dirname(library)};${env['PATH'] ?? env['Path'] ?? ''}`;
  return { ...Object.fromEntries(kept.filter(([name]) => !/^path$/i.test(name))), PATH: path };
}

/**
 * Where the process is started. SECURITY: Windows looks for what a library needs in the current folder before it looks in
 * PATH, and that may be a folder of downloads.
 */
export function tokenFolder(library: string, platform: string): string | undefined {
  return platform === 'win32' ? dirname(library) : undefined;
}

export function childProcessLinks(
  env: Environment,
  file: string = tokenProcessFile,
  node: string = process.execPath,
): StartTokenProcess {
  return (library) =>
    startChild(
      tokenEnvironment(env, library, process.platform),
      file,
      node,
      tokenFolder(library, process.platform),
    );
}

function startChild(env: Environment, file: string, node: string, folder: string | undefined): TokenLink {
  const child = spawn(node, [file], {
    env: env,
    cwd: folder,
    stdio: ['ignore', 'ignore', 'ignore', 'pipe'],
    windowsHide: true,
  });
  const stream = child.stdio[3] as Duplex;
  const reader = new FrameReader();
  const kill = (): void => void child.kill('SIGKILL');
  const unanswered: boolean[] = [];
  // One that has nothing to do, or nothing but to lock its tokens, does so and ends when its stream does. One that is busy
  // with something else may never look. SECURITY: killed while it locks, it would leave the card unlocked.
  const leave = (): void => {
    if (unanswered.some((isLocking) => !isLocking)) kill();
  };
  process.once('exit', leave);
  // Neither the child nor its stream keeps a command running that is done.
  child.unref();
  (stream as Duplex & { unref?: () => void }).unref?.();
  return {
    send: (value) => {
      const frame = encodeFrame(value);
      unanswered.push(locksTokens(value));
      stream.write(frame, () => frame.fill(0));
    },
    onMessage: (listener) => {
      stream.on('data', (chunk: Buffer) => {
        try {
          for (const value of reader.push(chunk)) {
            unanswered.shift(); // it answers in order
            listener(value);
          }
        } catch (error) {
          if (!(error instanceof BadFrame)) throw error;
          kill();
        }
      });
      // What breaks the stream ends the process, which is what is told.
      stream.on('error', kill);
    },
    onEnd: (listener) => {
      let told = false;
      const tell = (reason: string): void => {
        process.removeListener('exit', leave);
        if (!told) listener(reason);
        told = true;
      };
      child.once('error', (error) => tell(`it could not be started (${error.message})`));
      child.once('exit', (code, signal) => tell(signal ?? `it ended with code ${String(code)}`));
    },
    kill,
  };
}

/** Its end locks tokens, and may not be cut off. */
function locksTokens(value: unknown): boolean {
  const { success, data } = numberedRequest.safeParse(value);
  return success && (data.request.op === 'logout' || data.request.op === 'close');
}
