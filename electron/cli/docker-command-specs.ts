/** docker's own commands as they were with content trust. Data only; a command's code is loaded when it is run. */
import { asOption, changeOptions, rootKey } from './change-options.ts';
import type { CommandSpec } from './command.ts';
import { fewerThan, notExactly } from './operand-rules.ts';
import { json } from './reading-command-specs.ts';

/** docker's own: it could not begin. What a container ends with is passed on. */
const notStarted = 125;

export const dockerCommands: readonly CommandSpec[] = [
  {
    name: 'docker pull',
    operands: 'NAME[:TAG]',
    summary: 'Pull the digest that is signed for a tag through the docker engine',
    manners: 'docker',
    options: [
      { name: 'all-tags', short: 'a', help: 'Pull every signed tag of the repository' },
      { name: 'platform', value: 'string', help: 'Set platform if server is multi-platform capable' },
      { name: 'quiet', short: 'q', help: 'Suppress verbose output' },
      json,
    ],
    refuse: notExactly(1, "'trustdesk docker pull' requires 1 argument"),
    load: async () => (await import('./docker-pull-command.ts')).runDockerPull,
  },
  {
    name: 'docker push',
    operands: 'NAME[:TAG]',
    summary: 'Push an image of the docker engine and sign what was pushed',
    manners: 'docker',
    options: [asOption, rootKey, ...changeOptions],
    refuse: notExactly(1, "'trustdesk docker push' requires 1 argument"),
    load: async () => (await import('./docker-push-command.ts')).runDockerPush,
  },
  {
    name: 'docker create',
    operands: 'IMAGE [COMMAND] [ARG...]',
    summary: 'Create a container from what is signed for a tag; takes the options of docker create',
    manners: 'docker',
    options: [],
    isVerbatim: true,
    refuse: fewerThan(1, "'trustdesk docker create' requires at least 1 argument"),
    load: async () => (await import('./docker-run-command.ts')).runWithDocker('create', 1),
  },
  {
    name: 'docker run',
    operands: 'IMAGE [COMMAND] [ARG...]',
    summary: 'Run a container from what is signed for a tag; takes the options of docker run',
    manners: 'docker',
    options: [],
    isVerbatim: true,
    failureCode: notStarted,
    refuse: fewerThan(1, "'trustdesk docker run' requires at least 1 argument"),
    load: async () => (await import('./docker-run-command.ts')).runWithDocker('run', notStarted),
  },
];
