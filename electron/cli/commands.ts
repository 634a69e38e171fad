/**
 * Every command of the command line: names, options and whose manners it has. Data only; a command's code is loaded
 * when it is run. Names, options and refusals are those of docker trust and notary, so that scripts carry over.
 */
import type { CommandSpec, OptionSpec } from './command.ts';

const json: OptionSpec = { name: 'json', help: 'Print as JSON' };

/** notary's global options. They may also stand before the command. */
const notaryOptions: readonly OptionSpec[] = [
  { name: 'configFile', short: 'c', value: 'string', help: 'Path to the notary configuration file to use' },
  { name: 'debug', short: 'D', help: 'Debug output' },
  { name: 'server', short: 's', value: 'string', help: 'Remote trust server location' },
  { name: 'tlscacert', value: 'string', help: 'Trust certs signed only by this CA' },
  { name: 'tlscert', value: 'string', help: 'Path to TLS certificate file' },
  { name: 'tlskey', value: 'string', help: 'Path to TLS key file' },
  {
    name: 'trustDir',
    short: 'd',
    value: 'string',
    help: "Directory where the trust data is (docker's by default)",
  },
  { name: 'verbose', short: 'v', help: 'Verbose output' },
];
const roles: OptionSpec = {
  name: 'roles',
  short: 'r',
  value: 'strings',
  help: 'Delegation roles to list targets for (will shadow targets role)',
};

const fewerThan =
  (count: number, refusal: string) =>
  (operands: readonly string[]): string | undefined =>
    operands.length < count ? refusal : undefined;
const notExactly =
  (count: number, refusal: string) =>
  (operands: readonly string[]): string | undefined =>
    operands.length === count ? undefined : refusal;

export const commands: readonly CommandSpec[] = [
  {
    name: 'inspect',
    operands: 'IMAGE[:TAG] [IMAGE[:TAG]...]',
    summary: 'Return low-level information about keys and signatures',
    manners: 'docker',
    options: [{ name: 'pretty', help: 'Print the information in a human friendly format' }],
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
    name: 'doctor',
    operands: '[IMAGE|URL]',
    summary: 'Find out why a trust server or registry cannot be used, and what to do',
    manners: 'docker',
    options: [json],
    refuse: (operands) =>
      operands.length > 1 ? "'trustdesk doctor' requires at most 1 argument" : undefined,
    load: async () => (await import('./doctor-command.ts')).runDoctorCommand,
  },
];
