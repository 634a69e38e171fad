/** Names of repositories (GUN), roles and paths. Pure. */
import type { Gun, RoleName } from '../../shared/brands.ts';
import { AppError } from '../../shared/errors.ts';
import { MAX_DELEGATION_DEPTH, MAX_ROLE_NAME_LENGTH } from './limits.ts';
import type { BaseRole } from './model.ts';

export const BASE_ROLES: readonly BaseRole[] = ['root', 'targets', 'snapshot', 'timestamp'];
export const ROOT = 'root' as RoleName;
export const TARGETS = 'targets' as RoleName;
export const SNAPSHOT = 'snapshot' as RoleName;
export const TIMESTAMP = 'timestamp' as RoleName;
/** Where docker looks first: what signers released. */
export const RELEASES = 'targets/releases' as RoleName;

const MAX_GUN_LENGTH = 1024;
const WINDOWS_DEVICE =
  /^(?:con|prn|aux|nul|conin\$|conout\$|(?:com|lpt)[0-9\u00b9\u00b2\u00b3]) *(?:\..*)?$/i;
// SECURITY: a GUN becomes a folder name; nothing that any system reads as a path, device or stream may pass.
// eslint-disable-next-line no-control-regex
const UNSAFE_IN_GUN = /[\u0000-\u0020\u007f<>"|?*\\]/;

/**
 * A repository name such as `docker.io/library/alpine` or `registry.example:5000/acme/app`.
 * Throws `reference/invalid-gun` for what cannot be a folder below `tuf/` on every system.
 */
export function parseGun(text: string): Gun {
  const reason = gunProblem(text);
  if (reason !== undefined) throw new AppError('reference/invalid-gun', { gun: text.slice(0, 256), reason });
  return text as Gun;
}

function gunProblem(text: string): string | undefined {
  if (text === '') return 'it is empty';
  if (text.length > MAX_GUN_LENGTH) return `it is longer than ${MAX_GUN_LENGTH} characters`;
  if (UNSAFE_IN_GUN.test(text)) return 'it contains a character that is not allowed';
  for (const [index, part] of text.split('/').entries()) {
    if (part === '' || part === '.' || part === '..') return 'it has an empty, "." or ".." component';
    if (part.endsWith('.')) return 'a component ends with a dot';
    if (isWindowsDevice(part)) return `"${part}" is a device name on Windows`;
    // Only `host:port` in front; elsewhere a colon names a stream on Windows.
    if (
      part.includes(':') &&
      (index !== 0 || !/^[^:]+:[0-9]{1,5}$|^\[[0-9a-fA-F:.]+\](?::[0-9]{1,5})?$/.test(part))
    ) {
      return 'a colon is only allowed before a port';
    }
  }
  return undefined;
}

/** Whether Windows opens a device in the place of a file or folder of this name, in whatever folder. */
export function isWindowsDevice(name: string): boolean {
  return WINDOWS_DEVICE.test(name);
}

const BASE_ROLE_NAMES: ReadonlySet<string> = new Set(BASE_ROLES);

export function isBaseRole(role: string): role is BaseRole {
  return BASE_ROLE_NAMES.has(role);
}

/** `targets/<x>[/<y>...]` in notary's syntax: `[-a-z0-9_/]`, path-clean, shorter than 256 characters. */
export function isDelegation(role: string): boolean {
  return role.length <= MAX_ROLE_NAME_LENGTH && /^targets(?:\/[-a-z0-9_]+)+$/.test(role);
}

/** A base role or a delegation. Throws `reference/invalid-role`. */
export function parseRoleName(text: string): RoleName {
  if (isBaseRole(text) || isDelegation(text)) return text as RoleName;
  const reason = 'a role is root, targets, snapshot, timestamp or targets/<name> in a-z 0-9 - _';
  throw new AppError('reference/invalid-role', { role: text.slice(0, 256), reason });
}

/** The role whose metadata names the keys of `role`: `root` for base roles (also for root itself). */
export function parentRole(role: RoleName): RoleName {
  return isBaseRole(role) ? ROOT : (role.slice(0, role.lastIndexOf('/')) as RoleName);
}

/** Levels below `targets`; 0 for base roles. */
export function delegationDepth(role: RoleName): number {
  return role.split('/').length - 1;
}

/** True when the delegation tree may go as deep as `role`. */
export function isWithinDepth(role: RoleName): boolean {
  return delegationDepth(role) <= MAX_DELEGATION_DEPTH;
}

/** notary: a path is a prefix; `""` covers everything, an empty list nothing. */
export function pathCovers(paths: readonly string[], name: string): boolean {
  return paths.some((path) => name.startsWith(path));
}
