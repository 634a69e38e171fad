/**
 * Asks before keys leave under a protection that the person did not type. Privileged process.
 * SECURITY: the window names recipients and places; one that was taken over must not copy keys out by itself.
 */
import { isAppError } from '../../../shared/errors.ts';
import type { WriteOrder } from '../../../shared/ipc/backups.ts';
import type { BackupContents } from '../collect.ts';
import type { DeskSetup } from './desk-setup.ts';
import type { Destinations } from './destinations.ts';

interface Asking {
  readonly setup: DeskSetup;
  readonly destinations: Destinations;
  readonly signal: AbortSignal;
}

/** A backup under a passphrase asks for that one instead. Throws `prompt/cancelled`; nothing was written then. */
export async function confirmWriting(
  { setup, destinations, signal }: Asking,
  { seal, to }: WriteOrder,
  { manifest }: BackupContents,
): Promise<void> {
  if (seal.kind === 'passphrase') return;
  const places = await Promise.all(to.map((id) => folderOf(destinations, id)));
  const keys = manifest.keys.length === 1 ? '1 key' : `${String(manifest.keys.length)} keys`;
  const protection =
    seal.kind === 'plain'
      ? ['The archive is not encrypted: each key is protected by its own passphrase only.']
      : ['Whoever has the private half of one of these age keys can open it:', ...seal.recipients];
  await setup.prompts.confirm(
    {
      title:
        seal.kind === 'plain' ? 'Write an archive that is not encrypted?' : 'Write a backup to age keys?',
      text: [`${keys} in a file in each of these places:`, ...places, ...protection].join('\n'),
      confirmLabel: `Write ${keys}`,
      destructive: seal.kind === 'plain',
    },
    signal,
  );
}

/** A place that is gone is said as it is named; writing there then fails by itself. */
async function folderOf(destinations: Destinations, id: string): Promise<string> {
  try {
    const { path, drive } = await destinations.find(id);
    return drive === undefined ? path : `${drive.label} (${path})`;
  } catch (error) {
    if (!isAppError(error)) throw error;
    return id.replace(/^[a-z]+:/, '');
  }
}
