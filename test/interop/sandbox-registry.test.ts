/**
 * The same raw requests to the real docker-registry and to the sandbox's: the same status, the same error code, and
 * the same headers where clients look at them.
 */
import { expect, it } from 'vitest';
import { makeDemoImage } from '../../electron/sandbox/demo-images.ts';
import type { DemoImage } from '../../electron/sandbox/demo-images.ts';
import { MemoryRegistryStore } from '../../electron/sandbox/registry/memory-registry-store.ts';
import { RegistryService } from '../../electron/sandbox/registry/registry-service.ts';
import { issueServerCertificate, makeAuthority } from '../../electron/sandbox/authority.ts';
import { openEndpoint } from '../../electron/sandbox/https-endpoint.ts';
import { describeWithPeers } from '../lab/describe-with-peers.ts';
import { startDockerRegistry } from '../lab/docker-registry.ts';
import { get } from '../lab/https-get.ts';
import type { Answer } from '../lab/https-get.ts';
import type { Scope } from '../lab/scope.ts';
import { useScope } from '../lab/use-scope.ts';

interface Registry {
  readonly url: string;
  readonly caPem: string | undefined;
}
interface Asked {
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: Buffer;
}

async function openSandboxRegistry(scope: Scope): Promise<Registry> {
  const authority = await makeAuthority(new Date());
  const certificate = await issueServerCertificate(authority, new Date());
  const service = new RegistryService(new MemoryRegistryStore());
  const endpoint = await openEndpoint({ certificate, handler: (request) => service.handle(request) });
  scope.defer(() => endpoint.close());
  return { url: endpoint.url, caPem: authority.certificatePem };
}

const missing = `sha256:${'0'.repeat(64)}`;
const images = {
  '1.0': makeDemoImage('docker', 'one'),
  '2.0': makeDemoImage('oci', 'two'),
  list: makeDemoImage('docker-list', 'list'),
  index: makeDemoImage('oci-index', 'index'),
} as const;
const one = images['1.0'];
const layer = one.blobs[0]!.digest;

function send(
  registry: Registry,
  method: string,
  path: string,
  { headers, body }: Asked = {},
): Promise<Answer> {
  const length = { 'content-length': String(body?.length ?? 0) };
  return get(path.startsWith('http') ? path : `${registry.url}${path}`, {
    method,
    caPem: registry.caPem,
    headers: { ...length, ...headers },
    ...(body && { body }),
  });
}

/** Starts an upload and answers its address with a query added. */
async function uploadUrl(registry: Registry, name: string, query = ''): Promise<string> {
  const { headers } = await send(registry, 'POST', `/v2/${name}/blobs/uploads/`);
  const url = new URL(String(headers['location']), registry.url);
  for (const [key, value] of new URLSearchParams(query)) url.searchParams.set(key, value);
  return url.href;
}

async function push(registry: Registry, tag: string, image: DemoImage): Promise<void> {
  for (const { digest, bytes } of image.blobs) {
    await send(registry, 'PUT', await uploadUrl(registry, 'demo/app', `digest=${digest}`), {
      body: Buffer.from(bytes),
    });
  }
  for (const [reference, { mediaType, bytes }] of [
    ...image.manifests.map((manifest) => [manifest.digest, manifest] as const),
    [tag, image.top] as const,
  ]) {
    const put = { headers: { 'content-type': mediaType }, body: Buffer.from(bytes) };
    const { status, body } = await send(registry, 'PUT', `/v2/demo/app/manifests/${reference}`, put);
    if (status !== 201) throw new Error(`${registry.url}: ${String(status)} ${body.toString()}`);
  }
}

const accept = [one, images['2.0'], images.list, images.index].map(({ top }) => top.mediaType).join(',');
const body = (text: string): Asked => ({ body: Buffer.from(text) });
const typed = (type: string, text: string): Asked => ({ ...body(text), headers: { 'content-type': type } });

