/** Key files that docker and notary write, read by us; ours, read by them. No server is involved. */
import { chmod, copyFile, cp, mkdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { changePassphrase } from '../../electron/keystore/change-passphrase.ts';
import { encodePublicKey, exportBundle } from '../../electron/keystore/export-key.ts';
import { generateKey, type GeneratedAlgorithm } from '../../electron/keystore/generate-key.ts';
import { importEncrypted } from '../../electron/keystore/import-key.ts';
import { encodeKeyFile } from '../../electron/keystore/key-block.ts';
import { listKeys } from '../../electron/keystore/key-directory.ts';
import { migrateLayout } from '../../electron/keystore/migrate-layout.ts';
import { openKey } from '../../electron/keystore/open-key.ts';
import { loadKeyFile } from '../../electron/keystore/private-key-file.ts';
import { loadPublicKeyFile } from '../../electron/keystore/public-key-file.ts';
import { findKey } from '../../electron/keystore/store-key.ts';
import { signsANonce } from '../../electron/keystore/usable-key.ts';
import { describeWithPeers } from '../lab/describe-with-peers.ts';
import { useScope } from '../lab/use-scope.ts';
import { makeWorkstation, type Workstation } from '../lab/workstation.ts';
import { hasNotary03, notary03, notary03Passphrase } from '../unit/keystore/vectors.ts';
import { asRows, labPassphrase, notaryKeyList, putFile, secret, storeNew } from './keystore-tools.ts';

/** No command here talks to a server. */
const noServer = { url: 'https://localhost:9', host: 'localhost:9', caPem: '', caPath: '/nonexistent' };
const vectors = join(import.meta.dirname, '../vectors/docker-trust');

describeWithPeers('key files', ['docker', 'notary'], () => {
  const lab = useScope((scope) =>
    Promise.resolve({ workstation: () => makeWorkstation(scope, { notary: noServer, trustsServer: false }) }),
  );
  const gun = 'registry.example.test:5000/acme/app';

  describe('written by docker and notary', () => {
    it('are listed as notary lists them, open, sign, and would be written the same', async () => {
      const computer = await lab().workstation();
      await computer.must.notary(['key', 'generate', 'ecdsa', '-r', 'root']);
      await computer.must.notary(['key', 'generate', 'ecdsa', '-r', 'targets/ops']);
      await computer.must.docker(['trust', 'key', 'generate', 'jeff', '--dir', computer.home]);
      for (const name of ['ops-ec.pem', 'ops-rsa.pem']) {
        await putFile(computer, name, await readFile(join(vectors, 'signer-files', name)));
        await computer.must.docker(['trust', 'key', 'load', join(computer.home, name), '--name', 'ops']);
      }
      await putFile(computer, 'p384.pem', await readFile(join(vectors, 'key-formats/p384.pem')));
      const into = ['key', 'import', join(computer.home, 'p384.pem')];
      await computer.must.notary([...into, '-r', 'targets', '-g', gun]);
      const { keys, unreadable } = await listKeys(computer.trustDirectory);
      expect(unreadable).toEqual([]);
      expect(asRows(keys)).toEqual(await notaryKeyList(computer));
      expect(keys).toHaveLength(6);
      for (const stored of keys) {
        const key = await openKey(stored, labPassphrase(stored.role));
        expect(await signsANonce(key)).toBe(true);
        const own = await encodeKeyFile(key, stored, labPassphrase(stored.role));
        const theirs = await readFile(stored.path, 'utf8');
        // Salt, IV and ciphertext differ; headers, lengths and the frame do not.
        const frame = (text: string) => [
          text
            .split('\n')
            .slice(0, 4)
            .map((line) => line.slice(0, 20)),
          text.length,
        ];
        expect(frame(own)).toEqual(frame(theirs));
      }
      const published = await loadPublicKeyFile(join(computer.home, 'jeff.pub'), Date.now());
      const jeff = keys.find(({ role }) => role === 'jeff')!;
      expect(published).toMatchObject({ canonicalId: jeff.id, name: 'jeff' });
      const opened = await openKey(jeff, labPassphrase('jeff'));
      expect(encodePublicKey(opened.key, 'jeff')).toBe(
        await readFile(join(computer.home, 'jeff.pub'), 'utf8'),
      );
    });

    it('exported by notary come back here, and the other way round', async () => {
      const [from, to, back] = [
        await lab().workstation(),
        await lab().workstation(),
        await lab().workstation(),
      ];
      await from.must.notary(['key', 'generate', 'ecdsa', '-r', 'root']);
      await from.must.docker(['trust', 'key', 'generate', 'jeff', '--dir', from.home]);
      await storeNew(from, 'targets', { gun });
      const { keys } = await listKeys(from.trustDirectory);
      const theirs = await Promise.all(
        keys.map(async ({ id }) => {
          const file = join(from.home, `${id}.pem`);
          await from.must.notary(['key', 'export', '--key', id, '-o', file]);
          return [id, await readFile(file, 'utf8')] as const;
        }),
      );
      for (const [id, text] of theirs) {
        expect(await exportBundle(keys.filter((key) => key.id === id))).toBe(text);
      }
      // Theirs into our store …
      for (const [id] of theirs) {
        await chmod(join(from.home, `${id}.pem`), 0o600);
        const { entries } = await loadKeyFile(join(from.home, `${id}.pem`));
        for (const entry of entries)
          await importEncrypted(to.trustDirectory, entry, { fallbackRole: 'delegation' });
      }
      // … and all of it, exported by us, into notary's.
      const bundle = await putFile(
        to,
        'bundle.pem',
        await exportBundle((await listKeys(to.trustDirectory)).keys),
      );
      await back.must.notary(['key', 'import', bundle]);
      expect(await notaryKeyList(back)).toEqual(await notaryKeyList(from));
      for (const { id } of keys) {
        const [first, last] = [
          await findKey(from.trustDirectory, id),
          await findKey(back.trustDirectory, id),
        ];
        expect(await readFile(last.path, 'utf8')).toBe(await readFile(first.path, 'utf8'));
      }
    });

    it('with the passphrase changed by notary open with the new one here', async () => {
      const computer = await lab().workstation();
      const { stored } = await storeNew(computer, 'jeff');
      // notary takes old and new from the same variable: it rewrites the file under the same passphrase.
      const before = await readFile(stored.path, 'utf8');
      await computer.must.notary(['key', 'passwd', stored.id]);
      expect(await readFile(stored.path, 'utf8')).not.toBe(before);
      expect(
        (await openKey(await findKey(computer.trustDirectory, stored.id), labPassphrase('jeff'))).id,
      ).toBe(stored.id);
    });
  });

  describe('written by us', () => {
    const algorithms: readonly GeneratedAlgorithm[] = [
      'ECDSA P-256',
      'ECDSA P-384',
      'RSA 2048',
      'RSA 4096',
      'Ed25519',
    ];
    it.each(algorithms)('%s is listed and decrypted by notary', async (algorithm) => {
      const computer = await lab().workstation();
      const { stored } = await storeNew(computer, 'jeff', { algorithm });
      expect(await notaryKeyList(computer)).toEqual([{ role: 'jeff', gun: '', id: stored.id }]);
      const before = await readFile(stored.path, 'utf8');
      const { stdout } = await computer.must.notary(['key', 'passwd', stored.id]);
      expect(stdout).toContain('Successfully updated passphrase');
      const after = await findKey(computer.trustDirectory, stored.id);
      expect(await readFile(after.path, 'utf8')).not.toBe(before);
      expect((await openKey(after, labPassphrase('jeff'))).id).toBe(stored.id);
    });

    it.each([
      ['root', undefined],
      ['targets', gun],
      ['snapshot', gun],
      ['jeff', undefined],
      ['targets/ops', undefined],
      ['delegation', undefined],
    ])('role %s of %s stands in notary’s list', async (role, itsGun) => {
      const computer = await lab().workstation();
      const { stored } = await storeNew(computer, role, itsGun === undefined ? {} : { gun: itsGun });
      expect(await notaryKeyList(computer)).toEqual(asRows([stored]));
    });

    it('a passphrase that we changed opens the key in notary, and the old one does not', async () => {
      const computer = await lab().workstation();
      const { stored } = await storeNew(computer, 'jeff');
      await changePassphrase(stored, labPassphrase('jeff'), secret('pässword of mine'));
      const env = { NOTARY_DELEGATION_PASSPHRASE: 'pässword of mine' };
      const right = await computer.notary(['key', 'passwd', stored.id], { env });
      expect(right.stdout).toContain('Successfully updated passphrase');
      const wrong = await computer.notary(['key', 'passwd', stored.id]);
      expect(wrong.status).toBe(1);
    });

    it('a key that we export unencrypted is loaded by docker and notary under the same ID', async () => {
      const [first, second] = [await lab().workstation(), await lab().workstation()];
      const key = await generateKey('ECDSA P-384');
      const plain = await encodeKeyFile(key, { role: '' }, secret(''));
      await first.must.docker([
        'trust',
        'key',
        'load',
        await putFile(first, 'plain.pem', plain),
        '--name',
        'anna',
      ]);
      await second.must.notary(['key', 'import', await putFile(second, 'plain.pem', plain), '-r', 'anna']);
      for (const computer of [first, second]) {
        expect(await notaryKeyList(computer)).toEqual([{ role: 'anna', gun: '', id: key.id }]);
        const opened = await openKey(await findKey(computer.trustDirectory, key.id), labPassphrase('anna'));
        expect(opened.id).toBe(key.id);
      }
    });

    it('stay private: 0600 in 0700, as theirs', async () => {
      const [ours, theirs] = [await lab().workstation(), await lab().workstation()];
      const { stored } = await storeNew(ours, 'jeff');
      await theirs.must.notary(['key', 'generate', 'ecdsa', '-r', 'root']);
      const [their] = (await listKeys(theirs.trustDirectory)).keys;
      const modes = async (computer: Workstation, file: string) =>
        Promise.all(
          [computer.trustDirectory, join(computer.trustDirectory, 'private'), file].map(
            async (path) => (await stat(path)).mode & 0o777,
          ),
        );
      expect(await modes(ours, stored.path)).toEqual([0o700, 0o700, 0o600]);
      expect(await modes(theirs, their!.path)).toEqual([0o700, 0o700, 0o600]);
    });
  });

  describe('in the layout before notary 0.4', () => {
    const legacy = async (computer: Workstation) => {
      const keys = join(vectors, 'keys');
      const place = async (id: string, path: string) => {
        const file = join(computer.trustDirectory, 'private', path);
        await mkdir(join(file, '..'), { recursive: true, mode: 0o700 });
        await copyFile(join(keys, `${id}.key`), file);
      };
      const [root, targets, jeff] = ['29598dbd', '0ba33d85', '570adc0f'];
      const { readdirSync } = await import('node:fs');
      const full = (start: string) =>
        readdirSync(keys)
          .find((name) => name.startsWith(start))!
          .replace('.key', '');
      await place(full(root), `root_keys/${full(root)}_root.key`);
      await place(full(targets), `tuf_keys/${gun}/${full(targets)}_targets.key`);
      await place(full(jeff), `tuf_keys/${full(jeff)}.key`);
    };

    it('are listed by us before notary moves them as by notary afterwards; our move gives the same files', async () => {
      const [untouched, theirs, ours] = [
        await lab().workstation(),
        await lab().workstation(),
        await lab().workstation(),
      ];
      for (const computer of [untouched, theirs, ours]) await legacy(computer);
      const before = asRows((await listKeys(untouched.trustDirectory)).keys);
      expect(await notaryKeyList(theirs)).toEqual(before);
      await migrateLayout(ours.trustDirectory);
      for (const { id } of before) {
        const files = await Promise.all(
          [theirs, ours].map(({ trustDirectory }) =>
            readFile(join(trustDirectory, 'private', `${id}.key`), 'utf8'),
          ),
        );
        expect(files[1]).toBe(files[0]);
      }
      expect(await notaryKeyList(ours)).toEqual(before);
    });

    if (hasNotary03)
      it('a whole store of notary 0.3 likewise', async () => {
        const [theirs, ours] = [await lab().workstation(), await lab().workstation()];
        for (const { trustDirectory } of [theirs, ours]) {
          await mkdir(trustDirectory, { mode: 0o700 });
          await cp(join(notary03, 'private'), join(trustDirectory, 'private'), { recursive: true });
          const { run } = await import('../lab/child.ts');
          await run('chmod', ['-R', 'u+rwX,go=', trustDirectory]);
        }
        const before = await listKeys(ours.trustDirectory);
        expect(await notaryKeyList(theirs)).toEqual(asRows(before.keys));
        await migrateLayout(ours.trustDirectory);
        for (const { id } of before.keys) {
          const files = await Promise.all(
            [theirs, ours].map(({ trustDirectory }) =>
              readFile(join(trustDirectory, 'private', `${id}.key`), 'utf8'),
            ),
          );
          expect(files[1]).toBe(files[0]);
          const opened = await openKey(await findKey(theirs.trustDirectory, id), secret(notary03Passphrase));
          expect(opened.id).toBe(id);
        }
      });

    it('a file that notary’s move destroys survives ours', async () => {
      const [theirs, ours] = [await lab().workstation(), await lab().workstation()];
      for (const computer of [theirs, ours]) {
        await legacy(computer);
        await writeFile(join(computer.trustDirectory, 'private/root_keys/notes.key'), 'not a key, but mine');
      }
      await notaryKeyList(theirs);
      await migrateLayout(ours.trustDirectory);
      const notes = ({ trustDirectory }: Workstation) =>
        readFile(join(trustDirectory, 'private/root_keys/notes.key'), 'utf8').catch(() => 'lost');
      expect([await notes(theirs), await notes(ours)]).toEqual(['lost', 'not a key, but mine']);
    });
  });
});
