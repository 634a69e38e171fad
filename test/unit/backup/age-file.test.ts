import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { build } from 'esbuild';
import { randomBytes } from 'node:crypto';
import { Decrypter, Encrypter, armor, generateX25519Identity, identityToRecipient } from 'age-encryption';
import { describe, expect, it } from 'vitest';
import {
  AgeError,
  type AgeKey,
  isAgeFile,
  isRecipient,
  openAge,
  sealOf,
  sealToRecipients,
  sealWithPassphrase,
} from '../../../electron/backup/age-file.ts';
import { SecretBytes } from '../../../electron/keystore/secret-bytes.ts';

/** Cheap scrypt: these tests are about bytes, not about cost. */
const FAST = 1;
const content = new TextEncoder().encode('keys '.repeat(20));
const withPassphrase = (text: string): AgeKey => ({
  kind: 'passphrase',
  passphrase: SecretBytes.fromText(text),
});
const withIdentity = (text: string): AgeKey => ({ kind: 'identity', identity: SecretBytes.fromText(text) });
const seal = (text = 'secret') => sealWithPassphrase(content, SecretBytes.fromText(text), FAST);

const kindOf = (work: Promise<unknown>) =>
  work.then(
    () => 'opened',
    (error: unknown) => (error instanceof AgeError ? error.kind : `not an AgeError: ${String(error)}`),
  );

describe('sealed with a passphrase', () => {
  it('opens with it, and leaves it to its owner', async () => {
    const passphrase = SecretBytes.fromText('pässphrase');
    const file = await sealWithPassphrase(content, passphrase, FAST);
    expect(await openAge(file, { kind: 'passphrase', passphrase })).toEqual(content);
    expect(passphrase.isWiped).toBe(false);
    expect([isAgeFile(file), await sealOf(file)]).toEqual([true, 'passphrase']);
  });

  it('is what typage reads and writes', async () => {
    const decrypter = new Decrypter();
    decrypter.addPassphrase('secret');
    expect(await decrypter.decrypt(await seal())).toEqual(content);
    const encrypter = new Encrypter();
    encrypter.setPassphrase('secret');
    encrypter.setScryptWorkFactor(FAST);
    expect(await openAge(await encrypter.encrypt(content), withPassphrase('secret'))).toEqual(content);
  });

  it('costs as much as age asks for by itself', async () => {
    const file = await sealWithPassphrase(content, SecretBytes.fromText('secret'));
    expect(Buffer.from(file).toString('latin1')).toMatch(
      /^age-encryption\.org\/v1\n-> scrypt [A-Za-z0-9+/]{22} 18\n/,
    );
    expect(await openAge(file, withPassphrase('secret'))).toEqual(content);
  });

  it('in its text form', async () => {
    const text = Buffer.from(armor.encode(await seal()));
    expect([isAgeFile(text), await sealOf(text)]).toEqual([true, 'passphrase']);
    expect(await openAge(text, withPassphrase('secret'))).toEqual(content);
    expect(await kindOf(openAge(text.subarray(0, 200), withPassphrase('secret')))).toBe('damaged');
  });

  it.each(['', 'Secret', 'secret ', 'secret1'])('says that %j is wrong', async (text) => {
    expect(await kindOf(openAge(await seal(), withPassphrase(text)))).toBe('wrong-passphrase');
  });

  it('an identity does not open it', async () => {
    expect(await kindOf(openAge(await seal(), withIdentity(await generateX25519Identity())))).toBe(
      'wrong-identity',
    );
  });

  it.each(['21', '22', '63', '99'])('a work factor of %s is refused before it is paid', async (factor) => {
    const file = Buffer.from(await seal());
    const forged = Buffer.from(file.toString('latin1').replace(/ 1\n/, ` ${factor}\n`), 'latin1');
    expect(await kindOf(openAge(forged, withPassphrase('secret')))).toBe('unsupported');
  });

  it.each(['0', '01', '-1', '1.5', '1e1', 'x', '100', ''])(
    'a work factor %j is malformed',
    async (factor) => {
      const forged = Buffer.from(
        Buffer.from(await seal())
          .toString('latin1')
          .replace(/ 1\n/, ` ${factor}\n`),
        'latin1',
      );
      expect(await kindOf(openAge(forged, withPassphrase('secret')))).toMatch(/damaged|unsupported/);
    },
  );
});

