/**
 * What is remembered of tokens: names the person gave them, and a library they chose. One small file of our own, 0600.
 * Privileged process.
 */
import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { AppError } from '../../shared/errors.ts';
import { printable } from '../../shared/printable.ts';
import { writeFileAtomically } from '../files/atomic-file.ts';
import {
  isObject,
  malformedConfig,
  objectMember,
  readJsonObject,
  stringMember,
} from '../settings/json-file.ts';

export interface TokenSettings {
  /** Absolute; undefined: the usual places. */
  readonly library: string | undefined;
  readonly names: ReadonlyMap<string, string>;
  /** Keys that signed on a token whose device does not vouch for them: `serial keyId`. */
  readonly proven: ReadonlySet<string>;
}

const longestName = 60;

export class TokenSettingsFile {
  readonly #file: string;

  constructor(dataDirectory: string) {
    this.#file = path.join(dataDirectory, 'tokens.json');
  }

  /** @throws `config/unreadable`, `config/malformed` */
  async load(): Promise<TokenSettings> {
    const object = await readJsonObject(this.#file);
    if (object === undefined) return { library: undefined, names: new Map(), proven: new Set() };
    const names = objectMember(object, 'names', this.#file) ?? {};
    if (!isObject(names) || !Object.values(names).every((name) => typeof name === 'string')) {
      throw malformedConfig(this.#file, '"names" does not hold names');
    }
    return {
      library: stringMember(object, 'library', this.#file),
      names: new Map(Object.entries(names as Readonly<Record<string, string>>)),
      proven: new Set(this.#provenOf(object['proven'])),
    };
  }

  /** An empty name takes the old one away. @throws `yubikey/invalid-name`, `files/*` */
  async name(serial: string, name: string): Promise<void> {
    const wanted = name.trim();
    // What must not get into a terminal or a window.
    if (wanted.length > longestName || printable(wanted) !== wanted) {
      throw new AppError('yubikey/invalid-name', { name: wanted.slice(0, 100) });
    }
    await this.#change((now) => {
      const names = new Map(now.names);
      if (wanted === '') names.delete(serial);
      else names.set(serial, wanted);
      return { ...now, names };
    });
  }

  /** Undefined goes back to the usual places. The person confirmed it before. */
  async useLibrary(library: string | undefined): Promise<void> {
    await this.#change((now) => ({ ...now, library }));
  }

  /** A key that signed is there, whatever its certificate looks like. */
  async prove(serial: string, keyId: string): Promise<void> {
    await this.#change((now) => ({ ...now, proven: new Set([...now.proven, provenName(serial, keyId)]) }));
  }

  #provenOf(value: unknown): readonly string[] {
    if (value === undefined) return [];
    if (Array.isArray(value) && value.every((one) => typeof one === 'string')) return value;
    throw malformedConfig(this.#file, '"proven" is not a list of keys');
  }

  async #change(change: (now: TokenSettings) => TokenSettings): Promise<void> {
    const { library, names, proven } = change(await this.load());
    const stored = {
      version: 1,
      ...(library === undefined ? {} : { library }),
      names: Object.fromEntries(names),
      proven: [...proven],
    };
    await mkdir(path.dirname(this.#file), { recursive: true, mode: 0o700 });
    await writeFileAtomically(this.#file, `${JSON.stringify(stored, undefined, 2)}\n`);
  }
}

export function provenName(serial: string, keyId: string): string {
  return `${serial} ${keyId}`;
}
