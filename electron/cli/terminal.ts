/**
 * What a command sees of the process it runs in: environment, folders, clock and the two output streams.
 * Command line; tests give their own.
 */
import type { HttpClient } from '../network/http-client.ts';

export interface Output {
  write(text: string): void;
  readonly isTerminal: boolean;
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
}

/** The terminal of this very process. */
export function processTerminal(homeDirectory: string): Terminal {
  return {
    env: process.env,
    workingDirectory: process.cwd(),
    homeDirectory,
    now: () => new Date(),
    stdout: toOutput(() => process.stdout),
    stderr: toOutput(() => process.stderr),
  };
}

/** Streams are opened when first written to: opening them takes longer than parsing the arguments. */
function toOutput(stream: () => NodeJS.WriteStream): Output {
  return {
    write: (text) => {
      stream().write(text);
    },
    get isTerminal() {
      return stream().isTTY;
    },
  };
}

/** What services need to know of the process. */
export function surroundingsOf({ env, homeDirectory, now, http }: Terminal) {
  return {
    env,
    now,
    home: homeDirectory,
    platform: process.platform,
    ...(http === undefined ? {} : { http }),
  };
}

/** Writes every piece in its order. */
export function writeAll(output: Output, pieces: Iterable<string>): void {
  for (const piece of pieces) output.write(piece);
}
