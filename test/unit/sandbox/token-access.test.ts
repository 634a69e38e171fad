/** Who may do what: basic and token authentication as the two servers ask for them. */
import { describe, expect, it } from 'vitest';
import { basicAccess } from '../../../electron/sandbox/access/access-control.ts';
import type { SandboxAccount } from '../../../electron/sandbox/access/access-control.ts';
import { TokenAccess, parseScopes, tokenPath } from '../../../electron/sandbox/access/token-access.ts';
import { bytesOf, toRequest } from '../../../electron/sandbox/exchange.ts';
import { MemoryRegistryStore } from '../../../electron/sandbox/registry/memory-registry-store.ts';
import { RegistryService } from '../../../electron/sandbox/registry/registry-service.ts';
import { NotarySimulator } from '../../simulator/notary-simulator.ts';
import { Publisher } from '../../simulator/notary-simulator-publisher.ts';

const gun = 'localhost:5000/acme/app';
const accounts: readonly SandboxAccount[] = [
  { user: 'reader', password: 'r:1', actions: ['pull'] },
  { user: 'writer', password: 'w1', actions: ['pull', 'push'] },
  { user: 'owner', password: 'o1', actions: ['*'], catalog: true },
  { user: 'guest', password: 'g1', actions: ['*'], repositories: ['localhost:5000/guest/'] },
];
const basic = (user: string, password: string): string =>
  `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`;

function open(anonymous: readonly string[] = []) {
  let now = new Date('2026-06-01T12:00:00Z');
  const access = new TokenAccess({ accounts, anonymous, service: 'svc', lifeSeconds: 60, clock: () => now });
  const simulator = new NotarySimulator({ access });
  return {
    access,
    simulator,
    travel: (seconds: number) => void (now = new Date(now.getTime() + seconds * 1000)),
  };
}

async function askRealm(access: TokenAccess, query: string, authorization?: string) {
  const headers = authorization === undefined ? {} : { Authorization: authorization };
  const response = await access.handle(
    toRequest('GET', `https://localhost:4443${tokenPath}?${query}`, { headers }),
  );
  const text = Buffer.from(await bytesOf(response)).toString('utf8');
  return { status: response.status, body: JSON.parse(text) as { token: string; refresh_token?: string } };
}

async function bearer(access: TokenAccess, scope: string, user?: readonly [string, string]): Promise<string> {
  const query = new URLSearchParams({ scope, service: 'svc' }).toString();
  const { body } = await askRealm(access, query, user && basic(...user));
  return `Bearer ${body.token}`;
}

describe('a challenge', () => {
  it.each([
    ['GET', `/v2/`, 'registry:catalog:*'],
    ['GET', `/v2/${gun}/_trust/tuf/root.json`, `repository:${gun}:pull`],
    ['GET', `/v2/${gun}/_trust/tuf/timestamp.key`, `repository:${gun}:push,pull`],
    ['POST', `/v2/${gun}/_trust/tuf/`, `repository:${gun}:push,pull`],
    ['POST', `/v2/${gun}/_trust/tuf/timestamp.key`, `repository:${gun}:*`],
    ['DELETE', `/v2/${gun}/_trust/tuf/`, `repository:${gun}:*`],
    ['GET', `/v2/${gun}/_trust/changefeed?records=1`, `repository:${gun}:pull`],
    ['GET', '/v2/_trust/changefeed?records=1', 'registry:catalog:*'],
    ['GET', '/anything', 'registry:catalog:*'],
  ])('%s %s asks for %s', async (method, path, scope) => {
    const { simulator } = open();
    const { status, headers } = await simulator.send(method, path);
    expect(status).toBe(401);
    expect(headers.get('www-authenticate')).toBe(
      `Bearer realm="https://localhost:4443${tokenPath}",service="svc",scope="${scope}"`,
    );
  });

  it('lists what was missing', async () => {
    const { body } = await open().simulator.send('GET', `/v2/${gun}/_trust/tuf/snapshot.key`);
    expect(JSON.parse(body.toString())).toEqual({
      errors: [
        {
          code: 'UNAUTHORIZED',
          message: 'authentication required',
          detail: ['push', 'pull'].map((Action) => ({ Type: 'repository', Class: '', Name: gun, Action })),
        },
      ],
    });
  });

  it.each(['/_notary_server/health', '/metrics'])('is not made for %s', async (path) => {
    expect((await open().simulator.send('GET', path)).status).toBe(200);
  });
});

