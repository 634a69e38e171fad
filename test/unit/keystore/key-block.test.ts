import {
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  verify as cryptoVerify,
  constants,
} from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { hasCode } from '../../../shared/errors.ts';
import { curves, oids } from '../../../electron/keystore/algorithms.ts';
import { DerReader, der, derInteger, derOid, tag } from '../../../electron/crypto/der.ts';
import { encodeKeyFile, openKeyBlock, pemHeaders } from '../../../electron/keystore/key-block.ts';
import { likelyAlgorithm } from '../../../electron/keystore/key-headers.ts';
import { decryptPkcs8 } from '../../../electron/keystore/pbes2.ts';
import { type PemBlock, decodePemBlocks, encodePem } from '../../../electron/keystore/pem.ts';
import { type PrivateKey, toSpki } from '../../../electron/keystore/private-key.ts';
import { toNotaryPkcs8, toStandardPkcs8 } from '../../../electron/keystore/private-key-formats.ts';
import { SecretBytes } from '../../../electron/keystore/secret-bytes.ts';
import {
  legacyPassphrase,
  openSslKey,
  readVector,
  repositoryPassphrase,
  rootPassphrase,
  storedKeys,
  vectorBlocks,
} from './vectors.ts';

const origin = { path: '/keys/x.key', keyId: 'x' };
const plainBlock = (type: string, bytes: Uint8Array): PemBlock => ({ type, headers: new Map(), bytes });
const open = (block: PemBlock, passphrase?: string) =>
  openKeyBlock(block, passphrase === undefined ? undefined : SecretBytes.fromText(passphrase), origin);

/** The salt and IV of an encrypted block, so that writing can be compared byte for byte. */
function randomOf(block: PemBlock) {
  const algorithm = new DerReader(block.bytes).enter(tag.sequence).enter(tag.sequence);
  algorithm.readOid();
  const parameters = algorithm.enter(tag.sequence);
  const kdf = parameters.enter(tag.sequence);
  kdf.readOid();
  const salt = kdf.enter(tag.sequence).read(tag.octetString);
  const cipher = parameters.enter(tag.sequence);
  cipher.readOid();
  return { salt, iv: cipher.read(tag.octetString) };
}

async function verifies(key: PrivateKey): Promise<boolean> {
  const message = new TextEncoder().encode('a nonce');
  const { method, signature } = await key.sign(message);
  const spki = createPublicKey({ key: Buffer.from(toSpki(key.key)), format: 'der', type: 'spki' });
  switch (method) {
    case 'ecdsa':
      return cryptoVerify('sha256', message, { key: spki, dsaEncoding: 'ieee-p1363' }, signature);
    case 'rsapss':
      return cryptoVerify(
        'sha256',
        message,
        { key: spki, padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: 32 },
        signature,
      );
    default:
      return cryptoVerify(null, message, spki, signature);
  }
}

describe('keys that docker and notary stored', () => {
  it.each(storedKeys)(
    '%s (%s, %s) opens under its ID, signs, and is written byte for byte',
    async (id, role, algorithm, passphrase) => {
      const file = readVector('keys', `${id}.key`).toString();
      const [block] = decodePemBlocks(file);
      expect(likelyAlgorithm(block!)).toBe(algorithm);
      const key = await open(block!, passphrase);
      expect(key.id).toBe(id);
      expect(key.algorithm).toBe(algorithm);
      expect(await verifies(key)).toBe(true);

      const inner = await decryptPkcs8(block!.bytes, SecretBytes.fromText(passphrase));
      expect(toNotaryPkcs8(key).equals(inner)).toBe(true);
      const headers = { role, gun: block!.headers.get('gun') };
      expect(await encodeKeyFile(key, headers, SecretBytes.fromText(passphrase), randomOf(block!))).toBe(
        file,
      );
    },
  );

  it.each(storedKeys)('%s refuses other passphrases', async (id) => {
    const [block] = vectorBlocks('keys', `${id}.key`);
    for (const wrong of ['', 'rootpass', 'rootpass11', 'Rootpass1', legacyPassphrase, undefined]) {
      await expect(open(block!, wrong)).rejects.toSatisfy((error) =>
        hasCode(error, 'keystore/wrong-passphrase'),
      );
    }
  });

  it('bundles open under the IDs in their path headers, each with its passphrase', async () => {
    for (const block of vectorBlocks('key-formats', 'notary-export-bundle.pem')) {
      const passphrase = block.headers.get('role') === 'root' ? rootPassphrase : repositoryPassphrase;
      expect((await open(block, passphrase)).id).toBe(block.headers.get('path'));
    }
    expect.hasAssertions();
  });
});

