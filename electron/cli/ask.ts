/**
 * Yes-or-no questions of the command line, as docker asks them: `[y/N]`, answered on standard input, so that
 * `yes | trustdesk revoke IMAGE` works as it does with docker. Only `y` and `yes` agree.
 */
import { createInterface } from 'node:readline';
import type { Terminal } from './terminal.ts';

/** True when the person agreed. The end of input declines. */
export async function agrees(question: string, terminal: Terminal): Promise<boolean> {
  terminal.stdout.write(`${question} [y/N] `);
  return isYes(await readLine(terminal));
}

/** The same in notary's words: `(yes/no)`. */
export async function agreesLikeNotary(question: string, terminal: Terminal): Promise<boolean> {
  terminal.stdout.write(`\n${question}  (yes/no)  `);
  return isYes(await readLine(terminal));
}

/** True when the person typed exactly `wanted`. */
export async function typesExactly(wanted: string, terminal: Terminal): Promise<boolean> {
  terminal.stdout.write(`Type ${wanted} to confirm: `);
  return (await readLine(terminal))?.trim() === wanted;
}

function isYes(line: string | undefined): boolean {
  return line !== undefined && /^\s*y(es)?\s*$/i.test(line);
}

/** One line of standard input; undefined at its end. */
async function readLine({ input }: Terminal): Promise<string | undefined> {
  const lines = createInterface({ input: input ?? process.stdin, terminal: false });
  try {
    for await (const line of lines) return line;
    return undefined;
  } finally {
    lines.close();
    if (input === undefined) letGo(process.stdin);
  }
}

/** What a person or a pipe could still write must not keep the process; a file or `/dev/null` does not, and has no such call. */
function letGo(stdin: { readonly unref?: () => void }): void {
  stdin.unref?.();
}
