/**
 * Our own settings: one small, versioned JSON file, 0600, written atomically. Main process and command line.
 * A file that is damaged or from a newer version is an error, never a reason to start over silently.
 */
import path from 'node:path';
import { promises } from 'node:fs';
import type { Gun } from '../../shared/brands.ts';
import { hasCode } from '../../shared/errors.ts';
import { writeFileAtomically } from '../files/atomic-file.ts';
import { toWriteError } from '../files/file-failure.ts';
import { parseGun } from '../tuf/names.ts';
import { isObject, type JsonObject, malformedConfig, readJsonObject, stringMember } from './json-file.ts';
import { parseRegistryPattern, parseServerUrl, type ServerRule } from './server-rules.ts';

export type Theme = 'system' | 'light' | 'dark';

/** A CA certificate that the person trusts for one trust server. */
export interface ServerCa {
  /** `https://host[:port]` */
  readonly server: string;
  readonly pem: string;
}

export interface Settings {
  readonly theme: Theme;
  /** Another trust directory than docker's; absolute. */
  readonly trustDirectory: string | undefined;
  readonly serverRules: readonly ServerRule[];
  readonly serverCas: readonly ServerCa[];
  /** Repositories that were added by name, and rows that were hidden; the trust directory adds its own. */
  readonly added: readonly Gun[];
  readonly hidden: readonly Gun[];
}

const currentVersion = 1;
const knownMembers = new Set([
  'version',
  'theme',
  'trustDirectory',
  'serverRules',
  'serverCas',
  'added',
  'hidden',
]);

export const defaultSettings: Settings = {
  theme: 'system',
  trustDirectory: undefined,
  serverRules: [],
  serverCas: [],
  added: [],
  hidden: [],
};

/** The settings, or the defaults when there is no file yet. Throws `config/unreadable`, `config/malformed`. */
export async function loadSettings(file: string): Promise<Settings> {
  const object = await readJsonObject(file);
  return object === undefined ? defaultSettings : parseSettings(object, file);
}

/** Throws `config/malformed`, with `name`, when these bytes could not be read as settings. */
export function assertSettings(bytes: Uint8Array, name: string): void {
  let object: unknown;
  try {
    object = JSON.parse(Buffer.from(bytes).toString('utf8'));
  } catch {
    throw malformedConfig(name, 'it is not JSON');
  }
  if (!isObject(object)) throw malformedConfig(name, 'it is not a JSON object');
  parseSettings(object, name);
}

/** Reads, changes and writes; what another process wrote meanwhile is not lost. Throws as load and write do. */
export async function updateSettings(file: string, change: (now: Settings) => Settings): Promise<Settings> {
  const changed = change(await loadSettings(file));
  await writeFileAtomically(file, encodeSettings(changed, file));
  return changed;
}

/**
 * Puts a damaged file aside (`settings.json.damaged-<date>`) so that a new one can be begun.
 * Does nothing when the file is sound. Answers the new name.
 */
export async function putDamagedSettingsAside(file: string, now: Date): Promise<string | undefined> {
  try {
    await loadSettings(file);
    return undefined;
  } catch (error) {
    if (!hasCode(error, 'config/malformed')) throw error;
  }
  const aside = `${file}.damaged-${now.toISOString().replaceAll(/[:.]/g, '-')}`;
  await promises.rename(file, aside).catch((error: unknown) => {
    throw toWriteError(error, file);
  });
  return aside;
}

/** The bytes of the file. What could not be read back is refused before it is written. */
function encodeSettings(settings: Settings, file: string): Uint8Array {
  const stored = { version: currentVersion, ...settings };
  const text = `${JSON.stringify(stored, undefined, 2)}\n`;
  parseSettings(JSON.parse(text) as JsonObject, file);
  return Buffer.from(text);
}

function parseSettings(object: JsonObject, file: string): Settings {
  const version = object['version'];
  if (typeof version !== 'number' || !Number.isInteger(version) || version < 1)
    throw malformedConfig(file, 'it has no version');
  if (version > currentVersion) throw malformedConfig(file, 'it was written by a newer version of Trustdesk');
  const unknown = Object.keys(object).find((name) => !knownMembers.has(name));
  if (unknown !== undefined) throw malformedConfig(file, `"${unknown.slice(0, 100)}" is not a setting`);
  return {
    theme: parseTheme(object['theme'], file),
    trustDirectory: parseTrustDirectory(object, file),
    serverRules: parseList(object, 'serverRules', file, parseServerRule),
    serverCas: parseList(object, 'serverCas', file, parseServerCa),
    added: parseList(object, 'added', file, parseStoredGun),
    hidden: parseList(object, 'hidden', file, parseStoredGun),
  };
}

function parseTheme(value: unknown, file: string): Theme {
  if (value === undefined) return 'system';
  if (value === 'system' || value === 'light' || value === 'dark') return value;
  throw malformedConfig(file, '"theme" is not system, light or dark');
}

function parseTrustDirectory(object: JsonObject, file: string): string | undefined {
  const directory = stringMember(object, 'trustDirectory', file);
  if (directory === undefined || path.isAbsolute(directory)) return directory;
  throw malformedConfig(file, '"trustDirectory" is not an absolute path');
}

function parseList<T>(
  object: JsonObject,
  name: string,
  file: string,
  parse: (value: unknown, file: string) => T,
): readonly T[] {
  const value = object[name];
  if (value === undefined) return [];
  if (!Array.isArray(value)) throw malformedConfig(file, `"${name}" is not a list`);
  return value.map((one: unknown) => parse(one, file));
}

function parseServerRule(value: unknown, file: string): ServerRule {
  if (!isObject(value)) throw malformedConfig(file, 'a server rule is not an object');
  const registry = stringMember(value, 'registry', file) ?? '';
  const url = stringMember(value, 'url', file) ?? '';
  return asMalformed(file, () => ({
    registry: parseRegistryPattern(registry),
    url: parseServerUrl(url).href,
  }));
}

function parseServerCa(value: unknown, file: string): ServerCa {
  if (!isObject(value)) throw malformedConfig(file, 'a server CA is not an object');
  const server = stringMember(value, 'server', file) ?? '';
  const pem = stringMember(value, 'pem', file) ?? '';
  if (!pem.includes('-----BEGIN CERTIFICATE-----'))
    throw malformedConfig(file, 'a server CA holds no certificate');
  return asMalformed(file, () => ({ server: parseServerUrl(server).origin, pem }));
}

function parseStoredGun(value: unknown, file: string): Gun {
  return asMalformed(file, () => parseGun(String(value)));
}

/** What is wrong inside the file is said with the file's name; the inner error stays as cause. */
function asMalformed<T>(file: string, parse: () => T): T {
  try {
    return parse();
  } catch (error) {
    const reason = error instanceof Error ? error.message : 'unknown';
    throw Object.assign(malformedConfig(file, reason), { cause: error });
  }
}
