/**
 * The passphrase port over the window. Privileged process.
 * SECURITY: the passphrase comes in once, as the answer to a question with a one-time ID, and becomes secret bytes here.
 * The string it travelled in is out of our reach (see `secret-bytes.ts`); nothing keeps a reference to it.
 */
import { AppError } from '../../shared/errors.ts';
import { isRepositoryRole } from '../keystore/key-headers.ts';
import { SecretBytes } from '../keystore/secret-bytes.ts';
import type { PassphrasePrompt } from '../keystore/unlock.ts';
import type { Broker } from './broker.ts';
import { trimmed } from './trimmed.ts';

export function windowPassphrase(broker: Broker): PassphrasePrompt {
  return {
    askPassphrase: async (question, signal) => {
      const { kind, keyId, role, gun, purpose, attempt, problem, canRemember, remember, subject } = question;
      const answer = await broker.ask(
        {
          kind: 'passphrase',
          isNew: kind === 'create',
          keyId,
          owner: isRepositoryRole(role) ? 'repository' : role,
          purpose: [...purpose],
          attempt,
          canRemember: [...canRemember],
          ...(remember === undefined ? {} : { remember }),
          ...(subject === undefined ? {} : { subject }),
          ...(gun === undefined ? {} : { gun }),
          ...(problem === undefined ? {} : { problem }),
        },
        signal,
      );
      if (answer.kind !== 'passphrase') throw new AppError('ipc/refused', { channel: 'prompts.answer' });
      const typed = new TextEncoder().encode(answer.passphrase);
      // What somebody else's backup was sealed with counts as it is.
      const counts = kind === 'create' || subject === undefined ? trimmed(typed) : typed;
      return { passphrase: SecretBytes.take(counts), remember: answer.remember };
    },
  };
}
