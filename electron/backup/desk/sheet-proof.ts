/**
 * Keys of a recovery sheet, opened with their own passphrases before they are stored: nothing else tells whether a text was
 * typed as it is printed. Privileged process; the person is asked by this side.
 */
import { AppError } from '../../../shared/errors.ts';
import { drillPassphrases } from '../key-passphrases.ts';
import type { BackupKey, OpenedBackup } from '../read-backup.ts';
import type { RestoreChoice, RestoreItem } from '../restore-backup.ts';
import { isSheetKeyProven } from '../sheet-backup.ts';
import type { DeskSetup } from './desk-setup.ts';

const purpose = [
  'To see that the text is as it was printed: the key is opened and signs a test message, and nothing else.',
  'Cancel asks whether to store it without that.',
];

/**
 * Whether each key that would be written was opened, by its path in the archive; empty for other backups.
 * Throws `backup/sheet-not-opened`, `backup/code-unreadable`, and `prompt/cancelled` when an unopened key is not wanted.
 */
export async function proveSheetKeys(
  setup: DeskSetup,
  backup: OpenedBackup,
  choice: RestoreChoice,
  signal: AbortSignal,
): Promise<ReadonlyMap<string, boolean>> {
  const written = (choice.shown ?? []).filter((item) => backup.path === '' && isWritten(item, choice));
  const keys = backup.keys.filter(({ file }) => written.some((item) => item.file === file));
  const prompt: typeof setup.prompts = {
    ...setup.prompts,
    askPassphrase: (question) => setup.prompts.askPassphrase(question, signal),
  };
  // SECURITY: no environment: what the app was started with says nothing about what the person knows.
  const drill = drillPassphrases(prompt, {}, { purpose, skippable: true });
  const proven = new Map<string, boolean>();
  try {
    for (const key of keys) {
      const isProven = await isSheetKeyProven(key, drill.passphrases);
      if (!isProven) await confirmUnchecked(setup, key, signal);
      proven.set(key.file, isProven);
    }
  } finally {
    drill.end();
  }
  return proven;
}

function isWritten({ file, state }: RestoreItem, { files, replace }: RestoreChoice): boolean {
  return files.includes(file) && (state === 'new' || (state !== 'identical' && replace.includes(file)));
}

async function confirmUnchecked({ prompts }: DeskSetup, { id, role }: BackupKey, signal: AbortSignal) {
  // Stopped: then nobody declined this one key.
  if (signal.aborted) throw new AppError('prompt/cancelled', {});
  await prompts.confirm({
    title: 'Store the key without checking it?',
    text: [
      `${role === '' ? 'Key' : `${role} key`}, ID ${id}`,
      'Without its passphrase nobody knows whether the text is as it was printed, and whether the key can ever be used.',
    ].join('\n'),
    confirmLabel: 'Store it unchecked',
    destructive: true,
  });
}
