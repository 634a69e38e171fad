/**
 * Child processes of the lab: servers that die with the test that started them, and commands that are run to their end.
 * Test code, plain Node. Nothing here inherits the developer's environment, so that no real home is ever touched.
 */
import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { existsSync } from 'node:fs';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import type { Scope } from './scope.ts';

const READY_LIMIT_MS = 60_000;
const READY_POLL_MS = 20;
const COMMAND_LIMIT_MS = 240_000;
const TERMINATE_LIMIT_MS = 10_000;

export interface Server {
  readonly pid: number;
  /** Everything the server printed so far. */
  output(): string;
  stop(): Promise<void>;
}

export interface Result {
  readonly status: number;
  readonly stdout: string;
  readonly stderr: string;
}

export interface CommandOptions {
  readonly env?: Readonly<Record<string, string>>;
  readonly cwd?: string;
  readonly input?: string;
}

export const basicEnvironment = (): Record<string, string> => ({
  PATH: process.env['PATH'] ?? '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin',
  LANG: 'C.UTF-8',
  TZ: 'UTC',
});

/** On Linux the kernel ends the child even when this process is killed outright. */
function boundToParent(command: string, args: readonly string[]): [string, readonly string[]] {
  const setpriv = '/usr/bin/setpriv';
  return process.platform === 'linux' && existsSync(setpriv)
    ? [setpriv, ['--pdeathsig', 'KILL', command, ...args]]
    : [command, args];
}

/** A loopback port that was free a moment ago. */
export async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

const hasEnded = (child: ChildProcess): boolean => child.exitCode !== null || child.signalCode !== null;

const ended = (child: ChildProcess): Promise<void> =>
  hasEnded(child)
    ? Promise.resolve()
    : new Promise((resolve) => {
        child.once('exit', () => resolve());
      });

/** `SIGTERM` first, for servers with children of their own; `SIGKILL` when that does not help. */
async function stop(child: ChildProcess): Promise<void> {
  if (hasEnded(child)) return;
  child.kill('SIGTERM');
  const limit = new AbortController();
  const tooLong = pause(TERMINATE_LIMIT_MS, undefined, { signal: limit.signal }).then(
    () => child.kill('SIGKILL'),
    () => false,
  );
  await ended(child);
  limit.abort();
  await tooLong;
}

/** Asks until the answer is true, at most a minute; the text of the failure is made when it is needed. */
export async function until(isTrue: () => Promise<boolean>, explain: () => string): Promise<void> {
  const deadline = performance.now() + READY_LIMIT_MS;
  while (!(await isTrue())) {
    if (performance.now() > deadline) throw new Error(explain());
    await pause(READY_POLL_MS);
  }
}

/** Starts a server and waits until `isReady` says so; it stops with the scope, or with this process. */
export async function startServer(
  scope: Scope,
  command: string,
  args: readonly string[],
  isReady: () => Promise<boolean>,
  options: CommandOptions = {},
): Promise<Server> {
  const [program, all] = boundToParent(command, args);
  const child = spawn(program, all, {
    cwd: options.cwd ?? scope.folder,
    env: { ...basicEnvironment(), HOME: scope.folder, ...options.env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => (output += text));
  }
  const failed = new Promise<never>((_, reject) => {
    child.once('error', reject);
    child.once('exit', (code) => {
      reject(new Error(`${command} ended with ${String(code)} before it was ready:\n${output}`));
    });
  });
  const server = { pid: child.pid ?? 0, output: () => output, stop: () => stop(child) };
  scope.defer(server.stop);
  failed.catch(() => undefined);
  await Promise.race([until(isReady, () => `${command} did not get ready:\n${output}`), failed]);
  return server;
}

/** Runs a command to its end. A non-zero status is an answer, not an error. */
export function run(command: string, args: readonly string[], options: CommandOptions = {}): Promise<Result> {
  return new Promise((resolve, reject) => {
    const [program, all] = boundToParent(command, args);
    const child = spawn(program, all, {
      cwd: options.cwd,
      env: { ...basicEnvironment(), ...options.env },
      stdio: 'pipe',
      timeout: COMMAND_LIMIT_MS,
      killSignal: 'SIGKILL',
    });
    let stdout = '';
    let stderr = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text));
    child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
    child.once('error', reject);
    child.once('close', (code, signal) => {
      if (code === null)
        reject(new Error(`${command} ${args.join(' ')} was ended by ${String(signal)}\n${stderr}`));
      else resolve({ status: code, stdout, stderr });
    });
    // A command may end without reading what it was offered.
    child.stdin.on('error', () => undefined);
    child.stdin.end(options.input ?? '');
  });
}

/** As `run`, for the steps of a set-up: anything but success throws with everything that was printed. */
export async function mustRun(
  command: string,
  args: readonly string[],
  options: CommandOptions = {},
): Promise<Result> {
  const result = await run(command, args, options);
  if (result.status !== 0) {
    throw new Error(
      `${command} ${args.join(' ')} ended with ${result.status}\n${result.stdout}${result.stderr}`,
    );
  }
  return result;
}
