/** The cache, the changelist and the TLS folder on disk: docker's and notary's own layout, and hostile ones. */
import { cp, mkdir, mkdtemp, readdir, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { Gun, RoleName } from '../../../shared/brands.ts';
import { isAppError } from '../../../shared/errors.ts';
import { countStagedChanges, readChangelist } from '../../../electron/notary/changelist.ts';
import { listKnownRepositories } from '../../../electron/notary/known-repositories.ts';
import { openMetadataCache } from '../../../electron/notary/metadata-cache.ts';
import {
  fromFolderName,
  repositoryFolder,
  toFolderName,
} from '../../../electron/notary/repository-folder.ts';
import { loadServerTls, type ServerTlsInputs } from '../../../electron/notary/server-tls.ts';
import { loadNotaryConfig, type NotaryConfig } from '../../../electron/settings/notary-config.ts';
import { parseGun } from '../../../electron/tuf/names.ts';
import { type Issued, makeCa, makeLeaf } from '../network/certificates.ts';

const gun = parseGun('registry.example.test:5000/acme/app');
const role = (name: string): RoleName => name as RoleName;
let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'disk-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

async function put(file: string, text = '{}'): Promise<void> {
  const full = path.join(folder, file);
  await mkdir(path.dirname(full), { recursive: true });
  await writeFile(full, text);
}

async function codeOf(work: Promise<unknown>): Promise<unknown> {
  return work.then(
    () => 'accepted',
    (error: unknown) => (isAppError(error) ? error.code : error),
  );
}

describe('the metadata cache', () => {
  test('writes and reads bytes as they are, also of nested delegations', async () => {
    const cache = openMetadataCache(folder, gun);
    const bytes = Buffer.from([0, 0xff, 10]);
    await cache.write(role('targets/a/b'), bytes);
    expect(await cache.read(role('targets/a/b'))).toEqual(bytes);
    expect(await cache.read(role('targets/a'))).toBeUndefined();
    expect(
      await readdir(path.join(folder, 'tuf/registry.example.test:5000/acme/app/metadata/targets/a')),
    ).toEqual(['b.json']);
  });

  test('reading makes nothing', async () => {
    const cache = openMetadataCache(path.join(folder, 'trust'), gun);
    expect([
      await cache.read(role('root')),
      await cache.confirmedAt(role('root')),
      cache.countStagedChanges(),
    ]).toEqual([undefined, undefined, 0]);
    await cache.confirm(role('timestamp'), new Date(0));
    expect(await readdir(folder)).toEqual([]);
  });

  test.each(['../../escape', 'targets/../../x', '/etc/passwd', 'targets/', 'root/x', 'targets/A', '', 'con'])(
    'refuses the role %j',
    async (name) => {
      const cache = openMetadataCache(folder, gun);
      const refused = await Promise.resolve()
        .then(() => cache.write(role(name), Buffer.from('x')))
        .catch((error: unknown) => error);
      expect(isAppError(refused) && refused.code).toBe('reference/invalid-role');
      expect(await readdir(folder)).toEqual([]);
    },
  );

  test.each(['..', 'a/../../b', '/etc', 'a//b', '', 'a/./b', 'a\0b', 'C:\\x', 'a\\..\\b'])(
    'refuses the name %j',
    (name) => {
      expect(() => openMetadataCache(folder, name as Gun)).toThrow(/reference\/invalid-gun/);
    },
  );

  test('a file that is none is said', async () => {
    const cache = openMetadataCache(folder, gun);
    await mkdir(path.join(repositoryFolder(folder, gun), 'metadata', 'root.json'), { recursive: true });
    expect(await codeOf(cache.read(role('root')))).toBe('config/unreadable');
  });

  test.each([
    ['registry.test:5000', 'win32', 'registry.test%3A5000'],
    ['100%', 'win32', '100%25'],
    ['%3A', 'win32', '%253A'],
    ['registry.test:5000', 'linux', 'registry.test:5000'],
    ['%3A', 'darwin', '%3A'],
  ])('the folder of %s on %s', (part, platform, name) => {
    expect(toFolderName(part, platform)).toBe(name);
    expect(fromFolderName(name, platform)).toBe(part);
  });
});

describe('known repositories', () => {
  test('those with a root; not what docker left empty, not what others put there', async () => {
    await put('tuf/docker.io/library/alpine/metadata/root.json');
    await put('tuf/registry.test:5000/b/metadata/root.json');
    await put('tuf/registry.test:5000/b/c/metadata/root.json');
    await mkdir(path.join(folder, 'tuf/docker.io/library/empty/metadata'), { recursive: true });
    await mkdir(path.join(folder, 'tuf/docker.io/library/empty/changelist'), { recursive: true });
    await mkdir(path.join(folder, 'tuf/docker.io/odd/metadata/root.json'), { recursive: true });
    await put('tuf/docker.io/half/metadata/targets.json');
    await put('tuf/bad name/metadata/root.json');
    await put('tuf/file');
    await put('private/abc.key');
    await symlink(path.join(folder, 'tuf/docker.io'), path.join(folder, 'tuf/link'));
    expect(await listKnownRepositories(folder)).toEqual([
      'docker.io/library/alpine',
      'registry.test:5000/b',
      'registry.test:5000/b/c',
    ]);
  });

  test('none where there is no trust directory', async () => {
    expect(await listKnownRepositories(path.join(folder, 'none'))).toEqual([]);
  });

  test('a folder loop or abyss ends', async () => {
    await put(`tuf/${'a/'.repeat(200)}metadata/root.json`);
    expect(await listKnownRepositories(folder)).toEqual([]);
  });

  test('of notary 0.3', async () => {
    await put('tuf/docker.com/notary0.3/tst/metadata/root.json');
    expect(await listKnownRepositories(folder)).toEqual(['docker.com/notary0.3/tst']);
  });
});

describe('the changelist', () => {
  const vectors = path.resolve(import.meta.dirname, '../../vectors/docker-trust/changelist');
  const changelist = (): string => path.join(repositoryFolder(folder, gun), 'changelist');

  test('as notary wrote it: every kind, in order, and counted', async () => {
    await cp(vectors, changelist(), { recursive: true });
    const { changes, unreadable } = await readChangelist(folder, gun);
    expect(countStagedChanges(folder, gun)).toBe(11);
    expect(unreadable).toEqual([]);
    expect(changes.map((change) => change.file)).toEqual((await readdir(vectors)).sort());
    expect([...new Set(changes.map((change) => change.type))].sort()).toEqual([
      'delegation',
      'target',
      'witness',
    ]);
    expect([...new Set(changes.map((change) => change.action))].sort()).toEqual([
      'create',
      'delete',
      'update',
    ]);
    const added = changes.find((change) => change.type === 'target' && change.action === 'create');
    expect(JSON.parse(Buffer.from(added?.data ?? []).toString())).toHaveProperty('hashes');
  });

  test('none', async () => {
    expect(await readChangelist(folder, gun)).toEqual({ changes: [], unreadable: [] });
  });

  test.each<[string, string]>([
    ['{', 'it is not JSON'],
    ['[]', 'it is not a JSON object'],
    ['{"action":"destroy","role":"targets","type":"target","path":"x","data":null}', 'its action is unknown'],
    ['{"action":"create","role":"targets","type":"key","path":"x","data":null}', 'its type is unknown'],
    ['{"action":"create","type":"target","path":"x","data":null}', 'it names no role or path'],
    ['{"action":"create","role":"targets","type":"target","path":5}', 'it names no role or path'],
    ['{"action":"create","role":"targets","type":"target","path":"x","data":{}}', 'its data is not base64'],
  ])('a file that is no change is named: %s', async (text, reason) => {
    await mkdir(changelist(), { recursive: true });
    await writeFile(path.join(changelist(), '1.change'), text);
    await writeFile(path.join(changelist(), '.hidden'), text);
    await mkdir(path.join(changelist(), 'folder'));
    expect(await readChangelist(folder, gun)).toEqual({
      changes: [],
      unreadable: [{ file: '1.change', reason }],
    });
  });
});

describe('TLS of one server', () => {
  let ca: Issued;
  let other: Issued;
  let client: Issued;
  beforeAll(async () => {
    [ca, other] = await Promise.all([makeCa('ca'), makeCa('other')]);
    client = await makeLeaf(ca);
  });
  const url = 'https://n.test:4443';
  const inputs = (more: Partial<ServerTlsInputs> = {}): ServerTlsInputs => ({
    url,
    registry: 'r.test',
    dockerConfig: folder,
    serverCas: [],
    notaryConfig: undefined,
    ...more,
  });
  const sources = async (more: Partial<ServerTlsInputs> = {}): Promise<unknown> => {
    const { roots, policy } = await loadServerTls(inputs(more));
    return [roots.map((root) => root.source), policy.exclusive, policy.allowUnverified];
  };
  const notary = async (server: object): Promise<NotaryConfig> => {
    await put('notary/config.json', JSON.stringify({ remote_server: server }));
    return loadNotaryConfig(path.join(folder, 'notary/config.json'), folder);
  };

  test('nothing configured', async () => {
    expect(await sources()).toEqual([[], false, false]);
  });

  test('docker’s folder for exactly this host and port', async () => {
    await put('tls/n.test:4443/ca.crt', ca.certificatePem);
    await put('tls/n.test:4443/more.crt', other.certificatePem + ca.certificatePem);
    await put('tls/n.test/ca.crt', other.certificatePem);
    await put('tls/n.test:4443/readme.txt', 'hello');
    expect(await sources()).toEqual([['docker-tls', 'docker-tls'], false, false]);
  });

  test('notary’s root is exclusive, for its own server only', async () => {
    await put('notary/root.pem', ca.certificatePem);
    const notaryConfig = await notary({ url: `${url}/`, root_ca: 'root.pem' });
    expect(await sources({ notaryConfig })).toEqual([['notary-config'], true, false]);
    expect(await sources({ notaryConfig, url: 'https://other.test' })).toEqual([[], false, false]);
    expect(await sources({ notaryConfig, registry: 'localhost:5000' })).toEqual([
      ['notary-config'],
      true,
      false,
    ]);
  });

  test('the person’s own CAs, for exactly this server', async () => {
    const serverCas = [
      { server: url, pem: ca.certificatePem },
      { server: 'https://n.test', pem: other.certificatePem },
    ];
    expect(await sources({ serverCas })).toEqual([['trustdesk'], false, false]);
  });

  test.each([
    ['localhost:5000', true],
    ['127.0.0.5', true],
    ['[::1]:5000', true],
    ['localhost.example.test', false],
    ['r.test', false],
  ])('a registry at %s may be unverified: %s', async (registry, lenient) => {
    expect(await sources({ registry, url: `https://${registry}` })).toEqual([[], false, lenient]);
  });

  test('a trust server elsewhere is verified, whatever the registry', async () => {
    expect(await sources({ registry: 'localhost:5000' })).toEqual([[], false, false]);
  });

  test('a server on this computer is verified once a root was named for it', async () => {
    const here = { registry: 'localhost:5000', url: 'https://localhost:5000' };
    const serverCas = [{ server: here.url, pem: ca.certificatePem }];
    expect(await sources({ ...here, serverCas })).toEqual([['trustdesk'], false, false]);
    await put('tls/localhost:5000/ca.crt', ca.certificatePem);
    expect(await sources(here)).toEqual([['docker-tls'], false, false]);
  });

  test('an engine’s folder counts where it can be read', async () => {
    await put('certs.d/n.test:4443/ca.crt', ca.certificatePem);
    await put('certs.d/n.test:4443/bad.crt', 'x');
    expect(await sources({ certsD: [path.join(folder, 'none'), path.join(folder, 'certs.d')] })).toEqual([
      ['docker-tls'],
      false,
      false,
    ]);
  });

  test('a client pair, docker’s or notary’s', async () => {
    await put('notary/c.pem', client.certificatePem);
    await put('notary/k.pem', client.keyPem);
    const notaryConfig = await notary({ url, tls_client_cert: 'c.pem', tls_client_key: 'k.pem' });
    expect((await loadServerTls(inputs({ notaryConfig }))).clientCertificateFile).toBe(
      path.join(folder, 'notary/c.pem'),
    );
    await put('tls/n.test:4443/me.cert', client.certificatePem);
    await put('tls/n.test:4443/me.key', client.keyPem);
    const { policy, clientCertificateFile } = await loadServerTls(inputs({ notaryConfig }));
    expect(clientCertificateFile).toBe(path.join(folder, 'tls/n.test:4443/me.cert'));
    expect(policy.clientCertificate?.keyPem).toBe(client.keyPem);
  });

  const files = (): Record<string, string> => ({
    cert: client.certificatePem,
    key: client.keyPem,
    other: other.keyPem,
    ca: ca.certificatePem,
  });
  test.each<[string, Record<string, string>, string]>([
    ['a certificate without its key', { 'me.cert': 'cert' }, 'me.key is missing'],
    ['a key without its certificate', { 'me.key': 'key' }, 'me.cert is missing'],
    ['a key of another certificate', { 'me.cert': 'cert', 'me.key': 'other' }, 'it is not the private key'],
    ['a key where a CA should be', { 'ca.crt': 'key' }, 'it holds no certificate'],
  ])('docker’s folder with %s', async (_name, put_, reason) => {
    for (const [name, what] of Object.entries(put_)) await put(`tls/n.test:4443/${name}`, files()[what]);
    const error: unknown = await loadServerTls(inputs()).catch((reason_: unknown) => reason_);
    expect(isAppError(error) && [error.code, JSON.stringify(error.details)]).toEqual([
      'config/malformed',
      expect.stringContaining(reason),
    ]);
  });

  test('a certificate that cannot be read', async () => {
    await put('tls/n.test:4443/ca.crt', '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n');
    expect(await codeOf(loadServerTls(inputs()))).toBe('config/malformed');
  });

  test.each<[string, object, string]>([
    ['a root that is missing', { root_ca: 'none.pem' }, 'config/unreadable'],
    ['half a client pair', { tls_client_cert: 'c.pem' }, 'config/malformed'],
    [
      'a client pair that is missing',
      { tls_client_cert: 'c.pem', tls_client_key: 'k.pem' },
      'config/unreadable',
    ],
  ])('notary’s configuration with %s', async (_name, server, code) => {
    expect(await codeOf(loadServerTls(inputs({ notaryConfig: await notary({ url, ...server }) })))).toBe(
      code,
    );
  });
});
