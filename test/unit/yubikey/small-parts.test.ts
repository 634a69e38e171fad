/** Frames, libraries, settings, slots, key material and keys at hand: the parts that need no token. */
import { chmod, mkdir, mkdtemp, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createPrivateKey, createPublicKey } from 'node:crypto';
import { afterEach, describe, expect, it } from 'vitest';
import { generateKey } from '../../../electron/keystore/generate-key.ts';
import { availableKeys } from '../../../electron/trust/plan/available-keys.ts';
import { tokenEnvironment, tokenFolder } from '../../../electron/yubikey/child-link.ts';
import { BadFrame, decodeFrame, encodeFrame, FrameReader } from '../../../electron/yubikey/frames.ts';
import { toKeyMaterial } from '../../../electron/yubikey/key-material.ts';
import {
  findLibrary,
  mayHaveTokens,
  requireSafeLibrary,
  usualLibraries,
} from '../../../electron/yubikey/libraries.ts';
import { slotId, slotName } from '../../../electron/yubikey/slot-names.ts';
import type { TokenKey } from '../../../electron/yubikey/token-keys.ts';
import { TokenSettingsFile } from '../../../electron/yubikey/token-settings.ts';
import type { CanonicalKeyId } from '../../../shared/brands.ts';

const folders: string[] = [];
afterEach(async () => {
  for (const folder of folders.splice(0)) await rm(folder, { recursive: true, force: true });
});
async function newFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'td-parts-'));
  folders.push(folder);
  return folder;
}

describe('frames', () => {
  const value = {
    op: 'x',
    list: [1, 'ü', null],
    bytes: new Uint8Array([0, 255]),
    deep: { pin: Buffer.from('12') },
  };

  it('bring values and bytes across, in any pieces', () => {
    const stream = Buffer.concat([encodeFrame(value), encodeFrame('second')]);
    for (const size of [1, 3, 7, stream.length]) {
      const reader = new FrameReader();
      const found: unknown[] = [];
      for (let at = 0; at < stream.length; at += size) {
        found.push(...reader.push(Uint8Array.from(stream.subarray(at, at + size))));
      }
      expect(found).toEqual([
        {
          op: 'x',
          list: [1, 'ü', null],
          bytes: new Uint8Array([0, 255]),
          deep: { pin: new Uint8Array([49, 50]) },
        },
        'second',
      ]);
    }
  });

  it('never turn bytes into text, and zero what went through the reader', () => {
    const frame = encodeFrame({ pin: new TextEncoder().encode('secret') });
    expect(Buffer.from(frame).toString('latin1').split('secret')).toHaveLength(2);
    expect(Buffer.from(frame).toString('latin1')).toMatch(/secret$/);
    new FrameReader().push(frame);
    expect(frame.every((byte) => byte === 0)).toBe(true);
  });

  it.each([
    ['bytes outside of the frame', { $bytes: [0, 9] }],
    ['a negative place', { $bytes: [-1, 1] }],
    ['no place', { $bytes: 'x' }],
  ])('refuse %s', (_, forged) => {
    expect(() => decodeFrame(encodeFrame({ forged }).subarray(4))).toThrow(BadFrame);
  });

  it.each([
    ['torn', new Uint8Array([0, 0])],
    ['no JSON', Uint8Array.of(0, 0, 0, 1, 0x7b)],
    ['no UTF-8', Uint8Array.of(0, 0, 0, 1, 0xff)],
  ])('refuse what is %s', (_, body) => {
    expect(() => decodeFrame(body)).toThrow();
  });

  it('refuse a size that no message has', () => {
    expect(() => new FrameReader().push(Uint8Array.of(0xff, 0xff, 0xff, 0xff))).toThrow(BadFrame);
    expect(() => encodeFrame({ big: new Uint8Array(2 * 1024 * 1024) })).toThrow(BadFrame);
  });
});

