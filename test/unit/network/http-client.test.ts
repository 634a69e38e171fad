/** The one fetch against real servers on loopback: what it accepts, and above all what it refuses. */
import type { IncomingMessage, RequestListener } from 'node:http';
import { afterEach, beforeAll, describe, expect, test } from 'vitest';
import { hasCode, isAppError, type ErrorCode } from '../../../shared/errors.ts';
import {
  createHttpClient,
  type HttpClient,
  type HttpRequest,
} from '../../../electron/network/http-client.ts';
import type { TlsPolicy } from '../../../electron/network/tls-policy.ts';
import { type Issued, makeCa, makeLeaf } from './certificates.ts';
import { startHttp, startHttps, startProxy, startTcp, type Running } from './loopback-server.ts';

let ca: Issued, otherCa: Issued, leaf: Issued, clientCa: Issued, client: Issued;
const clients: HttpClient[] = [];

beforeAll(async () => {
  [ca, otherCa, clientCa] = await Promise.all([makeCa('test ca'), makeCa('other ca'), makeCa('client ca')]);
  [leaf, client] = await Promise.all([makeLeaf(ca), makeLeaf(clientCa, { commonName: 'client' })]);
});
afterEach(() => {
  for (const each of clients.splice(0)) each.close();
});

function newClient(env: Record<string, string> = {}): HttpClient {
  const created = createHttpClient({ env });
  clients.push(created);
  return created;
}

const trusting = (...roots: Issued[]): TlsPolicy => ({
  extraRoots: roots.map((root) => root.certificatePem),
  exclusive: false,
  allowUnverified: false,
});

const get = (url: URL, tls: TlsPolicy, more: Partial<HttpRequest> = {}): HttpRequest => ({
  url,
  tls,
  limitBytes: 1000,
  ...more,
});

async function failure(work: Promise<unknown>): Promise<{ code: ErrorCode; details: object }> {
  const error: unknown = await work.then(
    () => expect.unreachable('expected a failure'),
    (reason: unknown) => reason,
  );
  if (!isAppError(error)) throw error;
  return { code: error.code, details: error.details };
}

const say =
  (text: string): RequestListener =>
  (_request, response) =>
    void response.end(text);

describe('an answer', () => {
  test('arrives verified, with status, headers and body', async () => {
    const server = await startHttps(leaf, (_q, response) =>
      response.writeHead(404, { 'X-One': 'a' }).end('gone'),
    );
    const answer = await newClient().fetch(get(server.url, trusting(ca)));
    expect([answer.status, answer.header('x-One'), Buffer.from(answer.body).toString()]).toEqual([
      404,
      'a',
      'gone',
    ]);
    expect(answer.tlsVerified).toBe(true);
  });

  test('reuses a connection', async () => {
    const server = await startHttps(leaf, say('x'));
    const [one, tls] = [newClient(), trusting(ca)];
    await one.fetch(get(server.url, tls));
    await one.fetch(get(server.url, tls));
    expect(server.connections()).toBe(1);
  });

  test('survives a connection that the server closed while it was idle', async () => {
    const server = await startHttps(leaf, (request, response) => {
      if (request.socket.listenerCount('seen') > 0) request.socket.destroy();
      else request.socket.on('seen', () => undefined);
      response.end('x');
    });
    const [one, tls] = [newClient(), trusting(ca)];
    await one.fetch(get(server.url, tls));
    expect((await one.fetch(get(server.url, tls))).status).toBe(200);
  });

  test('to HEAD may announce more than the cap', async () => {
    const server = await startHttps(leaf, (_q, response) =>
      response.writeHead(200, { 'content-length': '99999' }).end(),
    );
    const answer = await newClient().fetch(get(server.url, trusting(ca), { method: 'HEAD' }));
    expect([answer.header('content-length'), answer.body.length]).toEqual(['99999', 0]);
  });

  test('is not asked for compressed', async () => {
    const server = await startHttps(leaf, (request, response) =>
      response.end(request.headers['accept-encoding']),
    );
    const answer = await newClient().fetch(get(server.url, trusting(ca)));
    expect(Buffer.from(answer.body).toString()).toBe('identity');
  });

  test('carries a posted body', async () => {
    const server = await startHttps(leaf, (request, response) => void request.pipe(response));
    const body = Buffer.from('hello');
    const answer = await newClient().fetch(get(server.url, trusting(ca), { method: 'POST', body }));
    expect(Buffer.from(answer.body).toString()).toBe('hello');
  });

  test('explaining an error is cut, not refused', async () => {
    const server = await startHttps(leaf, (_q, response) => response.writeHead(500).end('e'.repeat(5000)));
    const answer = await newClient().fetch(get(server.url, trusting(ca), { limitBytes: 100 }));
    expect([answer.status, answer.body.length]).toEqual([500, 100]);
  });
});

