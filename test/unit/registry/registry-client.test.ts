/** A registry that misbehaves: what is believed of its answers, and what is not. */
import { createHash } from 'node:crypto';
import type { RequestListener } from 'node:http';
import { beforeAll, describe, expect, test } from 'vitest';
import { isAppError } from '../../../shared/errors.ts';
import { createHttpClient } from '../../../electron/network/http-client.ts';
import { fixedCredentials } from '../../../electron/registry/credentials.ts';
import {
  apiHost,
  createRegistryClient,
  type RegistryClient,
} from '../../../electron/registry/registry-client.ts';
import { parseTagPage } from '../../../electron/registry/tag-page.ts';
import { createAuthorizer } from '../../../electron/registry/token-auth.ts';
import { type Issued, makeCa, makeLeaf } from '../network/certificates.ts';
import { startHttp, startHttps } from '../network/loopback-server.ts';

let ca: Issued;
let leaf: Issued;
beforeAll(async () => {
  ca = await makeCa('registry ca');
  leaf = await makeLeaf(ca);
});
const http = createHttpClient({ env: {} });
const manifest = Buffer.from('{"schemaVersion":2}');
const sha256 = createHash('sha256').update(manifest).digest('hex');
const type = 'application/vnd.oci.image.index.v1+json';

async function clientOf(handler: RequestListener): Promise<RegistryClient> {
  const { url } = await startHttps(leaf, handler);
  const tls = { extraRoots: [ca.certificatePem], exclusive: true, allowUnverified: false };
  const registry = url.host;
  const authorizer = createAuthorizer({
    http,
    credentials: fixedCredentials(undefined),
    registry,
    tls,
    clock: () => 0,
  });
  return createRegistryClient({ registry, repository: 'acme/app', http, authorizer, tls });
}

async function codeOf(work: Promise<unknown>): Promise<string> {
  const error: unknown = await work.then(
    () => expect.unreachable('accepted'),
    (reason: unknown) => reason,
  );
  if (!isAppError(error)) throw error;
  return error.code;
}

describe('a tag', () => {
  const head =
    (headers: Record<string, string>): RequestListener =>
    (request, response) => {
      if (request.method === 'HEAD') response.writeHead(200, headers).end();
      else response.writeHead(200, { 'content-type': type }).end(manifest);
    };
  const length = String(manifest.length);
  test.each<[string, Record<string, string>]>([
    [
      'told by HEAD',
      {
        'docker-content-digest': `sha256:${sha256}`,
        'content-length': length,
        'content-type': `${type}; charset=utf-8`,
      },
    ],
    ['without a digest', { 'content-length': length }],
    [
      'with another algorithm',
      { 'docker-content-digest': `sha512:${sha256}${sha256}`, 'content-length': length },
    ],
    ['with a digest that is none', { 'docker-content-digest': 'sha256:ABC', 'content-length': length }],
    ['without a length', { 'docker-content-digest': `sha256:${sha256}`, 'transfer-encoding': 'chunked' }],
  ])('%s', async (_name, headers) => {
    expect(await (await clientOf(head(headers))).resolveTag('1.0')).toEqual({
      sha256,
      size: manifest.length,
      mediaType: type,
    });
  });

  test('of a registry that knows no HEAD', async () => {
    const client = await clientOf((request, response) => {
      if (request.method === 'HEAD') response.writeHead(405).end();
      else response.end(manifest);
    });
    expect(await client.resolveTag('1.0')).toMatchObject({ sha256 });
  });

  test('is asked for with every kind of manifest and list', async () => {
    let accept: string | undefined;
    const client = await clientOf((request, response) => {
      accept = request.headers.accept;
      response.end(manifest);
    });
    await client.fetchManifest('1.0');
    expect(accept?.split(', ')).toEqual([
      'application/vnd.oci.image.index.v1+json',
      'application/vnd.docker.distribution.manifest.list.v2+json',
      'application/vnd.oci.image.manifest.v1+json',
      'application/vnd.docker.distribution.manifest.v2+json',
    ]);
  });

  test('by digest must have it', async () => {
    const client = await clientOf((_request, response) => response.end('{"other":1}'));
    expect(await codeOf(client.fetchManifest(`sha256:${sha256}`))).toBe('registry/bad-answer');
  });

  test.each([
    [401, 'registry/unauthorised'],
    [403, 'registry/unauthorised'],
    [429, 'registry/error'],
    [500, 'registry/error'],
    [204, 'registry/error'],
  ])('answered with %s', async (status, code) => {
    const client = await clientOf((_request, response) => response.writeHead(status).end());
    expect(await codeOf(client.resolveTag('1.0'))).toBe(code);
    expect(await codeOf(client.fetchManifest('1.0'))).toBe(code);
  });

  test('larger than any manifest', async () => {
    const client = await clientOf((_request, response) => response.end(Buffer.alloc(4 * 1024 * 1024 + 1)));
    expect(await codeOf(client.fetchManifest('1.0'))).toBe('network/too-large');
  });
});

