/**
 * The real docker-registry (distribution) on a random loopback port: open, with basic or with token authentication,
 * over http or https. Images are put there by its own HTTP API, so that no engine is needed to fill it.
 */
import { createHash } from 'node:crypto';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { makeAuthority, writeServerFiles } from './certificates.ts';
import type { CertificateFiles } from './certificates.ts';
import { freePort, startServer } from './child.ts';
import type { Server } from './child.ts';
import { answers, get } from './https-get.ts';
import type { Answer } from './https-get.ts';
import { peerPath } from './peers.ts';
import type { Scope } from './scope.ts';
import type { TokenServer } from './token-server.ts';

/** The one account of a registry with basic authentication. */
export const registryAccount = { user: 'labuser', password: 'labpass1' } as const;
/** bcrypt of the password above. */
const passwordFile = 'labuser:$2b$04$jmmfxBgMLZaHfY3c6FGjC.5N93OtCR8V1Mpm1o14s3Gtagy1fsQ3e\n';

export interface DockerRegistry extends Server {
  /** `localhost:40123`: how image references name it. */
  readonly host: string;
  readonly url: string;
  readonly caPem: string | undefined;
  readonly caPath: string | undefined;
  /** Puts an image manifest under a tag; answers the digest that the registry gave it. */
  pushImage(repository: string, tag: string, text?: string): Promise<PushedImage>;
}

export interface PushedImage {
  /** `sha256:...` of the manifest. */
  readonly digest: string;
  /** Bytes of the manifest: what signed metadata calls its length. */
  readonly size: number;
}

export interface DockerRegistryOptions {
  readonly auth?: 'basic' | TokenServer;
  readonly tls?: boolean;
}

const manifestType = 'application/vnd.docker.distribution.manifest.v2+json';
const digestOf = (bytes: Buffer): string => `sha256:${createHash('sha256').update(bytes).digest('hex')}`;

async function authSection(scope: Scope, port: number, auth: DockerRegistryOptions['auth']): Promise<object> {
  if (auth === undefined) return {};
  if (auth !== 'basic') {
    const { realm, service, issuer, bundlePath } = auth;
    return { auth: { token: { realm, service, issuer, rootcertbundle: bundlePath } } };
  }
  const path = join(scope.folder, `htpasswd-${port}`);
  await writeFile(path, passwordFile);
  return { auth: { htpasswd: { realm: 'lab registry', path } } };
}

async function writeConfig(
  scope: Scope,
  port: number,
  options: DockerRegistryOptions,
  tls: CertificateFiles | undefined,
): Promise<string> {
  const rootdirectory = join(scope.folder, `registry-${port}`);
  await mkdir(rootdirectory);
  const config = {
    version: '0.1',
    log: { level: 'warn' },
    storage: { filesystem: { rootdirectory }, delete: { enabled: true } },
    http: {
      addr: `127.0.0.1:${port}`,
      secret: 'lab',
      ...(tls === undefined ? {} : { tls: { certificate: tls.certificate, key: tls.key } }),
    },
    ...(await authSection(scope, port, options.auth)),
  };
  // JSON is YAML.
  const file = join(scope.folder, `registry-${port}.yml`);
  await writeFile(file, JSON.stringify(config));
  return file;
}

/** Uploads go with the account of a `basic` registry, or with none. */
class Uploader {
  constructor(
    private readonly url: string,
    private readonly caPem: string | undefined,
    private readonly authorization: string | undefined,
  ) {}

  private async send(method: string, path: string, type: string, body?: Buffer): Promise<Answer> {
    const headers = {
      'content-type': type,
      'content-length': String(body?.length ?? 0),
      ...(this.authorization === undefined ? {} : { authorization: this.authorization }),
    };
    const url = path.startsWith('http') ? path : `${this.url}${path}`;
    const answer = await get(url, {
      method,
      caPem: this.caPem,
      headers,
      ...(body === undefined ? {} : { body }),
    });
    if (answer.status >= 300) throw new Error(`${method} ${url}: ${answer.status} ${answer.body.toString()}`);
    return answer;
  }

  async blob(repository: string, bytes: Buffer): Promise<void> {
    const started = await this.send('POST', `/v2/${repository}/blobs/uploads/`, 'application/octet-stream');
    const target = new URL(String(started.headers['location']), this.url);
    target.searchParams.set('digest', digestOf(bytes));
    await this.send('PUT', target.href, 'application/octet-stream', bytes);
  }

  async manifest(repository: string, tag: string, bytes: Buffer): Promise<void> {
    await this.send('PUT', `/v2/${repository}/manifests/${tag}`, manifestType, bytes);
  }
}

async function pushImage(
  uploader: Uploader,
  repository: string,
  tag: string,
  text: string,
): Promise<PushedImage> {
  const config = Buffer.from(
    JSON.stringify({
      architecture: 'amd64',
      os: 'linux',
      rootfs: { type: 'layers', diff_ids: [] },
      comment: text,
    }),
  );
  await uploader.blob(repository, config);
  const manifest = Buffer.from(
    JSON.stringify({
      schemaVersion: 2,
      mediaType: manifestType,
      config: {
        mediaType: 'application/vnd.docker.container.image.v1+json',
        size: config.length,
        digest: digestOf(config),
      },
      layers: [],
    }),
  );
  await uploader.manifest(repository, tag, manifest);
  return { digest: digestOf(manifest), size: manifest.length };
}

export async function startDockerRegistry(
  scope: Scope,
  options: DockerRegistryOptions = {},
): Promise<DockerRegistry> {
  const port = await freePort();
  const authority = options.tls === true ? await makeAuthority('Lab registry CA') : undefined;
  const tls = authority && (await writeServerFiles(scope.folder, `registry-${port}`, authority));
  const file = await writeConfig(scope, port, options, tls);
  const host = `localhost:${port}`;
  const url = `${tls === undefined ? 'http' : 'https'}://${host}`;
  const caPem = authority?.certificatePem;
  const isReady = () => answers(`${url}/v2/`, caPem, [200, 401]);
  const server = await startServer(scope, peerPath('docker-registry'), ['serve', file], isReady);
  const { user, password } = registryAccount;
  const basic = `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`;
  const uploader = new Uploader(url, caPem, options.auth === 'basic' ? basic : undefined);
  return {
    ...server,
    host,
    url,
    caPem,
    caPath: tls?.ca,
    pushImage: (repository, tag, text = tag) => pushImage(uploader, repository, tag, text),
  };
}
