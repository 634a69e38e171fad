/**
 * The commands that only read a repository: all that `reader.js` knows (adr/0011). Data only; a command's code is loaded
 * when it is run.
 */
import type { CommandSpec, OptionSpec } from './command.ts';
import { notaryOptions } from './notary-options.ts';
import { fewerThan, notExactly } from './operand-rules.ts';

export const json: OptionSpec = { name: 'json', help: 'Print as JSON' };

const roles: OptionSpec = {
  name: 'roles',
  short: 'r',
  value: 'strings',
  help: 'Delegation roles to list targets for (will shadow targets role)',
};

export const commands: readonly CommandSpec[] = [
  {
    name: 'inspect',
    operands: 'IMAGE[:TAG] [IMAGE[:TAG]...]',
    summary: 'Return low-level information about keys and signatures',
    manners: 'docker',
    options: [
      { name: 'pretty', help: 'Print the information in a human friendly format' },
      { name: 'json', help: 'Print as JSON, which is what it does without --pretty; failures too' },
    ],
    refuse: fewerThan(1, "'trustdesk inspect' requires at least 1 argument"),
    load: async () => (await import('./inspect-command.ts')).runInspect,
  },
  {
    name: 'list',
    operands: '[ GUN ]',
    summary: 'Lists targets for a remote trusted collection.',
    manners: 'notary',
    options: [roles, json, ...notaryOptions],
    refuse: fewerThan(1, 'Must specify a GUN'),
    load: async () => (await import('./notary-commands.ts')).runList,
  },
  {
    name: 'lookup',
    operands: '[ GUN ] <target>',
    summary: 'Looks up a specific target in a remote trusted collection.',
    manners: 'notary',
    options: [json, ...notaryOptions],
    refuse: fewerThan(2, 'Must specify a GUN and target'),
    load: async () => (await import('./notary-commands.ts')).runLookup,
  },
  {
    name: 'delegation list',
    operands: '[ GUN ]',
    summary: 'Lists delegations for the Global Unique Name.',
    manners: 'notary',
    options: [json, ...notaryOptions],
    refuse: notExactly(1, 'Please provide a Global Unique Name as an argument to list'),
    failureLead: ([gun = '']) => `Error retrieving delegation roles for repository ${gun}: `,
    load: async () => (await import('./notary-commands.ts')).runDelegationList,
  },
];
