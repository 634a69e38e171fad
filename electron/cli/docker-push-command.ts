/** `trustdesk docker push NAME[:TAG]`, in the place of `docker push` with content trust: `sign --local` of one tag. Command line. */
import { parseImageReference } from '../registry/image-reference.ts';
import { type Arguments, isOn, type RunCommand, usage } from './command.ts';
import { runSign } from './sign-command.ts';
import type { Terminal } from './terminal.ts';

export const runDockerPush: RunCommand = async (args, terminal) => {
  const reference = taggedReference(args, terminal);
  return runSign(
    { operands: [reference], options: new Map([...args.options, ['local', ['true']]]) },
    terminal,
  );
};

/** In docker's words. */
function taggedReference(args: Arguments, terminal: Terminal): string {
  const [text = ''] = args.operands;
  const { tag, digest } = parseImageReference(text);
  if (digest !== undefined) throw usage('cannot push a digest reference');
  if (tag !== undefined) return text;
  if (!isOn(args, 'json')) terminal.stdout.write('Using default tag: latest\n');
  return `${text}:latest`;
}
