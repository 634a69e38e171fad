/** Challenges and tokens against real servers on loopback: what is asked for, of whom, and who never gets a secret. */
import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import { beforeAll, describe, expect, test } from 'vitest';
import { isAppError } from '../../../shared/errors.ts';
import { createHttpClient } from '../../../electron/network/http-client.ts';
import type { TlsPolicy } from '../../../electron/network/tls-policy.ts';
import { parseChallenges } from '../../../electron/registry/auth-challenge.ts';
import { fetchAuthorized } from '../../../electron/registry/authorized-fetch.ts';
import { fixedCredentials } from '../../../electron/registry/credentials.ts';
import type { Credentials } from '../../../electron/registry/docker-config.ts';
import { type Authorizer, createAuthorizer } from '../../../electron/registry/token-auth.ts';
import { type Issued, makeCa, makeLeaf } from '../network/certificates.ts';
import { type Running, startHttps } from '../network/loopback-server.ts';

describe('challenges', () => {
  const list = (header: string | undefined) =>
    parseChallenges(header).map(({ scheme, parameters }) => [scheme, Object.fromEntries(parameters)]);
  test.each<[string | undefined, unknown]>([
    [undefined, []],
    ['', []],
    ['Basic realm="a b"', [['basic', { realm: 'a b' }]]],
    [
      'Bearer realm="https://a/t",service="s",scope="repository:x/y:pull,push"',
      [['bearer', { realm: 'https://a/t', service: 's', scope: 'repository:x/y:pull,push' }]],
    ],
    ['BEARER Realm = "r" , x=y', [['bearer', { realm: 'r', x: 'y' }]]],
    ['Bearer realm="a\\"b\\\\c"', [['bearer', { realm: 'a"b\\c' }]]],
    [
      'Negotiate, Basic realm="r"',
      [
        ['negotiate', {}],
        ['basic', { realm: 'r' }],
      ],
    ],
    [
      'Basic realm="r", Bearer realm="q",service="s"',
      [
        ['basic', { realm: 'r' }],
        ['bearer', { realm: 'q', service: 's' }],
      ],
    ],
    ['realm="nobody"', []],
    ['Bearer realm="open', [['bearer', {}]]],
    ['Bearer \u0000', [['bearer', {}]]],
    [`Bearer realm="${'x'.repeat(20_000)}"`, []],
  ])('%s', (header, expected) => {
    expect(list(header)).toEqual(expected);
  });
  test('a long hostile header is answered at once', () => {
    expect(list('a '.repeat(8000)).length).toBeGreaterThan(0);
    expect(list(`Bearer ${'a="'.repeat(5000)}`)).toHaveLength(1);
  });
});

let ca: Issued;
let tls: TlsPolicy;
let leaf: Issued;
beforeAll(async () => {
  ca = await makeCa('auth ca');
  leaf = await makeLeaf(ca);
  tls = { extraRoots: [ca.certificatePem], exclusive: true, allowUnverified: false };
});

const http = createHttpClient({ env: {} });
const scope = 'repository:registry.test/x:pull';
const pair: Credentials = { kind: 'password', username: 'me', password: 'p:w' };

interface Asked {
  readonly method: string | undefined;
  readonly url: URL;
  readonly authorization: string | undefined;
  readonly body: string;
}

async function readBody(request: IncomingMessage): Promise<string> {
  let text = '';
  for await (const chunk of request) text += String(chunk);
  return text;
}

/** A token server that notes what it is asked. */
async function startTokens(answer: (response: ServerResponse, asked: Asked) => void, pairOf = leaf) {
  const asked: Asked[] = [];
  const handler: RequestListener = (request, response) => {
    void readBody(request).then((body) => {
      const url = new URL(request.url ?? '/', 'https://x');
      const one = { method: request.method, url, authorization: request.headers.authorization, body };
      asked.push(one);
      answer(response, one);
    });
  };
  return { asked, server: await startHttps(pairOf, handler) };
}

