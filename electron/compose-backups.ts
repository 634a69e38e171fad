/** Wires the desk of backups. Part of `compose.ts`, for its size. */
import { join } from 'node:path';
import { isAppError } from '../shared/errors.ts';
import { ActivityLog } from './activity/activity-log.ts';
import { BackupDesk } from './backup/desk/backup-desk.ts';
import { nodeCrypto } from './crypto/node-crypto.ts';
import type { WindowSurroundings } from './ipc/window-services.ts';
import type { Places } from './trust/places.ts';
import type { Repositories } from './trust/repositories.ts';

interface BackupParts {
  readonly surroundings: WindowSurroundings;
  readonly places: Places;
  readonly repositories: Repositories;
  readonly now: () => Date;
  /** Forgets the passphrase of a key. */
  readonly letGo: (keyId: string) => Promise<void>;
}

/** For the keys of this computer; those of the sandbox are thrown away with it. */
export function composeBackups({ surroundings, places, repositories, now, letGo }: BackupParts): BackupDesk {
  const { prompts, emit, version, printer, log } = surroundings;
  const activity = new ActivityLog(join(places.configured.paths.dataDirectory, 'activity.jsonl'), now);
  return new BackupDesk({
    prompts,
    now,
    printer,
    crypto: nodeCrypto,
    record: async (what, details) => {
      await activity.append({ what, details }).catch((error: unknown) => {
        if (!isAppError(error)) throw error;
        log.warn('not noted in the activity log', { what, code: error.code });
      });
    },
    letGo,
    writer: `trustdesk ${version}`,
    places: () => {
      const { settingsFile, backupRecordsFile: recordsFile } = places.configured.paths;
      return { trustDir: places.computer.connector.trustDirectory, settingsFile, recordsFile };
    },
    verified: () => repositories.verified.filter(({ gun }) => !places.placeOf(gun).sandbox),
    onChanged: (overview) => emit('backups.changed', overview),
    onDestinations: (destinations) => emit('backups.destinations', [...destinations]),
    onProgress: (progress) => emit('backups.progress', progress),
    // What a repository row says about abilities depends on the keys that are here.
    onKeys: () => void repositories.announce().catch(() => undefined),
  });
}
