import { generateKeyPairSync } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { changePassphrase, changeSharedPassphrase } from '../../../electron/keystore/change-passphrase.ts';
import { type GeneratedAlgorithm, generateKey } from '../../../electron/keystore/generate-key.ts';
import { listKeys } from '../../../electron/keystore/key-directory.ts';
import { migrateLayout } from '../../../electron/keystore/migrate-layout.ts';
import { openKey } from '../../../electron/keystore/open-key.ts';
import type { PrivateKey } from '../../../electron/keystore/private-key.ts';
import { parseKeyFile } from '../../../electron/keystore/private-key-file.ts';
import { fromPkcs1 } from '../../../electron/keystore/private-key-formats.ts';
import { SecretBytes } from '../../../electron/keystore/secret-bytes.ts';
import { findKey, removeKey, storeKey } from '../../../electron/keystore/store-key.ts';
import { signsANonce } from '../../../electron/keystore/usable-key.ts';
import { type ErrorCode, hasCode } from '../../../shared/errors.ts';
import { useTrustDirectory } from './trust-directory.ts';
import {
  hasNotary03,
  notary03,
  readVector,
  repositoryPassphrase,
  rootPassphrase,
  storedKeys,
} from './vectors.ts';

const trust = useTrustDirectory();
const secret = (text: string) => SecretBytes.fromText(text);
const refusal = (code: ErrorCode) => (error: unknown) => hasCode(error, code);
const jeff = storedKeys[4][0];

describe('a new key', () => {
  const algorithms: readonly GeneratedAlgorithm[] = ['ECDSA P-256', 'ECDSA P-384', 'RSA 2048', 'Ed25519'];
  it.each(algorithms)('%s is stored, listed, opened, and signs', async (algorithm) => {
    const key = await generateKey(algorithm);
    const stored = await storeKey(trust.path, key, { role: 'jeff' }, secret('passphrase'));
    expect(stored).toMatchObject({
      id: key.id,
      role: 'jeff',
      gun: undefined,
      algorithm,
      encryption: 'pkcs8',
    });
    expect(trust.tree()).toEqual(['private', `private/${key.id}.key`]);
    expect([trust.mode('private'), trust.mode(`private/${key.id}.key`)]).toEqual([0o700, 0o600]);
    expect(await signsANonce(await openKey(stored, secret('passphrase')))).toBe(true);
    await expect(openKey(stored, secret('Passphrase'))).rejects.toSatisfy(
      refusal('keystore/wrong-passphrase'),
    );
  });

  it('never comes twice', async () => {
    const ids = await Promise.all(Array.from({ length: 20 }, () => generateKey().then(({ id }) => id)));
    expect(new Set(ids).size).toBe(20);
  });

  it('has private folders and files whatever the umask', async () => {
    const before = process.umask(0);
    try {
      const key = await generateKey();
      await storeKey(join(trust.path, 'new', 'trust'), key, { role: 'root' }, secret('passphrase'));
      const modes = ['new', 'new/trust', 'new/trust/private', `new/trust/private/${key.id}.key`].map(
        trust.mode,
      );
      expect(modes).toEqual([0o700, 0o700, 0o700, 0o600]);
    } finally {
      process.umask(before);
    }
  });

  it.each([
    ['root', 'a/b', undefined],
    ['jeff', 'a/b', undefined],
    ['targets/jeff', undefined, undefined],
    ['targets', 'host:5000/a/b', 'host:5000/a/b'],
    ['snapshot', 'a', 'a'],
  ])('of role %s for %s carries the gun %s', async (role, gun, expected) => {
    const stored = await storeKey(trust.path, await generateKey(), { role, gun }, secret('passphrase'));
    expect(stored).toMatchObject({ role, gun: expected });
  });

  it.each([
    ['targets without a repository', { role: 'targets' }, 'keystore/needs-repository'],
    ['snapshot with an empty one', { role: 'snapshot', gun: '' }, 'keystore/needs-repository'],
    ['no role', { role: '' }, 'keystore/invalid-name'],
    ['a role of two words', { role: 'jeff smith' }, 'keystore/invalid-name'],
    ['a role of two lines', { role: 'jeff\ngun: x' }, 'keystore/invalid-name'],
    ['a role in other letters', { role: 'jürgen' }, 'keystore/invalid-name'],
    ['an endless role', { role: 'a'.repeat(300) }, 'keystore/invalid-name'],
    ['a gun of two lines', { role: 'targets', gun: 'a\nrole: root' }, 'reference/invalid-gun'],
  ] as const)('with %s is refused and nothing is written', async (_name, headers, code) => {
    await expect(storeKey(trust.path, await generateKey(), headers, secret('passphrase'))).rejects.toSatisfy(
      refusal(code),
    );
    expect(trust.tree()).toEqual([]);
  });

  it('that is too short is refused and nothing is written', async () => {
    const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 1024 });
    const short = fromPkcs1(privateKey.export({ format: 'der', type: 'pkcs1' }));
    const refused = storeKey(trust.path, short, { role: 'jeff' }, secret('passphrase'));
    await expect(refused).rejects.toSatisfy(refusal('keystore/unusable-key'));
    expect(trust.tree()).toEqual([]);
  });

  const whole = generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey.export({
    format: 'der',
    type: 'pkcs1',
  });
  // From the end: inverse, dq, dp, q, p, d; the last bytes of each.
  it.each([
    ['the coefficient', 1],
    ['the second exponent', 150],
    ['the first exponent', 280],
    ['the second factor', 410],
    ['the first factor', 540],
    ['the exponent', 680],
  ])('with damage in %s is refused and nothing is written', async (_name, fromEnd) => {
    const bytes = Buffer.from(whole);
    bytes[bytes.length - fromEnd] = (bytes[bytes.length - fromEnd] ?? 0) ^ 2;
    const refused = storeKey(trust.path, fromPkcs1(bytes), { role: 'jeff' }, secret('passphrase'));
    await expect(refused).rejects.toSatisfy(refusal('keystore/unusable-key'));
    expect(trust.tree()).toEqual([]);
  });
});

