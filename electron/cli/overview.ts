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
    `Usage:  trustdesk${own} COMMAND\n\nSee who signed what with Docker Content Trust\n\n` +
    `Commands:\n${lines}\nOptions:\n${optionLines(topOptions)}\n` +
    `Run 'trustdesk${own} COMMAND --help' for more information on a command.\n`
  );
}

const topOptions: readonly OptionSpec[] = [
  { name: 'help', short: 'h', help: 'Print this text' },
  { name: 'version', help: 'Print the version' },
];
