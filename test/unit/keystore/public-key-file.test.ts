import { createPublicKey, generateKeyPairSync } from 'node:crypto';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import {
  makeCertificateRequest,
  makeSelfSignedCertificate,
} from '../../../electron/keystore/delegation-certificate.ts';
import { encodePublicKey } from '../../../electron/keystore/export-key.ts';
import { generateKey } from '../../../electron/keystore/generate-key.ts';
import { decodePemBlocks } from '../../../electron/keystore/pem.ts';
import { loadPublicKeyFile, parsePublicKeyFile } from '../../../electron/keystore/public-key-file.ts';
import { type ErrorCode, hasCode } from '../../../shared/errors.ts';
import { useTrustDirectory } from './trust-directory.ts';
import { dockerTrust, readVector } from './vectors.ts';

const trust = useTrustDirectory();
const now = Date.UTC(2026, 10, 21);
const day = 24 * 60 * 60 * 1000;
const parse = (content: Buffer | string, at = now) =>
  parsePublicKeyFile('given.pub', Buffer.from(content), at);
const fixture = (name: string) => join(import.meta.dirname, 'fixtures', name);

const jeff = '570adc0f67263a14dc4e60d654516757c54f050cfb5e07578c7f2b52c7eb6b76';
const opsEc = 'e47b66321e7841e040cb78630a479f2cca644553e899ba992ffde8289eff06cd';
const opsRsa = 'bce130cff74e9089ebbee94ae21339ab97b13d3c01a83ea69a260cbfb489849c';
const opsRsaCertificate = '933c30d9';

function caught(work: () => unknown): Error {
  try {
    work();
  } catch (error) {
    return error as Error;
  }
  throw new Error('nothing was thrown');
}

describe('public keys and certificates that docker took', () => {
  it.each([
    ['jeff.pub', 'ecdsa', jeff, jeff.slice(0, 8), 'jeff'],
    ['ops-ec.pub', 'ecdsa', opsEc, opsEc.slice(0, 8), ''],
    ['ops-rsa.crt', 'rsa-x509', opsRsa, opsRsaCertificate, ''],
  ])('%s', async (name, keytype, canonicalId, tufId, role) => {
    const file = await loadPublicKeyFile(join(dockerTrust, 'signer-files', name), now);
    expect(file).toMatchObject({ key: { keytype }, canonicalId, name: role });
    expect(file.tufId.slice(0, 8)).toBe(tufId);
  });

  it('a certificate stands in metadata exactly as docker put it there', async () => {
    const { key } = await loadPublicKeyFile(join(dockerTrust, 'signer-files', 'ops-rsa.crt'), now);
    expect(readVector('targets.json').toString()).toContain(`"public":"${key.publicBase64}"`);
  });
});

describe('other forms of the same key', () => {
  const ec = generateKeyPairSync('ec', { namedCurve: 'P-384' }).publicKey;
  const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 }).publicKey;
  const ed = generateKeyPairSync('ed25519').publicKey;
  const spki = (key: typeof ec) => key.export({ format: 'der', type: 'spki' });

  it.each<readonly [string, Buffer | string, Buffer]>([
    ['SPKI in DER', spki(ec), spki(ec)],
    ['CRLF', spkiPem(ec).replaceAll('\n', '\r\n'), spki(ec)],
    ['text before', `my key\n${spkiPem(ec)}`, spki(ec)],
    [
      'EC PARAMETERS before',
      `-----BEGIN EC PARAMETERS-----\nAAAA\n-----END EC PARAMETERS-----\n${spkiPem(ec)}`,
      spki(ec),
    ],
    ['PKCS#1 RSA PUBLIC KEY', rsa.export({ format: 'pem', type: 'pkcs1' }), spki(rsa)],
    ['RSA as SPKI', spkiPem(rsa), spki(rsa)],
  ])('%s', (_name, content, expected) => {
    expect(parse(content).key.publicBase64).toBe(expected.toString('base64'));
  });

  it('a compressed point becomes the uncompressed one that Go needs', () => {
    const raw = spki(generateKeyPairSync('ec', { namedCurve: 'P-256' }).publicKey);
    const point = raw.subarray(-65);
    const compressed = Buffer.concat([Buffer.of(2 + (point[64]! & 1)), point.subarray(1, 33)]);
    const algorithm = raw.subarray(2, 2 + 2 + raw[3]!);
    const bits = Buffer.concat([Buffer.of(3, compressed.length + 1, 0), compressed]);
    const content = Buffer.concat([Buffer.of(0x30, algorithm.length + bits.length), algorithm, bits]);
    expect(createPublicKey({ key: content, format: 'der', type: 'spki' }).asymmetricKeyType).toBe('ec');
    expect(parse(content).key.publicBase64).toBe(raw.toString('base64'));
  });

  it('Ed25519 is its 32 bytes', () => {
    expect(parse(spkiPem(ed)).key).toEqual({
      keytype: 'ed25519',
      publicBase64: spki(ed).subarray(-32).toString('base64'),
    });
  });

  it('a certificate with preamble, CRLF and a chain behind it is the first certificate, as Go writes it', () => {
    const [own, other] = [readVector('signer-files', 'ops-rsa.crt').toString(), certificate('other')];
    const messy = `Certificate:\n  Data: x\n${own}${other}`.replaceAll('\n', '\r\n');
    expect(parse(messy)).toMatchObject({ key: parse(own).key, canonicalId: opsRsa });
    const [block] = decodePemBlocks(own);
    expect(parse(Buffer.from(block!.bytes)).key).toEqual(parse(own).key);
  });

  function spkiPem(key: typeof ec): string {
    return key.export({ format: 'pem', type: 'spki' }) as string;
  }
});

