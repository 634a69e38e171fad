import { generateKeyPairSync } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import {
  encodePublicKey,
  exportBundle,
  exportModern,
  exportStored,
  writeExport,
} from '../../../electron/keystore/export-key.ts';
import { canStayEncrypted, importEncrypted, importKey } from '../../../electron/keystore/import-key.ts';
import { listKeys } from '../../../electron/keystore/key-directory.ts';
import { openKey } from '../../../electron/keystore/open-key.ts';
import { decodePemBlocks } from '../../../electron/keystore/pem.ts';
import { type KeyFileEntry, loadKeyFile, parseKeyFile } from '../../../electron/keystore/private-key-file.ts';
import { SecretBytes } from '../../../electron/keystore/secret-bytes.ts';
import { findKey } from '../../../electron/keystore/store-key.ts';
import { type ErrorCode, hasCode } from '../../../shared/errors.ts';
import { useTrustDirectory } from './trust-directory.ts';
import {
  dockerTrust,
  openSslKey,
  readVector,
  repositoryPassphrase,
  rootPassphrase,
  storedKeys,
} from './vectors.ts';

const trust = useTrustDirectory();
const secret = (text: string) => SecretBytes.fromText(text);
const refusal = (code: ErrorCode) => (error: unknown) => hasCode(error, code);
const fixture = (name: string) => readFileSync(join(import.meta.dirname, 'fixtures', name));
const names = { fallbackRole: 'signer' };

