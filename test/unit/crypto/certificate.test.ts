/** The root certificate: notary's template to the letter, correctly signed by any signer. */
import { X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import forge from 'node-forge';
import { describe, expect, test } from 'vitest';
import { makeRootCertificate } from '../../../electron/crypto/certificate.ts';
import { readCertificates } from '../../../electron/crypto/certificate-facts.ts';
import { type DerValue, oidText, readDer } from '../../../electron/crypto/der.ts';
import { nodeCrypto } from '../../../electron/crypto/node-crypto.ts';
import { canonicalKeyId, certificatePem } from '../../../electron/tuf/key-id.ts';
import type { PublicKey } from '../../../electron/tuf/model.ts';
import { parseGun } from '../../../electron/tuf/names.ts';
import { parseRoot } from '../../../electron/tuf/parse.ts';
import { isNormalPem } from '../../../electron/tuf/root-certificates.ts';
import { newSigner } from '../../fakes/software-keys.ts';

const gun = parseGun('registry.example.test:5000/acme/app');
const now = new Date('2026-11-20T12:34:56.789Z');
const parsed = (key: PublicKey): X509Certificate => new X509Certificate(certificatePem(key));

/** Tags and OIDs of a certificate, without the values that differ from one to the next. */
function shape(value: DerValue): unknown {
  if (value.tag === 0x06) return oidText(value.content);
  if ((value.tag & 0x20) === 0)
    return [0x02, 0x03].includes(value.tag)
      ? value.tag
      : [value.tag, Buffer.from(value.content).toString('hex')];
  return [value.tag, readDer(value.content).map(shape)];
}

describe('notary would have made the same', () => {
  const root = parseRoot(
    readFileSync(join(import.meta.dirname, '../../vectors/docker-trust/1.root.json')),
  ).body;
  const theirs = [...root.keys.values()].find((key) => key.keytype === 'ecdsa-x509');

  test('every tag, algorithm, extension and name', async () => {
    if (theirs === undefined) throw new Error('no certificate in the vector');
    const facts = nodeCrypto.readCertificates(certificatePem(theirs))[0];
    const made = await makeRootCertificate(gun, newSigner(), new Date(facts?.notBefore ?? 0));
    const shapeOf = (key: PublicKey): unknown => readDer(parsed(key).raw).map(shape);
    expect(shapeOf(made)).toEqual(shapeOf(theirs));
  });
});

describe.each(['p256', 'p384', 'rsa2048'] as const)('with a %s key', (kind) => {
  test('it is signed by itself, named after the repository, and valid for ten years of 365 days', async () => {
    const signer = newSigner(kind);
    const key = await makeRootCertificate(gun, signer, now);
    const certificate = parsed(key);
    expect(certificate.verify(certificate.publicKey)).toBe(true);
    expect(certificate.subject).toBe(`CN=${gun}`);
    expect(certificate.issuer).toBe(certificate.subject);
    expect(certificate.ca).toBe(false);
    expect(Date.parse(certificate.validFrom)).toBe(Date.parse('2026-11-20T12:34:56Z'));
    expect(Date.parse(certificate.validTo)).toBe(Date.parse('2036-11-17T12:34:56Z'));
    expect(certificate.keyUsage).toEqual(['1.3.6.1.5.5.7.3.3']);
    expect(canonicalKeyId(key, nodeCrypto)).toBe(canonicalKeyId(signer.key, nodeCrypto));
    expect(isNormalPem(certificatePem(key))).toBe(true);
  });
});

describe('what it refuses', () => {
  test('a key that certificates of Go programs cannot hold', async () => {
    await expect(makeRootCertificate(gun, newSigner('ed25519'), now)).rejects.toThrow(
      /trust\/invalid-certificate/,
    );
  });
  test('a signer that signs the digest of the digest, as tokens have done', async () => {
    const good = newSigner();
    const wrong = { key: good.key, sign: (bytes: Uint8Array) => good.sign(nodeCrypto.sha256(bytes)) };
    await expect(makeRootCertificate(gun, wrong, now)).rejects.toThrow(/trust\/invalid-certificate/);
  });
  test('a signer that holds another key than it says', async () => {
    const wrong = { key: newSigner().key, sign: newSigner().sign };
    await expect(makeRootCertificate(gun, wrong, now)).rejects.toThrow(/trust\/invalid-certificate/);
  });
});

describe('details', () => {
  test('serial numbers are 128 random bits', async () => {
    const serials = await Promise.all(
      Array.from(
        { length: 20 },
        async () => parsed(await makeRootCertificate(gun, newSigner(), now)).serialNumber,
      ),
    );
    expect(new Set(serials).size).toBe(20);
    expect(Math.max(...serials.map((serial) => serial.length))).toBeLessThanOrEqual(32);
    expect(Math.max(...serials.map((serial) => serial.length))).toBeGreaterThanOrEqual(30);
  });
  test('from 2050 on times need four digits of the year', async () => {
    const key = await makeRootCertificate(gun, newSigner(), new Date('2045-01-01T00:00:00Z'));
    expect(Date.parse(parsed(key).validTo)).toBe(Date.parse('2054-12-30T00:00:00Z'));
  });
  test.each(['docker.io/library/alpine', 'example.test/with_underscore', 'example.test/a@b'])(
    'the name of %s is read back as it was',
    async (name) => {
      const key = await makeRootCertificate(parseGun(name), newSigner(), now);
      expect(readCertificates(certificatePem(key))[0]?.commonName).toBe(name);
    },
  );
});

describe('facts of certificates', () => {
  const file = (name: string): string =>
    readFileSync(join(import.meta.dirname, '../../vectors/docker-trust', name), 'utf8');
  test('an RSA certificate', () => {
    const [facts] = readCertificates(file('signer-files/ops-rsa.crt'));
    expect(facts).toMatchObject({ commonName: 'ops-rsa', rsaBits: 2048, signedWithSha1: false, isCa: true });
    expect(facts?.publicKey.keytype).toBe('rsa');
  });
  test.each([
    ['SHA-1', forge.md.sha1.create(), true],
    ['SHA-256', forge.md.sha256.create(), false],
  ] as const)('signed with %s', (_name, digest, expected) => {
    const keys = forge.pki.rsa.generateKeyPair(2048);
    const certificate = forge.pki.createCertificate();
    certificate.publicKey = keys.publicKey;
    certificate.serialNumber = '01';
    certificate.validity.notBefore = new Date('2026-01-01T00:00:00Z');
    certificate.validity.notAfter = new Date('2036-01-01T00:00:00Z');
    certificate.setSubject([
      { name: 'commonName', value: 'first' },
      { name: 'organizationName', value: 'Acme, Inc.' },
      { name: 'commonName', value: 'last=name' },
    ]);
    certificate.setIssuer(certificate.subject.attributes);
    certificate.sign(keys.privateKey, digest);
    const [facts] = readCertificates(forge.pki.certificateToPem(certificate));
    expect(facts).toMatchObject({
      signedWithSha1: expected,
      rsaBits: 2048,
      isCa: false,
      commonName: 'last=name',
    });
  });
  test.each([
    ['nothing', ''],
    ['text', 'hello'],
    ['a public key', 'signer-files/ops-ec.pub'],
    ['a private key', 'signer-files/ops-ec.pem'],
  ])('%s is no certificate', (_name, source) => {
    const pem = source.includes('/') ? file(source) : source;
    expect(() => readCertificates(pem)).toThrow(/trust\/invalid-certificate/);
  });
});
