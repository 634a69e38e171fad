/**
 * A command at a real terminal, with a person who reads what it asks and types the answers: `script` gives it the
 * terminal. Test code; Linux. Secrets are asked for on the terminal itself, so nothing else can answer them.
 */
import { spawn } from 'node:child_process';
import { basicEnvironment } from './child.ts';

/**
 * What the person waits for, what they do then, and what they type (with Enter), if anything. Each answer is used once,
 * in any order.
 */
export type Answer = readonly [question: RegExp, typed: string | undefined, onAsked?: () => Promise<unknown>];

export interface TypedOptions {
  readonly cwd: string;
  readonly env: Readonly<Record<string, string>>;
  readonly answers: readonly Answer[];
  /** Where it runs, when not here. */
  readonly inside?: (program: string) => string;
  readonly limitMs?: number;
}

export interface Typed {
  readonly status: number;
  /** Everything that stood on the terminal. */
  readonly screen: string;
  /** Answers that nobody asked for. */
  readonly unused: readonly RegExp[];
}

const quoted = (word: string): string => `'${word.replaceAll("'", `'\\''`)}'`;
const script = '/usr/bin/script';

export function runTyped(words: readonly string[], options: TypedOptions): Promise<Typed> {
  const { cwd, env, inside = (program: string) => program, limitMs = 60_000 } = options;
  const command = words.map(quoted).join(' ');
  const child = spawn(inside(script), ['-qefc', command, '/dev/null'], {
    cwd,
    env: { ...basicEnvironment(), SHELL: '/bin/sh', ...env },
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  let screen = '';
  let read = 0;
  const waiting = [...options.answers];
  const look = async (): Promise<void> => {
    const place = waiting.findIndex(([question]) => question.test(screen.slice(read)));
    const [answer] = place < 0 ? [] : waiting.splice(place, 1);
    if (answer === undefined) return;
    read = screen.length;
    await answer[2]?.();
    if (answer[1] !== undefined) child.stdin.write(`${answer[1]}\r`);
  };
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (chunk: Buffer) => {
      screen += chunk.toString('utf8');
      void look();
    });
  }
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => {
      child.kill('SIGKILL');
      reject(new Error(`still running after ${String(limitMs)} ms:\n${screen}`));
    }, limitMs);
    child.once('error', reject);
    child.once('close', (code) => {
      clearTimeout(timer);
      resolve({ status: code ?? -1, screen, unused: waiting.map(([question]) => question) });
    });
  });
}
