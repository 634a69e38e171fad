/** The HTTPS front: who it answers, what it shows, and that nobody is left hanging. */
import { X509Certificate } from 'node:crypto';
import { request } from 'node:https';
import { connect } from 'node:tls';
import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  certificateFingerprint,
  issueServerCertificate,
  makeAuthority,
  openAuthority,
} from '../../../electron/sandbox/authority.ts';
import type { Authority } from '../../../electron/sandbox/authority.ts';
import { answer, readBody } from '../../../electron/sandbox/exchange.ts';
import type { Handler } from '../../../electron/sandbox/exchange.ts';
import { openEndpoint } from '../../../electron/sandbox/https-endpoint.ts';
import type { Endpoint } from '../../../electron/sandbox/https-endpoint.ts';

const now = new Date();
const errors: unknown[] = [];

/** Answers with what it was asked. */
const mirror: Handler = async ({ method, path, query, headers, body, origin }) => {
  if (path === '/bug') throw new TypeError('a bug');
  if (path === '/lost')
    return { status: 200, headers: new Map(), body: { kind: 'stream', length: 10, chunks: lost() } };
  if (path === '/big')
    return { status: 200, headers: new Map(), body: { kind: 'stream', length: 3_000_000, chunks: big() } };
  const text = Buffer.from(await readBody(body, 1_000_000)).toString('utf8');
  const seen = { method, path, query: query.toString(), origin, accept: headers.get('accept'), text };
  return answer(200, { 'Content-Type': 'application/json' }, JSON.stringify(seen));
};
async function* lost(): AsyncGenerator<Uint8Array> {
  yield await Promise.resolve(Buffer.from('abc'));
  throw new TypeError('lost on the way');
}
async function* big(): AsyncGenerator<Uint8Array> {
  for (let i = 0; i < 30; i++) yield await Promise.resolve(Buffer.alloc(100_000, i));
}

let authority: Authority;
let endpoint: Endpoint;
beforeAll(async () => {
  authority = await makeAuthority(now);
  const certificate = await issueServerCertificate(authority, now);
  endpoint = await openEndpoint({
    certificate,
    handler: mirror,
    onError: (error) => void errors.push(error),
  });
});
afterAll(async () => {
  await endpoint.close();
});

interface Options {
  readonly method?: string;
  readonly path?: string;
  readonly host?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  readonly ca?: string;
}

function ask(options: Options = {}): Promise<{ readonly status: number; readonly body: Buffer }> {
  return new Promise((resolve, reject) => {
    const sent = request(
      {
        host: options.host ?? 'localhost',
        servername: options.host === '127.0.0.1' ? '' : 'localhost',
        port: endpoint.port,
        path: options.path ?? '/',
        method: options.method ?? 'GET',
        headers: options.headers,
        ca: options.ca ?? authority.certificatePem,
        agent: false,
      },
      (response) => {
        const chunks: Buffer[] = [];
        response.on('data', (chunk: Buffer) => chunks.push(chunk));
        response.once('error', reject);
        response.once('end', () => {
          resolve({ status: response.statusCode ?? 0, body: Buffer.concat(chunks) });
        });
      },
    );
    sent.once('error', reject);
    sent.end(options.body);
  });
}