describe('TLS', () => {
  test('an unknown CA is refused and named by its fingerprint', async () => {
    const chain = { certificatePem: leaf.certificatePem + ca.certificatePem, keyPem: leaf.keyPem };
    const server = await startHttps(chain, say('x'));
    const { code, details } = await failure(newClient().fetch(get(server.url, trusting(otherCa))));
    expect(code).toBe('network/unknown-ca');
    expect(details).toEqual({ ...at(server), issuer: 'CN=test ca', sha256: ca.sha256, shown: 'authority' });
  });

  const at = ({ url }: { readonly url: URL }) => ({ host: 'localhost', port: Number(url.port) });

  test('a server that sends nothing but its own certificate: the fingerprint is not called the authority’s', async () => {
    const server = await startHttps(leaf, say('x'));
    const { details } = await failure(newClient().fetch(get(server.url, trusting(otherCa))));
    expect(details).toEqual({ ...at(server), issuer: 'CN=test ca', sha256: leaf.sha256, shown: 'server' });
  });

  test('a server that sends an intermediate, and not the root above it', async () => {
    const middle = await makeCa('middle', ca);
    const own = await makeLeaf(middle);
    const chain = { certificatePem: own.certificatePem + middle.certificatePem, keyPem: own.keyPem };
    const server = await startHttps(chain, say('x'));
    const { details } = await failure(newClient().fetch(get(server.url, trusting(otherCa))));
    expect(details).toEqual({
      ...at(server),
      issuer: 'CN=test ca',
      sha256: middle.sha256,
      shown: 'intermediate',
    });
  });

  test('a self-signed certificate is named itself, and accepted once it is trusted', async () => {
    const own = await makeLeaf(undefined, { commonName: 'self' });
    const server = await startHttps(own, say('x'));
    const { details } = await failure(newClient().fetch(get(server.url, trusting())));
    expect(details).toEqual({ ...at(server), issuer: 'CN=self', sha256: own.sha256, shown: 'self-signed' });
    expect((await newClient().fetch(get(server.url, trusting(own)))).tlsVerified).toBe(true);
  });

  test('an intermediate in the pool is an anchor, as in Go', async () => {
    const middle = await makeCa('middle', ca);
    const server = await startHttps(await makeLeaf(middle), say('x'));
    expect((await newClient().fetch(get(server.url, trusting(middle)))).status).toBe(200);
  });

  const badLeaves: [string, () => Promise<Issued>, RegExp][] = [
    [
      'for another host',
      () => makeLeaf(ca, { names: ['elsewhere.test'], addresses: [] }),
      /for elsewhere\.test, not for this host/,
    ],
    [
      'without alternative names',
      () => makeLeaf(ca, { names: [], addresses: [], commonName: 'localhost' }),
      /for no host, not for this host/,
    ],
    ['that expired', () => makeLeaf(ca, { notAfter: new Date(Date.now() - 86_400_000) }), /expired/],
  ];
  test.each(badLeaves)('a certificate %s is refused', async (_name, make, reason) => {
    const server = await startHttps(await make(), say('x'));
    const { code, details } = await failure(newClient().fetch(get(server.url, trusting(ca))));
    expect([code, details]).toEqual([
      'network/tls',
      { host: 'localhost', reason: expect.stringMatching(reason) as string },
    ]);
  });

  test('an exclusive pool does not fall back to the system', async () => {
    const server = await startHttps(leaf, say('x'));
    const exclusive = (root: Issued): TlsPolicy => ({ ...trusting(root), exclusive: true });
    expect((await newClient().fetch(get(server.url, exclusive(ca)))).status).toBe(200);
    expect((await failure(newClient().fetch(get(server.url, exclusive(otherCa))))).code).toBe(
      'network/unknown-ca',
    );
    // One, and for the wrong root one more that OpenSSL judges; another would have had the system's roots.
    expect(server.connections()).toBe(3);
  });

  test('a lenient policy accepts and says so; with the right root there is nothing to say', async () => {
    const server = await startHttps(leaf, say('x'));
    const lenient = (tls: TlsPolicy): TlsPolicy => ({ ...tls, allowUnverified: true });
    expect((await newClient().fetch(get(server.url, lenient(trusting(otherCa))))).tlsVerified).toBe(false);
    expect((await newClient().fetch(get(server.url, lenient(trusting(ca))))).tlsVerified).toBe(true);
  });

  test('a refused server sees no request', async () => {
    const seen: (string | undefined)[] = [];
    const server = await startHttps(leaf, (request, response) => {
      seen.push(request.url);
      response.end();
    });
    await failure(
      newClient().fetch(get(server.url, trusting(otherCa), { headers: { authorization: 'Basic secret' } })),
    );
    expect(seen).toEqual([]);
  });

  test('a client certificate is presented', async () => {
    const server = await startHttps(leaf, say('in'), {
      requestCert: true,
      rejectUnauthorized: true,
      ca: clientCa.certificatePem,
    });
    const tls = {
      ...trusting(ca),
      clientCertificate: { certificatePem: client.certificatePem, keyPem: client.keyPem },
    };
    expect((await newClient().fetch(get(server.url, tls))).status).toBe(200);
    const { code } = await failure(newClient().fetch(get(server.url, trusting(ca))));
    expect(code).toMatch(/^network\/(tls|interrupted)$/);
  });

  test('TLS 1.1 is refused', async () => {
    const server = await startHttps(leaf, say('x'), {
      minVersion: 'TLSv1.1',
      maxVersion: 'TLSv1.1',
      ciphers: 'ALL:@SECLEVEL=0',
    });
    expect((await failure(newClient().fetch(get(server.url, trusting(ca))))).code).toBe('network/tls');
  });
});

