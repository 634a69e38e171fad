/**
 * What a command sees of the process it runs in: environment, folders, clock and the two output streams.
 * Command line; tests give their own.
 */
import { printable } from './columns.ts';
import type { BlockDeviceSource } from '../backup/drives.ts';
import type { HttpClient } from '../network/http-client.ts';
import type { StartTokenProcess } from '../yubikey/token-link.ts';
import type { Terminal as PromptTerminal } from '../prompts/terminal.ts';
import { printableLines } from '../../shared/printable.ts';

export interface Output {
  write(data: string | Uint8Array): void;
  /** The same for text that holds no character that drives a terminal: nobody looks at it again. */
  writeChecked?(text: string): void;
  readonly isTerminal: boolean;
}

/** Milliseconds. */
export interface ReplugPatience {
  /** After this the person is told what to do on a system that does not notice. */
  readonly remindAfter: number;
  readonly endAfter: number;
}

export interface Terminal {
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Absolute. */
  readonly workingDirectory: string;
  readonly homeDirectory: string;
  readonly now: () => Date;
  readonly stdout: Output;
  readonly stderr: Output;
  /** Instead of a client of its own; tests give one that waits less long. */
  readonly http?: HttpClient;
  /** Instead of the person's own terminal, where secrets are asked for and shown; tests answer there. */
  readonly openTerminal?: (what: string) => PromptTerminal;
  /** Instead of standard input, where yes and no are read. */
  readonly input?: NodeJS.ReadableStream;
  /** Instead of the system's list of drives. */
  readonly blockDevices?: BlockDeviceSource;
  /** Instead of the usual patience while a drive is to be unplugged and plugged in again. */
  readonly replugPatience?: ReplugPatience;
  /** Instead of scrypt's usual cost in new backups: tests write many. */
  readonly workFactor?: number;
  /** Instead of the token process beside this program; tests give one with a token of software. */
  readonly startTokenProcess?: StartTokenProcess;
}

/** The terminal of this very process. `openStdout` is called when something is written there. */
export function processTerminal(homeDirectory: string, openStdout: () => NodeJS.WriteStream): Terminal {
  return {
    env: process.env,
    workingDirectory: process.cwd(),
    homeDirectory,
    now: () => new Date(),
    stdout: toOutput(openStdout),
    stderr: toOutput(openStderr),
  };
}

let openedStderr: NodeJS.WriteStream | undefined;

/** When nobody reads what is said there any more, there is nobody to tell, and the work goes on. */
function openStderr(): NodeJS.WriteStream {
  openedStderr ??= process.stderr.on('error', () => undefined);
  return openedStderr;
}

/**
 * Streams are opened when first written to: opening them takes longer than parsing the arguments.
 * SECURITY: text that comes this far with control characters in it, JSON above all, drives no terminal either. Bytes are
 * written as they are.
 */
export function toOutput(stream: () => NodeJS.WriteStream): Output {
  return {
    write: (data) => {
      stream().write(typeof data === 'string' ? printableLines(data) : data);
    },
    writeChecked: (text) => {
      stream().write(text);
    },
    get isTerminal() {
      return stream().isTTY;
    },
  };
}

/** Says on the terminal what is being waited for; a script hears nothing but the outcome. The helper's name is docker's configuration's. */
export function slowHelperSayer({ stderr }: Pick<Terminal, 'stderr'>): (helper: string) => void {
  return (helper) => {
    if (!stderr.isTerminal) return;
    const name = printable(helper);
    stderr.write(
      `Waiting for ${name}, which keeps docker's logins: it may be asking for something in a window of its own. A minute at most.\n`,
    );
  };
}

/** What services need to know of the process. */
export function surroundingsOf(terminal: Terminal) {
  const { env, homeDirectory, now, http } = terminal;
  return {
    env,
    now,
    onSlowHelper: slowHelperSayer(terminal),
    home: homeDirectory,
    platform: process.platform,
    ...(http === undefined ? {} : { http }),
  };
}

/** Writes every piece in its order. */
export function writeAll(output: Output, pieces: Iterable<string>): void {
  for (const piece of pieces) output.write(piece);
}

/** The same for pieces whose makers let nothing through that drives a terminal: of 10,000 tags, megabytes. */
export function writeAllChecked(output: Output, pieces: Iterable<string>): void {
  for (const piece of pieces) {
    if (output.writeChecked === undefined) output.write(piece);
    else output.writeChecked(piece);
  }
}
