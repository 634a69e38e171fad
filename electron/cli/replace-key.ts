/**
 * Before `trustdesk key import --replace` exchanges a key: which one, asked once more, and the file that was here kept
 * aside. Command line. As a restore does it; `-y` is the answer of those who are not there.
 */
import { keepAside, replacedKeysFolder } from '../backup/replaced-keys.ts';
import type { StoredKey } from '../keystore/key-directory.ts';
import { forQuestions, typesExactly } from './ask.ts';
import { type Arguments, isOn } from './command.ts';
import { printable } from './columns.ts';
import type { KeyDesk } from './key-desk.ts';
import { shortName } from './pick-key.ts';
import type { Terminal } from './terminal.ts';

/** Only keys that were named may be replaced. */
export function isNamedToReplace(args: Arguments, id: string): boolean {
  return (args.options.get('replace') ?? []).some((given) => given.length >= 4 && id.startsWith(given));
}

interface Setting {
  readonly desk: KeyDesk;
  readonly args: Arguments;
  readonly terminal: Terminal;
}

/** True when no key is there, or the person typed the beginning of its ID, or `-y` was given. The end of input declines. */
export async function mayTakePlaceOf(
  key: { readonly id: string; readonly role: string } | undefined,
  { desk, args, terminal }: Setting,
): Promise<boolean> {
  if (key === undefined || isOn(args, 'yes')) return true;
  const talk = forQuestions(args, terminal);
  const { stdout, stderr } = talk;
  const where = printable(replacedKeysFolder(desk));
  stdout.write(`Replace key ${printable(shortName(key))}, ID ${key.id}, by the one in the file?\n`);
  stdout.write(`It takes the passphrase it has there. The file that is here now is kept in ${where}.\n`);
  if (await typesExactly(key.id.slice(0, 7), talk)) return true;
  stderr.write('\nNot replaced. Where nobody can be asked, -y replaces the keys that are named.\n');
  return false;
}

/** Every file of a key that is about to be replaced. Throws what writing throws: then it must not be replaced. */
export async function keepReplaced(desk: KeyDesk, key: StoredKey | undefined): Promise<void> {
  if (key === undefined) return;
  for (const file of [key.path, ...key.copies]) await keepAside(replacedKeysFolder(desk), key.id, file);
}