describe('the list of tags', () => {
  test('is read page by page', async () => {
    const asked: (string | undefined)[] = [];
    const client = await clientOf((request, response) => {
      asked.push(request.url);
      const last = request.url?.includes('last=b') === true;
      const headers = last ? {} : { link: '</v2/acme/app/tags/list?last=b&n=1000>; rel="next"' };
      response
        .writeHead(200, headers)
        .end(JSON.stringify({ name: 'acme/app', tags: last ? ['c'] : ['a', 'b'] }));
    });
    expect(await client.listTags()).toEqual(['a', 'b', 'c']);
    expect(asked).toEqual(['/v2/acme/app/tags/list?n=1000', '/v2/acme/app/tags/list?last=b&n=1000']);
  });

  test('that points to itself ends', async () => {
    const client = await clientOf((request, response) =>
      response.writeHead(200, { link: `<${request.url ?? ''}>; rel="next"` }).end('{"tags":["a"]}'),
    );
    expect(await client.listTags()).toEqual(['a']);
  });

  const url = new URL('https://r.test/v2/x/tags/list');
  test.each<[string, string | undefined, unknown]>([
    ['{"tags":["a"]}', undefined, { tags: ['a'], next: undefined }],
    ['{"tags":null}', undefined, { tags: [], next: undefined }],
    ['{}', undefined, { tags: [], next: undefined }],
    ['{"tags":[]}', '<next?n=1>; rel=next', { tags: [], next: '/v2/x/tags/next?n=1' }],
    ['{"tags":[]}', '<https://r.test/y>; rel="next"', { tags: [], next: '/y' }],
    ['{"tags":[]}', '</y>; rel="prev"', { tags: [], next: undefined }],
    ['{"tags":[]}', '<https://evil.test/y>; rel="next"', undefined],
    ['{"tags":[]}', '<http://r.test/y>; rel="next"', undefined],
    ['{"tags":[]}', '<https://[>; rel="next"', undefined],
    ['{"tags":[1]}', undefined, undefined],
    ['{"tags":{}}', undefined, undefined],
    ['[]', undefined, undefined],
    ['', undefined, undefined],
  ])('page %s, link %s', (body, link, expected) => {
    expect(parseTagPage(Buffer.from(body), link, url)).toEqual(expected);
  });
});

test.each([
  ['docker.io', 'registry-1.docker.io'],
  ['r.test:5000', 'r.test:5000'],
])('the API of %s is at %s', (registry, host) => {
  expect(apiHost(registry)).toBe(host);
});

test.each<[string, boolean, string | undefined]>([
  ['nobody named a root for it', false, 'registry/not-found'],
  ['a root was named for it', true, 'network/tls'],
])('a registry on this computer that speaks plain http, when %s', async (_name, isNamed, code) => {
  const seen: (string | undefined)[] = [];
  const { url } = await startHttp((request, response) => {
    seen.push(request.url);
    response.writeHead(404).end();
  });
  const tls = { extraRoots: isNamed ? [ca.certificatePem] : [], exclusive: false, allowUnverified: !isNamed };
  const registry = url.host;
  const credentials = fixedCredentials(undefined);
  const authorizer = createAuthorizer({ http, credentials, registry, tls, clock: () => 0 });
  const client = createRegistryClient({ registry, repository: 'acme/app', http, authorizer, tls });
  const outcome = await client
    .fetchManifest('1.0')
    .then((found) => (found === undefined ? 'registry/not-found' : 'found'), codeOfError);
  expect([outcome, seen.length > 0]).toEqual([code, !isNamed]);
});

function codeOfError(error: unknown): string {
  if (!isAppError(error)) throw error;
  return error.code;
}
