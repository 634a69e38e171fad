/**
 * `trustdesk key list`, in the place of notary's: key files, and keys on tokens that are plugged in. Command line.
 * Opens no key and changes no file.
 */
import { join } from 'node:path';
import { isAppError } from '../../shared/errors.ts';
import { type KeyListing, listKeys, type StoredKey } from '../keystore/key-directory.ts';
import { shellWord } from '../files/shell-word.ts';
import { resolvePaths } from '../settings/paths.ts';
import { resolveNotaryTrustDirectory } from '../trust/connect.ts';
import type { TokenKey } from '../yubikey/token-keys.ts';
import { isOn, type RunCommand } from './command.ts';
import { printable } from './columns.ts';
import { notaryChoicesOf } from './notary-choices.ts';
import { keyTable, sortKeys } from './print-notary.ts';
import { surroundingsOf, type Terminal, writeAll } from './terminal.ts';
import { listTokenKeys, openTokenDesk } from './tokens.ts';

/** notary: what every token is called. */
const onToken = 'yubikey';

export const runKeyList: RunCommand = async (args, terminal) => {
  const surroundings = surroundingsOf(terminal);
  const { dataDirectory } = resolvePaths(surroundings);
  const choices = notaryChoicesOf(args, terminal);
  const [{ keys, unreadable }, tokenKeys] = await Promise.all([
    resolveNotaryTrustDirectory(surroundings, choices).then(listKeys),
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
  // Who names a folder knows which keys are looked at.
  if (choices.trustDirectory === undefined) await saySandboxKeys(dataDirectory, terminal);
  return 0;
};

/** On standard error: what is listed is notary's to the byte. */
async function saySandboxKeys(dataDirectory: string, { stderr }: Pick<Terminal, 'stderr'>): Promise<void> {
  const folder = join(dataDirectory, 'sandbox', 'trust');
  const { keys } = await listKeys(folder).catch(emptyForOutcomes);
  if (keys.length === 0) return;
  const has = keys.length === 1 ? 'one key' : `${String(keys.length)} keys`;
  stderr.write(`The sandbox has ${has} of its own: trustdesk key list -d ${printable(shellWord(folder))}\n`);
}

/** That the sandbox's cannot be read is no reason to fail: nobody asked for them. */
function emptyForOutcomes(error: unknown): Pick<KeyListing, 'keys'> {
  if (!isAppError(error)) throw error;
  return { keys: [] };
}

function toListed({ role, gun, id, location, path, algorithm, encryption }: StoredKey) {
  const named = { role, ...(gun === undefined ? {} : { gun }), id, location };
  return { role, gun, id, location, json: { ...named, path, algorithm, encryption } };
}

function tokenToListed({ role, gun, keyId: id, serial, slot, algorithm }: TokenKey) {
  const named = { role, ...(gun === undefined ? {} : { gun }), id, location: onToken };
  return { role, gun, id, location: onToken, json: { ...named, serial, slot, algorithm } };
}