describe('libraries', () => {
  it.each([
    ['linux', '/usr/lib/x86_64-linux-gnu/libykcs11.so', '/usr/lib/x86_64-linux-gnu/opensc-pkcs11.so'],
    ['darwin', '/opt/homebrew/lib/libykcs11.dylib', '/Library/OpenSC/lib/opensc-pkcs11.so'],
    [
      'win32',
      'D:\\Programs\\Yubico\\Yubico PIV Tool\\bin\\libykcs11.dll',
      'D:\\Programs\\OpenSC Project\\OpenSC\\pkcs11\\opensc-pkcs11.dll',
    ],
  ])('are looked for where %s has them, Yubico’s first', (platform, yubico, opensc) => {
    const usual = usualLibraries(platform, { ProgramFiles: 'D:\\Programs', ProgramW6432: 'relative' });
    expect(usual.indexOf(yubico)).toBeGreaterThanOrEqual(0);
    expect(usual.indexOf(opensc)).toBeGreaterThan(usual.indexOf(yubico));
    expect(usual.every((one) => /^(\/|[A-Z]:\\)/.test(one))).toBe(true);
  });

  it('are the first that is there; none is said with where it was looked', async () => {
    const folder = await newFolder();
    const here = join(folder, 'b.so');
    await writeFile(here, '');
    await expect(findLibrary(undefined, [join(folder, 'a.so'), here])).resolves.toBe(here);
    await expect(findLibrary(undefined, [join(folder, 'a.so')])).rejects.toMatchObject({
      code: 'yubikey/no-library',
      details: { looked: [folder] },
    });
  });

  it('are refused where others could have put them', async () => {
    const folder = await newFolder();
    const open = join(folder, 'open');
    await mkdir(open);
    const inside = join(open, 'a.so');
    await writeFile(inside, '');
    await chmod(open, 0o777);
    const linked = join(folder, 'linked.so');
    await symlink(inside, linked);
    for (const library of ['relative.so', join(folder, 'none.so'), inside, linked, folder]) {
      await expect(requireSafeLibrary(library)).rejects.toMatchObject({ code: 'yubikey/library-refused' });
    }
    await chmod(open, 0o755);
    await expect(requireSafeLibrary(linked)).resolves.toBe(linked);
    await chmod(inside, 0o666);
    await expect(requireSafeLibrary(linked)).rejects.toMatchObject({ code: 'yubikey/library-refused' });
  });

  it('are not even looked for where nobody serves cards', async () => {
    const folder = await newFolder();
    const env = { PCSCLITE_CSOCK_NAME: join(folder, 'no-socket') };
    expect(await mayHaveTokens('linux', env, folder)).toBe(false);
    await writeFile(join(folder, 'tokens.json'), '{}');
    expect(await mayHaveTokens('linux', env, folder)).toBe(true);
  });

  it('get no passphrase and no variable that makes them print', () => {
    const env = {
      PATH: 'C:\\Windows',
      NOTARY_ROOT_PASSPHRASE: 'x',
      DOCKER_CONTENT_TRUST_REPOSITORY_PASSPHRASE: 'x',
      YKCS11_DBG: '9',
      NODE_OPTIONS: '--inspect',
      SOFTHSM2_CONF: '/conf',
    };
    expect(tokenEnvironment(env, '/usr/lib/a.so', 'linux')).toEqual({
      PATH: 'C:\\Windows',
      SOFTHSM2_CONF: '/conf',
    });
    expect(tokenEnvironment(env, 'C:/Yubico/bin/a.dll', 'win32')['PATH']).toBe('C:/Yubico/bin;C:\\Windows');
    // Not where the person happens to be: Windows would look for libraries there first.
    expect(tokenFolder('C:/Yubico/bin/a.dll', 'win32')).toBe('C:/Yubico/bin');
    expect(tokenFolder('/usr/lib/a.so', 'linux')).toBeUndefined();
  });
});

