/** Keys that were brought back for one publish leave after it, and with every key that leaves its passphrase. Command line. */
import { isAppError } from '../../shared/errors.ts';
import { textOf } from '../../shared/error-texts.ts';
import type { ActivityLog } from '../activity/activity-log.ts';
import { loadBackupRecords } from '../backup/backup-records.ts';
import { endVisits } from '../backup/end-visits.ts';
import { systemKeyChain } from '../keystore/key-chain.ts';
import { drivesOf } from './backup-places.ts';
import { printable } from './columns.ts';
import { shortName } from './pick-key.ts';
import type { Terminal } from './terminal.ts';
import { sayProblem } from './warnings.ts';

interface VisitPlaces {
  readonly trustDir: string;
  readonly recordsFile: string;
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