const certificateKey = await generateKey('ECDSA P-256');
const rsaKey = await generateKey('RSA 2048');
function certificate(commonName: string, from = now, days = 365): string {
  return makeSelfSignedCertificate(certificateKey, { commonName }, { now: from, days });
}

describe('what is refused, with the reason', () => {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const pkcs8 = privateKey.export({ format: 'pem', type: 'pkcs8' }) as string;
  const spki = publicKey.export({ format: 'pem', type: 'spki' }) as string;
  const curve = (namedCurve: string) =>
    generateKeyPairSync('ec', { namedCurve }).publicKey.export({ format: 'pem', type: 'spki' });
  const rsa1024 = generateKeyPairSync('rsa', { modulusLength: 1024 }).publicKey.export({
    format: 'pem',
    type: 'spki',
  });

  it.each<readonly [string, Buffer | string, ErrorCode, RegExp]>([
    ['a private key', pkcs8, 'keystore/private-key-given', /./],
    ['a private key beside the public one', spki + pkcs8, 'keystore/private-key-given', /./],
    ['an encrypted private key', readVector('keys', `${jeff}.key`), 'keystore/private-key-given', /./],
    [
      'a private key in DER',
      privateKey.export({ format: 'der', type: 'pkcs8' }),
      'keystore/private-key-given',
      /./,
    ],
    [
      'an EC private key in DER',
      privateKey.export({ format: 'der', type: 'sec1' }),
      'keystore/private-key-given',
      /./,
    ],
    [
      'an encrypted private key in DER',
      Buffer.from(decodePemBlocks(readVector('keys', `${jeff}.key`))[0]!.bytes),
      'keystore/private-key-given',
      /./,
    ],
    ['RSA 1024', rsa1024, 'keystore/no-public-key', /too short/],
    ['secp256k1', curve('secp256k1'), 'keystore/no-public-key', /secp256k1/],
    ['brainpool', curve('brainpoolP256r1'), 'keystore/no-public-key', /brainpool/],
    [
      'X25519',
      generateKeyPairSync('x25519').publicKey.export({ format: 'pem', type: 'spki' }),
      'keystore/no-public-key',
      /x25519/,
    ],
    [
      'a certificate request',
      makeCertificateRequest(certificateKey, { commonName: 'jeff' }),
      'keystore/no-public-key',
      /request/,
    ],
    [
      'a key of SSH',
      'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAA jeff',
      'keystore/no-public-key',
      /no valid public key found/,
    ],
    ['text', 'hello', 'keystore/no-public-key', /no valid public key found/],
    ['nothing', '', 'keystore/no-public-key', /no valid public key found/],
    ['a damaged key', spki.replace(/\n(....)/, '\nAAAA'), 'keystore/no-public-key', /damaged/],
    [
      'a damaged certificate',
      readVector('signer-files', 'ops-rsa.crt').toString().replace('MII', 'MIH'),
      'keystore/no-public-key',
      /could not parse/,
    ],
    [
      'half a certificate in DER',
      readVector('yubikey', 'piv-cert-for-root.der').subarray(0, 200),
      'keystore/no-public-key',
      /no valid public key|could not parse/,
    ],
    [
      'a certificate that has expired',
      certificate('old', now - 10 * day, 5),
      'keystore/unusable-certificate',
      /CN old has expired/,
    ],
    [
      'a certificate of next week',
      certificate('new', now + 7 * day),
      'keystore/unusable-certificate',
      /CN new is not valid yet/,
    ],
  ])('%s', (_name, content, code, reason) => {
    const error = caught(() => parse(content));
    expect(hasCode(error, code)).toBe(true);
    expect(error.message).toMatch(reason);
  });

  it.each([
    ['sha1.crt', /uses invalid SHA1 signature algorithm/],
    ['rsa1024.crt', /RSA bit length is too short/],
  ])('certificate %s', async (name, reason) => {
    const error: unknown = await loadPublicKeyFile(fixture(name), now).catch((thrown: unknown) => thrown);
    expect(hasCode(error, 'keystore/unusable-certificate')).toBe(true);
    expect((error as Error).message).toMatch(reason);
  });

  it('a missing file, a folder, a huge file', async () => {
    const codes = [];
    for (const path of [
      'none',
      '.',
      trust.put('huge', Buffer.alloc(2_000_000)).slice(trust.path.length + 1),
    ]) {
      const error: unknown = await loadPublicKeyFile(join(trust.path, path), now).catch(
        (thrown: unknown) => thrown,
      );
      codes.push((error as { code: string }).code);
    }
    expect(codes).toEqual(['keystore/unreadable', 'keystore/unreadable', 'keystore/no-public-key']);
  });
});

