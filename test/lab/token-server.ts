/**
 * A token server as registries and notary-server expect one: it hands out signed tokens for what an account may do.
 * Test code: loopback HTTP, accounts in memory, every request on record so that a test can say what was asked for.
 */
import { createPrivateKey, randomUUID, sign as signBytes } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { makeAuthority } from './certificates.ts';
import type { CertificatePair } from './certificates.ts';
import type { Scope } from './scope.ts';

const TOKEN_LIFE_S = 300;

export interface Account {
  readonly user: string;
  readonly password: string;
  /** Actions it may take on every repository. */
  readonly actions: readonly string[];
}

export interface TokenRequest {
  readonly method: string;
  readonly account: string | undefined;
  readonly scopes: readonly string[];
  readonly service: string | undefined;
  /** How the caller proved itself. */
  readonly grant: 'anonymous' | 'basic' | 'refresh_token' | 'refused';
}

export interface TokenServer {
  readonly realm: string;
  readonly service: string;
  readonly issuer: string;
  /** The certificate file that a server checks tokens with. */
  readonly bundlePath: string;
  readonly requests: readonly TokenRequest[];
}

export interface TokenServerOptions {
  readonly accounts?: readonly Account[];
  /** What somebody without credentials may do. */
  readonly anonymous?: readonly string[];
  /** Identity tokens (docker's `identitytoken`) and whose they are. */
  readonly identityTokens?: ReadonlyMap<string, string>;
}

interface Access {
  readonly type: string;
  readonly name: string;
  readonly actions: readonly string[];
}

const base64url = (text: string | Buffer): string => Buffer.from(text).toString('base64url');

/** `repository:NAME:pull,push`, where NAME itself may hold a colon (a port). */
function parseScope(scope: string, allowed: readonly string[]): Access {
  const first = scope.indexOf(':');
  const last = scope.lastIndexOf(':');
  const wanted = scope.slice(last + 1).split(',');
  return {
    type: scope.slice(0, first),
    name: scope.slice(first + 1, last),
    actions: wanted.filter((action) => allowed.includes(action)),
  };
}

/** A JSON Web Token signed with ES256 that carries its certificate, as distribution's `token` access checks it. */
function makeToken(
  pair: CertificatePair,
  issuer: string,
  service: string,
  subject: string,
  access: readonly Access[],
) {
  const der = pair.certificatePem.replace(/-----[^-]+-----|\s/g, '');
  const now = Math.floor(Date.now() / 1000);
  const header = { typ: 'JWT', alg: 'ES256', x5c: [der] };
  const claims = {
    iss: issuer,
    sub: subject,
    aud: service,
    exp: now + TOKEN_LIFE_S,
    nbf: now - 10,
    iat: now,
    jti: randomUUID(),
    access,
  };
  const input = `${base64url(JSON.stringify(header))}.${base64url(JSON.stringify(claims))}`;
  const key = { key: createPrivateKey(pair.privateKeyPem), dsaEncoding: 'ieee-p1363' as const };
  return `${input}.${base64url(signBytes('sha256', Buffer.from(input), key))}`;
}

async function readBody(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString('utf8');
}

interface Caller {
  readonly grant: TokenRequest['grant'];
  readonly user: string;
  readonly allowed: readonly string[];
}

const refused: Caller = { grant: 'refused', user: '', allowed: [] };

function byPassword(options: TokenServerOptions, header: string): Caller {
  const [user = '', ...rest] = Buffer.from(header.slice(6), 'base64').toString('utf8').split(':');
  const account = options.accounts?.find((one) => one.user === user && one.password === rest.join(':'));
  return account === undefined ? refused : { grant: 'basic', user, allowed: account.actions };
}

function byIdentityToken(options: TokenServerOptions, form: URLSearchParams): Caller {
  const user = options.identityTokens?.get(form.get('refresh_token') ?? '');
  const account = options.accounts?.find((one) => one.user === user);
  return account === undefined
    ? refused
    : { grant: 'refresh_token', user: account.user, allowed: account.actions };
}

function identify(options: TokenServerOptions, request: IncomingMessage, form: URLSearchParams): Caller {
  if (request.method === 'POST') return byIdentityToken(options, form);
  const header = request.headers.authorization;
  if (header?.startsWith('Basic ') === true) return byPassword(options, header);
  return { grant: 'anonymous', user: '', allowed: options.anonymous ?? [] };
}

function answer(response: ServerResponse, status: number, body: object): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
}

export async function startTokenServer(scope: Scope, options: TokenServerOptions = {}): Promise<TokenServer> {
  const issuer = 'lab-issuer';
  const service = 'lab-service';
  const authority = await makeAuthority('Lab token CA');
  const pair = await authority.issue({ commonName: 'lab token signer' });
  const requests: TokenRequest[] = [];

  const handle = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const query = new URL(request.url ?? '/', 'http://localhost').searchParams;
    const form = request.method === 'POST' ? new URLSearchParams(await readBody(request)) : query;
    const caller = identify(options, request, form);
    const scopes = form
      .getAll('scope')
      .flatMap((text) => text.split(' '))
      .filter((text) => text !== '');
    requests.push({
      method: request.method ?? '',
      account: form.get('account') ?? undefined,
      scopes,
      service: form.get('service') ?? undefined,
      grant: caller.grant,
    });
    if (caller.grant === 'refused') {
      answer(response, 401, { errors: [{ code: 'UNAUTHORIZED', message: 'authentication required' }] });
      return;
    }
    const access = scopes.map((text) => parseScope(text, caller.allowed));
    const token = makeToken(pair, issuer, service, caller.user, access);
    answer(response, 200, {
      token,
      access_token: token,
      expires_in: TOKEN_LIFE_S,
      issued_at: new Date().toISOString(),
    });
  };

  const server = createServer((request, response) => {
    handle(request, response).catch((error: unknown) => answer(response, 500, { error: String(error) }));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  scope.defer(() => {
    server.closeAllConnections();
    server.close();
  });
  const { port } = server.address() as AddressInfo;
  const bundlePath = join(scope.folder, `token-${port}.crt`);
  await writeFile(bundlePath, authority.certificatePem);
  return { realm: `http://127.0.0.1:${port}/token`, service, issuer, bundlePath, requests };
}

/** What `docker login` would have written for an account: a value of `auths` in docker's config. */
export const basicAuth = (user: string, password: string): string =>
  Buffer.from(`${user}:${password}`).toString('base64');
