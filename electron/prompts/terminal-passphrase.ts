/**
 * The passphrase port over a terminal, in docker's words. Command line.
 * SECURITY: what is typed is not echoed and lives in bytes that are wiped; what will be signed is said first.
 */
import { AppError, hasCode } from '../../shared/errors.ts';
import { isRepositoryRole } from '../keystore/key-headers.ts';
import { passphraseVariables } from '../keystore/passphrase-variables.ts';
import { SecretBytes } from '../keystore/secret-bytes.ts';
import type { PassphraseAnswer, PassphrasePrompt, PassphraseQuestion } from '../keystore/unlock.ts';
import { openTerminal, readHidden, type Terminal } from './terminal.ts';
import { trimmed } from './trimmed.ts';

type Open = (what: string) => Terminal;

/** docker's words for why it asks again. */
export const problems = {
  wrong: 'Passphrase incorrect. Please retry.',
  'too-short':
    'Passphrase is too short. Please use a password manager to generate and store a good random passphrase.',
  'key-chain-wrong': 'The passphrase in the key chain does not open this key any more.',
} as const;

/** How a new passphrase is chosen; the one who asked wipes it. */
type ChooseNew = (question: PassphraseQuestion) => Promise<SecretBytes>;

/** Asks on the terminal itself. Nothing is remembered beyond this process. @throws `prompt/no-terminal` */
export function terminalPassphrase(open: Open | undefined, chooseNew: ChooseNew): PassphrasePrompt {
  return {
    askPassphrase: async (question) => {
      const passphrase =
        question.kind === 'create' ? await chooseNew(question) : await ask(question, open ?? openTerminal);
      return { passphrase, remember: 'session' };
    },
  };
}

async function ask(question: PassphraseQuestion, open: Open): Promise<PassphraseAnswer['passphrase']> {
  const name = keyName(question);
  const what = `The passphrase for ${name}`;
  const asked = readHidden(`${lead(question)}Enter passphrase for ${name}: `, what, open);
  const bytes = await asked.catch((error: unknown) => {
    const [variable] = question.subject === undefined ? passphraseVariables(question.role) : [];
    if (variable === undefined || !hasCode(error, 'prompt/no-terminal')) throw error;
    throw new AppError('prompt/no-terminal', { what, variable }, { cause: error });
  });
  return SecretBytes.take(trimmed(bytes));
}

/** What will be signed, the first time; why it is asked again, after that. */
function lead({ attempt, purpose, problem }: PassphraseQuestion): string {
  // Why the key chain gives nothing was said where it was asked, with the reason.
  const why = problem === undefined || problem === 'key-chain-unavailable' ? '' : `${problems[problem]}\n`;
  return attempt === 0 && purpose.length > 0 ? `${purpose.join('\n')}\n${why}` : why;
}

/** docker: `jeff key with ID 570adc0`; targets and snapshot keys are called repository keys. */
export function keyName({
  subject,
  role,
  keyId,
}: Pick<PassphraseQuestion, 'subject' | 'role' | 'keyId'>): string {
  if (subject !== undefined) return subject;
  const owner = isRepositoryRole(role) ? 'repository' : role;
  return `${owner} key with ID ${keyId.slice(0, 7)}`;
}