describe('a token', () => {
  const keyPath = `/v2/${gun}/_trust/tuf/timestamp.key`;
  const scope = (actions: string, name = gun): string => `repository:${name}:${actions}`;

  it('allows what it was made for', async () => {
    const { access, simulator } = open();
    const Authorization = await bearer(access, scope('push,pull'), ['writer', 'w1']);
    expect((await simulator.send('GET', keyPath, { headers: { Authorization } })).status).toBe(200);
  });

  it('of an owner allows everything', async () => {
    const { access, simulator } = open();
    const headers = { Authorization: await bearer(access, scope('*'), ['owner', 'o1']) };
    const withToken: typeof simulator.send = (method, path, options) =>
      simulator.send(method, path, { ...options, headers: { ...options?.headers, ...headers } });
    await (await Publisher.create(withToken, gun, simulator.now)).init();
    expect((await withToken('DELETE', `/v2/${gun}/_trust/tuf/`)).status).toBe(200);
  });

  it.each([
    ['a reader who wants to push', ['reader', 'r:1'], 'push,pull', gun, 'insufficient_scope'],
    ['nobody', undefined, 'push,pull', gun, 'insufficient_scope'],
    ['a guest elsewhere', ['guest', 'g1'], 'push,pull', gun, 'insufficient_scope'],
    ['a token for another repository', ['writer', 'w1'], 'push,pull', `${gun}-two`, 'insufficient_scope'],
    ['a token for less', ['writer', 'w1'], 'pull', gun, 'insufficient_scope'],
  ] as const)('is not enough: %s', async (_, user, actions, name, error) => {
    const { access, simulator } = open();
    const Authorization = await bearer(access, scope(actions, name), user);
    const { status, headers } = await simulator.send('GET', keyPath, { headers: { Authorization } });
    expect([status, headers.get('www-authenticate')]).toEqual([
      401,
      expect.stringContaining(`error="${error}"`),
    ]);
  });

  it.each(['Bearer made-up', 'Bearer ', 'Bearer'])('that is none: %s', async (Authorization) => {
    const { headers } = await open().simulator.send('GET', keyPath, { headers: { Authorization } });
    expect(headers.get('www-authenticate')).toContain('error="invalid_token"');
  });

  it('ends', async () => {
    const { access, simulator, travel } = open();
    const Authorization = await bearer(access, scope('push,pull'), ['writer', 'w1']);
    travel(59);
    expect((await simulator.send('GET', keyPath, { headers: { Authorization } })).status).toBe(200);
    travel(1);
    expect((await simulator.send('GET', keyPath, { headers: { Authorization } })).status).toBe(401);
  });

  it('without credentials allows what everybody may', async () => {
    const { access, simulator } = open(['pull']);
    const Authorization = await bearer(access, scope('pull'));
    const { status } = await simulator.send('GET', `/v2/${gun}/_trust/tuf/root.json`, {
      headers: { Authorization },
    });
    expect(status).toBe(404);
  });
});

