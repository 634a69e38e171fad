/**
 * Every command of the command line: names, options and whose manners it has. Data only; a command's code is loaded
 * when it is run. Names, options and refusals are those of docker trust and notary, so that scripts carry over.
 */
import { administrationCommands } from './administration-command-specs.ts';
import { backupCommands } from './backup-command-specs.ts';
import { asOption, changeOptions, rootKey } from './change-options.ts';
import type { CommandSpec, OptionSpec } from './command.ts';
import { delegationCommands } from './delegation-command-specs.ts';
import { dockerCommands } from './docker-command-specs.ts';
import { generateOption, keyCommands } from './key-command-specs.ts';
import { notaryOptions } from './notary-options.ts';
import { fewerThan, notExactly } from './operand-rules.ts';
import { pinCommands } from './pin-command-specs.ts';
import { planCommands } from './plan-command-specs.ts';
import { commands as readingCommands, json } from './reading-command-specs.ts';
import { yubikeyCommands } from './yubikey-command-specs.ts';

const sandbox: OptionSpec = {
  name: 'sandbox',
  help: 'Keep the key with those of the sandbox, for its repositories',
};

export const commands: readonly CommandSpec[] = [
  ...readingCommands,
  ...delegationCommands,
  {
    name: 'key list',
    operands: '',
    summary: 'Lists keys.',
    manners: 'notary',
    options: [json, ...notaryOptions],
    refuse: notExactly(0, ''),
    load: async () => (await import('./key-commands.ts')).runKeyList,
  },
  {
    name: 'key generate',
    operands: 'NAME',
    summary: 'Generate and load a signing key-pair',
    manners: 'docker',
    options: [
      { name: 'dir', value: 'string', help: 'Directory to generate key in, defaults to current directory' },
      sandbox,
      generateOption,
    ],
    refuse: notExactly(1, "'trustdesk key generate' requires 1 argument"),
    load: async () => (await import('./key-making-commands.ts')).runKeyGenerate,
  },
  {
    name: 'key load',
    operands: 'KEYFILE',
    summary: 'Load a private key file for signing',
    manners: 'docker',
    options: [
      { name: 'name', value: 'string', help: 'Name for the loaded key (default "signer")' },
      sandbox,
      generateOption,
    ],
    refuse: notExactly(1, "'trustdesk key load' requires 1 argument"),
    load: async () => (await import('./key-making-commands.ts')).runKeyLoad,
  },
  ...keyCommands,
  {
    name: 'sign',
    operands: 'IMAGE:TAG [IMAGE:TAG...]',
    summary: 'Sign images',
    manners: 'docker',
    options: [
      { name: 'local', help: 'Push a locally tagged image first and sign what was pushed' },
      {
        name: 'digest',
        value: 'string',
        help: 'Sign this digest (sha256:...) instead of what the tag is now',
      },
      {
        name: 'size',
        value: 'bytes',
        help: 'Size of the manifest; with --digest, the registry is not asked',
      },
      asOption,
      rootKey,
      ...changeOptions,
    ],
    refuse: fewerThan(1, "'trustdesk sign' requires at least 1 argument"),
    load: async () => (await import('./sign-command.ts')).runSign,
  },
  {
    name: 'revoke',
    operands: 'IMAGE[:TAG]',
    summary: 'Remove trust for an image',
    manners: 'docker',
    options: [
      { name: 'yes', short: 'y', help: 'Do not prompt for confirmation' },
      asOption,
      ...changeOptions,
    ],
    refuse: notExactly(1, "'trustdesk revoke' requires 1 argument"),
    load: async () => (await import('./revoke-command.ts')).runRevoke,
  },
  {
    name: 'signer add',
    operands: 'NAME IMAGE [IMAGE...]',
    summary: 'Add a signer, or more keys to one',
    manners: 'docker',
    options: [
      { name: 'key', value: 'list', help: "Path to the signer's public key or certificate file" },
      rootKey,
      ...changeOptions,
    ],
    refuse: fewerThan(2, "'trustdesk signer add' requires at least 2 arguments"),
    load: async () => (await import('./signer-commands.ts')).runSignerAdd,
  },
  {
    name: 'signer remove',
    operands: 'NAME IMAGE [IMAGE...]',
    summary: 'Remove a signer',
    manners: 'docker',
    options: [
      {
        name: 'force',
        short: 'f',
        help: 'Do not prompt for confirmation before removing the most recent signer',
      },
      asOption,
      ...changeOptions,
    ],
    refuse: fewerThan(2, "'trustdesk signer remove' requires at least 2 arguments"),
    load: async () => (await import('./signer-commands.ts')).runSignerRemove,
  },
  ...administrationCommands,
  ...yubikeyCommands,
  ...backupCommands,
  ...planCommands,
  {
    name: 'restore',
    operands: 'IMAGE [POINT]',
    summary:
      'Go back to the tags and delegations before an earlier publish, or list what there is to go back to',
    manners: 'docker',
    options: [
      { name: 'yes', short: 'y', help: 'Do not prompt for confirmation' },
      asOption,
      ...changeOptions,
    ],
    refuse: (operands) =>
      operands.length < 1 || operands.length > 2
        ? "'trustdesk restore' requires an image, and at most 2 arguments"
        : undefined,
    load: async () => (await import('./restore-command.ts')).runRestore,
  },
  ...pinCommands,
  ...dockerCommands,
  {
    name: 'doctor',
    operands: '[IMAGE|URL]',
    summary: 'Find out why a trust server or registry cannot be used, and what to do',
    manners: 'docker',
    options: [json, ...notaryOptions],
    refuse: (operands) =>
      operands.length > 1 ? "'trustdesk doctor' requires at most 1 argument" : undefined,
    load: async () => (await import('./doctor-command.ts')).runDoctorCommand,
  },
];
