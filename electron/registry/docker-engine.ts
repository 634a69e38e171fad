/**
 * Pushes a local image through the docker engine's API, over its socket, as `docker push` does. Command line and main.
 * SECURITY: credentials go in the request's header over the local socket only; never in argv or an error.
 */
import { request, type IncomingMessage } from 'node:http';
import { createInterface } from 'node:readline';
import type { Sha256Hex } from '../../shared/brands.ts';
import { AppError } from '../../shared/errors.ts';
import type { CredentialSource, FoundCredentials } from './credentials.ts';
import type { ImageReference } from './image-reference.ts';

export interface EngineOptions {
  /** `DOCKER_HOST` is honoured when it names a socket. */
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly credentials: CredentialSource;
}

/** What the registry took. */
export interface PushedImage {
  readonly sha256: Sha256Hex;
  /** Bytes of the manifest. */
  readonly size: number;
}

const answerLimit = 64 * 1024;

/**
 * @param image must have a tag
 * @throws `engine/unavailable`, `engine/image-not-found`, `engine/error`
 */
export async function pushThroughEngine(image: ImageReference, options: EngineOptions): Promise<PushedImage> {
  const socketPath = engineSocket(options.env);
  const name = `${image.gun}:${image.tag ?? ''}`;
  await mustExist(socketPath, name);
  const auth = authHeader(await options.credentials.find(image.registry), image.registry);
  const path = `/images/${escapeName(image.gun)}/push?tag=${encodeURIComponent(image.tag ?? '')}`;
  const answer = await ask(socketPath, 'POST', path, { 'x-registry-auth': auth });
  if (answer.statusCode !== 200) throw new AppError('engine/error', { reason: await messageOf(answer) });
  return readPush(answer);
}

/** The engine's socket: `DOCKER_HOST`, or where the engine puts it. @throws `engine/unavailable` for a TCP engine */
export function engineSocket(env: EngineOptions['env'], platform: string = process.platform): string {
  const host = env['DOCKER_HOST'];
  if (host === undefined || host === '') {
    return platform === 'win32' ? '//./pipe/docker_engine' : '/var/run/docker.sock';
  }
  const [, path] = /^(?:unix|npipe):\/\/(.+)$/.exec(host) ?? [];
  if (path === undefined)
    throw new AppError('engine/unavailable', { socket: host, reason: 'it is not a socket' });
  return path;
}

async function mustExist(socketPath: string, name: string): Promise<void> {
  const answer = await ask(socketPath, 'GET', `/images/${escapeName(name)}/json`, {});
  const { statusCode } = answer;
  answer.resume();
  if (statusCode === 404) throw new AppError('engine/image-not-found', { reference: name });
  if (statusCode !== 200) throw new AppError('engine/error', { reason: `it answered ${String(statusCode)}` });
}

function escapeName(name: string): string {
  return name.split('/').map(encodeURIComponent).join('/').replaceAll('%3A', ':');
}

function ask(
  socketPath: string,
  method: string,
  path: string,
  headers: Record<string, string>,
): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    const asked = request({ socketPath, method, path, headers: { host: 'docker', ...headers } }, resolve);
    asked.once('error', (error: NodeJS.ErrnoException) => {
      const reason = error.code ?? 'it does not answer';
      reject(new AppError('engine/unavailable', { socket: socketPath, reason }, { cause: error }));
    });
    asked.end();
  });
}

/** The engine wants base64url of a JSON object; an empty one for an anonymous push. */
function authHeader(found: FoundCredentials | undefined, registry: string): string {
  return Buffer.from(JSON.stringify(authObject(found, registry))).toString('base64url');
}

function authObject(found: FoundCredentials | undefined, serveraddress: string): object {
  const credentials = found?.credentials;
  if (credentials === undefined) return {};
  if (credentials.kind === 'password') {
    const { username, password } = credentials;
    return { username, password, serveraddress };
  }
  return { identitytoken: credentials.token, serveraddress };
}

/** One JSON object per line; the last word on what was pushed is in `aux`. */
async function readPush(answer: IncomingMessage): Promise<PushedImage> {
  let pushed: PushedImage | undefined;
  for await (const line of createInterface({ input: answer })) {
    const message = parseLine(line);
    const failure = message['error'];
    if (typeof failure === 'string') throw new AppError('engine/error', { reason: failure });
    pushed = pushedIn(message['aux']) ?? pushed;
  }
  if (pushed === undefined)
    throw new AppError('engine/error', { reason: 'it named no digest for what it pushed' });
  return pushed;
}

function parseLine(line: string): Record<string, unknown> {
  if (line.trim() === '') return {};
  try {
    return JSON.parse(line) as Record<string, unknown>;
  } catch (error) {
    throw new AppError('engine/error', { reason: 'its answer is not JSON' }, { cause: error });
  }
}

function pushedIn(aux: unknown): PushedImage | undefined {
  if (typeof aux !== 'object' || aux === null) return undefined;
  const { Digest: digest, Size: size } = aux as { Digest?: unknown; Size?: unknown };
  if (typeof digest !== 'string' || !/^sha256:[0-9a-f]{64}$/.test(digest) || typeof size !== 'number')
    return undefined;
  return { sha256: digest.slice('sha256:'.length) as Sha256Hex, size };
}

async function messageOf(answer: IncomingMessage): Promise<string> {
  let text = '';
  for await (const chunk of answer) {
    text += String(chunk);
    if (text.length > answerLimit) break;
  }
  const { message } = parseLine(text);
  return typeof message === 'string' ? message : `it answered ${String(answer.statusCode)}`;
}
