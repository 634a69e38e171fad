/** Keys made and stored by us sign with the real docker and notary; what they publish is accepted and shown alike. */
import { createHash } from 'node:crypto';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { makeSelfSignedCertificate } from '../../electron/keystore/delegation-certificate.ts';
import { changePassphrase } from '../../electron/keystore/change-passphrase.ts';
import { encodePublicKey } from '../../electron/keystore/export-key.ts';
import type { GeneratedAlgorithm } from '../../electron/keystore/generate-key.ts';
import { listKeys } from '../../electron/keystore/key-directory.ts';
import { describeWithPeers } from '../lab/describe-with-peers.ts';
import { startNotaryServer } from '../lab/notary-server.ts';
import { useScope } from '../lab/use-scope.ts';
import { makeWorkstation, type Workstation } from '../lab/workstation.ts';
import { labPassphrase, putFile, secret, storeNew } from './keystore-tools.ts';

const content = createHash('sha256').update('an image').digest('hex');

interface SignedTag {
  readonly SignedTag: string;
  readonly Digest: string;
  readonly Signers: readonly string[];
}
interface Inspection {
  readonly SignedTags: readonly SignedTag[];
  readonly Signers: readonly { readonly Name: string; readonly Keys: readonly { readonly ID: string }[] }[];
}

async function inspect(computer: Workstation, gun: string): Promise<Inspection> {
  const { stdout } = await computer.must.docker(['trust', 'inspect', gun]);
  return (JSON.parse(stdout) as [Inspection])[0];
}

/** notary signs a tag with every key of the roles that is in the store. */
async function sign(
  computer: Workstation,
  gun: string,
  tag: string,
  roles: readonly string[],
): Promise<void> {
  const asRoles = roles.flatMap((role) => ['-r', role]);
  await computer.must.notary(['addhash', gun, tag, '1234', '--sha256', content, ...asRoles, '-p']);
}

