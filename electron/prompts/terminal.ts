/**
 * The prompt port over a terminal, for the command line. Runs under plain Node.
 * Questions go to the terminal itself, not to standard output, so that a pipe gets results only.
 * SECURITY: a passphrase is not echoed, and what was typed is kept in bytes that the caller wipes.
 */
import { openSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { ReadStream, WriteStream } from 'node:tty';
import { AppError } from '../../shared/errors.ts';
import { printableLines } from '../../shared/printable.ts';
import type { ConfirmPrompt } from './prompts.ts';

/** A terminal to read keys from and to write questions to. */
export interface Terminal {
  readonly input: NodeJS.ReadableStream & { setRawMode: (raw: boolean) => unknown };
  readonly output: NodeJS.WritableStream;
  readonly close: () => void;
}

/** Opens the terminal of this process. Throws `prompt/no-terminal`, naming `what` was to be asked, when there is none. */
export function openTerminal(what: string): Terminal {
  const paths =
    process.platform === 'win32'
      ? (['\\\\.\\CONIN$', '\\\\.\\CONOUT$'] as const)
      : (['/dev/tty', '/dev/tty'] as const);
  try {
    const input = new ReadStream(openSync(paths[0], 'r+'));
    const output = new WriteStream(openSync(paths[1], 'r+'));
    return {
      input,
      output,
      close: () => {
        input.destroy();
        output.destroy();
      },
    };
  } catch (error) {
    throw new AppError('prompt/no-terminal', { what }, { cause: error });
  }
}

const cancelled = (): AppError => new AppError('prompt/cancelled', {});

/** One typed line. End of input and Ctrl+C are `prompt/cancelled`. */
function readLine({ input, output }: Terminal, question: string, signal?: AbortSignal): Promise<string> {
  const lines = createInterface({ input, output, terminal: true });
  return new Promise((resolve, reject) => {
    const stop = () => lines.close();
    lines.once('SIGINT', stop);
    lines.once('close', () => {
      signal?.removeEventListener('abort', stop);
      reject(cancelled()); // has no effect after an answer
    });
    signal?.addEventListener('abort', stop, { once: true });
    lines.question(printableLines(question), (line) => {
      resolve(line);
      lines.close();
    });
  });
}

/** Confirmation as docker asks: the text, then `[y/N]`; anything but `y` or `yes` declines. */
export function terminalConfirm(open: (what: string) => Terminal = openTerminal): ConfirmPrompt {
  return {
    confirm: async ({ title, text }, signal) => {
      signal?.throwIfAborted();
      const terminal = open(title);
      try {
        const line = await readLine(terminal, `${text} [y/N] `, signal);
        if (!/^\s*y(es)?\s*$/i.test(line)) throw cancelled();
      } finally {
        terminal.close();
      }
    },
  };
}

const BACKSPACE = new Set([0x08, 0x7f]);
const ENTER = new Set([0x0a, 0x0d]);
const CTRL_C = 0x03;
const CTRL_D = 0x04;
const CTRL_U = 0x15;
const MAX_SECRET = 1024;

/** Collects typed bytes; `feed` answers whether the line is complete. */
function lineOfBytes() {
  const typed = new Uint8Array(MAX_SECRET);
  let length = 0;
  const removeCharacter = () => {
    // one UTF-8 character may be several bytes: its continuation bytes are 10xxxxxx
    while (length > 0) {
      length -= 1;
      const byte = typed[length] ?? 0;
      typed[length] = 0;
      if ((byte & 0xc0) !== 0x80) return;
    }
  };
  const feed = (byte: number): 'more' | 'done' | 'cancel' => {
    if (ENTER.has(byte)) return 'done';
    if (byte === CTRL_C || (byte === CTRL_D && length === 0)) return 'cancel';
    if (BACKSPACE.has(byte)) removeCharacter();
    else if (byte === CTRL_U) length = (typed.fill(0), 0);
    else if (byte >= 0x20 && length < MAX_SECRET) typed[length++] = byte;
    return 'more';
  };
  return { feed, take: () => typed.slice(0, length), wipe: () => typed.fill(0) };
}

/**
 * Asks for a secret without showing what is typed. Resolves with its UTF-8 bytes, which the caller wipes after use.
 * Ctrl+C, and Ctrl+D on an empty line, are `prompt/cancelled`. At most 1,024 bytes are taken.
 */
export async function readHidden(
  question: string,
  what: string,
  open: (what: string) => Terminal = openTerminal,
): Promise<Uint8Array> {
  const terminal = open(what);
  const { input, output } = terminal;
  const line = lineOfBytes();
  // SECURITY: before the question, so that nothing typed in answer to it is echoed.
  input.setRawMode(true);
  output.write(printableLines(question));
  try {
    return await new Promise<Uint8Array>((resolve, reject) => {
      const onData = (chunk: Buffer) => {
        for (const byte of chunk) {
          const state = line.feed(byte);
          if (state === 'done') resolve(line.take());
          if (state === 'cancel') reject(cancelled());
          if (state !== 'more') break;
        }
        chunk.fill(0); // SECURITY: the stream's copy
      };
      input.on('data', onData);
      input.once('end', () => reject(cancelled()));
      input.once('error', () => reject(cancelled()));
    });
  } finally {
    line.wipe();
    input.removeAllListeners('data');
    input.setRawMode(false);
    output.write('\n');
    terminal.close();
  }
}
