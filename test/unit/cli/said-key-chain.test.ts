/** Why the key chain gives nothing, on a terminal: said once for a command, with what to do, before the passphrase is asked. */
import { afterEach, beforeEach, expect, it } from 'vitest';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { passphrasePrompt } from '../../../electron/cli/passphrase-prompt.ts';
import { sayingWhy } from '../../../electron/cli/said-key-chain.ts';
import type { Terminal } from '../../../electron/cli/terminal.ts';
import { generateKey } from '../../../electron/keystore/generate-key.ts';
import { systemKeyChain } from '../../../electron/keystore/key-chain.ts';
import { PassphraseMemory } from '../../../electron/keystore/passphrase-memory.ts';
import { SecretBytes } from '../../../electron/keystore/secret-bytes.ts';
import { findKey, storeKey } from '../../../electron/keystore/store-key.ts';
import { KeyUnlocker } from '../../../electron/keystore/unlock.ts';
import { PassThrough } from 'node:stream';

const passphrase = 'an old bicycle in the rain';
let folder = '';
beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'td-chain-'))));
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** A person who types the passphrase whenever it is asked for. */
function person() {
  const shown = { stderr: '', tty: '' };
  const openTerminal = () => {
    const input = Object.assign(new PassThrough(), { setRawMode: () => undefined });
    const output = new PassThrough().on('data', (chunk: Buffer) => {
      shown.tty += chunk.toString();
      if (shown.tty.endsWith(': ')) input.write(`${passphrase}\r`);
    });
    return { input, output, close: () => undefined };
  };
  const terminal: Terminal = {
    env: {},
    workingDirectory: '/',
    homeDirectory: '/',
    now: () => new Date(),
    stdout: { write: () => undefined, isTerminal: false },
    stderr: { write: (text) => void (shown.stderr += String(text)), isTerminal: false },
    openTerminal,
  };
  return { terminal, shown };
}

it('says once why and what to do, however many places of the command ask it', async () => {
  const key = await generateKey();
  await storeKey(folder, key, { role: 'jeff' }, SecretBytes.fromText(passphrase));
  const stored = await findKey(folder, key.id);
  const { terminal, shown } = person();
  const broken = () => Promise.reject(new Error('Cannot create an item in a locked collection'));
  for (let place = 0; place < 2; place++) {
    const unlock = new KeyUnlocker({
      prompt: passphrasePrompt(terminal),
      memory: new PassphraseMemory(),
      keyChain: sayingWhy(systemKeyChain(broken), terminal),
      environment: {},
      notify: () => undefined,
    });
    (await unlock.open(stored, ['To sign 1.0.'])).wipe();
  }
  expect(shown.stderr).toBe(
    'Warning: The system key chain cannot be used: Cannot create an item in a locked collection. Unlock or start it, or go on without it: passphrases are asked for then.\n',
  );
  expect(shown.tty.match(/Enter passphrase/g)).toHaveLength(2);
  expect(shown.tty).not.toContain('key chain');
  expect(shown.tty + shown.stderr).not.toContain(passphrase);
});
