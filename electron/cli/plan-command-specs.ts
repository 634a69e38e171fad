/** `plan show | sign | publish`: plans that were saved with `--save-plan`. Data only. */
import type { CommandSpec, OptionSpec } from './command.ts';
import { notExactly } from './operand-rules.ts';

const json: OptionSpec = { name: 'json', help: 'Print as JSON' };
const yes: OptionSpec = { name: 'yes', short: 'y', help: 'Do not prompt for confirmation' };
const needsFile = (name: string) => notExactly(1, `'trustdesk plan ${name}' requires exactly 1 argument`);

export const planCommands: readonly CommandSpec[] = [
  {
    name: 'plan show',
    operands: 'FILE',
    summary: 'Show what a saved plan does, and who has signed it',
    manners: 'docker',
    options: [json],
    refuse: needsFile('show'),
    load: async () => (await import('./plan-commands.ts')).runPlanShow,
  },
  {
    name: 'plan sign',
    operands: 'FILE',
    summary: 'Sign a saved plan with the keys that are here; needs no network',
    manners: 'docker',
    options: [yes, { name: 'dry-run', help: 'Print which keys would sign and change nothing' }],
    refuse: needsFile('sign'),
    load: async () => (await import('./plan-commands.ts')).runPlanSign,
  },
  {
    name: 'plan publish',
    operands: 'FILE',
    summary: 'Publish a saved plan that was signed',
    manners: 'docker',
    options: [
      yes,
      { name: 'dry-run', help: 'Ask the trust server whether it still fits and change nothing' },
      json,
    ],
    refuse: needsFile('publish'),
    load: async () => (await import('./plan-commands.ts')).runPlanPublish,
  },
];
