/** How to get keys back with standard tools only; put into every archive and onto the recovery sheet. Pure. */
import type { Protection } from './write-backup.ts';

/** A backup file as the steps name it. */
export interface NamedBackup {
  readonly file: string;
  readonly protection: Protection['kind'];
}

const anyBackup: NamedBackup = { file: 'BACKUP.tar.gz.age', protection: 'passphrase' };

/** The steps, one line each, for a POSIX shell; commands after two blanks. Of each kind of backup the first is named. */
export function restoreSteps(backups: readonly NamedBackup[] = []): readonly string[] {
  const given = backups.length === 0 ? [anyBackup] : backups;
  const kinds = [...new Map(given.toReversed().map((backup) => [backup.protection, backup])).values()];
  return [
    kinds.every(({ protection }) => protection === 'plain')
      ? 'Install docker or notary on a computer you trust.'
      : 'Install age (https://age-encryption.org) and docker or notary on a computer you trust.',
    'Make a private place:  mkdir -p -m 700 ~/.docker/trust',
    ...kinds.toReversed().flatMap(stepsOf),
    'See that they are there:  notary -d ~/.docker/trust key list',
    'Each key is still under its own passphrase, the one docker or notary asks for when it signs.',
  ];
}

function stepsOf({ file, protection }: NamedBackup): readonly string[] {
  if (protection === 'plain') {
    return [
      `Look into the backup:  tar -tzf ${file}`,
      `Bring the keys back to the folder that it names:  tar -xzf ${file} -C /`,
    ];
  }
  // KEYFILE is a shell variable so that the line can be run as it is printed.
  const open = protection === 'recipients' ? `age -d -i "$KEYFILE" ${file}` : `age -d ${file}`;
  const key = protection === 'recipients' ? ['Name the file of your private age key:  KEYFILE=key.txt'] : [];
  return [
    ...key,
    `Look into the backup:  ${open} | tar -tz`,
    `Bring the keys back:  ${open} | tar -xz -C ~/.docker trust`,
  ];
}

/** The text of `RESTORE.txt`. */
export function restoreInstructions(): string {
  const steps = restoreSteps().map((step, index) => `${index + 1}. ${step}`);
  return [
    'Backup of Docker Content Trust keys, written by Trustdesk.',
    '',
    'trust/ is a copy of the trust directory of docker and notary (~/.docker/trust).',
    'trustdesk-backup/manifest.json lists the keys, their roles and the digest of every file.',
    '',
    'To restore without Trustdesk:',
    ...steps,
    '',
  ].join('\n');
}
