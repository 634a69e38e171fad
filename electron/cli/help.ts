/** Help and usage of one command. Command line; pure, loaded only when printed. */
import type { CommandSpec, OptionSpec } from './command.ts';

/** `Usage:  trustdesk inspect [OPTIONS] IMAGE[:TAG] [IMAGE[:TAG]...]` */
export function usageLine(command: CommandSpec): string {
  const operands = command.operands === '' ? '' : ` ${command.operands}`;
  return `Usage:  trustdesk ${command.name} [OPTIONS]${operands}`;
}

/** What `trustdesk COMMAND --help` prints. */
export function commandHelp(command: CommandSpec): string {
  const options = [...command.options, { name: 'help', short: 'h', help: 'Print this text' }];
  const others =
    command.isVerbatim === true ? `\nEverything else goes to docker: see '${command.name} --help'.\n` : '';
  return `${usageLine(command)}\n\n${command.summary}\n\nOptions:\n${optionLines(options)}${others}`;
}

/** One line per option, in columns. */
export function optionLines(options: readonly OptionSpec[]): string {
  const names = options.map(({ name, short, value }) => {
    const letter = short === undefined ? '    ' : `-${short}, `;
    return `  ${letter}--${name}${value === undefined ? '' : ` ${value}`}`;
  });
  const width = Math.max(...names.map(({ length }) => length)) + 3;
  return options.map(({ help }, i) => `${(names[i] ?? '').padEnd(width)}${help}\n`).join('');
}
