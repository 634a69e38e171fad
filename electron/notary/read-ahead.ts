/**
 * Parsing and hashing what the cache holds while the server is asked for its timestamp: most often nothing was published
 * since, and then that is most of the work. Main process and command line. Nothing is believed here: the updater applies
 * every rule to the same bytes later, and what was prepared for nothing is thrown away.
 */
import { isAppError } from '../../shared/errors.ts';
import type { RoleName } from '../../shared/brands.ts';
import type { MetadataFile } from '../tuf/model.ts';
import { SNAPSHOT, TARGETS } from '../tuf/names.ts';
import { parseMetadata } from '../tuf/parse.ts';
import type { ReadMemory } from './read-memory.ts';
import type { RoleSource } from './role-source.ts';

/** Snapshot, targets and delegations of the cache, parents first, as far as they can be read. */
export async function readAhead(source: RoleSource, memory: ReadMemory): Promise<void> {
  const roles: RoleName[] = [SNAPSHOT, TARGETS];
  for (let role = roles.shift(); role !== undefined; role = roles.shift()) {
    const file = await prepare(role, source, memory);
    if (file?.body.type === 'Targets') roles.push(...file.body.delegations.map(({ name }) => name));
  }
}

async function prepare(
  role: RoleName,
  source: RoleSource,
  memory: ReadMemory,
): Promise<MetadataFile | undefined> {
  try {
    const bytes = await source.cached(role);
    if (bytes === undefined) return undefined;
    const known = memory.parsed(role, bytes);
    if (known !== undefined) return known;
    const file = parseMetadata(role, bytes);
    memory.keepParsed(file);
    memory.crypto.sha256(bytes);
    return file;
  } catch (error) {
    // Whoever needs the file finds the same, and says it.
    if (!isAppError(error)) throw error;
    return undefined;
  }
}
