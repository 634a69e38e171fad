/** The keys that `--key` names among those of a backup or a sheet: one rule for both. Command line; pure. */
import { AppError } from '../../shared/errors.ts';

/** The whole ID, or at least so much of its beginning. */
const SHORTEST = 4;

export function isNamed(id: string, given: string): boolean {
  return given.length >= SHORTEST && id.startsWith(given);
}

/**
 * Each once, however often it is named. `source`: what they were looked for in.
 * @throws `backup/no-such-key`, `keystore/ambiguous-id`
 */
export function namedKeys<T>(
  wanted: readonly string[],
  all: readonly T[],
  idOf: (one: T) => string,
  source: string,
): readonly T[] {
  return [...new Set(wanted.flatMap((given) => ofOneKey(given, all, idOf, source)))];
}

/** A key may lie in several places of a backup. */
function ofOneKey<T>(
  given: string,
  all: readonly T[],
  idOf: (one: T) => string,
  source: string,
): readonly T[] {
  const found = all.filter((one) => isNamed(idOf(one), given));
  if (found.length === 0) throw new AppError('backup/no-such-key', { keyId: given, path: source });
  const ids = [...new Set(found.map(idOf))];
  if (ids.length > 1) throw new AppError('keystore/ambiguous-id', { given, keyIds: ids });
  return found;
}