/** A server that lets in whoever has `accepted`, and challenges everybody else. */
async function startGuarded(challenge: string | undefined, accepted: string) {
  const seen: (string | undefined)[] = [];
  const server = await startHttps(leaf, (request, response) => {
    seen.push(request.headers.authorization);
    if (request.headers.authorization === accepted) response.end('in');
    else response.writeHead(401, challenge === undefined ? {} : { 'www-authenticate': challenge }).end();
  });
  return { seen, server };
}

function authorizerOf(credentials: Credentials | undefined, clock = () => 0): Authorizer {
  const found = credentials === undefined ? undefined : { credentials, source: 'test' };
  return createAuthorizer({
    http,
    credentials: fixedCredentials(found),
    registry: 'registry.test',
    tls,
    clock,
  });
}

const ask = async (authorizer: Authorizer, server: Running): Promise<number> =>
  (await fetchAuthorized(http, authorizer, scope, { url: server.url, tls, limitBytes: 100 })).status;
const bearer = (realm: URL, service = 'svc'): string =>
  `Bearer realm="${realm.href}token",service="${service}",scope="ignored"`;
const give = (body: object) => (response: ServerResponse) => void response.end(JSON.stringify(body));

async function codeOf(work: Promise<unknown>): Promise<string> {
  const error: unknown = await work.then(
    () => expect.unreachable('accepted'),
    (reason: unknown) => reason,
  );
  if (!isAppError(error)) throw error;
  expect(JSON.stringify(error.details)).not.toContain('p:w');
  return error.code;
}

describe('a bearer token', () => {
  test('is asked for with account, scope and service, in docker’s order, and then sent', async () => {
    const tokens = await startTokens(give({ token: 'abc' }));
    const guarded = await startGuarded(bearer(tokens.server.url), 'Bearer abc');
    expect(await ask(authorizerOf(pair), guarded.server)).toBe(200);
    expect(guarded.seen).toEqual([undefined, 'Bearer abc']);
    expect(tokens.asked[0]?.url.search).toBe(
      '?account=me&scope=repository%3Aregistry.test%2Fx%3Apull&service=svc',
    );
    expect(tokens.asked[0]?.authorization).toBe(`Basic ${Buffer.from('me:p:w').toString('base64')}`);
  });

  test('without credentials is asked for anonymously', async () => {
    const tokens = await startTokens(give({ access_token: 'abc' }));
    const guarded = await startGuarded(bearer(tokens.server.url), 'Bearer abc');
    const authorizer = authorizerOf(undefined);
    expect(await ask(authorizer, guarded.server)).toBe(200);
    expect([tokens.asked[0]?.authorization, tokens.asked[0]?.url.searchParams.get('account')]).toEqual([
      undefined,
      null,
    ]);
    expect(authorizer.facts()).toEqual({ scheme: 'bearer', scope, account: undefined, source: undefined });
  });

  test('for an identity token is asked for by a refresh', async () => {
    const tokens = await startTokens(give({ access_token: 'abc' }));
    const guarded = await startGuarded(bearer(tokens.server.url), 'Bearer abc');
    expect(
      await ask(authorizerOf({ kind: 'identity-token', username: '', token: 'it' }), guarded.server),
    ).toBe(200);
    expect([tokens.asked[0]?.method, tokens.asked[0]?.url.search, tokens.asked[0]?.authorization]).toEqual([
      'POST',
      '',
      undefined,
    ]);
    expect(Object.fromEntries(new URLSearchParams(tokens.asked[0]?.body))).toEqual({
      client_id: 'docker',
      grant_type: 'refresh_token',
      refresh_token: 'it',
      scope,
      service: 'svc',
    });
  });

  test('is kept as long as it lives, at least a minute', async () => {
    let now = 0;
    const tokens = await startTokens(give({ token: 'abc', expires_in: 5 }));
    const guarded = await startGuarded(bearer(tokens.server.url), 'Bearer abc');
    const authorizer = authorizerOf(pair, () => now);
    for (const at of [0, 59_000, 61_000]) {
      now = at;
      expect(await ask(authorizer, guarded.server)).toBe(200);
    }
    expect(tokens.asked).toHaveLength(2);
  });

  test('that does not help is asked for once, not for ever', async () => {
    const tokens = await startTokens(give({ token: 'abc' }));
    const guarded = await startGuarded(bearer(tokens.server.url), 'never');
    expect(await ask(authorizerOf(pair), guarded.server)).toBe(401);
    expect([tokens.asked.length, guarded.seen.length]).toEqual([1, 2]);
  });

  test.each<[string, (response: ServerResponse) => void, string]>([
    ['401', (response) => void response.writeHead(401).end(), 'registry/unauthorised'],
    ['403', (response) => void response.writeHead(403).end(), 'registry/unauthorised'],
    ['500', (response) => void response.writeHead(500).end(), 'registry/error'],
    [
      'a redirect to http',
      (response) => void response.writeHead(302, { location: 'http://localhost/' }).end(),
      'network/redirect-refused',
    ],
    ['no JSON', (response) => void response.end('token'), 'registry/bad-answer'],
    ['a list', give([]), 'registry/bad-answer'],
    ['no token', give({}), 'registry/bad-answer'],
    ['an empty token', give({ token: '' }), 'registry/bad-answer'],
    ['a token that would split the header', give({ token: 'a\r\nx: y' }), 'registry/bad-answer'],
    [
      'a token without an end',
      (response) => void response.end(Buffer.alloc(1024 * 1024 + 1)),
      'network/too-large',
    ],
  ])('server that answers with %s', async (_name, answer, code) => {
    const tokens = await startTokens(answer);
    const guarded = await startGuarded(bearer(tokens.server.url), 'x');
    expect(await codeOf(ask(authorizerOf(pair), guarded.server))).toBe(code);
  });
});

