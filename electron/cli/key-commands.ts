/**
 * `trustdesk key list`, in the place of notary's: key files, and keys on tokens that are plugged in. Command line.
 * Opens no key and changes no file.
 */
import { listKeys, type StoredKey } from '../keystore/key-directory.ts';
import { resolvePaths } from '../settings/paths.ts';
import { resolveNotaryTrustDirectory } from '../trust/connect.ts';
import type { TokenKey } from '../yubikey/token-keys.ts';
import { isOn, type RunCommand } from './command.ts';
import { printable } from './columns.ts';
import { notaryChoicesOf } from './notary-choices.ts';
import { keyTable, sortKeys } from './print-notary.ts';
import { surroundingsOf, writeAll } from './terminal.ts';
import { listTokenKeys, openTokenDesk } from './tokens.ts';

/** notary: what every token is called. */
const onToken = 'yubikey';

export const runKeyList: RunCommand = async (args, terminal) => {
  const surroundings = surroundingsOf(terminal);
  const { dataDirectory } = resolvePaths(surroundings);
  const [{ keys, unreadable }, tokenKeys] = await Promise.all([
    resolveNotaryTrustDirectory(surroundings, notaryChoicesOf(args, terminal)).then(listKeys),
    listTokenKeys(terminal, dataDirectory, () => openTokenDesk(terminal, dataDirectory)),
  ]);
  // notary only logs them; a key that is silently not there is what people despair over.
  for (const { path, reason } of unreadable) {
    terminal.stderr.write(`Warning: ${printable(path)} is not listed: ${printable(reason)}\n`);
  }
  const all = [...keys.map(toListed), ...tokenKeys.map(tokenToListed)];
  if (isOn(args, 'json'))
    terminal.stdout.write(
      `${JSON.stringify(
        sortKeys(all).map(({ json }) => json),
        undefined,
        4,
      )}\n`,
    );
  else writeAll(terminal.stdout, keyTable(all));
  return 0;
};

function toListed({ role, gun, id, location, path, algorithm, encryption }: StoredKey) {
  const named = { role, ...(gun === undefined ? {} : { gun }), id, location };
  return { role, gun, id, location, json: { ...named, path, algorithm, encryption } };
}

function tokenToListed({ role, gun, keyId: id, serial, slot, algorithm }: TokenKey) {
  const named = { role, ...(gun === undefined ? {} : { gun }), id, location: onToken };
  return { role, gun, id, location: onToken, json: { ...named, serial, slot, algorithm } };
}
