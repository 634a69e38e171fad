/** notary's global options. They may also stand before the command. Data only. */
import type { OptionSpec } from './command.ts';

export const notaryOptions: readonly OptionSpec[] = [
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