describe('loading', () => {
  const opsEc = 'e47b66321e7841e040cb78630a479f2cca644553e899ba992ffde8289eff06cd';
  const opsRsa = 'bce130cff74e9089ebbee94ae21339ab97b13d3c01a83ea69a260cbfb489849c';
  const derOf = (pem: Buffer) => Buffer.from(decodePemBlocks(pem)[0]!.bytes);
  const openSsl = '@openssl';
  const pkcs8 = (name: string) => readVector('key-formats', name);

  it.each<readonly [string, Buffer, string | undefined, string | undefined]>([
    ['EC, as openssl writes it', readVector('signer-files', 'ops-ec.pem'), undefined, opsEc],
    ['RSA', readVector('signer-files', 'ops-rsa.pem'), undefined, opsRsa],
    ['EC PARAMETERS first', pkcs8('ecparams.pem'), undefined, undefined],
    ['P-384', pkcs8('p384.pem'), undefined, undefined],
    ['P-384, RFC 1423', pkcs8('p384enc.pem'), repositoryPassphrase, undefined],
    ['RSA, RFC 1423', pkcs8('rsaenc.pem'), repositoryPassphrase, undefined],
    ['PKCS#8 with SHA-1', pkcs8('p8sha1.pem'), repositoryPassphrase, undefined],
    ['PKCS#8 with SHA-256', pkcs8('p8sha256.pem'), repositoryPassphrase, undefined],
    ['Ed25519, RFC 8410', pkcs8('ed.pem'), undefined, undefined],
    ['DER of SEC1', derOf(readVector('signer-files', 'ops-ec.pem')), undefined, opsEc],
    ['DER of PKCS#8', derOf(pkcs8('rsa2048.pem')), undefined, undefined],
    ['DER of PKCS#1', derOf(pkcs8('rsa2048t.pem')), undefined, undefined],
    ['DER of encrypted PKCS#8', derOf(pkcs8('p8sha256.pem')), repositoryPassphrase, undefined],
    ['scrypt', fixture('scrypt.pem'), 'pass', openSsl],
    ['single DES', fixture('des-cbc.pem'), 'pass', openSsl],
    ['PBES1', fixture('pbe-sha1-3des.pem'), 'pass', openSsl],
    ['PKCS#12', fixture('modern.p12'), 'pass', openSsl],
    ['PKCS#12 of old', fixture('legacy.p12'), 'pass', openSsl],
    ['PKCS#12 without passphrase', fixture('no-passphrase.p12'), '', openSsl],
  ])('%s is really imported, under a new passphrase', async (_name, content, passphrase, id) => {
    const file = trust.put('brought.key', content);
    const { entries } = await loadKeyFile(file);
    expect(entries).toHaveLength(1);
    const entry = entries[0] as KeyFileEntry;
    expect(entry.needsPassphrase).toBe(passphrase !== undefined);
    const old = passphrase === undefined ? undefined : secret(passphrase);
    const stored = await importKey(trust.path, entry, names, { old, new: secret('new passphrase') });
    const expected =
      id === openSsl ? await parseKeyFile('x', fixture('plain.pem')).entries[0]!.open(undefined) : { id };
    if (id !== undefined) expect(stored.id).toBe(expected.id);
    expect(stored).toMatchObject({ role: 'signer', encryption: 'pkcs8' });
    expect((await openKey(stored, secret('new passphrase'))).id).toBe(stored.id);
    if (passphrase !== undefined && passphrase !== '') {
      await expect(entry.open(secret('wrong'))).rejects.toSatisfy(refusal('keystore/wrong-passphrase'));
      if (!_name.startsWith('PKCS#12')) {
        await expect(entry.open(undefined)).rejects.toSatisfy(refusal('keystore/wrong-passphrase'));
      }
    }
  });

  const pem = (type: string) => `-----BEGIN ${type}-----\nAAAA\n-----END ${type}-----\n`;
  const secp256k1 = generateKeyPairSync('ec', { namedCurve: 'secp256k1' }).privateKey.export({
    format: 'pem',
    type: 'sec1',
  });
  const rsa1024 = generateKeyPairSync('rsa', { modulusLength: 1024 }).privateKey;
  const spki = generateKeyPairSync('ec', { namedCurve: 'P-256' }).publicKey.export({
    format: 'der',
    type: 'spki',
  });

  it.each<readonly [string, Buffer | string, ErrorCode, RegExp]>([
    ['a public key', readVector('signer-files', 'jeff.pub'), 'keystore/public-key-given', /./],
    ['a public key in DER', spki, 'keystore/public-key-given', /./],
    ['a certificate', readVector('signer-files', 'ops-rsa.crt'), 'keystore/public-key-given', /./],
    [
      'a certificate in DER',
      readVector('yubikey', 'piv-cert-for-root.der'),
      'keystore/public-key-given',
      /./,
    ],
    ['an OpenSSH key', pem('OPENSSH PRIVATE KEY'), 'keystore/not-a-key', /ssh-keygen -p -m PKCS8/],
    ['a PGP key', pem('PGP PRIVATE KEY BLOCK'), 'keystore/not-a-key', /PGP PRIVATE KEY BLOCK/],
    ['parameters only', pem('EC PARAMETERS'), 'keystore/not-a-key', /EC PARAMETERS/],
    ['text', 'hello', 'keystore/not-a-key', /neither PEM nor DER/],
    ['nothing', '', 'keystore/not-a-key', /neither PEM nor DER/],
    ['other DER', Buffer.from('3003010100', 'hex'), 'keystore/not-a-key', /neither PEM nor DER/],
    ['a gigantic file', Buffer.alloc(5 * 1024 * 1024), 'keystore/not-a-key', /too large/],
  ])('%s is refused with the reason', async (_name, content, code, reason) => {
    const error: unknown = await loadKeyFile(trust.put('brought.key', content)).catch(
      (thrown: unknown) => thrown,
    );
    expect(hasCode(error, code)).toBe(true);
    expect((error as Error).message).toMatch(reason);
  });

  it.each<readonly [string, Buffer | string, string | undefined, ErrorCode, RegExp]>([
    ['secp256k1', secp256k1, undefined, 'keystore/unusable-key', /secp256k1/],
    [
      'RSA 1024',
      rsa1024.export({ format: 'pem', type: 'pkcs1' }),
      undefined,
      'keystore/unusable-key',
      /1024 bits/,
    ],
    [
      'RSA 1024 in PKCS#8',
      rsa1024.export({ format: 'der', type: 'pkcs8' }),
      undefined,
      'keystore/unusable-key',
      /1024 bits/,
    ],
    ['a certificate’s PKCS#12', fixture('no-key.p12'), 'pass', 'keystore/not-a-key', /no private key/],
    [
      'half a PKCS#12',
      fixture('modern.p12').subarray(0, 500),
      'pass',
      'keystore/not-a-key',
      /neither PEM nor DER|damaged/,
    ],
    ['RC2 of 40 bits', fixture('pbe-sha1-rc2-40.pem'), 'pass', 'keystore/unsupported-encryption', /./],
  ])('%s is refused when opened', async (_name, content, passphrase, code, reason) => {
    const open = async () => {
      const { entries } = await loadKeyFile(trust.put('brought.key', content));
      return entries[0]!.open(passphrase === undefined ? undefined : secret(passphrase));
    };
    const error: unknown = await open().catch((thrown: unknown) => thrown);
    expect(hasCode(error, code)).toBe(true);
    expect((error as Error).message).toMatch(reason);
    expect((await listKeys(trust.path)).keys).toEqual([]);
  });

  if (process.platform !== 'win32')
    it.each([0o644, 0o640, 0o604, 0o620, 0o601, 0o660])(
      'mode %o is refused as docker refuses it',
      async (mode) => {
        const file = trust.put('brought.key', readVector('signer-files', 'ops-ec.pem'), mode);
        const error: unknown = await loadKeyFile(file).catch((thrown: unknown) => thrown);
        expect(hasCode(error, 'keystore/permissions-too-open') && error.details.mode).toBe(
          `0${mode.toString(8)}`,
        );
      },
    );

  it.each([0o600, 0o400, 0o700])('mode %o is taken', async (mode) => {
    const file = trust.put('brought.key', readVector('signer-files', 'ops-ec.pem'), mode);
    expect((await loadKeyFile(file)).entries).toHaveLength(1);
  });

  it('a folder, and a file that is not there', async () => {
    await expect(loadKeyFile(join(trust.path, 'none'))).rejects.toSatisfy(refusal('keystore/unreadable'));
    trust.put('folder/x', 'x');
    const { chmodSync } = await import('node:fs');
    chmodSync(join(trust.path, 'folder'), 0o700);
    await expect(loadKeyFile(join(trust.path, 'folder'))).rejects.toSatisfy(refusal('keystore/not-a-key'));
  });

  it('says which blocks were passed over', () => {
    expect(parseKeyFile('x', readVector('key-formats', 'ecparams.pem')).skipped).toEqual(['EC PARAMETERS']);
  });
});

