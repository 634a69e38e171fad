/** Options of every command that changes trust. Data only, so that reading commands load nothing else. */
import type { OptionSpec } from './command.ts';

/** Options of every changing command. */
export const changeOptions: readonly OptionSpec[] = [
  { name: 'dry-run', help: 'Print the plan and change nothing' },
  { name: 'save-plan', value: 'file', help: 'Write the plan to a file and change nothing' },
  { name: 'json', help: 'Print as JSON' },
];

/** Whose keys sign, of the people whose keys are here. */
export const asOption: OptionSpec = {
  name: 'as',
  value: 'string',
  help: 'The signer to act as, when keys of several are here',
};

/** With which root key a repository that is new is made. */
export const rootKey: OptionSpec = {
  name: 'root-key',
  value: 'string',
  help: 'Root key for a repository that is new: its ID, or new',
};

/** Of every command of notary that stages; scripts pass it. */
export const publishOption: OptionSpec = {
  name: 'publish',
  short: 'p',
  help: 'As notary names it; here every change is published at once',
};
