/** Which certificates of a root role may vouch for a repository: one broken fact each. */
import { describe, expect, test } from 'vitest';
import type { TufKeyId } from '../../../shared/brands.ts';
import { nodeCrypto } from '../../../electron/crypto/node-crypto.ts';
import { makeRootCertificate } from '../../../electron/crypto/certificate.ts';
import { toBase64 } from '../../../electron/tuf/base64.ts';
import { certificatePem } from '../../../electron/tuf/key-id.ts';
import type { CertificateFacts, PublicKey, RootBody } from '../../../electron/tuf/model.ts';
import { isNormalPem, matchesGun, rootCertificates } from '../../../electron/tuf/root-certificates.ts';
import { parseGun } from '../../../electron/tuf/names.ts';
import { newRoot } from '../../../electron/tuf/new-metadata.ts';
import { newSigner } from '../../fakes/software-keys.ts';

const gun = parseGun('registry.example.test:5000/acme/app');
const now = new Date('2026-11-20T12:00:00Z');
const DAY = 86_400_000;
const signer = newSigner();
const certificate = await makeRootCertificate(gun, signer, now);
const [good] = nodeCrypto.readCertificates(certificatePem(certificate));

function root(key: PublicKey): RootBody {
  const other = newSigner().key;
  return newRoot({ root: [key], targets: [other], snapshot: [other], timestamp: [other] }, now, nodeCrypto);
}

/** How many certificates are found when the parser says these facts, leaf first. */
function found(facts: readonly Partial<CertificateFacts>[], dates: 'dates' | 'no dates' = 'dates'): number {
  if (good === undefined) throw new Error('no certificate');
  const crypto = { ...nodeCrypto, readCertificates: () => facts.map((change) => ({ ...good, ...change })) };
  const at = dates === 'dates' ? now.getTime() : undefined;
  return rootCertificates(root(certificate), gun, at, crypto).length;
}

describe('the leaf', () => {
  test('as we make it', () => {
    expect(found([{}])).toBe(1);
  });
  test.each<[string, Partial<CertificateFacts>]>([
    ['named otherwise', { commonName: 'registry.example.test:5000/acme/other' }],
    ['without a name', { commonName: '' }],
    ['an authority', { isCa: true }],
    ['signed with SHA-1', { signedWithSha1: true }],
    ['RSA of 2047 bits', { rsaBits: 2047 }],
    [
      'holding a key of another family than the key says',
      { publicKey: { keytype: 'rsa', publicBase64: '' } },
    ],
    ['ending before it begins', { notBefore: now.getTime(), notAfter: now.getTime() - 1 }],
  ])('%s is passed over, also in an old root', (_name, change) => {
    expect(found([change])).toBe(0);
    expect(found([change], 'no dates')).toBe(0);
  });
  test.each<[string, Partial<CertificateFacts>, number]>([
    ['expired a millisecond ago', { notBefore: 0, notAfter: now.getTime() - 1 }, 0],
    ['expiring now', { notAfter: now.getTime() }, 1],
    ['beginning in a day', { notBefore: now.getTime() + DAY }, 1],
    ['beginning in a day and a millisecond', { notBefore: now.getTime() + DAY + 1 }, 0],
  ])('%s: dates count in a new root and not in an old one', (_name, change, expected) => {
    expect(found([change])).toBe(expected);
    expect(found([change], 'no dates')).toBe(1);
  });
  test('RSA of 2048 bits', () => {
    expect(found([{ rsaBits: 2048 }])).toBe(1);
  });
});

describe('the bundle', () => {
  const authority: Partial<CertificateFacts> = { isCa: true, commonName: 'Acme Signing' };
  test.each<[string, readonly Partial<CertificateFacts>[], number]>([
    ['leaf and authorities', [{}, authority, authority], 1],
    ['nothing', [], 0],
    ['two leaves', [{}, {}], 0],
    ['an authority first', [authority, {}], 0],
    ['an authority with SHA-1', [{}, { ...authority, signedWithSha1: true }], 0],
    ['an expired authority', [{}, { ...authority, notAfter: 0, notBefore: 0 }], 0],
  ])('%s', (_name, facts, expected) => {
    expect(found(facts)).toBe(expected);
  });
});

describe('the text', () => {
  const pem = certificatePem(certificate);
  const keyOf = (text: string): PublicKey => ({
    keytype: 'ecdsa-x509',
    publicBase64: toBase64(Buffer.from(text)),
  });
  const count = (key: PublicKey): number =>
    rootCertificates(root(key), gun, now.getTime(), nodeCrypto).length;
  test('as Go writes it', () => {
    expect(count(keyOf(pem))).toBe(1);
    expect(isNormalPem(pem)).toBe(true);
    expect(isNormalPem(pem + pem)).toBe(true);
  });
  test.each([
    ['CRLF', pem.replaceAll('\n', '\r\n')],
    ['a text in front', `Subject: CN=x\n${pem}`],
    ['no newline at the end', pem.trimEnd()],
    ['an empty line at the end', `${pem}\n`],
    ['76 columns', pem.replace(/\n(?=[A-Za-z0-9+/=]{64}\n)/, '')],
    ['headers', pem.replace('-----\n', '-----\nrole: root\n\n')],
    ['no certificate', 'hello'],
    ['a broken certificate', pem.replace('M', 'A')],
    ['another block', pem.replaceAll('CERTIFICATE', 'PUBLIC KEY')],
  ])('%s is passed over: its ID is not what Go recomputes', (_name, text) => {
    expect(count(keyOf(text))).toBe(0);
  });
  test('a plain key is passed over, and so is one that is not in the role', () => {
    expect(count(signer.key)).toBe(0);
    const body = root(certificate);
    const roles = new Map(body.roles).set('root', { keyids: ['00' as TufKeyId], threshold: 1 });
    expect(rootCertificates({ ...body, roles }, gun, now.getTime(), nodeCrypto)).toEqual([]);
  });
});

describe('common names', () => {
  test.each([
    [gun, true],
    ['registry.example.test:5000/acme/*', true],
    ['registry.example.test:5000/acme/**', true],
    ['*', true],
    ['registry.example.test:5000/acme/app*', true],
    ['registry.example.test:5000/acme/app/*', false],
    ['registry.example.test:5000/acme/ap', false],
    ['registry.example.test:5000/*/app', false],
    [gun.toUpperCase(), false],
    ['', false],
  ])('%s: %s', (name, expected) => {
    expect(matchesGun(name, gun)).toBe(expected);
  });
});