describe('bundles', () => {
  const bundle = readVector('key-formats', 'notary-export-bundle.pem');

  it('are stored unchanged under the promised IDs, without any passphrase', async () => {
    const { entries } = parseKeyFile('bundle', bundle);
    expect(entries.every(canStayEncrypted)).toBe(true);
    for (const entry of entries) await importEncrypted(trust.path, entry, { fallbackRole: 'delegation' });
    const { keys } = await listKeys(trust.path);
    expect(keys.map(({ id }) => id).sort()).toEqual(entries.map(({ promisedId }) => promisedId).sort());
    expect(keys.filter(({ role }) => role === 'targets').map(({ gun }) => gun)).toEqual(['a/b']);
    for (const key of keys) {
      const opened = await openKey(key, secret(key.role === 'root' ? rootPassphrase : repositoryPassphrase));
      expect(opened.id).toBe(key.id);
    }
    expect(await exportBundle(keys)).toBe(bundle.toString());
  });

  it('re-imported key by key get another passphrase', async () => {
    const [first] = parseKeyFile('bundle', bundle).entries;
    const passphrases = { old: secret(repositoryPassphrase), new: secret('new passphrase') };
    const stored = await importKey(trust.path, first!, names, passphrases);
    expect(stored).toMatchObject({ id: first!.promisedId, role: 'targets', gun: 'a/b' });
    await expect(importKey(trust.path, first!, names, passphrases)).rejects.toSatisfy(
      refusal('keystore/key-exists'),
    );
  });

  it('with a lying path are found out when opened', async () => {
    const lying = bundle.toString().replace(/path: 1559/, 'path: 2559');
    const [first] = parseKeyFile('bundle', Buffer.from(lying)).entries;
    await expect(first!.open(secret(repositoryPassphrase))).rejects.toSatisfy(
      refusal('keystore/id-mismatch'),
    );
    const stored = await importEncrypted(trust.path, first!, names);
    await expect(openKey(stored, secret(repositoryPassphrase))).rejects.toSatisfy(
      refusal('keystore/id-mismatch'),
    );
  });

  it.each([
    ['tuf_keys/host:5000/a/b/ID', 'targets', { promisedId: 'ID', gun: 'host:5000/a/b' }],
    ['tuf_keys/ID', 'targets', { promisedId: 'ID', gun: undefined }],
    ['root_keys/ID', 'root', { promisedId: 'ID', gun: undefined }],
    ['ID', 'targets', { promisedId: 'ID', gun: undefined }],
    ['../../etc/passwd', 'x', { promisedId: undefined, gun: undefined }],
    ['../ID', 'x', { promisedId: 'ID', gun: undefined }],
    ['', 'x', { promisedId: undefined, gun: undefined }],
  ])('path %s of older versions', (path, role, expected) => {
    const id = 'ab'.repeat(32);
    const text = `-----BEGIN ENCRYPTED PRIVATE KEY-----\npath: ${path.replace('ID', id)}\nrole: ${role}\n\nAAAA\n-----END ENCRYPTED PRIVATE KEY-----\n`;
    const [entry] = parseKeyFile('x', Buffer.from(text)).entries;
    expect(entry).toMatchObject({
      role,
      gun: expected.gun,
      promisedId: expected.promisedId === 'ID' ? id : undefined,
    });
  });

  it.each([
    [
      'no role: docker’s name for it',
      { role: '' },
      { fallbackRole: 'signer' },
      { role: 'signer', gun: undefined },
    ],
    [
      'a name given wins',
      { role: 'jeff' },
      { fallbackRole: 'signer', role: 'anna' },
      { role: 'anna', gun: undefined },
    ],
    [
      'targets with a fallback gun',
      { role: 'targets' },
      { fallbackRole: 'x', fallbackGun: 'a/b' },
      { role: 'targets', gun: 'a/b' },
    ],
    [
      'a signer’s gun is dropped',
      { role: 'jeff', gun: 'a/b' },
      { fallbackRole: 'x' },
      { role: 'jeff', gun: undefined },
    ],
  ])('%s', async (_name, headers, given, expected) => {
    const { importHeaders } = await import('../../../electron/keystore/import-key.ts');
    const entry = {
      gun: undefined,
      promisedId: undefined,
      needsPassphrase: false,
      block: undefined,
      open: () => Promise.reject(new Error()),
      ...headers,
    };
    expect(importHeaders(entry, given)).toEqual(expected);
  });

  it('a targets key without any gun is refused, before the passphrase is asked for', async () => {
    const text = bundle.toString().replace('gun: a/b\n', '');
    const [first] = parseKeyFile('bundle', Buffer.from(text)).entries;
    await expect(importEncrypted(trust.path, first!, names)).rejects.toSatisfy(
      refusal('keystore/needs-repository'),
    );
    expect(trust.tree()).toEqual([]);
  });

  it('unencrypted keys do not stay as they are', async () => {
    const [entry] = parseKeyFile('x', readVector('key-formats', 'p384.pem')).entries;
    expect(canStayEncrypted(entry!)).toBe(false);
    await expect(importEncrypted(trust.path, entry!, names)).rejects.toSatisfy(refusal('keystore/not-a-key'));
  });
});