describeWithPeers(
  'keys of ours sign with docker and notary',
  ['docker', 'notary', 'notary-server', 'notary-signer'],
  () => {
    const lab = useScope(async (scope) => {
      const notary = await startNotaryServer(scope, { signing: 'remote' });
      return { computer: () => makeWorkstation(scope, { notary }) };
    });
    const gunOf = (name: string) => `registry.example.test:5000/keys/${name}`;

    describe('as root key and signer key', () => {
      const algorithms: readonly (readonly [GeneratedAlgorithm, string])[] = [
        ['ECDSA P-256', 'p256'],
        ['ECDSA P-384', 'p384'],
        ['RSA 2048', 'rsa2048'],
        ['RSA 3072', 'rsa3072'],
      ];
      it.each(algorithms)('%s', async (algorithm, name) => {
        const computer = await lab().computer();
        const gun = gunOf(name);
        const { key: root } = await storeNew(computer, 'root', { algorithm });
        const { key } = await storeNew(computer, 'jeff', { algorithm });
        const pub = await putFile(computer, 'jeff.pub', encodePublicKey(key.key, 'jeff'));
        await computer.must.docker(['trust', 'signer', 'add', '--key', pub, 'jeff', gun]);
        // docker took our root key; it made none of its own.
        const roots = (await listKeys(computer.trustDirectory)).keys.filter(({ role }) => role === 'root');
        expect(roots.map(({ id }) => id)).toEqual([root.id]);
        await sign(computer, gun, '1.0', ['targets/jeff', 'targets/releases']);
        const { SignedTags, Signers } = await inspect(computer, gun);
        expect(SignedTags).toEqual([{ SignedTag: '1.0', Digest: content, Signers: ['jeff'] }]);
        expect(Signers).toEqual([{ Name: 'jeff', Keys: [{ ID: key.id }] }]);
        // Somebody who never saw any of it verifies the same.
        expect(await inspect(await lab().computer(), gun)).toMatchObject({ SignedTags, Signers });
      });
    });

    it.each<readonly [GeneratedAlgorithm, string]>([
      ['ECDSA P-256', 'certificate-p256'],
      ['RSA 2048', 'certificate-rsa'],
    ])('%s in a self-signed certificate of ours, for docker and for notary', async (algorithm, name) => {
      const computer = await lab().computer();
      const gun = gunOf(name);
      const { key } = await storeNew(computer, 'jeff', { algorithm });
      const text = makeSelfSignedCertificate(
        key,
        { organization: 'Büro', commonName: 'jeff' },
        { now: Date.now(), days: 400 },
      );
      const file = await putFile(computer, 'jeff.crt', text);
      await computer.must.docker(['trust', 'signer', 'add', '--key', file, 'jeff', gun]);
      await computer.must.notary(['delegation', 'add', gun, 'targets/other', file, '--all-paths', '-p']);
      await sign(computer, gun, '1.0', ['targets/jeff', 'targets/other', 'targets/releases']);
      const { SignedTags, Signers } = await inspect(computer, gun);
      expect(SignedTags[0]?.Signers.toSorted()).toEqual(['jeff', 'other']);
      expect(Signers.find(({ Name }) => Name === 'jeff')?.Keys).toEqual([{ ID: key.id }]);
    });

    it('Ed25519 signs where a delegation carries such a key, which neither tool can add by itself', async () => {
      const computer = await lab().computer();
      const gun = gunOf('ed25519');
      const { key: anna } = await storeNew(computer, 'anna');
      const pub = await putFile(computer, 'anna.pub', encodePublicKey(anna.key, 'anna'));
      await computer.must.docker(['trust', 'signer', 'add', '--key', pub, 'anna', gun]);
      const { key } = await storeNew(computer, 'jeff', { algorithm: 'Ed25519' });
      await stageDelegation(computer, gun, 'targets/jeff', key.key);
      await computer.must.notary(['publish', gun]);
      await sign(computer, gun, '1.0', ['targets/jeff', 'targets/releases']);
      const { SignedTags, Signers } = await inspect(await lab().computer(), gun);
      expect(SignedTags).toEqual([{ SignedTag: '1.0', Digest: content, Signers: ['jeff'] }]);
      expect(Signers.find(({ Name }) => Name === 'jeff')?.Keys).toEqual([{ ID: key.id }]);
    });

    it('keys of notary that we re-encrypted go on signing, under the new passphrase only', async () => {
      const computer = await lab().computer();
      const gun = gunOf('targets');
      await storeNew(computer, 'root');
      await computer.must.notary(['init', gun]);
      await sign(computer, gun, '1.0', ['targets']);
      // Every key notary made is re-encrypted by us and must go on signing.
      for (const stored of (await listKeys(computer.trustDirectory)).keys) {
        await changePassphrase(stored, labPassphrase(stored.role), secret('rewritten by us'));
      }
      const names = ['ROOT', 'TARGETS', 'SNAPSHOT', 'DELEGATION'].map((role) => [
        `NOTARY_${role}_PASSPHRASE`,
        'rewritten by us',
      ]);
      const args = ['addhash', gun, '2.0', '1234', '--sha256', content, '-p'];
      await computer.must.notary(args, { env: Object.fromEntries(names) as Record<string, string> });
      expect((await computer.notary([...args.slice(0, 2), '3.0', ...args.slice(3)])).status).toBe(1);
      expect((await inspect(computer, gun)).SignedTags.map(({ SignedTag }) => SignedTag)).toEqual([
        '1.0',
        '2.0',
      ]);
    });
  },
);

/** Stages what `notary delegation add` would, for a key it refuses to read. */
async function stageDelegation(
  computer: Workstation,
  gun: string,
  role: string,
  key: { readonly keytype: string; readonly publicBase64: string },
): Promise<void> {
  const folder = join(computer.trustDirectory, 'tuf', ...gun.split('/'), 'changelist');
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const keyObject = { keytype: key.keytype, keyval: { public: key.publicBase64, private: null } };
  const changes = [{ threshold: 1, add_keys: [keyObject] }, { add_paths: [''] }];
  for (const scope of [role, 'targets/releases']) {
    for (const [index, data] of changes.entries()) {
      const change = {
        action: 'create',
        role: scope,
        type: 'delegation',
        path: '',
        data: Buffer.from(JSON.stringify(data)).toString('base64'),
      };
      const number = `${String(scope.length).padStart(19, '0')}${index}`;
      await writeFile(
        join(folder, `${number}_00000000-0000-4000-8000-000000000000.change`),
        JSON.stringify(change),
      );
    }
  }
}
