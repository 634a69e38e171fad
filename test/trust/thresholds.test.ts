/** Who counts towards a threshold: distinct keys, in the role, under their own IDs, with their own method. */
import { generateKeyPairSync } from 'node:crypto';
import { beforeAll, describe, expect, test } from 'vitest';
import type { RoleName, TufKeyId } from '../../shared/brands.ts';
import { makeRootCertificate } from '../../electron/crypto/certificate.ts';
import { nodeCrypto } from '../../electron/crypto/node-crypto.ts';
import type { MetadataFile, PublicKey, TargetsBody } from '../../electron/tuf/model.ts';
import { parseGun } from '../../electron/tuf/names.ts';
import { newTargets } from '../../electron/tuf/new-metadata.ts';
import type { RoleSigner } from '../../electron/tuf/ports.ts';
import { type RoleAuthority, validSignerIds, verifySignatures } from '../../electron/tuf/verify.ts';
import { signerAs, signFile } from '../../electron/tuf/write.ts';
import { newSigner, signerOf, type SoftwareKeyKind } from '../fakes/software-keys.ts';
import { keyIdOf, metadataKeyIdOf } from '../simulator/repository-builder.ts';

const role = 'targets/jeff' as RoleName;
const now = new Date('2026-11-20T12:00:00Z');
const body = newTargets(now);
const sign = (signers: readonly RoleSigner[]): Promise<MetadataFile<TargetsBody>> =>
  signFile(role, body, signers, nodeCrypto);

function authority(signers: readonly RoleSigner[], threshold: number): RoleAuthority {
  const keys = signers.map((signer): [TufKeyId, PublicKey] => [metadataKeyIdOf(signer), signer.key]);
  return { keys: new Map(keys), keyids: keys.map(([id]) => id), threshold };
}

describe('every kind of key signs', () => {
  test.each<SoftwareKeyKind>(['p256', 'p384', 'p521', 'rsa2048', 'ed25519'])('%s', async (kind) => {
    const signer = newSigner(kind);
    const file = await sign([signer]);
    expect([...validSignerIds(file, authority([signer], 1), nodeCrypto)]).toEqual([keyIdOf(signer)]);
    const edited = { ...file, message: Buffer.from(`${Buffer.from(file.message).toString()} `) };
    expect(validSignerIds(edited, authority([signer], 1), nodeCrypto).size).toBe(0);
  });

  test.each<SoftwareKeyKind>(['p256', 'p384', 'rsa2048'])('%s inside a certificate', async (kind) => {
    const plain = newSigner(kind);
    const signer = signerAs(plain, await makeRootCertificate(parseGun('a.test/b'), plain, now));
    const file = await sign([signer]);
    expect([...validSignerIds(file, authority([signer], 1), nodeCrypto)]).toEqual([keyIdOf(plain)]);
  });

  test('RSA below 2048 bits never counts', async () => {
    const { publicKey, privateKey } = generateKeyPairSync('rsa', { modulusLength: 1024 });
    const short = signerOf(publicKey, privateKey);
    await expect(sign([short])).rejects.toThrow(/trust\/signing-failed/);
  });

  test('secp256k1 never counts: Go cannot read it', async () => {
    const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'secp256k1' });
    await expect(sign([signerOf(publicKey, privateKey)])).rejects.toThrow(/trust\/signing-failed/);
  });
});

describe('distinct keys count', () => {
  let one: RoleSigner;
  let two: RoleSigner;
  /** Key one under two certificates, hence under three IDs. */
  let aliases: readonly RoleSigner[];
  beforeAll(async () => {
    one = newSigner();
    two = newSigner();
    const certificate = async (): Promise<RoleSigner> =>
      signerAs(one, await makeRootCertificate(parseGun('a.test/b'), one, now));
    aliases = [one, await certificate(), await certificate()];
  });

  const have = async (signers: readonly RoleSigner[], role: readonly RoleSigner[]): Promise<number> =>
    validSignerIds(await sign(signers), authority(role, 1), nodeCrypto).size;

  test('two keys are two', async () => {
    expect(await have([one, two], [one, two])).toBe(2);
  });
  test('one key under three IDs is one', async () => {
    const file = await sign(aliases);
    expect(new Set(file.signatures.map((signature) => signature.keyid)).size).toBe(3);
    expect(validSignerIds(file, authority(aliases, 2), nodeCrypto).size).toBe(1);
    expect(() => verifySignatures(file, authority(aliases, 2), nodeCrypto)).toThrow(
      /trust\/threshold-not-met/,
    );
  });
  test('a key ID listed twice is one', async () => {
    const file = await sign([one]);
    const twice = authority([one, one], 2);
    expect(() => verifySignatures(file, twice, nodeCrypto)).toThrow(/trust\/threshold-not-met/);
  });
  test('a key that is there but not in the role does not count', async () => {
    const outside = { ...authority([one, two], 1), keyids: [metadataKeyIdOf(two)] };
    expect(validSignerIds(await sign([one]), outside, nodeCrypto).size).toBe(0);
  });
  test('a role may name a key that is not there', async () => {
    const missing = { ...authority([one], 1), keyids: [metadataKeyIdOf(two), metadataKeyIdOf(one)] };
    expect(validSignerIds(await sign([one, two]), missing, nodeCrypto).size).toBe(1);
  });
  test('a bad signature before a good one by the same key does not hide it', async () => {
    const file = await sign([one]);
    const [good] = file.signatures;
    if (good === undefined) throw new Error('no signature');
    const signatures = [{ ...good, sig: 'AAAA' }, { ...good, method: 'rsapss' }, good];
    expect(validSignerIds({ ...file, signatures }, authority([one], 1), nodeCrypto).size).toBe(1);
  });
  test.each([0, -1])('a threshold of %d is refused, whatever signed', async (threshold) => {
    const file = await sign([one]);
    expect(() => verifySignatures(file, authority([one], threshold), nodeCrypto)).toThrow(
      /trust\/threshold-not-met/,
    );
  });
  test('a key under an ID that is not its own is fatal once it signs, harmless before', async () => {
    const id = metadataKeyIdOf(one);
    const impostor = { keys: new Map([[id, two.key]]), keyids: [id], threshold: 1 };
    const forged = impostorSigned(await sign([two]), id);
    expect(() => validSignerIds(forged, impostor, nodeCrypto)).toThrow(/trust\/key-id-mismatch/);
    expect(validSignerIds(await sign([two]), impostor, nodeCrypto).size).toBe(0);
  });
  test('a certificate that cannot be read counts for nothing', async () => {
    const key: PublicKey = { keytype: 'ecdsa-x509', publicBase64: Buffer.from('no PEM').toString('base64') };
    const broken = signerAs(one, key);
    const file = await sign([one]);
    const id = metadataKeyIdOf(broken);
    expect(validSignerIds(impostorSigned(file, id), authority([broken], 1), nodeCrypto).size).toBe(0);
  });
});

function impostorSigned(file: MetadataFile<TargetsBody>, keyid: TufKeyId): MetadataFile<TargetsBody> {
  return { ...file, signatures: file.signatures.map((signature) => ({ ...signature, keyid })) };
}
