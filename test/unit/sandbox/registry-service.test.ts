/** The registry's core over both stores: what docker, skopeo and the specification ask of it. */
import { createHash } from 'node:crypto';
import { mkdtemp, readdir, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { makeDemoImage } from '../../../electron/sandbox/demo-images.ts';
import { bytesOf, toRequest } from '../../../electron/sandbox/exchange.ts';
import { DiskRegistryStore } from '../../../electron/sandbox/registry/disk-registry-store.ts';
import { mediaTypes } from '../../../electron/sandbox/registry/manifest-rules.ts';
import { MemoryRegistryStore } from '../../../electron/sandbox/registry/memory-registry-store.ts';
import { pushImage } from '../../../electron/sandbox/registry/local-client.ts';
import { RegistryService } from '../../../electron/sandbox/registry/registry-service.ts';

const origin = 'https://localhost:5000';
const digestOf = (text: string | Buffer): string =>
  `sha256:${createHash('sha256').update(text).digest('hex')}`;
const missing = `sha256:${'0'.repeat(64)}`;

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'td-registry-'));
});
afterEach(async () => {
  await rm(folder, { recursive: true, force: true });
});

interface Answer {
  readonly status: number;
  readonly headers: ReadonlyMap<string, string>;
  readonly bytes: Buffer;
  readonly text: string;
}

async function ask(
  registry: RegistryService,
  method: string,
  path: string,
  body?: string,
  headers: Readonly<Record<string, string>> = {},
): Promise<Answer> {
  const url = path.startsWith('https:') ? path : `${origin}${path}`;
  const response = await registry.handle(
    toRequest(method, url, { headers, ...(body !== undefined && { body }) }),
  );
  const bytes = Buffer.from(await bytesOf(response));
  return { status: response.status, headers: response.headers, bytes, text: bytes.toString('utf8') };
}

const codeOf = ({ text }: Answer): string =>
  (JSON.parse(text) as { readonly errors: readonly { readonly code: string }[] }).errors[0]!.code;