describe('nothing is overwritten silently', () => {
  const putJeff = (path: string) => trust.put(path, readVector('keys', `${jeff}.key`));
  const openJeff = async (): Promise<PrivateKey> => {
    const [stored] = (await listKeys(trust.path)).keys;
    return openKey(stored!, secret(repositoryPassphrase));
  };

  it.each([
    `private/${jeff}.key`,
    `private/sub/${jeff}.key`,
    `private/root_keys/${jeff}_root.key`,
    `private/tuf_keys/a/${jeff}.key`,
  ])('when the key is at %s', async (path) => {
    const file = putJeff(path);
    const before = readFileSync(file, 'utf8');
    const again = storeKey(trust.path, await openJeff(), { role: 'other' }, secret('passphrase'));
    await expect(again).rejects.toSatisfy(refusal('keystore/key-exists'));
    expect(readFileSync(file, 'utf8')).toBe(before);
    expect(trust.tree().filter((name) => name.endsWith('.key'))).toHaveLength(1);
  });

  it('when a file that is no key has the name', async () => {
    const key = await generateKey();
    const file = trust.put(`private/${key.id}.key`, 'my notes');
    await expect(storeKey(trust.path, key, { role: 'x' }, secret('passphrase'))).rejects.toSatisfy(
      refusal('keystore/key-exists'),
    );
    expect(readFileSync(file, 'utf8')).toBe('my notes');
  });

  it('unless it was said', async () => {
    putJeff(`private/${jeff}.key`);
    const stored = await storeKey(trust.path, await openJeff(), { role: 'other' }, secret('passphrase'), {
      replace: true,
    });
    expect(stored.role).toBe('other');
    expect((await openKey(stored, secret('passphrase'))).id).toBe(jeff);
  });

  it('by two writers at once: one wins', async () => {
    const key = await generateKey();
    const writes = Array.from({ length: 8 }, (_, i) =>
      storeKey(trust.path, key, { role: `r${i}` }, secret('passphrase')),
    );
    const results = await Promise.allSettled(writes);
    const won = results.flatMap((result) => (result.status === 'fulfilled' ? [result.value.role] : []));
    expect(won).toHaveLength(1);
    expect((await findKey(trust.path, key.id)).role).toBe(won[0]);
    for (const result of results) {
      if (result.status === 'rejected') expect(hasCode(result.reason, 'keystore/key-exists')).toBe(true);
    }
    expect(trust.tree()).toEqual(['private', `private/${key.id}.key`]);
  });
});

