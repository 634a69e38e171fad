/**
 * Finds the passphrases of keys in a backup during a drill: environment, those that opened other keys of the same
 * drill, then the person. Privileged process. Whatever was tried is wiped at the end.
 */
import { setPassphraseVariables } from '../keystore/passphrase-variables.ts';
import { SecretBytes } from '../keystore/secret-bytes.ts';
import type { PassphrasePrompt } from '../keystore/unlock.ts';
import { hasCode } from '../../shared/errors.ts';
import type { KeyPassphrases } from './prove-backup.ts';
import type { BackupKey } from './read-backup.ts';

export interface DrillPassphrases {
  readonly passphrases: KeyPassphrases;
  /** Wipes what was remembered for the drill. */
  end(): void;
}

/**
 * `skippable`: declining leaves the key out of the drill (which is then incomplete); else it ends the drill.
 */
export function drillPassphrases(
  prompt: PassphrasePrompt,
  environment: Readonly<Record<string, string | undefined>>,
  options: { readonly purpose: readonly string[]; readonly skippable: boolean },
): DrillPassphrases {
  const given: SecretBytes[] = [];
  return {
    passphrases: async (key, attempt) => {
      const known = await knownPassphrase(key, given, environment);
      if (attempt === 0 && known !== undefined) return known;
      const answer = await ask(prompt, key, attempt, options);
      if (answer !== undefined) given.push(answer.copy());
      return answer;
    },
    end: () => {
      for (const passphrase of given.splice(0)) passphrase.wipe();
    },
  };
}

/** One that really opens this key, so that a try of the drill is never spent on a guess. */
async function knownPassphrase(
  key: BackupKey,
  given: readonly SecretBytes[],
  environment: Readonly<Record<string, string | undefined>>,
): Promise<SecretBytes | undefined> {
  const variables = setPassphraseVariables(key.role, environment).map(([, text]) =>
    SecretBytes.fromText(text),
  );
  const candidates = [...variables, ...given.map((passphrase) => passphrase.copy())];
  let found: SecretBytes | undefined;
  for (const candidate of candidates) {
    if (found === undefined && (await opens(key, candidate))) found = candidate;
    else candidate.wipe();
  }
  return found;
}

async function opens(key: BackupKey, passphrase: SecretBytes): Promise<boolean> {
  try {
    (await key.entry.open(passphrase)).wipe();
    return true;
  } catch (error) {
    // Any other failure is the drill's to report, with this very passphrase.
    return !hasCode(error, 'keystore/wrong-passphrase');
  }
}

async function ask(
  prompt: PassphrasePrompt,
  key: BackupKey,
  attempt: number,
  options: { readonly purpose: readonly string[]; readonly skippable: boolean },
): Promise<SecretBytes | undefined> {
  const { id: keyId, role, gun } = key;
  const problem = attempt === 0 ? undefined : ('wrong' as const);
  const question = {
    kind: 'open' as const,
    keyId,
    role,
    gun,
    attempt,
    problem,
    canRemember: ['no'] as const,
  };
  try {
    const { passphrase } = await prompt.askPassphrase({ ...question, purpose: options.purpose });
    return passphrase;
  } catch (error) {
    if (options.skippable && hasCode(error, 'prompt/cancelled')) return undefined;
    throw error;
  }
}
