/**
 * Yes-or-no questions of the command line, as docker asks them: `[y/N]`, answered on standard input, so that
 * `yes | trustdesk revoke IMAGE` works as it does with docker. Only `y` and `yes` agree.
 */
import { type Arguments, isOn } from './command.ts';
import type { Terminal } from './terminal.ts';

/** Where questions go: with --json what is printed is JSON alone. */
export function forQuestions(args: Arguments, terminal: Terminal): Terminal {
  return isOn(args, 'json') ? { ...terminal, stdout: terminal.stderr } : terminal;
}

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

/** What came with the last line that was asked for: an answer that was piped in ahead of its question. */
const ahead = new WeakMap<NodeJS.ReadableStream, string>();

/** One line of standard input; undefined at its end. */
async function readLine({ input }: Terminal): Promise<string | undefined> {
  const stream = input ?? process.stdin;
  let text = ahead.get(stream) ?? '';
  while (!text.includes('\n')) {
    const more = await nextText(stream);
    if (more === undefined) break;
    text += more;
  }
  if (input === undefined) letGo(process.stdin);
  if (text === '') return undefined;
  const [line = '', ...rest] = text.split('\n');
  ahead.set(stream, rest.join('\n'));
  return line;
}

/** Undefined at the end. Nothing is taken from the stream but what is returned. */
function nextText(stream: NodeJS.ReadableStream): Promise<string | undefined> {
  if (!stream.readable) return Promise.resolve(undefined);
  if (stream === process.stdin) hold(process.stdin);
  return new Promise((resolve, reject) => {
    const stop = (): void => {
      stream.pause();
      stream.removeListener('data', onData).removeListener('error', onError);
      stream.removeListener('end', onEnd).removeListener('close', onEnd);
    };
    const onData = (chunk: string | Buffer): void => {
      stop();
      resolve(chunk.toString());
    };
    const onEnd = (): void => {
      stop();
      resolve(undefined);
    };
    const onError = (error: Error): void => {
      stop();
      reject(error);
    };
    stream.on('data', onData).on('error', onError).on('end', onEnd).on('close', onEnd);
    stream.resume();
  });
}

/** What a person or a pipe could still write must not keep the process; a file or `/dev/null` does not, and has no such call. */
function letGo(stdin: { readonly unref?: () => void }): void {
  stdin.unref?.();
}

/** Before the next question, where the last one let go. */
function hold(stdin: { readonly ref?: () => void }): void {
  stdin.ref?.();
}