describe('exporting', () => {
  const jeff = storedKeys[4][0];
  const put = () => trust.put(`private/${jeff}.key`, readVector('keys', `${jeff}.key`));

  it('one key as it is stored', async () => {
    put();
    expect(await exportStored(await findKey(trust.path, jeff))).toBe(
      readVector('keys', `${jeff}.key`).toString(),
    );
  });

  it('from old layouts, with role and gun that only the place told', async () => {
    trust.put(`private/tuf_keys/a/b/${jeff}_targets.key`, readVector('keys', `${jeff}.key`));
    const [block] = decodePemBlocks(await exportBundle([await findKey(trust.path, jeff)]));
    expect([...block!.headers]).toEqual([
      ['gun', 'a/b'],
      ['path', jeff],
      ['role', 'targets'],
    ]);
  });

  it('for other tools, with modern parameters', async () => {
    put();
    const key = await openKey(await findKey(trust.path, jeff), secret(repositoryPassphrase));
    const text = await exportModern(key, secret('for openssl'));
    const { createPrivateKey } = await import('node:crypto');
    expect(createPrivateKey({ key: text, passphrase: 'for openssl' }).asymmetricKeyType).toBe('ec');
    const again = await parseKeyFile('x', Buffer.from(text)).entries[0]!.open(secret('for openssl'));
    expect(again.id).toBe(jeff);
  });

  it('the public half exactly as docker and notary write it', async () => {
    put();
    const key = await openKey(await findKey(trust.path, jeff), secret(repositoryPassphrase));
    expect(encodePublicKey(key.key, 'jeff')).toBe(
      readFileSync(join(dockerTrust, 'signer-files', 'jeff.pub'), 'utf8'),
    );
    expect(encodePublicKey(key.key)).not.toContain('role');
  });

  it('into a new private file only', async () => {
    const file = join(trust.path, 'out.pem');
    await writeExport(file, 'one');
    expect(trust.mode('out.pem')).toBe(0o600);
    await expect(writeExport(file, 'two')).rejects.toSatisfy(refusal('files/exists'));
    expect(readFileSync(file, 'utf8')).toBe('one');
    await expect(writeExport(join(trust.path, 'no', 'out.pem'), 'x')).rejects.toSatisfy(
      refusal('files/no-folder'),
    );
    await expect(writeExport(join(file, 'out.pem'), 'x')).rejects.toSatisfy(refusal('files/no-folder'));
  });
});

it('the fixture key is the one all its encryptions hold', async () => {
  expect(openSslKey('plain.pem').type).toBe('PRIVATE KEY');
  expect((await parseKeyFile('x', fixture('plain.pem')).entries[0]!.open(undefined)).algorithm).toBe(
    'ECDSA P-256',
  );
});
