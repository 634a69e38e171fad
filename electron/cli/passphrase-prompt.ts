/** The passphrase port of the command line: docker's question for a key that is there, our own for a new one. Command line. */
import type { PassphrasePrompt } from '../keystore/unlock.ts';
import { keyName, terminalPassphrase } from '../prompts/terminal-passphrase.ts';
import { newPassphrase } from './new-passphrase.ts';
import type { Terminal } from './terminal.ts';

/** Nothing is remembered beyond this process. */
export function passphrasePrompt(terminal: Terminal): PassphrasePrompt {
  return terminalPassphrase(terminal.openTerminal, (question) => {
    const { role, gun = '', purpose, attempt } = question;
    const related = [role, ...gun.split(/[/.:]/)].filter((word) => word !== '');
    const wanted = { name: keyName(question), related, purpose: attempt === 0 ? purpose : [] };
    return newPassphrase(wanted, terminal);
  });
}
