/**
 * The docker program of this computer, for what only it can do: containers with a terminal of their own, builds. Command
 * line. It finds the engine, the contexts and the credentials as ever.
 *
 * SECURITY: it gets no passphrase along with its environment, and is not asked to decide what is trusted: it is only ever
 * given names with a digest.
 */
import { spawn, type StdioOptions } from 'node:child_process';
import { constants } from 'node:os';
import { AppError } from '../../shared/errors.ts';
import { findProgram, withoutSecrets } from '../files/child-environment.ts';
import type { Terminal } from './terminal.ts';

/** Runs `docker WORDS` to its end; its exit code, 128 and more for a signal, as shells count. */
export type RunDocker = (
  words: readonly string[],
  stdio: StdioOptions,
  /** Gets what it writes to standard output, where that is a pipe. */
  onOutput?: (piece: Buffer) => void,
) => Promise<number>;

/**
 * @param more variables that it gets beside its environment
 * @throws `engine/no-docker`
 */
export async function openDockerProgram(
  { env, workingDirectory }: Pick<Terminal, 'env' | 'workingDirectory'>,
  more: Readonly<Record<string, string>> = {},
): Promise<RunDocker> {
  const program = await findProgram('docker', env);
  if (program === undefined) throw new AppError('engine/no-docker', {});
  const options = {
    cwd: workingDirectory,
    env: { ...withoutSecrets(env), ...more, DOCKER_CONTENT_TRUST: '0' },
  };
  return (words, stdio, onOutput = () => undefined) =>
    new Promise((resolve, reject) => {
      const child = spawn(program, words, { ...options, stdio });
      child.stdout?.on('data', onOutput);
      const stopPassingOn = passSignalsOn((signal) => child.kill(signal));
      child.once('error', (error) => {
        stopPassingOn();
        reject(new AppError('engine/no-docker', {}, { cause: error }));
      });
      child.once('close', (code, signal) => {
        stopPassingOn();
        resolve(code ?? 128 + (signal === null ? 0 : constants.signals[signal]));
      });
    });
}

/** Who ends this program means the one that it runs. A terminal's Ctrl+C reaches both, and docker decides what it does. */
function passSignalsOn(kill: (signal: NodeJS.Signals) => void): () => void {
  const passed = ['SIGTERM', 'SIGHUP', 'SIGQUIT'] as const;
  const ignore = (): void => undefined;
  for (const signal of passed) process.on(signal, kill);
  process.on('SIGINT', ignore);
  return () => {
    for (const signal of passed) process.off(signal, kill);
    process.off('SIGINT', ignore);
  };
}
