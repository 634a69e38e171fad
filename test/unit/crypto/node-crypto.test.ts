/** The port's two implementations side by side: digests, every kind of key, and what must never verify. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { RoleName } from '../../../shared/brands.ts';
import { nodeCrypto } from '../../../electron/crypto/node-crypto.ts';
import { toHex } from '../../../electron/tuf/hex.ts';
import type { PublicKey } from '../../../electron/tuf/model.ts';
import { parseTargets } from '../../../electron/tuf/parse.ts';
import { validSignerIds } from '../../../electron/tuf/verify.ts';
import { nobleCrypto } from '../../fakes/noble-crypto.ts';
import { newSigner } from '../../fakes/software-keys.ts';

const message = Buffer.from('what was signed');
const vector = (name: string): Buffer =>
  readFileSync(join(import.meta.dirname, '../../vectors/docker-trust', name));

describe.each([
  ['node', nodeCrypto],
  ['noble', nobleCrypto],
])('%s', (_name, crypto) => {
  test('digests of the empty input', () => {
    expect(toHex(crypto.sha256(new Uint8Array()))).toBe(
      'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855',
    );
    expect(toHex(crypto.sha512(new Uint8Array()))).toMatch(/^cf83e1357eefb8bd.*f927da3e$/);
  });

  test.each(['p256', 'p384', 'p521', 'rsa2048', 'ed25519'] as const)(
    '%s signs and nothing else passes',
    async (kind) => {
      const signer = newSigner(kind);
      const { method, signature } = await signer.sign(message);
      expect(crypto.verify(signer.key, method, message, signature)).toBe(true);
      expect(crypto.verify(newSigner(kind).key, method, message, signature)).toBe(false);
      expect(crypto.verify(signer.key, method, Buffer.concat([message, message]), signature)).toBe(false);
      expect(crypto.verify(signer.key, method, message, signature.subarray(1))).toBe(false);
      expect(crypto.verify(signer.key, method, message, Buffer.concat([signature, Buffer.of(0)]))).toBe(
        false,
      );
      expect(crypto.verify(signer.key, method, message, new Uint8Array())).toBe(false);
      for (const other of (['ecdsa', 'rsapss', 'rsapkcs1v15', 'eddsa'] as const).filter(
        (name) => name !== method,
      )) {
        expect(crypto.verify(signer.key, other, message, signature)).toBe(false);
      }
    },
  );

  test.each<PublicKey>([
    { keytype: 'ecdsa', publicBase64: '' },
    { keytype: 'ecdsa', publicBase64: 'not base64' },
    { keytype: 'rsa', publicBase64: 'AAAA' },
    { keytype: 'ed25519', publicBase64: 'AAAA' },
    { keytype: 'ecdsa-x509', publicBase64: 'AAAA' },
    {
      keytype: 'rsa-x509',
      publicBase64: Buffer.from('-----BEGIN CERTIFICATE-----\n-----END CERTIFICATE-----\n').toString(
        'base64',
      ),
    },
  ])('a key that cannot be read verifies nothing and throws nothing: %j', (key) => {
    for (const method of ['ecdsa', 'rsapss', 'rsapkcs1v15', 'eddsa'] as const) {
      expect(crypto.verify(key, method, message, Buffer.alloc(64, 1))).toBe(false);
    }
  });

  test('signatures that docker and notary made', () => {
    const targets = parseTargets('targets' as RoleName, vector('targets.json'));
    const count = (name: string): number => {
      const file = parseTargets(`targets/${name}` as RoleName, vector(`${name}.json`));
      const entry = targets.body.delegations.find((role) => role.name === file.role);
      if (entry === undefined) throw new Error('not delegated');
      return validSignerIds(file, { ...entry, keys: targets.body.delegationKeys }, crypto).size;
    };
    expect(count('jeff')).toBe(1);
    expect(count('ops')).toBe(2);
    expect(count('releases')).toBeGreaterThanOrEqual(2);
  });
});
