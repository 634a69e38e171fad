/** Where trust begins: first use, pinned certificates, pinned authorities, or not at all. */
import { createPrivateKey, createPublicKey, webcrypto } from 'node:crypto';
import { beforeAll, describe, expect, test } from 'vitest';
import type { Gun, RoleName, TufKeyId } from '../../shared/brands.ts';
import { toBase64 } from '../../electron/tuf/base64.ts';
import { parseGun } from '../../electron/tuf/names.ts';
import { pinFor, type TrustPinning } from '../../electron/tuf/pinning.ts';
import { signerAs } from '../../electron/tuf/write.ts';
import { issue, type Issued } from '../fakes/authority.ts';
import { signerOf } from '../fakes/software-keys.ts';
import { metadataKeyIdOf, RepositoryBuilder } from '../simulator/repository-builder.ts';
import { outcome } from './load.ts';

const gun = parseGun('registry.example.test:5000/acme/app');
const now = new Date('2026-11-20T12:00:00Z');
const none = { certs: new Map(), cas: new Map(), disableTofu: false } as const;
const id = (text: string): TufKeyId => text as TufKeyId;

describe('which pin applies', () => {
  const exact = [id('exact')];
  const rows: readonly (readonly [string, Partial<TrustPinning>, boolean, ReturnType<typeof pinFor>])[] = [
    ['nothing configured', {}, false, { kind: 'first-use' }],
    ['first use disabled', { disableTofu: true }, false, { kind: 'refused' }],
    ['first use disabled but known before', { disableTofu: true }, true, { kind: 'first-use' }],
    ['exact', { certs: new Map([[gun, exact]]) }, false, { kind: 'certificates', ids: new Set(exact) }],
    [
      'exact before wildcard before authority',
      {
        certs: new Map([
          ['*', [id('any')]],
          [gun, exact],
        ]),
        cas: new Map([['', 'pem']]),
      },
      false,
      { kind: 'certificates', ids: new Set(exact) },
    ],
    [
      'longest wildcard',
      {
        certs: new Map([
          ['registry.example.test:5000/acme/*', exact],
          ['registry*', [id('short')]],
          ['registry.example.test:5000/acme/application*', [id('no prefix')]],
        ]),
      },
      false,
      { kind: 'certificates', ids: new Set(exact) },
    ],
    [
      'an entry without * is no prefix',
      { certs: new Map([['registry', exact]]) },
      false,
      { kind: 'first-use' },
    ],
    [
      'an empty list trusts nothing',
      { certs: new Map([[gun, []]]) },
      false,
      { kind: 'certificates', ids: new Set() },
    ],
    [
      'longest authority prefix',
      {
        cas: new Map([
          ['registry', 'short'],
          ['registry.example.test:5000/acme', 'long'],
        ]),
      },
      false,
      { kind: 'authorities', pem: 'long' },
    ],
    [
      'an authority for another prefix, first use disabled',
      { cas: new Map([['docker.io/', 'x']]), disableTofu: true },
      false,
      { kind: 'refused' },
    ],
  ];
  test.each(rows)('%s', (_name, pinning, known, expected) => {
    expect(pinFor(gun, { ...none, ...pinning }, known)).toEqual(expected);
  });
});

describe('what the pins let in', () => {
  let builder: RepositoryBuilder;
  let certificate: TufKeyId;
  beforeAll(async () => {
    builder = await RepositoryBuilder.create(gun, now);
    const [signer] = builder.signersOf('root' as RoleName);
    if (signer === undefined) throw new Error('no root signer');
    certificate = metadataKeyIdOf(signer);
  });
  const outcomeWith = (pinning: Partial<TrustPinning>, cached = false): string =>
    outcome(builder.published(), {
      gun,
      now,
      pinning: { ...none, ...pinning },
      cache: cached ? builder.published() : undefined,
    });

  test('the pinned certificate', () => {
    expect(outcomeWith({ certs: new Map([[gun, [certificate]]]) })).toBe('ok');
  });
  test.each<[string, Partial<TrustPinning>]>([
    ['another certificate', { certs: new Map([[gun, [id('00')]]]) }],
    ['no certificate at all', { certs: new Map([[gun, []]]) }],
    ['first use disabled', { disableTofu: true }],
  ])('%s: refused where trust begins, not asked once a root is cached', (_name, pinning) => {
    expect(outcomeWith(pinning)).toBe('trust/root-not-trusted');
    expect(outcomeWith(pinning, true)).toBe('ok');
  });
});

describe('a pin after trust has begun', () => {
  let builder: RepositoryBuilder;
  let before: Map<string, Uint8Array>;
  let pinning: TrustPinning;
  beforeAll(async () => {
    builder = await RepositoryBuilder.create(gun, now);
    before = builder.published();
    const [old] = builder.signersOf('root' as RoleName);
    if (old === undefined) throw new Error('no root signer');
    pinning = { ...none, certs: new Map([[gun, [metadataKeyIdOf(old)]]]) };
    builder.now = new Date(now.getTime() + 9 * 365 * 86_400_000);
    builder.edit('targets' as RoleName, builder.targetsBody('targets' as RoleName));
    await (await builder.rotate('root')).publish();
  });
  const inYears = (years: number): Date => new Date(now.getTime() + years * 365 * 86_400_000);

  test('a rotation that the usable cached root signed needs no pin, as in notary', () => {
    expect(outcome(builder.published(), { gun, now: inYears(9), pinning, cache: before })).toBe('ok');
  });
  test('a successor of an expired cached root does', () => {
    expect(outcome(builder.published(), { gun, now: inYears(11), pinning, cache: before })).toBe(
      'trust/root-not-trusted',
    );
  });
});