describe('an endpoint', () => {
  it('hands over decoded paths, queries, headers and bodies', async () => {
    const { body } = await ask({
      method: 'POST',
      path: '/v2/a%2Fb/c%20d?x=1&y=a%26b',
      headers: { Accept: 'text/plain' },
      body: 'hello',
    });
    expect(JSON.parse(body.toString())).toEqual({
      method: 'POST',
      path: '/v2/a/b/c d',
      query: 'x=1&y=a%26b',
      origin: endpoint.url,
      accept: 'text/plain',
      text: 'hello',
    });
  });

  it.each(['localhost', '127.0.0.1'])('answers as %s', async (host) => {
    expect((await ask({ host })).status).toBe(200);
  });

  it.each([
    ['another host name (DNS rebinding)', { Host: 'evil.example.test' }, 421],
    ['another port', { Host: 'localhost:1' }, 421],
    ['a page of another site', { Origin: 'https://evil.example.test' }, 403],
    ['a page of this very address', { Origin: 'https://localhost' }, 403],
    ['a browser', { 'Sec-Fetch-Site': 'none' }, 403],
  ])('refuses %s', async (_, headers, status) => {
    expect((await ask({ headers })).status).toBe(status);
  });

  it.each(['/%', '/%ff', '/a%2'])('refuses the path %s', async (path) => {
    expect((await ask({ path })).status).toBe(400);
  });

  it('answers HEAD without a body', async () => {
    expect(await ask({ method: 'HEAD' })).toEqual({ status: 200, body: Buffer.alloc(0) });
  });

  it('streams', async () => {
    expect((await ask({ path: '/big' })).body.length).toBe(3_000_000);
  });

  it('says 500 for a bug, and tells somebody', async () => {
    errors.length = 0;
    expect((await ask({ path: '/bug' })).status).toBe(500);
    expect(errors).toEqual([new TypeError('a bug')]);
  });

  it('hangs up when a body cannot be finished', async () => {
    await expect(ask({ path: '/lost' })).rejects.toThrow(/aborted|socket hang up/);
  });

  it('is only there for who trusts its authority', async () => {
    const other = await makeAuthority(now);
    await expect(ask({ ca: other.certificatePem })).rejects.toThrow(/certificate|self-signed/);
  });

  it('ends open connections when it closes', async () => {
    const certificate = await issueServerCertificate(authority, now);
    const another = await openEndpoint({ certificate, handler: mirror });
    const socket = connect({ port: another.port, host: 'localhost', ca: authority.certificatePem });
    await new Promise((resolve) => socket.once('secureConnect', resolve));
    const ended = new Promise((resolve) => socket.once('close', resolve));
    socket.on('error', () => undefined);
    await another.close();
    expect(await ended).toBeDefined();
  });

  it('says which port is taken', async () => {
    const certificate = await issueServerCertificate(authority, now);
    await expect(openEndpoint({ certificate, handler: mirror, port: endpoint.port })).rejects.toMatchObject({
      code: 'EADDRINUSE',
    });
  });
});

describe('the authority', () => {
  it('is for this computer only', async () => {
    const ca = new X509Certificate(authority.certificatePem);
    expect(ca.ca).toBe(true);
    // OpenSSL prints critical constraints; RFC 5280 4.2.1.10.
    const constraints = Buffer.from('551d1e0101ff', 'hex');
    expect(ca.raw.includes(constraints)).toBe(true);
    expect(ca.raw.includes(Buffer.from('localhost'))).toBe(true);
    const { chainPem } = await issueServerCertificate(authority, now);
    const leaf = new X509Certificate(chainPem);
    expect(leaf.subjectAltName).toBe('DNS:localhost, IP Address:127.0.0.1, IP Address:0:0:0:0:0:0:0:1');
    expect(leaf.checkIssued(ca)).toBe(true);
    expect(leaf.ca).toBe(false);
    expect(new Date(leaf.validTo).getTime() - now.getTime()).toBeLessThanOrEqual(398 * 86_400_000);
  });

  it('stays the same in its folder, closed to others', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'td-ca-'));
    try {
      const first = await openAuthority(folder, now);
      expect(await openAuthority(folder, now)).toEqual(first);
      expect((await stat(join(folder, 'ca-key.pem'))).mode & 0o777).toBe(0o600);
      expect(await readFile(join(folder, 'ca.crt'), 'utf8')).toBe(first.certificatePem);
      expect(certificateFingerprint(first.certificatePem)).toMatch(/^[0-9a-f]{64}$/);
    } finally {
      await rm(folder, { recursive: true });
    }
  });

  it.each([
    ['before it ends', 9 * 365],
    ['when its key is gone', 0],
    ['when its key is another one', 0],
  ])('is made anew %s', async (reason, days) => {
    const folder = await mkdtemp(join(tmpdir(), 'td-ca-'));
    try {
      const first = await openAuthority(folder, now);
      const key = join(folder, 'ca-key.pem');
      if (reason.endsWith('gone')) await rm(key);
      if (reason.endsWith('another one')) await writeFile(key, (await makeAuthority(now)).privateKeyPem);
      const second = await openAuthority(folder, new Date(now.getTime() + days * 86_400_000));
      expect(second.certificatePem).not.toBe(first.certificatePem);
    } finally {
      await rm(folder, { recursive: true });
    }
  });

  it('says that it is damaged', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'td-ca-'));
    try {
      await openAuthority(folder, now);
      await writeFile(join(folder, 'ca.crt'), 'no certificate');
      await expect(openAuthority(folder, now)).rejects.toMatchObject({ code: 'config/unreadable' });
    } finally {
      await rm(folder, { recursive: true });
    }
  });
});
