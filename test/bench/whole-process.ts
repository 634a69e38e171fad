/**
 * Times whole processes, from start to end, and asks for their peak memory.
 * What they print is thrown away by the system; that it is right is the business of the tests.
 */
import { spawn } from 'node:child_process';
import { basicEnvironment, run } from '../lab/child.ts';

export interface Command {
  readonly program: string;
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  readonly cwd: string;
}

/** Milliseconds from start to exit. Anything but success throws: a failure must not look fast. */
export function timeProcess(command: Command): Promise<number> {
  return new Promise((resolve, reject) => {
    const started = performance.now();
    const child = spawn(command.program, command.args, {
      cwd: command.cwd,
      env: { ...basicEnvironment(), ...command.env },
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    let stderr = '';
    child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
    child.once('error', reject);
    child.once('close', (code) => {
      const took = performance.now() - started;
      if (code === 0) resolve(took);
      else
        reject(
          new Error(`${command.program} ${command.args.join(' ')} ended with ${String(code)}\n${stderr}`),
        );
    });
  });
}

/** Waits for its only child and says how much memory that ever held (in kB on Linux). */
const askKernel = [
  'import os, resource, subprocess, sys',
  'status = subprocess.call(sys.argv[1:], stdout=subprocess.DEVNULL)',
  'print(status, resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)',
].join('\n');

/** Peak resident memory in MB (10^6 bytes) of one run. */
export async function peakMemory(command: Command): Promise<number> {
  const options = { cwd: command.cwd, env: command.env };
  const result = await run('python3', ['-c', askKernel, command.program, ...command.args], options);
  const [status, kilobytes] = result.stdout.trim().split(' ').map(Number);
  if (result.status !== 0 || status !== 0 || kilobytes === undefined) {
    throw new Error(`${command.program} ${command.args.join(' ')} could not be measured\n${result.stderr}`);
  }
  return (kilobytes * 1024) / 1_000_000;
}

export interface Contestant {
  readonly command: Command;
  /** Brings the cache into the state that is being measured; not timed. */
  readonly before: () => Promise<void>;
}

/** Times contestants in turns, so that a slow minute of the machine hits all of them alike. */
export async function race(contestants: readonly Contestant[], runs: number): Promise<readonly number[][]> {
  const times: number[][] = contestants.map(() => []);
  for (let round = 0; round < runs; round += 1) {
    for (const [index, { command, before }] of contestants.entries()) {
      await before();
      times[index]?.push(await timeProcess(command));
    }
  }
  return times;
}
