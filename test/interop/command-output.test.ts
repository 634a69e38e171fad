/** The command line as a program in a pipe, a full disk or a closed terminal: its exit code tells whether all was written. */
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { run } from '../lab/child.ts';

const program = fileURLToPath(new URL('../../dist/cli/trustdesk.js', import.meta.url));
const shell = (line: string) =>
  run('bash', ['--norc', '-c', line], { env: { PROGRAM: program, NODE: process.execPath } });

describe('where answers come from', () => {
  it.each(['/dev/null', '<(printf "n\\n")', '"$NO"'])('a question is declined by %s', async (from) => {
    const line = `NO="$(mktemp)"; echo no > "$NO"; "$NODE" "$PROGRAM" revoke registry.example.test/acme/app < ${from}`;
    const { status, stdout, stderr } = await shell(line);
    expect([status, stderr.trim()]).toEqual([0, 'Aborting action.']);
    expect(stdout).toContain('Confirm you would like to delete all signature data');
  });
});

describe('where the output goes', () => {
  it('a full disk is said, and is a failure', async () => {
    const { status, stderr } = await shell('"$NODE" "$PROGRAM" --help > /dev/full');
    expect(status).toBe(1);
    expect(stderr).toBe(
      'The output could not be written: no space is left there. What was written is not complete.\n',
    );
  });

  it('a reader that has seen enough ends it quietly', async () => {
    const { stdout, stderr } = await shell('"$NODE" "$PROGRAM" --help | head -1; echo "${PIPESTATUS[0]}"');
    expect(stdout).toMatch(/^Usage: {2}trustdesk COMMAND\n(0|141)\n$/);
    expect(stderr).toBe('');
  });

  it('words that nobody reads do not change the outcome', async () => {
    const { status } = await shell('"$NODE" "$PROGRAM" nonsense 2> >(exec 0<&-); exit $?');
    expect(status).toBe(1);
  });
});
