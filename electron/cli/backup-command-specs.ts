/** The commands on backups, a part of the table in `commands.ts`. Data only. */
import type { CommandSpec, OptionSpec } from './command.ts';
import { generateOption } from './key-command-specs.ts';
import { fewerThan, moreThan, notExactly } from './operand-rules.ts';

const json: OptionSpec = { name: 'json', help: 'Print as JSON' };
const dryRun: OptionSpec = { name: 'dry-run', help: 'Say what would be done and change nothing' };
const identity: OptionSpec = {
  name: 'identity',
  short: 'i',
  value: 'file',
  help: 'File with the age key, for a backup sealed to recipients',
};
const fromShares: OptionSpec = {
  name: 'from-shares',
  help: 'Ask for shares of the passphrase instead of the passphrase',
};
const key: OptionSpec = { name: 'key', value: 'ID', help: 'Only this key; may be given several times' };

const sheetOptions: readonly OptionSpec[] = [
  {
    name: 'code-text',
    value: 'file',
    help: 'Read the text of a recovery sheet from this file, or - for input',
  },
  {
    name: 'code-picture',
    value: 'file',
    help: 'Read the codes of a recovery sheet from this photograph or scan (JPEG or PNG); may be repeated',
  },
];

export const backupCommands: readonly CommandSpec[] = [
  {
    name: 'backup write',
    operands: 'PLACE [PLACE...]',
    summary: 'Write an encrypted backup to places: folders, or drives by their label; two are asked for',
    manners: 'docker',
    options: [
      { name: 'keys', value: 'root|all|ID|GUN', help: 'Which keys (all when not given)' },
      { name: 'with-metadata', help: 'Also trust metadata: of the named repositories, or of all' },
      { name: 'with-settings', help: "Also Trustdesk's own settings" },
      {
        name: 'recipient',
        short: 'r',
        value: 'age1...',
        help: 'Seal to this age key instead of a passphrase',
      },
      { name: 'plain-tar', help: "docker's private_keys_backup.tar.gz, which is not encrypted as a whole" },
      generateOption,
      dryRun,
      json,
    ],
    refuse: fewerThan(1, "'trustdesk backup write' requires at least 1 argument"),
    load: async () => (await import('./backup-write-command.ts')).runBackupWrite,
  },
  {
    name: 'backup check',
    operands: '[FILE|PLACE...]',
    summary: 'Prove copies: open them, try every key, record the result; or try the keys of a recovery sheet',
    manners: 'docker',
    options: [
      identity,
      fromShares,
      { name: 'plugged-in', help: 'Read a drive as it is, without unplugging it first' },
      ...sheetOptions,
      json,
    ],
    // Without a copy a sheet has to be named, which the command sees.
    refuse: () => undefined,
    load: async () => (await import('./backup-check-command.ts')).runBackupCheck,
  },
  {
    name: 'backup list',
    operands: '',
    summary: 'List copies with their proofs, and the keys that are kept offline',
    manners: 'docker',
    options: [json],
    refuse: notExactly(0, "'trustdesk backup list' accepts no arguments"),
    load: async () => (await import('./backup-list-command.ts')).runBackupList,
  },
  {
    name: 'backup restore',
    operands: '[FILE|PLACE]',
    summary: 'Bring keys back from a backup or from the text of a recovery sheet',
    manners: 'docker',
    options: [
      key,
      { name: 'keys-only', help: 'Leave trust metadata and settings out' },
      {
        name: 'replace',
        value: 'ID',
        help: 'Replace this key (or file of the archive) by the one in the backup',
      },
      ...sheetOptions,
      { name: 'unchecked', help: 'Store the keys of a sheet without trying their passphrases first' },
      { name: 'role', value: 'ROLE', help: 'Role of the keys of a sheet that does not say it' },
      { name: 'gun', value: 'GUN', help: 'Repository of such keys, for the roles targets and snapshot' },
      { name: 'yes', short: 'y', help: 'Do not prompt for confirmation' },
      identity,
      fromShares,
      dryRun,
      json,
    ],
    refuse: moreThan(1, "'trustdesk backup restore' requires at most 1 argument"),
    load: async () => (await import('./backup-restore-command.ts')).runBackupRestore,
  },
  {
    name: 'backup sheet',
    operands: '',
    summary: 'Write a recovery sheet to print, with the encrypted root key on it',
    manners: 'docker',
    options: [
      {
        name: 'output',
        short: 'o',
        value: 'file',
        help: 'File to write (recovery-sheet-DATE.html when not given)',
      },
      { ...key, help: 'List this key only and print its code; may be given several times' },
      {
        name: 'from',
        value: 'FILE|PLACE',
        help: 'Print the keys of this copy, as when the key is kept offline',
      },
      identity,
      fromShares,
      { name: 'passphrase-line', help: 'Leave a line to write the passphrase on by hand' },
      dryRun,
      json,
    ],
    refuse: notExactly(0, "'trustdesk backup sheet' accepts no arguments"),
    load: async () => (await import('./backup-sheet-commands.ts')).runBackupSheet,
  },
  {
    name: 'backup split',
    operands: 'FILE|PLACE',
    summary: 'Split the passphrase of a backup into shares for several people',
    manners: 'docker',
    options: [
      { name: 'shares', value: 'm/n', help: 'How many shares are needed, and how many there are: 2/3' },
      { name: 'output', short: 'o', value: 'folder', help: 'Folder for the sheets (here when not given)' },
      dryRun,
      json,
    ],
    refuse: notExactly(1, "'trustdesk backup split' requires 1 argument"),
    load: async () => (await import('./backup-sheet-commands.ts')).runBackupSplit,
  },
  {
    name: 'backup offline',
    operands: 'ID',
    summary: 'Take a key off this computer once two copies are proven',
    manners: 'docker',
    options: [
      { name: 'yes', short: 'y', help: 'Do not prompt for confirmation' },
      {
        name: 'kept-elsewhere',
        help: 'Count copies in folders on the disk of the keys, because each is synchronised to a place of its own',
      },
      dryRun,
    ],
    refuse: notExactly(1, "'trustdesk backup offline' requires 1 argument"),
    load: async () => (await import('./backup-offline-commands.ts')).runBackupOffline,
  },
  {
    name: 'backup bring-back',
    operands: 'ID FILE|PLACE',
    summary: 'Bring an offline key back for one operation',
    manners: 'docker',
    options: [
      {
        name: 'until',
        value: 'publish|sent-away',
        help: 'Leaves after the next publish that it signs (when not given), or with send-away',
      },
      identity,
      fromShares,
      dryRun,
    ],
    refuse: notExactly(2, "'trustdesk backup bring-back' requires 2 arguments"),
    load: async () => (await import('./backup-offline-commands.ts')).runBackupBringBack,
  },
  {
    name: 'backup send-away',
    operands: 'ID',
    summary: 'Remove a key again that was brought back',
    manners: 'docker',
    options: [dryRun],
    refuse: notExactly(1, "'trustdesk backup send-away' requires 1 argument"),
    load: async () => (await import('./backup-offline-commands.ts')).runBackupSendAway,
  },
  {
    name: 'backup keep',
    operands: 'ID',
    summary: 'Keep a key here that was brought back, and count it as offline no more',
    manners: 'docker',
    options: [dryRun],
    refuse: notExactly(1, "'trustdesk backup keep' requires 1 argument"),
    load: async () => (await import('./backup-offline-commands.ts')).runBackupKeep,
  },
  {
    name: 'backup forget',
    operands: 'FILE|PLACE',
    summary: 'No longer count a copy that is gone; files are not touched',
    manners: 'docker',
    options: [{ name: 'yes', short: 'y', help: 'Do not prompt for confirmation' }, dryRun],
    refuse: notExactly(1, "'trustdesk backup forget' requires 1 argument"),
    load: async () => (await import('./backup-forget-command.ts')).runBackupForget,
  },
  {
    name: 'backup drives',
    operands: '',
    summary: 'List the drives that can be unplugged',
    manners: 'docker',
    options: [json],
    refuse: notExactly(0, "'trustdesk backup drives' accepts no arguments"),
    load: async () => (await import('./backup-list-command.ts')).runBackupDrives,
  },
];
