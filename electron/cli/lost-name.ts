/**
 * What `trustdesk key lost WORD` is asked about: (the beginning of) a key's ID, or a repository. Command line; reads only.
 * A mistyped ID is also the name of an image of Docker Hub: no server is asked about a word before it is known to be meant.
 */
import type { Gun } from '../../shared/brands.ts';
import { AppError, isAppError } from '../../shared/errors.ts';
import type { Holdings } from '../../shared/ipc/keys.ts';
import { listKeys } from '../keystore/key-directory.ts';
import { listKnownRepositories } from '../notary/known-repositories.ts';
import { parseImageReference } from '../registry/image-reference.ts';
import type { KeyDesk } from './key-desk.ts';
import { shortName } from './pick-key.ts';

export interface LookedFor {
  readonly id: string | undefined;
  readonly gun: Gun | undefined;
}

/** @throws `keystore/nothing-by-name`, `reference/*` */
export async function meant(word: string, desk: KeyDesk): Promise<LookedFor> {
  // What has a path or a host is a repository's name, and its server says whether it is one.
  if (word.includes('/')) return { id: undefined, gun: parseImageReference(word).gun };
  const guns = await listKnownRepositories(desk.trustDirectory);
  const gun = guns.find((known) => known === wholeName(word));
  if (gun !== undefined) return { id: undefined, gun };
  const id = word.toLowerCase();
  if (!/^[0-9a-f]{4,64}$/.test(id)) throw await nothingByName(word, guns, desk);
  return { id, gun: undefined };
}

/** No repository that is known names the key: it is here all the same, or in a backup. @throws `keystore/nothing-by-name` */
export async function mustBeKnown(id: string, all: readonly Holdings[], desk: KeyDesk): Promise<void> {
  const known = await keysKnown(desk);
  if (!known.some((key) => key.id.startsWith(id))) {
    throw await nothingByName(
      id,
      all.map(({ gun }) => gun),
      desk,
    );
  }
}

interface NamedKey {
  readonly id: string;
  readonly role: string;
}

/** In files of this computer and in backups. */
async function keysKnown(desk: KeyDesk): Promise<readonly NamedKey[]> {
  const [{ keys }, { backups }] = await Promise.all([listKeys(desk.trustDirectory), desk.records()]);
  const all = [...keys, ...backups.flatMap((backup) => backup.keys)];
  return [...new Map(all.map(({ id, role }) => [id, { id, role }])).values()];
}

async function nothingByName(given: string, guns: readonly string[], desk: KeyDesk): Promise<AppError> {
  const keys = (await keysKnown(desk)).map(shortName);
  return new AppError('keystore/nothing-by-name', { given, whole: wholeName(given) ?? '', keys, guns });
}

/** `docker.io/library/zzz`; undefined for what no image can be called. */
function wholeName(word: string): Gun | undefined {
  try {
    return parseImageReference(word).gun;
  } catch (error) {
    if (!isAppError(error)) throw error;
    return undefined;
  }
}
