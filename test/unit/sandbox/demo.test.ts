/** The demo: the same content everywhere, all of it true, read by the trust core as a client reads it. */
import { mkdtemp, readdir, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { nodeCrypto } from '../../../electron/crypto/node-crypto.ts';
import { listKeys } from '../../../electron/keystore/key-directory.ts';
import { openKey } from '../../../electron/keystore/open-key.ts';
import { SecretBytes } from '../../../electron/keystore/secret-bytes.ts';
import { makeDemo } from '../../../electron/sandbox/demo.ts';
import {
  demoPassphrase,
  demoRepositories,
  signedDemoRepositories,
} from '../../../electron/sandbox/demo-content.ts';
import { makeDemoImage } from '../../../electron/sandbox/demo-images.ts';
import { toRequest } from '../../../electron/sandbox/exchange.ts';
import { MemoryRegistryStore } from '../../../electron/sandbox/registry/memory-registry-store.ts';
import { RegistryService } from '../../../electron/sandbox/registry/registry-service.ts';
import { DOCKER_ROLES, listTargets } from '../../../electron/tuf/delegations.ts';
import { parseGun } from '../../../electron/tuf/names.ts';
import { TrustedRepository } from '../../../electron/tuf/trusted-repository.ts';
import { NotarySimulator } from '../../simulator/notary-simulator.ts';

const registryHost = 'localhost:5000';
const simulator = new NotarySimulator();
const registry = new RegistryService(new MemoryRegistryStore());
let trustDirectory: string;

beforeAll(async () => {
  trustDirectory = await mkdtemp(join(tmpdir(), 'td-demo-'));
  await makeDemo({ notary: simulator.service, registry, registryHost, trustDirectory, now: simulator.now });
});
afterAll(async () => {
  await rm(trustDirectory, { recursive: true, force: true });
});

async function read(name: string): Promise<TrustedRepository> {
  const gun = parseGun(`${registryHost}/${name}`);
  const file = async (role: string) =>
    (await simulator.send('GET', `/v2/${gun}/_trust/tuf/${role}.json`)).body;
  const trusted = new TrustedRepository({ gun, crypto: nodeCrypto, now: simulator.now });
  trusted.updateRoot(await file('root'));
  trusted.updateTimestamp(await file('timestamp'));
  trusted.updateSnapshot(await file('snapshot'));
  trusted.updateTargets(await file('targets'));
  for (let next = trusted.nextDelegation(); next !== undefined; next = trusted.nextDelegation()) {
    trusted.updateDelegation(next.role, await file(next.role));
  }
  return trusted;
}

async function registryDigest(name: string, tag: string): Promise<string | undefined> {
  const response = await registry.handle(toRequest('GET', `https://localhost/v2/${name}/manifests/${tag}`));
  return response.headers.get('Docker-Content-Digest');
}

describe.each(signedDemoRepositories)('$name', ({ name, tags, signers }) => {
  it('is believed, with every delegation', async () => {
    const trusted = await read(name);
    expect(trusted.problems).toEqual(new Map());
    expect([...trusted.targets.keys()].sort()).toEqual(
      ['targets', 'targets/releases', ...signers.map((signer) => `targets/${signer}`)].sort(),
    );
  });

  it('has exactly the tags of the table signed, by whom it says', async () => {
    const trusted = await read(name);
    for (const role of ['admin', 'releases', ...signers] as const) {
      const file = trusted.targets.get((role === 'admin' ? 'targets' : `targets/${role}`) as never);
      const expected = tags.filter(({ signedBy }) => signedBy.includes(role)).map(({ tag }) => tag);
      expect(file?.body.targets.map((target) => target.name).sort(), role).toEqual(expected.sort());
    }
  });

  it('signs what the registry has, but where it is said to differ', async () => {
    const signed = new Map(
      listTargets((await read(name)).targets, DOCKER_ROLES).map(({ target }) => [target.name, target.sha256]),
    );
    for (const { tag, signedBy, movedTo, gone } of tags) {
      const digest = await registryDigest(name, tag);
      if (gone === true) expect(digest, tag).toBeUndefined();
      else if (movedTo !== undefined) expect(digest, tag).not.toBe(`sha256:${hexOf(signed.get(tag))}`);
      else if (signedBy.length === 0)
        expect([digest !== undefined, signed.has(tag)], tag).toEqual([true, false]);
      else if (signed.has(tag)) expect(digest, tag).toBe(`sha256:${hexOf(signed.get(tag))}`);
    }
  });
});

const hexOf = (base64: string | undefined): string => Buffer.from(base64 ?? '', 'base64').toString('hex');

describe('the demo', () => {
  it('shows everything there is to see', () => {
    const tags = demoRepositories.flatMap((repository) => repository.tags);
    const [webshop] = demoRepositories;
    expect(webshop!.tags.length).toBeGreaterThanOrEqual(14);
    expect(tags.some(({ signedBy }) => signedBy.join() === 'admin')).toBe(true);
    expect(tags.some(({ signedBy }) => signedBy.length === 0)).toBe(true);
    expect(tags.some(({ movedTo }) => movedTo !== undefined)).toBe(true);
    expect(new Set(tags.map(({ kind }) => kind)).size).toBe(4);
  });

  it('has a signer with two keys, one of them an RSA certificate', async () => {
    const targets = (await read('demo/webshop')).targets.get('targets' as never)!.body;
    const alice = targets.delegations.find(({ name }) => (name as string) === 'targets/alice')!;
    expect(alice.keyids.map((id) => targets.delegationKeys.get(id)?.keytype).sort()).toEqual([
      'ecdsa',
      'rsa-x509',
    ]);
  });

  it('keeps its keys as docker and notary keep theirs, in its own folder', async () => {
    const { keys, unreadable } = await listKeys(trustDirectory);
    expect(unreadable).toEqual([]);
    expect(keys.map(({ role, gun, mode }) => [role, gun, mode])).toEqual([
      ['root', undefined, 0o600],
      ['alice', undefined, 0o600],
      ['alice', undefined, 0o600],
      ['bob', undefined, 0o600],
      ['targets', `${registryHost}/demo/tools`, 0o600],
      ['targets', `${registryHost}/demo/webshop`, 0o600],
    ]);
    expect((await stat(join(trustDirectory, 'private'))).mode & 0o777).toBe(0o700);
    expect(await readdir(trustDirectory)).toEqual(['private']);
    const passphrase = SecretBytes.fromText(demoPassphrase);
    for (const key of keys) (await openKey(key, passphrase)).wipe();
  });

  it('leaves one repository without trust data', async () => {
    const { status } = await simulator.send('GET', `/v2/${registryHost}/demo/plain/_trust/tuf/root.json`);
    expect(status).toBe(404);
    expect(await registryDigest('demo/plain', 'latest')).toBeDefined();
  });
});

describe('an image', () => {
  it.each([
    ['docker', '2eaeb01f8d680e63c037ad7e637bffd87e4c8e4179b8b1eaf14e4bae882b08a2'],
    ['oci', 'fb895831e2735911594cefee00f579b204da64d0031ab2fdd1c4abc1ad6023fe'],
    ['docker-list', '5fe893ea11a5b52137b1577f7f55d0bf364ef6c22c5769d757411ce978ef97fc'],
    ['oci-index', '8931ef3629e8bcc6cfcf20ab23fc8dfbed050fc237e82aab6d09d6d6e36f5d0b'],
  ] as const)('of kind %s is the same on every machine', (kind, digest) => {
    expect(makeDemoImage(kind, 'The same text').top.digest).toBe(`sha256:${digest}`);
  });

  it('holds a tar archive with one file', () => {
    const [layer] = makeDemoImage('docker', 'hello').blobs;
    const tar = gunzipSync(layer!.bytes);
    expect(tar.subarray(0, 9).toString()).toBe('about.txt');
    expect(tar.subarray(512, 512 + 'hello (linux/amd64)\n'.length).toString()).toBe('hello (linux/amd64)\n');
    expect(tar.length % 512).toBe(0);
  });

  it('differs by platform', () => {
    const { manifests, top } = makeDemoImage('oci-index', 'hello');
    const index = JSON.parse(Buffer.from(top.bytes).toString()) as {
      manifests: { digest: string; platform: { architecture: string } }[];
    };
    expect(index.manifests.map(({ platform }) => platform.architecture)).toEqual(['amd64', 'arm64']);
    expect(index.manifests.map(({ digest }) => digest)).toEqual(
      manifests.slice(0, 2).map(({ digest }) => digest),
    );
    expect(new Set(manifests.map(({ digest }) => digest)).size).toBe(3);
  });
});