describe('dates of certificates', () => {
  it.each([
    ['a day early is allowed, as clocks differ', now + day, 365, 'usable'],
    ['more than a day early is not', now + day + 1000, 365, 'refused'],
    ['the last second', now - 10 * day, 10, 'usable'],
    ['the second after', now - 10 * day - 1000, 10, 'refused'],
  ])('%s', (_name, from, days, expected) => {
    const text = certificate('x', from, days);
    const outcome = hasCode(
      (() => {
        try {
          return parse(text);
        } catch (error) {
          return error;
        }
      })(),
      'keystore/unusable-certificate',
    );
    expect(outcome ? 'refused' : 'usable').toBe(expected);
  });

  it.each([
    [180, true],
    [181, false],
    [3650, false],
  ])('%d days left: near expiry is %s', (days, near) => {
    // 21 November to 21 May: 181 days
    expect(parse(certificate('x', now, days)).nearExpiry).toBe(near);
  });
});

describe('certificates made here', () => {
  const subject = {
    country: 'CH',
    state: 'Bern',
    locality: 'Bern',
    organization: 'Büro & Söhne',
    organizationalUnit: 'Ops',
    commonName: 'jeff',
  };

  it.each([
    ['ECDSA', certificateKey],
    ['RSA', rsaKey],
  ])('%s: names, dates and key are as asked for, and the signature holds', async (_name, key) => {
    const text = makeSelfSignedCertificate(key, subject, { now: now + 123, days: 365 });
    const { X509Certificate } = await import('node:crypto');
    const parsed = new X509Certificate(text);
    expect(parsed.verify(parsed.publicKey)).toBe(true);
    expect(parsed.subject).toBe('C=CH\nST=Bern\nL=Bern\nO=Büro & Söhne\nOU=Ops\nCN=jeff');
    expect(parsed.issuer).toBe(parsed.subject);
    expect(parsed.ca).toBe(false);
    expect([Date.parse(parsed.validFrom), Date.parse(parsed.validTo)]).toEqual([now, now + 365 * day]);
    expect(parse(text)).toMatchObject({ canonicalId: key.id, certificate: { commonName: 'jeff' } });
  });

  it('beyond 2049 the dates are still right', async () => {
    const { X509Certificate } = await import('node:crypto');
    const parsed = new X509Certificate(certificate('x', Date.UTC(2049, 11, 1), 365));
    expect([Date.parse(parsed.validFrom), Date.parse(parsed.validTo)]).toEqual([
      Date.UTC(2049, 11, 1),
      Date.UTC(2050, 11, 1),
    ]);
  });

  it('two of them never share a serial number', async () => {
    const { X509Certificate } = await import('node:crypto');
    const serials = [1, 2, 3].map(() => new X509Certificate(certificate('x')).serialNumber);
    expect(new Set(serials).size).toBe(3);
    expect(serials.every((serial) => serial.length === 32)).toBe(true);
  });

  it('Ed25519 keys get none, because docker and notary would refuse it', async () => {
    const key = await generateKey('Ed25519');
    for (const make of [
      () => makeCertificateRequest(key, subject),
      () => makeSelfSignedCertificate(key, subject, { now, days: 1 }),
    ]) {
      expect(hasCode(caught(make), 'keystore/unusable-key')).toBe(true);
    }
  });

  it('the public file of a new key reads back with its name', async () => {
    const key = await generateKey('Ed25519');
    expect(parse(encodePublicKey(key.key, 'jeff'))).toMatchObject({
      canonicalId: key.id,
      name: 'jeff',
      key: key.key,
    });
  });
});
