/** A process that is killed outright while it writes keys leaves each file old or new, never a mixture. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { build } from 'esbuild';
import { beforeAll, describe, expect, it } from 'vitest';
import { listKeys } from '../../../electron/keystore/key-directory.ts';
import { openKey } from '../../../electron/keystore/open-key.ts';
import { SecretBytes } from '../../../electron/keystore/secret-bytes.ts';
import { signsANonce } from '../../../electron/keystore/usable-key.ts';
import { hasCode } from '../../../shared/errors.ts';
import { useTrustDirectory } from './trust-directory.ts';
import { readVector, repositoryPassphrase, storedKeys } from './vectors.ts';

const trust = useTrustDirectory();
const keystore = join(import.meta.dirname, '../../../electron/keystore');
const [jeff] = storedKeys[4];
let programs: string;

beforeAll(async () => {
  const { mkdtempSync } = await import('node:fs');
  const { tmpdir } = await import('node:os');
  programs = mkdtempSync(join(tmpdir(), 'trustdesk-crash-'));
  const imports = `
    import { changePassphrase } from '${keystore}/change-passphrase.ts';
    import { generateKey } from '${keystore}/generate-key.ts';
    import { SecretBytes } from '${keystore}/secret-bytes.ts';
    import { findKey, removeKey, storeKey } from '${keystore}/store-key.ts';
    const [trust] = process.argv.slice(2);
    const secret = (text) => SecretBytes.fromText(text);`;
  const bodies = {
    change: `
      let [old, next] = ['${repositoryPassphrase}', 'something else'];
      for (;;) {
        await changePassphrase(await findKey(trust, '${jeff}'), secret(old), secret(next));
        [old, next] = [next, old];
        process.stdout.write('.');
      }`,
    store: `
      for (;;) {
        const key = await generateKey();
        await storeKey(trust, key, { role: 'jeff' }, secret('something else'));
        process.stdout.write('.');
      }`,
    remove: `
      for (;;) {
        const key = await generateKey();
        await storeKey(trust, key, { role: 'jeff' }, secret('something else'));
        process.stdout.write('.');
        await removeKey(trust, key.id);
      }`,
  };
  for (const [name, body] of Object.entries(bodies)) {
    const stdin = { contents: imports + body, resolveDir: keystore };
    await build({
      stdin,
      bundle: true,
      platform: 'node',
      format: 'esm',
      outfile: join(programs, `${name}.mjs`),
    });
  }
});

/** Runs a program, and kills it somewhere in its work after it did `steps` of it. */
async function killAfter(program: string, steps: number): Promise<void> {
  const child = spawn(process.execPath, [join(programs, `${program}.mjs`), trust.path], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let done = 0;
  const ended = once(child, 'exit');
  child.stdout.on('data', (chunk: Buffer) => {
    done += chunk.length;
    // The next step is under way; how far is up to the machine.
    if (done >= steps) child.kill('SIGKILL');
  });
  const [, signal] = (await ended) as [number | null, string | null];
  if (signal !== 'SIGKILL') throw new Error('the program ended by itself');
}

async function opensWith(passphrases: readonly string[]): Promise<void> {
  const { keys, unreadable } = await listKeys(trust.path);
  expect(unreadable).toEqual([]);
  for (const stored of keys) {
    const tries = passphrases.map((text) =>
      openKey(stored, SecretBytes.fromText(text)).catch((error: unknown) => {
        if (hasCode(error, 'keystore/wrong-passphrase')) return undefined;
        throw error;
      }),
    );
    const opened = (await Promise.all(tries)).filter((key) => key !== undefined);
    expect(opened).toHaveLength(1);
    expect(await signsANonce(opened[0]!)).toBe(true);
  }
}

describe('killed in the middle of', () => {
  it.each([1, 2, 3, 5, 8, 13])('changing a passphrase, after %d changes', async (steps) => {
    trust.put(`private/${jeff}.key`, readVector('keys', `${jeff}.key`));
    await killAfter('change', steps);
    await opensWith([repositoryPassphrase, 'something else']);
    expect((await listKeys(trust.path)).keys).toHaveLength(1);
    expect(trust.mode(`private/${jeff}.key`)).toBe(0o600);
  });

  it.each([1, 3, 7])('storing new keys, after %d keys', async (steps) => {
    await killAfter('store', steps);
    await opensWith(['something else']);
    expect((await listKeys(trust.path)).keys.length).toBeGreaterThanOrEqual(steps);
  });

  it.each([1, 4])('removing keys, after %d removals', async (steps) => {
    trust.put(`private/${jeff}.key`, readVector('keys', `${jeff}.key`));
    await killAfter('remove', steps);
    await opensWith(['something else', repositoryPassphrase]);
    expect((await listKeys(trust.path)).keys.map(({ id }) => id)).toContain(jeff);
  });
});