describe('limits', () => {
  const flood: RequestListener = (_q, response) => {
    const chunk = Buffer.alloc(64 * 1024);
    const more = (): void => {
      while (!response.destroyed && response.write(chunk));
    };
    response.on('drain', more);
    more();
  };
  test.each<[string, RequestListener]>([
    [
      'that announces too much',
      (_q, response) => response.writeHead(200, { 'content-length': '1000000000' }).write('x'),
    ],
    ['without an end', flood],
    ['one byte too long', (_q, response) => response.end('x'.repeat(1001))],
  ])('an answer %s is cut at the cap', async (_name, handler) => {
    const server = await startHttps(leaf, handler);
    const { code, details } = await failure(newClient().fetch(get(server.url, trusting(ca))));
    expect([code, details]).toEqual(['network/too-large', { host: 'localhost', limitBytes: 1000 }]);
  });

  test('an answer of exactly the cap is whole', async () => {
    const server = await startHttps(leaf, say('x'.repeat(1000)));
    expect((await newClient().fetch(get(server.url, trusting(ca)))).body.length).toBe(1000);
  });

  test.each<[string, RequestListener]>([
    [
      'with Content-Length',
      (_q, response) =>
        response.writeHead(200, { 'content-length': '100' }).write('half', () => response.destroy()),
    ],
    ['in chunks', (_q, response) => response.write('half', () => response.destroy())],
  ])('a truncated answer %s is never used', async (_name, handler) => {
    const server = await startHttps(leaf, handler);
    expect((await failure(newClient().fetch(get(server.url, trusting(ca))))).code).toBe(
      'network/interrupted',
    );
  });

  const silent: RequestListener = () => undefined;
  const stuck: RequestListener = (_q, response) => void response.writeHead(200).write('a bit');
  const drip: RequestListener = (_q, response) => {
    const timer = setInterval(() => response.write('x'), 5);
    response.on('close', () => {
      clearInterval(timer);
    });
  };
  const flow: RequestListener = (_q, response) => {
    const timer = setInterval(() => response.write('x'.repeat(10)), 5);
    response.on('close', () => {
      clearInterval(timer);
    });
  };
  test.each<[string, RequestListener, object]>([
    ['never answers', silent, { idleMs: 40 }],
    ['stops in mid-answer', stuck, { idleMs: 40 }],
    ['takes too long', flow, { idleMs: 2000, totalMs: 80 }],
    ['drips', drip, { idleMs: 80 }],
  ])('a server that %s is left', async (_name, handler, timeouts) => {
    const server = await startHttps(leaf, handler);
    const { code } = await failure(newClient().fetch(get(server.url, trusting(ca), { timeouts })));
    expect(code).toBe('network/timeout');
  });

  test('an answer that is slow and comes on is waited for', async () => {
    const server = await startHttps(leaf, (_q, response) => {
      let left = 5;
      const timer = setInterval(() => {
        left -= 1;
        if (left > 0) response.write('x'.repeat(1100));
        else response.end('end', () => clearInterval(timer));
      }, 60);
    });
    const request = get(server.url, trusting(ca), { limitBytes: 10_000, timeouts: { idleMs: 200 } });
    expect((await newClient().fetch(request)).body.length).toBe(4 * 1100 + 3);
  });

  test.each([
    ['takes a large body slowly', true, 'answered'],
    ['stops taking it', false, 'network/timeout'],
  ])(
    'a server that %s',
    async (_name, goesOn, outcome) => {
      const body = new Uint8Array(24_000_000).fill(7);
      let [taken, sum] = [0, 0];
      const server = await startHttps(leaf, (request, response) => {
        request.on('data', (chunk: Buffer) => {
          taken += chunk.length;
          sum += chunk.reduce((all, byte) => all + byte, 0);
          request.pause();
          if (goesOn || taken < 500_000) setTimeout(() => request.resume(), 2);
        });
        request.on('end', () => response.end('answered'));
      });
      const timeouts = { idleMs: 1000, totalMs: 30_000 }; // longer than what the system holds back takes
      const started = Date.now();
      const answer = await newClient()
        .fetch(get(server.url, trusting(ca), { method: 'POST', body, timeouts }))
        .then(
          (got) => Buffer.from(got.body).toString(),
          (error: unknown) => (isAppError(error) ? error.code : error),
        );
      expect(answer).toBe(outcome);
      expect(Date.now() - started).toBeGreaterThan(timeouts.idleMs);
      if (goesOn) expect([taken, sum]).toEqual([body.length, 7 * body.length]);
    },
    30_000,
  );

  test('a server that accepts and never speaks TLS is left', async () => {
    const server = await startTcp(() => undefined);
    const client = createHttpClient({ env: {}, timeouts: { connectMs: 50 } });
    const { code, details } = await failure(client.fetch(get(server.url, trusting(ca))));
    expect([code, details]).toEqual(['network/timeout', { host: 'localhost', seconds: 0.05 }]);
  });

  test.each([false, true])('an aborted request ends (before it started: %s)', async (before) => {
    const abort = new AbortController();
    const server = await startHttps(leaf, () => {
      abort.abort();
    });
    if (before) abort.abort();
    const { code } = await failure(
      newClient().fetch(get(server.url, trusting(ca), { signal: abort.signal })),
    );
    expect(code).toBe('prompt/cancelled');
  });
});

