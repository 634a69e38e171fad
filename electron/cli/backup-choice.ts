/** What `backup write` takes: keys by role, ID or repository, with or without metadata and settings. Command line. */
import { AppError } from '../../shared/errors.ts';
import type { Gun } from '../../shared/brands.ts';
import type { BackupChoice } from '../backup/collect.ts';
import { rolesOf } from '../backup/key-impact.ts';
import { nodeCrypto } from '../crypto/node-crypto.ts';
import { listKeys, type StoredKey } from '../keystore/key-directory.ts';
import { parseImageReference } from '../registry/image-reference.ts';
import { type Arguments, isOn } from './command.ts';
import type { KeyDesk } from './key-desk.ts';
import { readKnownRepositories } from './known-repositories.ts';
import { sayLeftOut } from './left-out.ts';
import { pickById } from './pick-key.ts';
import type { Terminal } from './terminal.ts';

export interface ChosenForBackup {
  readonly choice: BackupChoice;
  /** A key file could not be read; whose key it is is not known. */
  readonly isShort: boolean;
}

/** @throws `keystore/key-not-found`, `keystore/none-of-repository`, `reference/*` */
export async function chooseForBackup(
  desk: KeyDesk,
  args: Arguments,
  terminal: Terminal,
): Promise<ChosenForBackup> {
  const words = (args.options.get('keys') ?? ['all']).flatMap((value) => value.split(','));
  const { keys, unreadable } = await listKeys(desk.trustDirectory);
  const guns = words
    .filter((word) => kindOf(word) === 'repository')
    .map((word) => parseImageReference(word).gun);
  const metadata = isOn(args, 'with-metadata') ? (guns.length > 0 ? guns : 'all') : 'none';
  const settings = isOn(args, 'with-settings');
  const isAny = words.some((word) => kindOf(word) !== 'id');
  const isShort = sayLeftOut(isAny ? unreadable : [], 'backup', terminal);
  if (words.includes('all')) return { choice: { keys: 'all', metadata, settings }, isShort };
  const chosen = new Set<string>();
  for (const word of words) for (const { id } of await keysFor(word, keys, desk, terminal)) chosen.add(id);
  return { choice: { keys: [...chosen], metadata, settings }, isShort };
}

type Kind = 'all' | 'root' | 'id' | 'repository';

function kindOf(word: string): Kind {
  if (word === 'all' || word === 'root') return word;
  return /^[0-9a-f]{7,64}$/.test(word) ? 'id' : 'repository';
}

async function keysFor(
  word: string,
  keys: readonly StoredKey[],
  desk: KeyDesk,
  terminal: Terminal,
): Promise<readonly StoredKey[]> {
  switch (kindOf(word)) {
    case 'all':
      return keys;
    case 'root': {
      const roots = keys.filter(({ role }) => role === 'root');
      if (roots.length === 0) throw new AppError('keystore/key-not-found', { keyId: 'root' });
      return roots;
    }
    case 'id': {
      const found = pickById(word, keys);
      if (found === undefined) throw new AppError('keystore/key-not-found', { keyId: word });
      return [found];
    }
    case 'repository':
      return keysOf(parseImageReference(word).gun, keys, desk, terminal);
  }
}

/** Its own keys by what their files say, and the root and signer keys that its metadata names. */
async function keysOf(
  gun: Gun,
  keys: readonly StoredKey[],
  desk: KeyDesk,
  terminal: Terminal,
): Promise<readonly StoredKey[]> {
  const [known] = await readKnownRepositories(desk, terminal, [gun]);
  const roles = known?.repository === undefined ? [] : rolesOf(known.repository, nodeCrypto);
  const named = new Set<string>(roles.flatMap((role) => role.keys));
  const found = keys.filter((key) => key.gun === gun || named.has(key.id));
  if (found.length === 0) throw new AppError('keystore/none-of-repository', { gun });
  return found;
}