describe.each([
  ['memory', () => Promise.resolve(new MemoryRegistryStore())],
  ['folder', () => DiskRegistryStore.open(folder)],
] as const)('a registry in %s', (_, open) => {
  let registry: RegistryService;
  const call = (method: string, path: string, body?: string, headers?: Readonly<Record<string, string>>) =>
    ask(registry, method, path, body, headers);

  beforeEach(async () => {
    registry = new RegistryService(await open());
    await pushImage(registry, 'demo/app', '1.0', makeDemoImage('docker', 'one'));
    await pushImage(registry, 'demo/app', '2.0', makeDemoImage('oci', 'two'));
  });

  it('answers the ping', async () => {
    const { status, headers, text } = await call('GET', '/v2/');
    expect([status, text]).toEqual([200, '{}']);
    expect(headers.get('Docker-Distribution-Api-Version')).toBe('registry/2.0');
  });

  it.each(['docker', 'oci', 'docker-list', 'oci-index'] as const)(
    'keeps %s images as they are',
    async (kind) => {
      const image = makeDemoImage(kind, 'text');
      await pushImage(registry, 'demo/kinds', kind, image);
      for (const reference of [kind, image.top.digest]) {
        const { status, headers, text } = await call('GET', `/v2/demo/kinds/manifests/${reference}`);
        expect(status).toBe(200);
        expect(digestOf(text)).toBe(image.top.digest);
        expect(headers.get('Docker-Content-Digest')).toBe(image.top.digest);
        expect(headers.get('Content-Type')).toBe(image.top.mediaType);
      }
      for (const { digest } of image.blobs) {
        const { bytes, headers } = await call('GET', `/v2/demo/kinds/blobs/${digest}`);
        expect(digestOf(bytes)).toBe(digest);
        expect(headers.get('Docker-Content-Digest')).toBe(digest);
      }
    },
  );

  it('answers 304 to who has it already', async () => {
    const { digest } = makeDemoImage('docker', 'one').top;
    const { status } = await call('GET', '/v2/demo/app/manifests/1.0', undefined, {
      'If-None-Match': `"${digest}"`,
    });
    expect(status).toBe(304);
  });

  it('moves a tag', async () => {
    const next = makeDemoImage('oci', 'three');
    await pushImage(registry, 'demo/app', '1.0', next);
    expect((await call('GET', '/v2/demo/app/manifests/1.0')).headers.get('Docker-Content-Digest')).toBe(
      next.top.digest,
    );
    const old = makeDemoImage('docker', 'one').top.digest;
    expect((await call('GET', `/v2/demo/app/manifests/${old}`)).status).toBe(200);
  });

  it('deletes a tag alone, and a manifest with all its tags', async () => {
    const { digest } = makeDemoImage('docker', 'one').top;
    await pushImage(registry, 'demo/app', 'same', makeDemoImage('docker', 'one'));
    expect((await call('DELETE', '/v2/demo/app/manifests/same')).status).toBe(202);
    expect((await call('GET', '/v2/demo/app/manifests/1.0')).status).toBe(200);
    expect((await call('DELETE', `/v2/demo/app/manifests/${digest}`)).status).toBe(202);
    expect((await call('GET', '/v2/demo/app/manifests/1.0')).status).toBe(404);
    expect((await call('GET', '/v2/demo/app/tags/list')).text).toBe('{"name":"demo/app","tags":["2.0"]}\n');
  });

  it.each([
    ['n=2', ['a', 'b'], '</v2/demo/tags/tags/list?n=2&last=b>; rel="next"'],
    ['n=2&last=b', ['c', 'd'], '</v2/demo/tags/tags/list?n=2&last=d>; rel="next"'],
    ['n=2&last=d', ['e'], undefined],
    ['n=5', ['a', 'b', 'c', 'd', 'e'], undefined],
    ['last=c', ['d', 'e'], undefined],
    ['n=0', [], undefined],
    ['', ['a', 'b', 'c', 'd', 'e'], undefined],
  ])('lists tags in pages: %s', async (query, tags, link) => {
    for (const tag of ['e', 'd', 'c', 'b', 'a'])
      await pushImage(registry, 'demo/tags', tag, makeDemoImage('oci', tag));
    const { headers, text } = await call('GET', `/v2/demo/tags/tags/list?${query}`);
    expect([JSON.parse(text), headers.get('Link')]).toEqual([{ name: 'demo/tags', tags }, link]);
  });

  it('lists repositories', async () => {
    await pushImage(registry, 'another', '1', makeDemoImage('oci', 'x'));
    expect((await call('GET', '/v2/_catalog')).text).toBe('{"repositories":["another","demo/app"]}\n');
    const { headers } = await call('GET', '/v2/_catalog?n=1');
    expect(headers.get('Link')).toBe('</v2/_catalog?n=1&last=another>; rel="next"');
  });

  describe('takes a blob', () => {
    const text = 'a layer in two pieces';
    const digest = digestOf(text);
    const start = () => call('POST', '/v2/demo/up/blobs/uploads/');

    it('in one request', async () => {
      const { status, headers } = await call('POST', `/v2/demo/up/blobs/uploads/?digest=${digest}`, text);
      expect([status, headers.get('Location')]).toEqual([201, `${origin}/v2/demo/up/blobs/${digest}`]);
    });

    it('in two requests', async () => {
      const location = (await start()).headers.get('Location')!;
      const { status, headers } = await call('PUT', `${location}?digest=${digest}`, text);
      expect([status, headers.get('Docker-Content-Digest')]).toEqual([201, digest]);
    });

    it('in pieces', async () => {
      const location = (await start()).headers.get('Location')!;
      const first = await call('PATCH', location, text.slice(0, 5), { 'Content-Range': '0-4' });
      expect([first.status, first.headers.get('Range')]).toEqual([202, '0-4']);
      const progress = await call('GET', location);
      expect([progress.status, progress.headers.get('Range')]).toEqual([204, '0-4']);
      await call('PATCH', location, text.slice(5));
      expect((await call('PUT', `${location}?digest=${digest}`)).status).toBe(201);
      expect((await call('GET', `/v2/demo/up/blobs/${digest}`)).text).toBe(text);
      expect((await call('GET', location)).status).toBe(404);
    });

    it('from another repository', async () => {
      await call('POST', `/v2/demo/up/blobs/uploads/?digest=${digest}`, text);
      expect((await call('GET', `/v2/demo/other/blobs/${digest}`)).status).toBe(404);
      const { status } = await call('POST', `/v2/demo/other/blobs/uploads/?mount=${digest}&from=demo/up`);
      expect(status).toBe(201);
      expect((await call('GET', `/v2/demo/other/blobs/${digest}`)).text).toBe(text);
    });

    it('by upload where the other repository does not have it', async () => {
      const { status } = await call('POST', `/v2/demo/other/blobs/uploads/?mount=${digest}&from=demo/none`);
      expect(status).toBe(202);
    });

    it('not with another digest, and forgets what came', async () => {
      const location = (await start()).headers.get('Location')!;
      const refused = await call('PUT', `${location}?digest=${missing}`, text);
      expect([refused.status, codeOf(refused)]).toEqual([400, 'DIGEST_INVALID']);
      expect((await call('GET', location)).status).toBe(404);
      expect((await call('GET', `/v2/demo/up/blobs/${missing}`)).status).toBe(404);
    });

    it.each(['5-9', '0-4', 'bytes 1-2', 'x'])('not a piece that does not follow: %s', async (range) => {
      const location = (await start()).headers.get('Location')!;
      await call('PATCH', location, 'abc');
      const refused = await call('PATCH', location, 'def', { 'Content-Range': range });
      expect([refused.status, codeOf(refused)]).toEqual([416, 'RANGE_INVALID']);
    });

    it('not after it was cancelled', async () => {
      const location = (await start()).headers.get('Location')!;
      expect((await call('DELETE', location)).status).toBe(204);
      expect(codeOf(await call('PATCH', location, 'abc'))).toBe('BLOB_UPLOAD_UNKNOWN');
    });
  });

  const dockerType = mediaTypes.dockerManifest;
  const manifest = (members: object): string => JSON.stringify({ schemaVersion: 2, ...members });
  it.each([
    ['no JSON', 'no JSON', dockerType, 'MANIFEST_INVALID'],
    ['a list', '[]', dockerType, 'MANIFEST_INVALID'],
    ['schema 1', '{"schemaVersion":1}', dockerType, 'MANIFEST_INVALID'],
    ['no media type', manifest({}), '', 'MANIFEST_INVALID'],
    ['an unknown media type', manifest({}), 'application/json', 'MANIFEST_INVALID'],
    ['two media types', manifest({ mediaType: mediaTypes.ociManifest }), dockerType, 'MANIFEST_INVALID'],
    ['no config', manifest({ layers: [] }), dockerType, 'MANIFEST_BLOB_UNKNOWN'],
    ['a missing layer', manifest({ config: { digest: missing } }), dockerType, 'MANIFEST_BLOB_UNKNOWN'],
    [
      'a missing platform',
      manifest({ manifests: [{ digest: missing }] }),
      mediaTypes.ociIndex,
      'MANIFEST_BLOB_UNKNOWN',
    ],
  ])('refuses a manifest: %s', async (__, body, type, code) => {
    const refused = await call('PUT', '/v2/demo/app/manifests/bad', body, { 'Content-Type': type });
    expect([refused.status, codeOf(refused)]).toEqual([400, code]);
    expect((await call('GET', '/v2/demo/app/manifests/bad')).status).toBe(404);
  });

  it.each([
    ['GET', '/v2/demo/app/manifests/none', 404, 'MANIFEST_UNKNOWN'],
    ['GET', `/v2/demo/app/manifests/${missing}`, 404, 'MANIFEST_UNKNOWN'],
    ['DELETE', '/v2/demo/app/manifests/none', 404, 'MANIFEST_UNKNOWN'],
    ['GET', '/v2/demo/app/manifests/-x', 400, 'TAG_INVALID'],
    ['GET', '/v2/demo/app/manifests/sha256:12', 400, 'TAG_INVALID'],
    ['POST', '/v2/demo/app/manifests/1.0', 405, 'UNSUPPORTED'],
    ['GET', `/v2/demo/app/blobs/${missing}`, 404, 'BLOB_UNKNOWN'],
    ['GET', '/v2/demo/app/blobs/sha256:12', 400, 'DIGEST_INVALID'],
    ['GET', '/v2/demo/none/tags/list', 404, 'NAME_UNKNOWN'],
    ['POST', '/v2/demo/app/tags/list', 405, 'UNSUPPORTED'],
    ['GET', '/v2/demo/app/tags/list?n=x', 400, 'PAGINATION_NUMBER_INVALID'],
    ['GET', '/v2/demo/app/tags/list?n=-1', 400, 'PAGINATION_NUMBER_INVALID'],
    ['GET', '/v2/Demo/app/tags/list', 400, 'NAME_INVALID'],
    ['GET', '/v2/demo/../app/manifests/1.0', 404, 'MANIFEST_UNKNOWN'],
    ['GET', '/v2/demo//app/manifests/1.0', 400, 'NAME_INVALID'],
    ['GET', `/v2/${'a'.repeat(256)}/manifests/1.0`, 400, 'NAME_INVALID'],
    ['GET', '/v2/demo/app/blobs/uploads/', 405, 'UNSUPPORTED'],
    ['PUT', '/v2/demo/app/manifests/x', 400, 'MANIFEST_INVALID'],
  ])('%s %s: %i %s', async (method, path, status, code) => {
    const answer = await call(method, path);
    expect([answer.status, codeOf(answer)]).toEqual([status, code]);
  });

  it('refuses a manifest under another digest', async () => {
    const { top } = makeDemoImage('docker', 'one');
    const body = Buffer.from(top.bytes).toString('utf8');
    const refused = await call('PUT', `/v2/demo/app/manifests/${missing}`, body, {
      'Content-Type': top.mediaType,
    });
    expect([refused.status, codeOf(refused)]).toEqual([400, 'DIGEST_INVALID']);
  });

  it('refuses a manifest of more than 4 MiB', async () => {
    const body = ' '.repeat(4 * 1024 * 1024 + 1);
    expect((await call('PUT', '/v2/demo/app/manifests/big', body)).status).toBe(413);
  });

  it('forgets a blob in one repository only', async () => {
    const { digest } = makeDemoImage('docker', 'one').blobs[0]!;
    await pushImage(registry, 'demo/two', '1.0', makeDemoImage('docker', 'one'));
    expect((await call('DELETE', `/v2/demo/app/blobs/${digest}`)).status).toBe(202);
    expect((await call('GET', `/v2/demo/app/blobs/${digest}`)).status).toBe(404);
    expect((await call('GET', `/v2/demo/two/blobs/${digest}`)).status).toBe(200);
  });
});

