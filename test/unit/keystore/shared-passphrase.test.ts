/** Several keys of one name with one passphrase: it is typed once, where the person chose to have it remembered. */
import { describe, expect, it } from 'vitest';
import { generateKey } from '../../../electron/keystore/generate-key.ts';
import { PassphraseMemory } from '../../../electron/keystore/passphrase-memory.ts';
import { SecretBytes } from '../../../electron/keystore/secret-bytes.ts';
import { storeKey } from '../../../electron/keystore/store-key.ts';
import { KeyUnlocker, type PassphraseAnswer } from '../../../electron/keystore/unlock.ts';
import { useTrustDirectory } from './trust-directory.ts';

const trust = useTrustDirectory();

async function keyOf(role: string, passphrase: string, gun?: string) {
  const key = await generateKey();
  return storeKey(trust.path, key, { role, gun }, SecretBytes.fromText(passphrase));
}

/** Answers every question with the same words. */
function unlockerOf(answer: string, remember: PassphraseAnswer['remember']) {
  const asked: string[] = [];
  const unlocker = new KeyUnlocker({
    prompt: {
      askPassphrase: ({ keyId }) => {
        asked.push(keyId);
        return Promise.resolve({ passphrase: SecretBytes.fromText(answer), remember });
      },
    },
    memory: new PassphraseMemory(),
    environment: {},
    notify: () => undefined,
  });
  return { unlocker, asked };
}

describe('the second key of a name', () => {
  it('opens with what was typed for the first, when that is remembered', async () => {
    const keys = [await keyOf('jeff', 'one for both'), await keyOf('jeff', 'one for both')];
    const { unlocker, asked } = unlockerOf('one for both', 'session');
    for (const key of keys) expect((await unlocker.open(key, [])).id).toBe(key.id);
    expect(asked).toEqual([keys[0]?.id]);
    // Locking forgets both.
    unlocker.lock();
    await unlocker.open(keys[1]!, []);
    expect(asked).toHaveLength(2);
  });

  it('is asked for when nothing was to be remembered', async () => {
    const keys = [await keyOf('jeff', 'one for both'), await keyOf('jeff', 'one for both')];
    const { unlocker, asked } = unlockerOf('one for both', 'no');
    for (const key of keys) await unlocker.open(key, []);
    expect(asked).toEqual(keys.map(({ id }) => id));
  });

  it('of another name, or of another repository, is asked for all the same', async () => {
    const keys = [
      await keyOf('jeff', 'one for all'),
      await keyOf('kim', 'one for all'),
      await keyOf('targets', 'one for all', 'a/b'),
      await keyOf('targets', 'one for all', 'c/d'),
    ];
    const { unlocker, asked } = unlockerOf('one for all', 'session');
    for (const key of keys) await unlocker.open(key, []);
    expect(asked).toEqual(keys.map(({ id }) => id));
  });
});
