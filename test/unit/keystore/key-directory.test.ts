import {
  chmodSync,
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { listKeys } from '../../../electron/keystore/key-directory.ts';
import { openKey } from '../../../electron/keystore/open-key.ts';
import { SecretBytes } from '../../../electron/keystore/secret-bytes.ts';
import { hasCode } from '../../../shared/errors.ts';
import {
  dockerTrust,
  hasNotary03,
  notary03,
  notary03Passphrase,
  readVector,
  repositoryPassphrase,
  storedKeys,
} from './vectors.ts';

let trustDir: string;
const jeff = '570adc0f67263a14dc4e60d654516757c54f050cfb5e07578c7f2b52c7eb6b76';
const jeffFile = readVector('keys', `${jeff}.key`);
const app = '0ba33d85c8a1c0c66957b671e3ac4bcdb4c44d1a68e84d6f0fb1d9e774baa0be';

beforeEach(() => {
  trustDir = mkdtempSync(join(tmpdir(), 'keys-'));
});
afterEach(() => rmSync(trustDir, { recursive: true, force: true }));

function put(path: string, content: Buffer | string = jeffFile, mode = 0o600): string {
  const file = join(trustDir, 'private', path);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, content, { mode });
  chmodSync(file, mode);
  return file;
}

const tree = () => readdirSync(trustDir, { recursive: true }).map(String).sort();

describe('the current layout', () => {
  it('lists what notary lists, in its order', async () => {
    cpSync(join(dockerTrust, 'keys'), join(trustDir, 'private'), { recursive: true });
    const { keys, unreadable } = await listKeys(trustDir);
    const rows = readVector('notary-key-list.txt')
      .toString()
      .split('\n')
      .filter((line) => /[0-9a-f]{64}/.test(line))
      .map((line) => [line.split(/\s/)[0], /[0-9a-f]{64}/.exec(line)?.[0]]);
    expect(keys.map(({ role, id }) => [role, id])).toEqual(rows);
    expect(unreadable).toEqual([]);
    expect(keys.map(({ id, algorithm }) => [id, algorithm]).sort()).toEqual(
      storedKeys.map(([id, , algorithm]) => [id, algorithm] as const).sort(),
    );
    expect(new Set(keys.map(({ location }) => location))).toEqual(new Set([join(trustDir, 'private')]));
    expect(keys.find(({ id }) => id === app)?.gun).toBe('registry.example.test:5000/acme/app');
  });

  it('a missing directory is an empty list, and stays missing', async () => {
    expect(await listKeys(join(trustDir, 'nothing'))).toEqual({ keys: [], unreadable: [] });
    expect(await listKeys(trustDir)).toEqual({ keys: [], unreadable: [] });
    expect(tree()).toEqual([]);
  });

  it('finds keys in subfolders, passes over symbolic links and other files', async () => {
    put(`deep/er/${jeff}.key`);
    put('readme.txt', 'hello');
    put(`${app}.key.bak`, readVector('keys', `${app}.key`));
    const elsewhere = put('../elsewhere.key', readVector('keys', `${app}.key`));
    symlinkSync(elsewhere, join(trustDir, 'private', `${app}.key`));
    symlinkSync(join(trustDir, 'private', 'deep'), join(trustDir, 'private', 'link'));
    const { keys, unreadable } = await listKeys(trustDir);
    expect(keys.map(({ path }) => path)).toEqual([join(trustDir, 'private', 'deep', 'er', `${jeff}.key`)]);
    expect(unreadable).toEqual([]);
  });

  it.each<readonly [string, string, Buffer | string, RegExp]>([
    ['text', `${jeff}.key`, 'not a key', /no PEM block/],
    ['nothing', `${jeff}.key`, '', /no PEM block/],
    ['half a key', `${jeff}.key`, jeffFile.subarray(0, 150), /no PEM block/],
    ['a public key', `${jeff}.key`, readVector('signer-files', 'jeff.pub'), /type PUBLIC KEY/],
    ['a key with another name', 'jeff.key', jeffFile, /not a key ID/],
    ['a key with its ID in capitals', `${jeff.toUpperCase()}.key`, jeffFile, /not a key ID/],
    ['a nameless file', '.key', jeffFile, /not a key ID/],
    ['a gigantic file', `${jeff}.key`, Buffer.alloc(300_000, 65), /too large/],
  ])('reports %s instead of hiding it', async (_name, path, content, reason) => {
    const file = put(path, content);
    const { keys, unreadable } = await listKeys(trustDir);
    expect(keys).toEqual([]);
    expect(unreadable).toEqual([{ path: file, reason: expect.stringMatching(reason) as string }]);
  });

  it('says how a key is protected', async () => {
    put(`${jeff}.key`, jeffFile, 0o644);
    const plain = readVector('key-formats', 'rsa2048.pem');
    put(`${'a'.repeat(64)}.key`, plain);
    put(`${'b'.repeat(64)}.key`, readVector('key-formats', 'rsaenc.pem'));
    const { keys } = await listKeys(trustDir);
    const facts = keys.map(({ id, encryption, mode, role, algorithm }) => [
      id.slice(0, 4),
      encryption,
      mode,
      role,
      algorithm,
    ]);
    expect(facts).toEqual([
      ['aaaa', 'none', 0o600, '', 'RSA 2048'],
      ['bbbb', 'rfc1423', 0o600, '', 'RSA 2048'],
      ['570a', 'pkcs8', 0o644, 'jeff', 'ECDSA P-256'],
    ]);
  });

  it('a role called __proto__ is a role like any other', async () => {
    put(`${jeff}.key`, jeffFile.toString().replace('role: jeff', 'role: __proto__\ngun: __proto__'));
    expect((await listKeys(trustDir)).keys[0]).toMatchObject({ role: '__proto__', gun: '__proto__' });
  });
});

