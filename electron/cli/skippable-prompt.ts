/** The passphrase question of a drill on the terminal: Enter alone leaves a key out, Ctrl+C ends the drill. Command line. */
import { AppError, hasCode } from '../../shared/errors.ts';
import { setPassphraseVariables } from '../keystore/passphrase-variables.ts';
import type { PassphrasePrompt, PassphraseQuestion } from '../keystore/unlock.ts';
import { passphrasePrompt } from './passphrase-prompt.ts';
import type { Terminal } from './terminal.ts';

/** Ctrl+C: not one key is left out but the whole drill ends. */
class Stopped extends Error {}

/** For what a drill with `skippable` threw. */
export function toCancelled(error: unknown): never {
  throw error instanceof Stopped ? new AppError('prompt/cancelled', {}, { cause: error }) : error;
}

/** An empty answer is `prompt/cancelled`, which leaves the key out. */
export function skippable(terminal: Terminal): PassphrasePrompt {
  const prompt = passphrasePrompt(terminal);
  return {
    askPassphrase: async (question, signal) => {
      const answer = await prompt.askPassphrase(question, signal).catch((error: unknown) => {
        if (hasCode(error, 'prompt/cancelled')) throw new Stopped('stopped', { cause: error });
        throw withVariable(error, question, terminal);
      });
      if (answer.passphrase.length === 0) throw new AppError('prompt/cancelled', {});
      return answer;
    },
  };
}

/** Where nobody can be asked and a variable is set, it is that passphrase which does not open the key. */
function withVariable(error: unknown, { keyId, role }: PassphraseQuestion, { env }: Terminal): unknown {
  const [variable] = setPassphraseVariables(role, env);
  if (variable === undefined || !hasCode(error, 'prompt/no-terminal')) return error;
  return new AppError('keystore/wrong-passphrase', { keyId, variable: variable[0] }, { cause: error });
}