describe('what is remembered of tokens', () => {
  it('is one small private file', async () => {
    const folder = await newFolder();
    const file = new TokenSettingsFile(join(folder, 'data'));
    expect(await file.load()).toEqual({ library: undefined, names: new Map(), proven: new Set() });
    await file.name('1001', ' Release ');
    await file.useLibrary('/usr/lib/a.so');
    await file.prove('1001', 'ab');
    expect(await file.load()).toEqual({
      library: '/usr/lib/a.so',
      names: new Map([['1001', 'Release']]),
      proven: new Set(['1001 ab']),
    });
    const { mode } = await stat(join(folder, 'data', 'tokens.json'));
    expect(mode & 0o777).toBe(0o600);
  });

  it.each(['[]', '{"names":[1]}', '{"names":{"1":2}}', '{"library":1}', '{"proven":"x"}', 'no json'])(
    'is never guessed at: %s',
    async (text) => {
      const folder = await newFolder();
      await writeFile(join(folder, 'tokens.json'), text);
      await expect(new TokenSettingsFile(folder).load()).rejects.toMatchObject({ code: 'config/malformed' });
      expect(await readFile(join(folder, 'tokens.json'), 'utf8')).toBe(text);
    },
  );
});

describe('slots', () => {
  it.each([
    ['9a', '01'],
    ['9C', '02'],
    ['9e', '04'],
    ['82', '05'],
    ['95', '18'],
  ])('%s has the ID %s', (name, id) => {
    expect(slotId(name, true)).toBe(id);
    expect(slotName(id, true)).toBe(name.toLowerCase());
  });

  it.each(['f9', '81', '96', '', '9a9a', '__proto__'])('%j is none', (name) => {
    expect(() => slotId(name, true)).toThrow(expect.objectContaining({ code: 'yubikey/unknown-slot' }));
  });
});

describe('key material', () => {
  it.each(['ECDSA P-256', 'ECDSA P-384'] as const)(
    'of %s is the scalar at its full length',
    async (algorithm) => {
      const key = await generateKey(algorithm);
      const material = toKeyMaterial(key, '1');
      if (material.kind !== 'ec') throw new Error('an EC key');
      const jwk = key.useSecret((sec1) =>
        createPrivateKey({ key: Buffer.from(sec1), format: 'der', type: 'sec1' }).export({ format: 'jwk' }),
      );
      expect(Buffer.from(material.scalar).toString('base64url')).toBe(jwk.d);
      expect(material.scalar).toHaveLength(algorithm === 'ECDSA P-256' ? 32 : 48);
      key.wipe();
    },
  );

  it('of RSA has every number at its full length', async () => {
    const key = await generateKey('RSA 2048');
    const material = toKeyMaterial(key, '1');
    if (material.kind !== 'rsa') throw new Error('an RSA key');
    const { n } = createPublicKey({
      key: Buffer.from(key.key.publicBase64, 'base64'),
      format: 'der',
      type: 'spki',
    }).export({ format: 'jwk' });
    expect(Buffer.from(material.modulus).toString('base64url')).toBe(n);
    const { prime1, prime2, exponent1, exponent2, coefficient, privateExponent } = material;
    for (const part of [prime1, prime2, exponent1, exponent2, coefficient]) expect(part).toHaveLength(128);
    expect(privateExponent).toHaveLength(256);
    key.wipe();
  });
});

describe('the keys at hand', () => {
  const id = (letter: string) => letter.repeat(64) as CanonicalKeyId;
  const onToken = (keyId: CanonicalKeyId, isCertain: boolean, role = 'jeff') =>
    ({ keyId, serial: '1001', role, isCertain }) as TokenKey;

  it('prefer a token, unless only a certificate speaks for its key', () => {
    const files = [
      { id: id('a'), role: 'root' },
      { id: id('b'), role: 'jeff' },
      { id: id('c'), role: 'kim' },
    ];
    const tokens = [onToken(id('a'), true, ''), onToken(id('b'), false), onToken(id('d'), false)];
    expect(availableKeys(files, tokens)).toEqual([
      { keyId: id('a'), role: 'root', place: { kind: 'yubikey', serial: '1001' } },
      { keyId: id('d'), role: 'jeff', place: { kind: 'yubikey', serial: '1001' } },
      { keyId: id('b'), role: 'jeff', place: { kind: 'file' } },
      { keyId: id('c'), role: 'kim', place: { kind: 'file' } },
    ]);
  });
});
