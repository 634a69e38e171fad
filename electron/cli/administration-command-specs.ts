/** Commands on a repository's own keys and roles, in the place of notary's. A part of the table in `commands.ts`. Data only. */
import { asOption, changeOptions, publishOption } from './change-options.ts';
import type { CommandSpec, OptionSpec } from './command.ts';
import { notaryOptions } from './notary-options.ts';
import { fewerThan, notExactly } from './operand-rules.ts';

const yes: OptionSpec = {
  name: 'yes',
  short: 'y',
  help: "Do not ask before signing what nobody's signature holds any more",
};

/** A deletion is not carried to other computers: it needs no key. */
const deletionOptions = changeOptions.filter(({ name }) => name !== 'save-plan');

export const administrationCommands: readonly CommandSpec[] = [
  {
    name: 'init',
    operands: 'GUN',
    summary: 'Create an empty repository on the trust server',
    manners: 'notary',
    options: [
      { name: 'root-key', value: 'string', help: 'Root key to use, when several are here: its ID, or new' },
      publishOption,
      ...changeOptions,
      ...notaryOptions,
    ],
    refuse: notExactly(1, 'Must specify a GUN'),
    load: async () => (await import('./administration-commands.ts')).runInit,
  },
  {
    name: 'witness',
    operands: 'GUN ROLE [ROLE...]',
    summary: 'Sign roles again as they are: renew their expiry, or bring them back',
    manners: 'notary',
    options: [asOption, yes, publishOption, ...changeOptions, ...notaryOptions],
    refuse: fewerThan(2, 'Please provide a GUN and at least one role to witness'),
    load: async () => (await import('./administration-commands.ts')).runWitness,
  },
  {
    name: 'renew',
    operands: 'IMAGE',
    summary: 'Sign again what expires soon and can be signed from here',
    manners: 'docker',
    options: [
      { name: 'within', value: 'days', help: 'What expires in so many days; six months without it' },
      asOption,
      yes,
      ...changeOptions,
    ],
    refuse: notExactly(1, "'trustdesk renew' requires 1 argument"),
    load: async () => (await import('./renew-command.ts')).runRenew,
  },
  {
    name: 'delete',
    operands: 'GUN',
    summary: 'Delete all trust data of a repository on the trust server; keys and the trusted root stay here',
    manners: 'notary',
    options: [
      { name: 'remote', help: 'As notary names it; the server is always meant here' },
      { name: 'yes', short: 'y', help: 'Do not ask for the name to be typed' },
      ...deletionOptions,
      ...notaryOptions,
    ],
    refuse: notExactly(1, 'Must specify a GUN'),
    load: async () => (await import('./delete-command.ts')).runDelete,
  },
  {
    name: 'key rotate',
    operands: 'GUN ROLE',
    summary: "Replace the key of root, targets, snapshot or timestamp, or renew the root's certificate",
    manners: 'notary',
    options: [
      {
        name: 'server-managed',
        short: 'r',
        help: 'The server makes and keeps the new key: snapshot, and always timestamp',
      },
      {
        name: 'key',
        short: 'k',
        value: 'ID',
        help: 'Key that takes its place, here or on a token; a new one is made without it',
      },
      { name: 'yes', short: 'y', help: 'Do not prompt for confirmation' },
      ...changeOptions,
      ...notaryOptions,
    ],
    refuse: notExactly(2, 'must specify a GUN and a key role to rotate'),
    load: async () => (await import('./administration-commands.ts')).runKeyRotate,
  },
];
