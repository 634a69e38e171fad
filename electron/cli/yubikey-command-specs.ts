/** The commands on tokens, a part of the table in `commands.ts`. Data only. */
import type { CommandSpec, OptionSpec } from './command.ts';
import { moreThan, notExactly } from './operand-rules.ts';

const json: OptionSpec = { name: 'json', help: 'Print as JSON' };
const device: OptionSpec = {
  name: 'device',
  value: 'serial|name',
  help: 'Which token, when several are plugged in',
};
const publicDirectory: OptionSpec = {
  name: 'dir',
  value: 'string',
  help: 'Directory for the public key, defaults to current directory',
};
const putOptions: readonly OptionSpec[] = [
  device,
  { name: 'slot', value: '9a|9c|9d|9e|82-95', help: 'Where to put it (the first free slot when not given)' },
  { name: 'touch', value: 'never|always|cached', help: 'Whether each signature wants a touch' },
  { name: 'replace', help: 'What is in the slot may be lost' },
];

export const yubikeyCommands: readonly CommandSpec[] = [
  {
    name: 'yubikey list',
    operands: '',
    summary: 'List the tokens that are plugged in',
    manners: 'docker',
    options: [json],
    refuse: notExactly(0, "'trustdesk yubikey list' takes no arguments"),
    load: async () => (await import('./yubikey-commands.ts')).runYubikeyList,
  },
  {
    name: 'yubikey slots',
    operands: '',
    summary: 'Show what is in the slots of a token',
    manners: 'docker',
    options: [device, json],
    refuse: notExactly(0, "'trustdesk yubikey slots' takes no arguments"),
    load: async () => (await import('./yubikey-commands.ts')).runYubikeySlots,
  },
  {
    name: 'yubikey import',
    operands: 'KEYID',
    summary: 'Put a key of this computer on a token; its file stays',
    manners: 'docker',
    options: putOptions,
    refuse: notExactly(1, "'trustdesk yubikey import' requires 1 argument"),
    load: async () => (await import('./yubikey-put-commands.ts')).runYubikeyImport,
  },
  {
    name: 'yubikey generate',
    operands: 'ROLE',
    summary: 'Make a key inside a token, for root or a signer; it cannot be backed up',
    manners: 'docker',
    options: [
      ...putOptions,
      { name: 'algorithm', value: 'p256|p384|rsa2048', help: 'What kind of key (default p256)' },
      publicDirectory,
    ],
    refuse: notExactly(1, "'trustdesk yubikey generate' requires 1 argument"),
    load: async () => (await import('./yubikey-put-commands.ts')).runYubikeyGenerate,
  },
  {
    name: 'yubikey export',
    operands: 'SLOT',
    summary: 'Write the public half of a key on a token to a file, for signer add',
    manners: 'docker',
    options: [device, publicDirectory],
    refuse: notExactly(1, "'trustdesk yubikey export' requires 1 argument"),
    load: async () => (await import('./yubikey-put-commands.ts')).runYubikeyExport,
  },
  {
    name: 'yubikey pin',
    operands: '',
    summary: 'Change the PIN of a token',
    manners: 'docker',
    options: [device],
    refuse: notExactly(0, "'trustdesk yubikey pin' takes no arguments: the PIN is asked for"),
    load: async () => (await import('./yubikey-commands.ts')).runYubikeyPin,
  },
  {
    name: 'yubikey puk',
    operands: '',
    summary: 'Change the PUK of a token',
    manners: 'docker',
    options: [device],
    refuse: notExactly(0, "'trustdesk yubikey puk' takes no arguments: the PUK is asked for"),
    load: async () => (await import('./yubikey-commands.ts')).runYubikeyPuk,
  },
  {
    name: 'yubikey unblock',
    operands: '',
    summary: 'Set a new PIN with the PUK, after too many wrong tries',
    manners: 'docker',
    options: [device],
    refuse: notExactly(0, "'trustdesk yubikey unblock' takes no arguments: the PUK is asked for"),
    load: async () => (await import('./yubikey-commands.ts')).runYubikeyUnblock,
  },
  {
    name: 'yubikey name',
    operands: 'NAME',
    summary: 'Give a token a name of your own; an empty one takes it away',
    manners: 'docker',
    options: [device],
    refuse: notExactly(1, "'trustdesk yubikey name' requires 1 argument"),
    load: async () => (await import('./yubikey-commands.ts')).runYubikeyName,
  },
  {
    name: 'yubikey library',
    operands: '[FILE]',
    summary: 'Use another PKCS#11 library; without FILE, the usual one again',
    manners: 'docker',
    options: [{ name: 'yes', short: 'y', help: 'Do not prompt for confirmation' }],
    refuse: moreThan(1, "'trustdesk yubikey library' requires at most 1 argument"),
    load: async () => (await import('./yubikey-commands.ts')).runYubikeyLibrary,
  },
];
