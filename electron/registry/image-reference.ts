/**
 * What people type for an image, read as docker reads it (distribution's reference grammar and normalisation).
 * Pure; used by the main process and the command line.
 */
import type { Gun } from '../../shared/brands.ts';
import { AppError } from '../../shared/errors.ts';
import { parseGun } from '../tuf/names.ts';

export interface ImageReference {
  /** As typed. */
  readonly text: string;
  /** Normalised name without tag and digest: `docker.io/library/alpine`. */
  readonly gun: Gun;
  /** Host, with its port when one was typed: `docker.io`, `registry.example.test:5000`. */
  readonly registry: string;
  /** The repository within the registry: `library/alpine`. */
  readonly repository: string;
  readonly tag: string | undefined;
  /** `sha256:<hex>` */
  readonly digest: string | undefined;
}

// distribution/reference: regexp.go
const alnum = '[a-z0-9]+';
const pathComponent = `${alnum}(?:(?:[._]|__|-+)${alnum})*`;
const domainComponent = '(?:[a-zA-Z0-9]|[a-zA-Z0-9][a-zA-Z0-9-]*[a-zA-Z0-9])';
const domainName = `${domainComponent}(?:\\.${domainComponent})*`;
const domain = `(?:${domainName}|\\[(?:[a-fA-F0-9:]+)\\])(?::[0-9]+)?`;
const name = `(?:(${domain})/)?(${pathComponent}(?:/${pathComponent})*)`;
const tagPattern = '[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}';
const digestPattern = '[A-Za-z][A-Za-z0-9]*(?:[-_+.][A-Za-z][A-Za-z0-9]*)*:[0-9a-fA-F]{32,}';
const reference = new RegExp(`^${name}(?::(${tagPattern}))?(?:@(${digestPattern}))?$`);

const longestPath = 255;
const digestLengths = new Map([
  ['sha256', 64],
  ['sha384', 96],
  ['sha512', 128],
]);

/**
 * Parses `NAME[:TAG][@DIGEST]`. Throws `reference/malformed` whose reason is docker's own wording,
 * or `reference/invalid-gun` for a name that cannot be a folder of the trust directory.
 */
export function parseImageReference(text: string): ImageReference {
  if (/^[a-f0-9]{64}$/.test(text))
    throw malformed(text, `invalid repository name (${text}), cannot specify 64-byte hexadecimal strings`);
  const full = normalise(text);
  const [, host, path, tag, digest] = reference.exec(full) ?? [];
  if (path === undefined) throw malformed(text, 'invalid reference format');
  if (path.length > longestPath)
    throw malformed(text, `repository name must not be more than ${String(longestPath)} characters`);
  checkDigest(text, digest);
  // `h_st.x/y` is no host and a path: docker takes its first component for the registry all the same.
  const gun = parseGun(host === undefined ? path : `${host}/${path}`);
  const registry = host ?? path.slice(0, path.indexOf('/'));
  return { text, gun, registry, repository: gun.slice(registry.length + 1), tag, digest };
}

/** True when `text` is an image name; never throws. */
export function isTagName(text: string): boolean {
  return new RegExp(`^${tagPattern}$`).test(text);
}

/** As docker shows a name: without `docker.io`, and without `library` there. */
export function familiarName(gun: Gun): string {
  return gun.replace(/^docker\.io\/(?:library\/(?=[^/]+$))?/, '');
}

/** The parts of a GUN that came from somewhere else than typing, e.g. a folder of the trust directory. */
export function registryOfGun(gun: Gun): { readonly registry: string; readonly repository: string } {
  const slash = gun.indexOf('/');
  if (slash === -1) return { registry: gun, repository: '' };
  return { registry: gun.slice(0, slash), repository: gun.slice(slash + 1) };
}

/** distribution/reference: splitDockerDomain, then the lower-case rule of ParseNormalizedNamed. */
function normalise(text: string): string {
  const [host, rest] = splitDomain(text);
  const remote = rest.split(':', 1)[0] ?? '';
  if (remote.toLowerCase() !== remote)
    throw malformed(text, `invalid reference format: repository name (${remote}) must be lowercase`);
  return `${host}/${rest}`;
}

function splitDomain(text: string): readonly [string, string] {
  const slash = text.indexOf('/');
  const first = slash === -1 ? '' : text.slice(0, slash);
  const isHost =
    slash !== -1 && (/[.:]/.test(first) || first === 'localhost' || first.toLowerCase() !== first);
  const host = isHost ? (first === 'index.docker.io' ? 'docker.io' : first) : 'docker.io';
  const rest = isHost ? text.slice(slash + 1) : text;
  return host === 'docker.io' && !rest.includes('/') ? [host, `library/${rest}`] : [host, rest];
}

/** opencontainers/go-digest: Validate. */
function checkDigest(text: string, digest: string | undefined): void {
  if (digest === undefined) return;
  const [algorithm = '', hex = ''] = digest.split(':');
  const length = digestLengths.get(algorithm);
  if (length === undefined) throw malformed(text, 'unsupported digest algorithm');
  if (hex.length !== length) throw malformed(text, 'invalid checksum digest length');
  if (!/^[a-f0-9]+$/.test(hex)) throw malformed(text, 'invalid checksum digest format');
}

function malformed(text: string, reason: string): AppError {
  return new AppError('reference/malformed', { reference: text.slice(0, 512), reason });
}
