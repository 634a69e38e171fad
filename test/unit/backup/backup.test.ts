import {
  chmodSync,
  cpSync,
  mkdirSync,
  readFileSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import { generateX25519Identity, identityToRecipient } from 'age-encryption';
import { describe, expect, it } from 'vitest';
import { openAge, sealWithPassphrase } from '../../../electron/backup/age-file.ts';
import { collectBackup } from '../../../electron/backup/collect.ts';
import { drillPassphrases } from '../../../electron/backup/key-passphrases.ts';
import { encodeManifest, parseManifest } from '../../../electron/backup/manifest.ts';
import {
  assertComplete,
  type KeyPassphrases,
  proveBackup,
  proveOpened,
} from '../../../electron/backup/prove-backup.ts';
import { openBackup, openBackupBytes, sealOfBackup } from '../../../electron/backup/read-backup.ts';
import { planRestore, restoreBackup } from '../../../electron/backup/restore-backup.ts';
import { readTar, writeTarGz } from '../../../electron/backup/tar-archive.ts';
import { sealBackup, writeBackup } from '../../../electron/backup/write-backup.ts';
import { changePassphrase } from '../../../electron/keystore/change-passphrase.ts';
import { listKeys } from '../../../electron/keystore/key-directory.ts';
import { openKey } from '../../../electron/keystore/open-key.ts';
import { findKey } from '../../../electron/keystore/store-key.ts';
import { AppError, type ErrorCode, hasCode } from '../../../shared/errors.ts';
import type { Gun } from '../../../shared/brands.ts';
import { readVector, repositoryPassphrase, rootPassphrase, storedKeys } from '../keystore/vectors.ts';
import {
  about,
  backupKey,
  backupPassphrase,
  cheap,
  everything,
  gun,
  jeffId,
  keyPassphrases,
  keysOnly,
  now,
  rootId,
  secret,
  targetsId,
  useBackupLab,
} from './backup-fixture.ts';

const lab = useBackupLab();
const refusal = (code: ErrorCode) => (error: unknown) => hasCode(error, code);
const ids = storedKeys.map(([id]) => id).toSorted();

describe('what goes into a backup', () => {
  it('is docker’s own layout, byte for byte, with a manifest first', async () => {
    const { entries, manifest } = await collectBackup(lab, everything, about);
    expect(entries[0]?.path).toBe('trustdesk-backup/manifest.json');
    const paths = entries.map(({ path }) => path);
    expect(paths).toContain(`trust/private/${rootId}.key`);
    expect(paths).toContain(`trust/tuf/${gun}/metadata/targets/jeff.json`);
    expect(paths).toContain('trust/tuf/docker.io/library/other/metadata/root.json');
    expect(paths).toContain('trustdesk-backup/settings.json');
    for (const { path, bytes } of entries.filter((entry) => entry.path.startsWith('trust/'))) {
      expect(Buffer.from(bytes)).toEqual(readFileSync(join(lab.path, path)));
    }
    expect(manifest.keys.map(({ id }) => id).toSorted()).toEqual(ids);
    expect(manifest.keys.find(({ id }) => id === targetsId)).toMatchObject({ role: 'targets', gun });
    expect(parseManifest(entries[0]!.bytes)).toEqual(manifest);
  });

  it.each([
    ['root alone', { keys: [rootId], metadata: 'none', settings: false } as const, 1, 0],
    [
      'one repository',
      { keys: [targetsId, jeffId, targetsId], metadata: [gun as Gun], settings: false } as const,
      2,
      5,
    ],
    ['metadata only', { keys: [], metadata: 'all', settings: false } as const, 0, 6],
  ])('%s', async (_name, choice, keys, metadata) => {
    const { entries } = await collectBackup(lab, choice, about);
    const count = (start: string) => entries.filter(({ path }) => path.startsWith(start)).length;
    expect([count('trust/private/'), count('trust/tuf/')]).toEqual([keys, metadata]);
  });

  it('follows no links', async () => {
    lab.put('elsewhere/secret.json', 'secret');
    symlinkSync(join(lab.path, 'elsewhere'), join(lab.trustDir, 'tuf', 'link'));
    symlinkSync(
      join(lab.path, 'elsewhere/secret.json'),
      join(lab.trustDir, 'tuf', gun, 'metadata/link.json'),
    );
    const { entries } = await collectBackup(lab, everything, about);
    expect(entries.filter(({ path }) => /link|secret/.test(path))).toEqual([]);
  });

  it.each([
    ['nothing chosen', { keys: [], metadata: 'none', settings: false } as const, 'backup/nothing-chosen'],
    [
      'a key that is not here',
      { keys: ['ab'.repeat(32)], metadata: 'none', settings: false } as const,
      'keystore/key-not-found',
    ],
  ] as const)('%s is refused', async (_name, choice, code) => {
    await expect(collectBackup(lab, choice, about)).rejects.toSatisfy(refusal(code));
  });

  it('from an empty computer is nothing', async () => {
    await expect(collectBackup(lab.empty, everything, about)).rejects.toSatisfy(
      refusal('backup/nothing-chosen'),
    );
  });
});

describe('writing', () => {
  it('gives a private file under a name of its own, and never replaces one', async () => {
    const names = [];
    for (let i = 0; i < 3; i++) names.push((await lab.write()).path.slice(lab.drive.length + 1));
    expect(names).toEqual([
      'trustdesk-backup-2026-11-21.tar.gz.age',
      'trustdesk-backup-2026-11-21-2.tar.gz.age',
      'trustdesk-backup-2026-11-21-3.tar.gz.age',
    ]);
    expect(lab.tree('drive')).toEqual(names.toSorted());
    expect(names.map((name) => lab.mode(`drive/${name}`))).toEqual([0o600, 0o600, 0o600]);
  });

  it('the same backup to two drives is the same file', async () => {
    const sealed = await sealBackup(await collectBackup(lab, keysOnly, about), cheap());
    const [one, other] = [await writeBackup(lab.drive, sealed), await writeBackup(lab.otherDrive, sealed)];
    expect(one.sha256).toBe(other.sha256);
    expect(readFileSync(one.path)).toEqual(readFileSync(other.path));
  });

  it.each([
    ['a folder that is not there', 'none', 'files/no-folder'],
    ['a file', 'settings.json', 'files/no-folder'],
  ] as const)('into %s is refused', async (_name, path, code) => {
    await expect(lab.write(keysOnly, cheap(), join(lab.path, path))).rejects.toSatisfy(refusal(code));
  });

  // Nothing is closed to root.
  if (process.getuid?.() !== 0)
    it('into a folder that is closed is refused, and leaves nothing', async () => {
      chmodSync(lab.drive, 0o500);
      await expect(lab.write()).rejects.toSatisfy(refusal('files/write-failed'));
      expect(lab.tree('drive')).toEqual([]);
    });

  it('does not repeat a private key that was given as a recipient', async () => {
    const recipients = ['age-secret-key-1qqqqqq'];
    const error: unknown = await lab
      .write(keysOnly, { kind: 'recipients', recipients })
      .catch((thrown: unknown) => thrown);
    expect(hasCode(error, 'backup/invalid-recipient') && error.details.recipient).toBe('age-secret-key-…');
  });

  it.each(['', 'age1', 'nonsense'])('to recipient %j is refused', async (recipient) => {
    await expect(lab.write(keysOnly, { kind: 'recipients', recipients: [recipient] })).rejects.toSatisfy(
      refusal('backup/invalid-recipient'),
    );
    await expect(lab.write(keysOnly, { kind: 'recipients', recipients: [] })).rejects.toSatisfy(
      refusal('backup/invalid-recipient'),
    );
  });
});

describe('opening', () => {
  it('gives back every key, file and setting', async () => {
    const written = await lab.write(everything);
    const opened = await openBackup(written.path, backupKey());
    expect(opened).toMatchObject({
      seal: 'passphrase',
      sha256: written.sha256,
      size: written.size,
      problems: [],
    });
    expect(opened.keys.map(({ id }) => id).toSorted()).toEqual(ids);
    expect(opened.metadata).toHaveLength(6);
    expect(Buffer.from(opened.settings!).toString()).toBe('{"version":1}');
    expect(opened.manifest).toMatchObject({ created: now.toISOString(), writer: 'trustdesk 0.1.0' });
  });

  it('with an age identity', async () => {
    const [mine, theirs] = await Promise.all([1, 2].map(() => generateX25519Identity()));
    const recipients = await Promise.all([mine!, theirs!].map((identity) => identityToRecipient(identity)));
    const { path } = await lab.write(keysOnly, {
      kind: 'recipients',
      recipients: recipients.map((text) => ` ${text}\n`),
    });
    expect(await sealOfBackup(path)).toBe('recipients');
    for (const identity of [mine!, theirs!]) {
      expect((await openBackup(path, { kind: 'identity', identity: secret(identity) })).keys).toHaveLength(7);
    }
    const stranger = { kind: 'identity' as const, identity: secret(await generateX25519Identity()) };
    await expect(openBackup(path, stranger)).rejects.toSatisfy(refusal('backup/wrong-identity'));
    await expect(openBackup(path, backupKey())).rejects.toSatisfy(refusal('backup/not-a-backup'));
  });

  it.each([
    ['another passphrase', { kind: 'passphrase', passphrase: secret('wrong') } as const],
    ['none', undefined],
  ])('with %s is refused', async (_name, key) => {
    const { path } = await lab.write();
    expect(await sealOfBackup(path)).toBe('passphrase');
    await expect(openBackup(path, key)).rejects.toSatisfy(refusal('backup/wrong-passphrase'));
  });

  it.each([
    ['text', 'hello', 'backup/not-a-backup'],
    ['nothing', '', 'backup/not-a-backup'],
    ['a key file', readVector('keys', `${jeffId}.key`), 'backup/not-a-backup'],
    ['gzip of text', gzipSync('hello'), 'backup/damaged'],
    ['half an age header', 'age-encryption.org/v1\n', 'backup/damaged'],
  ] as const)('%s is refused', async (_name, content, code) => {
    await expect(openBackup(lab.put('x', content), backupKey())).rejects.toSatisfy(refusal(code));
  });

  it('an archive without keys or metadata is none of ours', async () => {
    const other = await writeTarGz([{ path: 'photos/cat.jpg', bytes: new Uint8Array(10) }], now);
    await expect(openBackup(lab.put('x.tar.gz', other))).rejects.toSatisfy(refusal('backup/not-a-backup'));
    await expect(openBackup(join(lab.path, 'none'))).rejects.toSatisfy(refusal('config/unreadable'));
    await expect(openBackup(lab.path)).rejects.toSatisfy(refusal('config/unreadable'));
  });

  it('a truncated one is refused at every length', async () => {
    const { path, size } = await lab.write({ keys: [rootId], metadata: 'none', settings: false });
    for (let length = size - 1; length > 0; length -= 97) {
      truncateSync(path, length);
      const error: unknown = await openBackup(path, backupKey()).catch((thrown: unknown) => thrown);
      expect(error).toBeInstanceOf(AppError);
      expect((error as AppError).code).toMatch(/^backup\/(?:damaged|not-a-backup|wrong-passphrase)$/);
    }
  });

  /** Re-seals an archive after somebody with the passphrase changed it. */
  async function tampered(
    change: (entries: { path: string; bytes: Uint8Array }[]) => { path: string; bytes: Uint8Array }[],
  ) {
    const { path } = await lab.write();
    const entries = await readTar(await openAge(readFileSync(path), backupKey()));
    const archive = await writeTarGz(change(entries.map((entry) => ({ ...entry }))), now);
    return openBackupBytes(path, await sealWithPassphrase(archive, secret(backupPassphrase), 1), backupKey());
  }

  it.each([
    [
      'a key is missing',
      (entries) => entries.filter(({ path }) => !path.includes(rootId)),
      `key ${rootId} is missing`,
    ],
    [
      'a file was added',
      (entries) => [...entries, { path: 'trust/evil.sh', bytes: new Uint8Array() }],
      'trust/evil.sh was added',
    ],
    [
      'a key was replaced',
      (entries) =>
        entries.map((entry) =>
          entry.path.includes(rootId)
            ? { ...entry, bytes: entries.find(({ path }) => path.includes(jeffId))!.bytes }
            : entry,
        ),
      `trust/private/${rootId}.key was changed`,
    ],
    [
      'a file is no key',
      (entries) =>
        entries.map((entry) =>
          entry.path.includes(rootId) ? { ...entry, bytes: new Uint8Array(3) } : entry,
        ),
      'holds no key',
    ],
  ] as const satisfies readonly (readonly [
    string,
    (entries: { path: string; bytes: Uint8Array }[]) => { path: string; bytes: Uint8Array }[],
    string,
  ])[])('says when %s', async (_name, change, problem) => {
    const opened = await tampered(change);
    expect(opened.problems.join('\n')).toContain(problem);
    expect((await proveOpened(opened, keyPassphrases, now)).complete).toBe(false);
  });

  it.each([
    ['is not JSON', 'x', /not JSON/],
    ['is of another kind', '{"format":"x"}', /another kind/],
    ['is newer', '{"format":"trustdesk-backup","version":2}', /newer/],
    [
      'has a path that leads out',
      JSON.stringify({
        format: 'trustdesk-backup',
        version: 1,
        created: '2026-01-01',
        writer: 'x',
        keys: [],
        files: [{ file: '../x', size: 1, sha256: 'ab'.repeat(32) }],
      }),
      /path/,
    ],
    [
      'has an ID that is none',
      JSON.stringify({
        format: 'trustdesk-backup',
        version: 1,
        created: '2026-01-01',
        writer: 'x',
        keys: [{ id: 'x', role: 'root', file: 'a' }],
        files: [],
      }),
      /malformed/,
    ],
  ])('a manifest that %s is refused', async (_name, text, reason) => {
    const error: unknown = await tampered((entries) =>
      entries.map((entry) =>
        entry.path.endsWith('manifest.json') ? { ...entry, bytes: new TextEncoder().encode(text) } : entry,
      ),
    ).catch((thrown: unknown) => thrown);
    expect(hasCode(error, 'backup/damaged') && error.details.reason).toMatch(reason);
  });

  it('a manifest survives unknown members, and __proto__ as a role', () => {
    const manifest = {
      created: now.toISOString(),
      writer: 'x',
      keys: [{ id: 'ab'.repeat(32), role: '__proto__', file: 'a' }],
      files: [],
    };
    const text = Buffer.from(encodeManifest(manifest))
      .toString()
      .replace('"version": 1', '"version": 1, "later": true');
    expect(parseManifest(Buffer.from(text))).toEqual(manifest);
  });
});

describe('docker’s plain archive', () => {
  const plain = () => lab.write(everything, { kind: 'plain', trustDir: lab.trustDir });

  it('holds the keys under the path of the trust directory, as tar would put them, and is private', async () => {
    const { path } = await plain();
    expect(path).toBe(join(lab.drive, 'private_keys_backup.tar.gz'));
    expect(lab.mode('drive/private_keys_backup.tar.gz')).toBe(0o600);
    const entries = await readTar(readFileSync(path));
    expect(entries.map((entry) => entry.path).toSorted()).toEqual(
      ids.map((id) => `${lab.trustDir.slice(1)}/private/${id}.key`),
    );
    expect(await sealOfBackup(path)).toBe('plain');
  });

  it('is read and proven', async () => {
    const { path } = await plain();
    const proof = await proveBackup(path, undefined, keyPassphrases, now);
    expect(proof).toMatchObject({ complete: true, protection: 'plain', problems: [] });
    expect(proof.keys.map(({ id }) => id).toSorted()).toEqual(ids);
  });

  it.each([
    'private/',
    'trust/private/',
    './private/',
    'home/anna/.docker/trust/private/',
    'Users/anna/.docker/trust/private/',
  ])('made by hand from %s is read all the same', async (folder) => {
    const bytes = new Uint8Array(readVector('keys', `${jeffId}.key`));
    const archive = gunzipSync(
      await writeTarGz([{ path: `${folder.replace('./', '')}${jeffId}.key`, bytes }], now),
    );
    const opened = await openBackup(lab.put('x.tar', archive));
    expect(opened.keys).toMatchObject([{ id: jeffId, role: 'jeff', storePath: `${jeffId}.key` }]);
  });

  it('keeps old layouts, and tells role and repository from the path', async () => {
    const bytes = new Uint8Array(readVector('keys', `${jeffId}.key`));
    const archive = await writeTarGz(
      [
        { path: `private/tuf_keys/a/b/${jeffId}_targets.key`, bytes },
        { path: 'private/notes.key', bytes: new Uint8Array(3) },
      ],
      now,
    );
    const opened = await openBackup(lab.put('x.tar.gz', archive));
    expect(opened.keys).toMatchObject([{ id: jeffId, role: 'targets', gun: 'a/b' }]);
    expect(opened.problems).toEqual(['private/notes.key is not named after a key ID']);
    await restoreBackup(opened, lab.empty, { files: [opened.keys[0]!.file], replace: [] });
    expect(await findKey(lab.empty.trustDir, jeffId)).toMatchObject({
      role: 'targets',
      gun: 'a/b',
      layout: 'current',
    });
  });

  it('of metadata alone is nothing', async () => {
    const choice = { keys: [], metadata: 'all', settings: false } as const;
    await expect(lab.write(choice, { kind: 'plain', trustDir: lab.trustDir })).rejects.toSatisfy(
      refusal('backup/nothing-chosen'),
    );
  });
});

describe('the drill', () => {
  it('opens every key, and makes it sign', async () => {
    const { path, sha256 } = await lab.write();
    const proof = await proveBackup(path, backupKey(), keyPassphrases, now);
    expect(proof).toMatchObject({
      complete: true,
      sha256,
      at: now.toISOString(),
      created: now.toISOString(),
    });
    expect(proof.keys.map(({ outcome }) => outcome)).toEqual(Array.from({ length: 7 }, () => 'proven'));
    expect(() => assertComplete(proof)).not.toThrow();
  });

  it.each<readonly [string, KeyPassphrases, string]>([
    [
      'nobody gives the root passphrase',
      (key) => (key.role === 'root' ? Promise.resolve(undefined) : keyPassphrases(key, 0)),
      'not-tried',
    ],
    [
      'it stays wrong',
      (key) => (key.role === 'root' ? Promise.resolve(secret('wrong')) : keyPassphrases(key, 0)),
      'wrong-passphrase',
    ],
    [
      'it is wrong and then given up',
      (key, attempt) =>
        key.role === 'root'
          ? Promise.resolve(attempt === 0 ? secret('wrong') : undefined)
          : keyPassphrases(key, 0),
      'wrong-passphrase',
    ],
  ])('is incomplete when %s', async (_name, passphrases, outcome) => {
    const { path } = await lab.write();
    const proof = await proveBackup(path, backupKey(), passphrases, now);
    expect(proof.complete).toBe(false);
    expect(new Set(proof.keys.map((key) => `${key.role === 'root'} ${key.outcome}`))).toEqual(
      new Set([`true ${outcome}`, 'false proven']),
    );
    expect(() => assertComplete(proof)).toThrow(/backup\/damaged/);
  });

  it('asks four times, and wipes every answer', async () => {
    const { path } = await lab.write({ keys: [rootId], metadata: 'none', settings: false });
    const given: ReturnType<typeof secret>[] = [];
    const wrong: KeyPassphrases = (_key, attempt) => {
      given.push(secret(`wrong ${attempt}`));
      return Promise.resolve(given.at(-1));
    };
    await proveBackup(path, backupKey(), wrong, now);
    expect(given).toHaveLength(4);
    expect(given.every(({ isWiped }) => isWiped)).toBe(true);
  });

  it('finds a key under another key’s name', async () => {
    cpSync(join(lab.trustDir, 'private', `${jeffId}.key`), join(lab.trustDir, 'private', `${rootId}.key`));
    const { path } = await lab.write({ keys: [rootId], metadata: 'none', settings: false });
    const jeffs: KeyPassphrases = () => Promise.resolve(secret(repositoryPassphrase));
    const proof = await proveBackup(path, backupKey(), jeffs, now);
    expect(proof.keys).toMatchObject([{ id: rootId, outcome: 'other-key' }]);
    expect(proof.complete).toBe(false);
  });

  it('finds a damaged key', async () => {
    const whole = readVector('key-formats', 'rsa2048t.pem').toString();
    const damaged = whole.replace(/\n[^\n]{64}\n([^\n]+)\n-----END/, `\n${'A'.repeat(64)}\n$1\n-----END`);
    expect(damaged).not.toBe(whole);
    const id = 'ab'.repeat(32);
    lab.put(`trust/private/${id}.key`, damaged);
    const { path } = await lab.write({ keys: [id], metadata: 'none', settings: false });
    const proof = await proveBackup(path, backupKey(), keyPassphrases, now);
    expect(proof).toMatchObject({ complete: false, keys: [{ id, outcome: 'damaged' }] });
  });

  it('passes on that the person cancelled', async () => {
    const { path } = await lab.write();
    const cancelled: KeyPassphrases = () => Promise.reject(new AppError('prompt/cancelled', {}));
    await expect(proveBackup(path, backupKey(), cancelled, now)).rejects.toSatisfy(
      refusal('prompt/cancelled'),
    );
  });

  it('tries the environment and what opened other keys before it asks', async () => {
    const { path } = await lab.write();
    const asked: string[] = [];
    const prompt = {
      askPassphrase: (question: { readonly keyId: string; readonly role: string }) => {
        asked.push(question.role);
        return Promise.resolve({ passphrase: secret(repositoryPassphrase), remember: 'no' as const });
      },
    };
    const environment = {
      NOTARY_ROOT_PASSPHRASE: rootPassphrase,
      DOCKER_CONTENT_TRUST_REPOSITORY_PASSPHRASE: 'outdated',
    };
    const drill = drillPassphrases(prompt, environment, { purpose: ['drill'], skippable: true });
    const proof = await proveBackup(path, backupKey(), drill.passphrases, now);
    drill.end();
    expect(proof.complete).toBe(true);
    expect(asked).toHaveLength(1);
  });

  it.each([
    [true, 'not-tried'],
    [false, 'prompt/cancelled'],
  ])('declining, where skippable is %s, gives %s', async (skippable, expected) => {
    const { path } = await lab.write({ keys: [rootId], metadata: 'none', settings: false });
    const prompt = { askPassphrase: () => Promise.reject(new AppError('prompt/cancelled', {})) };
    const drill = drillPassphrases(prompt, {}, { purpose: [], skippable });
    const outcome = await proveBackup(path, backupKey(), drill.passphrases, now).then(
      ({ keys }) => keys[0]?.outcome,
      (error: unknown) => (error as AppError).code,
    );
    expect(outcome).toBe(expected);
  });
});

describe('restoring', () => {
  const chosen = (plan: readonly { readonly file: string }[]) => plan.map(({ file }) => file);

  it('onto an empty computer gives back the same files, private', async () => {
    const opened = await openBackup((await lab.write(everything)).path, backupKey());
    const plan = await planRestore(opened, lab.empty);
    expect(lab.tree().filter((name) => name.startsWith('empty'))).toEqual([]);
    expect(new Set(plan.map(({ state }) => state))).toEqual(new Set(['new']));
    const results = await restoreBackup(opened, lab.empty, { files: chosen(plan), replace: [] });
    expect(new Set(results.map(({ outcome }) => outcome))).toEqual(new Set(['restored']));
    expect(lab.tree('empty/trust')).toEqual(lab.tree('trust'));
    for (const name of lab.tree('trust').filter((path) => /\.\w+$/.test(path) && !path.endsWith('.test'))) {
      if (!/\.(?:key|json)$/.test(name)) continue;
      expect(readFileSync(join(lab.empty.trustDir, name))).toEqual(readFileSync(join(lab.trustDir, name)));
      expect(lab.mode(`empty/trust/${name}`)).toBe(0o600);
    }
    expect(lab.mode('empty/trust/private')).toBe(0o700);
    for (const stored of (await listKeys(lab.empty.trustDir)).keys) {
      expect((await openKey(stored, await keyPassphrases(stored as never, 0))).id).toBe(stored.id);
    }
  });

  it('in part', async () => {
    const opened = await openBackup((await lab.write(everything)).path, backupKey());
    const results = await restoreBackup(opened, lab.empty, {
      files: [`trust/private/${rootId}.key`, 'nothing'],
      replace: [],
    });
    expect(results).toHaveLength(1);
    expect(lab.tree('empty')).toEqual(['trust', 'trust/private', `trust/private/${rootId}.key`]);
  });

  it('onto an existing store lists conflicts and replaces only what was named', async () => {
    const opened = await openBackup((await lab.write(everything)).path, backupKey());
    await changePassphrase(
      await findKey(lab.trustDir, jeffId),
      secret(repositoryPassphrase),
      secret('changed since'),
    );
    await changePassphrase(
      await findKey(lab.trustDir, rootId),
      secret(rootPassphrase),
      secret('changed since'),
    );
    writeFileSync(join(lab.trustDir, 'tuf', gun, 'metadata/root.json'), '{"newer":true}');
    writeFileSync(join(lab.trustDir, 'private', `${targetsId}.key`), 'my notes');
    const plan = await planRestore(opened, lab);
    const stateOf = (part: string) => plan.find(({ file }) => file.includes(part))?.state;
    expect([
      stateOf(jeffId),
      stateOf(rootId),
      stateOf(`${gun}/metadata/root.json`),
      stateOf(targetsId),
    ]).toEqual(['different', 'different', 'different', 'blocked']);
    expect(plan.filter(({ state }) => state === 'identical')).toHaveLength(plan.length - 4);

    const results = await restoreBackup(opened, lab, {
      files: chosen(plan),
      replace: [`trust/private/${jeffId}.key`],
    });
    const outcomes = new Map(results.map(({ item, outcome }) => [item.file, outcome]));
    expect(outcomes.get(`trust/private/${jeffId}.key`)).toBe('restored');
    expect(outcomes.get(`trust/private/${rootId}.key`)).toBe('kept');
    expect(outcomes.get(`trust/private/${targetsId}.key`)).toBe('kept');
    expect((await openKey(await findKey(lab.trustDir, jeffId), secret(repositoryPassphrase))).id).toBe(
      jeffId,
    );
    expect((await openKey(await findKey(lab.trustDir, rootId), secret('changed since'))).id).toBe(rootId);
    expect(readFileSync(join(lab.trustDir, 'private', `${targetsId}.key`), 'utf8')).toBe('my notes');
    expect(readFileSync(join(lab.trustDir, 'tuf', gun, 'metadata/root.json'), 'utf8')).toBe('{"newer":true}');
  });

  it('on Windows a device is no file: what is called like one is left out by name, and the keys come', async () => {
    const name = `trust/tuf/${gun}/metadata/targets/aux.json`;
    lab.put(name, '{}');
    const opened = await openBackup((await lab.write(everything)).path, backupKey());
    const { platform } = process;
    Object.defineProperty(process, 'platform', { value: 'win32' });
    try {
      const files = (await planRestore(opened, lab.empty)).map(({ file }) => file);
      const results = await restoreBackup(opened, lab.empty, { files, replace: [] });
      const failed = results.filter(({ outcome }) => outcome === 'failed');
      expect(failed).toMatchObject([{ item: { file: name }, error: { code: 'backup/unusable-name' } }]);
      expect(
        results.filter(({ item, outcome }) => item.kind === 'key' && outcome === 'restored'),
      ).toHaveLength(7);
    } finally {
      Object.defineProperty(process, 'platform', { value: platform });
    }
    const elsewhere = await planRestore(opened, lab);
    expect(elsewhere.find(({ file }) => file === name)?.state).toBe('identical');
  });

  it('does not replace what appeared since the plan was shown', async () => {
    const opened = await openBackup((await lab.write()).path, backupKey());
    const files = chosen(await planRestore(opened, lab.empty));
    lab.put(`empty/trust/private/${rootId}.key`, 'appeared');
    const results = await restoreBackup(opened, lab.empty, { files, replace: [] });
    expect(results.filter(({ outcome }) => outcome === 'kept').map(({ item }) => item.file)).toEqual([
      `trust/private/${rootId}.key`,
    ]);
    expect(readFileSync(join(lab.empty.trustDir, 'private', `${rootId}.key`), 'utf8')).toBe('appeared');
  });

  it('a failure of one file does not stop the others, and is named', async () => {
    const opened = await openBackup((await lab.write(everything)).path, backupKey());
    lab.put('empty/trust/tuf/docker.io', 'a file where a folder must be');
    const files = chosen(await planRestore(opened, lab.empty));
    const results = await restoreBackup(opened, lab.empty, { files, replace: [] });
    expect(results.filter(({ outcome }) => outcome === 'failed').map(({ item }) => item.file)).toEqual([
      'trust/tuf/docker.io/library/other/metadata/root.json',
    ]);
    expect(results.filter(({ outcome }) => outcome === 'restored')).toHaveLength(files.length - 1);
  });

  it('a folder in the way is a conflict', async () => {
    mkdirSync(join(lab.empty.trustDir, 'private', `${rootId}.key`), { recursive: true });
    const opened = await openBackup((await lab.write()).path, backupKey());
    const plan = await planRestore(opened, lab.empty);
    expect(plan.find(({ file }) => file.includes(rootId))?.state).toBe('blocked');
  });
});