describe('the realm', () => {
  const post = (access: TokenAccess, form: Readonly<Record<string, string>>) =>
    access.handle(
      toRequest('POST', `https://localhost:4443${tokenPath}`, { body: new URLSearchParams(form).toString() }),
    );

  it.each([
    ['a wrong password', basic('writer', 'w2')],
    ['an unknown user', basic('nobody', 'w1')],
    ['no Basic credentials', 'Bearer x'],
    ['no colon', `Basic ${Buffer.from('writer').toString('base64')}`],
  ])('refuses %s', async (_, authorization) => {
    expect((await askRealm(open().access, 'scope=repository:a:pull', authorization)).status).toBe(401);
  });

  it('gives an identity token to who asks for one, and takes it back for tokens', async () => {
    const { access, simulator } = open();
    const { body } = await askRealm(access, 'offline_token=true&service=svc', basic('writer', 'w1'));
    const scope = `repository:${gun}:push,pull`;
    const response = await post(access, {
      grant_type: 'refresh_token',
      refresh_token: body.refresh_token ?? '',
      scope,
      service: 'svc',
      client_id: 'docker',
    });
    const { access_token } = JSON.parse(Buffer.from(await bytesOf(response)).toString()) as {
      access_token: string;
    };
    const headers = { Authorization: `Bearer ${access_token}` };
    expect((await simulator.send('GET', `/v2/${gun}/_trust/tuf/timestamp.key`, { headers })).status).toBe(
      200,
    );
  });

  it.each([
    { grant_type: 'refresh_token', refresh_token: 'made-up' },
    { grant_type: 'refresh_token' },
    { grant_type: 'password', username: 'writer', password: 'wrong' },
    {},
  ])('refuses the form %j', async (form) => {
    expect((await post(open().access, form)).status).toBe(401);
  });

  it('answers GET and POST only', async () => {
    const { access } = open();
    expect((await access.handle(toRequest('PUT', `https://localhost:4443${tokenPath}`))).status).toBe(405);
  });

  it.each([
    [
      'repository:localhost:5000/a:push,pull',
      [
        ['localhost:5000/a', 'push'],
        ['localhost:5000/a', 'pull'],
      ],
    ],
    ['repository(plugin):a:pull', [['a', 'pull']]],
    ['registry:catalog:*', [['catalog', '*']]],
    [
      'repository:a:pull repository:b:pull',
      [
        ['a', 'pull'],
        ['b', 'pull'],
      ],
    ],
    ['other:a:pull', []],
    ['repository:a', []],
    ['', []],
  ])('reads the scope %s', (scope, expected) => {
    expect(parseScopes([scope]).map(({ name, action }) => [name, action])).toEqual(expected);
  });
});

describe('basic authentication', () => {
  const access = basicAccess('lab', accounts);
  it.each([
    ['no credentials', undefined, 'GET', 401],
    ['a wrong password', basic('writer', 'x'), 'GET', 401],
    ['a password with a colon', basic('reader', 'r:1'), 'GET', 404],
    ['a reader who writes', basic('reader', 'r:1'), 'PUT', 401],
    ['a writer', basic('writer', 'w1'), 'PUT', 400],
  ])('at the registry: %s', async (_, authorization, method, status) => {
    const registry = new RegistryService(new MemoryRegistryStore(), access);
    const headers = authorization === undefined ? {} : { Authorization: authorization };
    const response = await registry.handle(
      toRequest(method, 'https://localhost:5000/v2/acme/app/manifests/1.0', { headers }),
    );
    expect(response.status).toBe(status);
    if (status === 401) expect(response.headers.get('Www-Authenticate')).toBe('Basic realm="lab"');
  });

  it.each([
    ['reader', 'r:1', '/v2/', 200],
    ['reader', 'r:1', '/v2/_catalog', 401],
    ['owner', 'o1', '/v2/_catalog', 200],
    ['reader', 'r:1', '/v2/a/manifests/1.0', 404],
  ])('%s at %s: %i', async (user, password, path, status) => {
    const registry = new RegistryService(new MemoryRegistryStore(), access);
    const headers = { Authorization: basic(user, password) };
    expect(
      (await registry.handle(toRequest('GET', `https://localhost:5000${path}`, { headers }))).status,
    ).toBe(status);
  });
});
