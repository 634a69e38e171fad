/** `trustdesk key list`, in the place of notary's. Command line. Opens no key and changes no file. */
import { listKeys, type StoredKey } from '../keystore/key-directory.ts';
import { resolveNotaryTrustDirectory } from '../trust/connect.ts';
import { isOn, type RunCommand } from './command.ts';
import { printable } from './columns.ts';
import { notaryChoicesOf } from './notary-choices.ts';
import { keyTable, sortKeys } from './print-notary.ts';
import { surroundingsOf, writeAll } from './terminal.ts';

export const runKeyList: RunCommand = async (args, terminal) => {
  const choices = notaryChoicesOf(args, terminal);
  const { keys, unreadable } = await listKeys(
    await resolveNotaryTrustDirectory(surroundingsOf(terminal), choices),
  );
  // notary only logs them; a key that is silently not there is what people despair over.
  for (const { path, reason } of unreadable) {
    terminal.stderr.write(`Warning: ${printable(path)} is not listed: ${printable(reason)}\n`);
  }
  if (isOn(args, 'json'))
    terminal.stdout.write(`${JSON.stringify(sortKeys(keys).map(toJson), undefined, 4)}\n`);
  else writeAll(terminal.stdout, keyTable(keys));
  return 0;
};

function toJson({ role, gun, id, location, path, algorithm, encryption }: StoredKey) {
  return { role, ...(gun === undefined ? {} : { gun }), id, location, path, algorithm, encryption };
}
