/**
 * `trustdesk key migrate`: keys in the folders of notary 0.1 to 0.3 go to where present tools look. notary does so unasked
 * and deletes what it cannot read; here nothing is deleted before its copy was read back. Command line.
 */
import { listKeys } from '../keystore/key-directory.ts';
import { migrateLayout } from '../keystore/migrate-layout.ts';
import { isOn, type RunCommand } from './command.ts';
import { printable } from './columns.ts';
import { openKeyDesk } from './key-desk.ts';
import { shortName } from './pick-key.ts';

export const runKeyMigrate: RunCommand = async (args, terminal) => {
  const desk = await openKeyDesk(args, terminal);
  const say = (line: string): void => terminal.stdout.write(`${printable(line)}\n`);
  if (isOn(args, 'dry-run')) {
    const { keys } = await listKeys(desk.trustDirectory);
    const old = keys.filter(({ layout }) => layout !== 'current');
    for (const key of old) say(`Would move ${shortName(key)} from ${key.path}`);
    if (old.length === 0) say('No key is in an old folder.');
    return 0;
  }
  const { moved, kept, unreadable } = await migrateLayout(desk.trustDirectory);
  for (const key of moved) say(`Moved ${shortName(key)} from ${key.path}`);
  for (const file of kept) say(`Left, for the key is in its new place already: ${file}`);
  for (const { path, reason } of unreadable)
    say(`Left, for it is no key that can be read: ${path} (${reason})`);
  if (moved.length + kept.length === 0) say('No key is in an old folder.');
  if (moved.length > 0) {
    const keyIds = moved.map(({ id }) => id);
    await desk.record('keys-migrated', `Moved ${moved.map(shortName).join(', ')}`, { keyIds });
  }
  return 0;
};
