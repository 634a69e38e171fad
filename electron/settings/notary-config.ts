/**
 * notary's own configuration (`~/.notary/config.json`), read and never written. Main process and command line.
 * Relative paths are relative to the configuration file (notary: GetPathRelativeToConfig).
 */
import path from 'node:path';
import { type JsonObject, malformedConfig, objectMember, readJsonObject, stringMember } from './json-file.ts';

/** Built into notary: used when neither flag nor configuration names a server. */
export const defaultNotaryServer = 'https://notary-server:4443';

export interface NotaryConfig {
  readonly file: string;
  /** notary's base directory; `~/.notary` by default. */
  readonly trustDirectory: string;
  readonly url: string | undefined;
  /** The only root pool for that server when it is given. */
  readonly rootCaFile: string | undefined;
  readonly clientCertificateFile: string | undefined;
  readonly clientKeyFile: string | undefined;
  /** Read so that it can be reported; verification is never switched off by it. */
  readonly skipTlsVerify: boolean;
  readonly pinning: NotaryPinning;
}

export interface NotaryPinning {
  /** GUN, or prefix ending in `*`, to certificate key IDs. */
  readonly certs: ReadonlyMap<string, readonly string[]>;
  /** GUN prefix to a file of CA certificates. */
  readonly ca: ReadonlyMap<string, string>;
  readonly disableTofu: boolean;
}

/** Reads `file`; one that does not exist means notary's defaults. Throws `config/unreadable`, `config/malformed`. */
export async function loadNotaryConfig(file: string, home: string): Promise<NotaryConfig> {
  return parseNotaryConfig((await readJsonObject(file)) ?? {}, file, home);
}

/** The members of such a file; none of them means notary's defaults. Throws `config/malformed`. */
export function parseNotaryConfig(object: JsonObject, file: string, home: string): NotaryConfig {
  const config = lowerCased(object);
  const server = lowerCased(objectMember(config, 'remote_server', file) ?? {});
  const place = (value: string | undefined): string | undefined =>
    value === undefined ? undefined : path.resolve(path.dirname(file), withHome(value, home));
  return {
    file,
    trustDirectory: place(stringMember(config, 'trust_dir', file)) ?? path.join(home, '.notary'),
    url: stringMember(server, 'url', file),
    rootCaFile: place(stringMember(server, 'root_ca', file)),
    clientCertificateFile: place(stringMember(server, 'tls_client_cert', file)),
    clientKeyFile: place(stringMember(server, 'tls_client_key', file)),
    skipTlsVerify: isTrue(server['skiptlsverify']),
    pinning: parsePinning(lowerCased(objectMember(config, 'trust_pinning', file) ?? {}), file, place),
  };
}

function parsePinning(
  pinning: JsonObject,
  file: string,
  place: (value: string) => string | undefined,
): NotaryPinning {
  const certs = Object.entries(objectMember(pinning, 'certs', file) ?? {});
  const ca = Object.entries(objectMember(pinning, 'ca', file) ?? {});
  return {
    certs: new Map(certs.map(([gun, ids]) => [gun, textList(ids, file, `certs.${gun}`)])),
    ca: new Map(ca.map(([prefix, value]) => [prefix, place(text(value, file, `ca.${prefix}`)) ?? ''])),
    disableTofu: isTrue(pinning['disable_tofu']),
  };
}

function textList(value: unknown, file: string, name: string): readonly string[] {
  if (!Array.isArray(value)) throw malformedConfig(file, `"trust_pinning.${name}" is not a list`);
  return value.map((one: unknown) => text(one, file, name));
}

function text(value: unknown, file: string, name: string): string {
  if (typeof value === 'string' && value !== '') return value;
  throw malformedConfig(file, `"trust_pinning.${name}" is not a text`);
}

/** notary reads member names without regard to case, and booleans also as text (viper). */
function lowerCased(object: JsonObject): JsonObject {
  return Object.fromEntries(Object.entries(object).map(([name, value]) => [name.toLowerCase(), value]));
}

function isTrue(value: unknown): boolean {
  return value === true || (typeof value === 'string' && /^(1|t|true)$/i.test(value));
}

function withHome(value: string, home: string): string {
  return value === '~' || value.startsWith('~/') ? path.join(home, value.slice(1)) : value;
}