describe('pinned authorities', () => {
  let authority: Issued;
  let intermediate: Issued;
  let stranger: Issued;
  beforeAll(async () => {
    authority = await issue({ commonName: 'Acme Root', ca: true });
    intermediate = await issue({ commonName: 'Acme Signing', ca: true }, authority);
    stranger = await issue({ commonName: 'Acme Root', ca: true });
  });
  const pinned = (pem: string): TrustPinning => ({ ...none, cas: new Map([['registry.example.test', pem]]) });

  /** A repository whose root certificate is the given leaf, bundled with `others`. */
  async function repositoryOf(leaf: Issued, others: readonly Issued[], at = now): Promise<RepositoryBuilder> {
    const builder = await RepositoryBuilder.create(gun, at);
    const pkcs8 = Buffer.from(await webcrypto.subtle.exportKey('pkcs8', leaf.keys.privateKey));
    const privateKey = createPrivateKey({ key: pkcs8, format: 'der', type: 'pkcs8' });
    const plain = signerOf(createPublicKey(privateKey), privateKey);
    const pem = [leaf, ...others].map((issued) => issued.pem).join('');
    const signer = signerAs(plain, { keytype: 'ecdsa-x509', publicBase64: toBase64(Buffer.from(pem)) });
    builder.setBaseKeys('root', [signer]);
    return builder.publish();
  }
  const leafOf = (issuer: Issued, commonName: string = gun): Promise<Issued> =>
    issue({ commonName, ca: false }, issuer);
  const result = (builder: RepositoryBuilder, pem: string, name: Gun = gun): string =>
    outcome(builder.published(), { gun: name, now, pinning: pinned(pem) });

  test('issued by the authority itself', async () => {
    expect(result(await repositoryOf(await leafOf(authority), []), authority.pem)).toBe('ok');
  });
  test('issued by a bundled intermediate', async () => {
    const leaf = await leafOf(intermediate);
    expect(result(await repositoryOf(leaf, [intermediate]), authority.pem)).toBe('ok');
    expect(result(await repositoryOf(leaf, []), authority.pem)).toBe('trust/root-not-trusted');
  });
  test('one good authority among several in the file', async () => {
    const builder = await repositoryOf(await leafOf(authority), []);
    expect(result(builder, stranger.pem + authority.pem)).toBe('ok');
  });
  test('an authority of the same name with another key is a stranger', async () => {
    const builder = await repositoryOf(await leafOf(stranger), []);
    expect(result(builder, authority.pem)).toBe('trust/root-not-trusted');
  });
  test('a leaf issued by a leaf is refused', async () => {
    const notCa = await issue({ commonName: 'Acme Signing', ca: false }, authority);
    const builder = await repositoryOf(await leafOf(notCa), []);
    expect(result(builder, authority.pem)).toBe('trust/root-not-trusted');
  });
  test('a pinned certificate that is no authority vouches for nothing', async () => {
    const notCa = await issue({ commonName: 'Acme Signing', ca: false });
    expect(result(await repositoryOf(await leafOf(notCa), []), notCa.pem)).toBe('trust/root-not-trusted');
  });
  test('a bundle with two leaves is refused', async () => {
    const builder = await repositoryOf(await leafOf(authority), [await leafOf(authority)]);
    expect(result(builder, authority.pem)).toBe('trust/root-not-trusted');
  });
  test('an expired intermediate is refused', async () => {
    const expired = await issue(
      { commonName: 'Old', ca: true, notAfter: new Date('2026-06-01T00:00:00Z') },
      authority,
    );
    const builder = await repositoryOf(await leafOf(expired), [expired]);
    expect(result(builder, authority.pem)).toBe('trust/root-not-trusted');
  });
  test('an expired authority vouches for nothing', async () => {
    const expired = await issue({ commonName: 'Old', ca: true, notAfter: new Date('2026-06-01T00:00:00Z') });
    const builder = await repositoryOf(await leafOf(expired), []);
    expect(result(builder, expired.pem)).toBe('trust/root-not-trusted');
  });
  test('a path length that is exceeded is refused', async () => {
    const only = await issue({ commonName: 'Only leaves', ca: true, pathLength: 0 }, authority);
    const below = await issue({ commonName: 'Below', ca: true }, only);
    const builder = await repositoryOf(await leafOf(below), [below, only]);
    expect(result(builder, authority.pem)).toBe('trust/root-not-trusted');
  });
  test('a good chain under another common name is refused', async () => {
    const builder = await repositoryOf(await leafOf(authority, 'registry.example.test:5000/acme/other'), []);
    expect(result(builder, authority.pem)).toBe('trust/root-not-trusted');
  });
  test.each([
    ['registry.example.test:5000/acme/*', 'ok'],
    ['*', 'ok'],
    ['registry.example.test:5000/acme/other*', 'trust/root-not-trusted'],
    ['registry.example.test:5000/acme/ap', 'trust/root-not-trusted'],
    ['', 'trust/root-not-trusted'],
  ])('common name "%s" -> %s', async (commonName, expected) => {
    const builder = await repositoryOf(await leafOf(authority, commonName), []);
    expect(result(builder, authority.pem)).toBe(expected);
  });
  test('a file without certificates is an error, not a pass', async () => {
    const builder = await repositoryOf(await leafOf(authority), []);
    expect(result(builder, 'no PEM here')).toBe('trust/invalid-certificate');
  });
});
