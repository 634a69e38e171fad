/** Keys that were brought back for one publish leave after it, and with every key that leaves its passphrase. Command line. */
import { isAppError } from '../../shared/errors.ts';
import { overdueText } from '../../shared/copy-standing.ts';
import { textOf } from '../../shared/error-texts.ts';
import type { ActivityLog } from '../activity/activity-log.ts';
import { loadBackupRecords } from '../backup/backup-records.ts';
import { endVisits, noteUse, overdueVisits } from '../backup/end-visits.ts';
import { systemCode } from '../files/file-failure.ts';
import { systemKeyChain } from '../keystore/key-chain.ts';
import { listKeys } from '../keystore/key-directory.ts';
import { drivesOf, realPlace } from './backup-places.ts';
import { printable } from './columns.ts';
import { shortName } from './pick-key.ts';
import type { Terminal } from './terminal.ts';
import { sayProblem } from './warnings.ts';

export interface VisitPlaces {
  readonly trustDir: string;
  readonly recordsFile: string;
}

/**
 * SECURITY: the records speak of the keys of one's own folder. A command that was pointed at another one used keys there,
 * which live there for good: neither is a use of theirs noted, nor is one removed.
 */
export async function isOwnFolder(used: string, own: string): Promise<boolean> {
  const [real, realOwn] = await Promise.all([used, own].map(realPlace));
  return real === realOwn;
}

/** Never fails: what is published is, and what is still here is said. */
export async function endVisitsSaying(
  places: VisitPlaces,
  usedKeys: readonly string[],
  log: ActivityLog,
  terminal: Terminal,
): Promise<void> {
  try {
    const { offline } = await loadBackupRecords(places.recordsFile);
    // Most publishes have no visitor, and drives take a while to list.
    if (!offline.some(({ state }) => state === 'visiting')) return;
    const drives = await drivesOf(terminal);
    for (const { key, error } of await endVisits({ ...places, drives }, usedKeys, terminal.now())) {
      const name = printable(shortName(key));
      if (error === undefined) {
        await forgetPassphrase(key.id, terminal);
        const title = `Sent key ${shortName(key)} away`;
        await log.append({ what: 'key-sent-away', details: { title, keyId: key.id } });
        terminal.stderr.write(`Key ${name} was here for this publish, and is no longer on this computer.\n`);
        continue;
      }
      const { title, fix } = textOf(error);
      terminal.stderr.write(`Key ${name} came for this publish and is still here: ${printable(title)}\n`);
      terminal.stderr.write(`  ${printable(fix)}\n  trustdesk backup send-away ${key.id.slice(0, 7)}\n`);
    }
  } catch (error) {
    sayTrouble(error, terminal);
  }
}

/** Never fails: should it not be noted, it is said, and what is published is. */
export async function noteUseSaying(
  recordsFile: string,
  usedKeys: readonly string[],
  terminal: Terminal,
): Promise<void> {
  try {
    await noteUse(recordsFile, usedKeys, terminal.now());
  } catch (error) {
    sayTrouble(error, terminal);
  }
}

/** Anything may have gone wrong, and no word of an unforeseen failure is printed: it might hold what nobody should see. */
function sayTrouble(error: unknown, terminal: Terminal): void {
  if (isAppError(error)) {
    sayProblem(error, terminal);
    return;
  }
  const code = systemCode(error);
  const cause = code === '' ? '' : ` (${printable(code)})`;
  terminal.stderr.write(
    `Whether a key that visits this computer could leave is not known${cause}: trustdesk backup list\n`,
  );
}

/** Before anything else is published: a key that should have left after an earlier publish. Never fails. */
export async function sayOverdue({ trustDir, recordsFile }: VisitPlaces, terminal: Terminal): Promise<void> {
  try {
    const { offline } = await loadBackupRecords(recordsFile);
    if (!offline.some(({ state }) => state === 'visiting')) return;
    const here = new Set<string>((await listKeys(trustDir)).keys.map(({ id }) => id));
    for (const key of overdueVisits(offline, here)) {
      const text = overdueText(key.usedAt?.slice(0, 10));
      terminal.stderr.write(`Key ${printable(shortName(key))} is still here. ${text}:\n`);
      terminal.stderr.write(`  trustdesk backup send-away ${key.id.slice(0, 7)}\n`);
    }
  } catch (error) {
    if (!isAppError(error)) throw error;
    sayProblem(error, terminal);
  }
}

/** From the key chain, which nobody asks for a key that is not here. */
export async function forgetPassphrase(keyId: string, terminal: Terminal): Promise<void> {
  try {
    await systemKeyChain().forget(keyId);
  } catch (error) {
    if (!isAppError(error)) throw error;
    sayProblem(error, terminal);
  }
}