describe('the layouts before notary 0.4', () => {
  it.each([
    [`root_keys/${jeff}.key`, { layout: 'root_keys', role: 'jeff', gun: undefined }],
    [`root_keys/${jeff}_root.key`, { layout: 'root_keys', role: 'root', gun: undefined }],
    [`tuf_keys/${jeff}_user.key`, { layout: 'tuf_keys', role: 'user', gun: undefined }],
    [
      `tuf_keys/host:5000/a/b/${jeff}_targets.key`,
      { layout: 'tuf_keys', role: 'targets', gun: 'host:5000/a/b' },
    ],
    [`tuf_keys/a/${jeff}.key`, { layout: 'tuf_keys', role: 'jeff', gun: 'a' }],
    [`other/${jeff}.key`, { layout: 'current', role: 'jeff', gun: undefined }],
  ])('%s', async (path, expected) => {
    put(path);
    const { keys, unreadable } = await listKeys(trustDir);
    expect(unreadable).toEqual([]);
    expect(keys).toMatchObject([{ id: jeff, ...expected }]);
  });

  it('one entry per ID: the present layout first, the others named', async () => {
    const old = put(`root_keys/${jeff}.key`);
    const older = put(`tuf_keys/a/${jeff}_x.key`);
    const sub = put(`sub/${jeff}.key`);
    const current = put(`${jeff}.key`);
    const { keys } = await listKeys(trustDir);
    expect(keys).toMatchObject([{ path: current, copies: [sub, old, older] }]);
  });

  it('reports in old folders what migration by notary would delete, and deletes nothing itself', async () => {
    const lost = put('root_keys/notes.key', 'my notes');
    put(`tuf_keys/a/${jeff}_targets.key`);
    put('trusted_certificates/x.crt', 'x');
    const before = tree();
    expect((await listKeys(trustDir)).unreadable).toEqual([
      { path: lost, reason: 'the file holds no PEM block' },
    ]);
    expect(tree()).toEqual(before);
  });

  if (hasNotary03)
    describe('a store of notary 0.3', () => {
      it('is listed and every key in it opens and signs', async () => {
        const { keys, unreadable } = await listKeys(notary03);
        expect(unreadable).toEqual([]);
        expect(keys.map(({ role, gun, algorithm }) => [role, gun, algorithm])).toEqual([
          ['root', undefined, 'ECDSA P-256'],
          ['targets/releases', undefined, 'RSA 2048'],
          ['snapshot', 'docker.com/notary0.3/tst', 'ECDSA P-256'],
          ['targets', 'docker.com/notary0.3/tst', 'ECDSA P-256'],
        ]);
        for (const stored of keys) {
          const key = await openKey(stored, SecretBytes.fromText(notary03Passphrase));
          expect(key.id).toBe(stored.id);
          expect((await key.sign(Uint8Array.of(1))).signature.length).toBeGreaterThan(60);
        }
      });
    });
});

describe('opening a listed key', () => {
  const passphrase = () => SecretBytes.fromText(repositoryPassphrase);

  it('works, and leaves the passphrase to its owner', async () => {
    put(`${jeff}.key`);
    const [stored] = (await listKeys(trustDir)).keys;
    const own = passphrase();
    expect((await openKey(stored!, own)).id).toBe(jeff);
    expect(own.isWiped).toBe(false);
  });

  it('refuses a file that holds another key than its name says', async () => {
    put(`${app}.key`);
    const [stored] = (await listKeys(trustDir)).keys;
    const refusal = await openKey(stored!, passphrase()).catch((error: unknown) => error);
    expect(hasCode(refusal, 'keystore/id-mismatch') && refusal.details).toMatchObject({
      expected: app,
      actual: jeff,
    });
  });

  it.each([
    ['gone', 'keystore/key-not-found', (file: string) => rmSync(file)],
    ['emptied', 'keystore/not-a-key', (file: string) => writeFileSync(file, '')],
    [
      'replaced by a folder',
      'keystore/unreadable',
      (file: string) => {
        rmSync(file);
        mkdirSync(file);
      },
    ],
  ] as const)('says when the file was %s meanwhile', async (_name, code, change) => {
    const file = put(`${jeff}.key`);
    const [stored] = (await listKeys(trustDir)).keys;
    change(file);
    await expect(openKey(stored!, passphrase())).rejects.toSatisfy((error) => hasCode(error, code));
  });
});

it('listing loads no cryptography and nothing from outside Node', async () => {
  const { execFileSync } = await import('node:child_process');
  const { buildSync } = await import('esbuild');
  const outfile = join(trustDir, 'list.mjs');
  const entry = join(import.meta.dirname, '../../../electron/keystore/key-directory.ts');
  const { metafile } = buildSync({
    entryPoints: [entry],
    outfile,
    bundle: true,
    platform: 'node',
    format: 'esm',
    metafile: true,
  });
  const external = Object.values(metafile.outputs).flatMap(({ imports }) => imports.map(({ path }) => path));
  expect(external.sort()).toEqual(['node:buffer', 'node:fs', 'node:path', 'node:timers/promises']);
  expect(Object.keys(metafile.inputs).filter((path) => path.includes('node_modules'))).toEqual([]);
  expect(execFileSync(process.execPath, [outfile]).toString()).toBe('');
});
