/**
 * Yes-or-no questions of the command line, as docker asks them: `[y/N]`, answered on standard input, so that
 * `yes | trustdesk revoke IMAGE` works as it does with docker. Only `y` and `yes` agree.
 */
import { createInterface } from 'node:readline';
import type { Terminal } from './terminal.ts';

/** True when the person agreed. The end of input declines. */
export async function agrees(question: string, terminal: Terminal): Promise<boolean> {
  terminal.stdout.write(`${question} [y/N] `);
  const lines = createInterface({ input: process.stdin, terminal: false });
  try {
    for await (const line of lines) return /^\s*y(es)?\s*$/i.test(line);
    return false;
  } finally {
    lines.close();
    process.stdin.unref();
  }
}
