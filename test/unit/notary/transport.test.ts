/** One repository's requests as they go on the wire, and what unexpected answers become. */
import type { RequestListener } from 'node:http';
import { beforeAll, describe, expect, test } from 'vitest';
import type { Gun, RoleName, Sha256Hex } from '../../../shared/brands.ts';
import { isAppError } from '../../../shared/errors.ts';
import { createHttpClient } from '../../../electron/network/http-client.ts';
import { createNotaryTransport, type NotaryTransport } from '../../../electron/notary/transport.ts';
import { fixedCredentials } from '../../../electron/registry/credentials.ts';
import { createAuthorizer } from '../../../electron/registry/token-auth.ts';
import { parseGun } from '../../../electron/tuf/names.ts';
import { type Issued, makeCa, makeLeaf } from '../network/certificates.ts';
import { startHttps } from '../network/loopback-server.ts';

let ca: Issued;
let leaf: Issued;
beforeAll(async () => {
  ca = await makeCa('n');
  leaf = await makeLeaf(ca);
});
const http = createHttpClient({ env: {} });
const role = (name: string): RoleName => name as RoleName;
const hash = 'a'.repeat(64) as Sha256Hex;

async function start(handler: RequestListener, gun = parseGun('r.test:5000/acme/app'), prefix = '') {
  const server = await startHttps(leaf, handler);
  const tls = { extraRoots: [ca.certificatePem], exclusive: true, allowUnverified: false };
  const found = { credentials: { kind: 'password', username: 'me', password: 'pw' }, source: 's' } as const;
  const authorizer = createAuthorizer({
    http,
    credentials: fixedCredentials(found),
    registry: 'r',
    tls,
    clock: () => 0,
  });
  const transport = createNotaryTransport({
    gun,
    server: `${server.url.origin}${prefix}`,
    http,
    authorizer,
    tls,
    actions: 'push,pull',
  });
  return { transport, host: server.url.host };
}

async function outcome(work: Promise<unknown>): Promise<unknown> {
  const error: unknown = await work.then(
    () => expect.unreachable('accepted'),
    (reason: unknown) => reason,
  );
  if (!isAppError(error)) throw error;
  return [error.code, error.details];
}

describe('requests', () => {
  test.each<[string, (transport: NotaryTransport) => Promise<unknown>, string]>([
    ['a current file', (t) => t.fetchCurrent(role('timestamp')), 'GET tuf/timestamp.json'],
    ['by hash', (t) => t.fetchByHash(role('targets/a/b'), hash, 100), `GET tuf/targets/a/b.${hash}.json`],
    ['by version', (t) => t.fetchByVersion(role('root'), 2), 'GET tuf/2.root.json'],
    ['a server key', (t) => t.fetchServerKey('snapshot'), 'GET tuf/snapshot.key'],
    ['a new server key', (t) => t.rotateServerKey('timestamp'), 'POST tuf/timestamp.key'],
    ['a publish', (t) => t.publish(new Map([[role('targets'), Buffer.from('{}')]])), 'POST tuf/'],
    ['a deletion', (t) => t.deleteAll(), 'DELETE tuf/'],
    ['the change feed', (t) => t.fetchChangefeed(-5, '7'), 'GET changefeed?records=-5&change_id=7'],
  ])('%s', async (_name, call, expected) => {
    let asked = '';
    const { transport } = await start(
      (request, response) => {
        asked = `${request.method ?? ''} ${request.url ?? ''}`;
        request.resume().on('end', () => response.end('{}'));
      },
      undefined,
      '/prefix',
    );
    await call(transport);
    expect(asked).toBe(expected.replace(' ', ' /prefix/v2/r.test:5000/acme/app/_trust/'));
  });

  test.each([
    ['a#b/c', 'a%23b/c'],
    ['a%2e%2e/c', 'a%252e%252e/c'],
    ['[::1]:5000/x', '[::1]:5000/x'],
    ['host/ü', 'host/%C3%BC'],
  ])('the name %s stays one path', async (name, expected) => {
    let asked: string | undefined;
    const { transport } = await start((request, response) => {
      asked = request.url;
      response.end('{}');
    }, name as Gun);
    await transport.fetchCurrent(role('root'));
    expect(asked).toBe(`/v2/${expected}/_trust/tuf/root.json`);
  });
});

describe('answers', () => {
  const status =
    (code: number, body = ''): RequestListener =>
    (request, response) =>
      void request.resume().on('end', () => response.writeHead(code).end(body));
  test.each([401, 403])('%s names scope and account', async (code) => {
    const { transport, host } = await start(status(code));
    const scope = 'repository:r.test:5000/acme/app:push,pull';
    const from = code === 401 ? { account: 'me', source: 's' } : { account: null };
    expect(await outcome(transport.fetchCurrent(role('root')))).toEqual([
      'notary/unauthorised',
      { server: host, scope, ...from, status: code },
    ]);
  });

  test('404 names the file', async () => {
    const { transport } = await start(status(404));
    const missing = ['notary/metadata-missing', { gun: 'r.test:5000/acme/app', role: `targets.${hash}` }];
    expect(await outcome(transport.fetchByHash(role('targets'), hash, 5))).toEqual(missing);
  });

  test.each([301, 304, 400, 405, 429, 500, 503])('%s is the server’s failure', async (code) => {
    const { transport, host } = await start(status(code));
    expect(await outcome(transport.publish(new Map()))).toEqual([
      'notary/server-error',
      { server: host, status: code },
    ]);
  });

  test('a token server that makes no sense is the trust server’s bad answer', async () => {
    const { transport, host } = await start((_request, response) =>
      response.writeHead(401, { 'www-authenticate': 'Bearer realm="http://tokens.example.test/"' }).end(),
    );
    const reason = 'the token server http://tokens.example.test is not https';
    expect(await outcome(transport.fetchCurrent(role('root')))).toEqual([
      'notary/bad-answer',
      { server: host, reason },
    ]);
  });

  test.each<[string, (transport: NotaryTransport) => Promise<unknown>, number]>([
    ['a timestamp', (t) => t.fetchCurrent(role('timestamp')), 1024 * 1024],
    ['an announced file', (t) => t.fetchByHash(role('targets'), hash, 50), 50],
    ['a key', (t) => t.fetchServerKey('timestamp'), 256 * 1024],
  ])('%s of one byte too many is cut', async (_name, call, limitBytes) => {
    const { transport } = await start((_request, response) => response.end(Buffer.alloc(limitBytes + 1)));
    expect(await outcome(call(transport))).toEqual(['network/too-large', { host: 'localhost', limitBytes }]);
  });
});
