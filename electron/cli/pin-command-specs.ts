/** The command that looks up the images of files. Data only; its code is loaded when it is run. */
import type { CommandSpec } from './command.ts';
import { fewerThan } from './operand-rules.ts';
import { json } from './reading-command-specs.ts';

export const pinCommands: readonly CommandSpec[] = [
  {
    name: 'pin',
    operands: 'FILE [FILE...]',
    summary:
      'Look up the signed digest of every image in Dockerfiles, compose files and lists (- is standard input), and write it there with --write',
    manners: 'docker',
    options: [
      {
        name: 'write',
        help: 'Write the digests into the files; changes nothing unless every image is signed',
      },
      {
        name: 'output',
        short: 'o',
        value: 'file',
        help: 'Write the pinned text of one file there instead; - is standard output',
      },
      { name: 'partial', help: 'Pin what is signed, and leave the rest as it is; the exit code is still 1' },
      { name: 'update', help: 'Replace digests that are not what is signed under their tag now' },
      {
        name: 'type',
        value: 'string',
        help: 'What the files are: dockerfile, compose or list (told by name and content when not given)',
      },
      { name: 'dry-run', help: 'Print what would be written and change nothing, also with --write' },
      json,
    ],
    refuse: fewerThan(1, "'trustdesk pin' requires at least 1 argument"),
    load: async () => (await import('./pin-command.ts')).runPin,
  },
];