describe('other formats', () => {
  it.each([
    ['migrated-legacy-root-DEK.key', legacyPassphrase, 'ECDSA P-384'],
    ['migrated-legacy-targets-DEK.key', legacyPassphrase, 'ECDSA P-256'],
    ['migrated-legacy-unencrypted.key', undefined, 'ECDSA P-256'],
    ['out1-key.pem', repositoryPassphrase, 'ECDSA P-256'],
    ['p384.pem', undefined, 'ECDSA P-384'],
    ['p384enc.pem', repositoryPassphrase, 'ECDSA P-384'],
    ['p8sha1.pem', repositoryPassphrase, 'RSA 2048'],
    ['p8sha256.pem', repositoryPassphrase, 'RSA 2048'],
    ['rsa2048.pem', undefined, 'RSA 2048'],
    ['rsa2048t.pem', undefined, 'RSA 2048'],
    ['rsaenc.pem', repositoryPassphrase, 'RSA 2048'],
    ['ed.pem', undefined, 'Ed25519'],
  ])('%s', async (name, passphrase, algorithm) => {
    const [block] = vectorBlocks('key-formats', name);
    expect(likelyAlgorithm(block!)).toBe(algorithm);
    const key = await open(block!, passphrase);
    expect(key.algorithm).toBe(algorithm);
    expect(await verifies(key)).toBe(true);
  });

  it('the public half that notary wrote beside a key belongs to it', async () => {
    const [a] = vectorBlocks('key-formats', 'out1-key.pem');
    const [b] = vectorBlocks('key-formats', 'out1.pem');
    expect(toSpki((await open(a!, repositoryPassphrase)).key)).toEqual(b!.bytes);
  });

  const ec = (namedCurve: string) => generateKeyPairSync('ec', { namedCurve }).privateKey;
  const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey;
  const ed = generateKeyPairSync('ed25519').privateKey;
  const generated = [
    ...curves.map((curve) => [curve.algorithm, ec(curve.openssl), 'sec1'] as const),
    ['RSA 2048', rsa, 'pkcs1'] as const,
  ];

  it.each(generated)('%s in both of its plain forms is the same key', async (algorithm, key, old) => {
    const fromOld = await open(
      plainBlock(
        old === 'sec1' ? 'EC PRIVATE KEY' : 'RSA PRIVATE KEY',
        key.export({ format: 'der', type: old as 'sec1' }),
      ),
    );
    const fromNew = await open(plainBlock('PRIVATE KEY', key.export({ format: 'der', type: 'pkcs8' })));
    expect(fromOld.algorithm).toBe(algorithm);
    expect(fromNew.id).toBe(fromOld.id);
    expect(toNotaryPkcs8(fromNew).equals(toNotaryPkcs8(fromOld))).toBe(true);
    expect(await verifies(fromNew)).toBe(true);
    expect(toSpki(fromNew.key)).toEqual(
      new Uint8Array(createPublicKey(key).export({ format: 'der', type: 'spki' })),
    );
  });

  const ciphers = ['des-ede3-cbc', 'aes-128-cbc', 'aes-192-cbc', 'aes-256-cbc'];
  it.each(ciphers)('RFC 1423 with %s', async (cipher) => {
    for (const [type, key] of [
      ['sec1', ec('P-256')],
      ['pkcs1', rsa],
    ] as const) {
      const pem = key.export({ format: 'pem', type: type, cipher, passphrase: 'pass' });
      const [block] = decodePemBlocks(pem);
      expect((await open(block!, 'pass')).id).toBe(
        (await open(plainBlock('PRIVATE KEY', key.export({ format: 'der', type: 'pkcs8' })))).id,
      );
      await expect(open(block!, 'Pass')).rejects.toSatisfy((error) =>
        hasCode(error, 'keystore/wrong-passphrase'),
      );
    }
  });

  it.each(['des-cbc.pem', 'pbe-sha1-3des.pem', 'scrypt.pem'])(
    'what only OpenSSL writes: %s',
    async (name) => {
      const expected = await open(openSslKey('plain.pem'));
      expect((await open(openSslKey(name), 'pass')).id).toBe(expected.id);
      await expect(open(openSslKey(name), 'past')).rejects.toSatisfy((error) =>
        hasCode(error, 'keystore/wrong-passphrase'),
      );
    },
  );

  it('40-bit RC2 is refused by name, not as a wrong passphrase', async () => {
    const refusal = await open(openSslKey('pbe-sha1-rc2-40.pem'), 'pass').catch((error: unknown) => error);
    expect(hasCode(refusal, 'keystore/unsupported-encryption')).toBe(true);
  });

  it('Ed25519 in notary’s form and in RFC 8410’s is the same key', async () => {
    const standard = await open(plainBlock('PRIVATE KEY', ed.export({ format: 'der', type: 'pkcs8' })));
    const info = toNotaryPkcs8(standard);
    const again = await open(
      plainBlock(
        'PRIVATE KEY',
        info.use((bytes) => Uint8Array.from(bytes)),
      ),
    );
    const concatenated = await open(
      plainBlock(
        'ED25519 PRIVATE KEY',
        standard.useSecret((bytes) => Uint8Array.from(bytes)),
      ),
    );
    expect(again.id).toBe(standard.id);
    expect(concatenated.id).toBe(standard.id);
    expect(again.key.keytype).toBe('ed25519');
    expect(info.use((bytes) => Buffer.from(bytes.subarray(0, 20)).toString('hex'))).toBe(
      '3072020100300b06092b06010401da470f010460',
    );
    expect(await verifies(again)).toBe(true);
    expect(toSpki(again.key)).toEqual(
      new Uint8Array(createPublicKey(ed).export({ format: 'der', type: 'spki' })),
    );
  });
});