describe('credentials never go to', () => {
  test.each(['http://tokens.example.test/', 'ftp://x.test/', 'nonsense', ''])(
    'the token server %j',
    async (realm) => {
      const guarded = await startGuarded(`Bearer realm="${realm}"`, 'x');
      expect(await codeOf(ask(authorizerOf(pair), guarded.server))).toBe('registry/bad-answer');
    },
  );

  test('a token server whose certificate does not verify, whatever the policy of the asker allows', async () => {
    const strange = await startTokens(give({ token: 'abc' }), await makeLeaf(await makeCa('strange')));
    const guarded = await startGuarded(bearer(strange.server.url), 'Bearer abc');
    tls = { ...tls, allowUnverified: true };
    expect(await codeOf(ask(authorizerOf(pair), guarded.server))).toBe('network/unknown-ca');
    expect(strange.asked).toEqual([]);
    tls = { ...tls, allowUnverified: false };
  });

  test('a server that we were redirected to', async () => {
    const tokens = await startTokens(give({ token: 'abc' }));
    const guarded = await startGuarded(`Basic realm="r", ${bearer(tokens.server.url)}`, 'x');
    const first = await startHttps(leaf, (_request, response) =>
      response.writeHead(307, { location: guarded.server.url.href }).end(),
    );
    expect(await ask(authorizerOf(pair), first)).toBe(401);
    expect([tokens.asked, guarded.seen]).toEqual([[], [undefined]]);
  });
});

describe('basic authentication', () => {
  const header = `Basic ${Buffer.from('me:p:w').toString('base64')}`;
  test('is answered when it is asked for', async () => {
    const guarded = await startGuarded('Basic realm="r"', header);
    const authorizer = authorizerOf(pair);
    expect(await ask(authorizer, guarded.server)).toBe(200);
    expect(authorizer.facts()).toEqual({ scheme: 'basic', scope, account: 'me', source: 'test' });
  });

  test.each<[string, string | undefined, Credentials | undefined]>([
    ['is not answered without credentials', 'Basic realm="r"', undefined],
    [
      'is not answered with an identity token',
      'Basic realm="r"',
      { kind: 'identity-token', username: '', token: 'it' },
    ],
    ['is not offered unasked', undefined, pair],
    ['is not offered to a scheme we do not speak', 'Negotiate', pair],
  ])('%s', async (_name, challenge, credentials) => {
    const guarded = await startGuarded(challenge, header);
    expect(await ask(authorizerOf(credentials), guarded.server)).toBe(401);
    expect(guarded.seen).toEqual([undefined]);
  });
});