describe('a registry in a folder', () => {
  it('is the same when it is opened again, without what was not finished', async () => {
    const first = new RegistryService(await DiskRegistryStore.open(folder));
    await pushImage(first, 'demo/app', '1.0', makeDemoImage('oci-index', 'one'));
    const location = (await ask(first, 'POST', '/v2/demo/app/blobs/uploads/')).headers.get('Location')!;
    const second = new RegistryService(await DiskRegistryStore.open(folder));
    const { text } = await ask(second, 'GET', '/v2/demo/app/manifests/1.0');
    expect(digestOf(text)).toBe(makeDemoImage('oci-index', 'one').top.digest);
    expect((await ask(second, 'GET', location)).status).toBe(404);
    expect(await readdir(join(folder, 'uploads'))).toEqual([]);
  });

  it('is closed to others', async () => {
    const registry = new RegistryService(await DiskRegistryStore.open(folder));
    await pushImage(registry, 'demo/app', '1.0', makeDemoImage('oci', 'one'));
    const modeOf = async (name: string) => (await stat(join(folder, name))).mode & 0o777;
    for (const name of ['blobs', 'uploads']) expect(await modeOf(name)).toBe(0o700);
    for (const name of await readdir(join(folder, 'blobs')))
      expect(await modeOf(join('blobs', name))).toBe(0o600);
    expect(await modeOf('index.json')).toBe(0o600);
  });
});
