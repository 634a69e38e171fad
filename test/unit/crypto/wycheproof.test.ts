/**
 * Wycheproof's signatures, good and bad, through both implementations of the port, which must agree.
 * The files stand next to the repository; where they do not, these rows are not defined.
 */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { nodeCrypto } from '../../../electron/crypto/node-crypto.ts';
import type { KeyType, PublicKey, SignatureMethod } from '../../../electron/tuf/model.ts';
import { nobleCrypto } from '../../fakes/noble-crypto.ts';

const folder = join(import.meta.dirname, '../../../../shared/vectors/wycheproof');

interface Vector {
  readonly tcId: number;
  readonly comment: string;
  readonly flags: readonly string[];
  readonly msg: string;
  readonly sig: string;
  readonly result: 'valid' | 'invalid' | 'acceptable';
}
interface Group {
  readonly publicKeyDer: string;
  readonly tests: readonly Vector[];
}

const files: readonly (readonly [string, KeyType, SignatureMethod, number])[] = [
  ['ecdsa_secp256r1_sha256_p1363_test.json', 'ecdsa', 'ecdsa', 100],
  ['rsa_pss_2048_sha256_mgf1_32_test.json', 'rsa', 'rsapss', 40],
  ['rsa_pss_3072_sha256_mgf1_32_test.json', 'rsa', 'rsapss', 40],
  ['rsa_signature_2048_sha256_test.json', 'rsa', 'rsapkcs1v15', 5],
  ['ed25519_test.json', 'ed25519', 'eddsa', 50],
];

const hex = (text: string): Buffer => Buffer.from(text, 'hex');
const groupsOf = (file: string): readonly Group[] =>
  (JSON.parse(readFileSync(join(folder, file), 'utf8')) as { testGroups: Group[] }).testGroups;

function keyOf(group: Group, keytype: KeyType): PublicKey {
  const der = hex(group.publicKeyDer);
  return { keytype, publicBase64: (keytype === 'ed25519' ? der.subarray(-32) : der).toString('base64') };
}

const implementations = { node: nodeCrypto, noble: nobleCrypto } as const;

describe.runIf(existsSync(folder))('Wycheproof', () => {
  if (!existsSync(folder)) return;
  for (const [name, crypto] of Object.entries(implementations)) {
    test.each(files)(`${name}: %s`, (file, keytype, method, atLeastValid) => {
      const wrong: string[] = [];
      let valid = 0;
      for (const group of groupsOf(file)) {
        const key = keyOf(group, keytype);
        for (const vector of group.tests) {
          const found = crypto.verify(key, method, hex(vector.msg), hex(vector.sig));
          if (found) valid++;
          if (vector.result !== 'acceptable' && found !== (vector.result === 'valid')) {
            wrong.push(`${String(vector.tcId)} ${vector.comment}: ${String(found)}`);
          }
        }
      }
      expect(wrong).toEqual([]);
      expect(valid).toBeGreaterThanOrEqual(atLeastValid);
    });

    test(`${name}: a PSS signature with another salt length never verifies`, () => {
      const found = groupsOf('rsa_pss_2048_sha256_mgf1_0_test.json').flatMap((group) =>
        group.tests.filter((vector) =>
          crypto.verify(keyOf(group, 'rsa'), 'rsapss', hex(vector.msg), hex(vector.sig)),
        ),
      );
      // One vector changes the salt to just the length that TUF asks for.
      expect(found.map((vector) => vector.comment)).toEqual(['s_len changed to 32']);
    });

    test(`${name}: DER-encoded ECDSA signatures never verify: TUF's are raw`, () => {
      const found = groupsOf('ecdsa_secp256r1_sha256_test.json').flatMap((group) =>
        group.tests.filter((vector) =>
          crypto.verify(keyOf(group, 'ecdsa'), 'ecdsa', hex(vector.msg), hex(vector.sig)),
        ),
      );
      expect(found).toEqual([]);
    });
  }

  test('both agree also where the method is not that of the key', () => {
    const methods: readonly SignatureMethod[] = ['ecdsa', 'rsapss', 'rsapkcs1v15', 'eddsa'];
    const disagreements = files.flatMap(([file, keytype]) =>
      groupsOf(file).flatMap((group) =>
        group.tests.slice(0, 5).flatMap((vector) =>
          methods
            .filter((method) => {
              const [a, b] = [nodeCrypto, nobleCrypto].map((crypto) =>
                crypto.verify(keyOf(group, keytype), method, hex(vector.msg), hex(vector.sig)),
              );
              return a !== b;
            })
            .map((method) => `${file} ${String(vector.tcId)} ${method}`),
        ),
      ),
    );
    expect(disagreements).toEqual([]);
  });
});
