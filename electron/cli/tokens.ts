/**
 * Tokens for commands: the desk, opened only where a token can be, and keys on tokens for plans. Command line.
 * A token that makes trouble is said and does not stop those who sign with files.
 */
import { isAppError } from '../../shared/errors.ts';
import type { PlanTokens } from '../trust/plan/available-keys.ts';
import { mayHaveTokens } from '../yubikey/libraries.ts';
import type { TokenDesk } from '../yubikey/token-desk.ts';
import type { TokenKey } from '../yubikey/token-keys.ts';
import type { Terminal } from './terminal.ts';
import { sayProblem } from './warnings.ts';

/** Everything about tokens, with the person at the terminal. */
export async function openTokenDesk(terminal: Terminal, dataDirectory: string): Promise<TokenDesk> {
  const [{ TokenDesk: Desk }, { childProcessLinks }, { terminalTokenPrompts }] = await Promise.all([
    import('../yubikey/token-desk.ts'),
    import('../yubikey/child-link.ts'),
    import('../prompts/terminal-token.ts'),
  ]);
  const say = (line: string): void => terminal.stderr.write(`${line}\n`);
  return new Desk({
    start: terminal.startTokenProcess ?? childProcessLinks(terminal.env),
    prompts: terminalTokenPrompts(say, terminal.openTerminal),
    dataDirectory,
    env: terminal.env,
    platform: process.platform,
    now: terminal.now,
    onFactory: (serial, what) => {
      const command = what === 'PIN' ? 'pin' : 'puk';
      const how =
        what === 'management key'
          ? 'Anybody who holds the token can write to it (`yubico-piv-tool -a set-mgm-key` changes it).'
          : `Change it with \`trustdesk yubikey ${command}\`.`;
      say(`Warning: the ${what} of token ${serial} is the one every token comes with. ${how}`);
    },
  });
}

/** Keys on tokens, as far as there are any. */
export function planTokens(terminal: Terminal, dataDirectory: string): PlanTokens {
  let opened: Promise<TokenDesk> | undefined;
  const open = (): Promise<TokenDesk> => (opened ??= openTokenDesk(terminal, dataDirectory));
  // Asked once: a command may plan for a hundred repositories, and a token takes its time.
  let listed: ReturnType<typeof listTokenKeys> | undefined;
  return {
    keys: () => (listed ??= listTokenKeys(terminal, dataDirectory, open)),
    openSigner: async (keyId, serial, consent, signal) =>
      (await open()).openSigner(keyId, serial, consent, signal),
  };
}

/** The keys of every token that is plugged in. Trouble is said on stderr. */
export async function listTokenKeys(
  terminal: Terminal,
  dataDirectory: string,
  open: () => Promise<TokenDesk>,
): Promise<readonly TokenKey[]> {
  if (!(await mayHaveTokens(process.platform, terminal.env, dataDirectory))) return [];
  try {
    return await (await open()).keys();
  } catch (error) {
    if (!isAppError(error) || !error.code.startsWith('yubikey/')) throw error;
    sayProblem(error, terminal);
    return [];
  }
}
