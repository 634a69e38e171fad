/** Where a repository lies in a trust directory, by docker's and notary's layout. Pure. */
import path from 'node:path';
import type { Gun } from '../../shared/brands.ts';
import { parseGun } from '../tuf/names.ts';

/** `<trust>/tuf/<gun, slashes as folders>`: holds `metadata/` and `changelist/`. */
export function repositoryFolder(
  trustDirectory: string,
  gun: Gun,
  platform: string = process.platform,
): string {
  const parts = parseGun(gun).split('/');
  return path.join(trustDirectory, 'tuf', ...parts.map((part) => toFolderName(part, platform)));
}

/**
 * Windows cannot have `:` in a folder name (docker and notary fail there), so it is written `%3A`, and `%` as `%25`.
 * Elsewhere names are kept, as docker and notary write them.
 */
export function toFolderName(part: string, platform: string): string {
  return platform === 'win32' ? part.replaceAll('%', '%25').replaceAll(':', '%3A') : part;
}

/** The inverse of `toFolderName`. */
export function fromFolderName(name: string, platform: string): string {
  return platform === 'win32' ? name.replaceAll('%3A', ':').replaceAll('%25', '%') : name;
}