describe('another passphrase', () => {
  const put = (index: number) => {
    const [id] = storedKeys[index]!;
    return trust.put(`private/${id}.key`, readVector('keys', `${id}.key`));
  };

  it('opens the key, the old one does not, and role and gun stay', async () => {
    put(2);
    const [stored] = (await listKeys(trust.path)).keys;
    await changePassphrase(stored!, secret(repositoryPassphrase), secret('something else'));
    const [after] = (await listKeys(trust.path)).keys;
    expect(after).toMatchObject({ id: stored!.id, role: 'targets', gun: stored!.gun });
    expect((await openKey(after!, secret('something else'))).id).toBe(stored!.id);
    await expect(openKey(after!, secret(repositoryPassphrase))).rejects.toSatisfy(
      refusal('keystore/wrong-passphrase'),
    );
    expect(trust.mode(`private/${stored!.id}.key`)).toBe(0o600);
  });

  it('closes a file that stood open, and turns old formats into today’s', async () => {
    const legacy = readVector('key-formats', 'migrated-legacy-unencrypted.key');
    const { id } = await parseKeyFile('legacy', legacy).entries[0]!.open(undefined);
    trust.put(`private/${id}.key`, legacy, 0o644);
    await changePassphrase(await findKey(trust.path, id), undefined, secret('passphrase'));
    expect(await findKey(trust.path, id)).toMatchObject({
      mode: 0o600,
      encryption: 'pkcs8',
      role: 'user',
    });
  });

  it('is not given to a key under a wrong name', async () => {
    const legacy = readVector('key-formats', 'migrated-legacy-unencrypted.key');
    const file = trust.put(`private/${'ab'.repeat(32)}.key`, legacy);
    const [misnamed] = (await listKeys(trust.path)).keys;
    await expect(changePassphrase(misnamed!, undefined, secret('passphrase'))).rejects.toSatisfy(
      refusal('keystore/id-mismatch'),
    );
    expect(readFileSync(file)).toEqual(legacy);
  });

  it.each([
    ['the old one is wrong', 'wrong', 'keystore/wrong-passphrase'],
    ['none is given', undefined, 'keystore/wrong-passphrase'],
  ] as const)('changes nothing when %s', async (_name, old, code) => {
    const file = put(4);
    const before = readFileSync(file, 'utf8');
    const [stored] = (await listKeys(trust.path)).keys;
    const change = changePassphrase(
      stored!,
      old === undefined ? undefined : secret(old),
      secret('passphrase'),
    );
    await expect(change).rejects.toSatisfy(refusal(code));
    expect(readFileSync(file, 'utf8')).toBe(before);
  });

  it('is given to all that share the old one, and only to them', async () => {
    for (const index of [0, 1, 2, 3, 4, 5, 6]) put(index);
    trust.put(`private/${'ab'.repeat(32)}.key`, readVector('keys', `${jeff}.key`));
    const { keys } = await listKeys(trust.path);
    const changes = await changeSharedPassphrase(
      keys,
      secret(repositoryPassphrase),
      secret('something else'),
    );
    const outcomes = new Map(changes.map(({ key, outcome }) => [key.id as string, outcome]));
    expect(outcomes.get('ab'.repeat(32))).toBe('failed');
    for (const [id, , , passphrase] of storedKeys) {
      const isShared = passphrase === repositoryPassphrase;
      expect(outcomes.get(id)).toBe(isShared ? 'changed' : 'other-passphrase');
      const opened = await openKey(
        await findKey(trust.path, id),
        secret(isShared ? 'something else' : rootPassphrase),
      );
      expect(opened.id).toBe(id);
    }
  });

  it('keeps blocks that follow the key', async () => {
    const more = readVector('signer-files', 'jeff.pub').toString();
    const file = trust.put(`private/${jeff}.key`, readVector('keys', `${jeff}.key`).toString() + more);
    await changePassphrase(
      await findKey(trust.path, jeff),
      secret(repositoryPassphrase),
      secret('something else'),
    );
    expect(readFileSync(file, 'utf8').endsWith(more)).toBe(true);
    expect((await openKey(await findKey(trust.path, jeff), secret('something else'))).id).toBe(jeff);
  });
});

