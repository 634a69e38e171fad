/** The commands on single keys, a part of the table in `commands.ts`. Data only. */
import type { CommandSpec, OptionSpec } from './command.ts';
import { notaryOptions } from './notary-options.ts';
import { fewerThan, moreThan, notExactly } from './operand-rules.ts';

const json: OptionSpec = { name: 'json', help: 'Print as JSON' };
const dryRun: OptionSpec = { name: 'dry-run', help: 'Say what would be done and change nothing' };
const yes: OptionSpec = { name: 'yes', short: 'y', help: 'Do not prompt for confirmation' };
/** Of every command that makes up a passphrase. */
export const generateOption: OptionSpec = {
  name: 'generate',
  value: 'words|characters',
  help: 'Generate the new passphrase and show it once, on the terminal only',
};

const certificateOptions: readonly OptionSpec[] = [
  { name: 'name', value: 'string', help: "Common name (the key's role when not given)" },
  { name: 'organization', value: 'string', help: 'Organization (O)' },
  { name: 'unit', value: 'string', help: 'Organizational unit (OU)' },
  { name: 'locality', value: 'string', help: 'Locality (L)' },
  { name: 'state', value: 'string', help: 'State or province (ST)' },
  { name: 'country', value: 'letters', help: 'Country (C), two letters' },
  { name: 'output', short: 'o', value: 'file', help: 'File to write (NAME.crt or NAME.csr when not given)' },
  dryRun,
  ...notaryOptions,
];

export const keyCommands: readonly CommandSpec[] = [
  {
    name: 'key import',
    operands: 'FILE [FILE...]',
    summary: 'Import keys: bundles, single files of every format, private_keys_backup.tar.gz',
    manners: 'notary',
    options: [
      {
        name: 'role',
        short: 'r',
        value: 'string',
        help: 'Role to import key with, if a role is not already given in a PEM header',
      },
      {
        name: 'gun',
        short: 'g',
        value: 'string',
        help: 'Gun to import key with, if a gun is not already given in a PEM header',
      },
      { name: 'replace', value: 'ID', help: 'Replace this key by the one in the file, after a question' },
      { name: 'yes', short: 'y', help: 'Do not prompt for confirmation' },
      generateOption,
      dryRun,
      json,
      ...notaryOptions,
    ],
    refuse: fewerThan(1, 'must specify at least one input file to import keys from'),
    load: async () => (await import('./key-import-command.ts')).runKeyImport,
  },
  {
    name: 'key export',
    operands: '',
    summary: 'Export keys, as notary does, or for other tools',
    manners: 'notary',
    options: [
      { name: 'key', value: 'strings', help: 'Key IDs to export' },
      { name: 'gun', value: 'strings', help: 'GUNs for which to export keys' },
      {
        name: 'output',
        short: 'o',
        value: 'file',
        help: 'New file to write to, 0600 (standard output when not given)',
      },
      { name: 'single', help: 'One key as its own file is' },
      { name: 'modern', help: 'One key as PKCS#8 with present-day parameters: for OpenSSL, not for docker' },
      { name: 'public', help: 'The public halves only' },
      generateOption,
      ...notaryOptions,
    ],
    refuse: notExactly(0, 'export does not take any positional arguments'),
    load: async () => (await import('./key-export-command.ts')).runKeyExport,
  },
  {
    name: 'key passwd',
    operands: 'ID',
    summary: 'Change the passphrase of a key, or of all keys that share it',
    manners: 'notary',
    options: [
      { name: 'all-sharing', help: 'Also change every other key that the old passphrase opens' },
      generateOption,
      dryRun,
      json,
      ...notaryOptions,
    ],
    refuse: notExactly(1, 'must specify the key ID of the key to change the passphrase of'),
    load: async () => (await import('./key-passwd-command.ts')).runKeyPasswd,
  },
  {
    name: 'key remove',
    operands: 'ID',
    summary: 'Remove a key, after saying what stops working without it',
    manners: 'notary',
    options: [yes, { name: 'force', short: 'f', help: 'The same as --yes' }, dryRun, json, ...notaryOptions],
    refuse: notExactly(1, 'must specify the key ID of the key to remove'),
    load: async () => (await import('./key-remove-command.ts')).runKeyRemove,
  },
  {
    name: 'key certificate',
    operands: 'ID',
    summary: "Make a self-signed certificate for a signer's key",
    manners: 'notary',
    options: [
      { name: 'days', value: 'number', help: 'How long it is valid (365 when not given)' },
      ...certificateOptions,
    ],
    refuse: notExactly(1, 'must specify the key ID of the key to make a certificate for'),
    load: async () => (await import('./key-certificate-commands.ts')).runKeyCertificate,
  },
  {
    name: 'key certificate-request',
    operands: 'ID',
    summary: "Make a certificate request (CSR) for a signer's key",
    manners: 'notary',
    options: certificateOptions,
    refuse: notExactly(1, 'must specify the key ID of the key to make a request for'),
    load: async () => (await import('./key-certificate-commands.ts')).runKeyCertificateRequest,
  },
  {
    name: 'key migrate',
    operands: '',
    summary: 'Move keys of notary 0.1 to 0.3 to where present tools look; deletes nothing it cannot read',
    manners: 'notary',
    options: [dryRun, ...notaryOptions],
    refuse: notExactly(0, 'migrate does not take any positional arguments'),
    load: async () => (await import('./key-migrate-command.ts')).runKeyMigrate,
  },
  {
    name: 'key lost',
    operands: '[IMAGE|ID]',
    summary: 'Find out which keys are missing, and what to do about it',
    manners: 'docker',
    options: [json],
    refuse: moreThan(1, "'trustdesk key lost' requires at most 1 argument"),
    load: async () => (await import('./key-lost-command.ts')).runKeyLost,
  },
];
