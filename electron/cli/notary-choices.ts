/** notary's global options as choices of a connection. Command line; pure. */
import path from 'node:path';
import type { NotaryChoices } from '../trust/connect.ts';
import { type Arguments, valueOf } from './command.ts';
import type { Terminal } from './terminal.ts';

/** notary: paths are relative to where it was started; `~/` is the home directory; an empty value counts as none. */
export function notaryChoicesOf(
  args: Arguments,
  { workingDirectory, homeDirectory }: Pick<Terminal, 'workingDirectory' | 'homeDirectory'>,
): NotaryChoices {
  const given = (name: string): string | undefined => {
    const value = valueOf(args, name);
    return value === '' ? undefined : value;
  };
  const place = (name: string): string | undefined => {
    const value = given(name);
    if (value === undefined) return undefined;
    return value === '~' || value.startsWith('~/')
      ? path.join(homeDirectory, value.slice(1))
      : path.resolve(workingDirectory, value);
  };
  return {
    configFile: place('configFile'),
    server: given('server'),
    trustDirectory: place('trustDir'),
    caFile: place('tlscacert'),
    certificateFile: place('tlscert'),
    keyFile: place('tlskey'),
  };
}