const requests: readonly (readonly [method: string, path: string, asked?: Asked])[] = [
  ['GET', '/v2/'],
  ...Object.keys(images).flatMap((tag) => [
    ['GET', `/v2/demo/app/manifests/${tag}`, { headers: { accept } }] as const,
    ['HEAD', `/v2/demo/app/manifests/${tag}`, { headers: { accept } }] as const,
  ]),
  ['GET', `/v2/demo/app/manifests/${one.top.digest}`, { headers: { accept } }],
  ['GET', '/v2/demo/app/manifests/none', { headers: { accept } }],
  ['HEAD', '/v2/demo/app/manifests/none', { headers: { accept } }],
  ['GET', `/v2/demo/app/manifests/${missing}`, { headers: { accept } }],
  ['GET', '/v2/demo/none/manifests/1.0', { headers: { accept } }],
  ['GET', '/v2/demo/app/tags/list'],
  ['GET', '/v2/demo/none/tags/list'],
  ['GET', '/v2/_catalog'],
  ['GET', `/v2/demo/app/blobs/${layer}`],
  ['HEAD', `/v2/demo/app/blobs/${layer}`],
  ['GET', `/v2/demo/app/blobs/${missing}`],
  ['GET', `/v2/demo/none/blobs/${layer}`],
  ['PUT', '/v2/demo/app/manifests/bad', typed(one.top.mediaType, 'no JSON')],
  [
    'PUT',
    `/v2/demo/app/manifests/${missing}`,
    typed(one.top.mediaType, Buffer.from(one.top.bytes).toString()),
  ],
  ['POST', `/v2/demo/other/blobs/uploads/?mount=${layer}&from=demo/app`],
  ['POST', `/v2/demo/other/blobs/uploads/?mount=${missing}&from=demo/app`],
  ['DELETE', `/v2/demo/app/manifests/${missing}`],
];

/** What clients look at; a body only where it is no error text. */
const comparedHeaders = [
  'content-type',
  'docker-content-digest',
  'docker-distribution-api-version',
  'etag',
  'content-length',
];

/** The real registry lists tags in the order of its folders. */
function sortedTags(text: Buffer): string {
  if (!text.toString().startsWith('{"name":')) return text.toString('base64');
  const list = JSON.parse(text.toString()) as { readonly name: string; readonly tags: string[] };
  return JSON.stringify({ ...list, tags: list.tags.sort() });
}

function shown({ status, headers, body: text }: Answer) {
  if (status >= 400) {
    const { errors = [] } = (text.length === 0 ? {} : JSON.parse(text.toString())) as {
      errors?: { code: string }[];
    };
    return { status, codes: errors.map(({ code }) => code) };
  }
  const names = Object.fromEntries(comparedHeaders.map((name) => [name, headers[name]]));
  return { status, headers: names, body: sortedTags(text) };
}

describeWithPeers("the sandbox's registry and docker-registry", ['docker-registry'], () => {
  const lab = useScope(async (scope) => {
    const real = await startDockerRegistry(scope);
    const registries = [{ url: real.url, caPem: real.caPem }, await openSandboxRegistry(scope)];
    for (const registry of registries) {
      for (const [tag, image] of Object.entries(images)) await push(registry, tag, image);
    }
    return registries;
  });

  it.each(requests.map(([method, path, asked = {}]) => ({ method, path, asked })))(
    '$method $path',
    async ({ method, path, asked }) => {
      const [real, ours] = await Promise.all(lab().map((registry) => send(registry, method, path, asked)));
      expect(shown(ours!)).toEqual(shown(real!));
    },
  );

  it.each([
    ['another digest', `digest=${missing}`],
    ['no digest', ''],
    ['a digest that is none', 'digest=x'],
  ])('refuse a blob with %s', async (_, query) => {
    const answers = await Promise.all(
      lab().map(async (registry) =>
        send(registry, 'PUT', await uploadUrl(registry, 'demo/app', query), body('abc')),
      ),
    );
    expect(shown(answers[1]!)).toEqual(shown(answers[0]!));
  });

  it('take a blob in pieces', async () => {
    for (const registry of lab()) {
      const first = await send(registry, 'PATCH', await uploadUrl(registry, 'demo/pieces'), body('abc'));
      expect([first.status, first.headers['range']]).toEqual([202, '0-2']);
      const second = await send(
        registry,
        'PATCH',
        new URL(String(first.headers['location']), registry.url).href,
        body('def'),
      );
      expect([second.status, second.headers['range']]).toEqual([202, '0-5']);
      const url = new URL(String(second.headers['location']), registry.url);
      url.searchParams.set(
        'digest',
        'sha256:bef57ec7f53a6d40beb640a780a639c83bc29ac8a9816f1fc6c5c6dcd93c4721',
      );
      const { status, headers } = await send(registry, 'PUT', url.href);
      expect([status, headers['docker-content-digest']]).toEqual([201, url.searchParams.get('digest')]);
    }
  });
});
