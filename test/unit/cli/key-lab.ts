/**
 * The key and backup commands in this process, on a computer of its own with docker's keys, a person at a terminal who
 * answers questions in turn, and standard input. Test code.
 */
import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { PassThrough, Readable, Writable } from 'node:stream';
import { afterEach, beforeEach, expect } from 'vitest';
import type { BlockDevice } from '../../../electron/backup/drives.ts';
import { runCommandLine } from '../../../electron/cli/command-line.ts';
import type { Output, ReplugPatience, Terminal } from '../../../electron/cli/terminal.ts';
import type { Terminal as PromptTerminal } from '../../../electron/prompts/terminal.ts';
import { AppError } from '../../../shared/errors.ts';
import { dockerTrust } from '../keystore/vectors.ts';

export const now = new Date('2026-11-24T10:00:00.000Z');
export const rootId = '400fbc8b13813cf7074e203493ed49cda1f44e56715183f3440d06022f2bd9fa';
export const targetsId = '0ba33d85c8a1c0c66957b671e3ac4bcdb4c44d1a68e84d6f0fb1d9e774baa0be';
export const jeffId = '570adc0f67263a14dc4e60d654516757c54f050cfb5e07578c7f2b52c7eb6b76';
export const rsaId = 'bce130cff74e9089ebbee94ae21339ab97b13d3c01a83ea69a260cbfb489849c';
export const backupPassphrase = 'an old bicycle in the rain';

/** What is typed: a text, or one that depends on what the terminal shows. */
export type Answer = string | ((shown: string) => string);

export interface Run {
  /** What the person types on the terminal, in turn. Without: there is no terminal. */
  readonly answers?: readonly Answer[];
  /** Standard input. */
  readonly input?: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly at?: Date;
  readonly blockDevices?: () => Promise<readonly BlockDevice[]>;
  readonly replugPatience?: ReplugPatience;
}

export interface Ran {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
  /** Everything the terminal itself showed. */
  readonly tty: string;
  /** Answers that nobody asked for. */
  readonly unasked: number;
}

export interface KeyLab {
  readonly home: string;
  readonly trust: string;
  at(...parts: readonly string[]): string;
  /** These folders are USB sticks from now on, labelled as they are named. */
  plugIn(...folders: readonly string[]): void;
  run(words: readonly string[], options?: Run): Promise<Ran>;
  /** As `run`; anything but success fails the test with what was printed. */
  must(words: readonly string[], options?: Run): Promise<Ran>;
  put(file: string, content: string | Uint8Array, mode?: number): string;
  read(...parts: readonly string[]): string;
  mode(...parts: readonly string[]): number;
  /** IDs of the key files. */
  keys(): readonly string[];
  keyFile(id: string): string;
}

export function useKeyLab(): KeyLab {
  let home = '';
  let plugged: readonly BlockDevice[] = [];
  const at = (...parts: readonly string[]): string => join(home, ...parts);
  beforeEach(() => {
    plugged = [];
    home = mkdtempSync(join(tmpdir(), 'td-keys-'));
    cpSync(join(dockerTrust, 'keys'), at('.docker/trust/private'), { recursive: true });
    for (const folder of ['drive', 'other']) mkdirSync(at(folder));
  });
  afterEach(() => rmSync(home, { recursive: true, force: true }));

  const run = async (words: readonly string[], options: Run = {}): Promise<Ran> => {
    const [stdout, stderr, person] = [capture(), capture(), sit(options.answers)];
    const env = {
      DOCKER_CONFIG: at('.docker'),
      TRUSTDESK_HOME: at('trustdesk'),
      TERM: 'dumb',
      ...options.env,
    };
    const terminal: Terminal = {
      env,
      workingDirectory: home,
      homeDirectory: home,
      now: () => options.at ?? now,
      stdout,
      stderr,
      openTerminal: person.open,
      input: Readable.from([options.input ?? '']),
      blockDevices: options.blockDevices ?? (() => Promise.resolve(plugged)),
      workFactor: 1,
      ...(options.replugPatience === undefined ? {} : { replugPatience: options.replugPatience }),
    };
    const exitCode = await runCommandLine(words, terminal);
    const printed = { stdout: stdout.text(), stderr: stderr.text(), tty: person.shown() };
    return { exitCode, ...printed, unasked: person.left() };
  };
  return {
    get home() {
      return home;
    },
    get trust() {
      return at('.docker/trust');
    },
    at,
    plugIn: (...folders) => {
      plugged = folders.map((folder) => stick(folder, at(folder)));
    },
    run,
    must: async (words, options) => {
      const ran = await run(words, options);
      expect(ran, `${ran.stdout}${ran.stderr}`).toMatchObject({ exitCode: 0, unasked: 0 });
      return ran;
    },
    put: (file, content, mode = 0o600) => {
      mkdirSync(dirname(at(file)), { recursive: true });
      writeFileSync(at(file), content, { mode });
      return at(file);
    },
    read: (...parts) => readFileSync(at(...parts), 'utf8'),
    mode: (...parts) => statSync(at(...parts)).mode & 0o777,
    keys: () =>
      readdirSync(at('.docker/trust/private'))
        .map((name) => name.replace(/\.key$/, ''))
        .sort(),
    keyFile: (id) => at('.docker/trust/private', `${id}.key`),
  };
}

function capture(): Output & { text(): string } {
  const pieces: string[] = [];
  return {
    isTerminal: false,
    write: (data) => pieces.push(typeof data === 'string' ? data : Buffer.from(data).toString()),
    text: () => pieces.join(''),
  };
}

/** A person who answers whatever ends in a colon; without answers left, Ctrl+C. */
function sit(answers: readonly Answer[] | undefined) {
  const left = [...(answers ?? [])];
  let shown = '';
  const open = (what: string): PromptTerminal => {
    if (answers === undefined) throw new AppError('prompt/no-terminal', { what });
    const input = Object.assign(new PassThrough(), { setRawMode: () => undefined });
    const type = (): void => {
      const next = left.shift();
      if (next === undefined) input.write('\x03');
      else input.write(`${typeof next === 'string' ? next : next(shown)}\r`);
    };
    const output = new Writable({
      write: (chunk: Buffer, _encoding, done) => {
        const text = chunk.toString();
        shown += text;
        if (text.endsWith(': ')) setImmediate(type);
        done();
      },
    });
    return { input, output, close: () => input.destroy() };
  };
  return { open, shown: () => shown, left: () => left.length };
}

/** The passphrase that was made up and shown, four blanks before it. */
export const generated = (shown: string): string => /\n {4}(\S+)\n/.exec(shown)?.[1] ?? 'none was shown';

/** A USB stick in `systeminformation`'s words. */
export function stick(label: string, mount: string): BlockDevice {
  return {
    name: `sd-${label}`,
    type: 'part',
    fsType: 'vfat',
    mount,
    size: 8_000_000_000,
    physical: '',
    uuid: `UUID-${label}`,
    label,
    model: '',
    removable: true,
    protocol: 'usb',
  };
}
