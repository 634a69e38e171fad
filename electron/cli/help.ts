/** Help and usage texts. Command line; loaded only when one is printed. */
import type { CommandSpec, OptionSpec } from './command.ts';
import { commands } from './commands.ts';

/** `Usage:  trustdesk inspect [OPTIONS] IMAGE[:TAG] [IMAGE[:TAG]...]` */
export function usageLine(command: CommandSpec): string {
  const operands = command.operands === '' ? '' : ` ${command.operands}`;
  return `Usage:  trustdesk ${command.name} [OPTIONS]${operands}`;
}

/** What `trustdesk COMMAND --help` prints. */
export function commandHelp(command: CommandSpec): string {
  const options = [...command.options, { name: 'help', short: 'h', help: 'Print this text' }];
  return `${usageLine(command)}\n\n${command.summary}\n\nOptions:\n${optionLines(options)}`;
}

function optionLines(options: readonly OptionSpec[]): string {
  const names = options.map(({ name, short, value }) => {
    const letter = short === undefined ? '    ' : `-${short}, `;
    return `  ${letter}--${name}${value === undefined ? '' : ` ${value}`}`;
  });
  const width = Math.max(...names.map(({ length }) => length)) + 3;
  return options.map(({ help }, i) => `${(names[i] ?? '').padEnd(width)}${help}\n`).join('');
}

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
