/**
 * How a failure is said: docker's way (words on stderr) or notary's (`* fatal: words` on stdout), always followed by
 * what is wrong and how to mend it on stderr, in the very words of the window. Command line.
 */
import { hasCode, isAppError } from '../../shared/errors.ts';
import { textOf } from '../../shared/error-texts.ts';
import { printable } from './columns.ts';
import { type Arguments, type CommandSpec, isOn, unreadableOption } from './command.ts';
import { commandHelp, usageLine } from './help.ts';
import { notaryWords } from './original-words.ts';
import { similarCommand } from './similar.ts';
import type { Terminal } from './terminal.ts';

/** Options that could not be read. */
export function reportUsage(command: CommandSpec, error: unknown, terminal: Terminal): number {
  const words = notaryWords(error);
  if (command.manners === 'notary') return fatal(words, terminal);
  terminal.stderr.write(
    `${words}\n\n${usageLine(command)}\n\nRun 'trustdesk ${command.name} --help' for more information\n`,
  );
  return unreadableOption;
}

/** Too few or too many operands. */
export function reportRefusal(command: CommandSpec, refusal: string, terminal: Terminal): number {
  if (command.manners === 'notary') {
    terminal.stdout.write(commandHelp(command));
    return fatal(refusal, terminal);
  }
  terminal.stderr.write(
    `trustdesk: ${refusal}\n\n${usageLine(command)}\n\nSee 'trustdesk ${command.name} --help' for more information\n`,
  );
  return 1;
}

/** @param commands all there are: the table knows this file, so it is handed over instead of imported */
export function reportUnknownCommand(
  words: readonly string[],
  commands: readonly CommandSpec[],
  terminal: Terminal,
): number {
  const meant = similarCommand(words, commands);
  const hint = meant === undefined ? '' : `Did you mean 'trustdesk ${meant}'?\n`;
  const [group = ''] = words;
  const isGroup = commands.some(({ name }) => name.startsWith(`${group} `));
  const help = isGroup ? `trustdesk ${group} --help` : 'trustdesk --help';
  terminal.stderr.write(
    `trustdesk: unknown command: trustdesk ${words.join(' ')}\n\n${hint}Run '${help}' for more information\n`,
  );
  return 1;
}

/** A command that ran and failed. With --json nothing but JSON is printed: the outcome, on stderr. */
export function reportFailure(
  command: CommandSpec,
  args: Arguments,
  error: unknown,
  terminal: Terminal,
): number {
  if (isOn(args, 'json')) {
    terminal.stderr.write(`${JSON.stringify(toJson(error))}\n`);
    return 1;
  }
  const words = notaryWords(error);
  if (command.manners === 'notary') fatal((command.failureLead?.(args.operands) ?? '') + words, terminal);
  else terminal.stderr.write(`${words}\n`);
  if (hasCode(error, 'cli/usage')) terminal.stderr.write(`  See 'trustdesk ${command.name} --help'.\n`);
  else terminal.stderr.write(explanation(error, isSaidTwice(command, terminal) ? '' : words));
  return (hasCode(error, 'cli/usage') ? error.details.exitCode : undefined) ?? command.failureCode ?? 1;
}

/** notary's words went to stdout; whoever reads stderr alone wants to know all the same. One terminal shows both. */
function isSaidTwice({ manners }: CommandSpec, { stdout, stderr }: Terminal): boolean {
  return manners === 'notary' && !(stdout.isTerminal && stderr.isTerminal);
}

function fatal(words: string, terminal: Terminal): number {
  terminal.stdout.write(`\n* fatal: ${words}\n`);
  return 1;
}

/** What is wrong (unless `words` said just that) and what to do, indented below them. A bug shows its stack. */
export function explanation(error: unknown, words: string): string {
  if (!isAppError(error)) return `Internal error\n${error instanceof Error ? (error.stack ?? '') : ''}\n`;
  const text = textOf(error);
  // SECURITY: names in a certificate that nobody vouches for, or a server's words, must not write to the terminal.
  const [title, fix] = [printable(text.title), printable(text.fix)];
  return title === words || title === `${words}.` ? `  ${fix}\n` : `  ${title}\n  ${fix}\n`;
}

/** An outcome for a program to read. */
export function toJson(error: unknown): object {
  if (!isAppError(error)) return { code: 'app/internal', message: notaryWords(error) };
  return { code: error.code, details: error.details, ...textOf(error) };
}
