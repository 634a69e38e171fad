/** Commands on delegations and on content, in the place of notary's. A part of the table in `commands.ts`. Data only. */
import { asOption, changeOptions, publishOption } from './change-options.ts';
import type { CommandSpec, OptionSpec } from './command.ts';
import { notaryOptions } from './notary-options.ts';
import { fewerThan, notExactly } from './operand-rules.ts';

const yes: OptionSpec = {
  name: 'yes',
  short: 'y',
  help: 'Do not ask before a delegation goes or what was signed stops being pullable',
};

const paths: OptionSpec = { name: 'paths', value: 'strings', help: 'List of path prefixes' };
const allPaths: OptionSpec = { name: 'all-paths', help: 'All paths' };
const common: readonly OptionSpec[] = [asOption, publishOption, ...changeOptions, ...notaryOptions];

export const delegationCommands: readonly CommandSpec[] = [
  {
    name: 'delegation add',
    operands: 'GUN ROLE [KEYFILE...]',
    summary:
      'Add keys (public keys or certificates in PEM) and paths to a delegation; make it where it is new',
    manners: 'notary',
    options: [paths, allPaths, ...common],
    refuse: fewerThan(
      2,
      'must specify the Global Unique Name and the role of the delegation along with the public key certificate paths and/or a list of paths to add',
    ),
    load: async () => (await import('./delegation-commands.ts')).runDelegationAdd,
  },
  {
    name: 'delegation remove',
    operands: 'GUN ROLE [KEYID...]',
    summary: 'Take keys or paths from a delegation; without either, remove it',
    manners: 'notary',
    options: [paths, allPaths, yes, ...common],
    refuse: fewerThan(
      2,
      'must specify the Global Unique Name and the role of the delegation along with optional keyIDs and/or a list of paths to remove',
    ),
    load: async () => (await import('./delegation-commands.ts')).runDelegationRemove,
  },
  {
    name: 'delegation purge',
    operands: 'GUN',
    summary: 'Take keys from every delegation of a repository',
    manners: 'notary',
    options: [
      { name: 'key', value: 'strings', help: 'Key IDs to remove from every delegation' },
      {
        name: 'skip-unsignable',
        help: 'Leave out, and name, the delegations that cannot be signed from here',
      },
      yes,
      ...common,
    ],
    refuse: notExactly(1, 'Please provide a single Global Unique Name as an argument to remove'),
    load: async () => (await import('./delegation-commands.ts')).runDelegationPurge,
  },
  {
    name: 'verify',
    operands: 'GUN TARGET',
    summary: 'Compare data with what is signed under a name; print it when it is the same',
    manners: 'notary',
    options: [
      {
        name: 'input',
        short: 'i',
        value: 'string',
        help: 'Read the data from a file instead of standard input',
      },
      {
        name: 'output',
        short: 'o',
        value: 'string',
        help: 'Write the data to a file instead of standard output',
      },
      { name: 'quiet', short: 'q', help: 'No output but the exit code' },
      ...notaryOptions,
    ],
    refuse: notExactly(2, 'Must specify a GUN and target'),
    load: async () => (await import('./verify-command.ts')).runVerify,
  },
];