describe('removing', () => {
  it('takes the key with all its copies, and nothing else', async () => {
    const content = readVector('keys', `${jeff}.key`);
    for (const path of [`private/${jeff}.key`, `private/sub/${jeff}.key`, `private/tuf_keys/a/${jeff}_x.key`])
      trust.put(path, content);
    const other = trust.put(`private/${'ab'.repeat(32)}.key`, content);
    await removeKey(trust.path, jeff);
    expect((await listKeys(trust.path)).keys.map(({ path }) => path)).toEqual([other]);
    await expect(removeKey(trust.path, jeff)).rejects.toSatisfy(refusal('keystore/key-not-found'));
  });

  it.each(['', 'x', '../x', '*'])('%j finds nothing to remove', async (id) => {
    const file = trust.put(`private/${jeff}.key`, readVector('keys', `${jeff}.key`));
    await expect(removeKey(trust.path, id)).rejects.toSatisfy(refusal('keystore/key-not-found'));
    expect(readFileSync(file).length).toBeGreaterThan(0);
  });
});

describe('moving keys out of old layouts', () => {
  it('deletes nothing that could not be read or whose place is taken', async () => {
    const content = readVector('keys', `${jeff}.key`);
    trust.put(`private/tuf_keys/a/b/${jeff}_targets.key`, content);
    const root = storedKeys[0][0];
    trust.put(`private/root_keys/${root}_root.key`, readVector('keys', `${root}.key`));
    const twin = storedKeys[1][0];
    trust.put(`private/root_keys/${twin}_root.key`, readVector('keys', `${twin}.key`));
    trust.put(`private/${twin}.key`, readVector('keys', `${twin}.key`));
    const blocked = storedKeys[2][0];
    trust.put(`private/tuf_keys/a/${blocked}.key`, readVector('keys', `${blocked}.key`));
    trust.put(`private/${blocked}.key`, 'my notes');
    trust.put('private/root_keys/notes.key', 'more notes');
    trust.put('private/tuf_keys/readme.txt', 'even more');
    trust.put('private/trusted_certificates/x.crt', 'certificate');

    const { moved, kept, unreadable } = await migrateLayout(trust.path);
    expect(moved.map(({ id }) => id).sort()).toEqual([jeff, root].sort());
    expect(kept.map((path) => path.slice(trust.path.length)).sort()).toEqual(
      [`/private/root_keys/${twin}_root.key`, `/private/tuf_keys/a/${blocked}.key`].sort(),
    );
    expect(unreadable).toHaveLength(2);
    expect(trust.tree().filter((name) => /\.\w+$/.test(name))).toEqual(
      [
        `private/${jeff}.key`,
        `private/${root}.key`,
        `private/${twin}.key`,
        `private/${blocked}.key`,
        'private/root_keys/notes.key',
        `private/root_keys/${twin}_root.key`,
        `private/trusted_certificates/x.crt`,
        `private/tuf_keys/a/${blocked}.key`,
        'private/tuf_keys/readme.txt',
      ].sort(),
    );
    const after = await findKey(trust.path, jeff);
    expect(after).toMatchObject({ role: 'targets', gun: 'a/b', layout: 'current' });
    expect((await openKey(after, secret(repositoryPassphrase))).id).toBe(jeff);
  });

  if (hasNotary03)
    it('takes over a whole store of notary 0.3 and leaves no old folder', async () => {
      const { cpSync, chmodSync, readdirSync } = await import('node:fs');
      cpSync(join(notary03, 'private'), join(trust.path, 'private'), { recursive: true });
      for (const name of ['', ...readdirSync(trust.path, { recursive: true }).map(String)])
        chmodSync(join(trust.path, name), 0o700);
      const before = await listKeys(trust.path);
      const { moved } = await migrateLayout(trust.path);
      expect(moved).toHaveLength(4);
      const after = await listKeys(trust.path);
      expect(after.keys.map(({ id, role, gun }) => ({ id, role, gun }))).toEqual(
        before.keys.map(({ id, role, gun }) => ({ id, role, gun })),
      );
      expect(trust.tree()).toEqual(['private', ...after.keys.map(({ id }) => `private/${id}.key`).sort()]);
    });
});
