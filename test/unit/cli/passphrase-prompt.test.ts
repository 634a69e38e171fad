/** The passphrase of a key that a publish makes: asked as `key generate` does, after what it is for was said. */
import { PassThrough } from 'node:stream';
import { expect, it } from 'vitest';
import { passphrasePrompt } from '../../../electron/cli/passphrase-prompt.ts';
import type { Terminal } from '../../../electron/cli/terminal.ts';

/** Types the next answer whenever something is asked; an answer may be made from what was shown. */
function personAt(answers: ((shown: string) => string)[]) {
  let shown = '';
  const openTerminal = () => {
    const input = Object.assign(new PassThrough(), { setRawMode: () => undefined });
    const output = new PassThrough().on('data', (chunk: Buffer) => {
      shown += chunk.toString();
      if (shown.endsWith(': ')) input.write(`${answers.shift()?.(shown) ?? '\u0003'}\r`);
    });
    return { input, output, close: () => undefined };
  };
  const quiet = { write: () => undefined, isTerminal: false };
  const terminal: Terminal = {
    env: {},
    workingDirectory: '/',
    homeDirectory: '/',
    now: () => new Date(),
    stdout: quiet,
    stderr: quiet,
    openTerminal,
  };
  return { terminal, shown: () => shown };
}

const question = {
  keyId: 'ab'.repeat(32),
  role: 'targets',
  gun: 'registry.example.test/acme/app',
  purpose: ['To make the repository registry.example.test/acme/app.'],
  attempt: 0,
  problem: undefined,
  canRemember: [],
} as const;

it('makes up words for Enter alone, after the purpose', async () => {
  let made = '';
  const person = personAt([() => '', (shown) => (made = /\n {4}(\S+)\n/.exec(shown)?.[1] ?? '')]);
  const { passphrase } = await passphrasePrompt(person.terminal).askPassphrase({
    ...question,
    kind: 'create',
  });
  expect(passphrase.use((bytes) => new TextDecoder().decode(bytes))).toBe(made);
  expect(made).toMatch(/^([a-z]+-){6}[a-z]+$/);
  expect(person.shown()).toMatch(
    /^To make the repository .*\nEnter alone makes one up .*\nEnter passphrase for new repository key with ID abababa: /,
  );
  passphrase.wipe();
});

it('asks for one that is there once, and offers nothing', async () => {
  const person = personAt([() => 'the old one']);
  const { passphrase } = await passphrasePrompt(person.terminal).askPassphrase({ ...question, kind: 'open' });
  expect(passphrase.use((bytes) => new TextDecoder().decode(bytes))).toBe('the old one');
  expect(person.shown()).not.toContain('Enter alone');
  passphrase.wipe();
});