describe('re-encoding', () => {
  it.each([
    ['ECDSA P-256', 'prime256v1'],
    ['ECDSA P-521', 'secp521r1'],
  ])(
    '%s without public point, without curve, with a surplus zero is written as Go writes it',
    async (_name, curveName) => {
      const curve = curves.find(({ openssl }) => openssl === curveName)!;
      const pair = generateKeyPairSync('ec', { namedCurve: curve.openssl });
      const whole = pair.privateKey.export({ format: 'der', type: 'sec1' });
      const reader = new DerReader(whole).enter(tag.sequence);
      reader.readSmallInteger();
      const scalar = reader.read(tag.octetString);
      const bare = der(tag.sequence, derInteger(1), der(tag.octetString, Uint8Array.of(0, ...scalar)));
      const algorithm = der(tag.sequence, derOid(oids.ecPublicKey), derOid(curve.oid));
      const key = await open(
        plainBlock('PRIVATE KEY', der(tag.sequence, derInteger(0), algorithm, der(tag.octetString, bare))),
      );
      expect(key.useSecret((bytes) => Buffer.from(bytes))).toEqual(whole);
    },
  );

  it('standard PKCS#8 is what OpenSSL writes for RSA and Ed25519, and readable for EC', async () => {
    for (const key of [
      generateKeyPairSync('rsa', { modulusLength: 2048 }),
      generateKeyPairSync('ed25519'),
      generateKeyPairSync('ec', { namedCurve: 'P-256' }),
    ]) {
      const own = key.privateKey.export({ format: 'der', type: 'pkcs8' });
      const opened = await open(plainBlock('PRIVATE KEY', own));
      const written = toStandardPkcs8(opened).use((bytes) => Buffer.from(bytes));
      const readBack = createPrivateKey({ key: written, format: 'der', type: 'pkcs8' });
      expect(readBack.export({ format: 'der', type: 'pkcs8' })).toEqual(own);
      if (opened.form.kind !== 'sec1') expect(written).toEqual(own);
    }
  });

  it('a forged public point cannot rename a key', async () => {
    const [mine, other] = [1, 2].map(() =>
      generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey.export({ format: 'der', type: 'sec1' }),
    );
    const forged = Buffer.concat([mine!.subarray(0, -65), other!.subarray(-65)]);
    const [honest, renamed] = [
      await open(plainBlock('EC PRIVATE KEY', mine!)),
      await open(plainBlock('EC PRIVATE KEY', forged)),
    ];
    expect(renamed.id).toBe(honest.id);
  });

  it('an Ed25519 key whose public part belongs to another is refused', async () => {
    const seed = new Uint8Array(96).fill(7);
    await expect(open(plainBlock('ED25519 PRIVATE KEY', seed))).rejects.toSatisfy((error) =>
      hasCode(error, 'keystore/not-a-key'),
    );
  });
});

