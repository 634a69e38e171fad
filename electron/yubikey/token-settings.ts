/**
 * What is remembered of tokens: names the person gave them, and a library they chose. One small file of our own, 0600.
 * Privileged process.
 */
import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { AppError } from '../../shared/errors.ts';
import { writeFileAtomically } from '../files/atomic-file.ts';
import { isObject, malformedConfig, objectMember, readJsonObject, stringMember } from '../settings/json-file.ts';

export interface TokenSettings {
  /** Absolute; undefined: the usual places. */
  readonly library: string | undefined;
  readonly names: ReadonlyMap<string, string>;
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
    if (object === undefined) return { library: undefined, names: new Map() };
    const names = objectMember(object, 'names', this.#file) ?? {};
    if (!isObject(names) || !Object.values(names).every((name) => typeof name === 'string')) {
      throw malformedConfig(this.#file, '"names" does not hold names');
    }
    return {
      library: stringMember(object, 'library', this.#file),
      names: new Map(Object.entries(names as Readonly<Record<string, string>>)),
    };
  }

  /** An empty name takes the old one away. @throws `yubikey/invalid-name`, `files/*` */
  async name(serial: string, name: string): Promise<void> {
    const wanted = name.trim();
    // eslint-disable-next-line no-control-regex -- what must not get into a terminal or a window
    if (wanted.length > longestName || /[\u0000-\u001f\u007f-\u009f]/.test(wanted)) {
      throw new AppError('yubikey/invalid-name', { name: wanted.slice(0, 100) });
    }
    await this.#change(({ library, names }) => {
      const changed = new Map(names);
      if (wanted === '') changed.delete(serial);
      else changed.set(serial, wanted);
      return { library, names: changed };
    });
  }

  /** Undefined goes back to the usual places. The person confirmed it before. */
  async useLibrary(library: string | undefined): Promise<void> {
    await this.#change(({ names }) => ({ library, names }));
  }

  async #change(change: (now: TokenSettings) => TokenSettings): Promise<void> {
    const { library, names } = change(await this.load());
    const stored = { version: 1, ...(library === undefined ? {} : { library }), names: Object.fromEntries(names) };
    await mkdir(path.dirname(this.#file), { recursive: true, mode: 0o700 });
    await writeFileAtomically(this.#file, `${JSON.stringify(stored, undefined, 2)}\n`);
  }
}