describe('what answers is not what was asked for', () => {
  test('nobody listens', async () => {
    const server = await startTcp(() => undefined);
    const free = new URL('https://127.0.0.1:1/');
    expect(server.port).not.toBe(1);
    const { code, details } = await failure(newClient().fetch(get(free, trusting(ca))));
    expect([code, details]).toEqual(['network/refused', { host: '127.0.0.1', port: 1 }]);
  });

  test('the name does not exist', async () => {
    const { code, details } = await failure(
      newClient().fetch(get(new URL('https://no-such-host.invalid/'), trusting(ca))),
    );
    expect([code, details]).toEqual(['network/dns', { host: 'no-such-host.invalid' }]);
  });

  test('plain HTTP on the TLS port', async () => {
    const server = await startHttp(say('x'));
    const { code, details } = await failure(
      newClient().fetch(get(new URL(`https://localhost:${String(server.port)}/`), trusting(ca))),
    );
    expect([code, details]).toEqual([
      'network/tls',
      { host: 'localhost', reason: 'the server does not speak TLS' },
    ]);
  });

  test('closes at once', async () => {
    const server = await startTcp((socket) => socket.destroy());
    expect((await failure(newClient().fetch(get(server.url, trusting(ca))))).code).toBe(
      'network/interrupted',
    );
  });

  // Node then says neither that it failed nor that it is answered, and without an outcome a command ends with success.
  test('switches protocols', async () => {
    const words = 'HTTP/1.1 101 Switching Protocols\r\nConnection: upgrade\r\nUpgrade: h2c\r\n\r\n';
    const server = await startTcp((socket) => void socket.once('data', () => socket.write(words)));
    const url = new URL(`http://127.0.0.1:${String(server.port)}/`);
    const { code, details } = await failure(newClient().fetch(get(url, trusting(ca))));
    expect([code, details]).toEqual([
      'network/interrupted',
      { host: '127.0.0.1', reason: 'closed without an answer' },
    ]);
  });

  test('plain http to another computer is refused before any byte', async () => {
    const { code } = await failure(
      newClient().fetch(get(new URL('http://registry.example.test/'), trusting(ca))),
    );
    expect(code).toBe('notary/not-https');
  });
});