describe('what is no usable key is refused with the reason', () => {
  const sec1 = (scalar: Uint8Array, curveOid = '1.2.840.10045.3.1.7', version = 1) =>
    der(tag.sequence, derInteger(version), der(tag.octetString, scalar), der(tag.context0, derOid(curveOid)));
  const pkcs8 = (oid: string, inner = new Uint8Array(32)) =>
    der(tag.sequence, derInteger(0), der(tag.sequence, derOid(oid)), der(tag.octetString, inner));
  const one = new Uint8Array(32).fill(1);
  const secp256k1 = () => generateKeyPairSync('ec', { namedCurve: 'secp256k1' }).privateKey;

  it.each<readonly [string, string, Uint8Array, RegExp]>([
    ['secp256k1 as SEC1', 'EC PRIVATE KEY', secp256k1().export({ format: 'der', type: 'sec1' }), /secp256k1/],
    ['secp256k1 as PKCS#8', 'PRIVATE KEY', secp256k1().export({ format: 'der', type: 'pkcs8' }), /secp256k1/],
    ['another curve', 'EC PRIVATE KEY', sec1(one, '1.3.36.3.3.2.8.1.1.7'), /curve 1\.3\.36/],
    [
      'explicit parameters',
      'EC PRIVATE KEY',
      der(tag.sequence, derInteger(1), der(tag.octetString, one), der(tag.context0, der(tag.sequence))),
      /explicit/,
    ],
    [
      'no curve',
      'EC PRIVATE KEY',
      der(tag.sequence, derInteger(1), der(tag.octetString, one)),
      /names no curve/,
    ],
    [
      'two curves',
      'PRIVATE KEY',
      der(
        tag.sequence,
        derInteger(0),
        der(tag.sequence, derOid(oids.ecPublicKey), derOid('1.3.132.0.34')),
        der(tag.octetString, sec1(one)),
      ),
      /two different curves/,
    ],
    ['scalar zero', 'EC PRIVATE KEY', sec1(new Uint8Array(32)), /out of range/],
    ['a scalar beyond the order', 'EC PRIVATE KEY', sec1(new Uint8Array(32).fill(255)), /out of range/],
    ['a scalar too long', 'EC PRIVATE KEY', sec1(new Uint8Array(33).fill(1)), /longer than the curve/],
    ['another version', 'EC PRIVATE KEY', sec1(one, undefined, 2), /version 1/],
    [
      'PSS-only RSA',
      'PRIVATE KEY',
      generateKeyPairSync('rsa-pss', { modulusLength: 2048 }).privateKey.export({
        format: 'der',
        type: 'pkcs8',
      }),
      /restricted to PSS/,
    ],
    [
      'X25519',
      'PRIVATE KEY',
      generateKeyPairSync('x25519').privateKey.export({ format: 'der', type: 'pkcs8' }),
      /X25519/,
    ],
    [
      'Ed448',
      'PRIVATE KEY',
      generateKeyPairSync('ed448').privateKey.export({ format: 'der', type: 'pkcs8' }),
      /Ed448/,
    ],
    ['DSA', 'PRIVATE KEY', pkcs8('1.2.840.10040.4.1'), /DSA/],
    [
      'RSA of nonsense',
      'RSA PRIVATE KEY',
      der(tag.sequence, derInteger(0), derInteger(5)),
      /OpenSSL refuses/,
    ],
    [
      'an Ed25519 seed too short',
      'PRIVATE KEY',
      pkcs8(oids.ed25519, Uint8Array.from(der(tag.octetString, one.subarray(1)))),
      /32 bytes/,
    ],
    ['96 bytes less one', 'ED25519 PRIVATE KEY', new Uint8Array(95), /96 bytes/],
    ['no DER', 'PRIVATE KEY', one, /expected tag 0x30/],
    ['nothing', 'PRIVATE KEY', new Uint8Array(), /found the end/],
    ['surplus bytes', 'EC PRIVATE KEY', Uint8Array.of(...sec1(one), 0), /surplus/],
    ['a public key', 'PUBLIC KEY', vectorBlocks('signer-files', 'jeff.pub')[0]!.bytes, /type PUBLIC KEY/],
    [
      'a certificate',
      'CERTIFICATE',
      vectorBlocks('signer-files', 'ops-rsa.crt')[0]!.bytes,
      /type CERTIFICATE/,
    ],
  ])('%s', async (name, type, bytes, reason) => {
    const refusal = await open(plainBlock(type, bytes)).catch((error: unknown) => error);
    const isWellFormed = /secp256k1|another curve|explicit|PSS|X25519|Ed448|DSA/.test(name);
    expect(hasCode(refusal, isWellFormed ? 'keystore/unusable-key' : 'keystore/not-a-key')).toBe(true);
    expect((refusal as Error).message).toMatch(reason);
  });

  it.each([
    ['an unknown cipher', 'RC2-40-CBC,0011223344556677', 'keystore/unsupported-encryption'],
    ['no cipher', '', 'keystore/unsupported-encryption'],
    ['a short IV', 'AES-128-CBC,0011', 'keystore/not-a-key'],
    ['no IV', 'AES-128-CBC', 'keystore/not-a-key'],
    ['an IV that is not hex', 'AES-128-CBC,zz112233445566778899aabbccddeeff', 'keystore/not-a-key'],
  ] as const)('DEK-Info with %s', async (_name, dekInfo, code) => {
    const block = {
      type: 'EC PRIVATE KEY',
      headers: new Map([['DEK-Info', dekInfo]]),
      bytes: new Uint8Array(64),
    };
    await expect(open(block, 'pass')).rejects.toSatisfy((error) => hasCode(error, code));
  });

  it.each([0, 15, 17])('DEK-Info over %d bytes', async (length) => {
    const headers = new Map([['DEK-Info', 'AES-128-CBC,00112233445566778899aabbccddeeff']]);
    await expect(
      open({ type: 'EC PRIVATE KEY', headers, bytes: new Uint8Array(length) }, 'pass'),
    ).rejects.toSatisfy((error) => hasCode(error, 'keystore/not-a-key'));
  });

  it('errors hold neither key bytes nor passphrases', async () => {
    const [block] = vectorBlocks('keys', `${storedKeys[0][0]}.key`);
    const error = (await open(block!, 'hunter2-hunter2').catch((thrown: unknown) => thrown)) as Error;
    expect(JSON.stringify([error.message, String(error.cause), error.stack])).not.toContain('hunter2');
  });
});

