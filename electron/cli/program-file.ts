/**
 * The command line's code and V8's cache of it: `program.js` and `program.cache` hold every command, `reader.js` and
 * `reader.cache` those that only read a repository, a third of it, because they are called hundreds of times by a script.
 * Plain Node; must stay small.
 *
 * Compiling the code anew takes a fifth of the time of a short command. The cache is made when the program is built and
 * lies beside it, so it is trusted exactly as far as the code. V8 takes it only when its own version and the code's length
 * are those it was made for; otherwise the code is compiled as always.
 */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { Script } from 'node:vm';
import type { runCommandLine } from './command-line.ts';

export interface Program {
  readonly main: () => Promise<void>;
  readonly runCommandLine: typeof runCommandLine;
}

export type ProgramName = 'program' | 'reader';

/** The words that `reader.js` knows; with options before the command, `program.js` sorts it out. */
const readingCommands = new Set(['inspect', 'list', 'lookup']);

/** @param words what was typed behind the program's name */
export function programFor([first = '', second]: readonly string[]): ProgramName {
  const isReading = readingCommands.has(first) || (first === 'delegation' && second === 'list');
  return isReading ? 'reader' : 'program';
}

/** Where V8's cache of a program is. */
export function cacheFileOf(folder: string, name: ProgramName): string {
  return path.join(folder, `${name}.cache`);
}

/**
 * Runs a program, which the build has put into a function of `exports, require, module, __filename, __dirname`.
 * @param folder where it is; absolute. `script` can make the cache of what has been run by then
 * @param require of a file in that folder: making one takes Node longer than reading the program
 */
export function loadProgram(
  folder: string,
  name: ProgramName,
  require: NodeJS.Require,
): { readonly program: Program; readonly script: Script } {
  const file = path.join(folder, `${name}.js`);
  const source = readFileSync(file, 'latin1'); // the build writes ASCII only
  const cachedData = readCache(cacheFileOf(folder, name));
  const script = new Script(source, { filename: file, ...(cachedData === undefined ? {} : { cachedData }) });
  const module = { exports: {} };
  const run = script.runInThisContext() as (...names: unknown[]) => void;
  run(module.exports, require, module, file, folder);
  return { program: module.exports as Program, script };
}

function readCache(file: string): Buffer | undefined {
  try {
    return readFileSync(file);
  } catch {
    return undefined; // works all the same, only slower
  }
}
