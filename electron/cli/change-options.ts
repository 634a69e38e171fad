/** Options of every command that changes trust. Data only, so that reading commands load nothing else. */
import type { OptionSpec } from './command.ts';

/** Options of every changing command. */
export const changeOptions: readonly OptionSpec[] = [
  { name: 'dry-run', help: 'Print the plan and change nothing' },
  { name: 'save-plan', value: 'file', help: 'Write the plan to a file and change nothing' },
  { name: 'json', help: 'Print as JSON' },
];