describe('headers that are written', () => {
  it.each([
    ['root', 'a/b', { role: 'root' }],
    ['targets', 'a/b', { role: 'targets', gun: 'a/b' }],
    ['snapshot', 'a/b', { role: 'snapshot', gun: 'a/b' }],
    ['timestamp', 'a/b', { role: 'timestamp', gun: 'a/b' }],
    ['jeff', 'a/b', { role: 'jeff' }],
    ['targets/jeff', 'a/b', { role: 'targets/jeff' }],
    ['targets', '', { role: 'targets' }],
    ['', undefined, {}],
  ])('role %j with gun %j', (role, gun, expected) => {
    expect(Object.fromEntries(pemHeaders({ role, gun }))).toEqual(expected);
  });

  it('an empty passphrase leaves the key readable without one, as notary does', async () => {
    const [block] = vectorBlocks('key-formats', 'p384.pem');
    const key = await open(block!);
    const text = await encodeKeyFile(key, { role: 'jeff' }, SecretBytes.fromText(''));
    expect(text).toMatch(/^-----BEGIN PRIVATE KEY-----\nrole: jeff\n\n/);
    expect((await open(decodePemBlocks(text)[0]!)).id).toBe(key.id);
  });

  it('a role cannot smuggle in a header', async () => {
    const [block] = vectorBlocks('key-formats', 'p384.pem');
    const key = await open(block!);
    await expect(encodeKeyFile(key, { role: 'a\ngun: b' }, SecretBytes.fromText('x'))).rejects.toThrow(
      /PEM header/,
    );
    expect(() =>
      encodePem({ type: 'X', headers: new Map([['role', 'a\nb']]), bytes: new Uint8Array() }),
    ).toThrow();
  });
});