describe('redirects', () => {
  const to =
    (location: () => string): RequestListener =>
    (_q, response) =>
      void response.writeHead(307, { location: location() }).end();

  async function pair(
    seen: IncomingMessage[],
  ): Promise<{ readonly first: Running; readonly second: Running }> {
    const second = await startHttps(leaf, (request, response) => {
      seen.push(request);
      response.end('there');
    });
    const first = await startHttps(
      leaf,
      to(() => second.url.href),
    );
    return { first, second };
  }

  test('to another port keep no Authorization and no cookie', async () => {
    const seen: IncomingMessage[] = [];
    const { first } = await pair(seen);
    const headers = { authorization: 'Bearer x', cookie: 'c', accept: 'a' };
    const answer = await newClient().fetch(get(first.url, trusting(ca), { headers }));
    expect(Buffer.from(answer.body).toString()).toBe('there');
    expect([seen[0]?.headers.authorization, seen[0]?.headers.cookie, seen[0]?.headers.accept]).toEqual([
      undefined,
      undefined,
      'a',
    ]);
  });

  test('to another port share a connection, as requests to one server do', async () => {
    const { first, second } = await pair([]);
    const client = newClient();
    const policy = trusting(ca);
    for (let times = 0; times < 3; times += 1) await client.fetch(get(first.url, policy));
    expect([first.connections(), second.connections()]).toEqual([1, 1]);
  });

  test('within the origin keep Authorization', async () => {
    const server: Running = await startHttps(leaf, (request, response) => {
      if (request.url === '/') response.writeHead(302, { location: '/next' }).end();
      else response.end(request.headers.authorization);
    });
    const answer = await newClient().fetch(
      get(server.url, trusting(ca), { headers: { authorization: 'Bearer x' } }),
    );
    expect([Buffer.from(answer.body).toString(), answer.url.pathname]).toEqual(['Bearer x', '/next']);
  });

  test('to another host take neither leniency nor the client certificate along', async () => {
    const strange = await startHttps(await makeLeaf(otherCa), say('x'));
    const first = await startHttps(
      leaf,
      to(() => strange.url.href),
    );
    const lenient: TlsPolicy = { ...trusting(ca), allowUnverified: true };
    expect((await failure(newClient().fetch(get(first.url, lenient)))).code).toBe('network/unknown-ca');
  });

  test.each<[string, string]>([
    ['to http', 'http://localhost:1/'],
    ['to a file', 'file:///etc/passwd'],
    ['with credentials inside', 'https://user:secret@localhost/'],
    ['to nonsense', 'https://['],
    ['to what no host is called', 'https://$({id,-u};{sh,x}).example.test/'],
  ])('%s are refused', async (_name, location) => {
    const server = await startHttps(
      leaf,
      to(() => location),
    );
    const error = await failure(newClient().fetch(get(server.url, trusting(ca))));
    expect(error.code).toBe('network/redirect-refused');
    expect(JSON.stringify(error.details)).not.toContain('secret');
  });

  test('in a circle end', async () => {
    const server = await startHttps(
      leaf,
      to(() => '/'),
    );
    expect((await failure(newClient().fetch(get(server.url, trusting(ca))))).code).toBe(
      'network/redirect-refused',
    );
  });

  test('of a POST are answered, not followed', async () => {
    const server = await startHttps(
      leaf,
      to(() => '/'),
    );
    expect((await newClient().fetch(get(server.url, trusting(ca), { method: 'POST' }))).status).toBe(307);
  });
});

