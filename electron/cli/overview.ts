/** The overview of all commands. Command line; loaded only when printed. */
import type { CommandSpec, OptionSpec } from './command.ts';
import { commands } from './commands.ts';
import { optionLines } from './help.ts';

/** What `trustdesk --help` prints, or `trustdesk GROUP` for the commands that begin with one word. */
export function overview(group?: string): string {
  const shown = commands.filter(({ name }) => group === undefined || name.startsWith(`${group} `));
  const width = Math.max(...shown.map(({ name }) => name.length)) + 3;
  const lines = (of: readonly CommandSpec[]): string =>
    of.map(({ name, summary }) => `  ${name.padEnd(width)}${summary}\n`).join('');
  const own = group === undefined ? '' : ` ${group}`;
  const listed = group === undefined ? inSections(shown, lines) : `Commands:\n${lines(shown)}\n`;
  return (
    `Usage:  trustdesk${own} COMMAND\n\n${purposes.get(group) ?? `Commands of trustdesk${own}`}\n\n` +
    `${listed}Options:\n${optionLines(topOptions)}\n` +
    `Run 'trustdesk${own} COMMAND --help' for more information on a command.\n`
  );
}

/** What people come for, by the first word of a command; everything else is for looking. */
const sections: readonly (readonly [title: string, firstWords: readonly string[]])[] = [
  ['Looking', []],
  ['Signing', ['sign', 'revoke', 'signer', 'plan', 'witness', 'renew', 'init', 'rotate', 'delete']],
  ['Keys', ['key', 'yubikey']],
  ['Backups', ['backup']],
];

function inSections(shown: readonly CommandSpec[], lines: (of: readonly CommandSpec[]) => string): string {
  const named = sections.flatMap(([, words]) => words);
  return sections
    .map(([title, words]) => {
      const of = shown.filter(({ name }) => {
        const [first = ''] = name.split(' ');
        return words.length === 0 ? !named.includes(first) : words.includes(first);
      });
      return of.length === 0 ? '' : `${title}:\n${lines(of)}\n`;
    })
    .join('');
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
