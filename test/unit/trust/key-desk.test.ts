/** Making, importing and exporting keys as the window asks for it: what is on disk afterwards, and what was asked. */
import { X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { SecretBytes } from '../../../electron/keystore/secret-bytes.ts';
import { findKey } from '../../../electron/keystore/store-key.ts';
import { openKey } from '../../../electron/keystore/open-key.ts';
import { certifyKey, exportKeys } from '../../../electron/trust/key-export.ts';
import { importKeyFiles } from '../../../electron/trust/key-import.ts';
import type { Gun } from '../../../shared/brands.ts';
import { jeffId, rootId, targetsId } from '../backup/backup-fixture.ts';
import { readVector, repositoryPassphrase } from '../keystore/vectors.ts';
import { useKeyLab, verified } from './key-lab.ts';

const passphrase = 'a good passphrase';
const lab = useKeyLab();
const own = (id: string) => ({ id, sandbox: false });

async function opens(id: string, text: string): Promise<boolean> {
  const key = await openKey(await findKey(lab.at('trust'), id), SecretBytes.fromText(text)).catch(
    () => undefined,
  );
  key?.wipe();
  return key !== undefined;
}

describe('generating', () => {
  it('stores a signer’s key as docker does, 0600, under the passphrase that was chosen', async () => {
    lab.person.passphrases = [passphrase];
    const wish = { kind: 'signer', name: 'kim', algorithm: 'ECDSA P-384' } as const;
    const made = await lab.desk().generate(wish);
    expect(made).toMatchObject({ role: 'kim', algorithm: 'ECDSA P-384' });
    expect(lab.text(lab.keyFile(made.id))).toMatch(/^-----BEGIN ENCRYPTED PRIVATE KEY-----\nrole: kim\n\n/);
    expect(lab.mode(lab.keyFile(made.id))).toBe(0o600);
    expect(await opens(made.id, passphrase)).toBe(true);
    expect(lab.person.asked).toMatchObject([{ kind: 'create', keyId: made.id, role: 'kim' }]);
    expect(lab.recorded).toMatchObject([{ what: 'key-generated', details: { keyId: made.id } }]);
    expect(JSON.stringify(lab.recorded)).not.toContain(passphrase);
  });

  it('makes root keys of the one kind that notary has', async () => {
    lab.person.passphrases = [passphrase];
    const made = await lab.desk().generate({ kind: 'root' });
    expect(made).toMatchObject({ role: 'root', algorithm: 'ECDSA P-256' });
    expect(lab.text(lab.keyFile(made.id))).toContain('\nrole: root\n');
  });

  it.each(['root', 'targets', 'snapshot', 'timestamp', 'releases'])('refuses the name %s', async (name) => {
    const wish = { kind: 'signer', name, algorithm: 'ECDSA P-256' } as const;
    await expect(lab.desk().generate(wish)).rejects.toMatchObject({ code: 'signer/reserved-name' });
    expect(lab.person.asked).toEqual([]);
  });

  it.each(['', 'Kim', 'kim/2', '-kim', '__proto__', 'x'.repeat(256)])(
    'refuses the name "%s"',
    async (name) => {
      const wish = { kind: 'signer', name, algorithm: 'ECDSA P-256' } as const;
      await expect(lab.desk().generate(wish)).rejects.toMatchObject({ code: 'keystore/invalid-name' });
      expect(lab.stored()).toEqual([]);
    },
  );

  it('asks again for a passphrase that is too short, and leaves nothing when that is cancelled', async () => {
    lab.person.passphrases = ['short'];
    await expect(lab.desk().generate({ kind: 'root' })).rejects.toMatchObject({ code: 'prompt/cancelled' });
    expect(lab.person.asked.map(({ problem }) => problem)).toEqual([undefined, 'too-short']);
    expect(lab.stored()).toEqual([]);
    expect(lab.recorded).toEqual([]);
  });
});

describe('importing', () => {
  const importAll = (name?: string, gun?: string) =>
    importKeyFiles(lab.desk(), lab.prompt, { name, gun: gun as Gun | undefined });

  it('keeps the passphrase of a file that has a good one', async () => {
    const file = readVector('keys', `${jeffId}.key`);
    lab.person.files = [lab.put('jeff.pem', file)];
    lab.person.passphrases = ['not this one', repositoryPassphrase];
    expect(await importAll()).toEqual([
      { ok: true, label: 'jeff.pem', key: { id: jeffId, role: 'jeff', algorithm: 'ECDSA P-256' } },
    ]);
    expect(lab.person.asked.map(({ kind, problem, subject }) => [kind, problem, subject])).toEqual([
      ['open', undefined, 'the key in jeff.pem'],
      ['open', 'wrong', 'the key in jeff.pem'],
    ]);
    expect(await opens(jeffId, repositoryPassphrase)).toBe(true);
    expect(lab.mode(lab.keyFile(jeffId))).toBe(0o600);
    expect(lab.text(lab.person.files[0] ?? '')).toBe(file.toString());
  });

  it('asks for a passphrase when the file has none, and takes the name for a key without one', async () => {
    lab.person.files = [lab.put('plain.pem', readVector('key-formats', 'p384.pem'))];
    lab.person.passphrases = [passphrase];
    const [result] = await importAll('kim');
    expect(result).toMatchObject({ ok: true, key: { role: 'kim', algorithm: 'ECDSA P-384' } });
    expect(lab.person.asked).toMatchObject([{ kind: 'create', role: 'kim' }]);
    expect(await opens(result?.ok === true ? result.key.id : '', passphrase)).toBe(true);
  });

  it.each(['modern.p12', 'legacy.p12', 'scrypt.pem', 'des-cbc.pem'])(
    'opens %s of another tool, and asks for a passphrase that docker takes in place of a short one',
    async (name) => {
      lab.person.files = [
        lab.put(name, readFileSync(new URL(`../keystore/fixtures/${name}`, import.meta.url))),
      ];
      lab.person.passphrases = ['pass', passphrase];
      const [result] = await importAll('kim');
      expect(result).toMatchObject({ ok: true, label: name, key: { role: 'kim' } });
      expect(lab.person.asked.map(({ kind }) => kind)).toEqual(['open', 'create']);
      expect(lab.person.asked[1]?.purpose[0]).toContain('has a passphrase that is too short');
      expect(await opens(result?.ok === true ? result.key.id : '', passphrase)).toBe(true);
    },
  );

  it('names a key that nobody named as docker does', async () => {
    lab.person.files = [lab.put('plain.pem', readVector('key-formats', 'p384.pem'))];
    lab.person.passphrases = [passphrase];
    expect(await importAll()).toMatchObject([{ ok: true, key: { role: 'signer' } }]);
  });

  it('takes a bundle of notary’s as it is, and asks for nothing', async () => {
    lab.person.files = [lab.put('bundle.pem', readVector('key-formats', 'notary-export-bundle.pem'))];
    const results = await importAll();
    expect(results.length).toBeGreaterThan(1);
    expect(results.filter(({ ok }) => !ok)).toEqual([]);
    expect(lab.person.asked).toEqual([]);
    expect(lab.stored()).toHaveLength(results.length);
  });

  it('goes on after a file that is refused, and says why', async () => {
    lab.person.files = [
      lab.put('open.pem', readVector('key-formats', 'p384.pem'), 0o644),
      lab.put('notes.txt', 'nothing'),
      lab.put('jeff.pub', '-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----\n'),
      lab.at('gone.pem'),
      lab.put('plain.pem', readVector('key-formats', 'p384.pem')),
    ];
    lab.person.passphrases = [passphrase];
    const results = await importAll();
    expect(results.map((result) => (result.ok ? 'ok' : result.error.code))).toEqual([
      'keystore/permissions-too-open',
      'keystore/not-a-key',
      'keystore/public-key-given',
      'keystore/unreadable',
      'ok',
    ]);
  });

  it('overwrites no key', async () => {
    lab.withDockersKeys();
    const before = lab.text(lab.keyFile(jeffId));
    lab.person.files = [lab.put('jeff.pem', readVector('keys', `${jeffId}.key`))];
    lab.person.passphrases = [repositoryPassphrase];
    expect(await importAll()).toMatchObject([{ ok: false, error: { code: 'keystore/key-exists' } }]);
    expect(lab.text(lab.keyFile(jeffId))).toBe(before);
  });

  it('gives up after four wrong passphrases, and stores nothing', async () => {
    lab.person.files = [lab.put('jeff.pem', readVector('keys', `${jeffId}.key`))];
    lab.person.passphrases = ['wrong one', 'wrong two', 'wrong three', 'wrong four', repositoryPassphrase];
    expect(await importAll()).toMatchObject([{ ok: false, error: { code: 'keystore/wrong-passphrase' } }]);
    expect(lab.person.asked).toHaveLength(4);
    expect(lab.stored()).toEqual([]);
  });

  it('asks which repository a key belongs to whose file does not say, before its passphrase', async () => {
    const text = readVector('keys', `${targetsId}.key`)
      .toString()
      .replace(/^gun: .*\n/m, '');
    lab.person.files = [lab.put('targets.pem', text)];
    lab.person.passphrases = [repositoryPassphrase];
    expect(await importAll()).toMatchObject([{ ok: false, error: { code: 'keystore/needs-repository' } }]);
    expect(lab.person.asked).toEqual([]);
    expect(await importAll(undefined, 'registry.example.test/acme/app')).toMatchObject([
      { ok: true, key: { id: targetsId, role: 'targets', gun: 'registry.example.test/acme/app' } },
    ]);
    expect(lab.text(lab.keyFile(targetsId))).toContain('\ngun: registry.example.test/acme/app\n');
  });

  it('refuses a reserved name before it asks for a file', async () => {
    await expect(importAll('root')).rejects.toMatchObject({ code: 'signer/reserved-name' });
    expect(lab.person.chosen).toEqual([]);
  });
});

describe('exporting', () => {
  it('writes a new file, 0600, with the key as it is stored', async () => {
    lab.withDockersKeys();
    lab.person.files = [lab.at('jeff.key')];
    expect(await exportKeys(lab.desk(), [own(jeffId)], 'stored')).toEqual({ place: lab.at('jeff.key') });
    expect(lab.text(lab.at('jeff.key'))).toBe(lab.text(lab.keyFile(jeffId)));
    expect(lab.mode(lab.at('jeff.key'))).toBe(0o600);
    expect(lab.person.asked).toEqual([]);
  });

  it('bundles several keys in notary’s order', async () => {
    lab.withDockersKeys();
    lab.person.files = [lab.at('keys.pem')];
    await exportKeys(lab.desk(), [own(jeffId), own(rootId)], 'bundle');
    const paths = [...lab.text(lab.at('keys.pem')).matchAll(/^path: (.*)$/gm)].map(([, path]) => path);
    expect(paths).toEqual([rootId, jeffId]);
    expect(lab.person.chosen).toMatchObject([{ want: 'save', suggestedName: 'keys.pem' }]);
  });

  it('overwrites nothing, and finds that out before it asks for a passphrase', async () => {
    lab.withDockersKeys();
    lab.person.files = [lab.put('there.pem', 'precious')];
    await expect(exportKeys(lab.desk(), [own(jeffId)], 'pkcs8')).rejects.toMatchObject({
      code: 'files/exists',
    });
    expect(lab.text(lab.at('there.pem'))).toBe('precious');
    expect(lab.person.asked).toEqual([]);
  });

  it('needs no passphrase for a public key that a repository shows', async () => {
    lab.withDockersKeys();
    lab.repositories = [verified];
    lab.person.files = [lab.at('jeff.pub')];
    await exportKeys(lab.desk(), [own(jeffId)], 'public');
    expect(lab.text(lab.at('jeff.pub'))).toMatch(/^-----BEGIN PUBLIC KEY-----\nrole: jeff\n/);
    expect(lab.person.asked).toEqual([]);
  });

  it('opens the key for a public half that nothing else shows, once', async () => {
    lab.withDockersKeys();
    const desk = lab.desk();
    lab.person.files = [lab.at('jeff.pub')];
    lab.person.passphrases = [repositoryPassphrase];
    await exportKeys(desk, [own(jeffId)], 'public');
    lab.person.files = [lab.at('again.pub')];
    await exportKeys(desk, [own(jeffId)], 'public');
    expect(lab.text(lab.at('again.pub'))).toBe(lab.text(lab.at('jeff.pub')));
    expect(lab.person.asked).toHaveLength(1);
  });

  it('writes nothing when the passphrase is not told', async () => {
    lab.withDockersKeys();
    lab.person.files = [lab.at('jeff.pem')];
    await expect(exportKeys(lab.desk(), [own(jeffId)], 'pkcs8')).rejects.toMatchObject({
      code: 'prompt/cancelled',
    });
    expect(() => lab.text(lab.at('jeff.pem'))).toThrow('ENOENT');
    expect(lab.recorded).toEqual([]);
  });

  it('takes one key at a time in every form but the bundle', async () => {
    lab.withDockersKeys();
    await expect(exportKeys(lab.desk(), [own(jeffId), own(rootId)], 'public')).rejects.toMatchObject({
      code: 'ipc/invalid-input',
    });
    expect(lab.person.chosen).toEqual([]);
  });
});

describe('certificates', () => {
  const wish = (id: string, commonName = 'Jeff') =>
    ({ key: own(id), want: 'certificate', subject: { commonName }, days: 30 }) as const;

  it('are self-signed for as long as was asked', async () => {
    lab.withDockersKeys();
    lab.person.files = [lab.at('jeff.crt')];
    lab.person.passphrases = [repositoryPassphrase];
    await certifyKey(lab.desk(), wish(jeffId));
    const certificate = new X509Certificate(lab.text(lab.at('jeff.crt')));
    expect(certificate.subject).toBe('CN=Jeff');
    expect(certificate.validTo).toBe('Dec 21 10:00:00 2026 GMT');
    expect(lab.person.asked[0]?.purpose).toEqual(['Signs a certificate for Jeff.']);
  });

  it('are for signers’ keys only', async () => {
    lab.withDockersKeys();
    await expect(certifyKey(lab.desk(), wish(rootId))).rejects.toMatchObject({
      code: 'keystore/not-a-signer-key',
    });
    expect(lab.person.chosen).toEqual([]);
  });

  it.each(['', '   ', 'x'.repeat(65)])('need a name that fits: "%s"', async (name) => {
    lab.withDockersKeys();
    await expect(certifyKey(lab.desk(), wish(jeffId, name))).rejects.toMatchObject({
      code: 'ipc/invalid-input',
    });
  });
});