describe('a proxy', () => {
  const remote = new URL('https://trust.example.test/x');

  test('tunnels TLS, with its own credentials', async () => {
    const seen: IncomingMessage[] = [];
    const target = await startHttps(await makeLeaf(ca, { names: ['trust.example.test'] }), say('through'));
    const proxy = await startProxy(target, { seen });
    const one = newClient({ HTTPS_PROXY: `http://me:p%40ss@localhost:${String(proxy.port)}` });
    expect(Buffer.from((await one.fetch(get(remote, trusting(ca)))).body).toString()).toBe('through');
    expect(seen[0]?.url).toBe('trust.example.test:443');
    expect(seen[0]?.headers['proxy-authorization']).toBe(
      `Basic ${Buffer.from('me:p@ss').toString('base64')}`,
    );
  });

  test('that puts itself in the middle is noticed', async () => {
    const target = await startHttps(await makeLeaf(otherCa, { names: ['trust.example.test'] }), say('x'));
    const proxy = await startProxy(target);
    const one = newClient({ https_proxy: `localhost:${String(proxy.port)}` });
    expect((await failure(one.fetch(get(remote, trusting(ca))))).code).toBe('network/unknown-ca');
  });

  test('that refuses is named without its password', async () => {
    const target = await startHttps(leaf, say('x'));
    const proxy = await startProxy(target, { status: 407 });
    const one = newClient({ HTTPS_PROXY: `http://me:secret@localhost:${String(proxy.port)}` });
    const error = await failure(one.fetch(get(remote, trusting(ca))));
    expect(error).toEqual({
      code: 'network/proxy',
      details: { proxy: `localhost:${String(proxy.port)}`, reason: 'answered 407' },
    });
  });

  test('is not used for this computer', async () => {
    const server = await startHttps(leaf, say('direct'));
    const one = newClient({ HTTPS_PROXY: 'http://localhost:1' });
    expect((await one.fetch(get(server.url, trusting(ca)))).status).toBe(200);
  });

  test('of an unknown kind is said', async () => {
    const error: unknown = await newClient({ HTTPS_PROXY: 'socks5://localhost:1' })
      .fetch(get(remote, trusting(ca)))
      .catch((reason: unknown) => reason);
    expect(hasCode(error, 'config/malformed') && error.details.path).toBe('HTTPS_PROXY');
  });
});

test('a server that closes every connection after its first answer is answered with an outcome', async () => {
  const server = await startHttps(leaf, (request, response) => {
    const socket = request.socket as typeof request.socket & { answered?: boolean };
    if (socket.answered === true || request.url !== '/') socket.destroy();
    socket.answered = true;
    response.end('x');
  });
  const [one, tls] = [newClient(), trusting(ca)];
  await Promise.all([1, 2, 3].map(() => one.fetch(get(server.url, tls))));
  expect((await failure(one.fetch(get(new URL('/gone', server.url), tls)))).code).toBe('network/interrupted');
});
