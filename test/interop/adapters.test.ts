/**
 * Network, credentials and cache against the real servers: tokens and passwords as docker sends them, a registry's
 * tags, and one cache that docker, notary and Trustdesk use in turn.
 */
import { rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { isAppError } from '../../shared/errors.ts';
import { nodeCrypto } from '../../electron/crypto/node-crypto.ts';
import { createHttpClient } from '../../electron/network/http-client.ts';
import { openMetadataCache } from '../../electron/notary/metadata-cache.ts';
import { fetchHealth, pingServer } from '../../electron/notary/server-status.ts';
import { loadServerTls } from '../../electron/notary/server-tls.ts';
import { createNotaryTransport } from '../../electron/notary/transport.ts';
import { loadRepository } from '../../electron/notary/updater.ts';
import type { VerifiedRepository } from '../../electron/notary/verified-repository.ts';
import { dockerCredentials } from '../../electron/registry/credentials.ts';
import { registryOfGun } from '../../electron/registry/image-reference.ts';
import { createRegistryClient, type RegistryClient } from '../../electron/registry/registry-client.ts';
import { createAuthorizer } from '../../electron/registry/token-auth.ts';
import { parseGun, TARGETS } from '../../electron/tuf/names.ts';
import { describeWithPeers } from '../lab/describe-with-peers.ts';
import { startDockerRegistry, registryAccount } from '../lab/docker-registry.ts';
import { startNotaryServer, type NotaryServer } from '../lab/notary-server.ts';
import { basicAuth, startTokenServer } from '../lab/token-server.ts';
import { useScope } from '../lab/use-scope.ts';
import { makeWorkstation, type Workstation } from '../lab/workstation.ts';

const remote = 'registry.example.test:5000';
const http = createHttpClient({ env: {} });

async function connect(desk: Workstation, url: string, gunText: string, actions = 'pull') {
  const gun = parseGun(gunText);
  const { registry, repository } = registryOfGun(gun);
  const { policy } = await loadServerTls({
    url,
    registry,
    dockerConfig: desk.dockerConfig,
    serverCas: [],
    notaryConfig: undefined,
  });
  const credentials = dockerCredentials(join(desk.dockerConfig, 'config.json'), {});
  const authorizer = createAuthorizer({ http, credentials, registry, tls: policy, clock: Date.now });
  const shared = { http, authorizer, tls: policy };
  return {
    policy,
    authorizer,
    transport: createNotaryTransport({ gun, server: url, actions, ...shared }),
    registryClient: (): RegistryClient => createRegistryClient({ registry, repository, ...shared }),
    cache: openMetadataCache(desk.trustDirectory, gun),
    gun,
  };
}

type From = 'server-or-cache' | 'server' | 'cache';
async function read(
  desk: Workstation,
  url: string,
  gunText: string,
  from?: From,
): Promise<VerifiedRepository> {
  const { transport, cache, gun } = await connect(desk, url, gunText);
  const now = new Date();
  return loadRepository(gun, {
    transport,
    cache,
    crypto: nodeCrypto,
    now,
    ...(from === undefined ? {} : { from }),
  });
}

async function failure(work: Promise<unknown>): Promise<{ readonly code: string; readonly details: object }> {
  const error: unknown = await work.then(
    () => expect.unreachable('expected a failure'),
    (reason: unknown) => reason,
  );
  if (!isAppError(error)) throw error;
  return { code: error.code, details: error.details };
}

const tagsOf = (repository: VerifiedRepository): readonly string[] =>
  [...repository.targets.values()].flatMap(({ body }) => body.targets.map((target) => target.name));

async function publish(desk: Workstation, gun: string, tag: string): Promise<void> {
  const file = join(desk.home, 'content');
  await writeFile(file, tag);
  await desk.must.notary(['add', gun, tag, file, '-p']);
}

describeWithPeers(
  'one cache for three programs',
  ['docker', 'notary', 'notary-server', 'notary-signer'],
  () => {
    const lab = useScope(async (scope) => {
      const notary = await startNotaryServer(scope, { signing: 'remote' });
      const owner = await makeWorkstation(scope, { notary });
      for (const name of ['one', 'two', 'three']) {
        await owner.must.notary(['init', `${remote}/acme/${name}`, '-p']);
        await publish(owner, `${remote}/acme/${name}`, '1.0');
      }
      return { scope, notary, owner };
    });

    test('what we keep, docker and notary read without the server', async () => {
      const { scope, notary } = lab();
      const desk = await makeWorkstation(scope, {
        notary: { ...notary, url: 'https://localhost:1', host: 'localhost:1' },
      });
      await expect(read(desk, notary.url, `${remote}/acme/one`)).rejects.toThrow(/unknown-ca/);
      const trusting = await makeWorkstation(scope, { notary });
      expect(tagsOf(await read(trusting, notary.url, `${remote}/acme/one`))).toEqual(['1.0']);
      const offline = { env: { DOCKER_CONTENT_TRUST_SERVER: 'https://localhost:1' } };
      const seen = await trusting.docker(['trust', 'inspect', `${remote}/acme/one`], offline);
      expect(seen.stdout).toContain('"SignedTag": "1.0"');
      const listed = await trusting.notary(['-s', 'https://localhost:1', 'list', `${remote}/acme/one`]);
      expect(listed.stdout).toContain('1.0');
    });

    test('what docker kept, we read without the server, and say so', async () => {
      const { scope, notary } = lab();
      const desk = await makeWorkstation(scope, { notary });
      await desk.must.docker(['trust', 'inspect', `${remote}/acme/one`]);
      const loaded = await read(desk, 'https://localhost:1', `${remote}/acme/one`);
      expect(tagsOf(loaded)).toEqual(['1.0']);
      expect(loaded.freshness).toMatchObject({ kind: 'cached', reason: { code: 'network/refused' } });
      expect((await read(desk, notary.url, `${remote}/acme/one`)).freshness.kind).toBe('verified');
    });

    test('rotations by notary are followed: one key after the other, and three roots at once', async () => {
      const { scope, notary, owner } = lab();
      const gun = `${remote}/acme/two`;
      const desk = await makeWorkstation(scope, { notary });
      const before = (await read(desk, notary.url, gun)).root.body.version;
      for (const [role, ...flags] of [['snapshot', '-r'], ['targets'], ['timestamp', '-r']] as const) {
        await owner.must.notary(['key', 'rotate', gun, role, ...flags]);
        expect((await read(desk, notary.url, gun)).freshness.kind).toBe('verified');
      }
      for (let i = 0; i < 3; i++) await owner.must.notary(['key', 'rotate', gun, 'root'], { input: 'yes\n' });
      const loaded = await read(desk, notary.url, gun);
      expect(loaded.root.body.version).toBe(before + 6);
      await desk.must.docker(['trust', 'inspect', gun]);
    });

    test('a repository that was deleted and made anew by somebody is refused', async () => {
      const { scope, notary, owner } = lab();
      const gun = `${remote}/acme/three`;
      const desk = await makeWorkstation(scope, { notary });
      await read(desk, notary.url, gun);
      await owner.must.notary(['delete', gun, '--remote']);
      expect((await read(desk, notary.url, gun)).freshness).toMatchObject({
        kind: 'cached',
        reason: { code: 'trust/no-data' },
      });
      expect((await failure(read(desk, notary.url, gun, 'server'))).code).toBe('trust/no-data');
      const other = await makeWorkstation(scope, { notary });
      await other.must.notary(['init', gun, '-p']);
      expect((await failure(read(desk, notary.url, gun))).code).toBe('trust/root-rotation-refused');
    });

    test('nothing is made in the trust directory for what does not exist', async () => {
      const { scope, notary } = lab();
      const desk = await makeWorkstation(scope, { notary });
      const gun = `${remote}/none/none`;
      const { code, details } = await failure(read(desk, notary.url, gun));
      expect([code, details]).toEqual(['trust/no-data', { gun, server: notary.host }]);
      await expect(stat(desk.trustDirectory)).rejects.toThrow(/ENOENT/);
    });

    test('the server’s word about itself, its keys, its changes and its refusals', async () => {
      const { scope, notary } = lab();
      const desk = await makeWorkstation(scope, { notary });
      const { transport, policy } = await connect(desk, notary.url, `${remote}/acme/one`, 'push,pull');
      const about = { server: notary.url, http, tls: policy };
      expect([(await fetchHealth(about)).status, (await pingServer(about)).status]).toEqual([200, 200]);
      expect(Buffer.from(await transport.fetchServerKey('timestamp')).toString()).toContain(
        '"keytype":"ecdsa"',
      );
      expect(JSON.parse(Buffer.from(await transport.fetchChangefeed(10)).toString())).toMatchObject({
        count: expect.any(Number) as number,
      });
      const rubbish = new Map([[TARGETS, Buffer.from('{}')]]);
      const { code, details } = await failure(transport.publish(rubbish));
      expect(code).toBe('notary/rejected');
      expect(details).toMatchObject({
        status: 400,
        code: 'INVALID_UPDATE',
        message: 'Update sent by the client is invalid.',
      });
      expect(details).toHaveProperty('detail', expect.stringMatching(/^ErrBadTargets: /));
    });
  },
);

describeWithPeers('tokens as docker asks for them', ['notary', 'notary-server'], () => {
  const accounts = [
    { user: 'reader', password: 'r:pass', actions: ['pull'] },
    { user: 'owner', password: 'opass', actions: ['pull', 'push', '*'] },
  ];
  const lab = useScope(async (scope) => {
    const identityTokens = new Map([['identity-1', 'reader']]);
    const auth = await startTokenServer(scope, { accounts, anonymous: [], identityTokens });
    const notary = await startNotaryServer(scope, { auth });
    const gun = `${remote}/acme/private`;
    const owner = await makeWorkstation(scope, {
      notary,
      logins: { [remote]: { user: 'owner', password: 'opass' } },
    });
    await owner.must.notary(['init', gun, '-p'], { env: { NOTARY_AUTH: basicAuth('owner', 'opass') } });
    return { scope, auth, notary, gun };
  });
  const deskWith = async (auths: object): Promise<Workstation> => {
    const desk = await makeWorkstation(lab().scope, { notary: lab().notary });
    await writeFile(join(desk.dockerConfig, 'config.json'), JSON.stringify({ auths }));
    return desk;
  };

  test.each<[string, object, string, string | undefined]>([
    ['user and password', { auth: basicAuth('reader', 'r:pass') }, 'basic', 'reader'],
    [
      'an identity token',
      { auth: basicAuth('reader', ''), identitytoken: 'identity-1' },
      'refresh_token',
      undefined,
    ],
  ])('with %s: scope, service and account', async (_name, entry, grant, account) => {
    const { auth, notary, gun } = lab();
    const asked = auth.requests.length;
    const loaded = await read(await deskWith({ [remote]: entry }), notary.url, gun);
    expect(loaded.freshness.kind).toBe('verified');
    expect(auth.requests.slice(asked)).toEqual([
      expect.objectContaining({ grant, account, scopes: [`repository:${gun}:pull`], service: auth.service }),
    ]);
  });

  test.each<[string, object, string | null]>([
    ['nobody', {}, null],
    ['a wrong password', { [remote]: { auth: basicAuth('reader', 'wrong') } }, 'reader'],
    [
      'credentials of another registry',
      { 'other.example.test': { auth: basicAuth('reader', 'r:pass') } },
      null,
    ],
  ])('%s is not let in, and told for what', async (_name, auths, account) => {
    const { notary, gun } = lab();
    const outcome = await failure(read(await deskWith(auths), notary.url, gun));
    expect(outcome).toMatchObject({
      code: 'notary/unauthorised',
      details: { server: notary.host, scope: `repository:${gun}:pull`, account, status: 401 },
    });
  });

  test('a reader may not publish', async () => {
    const { notary, gun } = lab();
    const desk = await deskWith({ [remote]: { auth: basicAuth('reader', 'r:pass') } });
    const { transport } = await connect(desk, notary.url, gun, 'push,pull');
    const { code } = await failure(transport.publish(new Map([[TARGETS, Buffer.from('{}')]])));
    expect(code).toBe('notary/unauthorised');
  });
});

describeWithPeers('a registry’s tags', ['docker-registry'], () => {
  describe.each([
    ['plain http', {}, undefined],
    ['https', { tls: true }, undefined],
    ['https with a password', { tls: true, auth: 'basic' }, registryAccount],
  ] as const)('over %s', (_name, options, account) => {
    const lab = useScope(async (scope) => {
      const registry = await startDockerRegistry(scope, options);
      const pushed = await registry.pushImage('acme/app', '1.0');
      for (const tag of ['1.1', '1.2']) await registry.pushImage('acme/app', tag);
      const notary: Pick<NotaryServer, 'url' | 'host' | 'caPem' | 'caPath'> = {
        url: 'https://localhost:1',
        host: 'localhost:1',
        caPem: '',
        caPath: '',
      };
      const logins = account === undefined ? {} : { [registry.host]: account };
      const desk = await makeWorkstation(scope, {
        notary,
        logins,
        registries: [registry],
        trustsServer: false,
      });
      return { registry, pushed, desk };
    });
    const client = async (repository = 'acme/app'): Promise<RegistryClient> => {
      const { registry, desk } = lab();
      return (
        await connect(desk, `https://${registry.host}`, `${registry.host}/${repository}`)
      ).registryClient();
    };

    test('a tag is what the registry says, asked either way', async () => {
      const { pushed } = lab();
      const expected = {
        sha256: pushed.digest.replace('sha256:', ''),
        size: pushed.size,
        mediaType: 'application/vnd.docker.distribution.manifest.v2+json',
      };
      expect(await (await client()).resolveTag('1.0')).toEqual(expected);
      expect(await (await client()).fetchManifest('1.0')).toEqual(expected);
      expect(await (await client()).fetchManifest(pushed.digest)).toEqual(expected);
    });

    test('absent tags and repositories', async () => {
      expect(await (await client()).resolveTag('none')).toBeUndefined();
      expect((await failure((await client('none/none')).listTags())).code).toBe('registry/not-found');
    });

    test('the list of tags, and whether the registry proved itself', async () => {
      const one = await client();
      expect([...(await one.listTags())].sort()).toEqual(['1.0', '1.1', '1.2']);
      expect(one.unverified()).toBe(!('tls' in options));
    });

    test('without credentials, when some are needed', async () => {
      const { desk } = lab();
      await rm(join(desk.dockerConfig, 'config.json'));
      const outcome = (await client()).resolveTag('1.0');
      if (account === undefined) expect(await outcome).toBeDefined();
      else expect((await failure(outcome)).code).toBe('registry/unauthorised');
    });
  });
});
