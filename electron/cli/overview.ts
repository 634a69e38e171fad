/** The overview of all commands. Command line; loaded only when printed. */
import type { OptionSpec } from './command.ts';
import { commands } from './commands.ts';
import { optionLines } from './help.ts';

/** What `trustdesk --help` prints, or `trustdesk GROUP` for the commands that begin with one word. */
export function overview(group?: string): string {
  const shown = commands.filter(({ name }) => group === undefined || name.startsWith(`${group} `));
  const width = Math.max(...shown.map(({ name }) => name.length)) + 3;
  const lines = shown.map(({ name, summary }) => `  ${name.padEnd(width)}${summary}\n`).join('');
  const own = group === undefined ? '' : ` ${group}`;
  return (
    `Usage:  trustdesk${own} COMMAND\n\n${purposes.get(group) ?? `Commands of trustdesk${own}`}\n\n` +
    `Commands:\n${lines}\nOptions:\n${optionLines(topOptions)}\n` +
    `Run 'trustdesk${own} COMMAND --help' for more information on a command.\n`
  );
}

/** In the words of docker and notary, where they have some. */
const purposes: ReadonlyMap<string | undefined, string> = new Map([
  [undefined, 'See who signed what with Docker Content Trust, sign, revoke, and look after signers and keys'],
  ['signer', 'Manage entities who can sign Docker images'],
  ['key', 'Manage keys for signing Docker images'],
  ['delegation', 'Operates on delegations.'],
  ['backup', 'Write, prove and restore copies of keys'],
]);

const topOptions: readonly OptionSpec[] = [
  { name: 'help', short: 'h', help: 'Print this text' },
  { name: 'version', short: 'v', help: 'Print the version' },
];
