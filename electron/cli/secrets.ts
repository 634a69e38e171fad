/**
 * Secrets that are typed on the terminal: shown to nobody, kept in bytes that are wiped, or taken from a variable of
 * the environment. Command line. SECURITY: never from an argument, never to standard output or standard error.
 */
import { AppError, hasCode } from '../../shared/errors.ts';
import { SecretBytes } from '../keystore/secret-bytes.ts';
import { openTerminal, readHidden } from '../prompts/terminal.ts';
import { trimmed } from '../prompts/trimmed.ts';
import type { Terminal } from './terminal.ts';

/** Opens backups, and seals new ones, where nobody can be asked. */
export const backupVariable = 'TRUSTDESK_BACKUP_PASSPHRASE';
/** The new passphrase of keys that get another one. docker's variables hold the present one. */
export const newPassphraseVariable = 'TRUSTDESK_NEW_PASSPHRASE';

/** docker: one try and three retries. */
export const maximumAttempts = 4;

export interface SecretQuestion {
  /** What the terminal shows, up to the place where one types. */
  readonly question: string;
  /** What it is, where there is no terminal: `The passphrase of the backup`. */
  readonly what: string;
  /** What to set instead; docker's two when undefined. */
  readonly variable?: string | undefined;
  /** docker trims what is typed for keys; a passphrase that is being made up is trimmed, too. */
  readonly trim?: boolean;
}

/** What is typed, without echo. The caller wipes it. @throws `prompt/no-terminal`, `prompt/cancelled` */
export async function askSecret(asked: SecretQuestion, terminal: Terminal): Promise<SecretBytes> {
  const { question, what } = asked;
  const bytes = await onTerminal(asked, () =>
    readHidden(question, what, terminal.openTerminal ?? openTerminal),
  );
  return SecretBytes.take(asked.trim === true ? trimmed(bytes) : bytes);
}

/** Writes to the person's own terminal, whatever standard output is. @throws `prompt/no-terminal` */
export async function tell(
  text: string,
  asked: Pick<SecretQuestion, 'what' | 'variable'>,
  terminal: Terminal,
): Promise<void> {
  const device = await onTerminal(asked, () =>
    Promise.resolve((terminal.openTerminal ?? openTerminal)(asked.what)),
  );
  await new Promise<void>((resolve) => {
    device.output.write(text, () => resolve());
  });
  device.close();
}

async function onTerminal<T>(
  { variable }: Pick<SecretQuestion, 'variable'>,
  work: () => Promise<T>,
): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (variable === undefined || !hasCode(error, 'prompt/no-terminal')) throw error;
    throw new AppError('prompt/no-terminal', { what: error.details.what, variable }, { cause: error });
  }
}

/** What a variable holds, for the caller to wipe; undefined when it is not set or empty. */
export function secretFromVariable(
  variable: string,
  { env }: Pick<Terminal, 'env'>,
): SecretBytes | undefined {
  const value = env[variable];
  return value === undefined || value === '' ? undefined : SecretBytes.fromText(value);
}