describe('any change is noticed', () => {
  it('every single bit', async () => {
    const file = await seal();
    const key = withPassphrase('secret');
    const unnoticed: string[] = [];
    for (let bit = 0; bit < file.length * 8; bit++) {
      const changed = Uint8Array.from(file);
      changed[bit >> 3] = (changed[bit >> 3] ?? 0) ^ (1 << (bit & 7));
      const kind = isAgeFile(changed) ? await kindOf(openAge(changed, key)) : 'no age file';
      if (!/^(?:damaged|wrong-passphrase|unsupported|wrong-identity|no age file)$/.test(kind))
        unnoticed.push(`${bit}: ${kind}`);
    }
    expect(unnoticed).toEqual([]);
  });

  it('10,000 random bits of a file of several chunks', async () => {
    const large = Uint8Array.from(randomBytes(66_000));
    const file = await sealWithPassphrase(large, SecretBytes.fromText('secret'), FAST);
    const key = withPassphrase('secret');
    const changed = Uint8Array.from(file);
    let unnoticed = 0;
    for (let round = 0; round < 10_000; round++) {
      const bit = randomBytes(4).readUInt32BE() % (file.length * 8);
      const mask = 1 << (bit & 7);
      changed[bit >> 3] = (changed[bit >> 3] ?? 0) ^ mask;
      if ((await kindOf(openAge(changed, key))) === 'opened') unnoticed++;
      changed[bit >> 3] = (changed[bit >> 3] ?? 0) ^ mask;
    }
    expect(unnoticed).toBe(0);
    expect(await openAge(changed, key)).toEqual(large);
  }, 240_000);

  it('every truncation, and surplus bytes', async () => {
    const file = await seal();
    for (let length = 0; length < file.length; length++) {
      expect(await kindOf(openAge(file.subarray(0, length), withPassphrase('secret')))).not.toBe('opened');
    }
    expect(await kindOf(openAge(Uint8Array.of(...file, 0), withPassphrase('secret')))).toBe('damaged');
  });

  it('chunks that were dropped or swapped', async () => {
    const large = Uint8Array.from(randomBytes(200_000));
    const file = await sealWithPassphrase(large, SecretBytes.fromText('secret'), FAST);
    const chunk = 65_536 + 16;
    const start = file.length - (3 * chunk + (200_000 - 3 * 65_536) + 16);
    const [head, a, b, rest] = [
      file.subarray(0, start),
      file.subarray(start, start + chunk),
      file.subarray(start + chunk, start + 2 * chunk),
      file.subarray(start + 2 * chunk),
    ];
    expect(await openAge(file, withPassphrase('secret'))).toEqual(large);
    for (const forged of [
      Buffer.concat([head, b, a, rest]),
      Buffer.concat([head, a, rest]),
      Buffer.concat([head, a, b]),
    ]) {
      expect(await kindOf(openAge(forged, withPassphrase('secret')))).toBe('damaged');
    }
  });

  it('a recipient added to a file with a passphrase', async () => {
    const other = await sealToRecipients(content, [
      await identityToRecipient(await generateX25519Identity()),
    ]);
    const stanza = /-> X25519 [^\n]+\n[^\n]+\n/.exec(Buffer.from(other).toString('latin1'))![0];
    const forged = Buffer.from(
      Buffer.from(await seal())
        .toString('latin1')
        .replace('-> scrypt', `${stanza}-> scrypt`),
      'latin1',
    );
    expect(await kindOf(openAge(forged, withPassphrase('secret')))).not.toBe('opened');
  });
});

describe('sealed to recipients', () => {
  it('opens with the identity of each, and of nobody else', async () => {
    const identities = await Promise.all([1, 2].map(() => generateX25519Identity()));
    const file = await sealToRecipients(
      content,
      await Promise.all(identities.map((identity) => identityToRecipient(identity))),
    );
    expect(await sealOf(file)).toBe('recipients');
    for (const identity of identities)
      expect(await openAge(file, withIdentity(`${identity}\n`))).toEqual(content);
    expect(await kindOf(openAge(file, withIdentity(await generateX25519Identity())))).toBe('wrong-identity');
    expect(await kindOf(openAge(file, withPassphrase('secret')))).toBe('unsupported');
  });

  it.each(['', 'nonsense', 'AGE-SECRET-KEY-1', 'age1qqqq'])('%j is no identity', async (text) => {
    const file = await sealToRecipients(content, [await identityToRecipient(await generateX25519Identity())]);
    expect(await kindOf(openAge(file, withIdentity(text)))).toMatch(/wrong-identity|damaged/);
  });

  it.each(['', 'age1', 'age1qqqqqqqqqqqq', 'ssh-ed25519 AAAA', 'AGE-SECRET-KEY-1QQQ'])(
    '%j is no recipient',
    async (text) => {
      expect(await isRecipient(text)).toBe(false);
    },
  );

  it('to nobody is refused', async () => {
    await expect(sealToRecipients(content, [])).rejects.toThrow(RangeError);
  });
});

it.each(['', 'hello', 'age-encryption', '-----BEGIN PRIVATE KEY-----'])('%j is no age file', (text) => {
  expect(isAgeFile(Buffer.from(text))).toBe(false);
});

it.runIf(process.platform === 'linux')('does not call a passphrase wrong when memory runs out', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'trustdesk-memory-'));
  try {
    const sealed = Buffer.from(await seal()).toString('latin1');
    const hungry = sealed.replace(new RegExp(` ${String(FAST)}\n`), ' 20\n');
    writeFileSync(join(folder, 'hungry.age'), hungry, 'latin1');
    const program = `
      import { readFileSync } from 'node:fs';
      import { openBackup } from '${join(import.meta.dirname, '../../../electron/backup/read-backup.ts')}';
      import { SecretBytes } from '${join(import.meta.dirname, '../../../electron/keystore/secret-bytes.ts')}';
      const key = { kind: 'passphrase', passphrase: SecretBytes.fromText('secret') };
      await openBackup('${join(folder, 'hungry.age')}', key).catch((error) => console.log(error.code));`;
    const outfile = join(folder, 'open.mjs');
    const banner = { js: "import { createRequire } from 'node:module'; const require = createRequire('/');" };
    const stdin = { contents: program, resolveDir: import.meta.dirname };
    await build({ stdin, bundle: true, platform: 'node', format: 'esm', banner, outfile });
    const limited = ['--data=700000000', process.execPath, outfile];
    expect(execFileSync('prlimit', limited, { encoding: 'utf8' })).toBe('backup/no-memory\n');
  } finally {
    rmSync(folder, { recursive: true });
  }
});
