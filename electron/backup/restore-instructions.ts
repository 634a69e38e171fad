/** How to get keys back with standard tools only; put into every archive and onto the recovery sheet. Pure. */
import { shellWord } from '../files/shell-word.ts';
import type { Protection } from './write-backup.ts';

/** A backup file as the steps name it. */
export interface NamedBackup {
  readonly file: string;
  readonly protection: Protection['kind'];
  /** Of the copy in the list above the steps: several folders may have a file of that name, under other passphrases. */
  readonly number?: number;
}

const anyBackup: NamedBackup = { file: 'BACKUP.tar.gz.age', protection: 'passphrase' };

const makePlace = 'Make a private place:  umask 077; mkdir -p ~/.docker/trust/private';
const seeThem = 'See that they are there:  notary -d ~/.docker/trust key list';

/** The steps, one line each, for a POSIX shell; commands after two blanks. Of each kind of backup the first is named. */
export function restoreSteps(backups: readonly NamedBackup[] = []): readonly string[] {
  const given = backups.length === 0 ? [anyBackup] : backups;
  const kinds = [...new Map(given.toReversed().map((backup) => [backup.protection, backup])).values()];
  return [
    kinds.every(({ protection }) => protection === 'plain')
      ? 'Install docker or notary on a computer you trust.'
      : 'Install age (https://age-encryption.org) and docker or notary on a computer you trust.',
    makePlace,
    ...kinds.toReversed().flatMap(stepsOf),
    seeThem,
    'Each key is still under its own passphrase, the one docker or notary asks for when it signs.',
  ];
}

/**
 * The same for the codes on paper. notary's own folder is another one than docker's, so the folder is named each time.
 * `isParted`: a key is in several codes.
 */
export function codeSteps(isParted: boolean): readonly string[] {
  const join = "Leave out the lines that count the parts:  grep -v '^trustdesk key part' sheet.txt > key.txt";
  return [
    makePlace,
    isParted
      ? 'Save what any reader of codes gives, one text below the other, as the file sheet.txt.'
      : 'Save what any reader of codes gives as the file sheet.txt.',
    ...(isParted ? [join] : []),
    `Bring the key back:  notary -d ~/.docker/trust key import ${isParted ? 'key.txt' : 'sheet.txt'}`,
    seeThem,
  ];
}

function stepsOf({ file: name, protection, number }: NamedBackup): readonly string[] {
  const file = shellWord(name);
  const look =
    number === undefined ? 'Look into the backup:' : `Look into the backup, copy ${String(number)}:`;
  if (protection === 'plain') return [`${look}  tar -tzf ${file}`, ...keysOnly(`tar -xzf ${file}`)];
  // KEYFILE is a shell variable so that the line can be run as it is printed.
  if (protection === 'recipients') {
    const open = `age -d -i "$KEYFILE" ${file}`;
    return [
      'Name the file of your private age key:  KEYFILE=key.txt',
      `${look}  ${open} | tar -tz`,
      ...keysOnly(`${open} | tar -xz`),
    ];
  }
  return [
    `${look}  age -d ${file} | tar -tz`,
    `Bring the keys back:  age -d ${file} | tar -xz -C ~/.docker trust`,
  ];
}

/**
 * SECURITY: anybody can make a plain archive, and one that is sealed to a public key: neither is unpacked where something
 * of the person's could be overwritten. Only regular files that are named as keys go on, and `cp` asks before it replaces
 * one. The folder inside the new one is there because an archive may change the mode of the folder it is unpacked into.
 */
function keysOnly(unpack: string): readonly string[] {
  return [
    `Unpack it into a new folder, never into / or the trust folder:  D=$(mktemp -d) && mkdir "$D/in" && ${unpack} -C "$D/in"`,
    'Copy the keys, and nothing else:  find "$D" -type f -path "$D/*/private/*.key" -exec cp -i {} ~/.docker/trust/private/ \\;',
    'Close them to others, and remove the folder:  chmod 600 ~/.docker/trust/private/*.key; rm -rf "$D"',
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
