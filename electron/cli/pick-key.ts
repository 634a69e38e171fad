/** Keys as people name them on the command line: the whole ID, or as much of its beginning as only one has. */
import { AppError } from '../../shared/errors.ts';
import { listKeys, type StoredKey } from '../keystore/key-directory.ts';
import { printable } from './columns.ts';
import { usage } from './command.ts';

/** Shorter beginnings fit some other key sooner or later; docker shows seven digits. */
const shortest = 4;

/** @throws `cli/usage` (notary's words), `keystore/ambiguous-id`; undefined when there is none */
export function pickById<K extends { readonly id: string }>(
  given: string,
  keys: readonly K[],
): K | undefined {
  if (!/^[0-9a-f]{4,64}$/.test(given) || given.length < shortest) {
    throw usage(`invalid key ID provided: ${given}`);
  }
  const found = keys.filter(({ id }) => id.startsWith(given));
  if (found.length < 2) return found[0];
  throw new AppError('keystore/ambiguous-id', { given, keyIds: found.map(({ id }) => id) });
}

/** A key of the store. @throws as `pickById`, `keystore/key-not-found` */
export async function pickStored(trustDirectory: string, given: string): Promise<StoredKey> {
  const found = pickById(given, (await listKeys(trustDirectory)).keys);
  if (found === undefined) throw new AppError('keystore/key-not-found', { keyId: given });
  return found;
}

/** `570adc0 (jeff)`: what docker shows of a key. */
export function shortName({ id, role }: { readonly id: string; readonly role: string }): string {
  return role === '' ? id.slice(0, 7) : printable(`${id.slice(0, 7)} (${role})`);
}
