/** How to get keys back with standard tools only; put into every archive and onto the recovery sheet. Pure. */

/** The steps, one line each, for a POSIX shell. `file` is the name of the backup. */
export function restoreSteps(file = 'BACKUP.tar.gz.age'): readonly string[] {
  return [
    'Install age (https://age-encryption.org) and docker or notary on a computer you trust.',
    `Look into the backup:  age -d ${file} | tar -tz`,
    'Make a private place:  mkdir -p -m 700 ~/.docker/trust',
    `Bring the keys back:   age -d ${file} | tar -xz -C ~/.docker trust`,
    'See that they are there:  notary -d ~/.docker/trust key list',
    'Each key is still under its own passphrase, the one docker or notary asks for when it signs.',
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
