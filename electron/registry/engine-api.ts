/**
 * The docker engine's API over its socket. Command line and main.
 * SECURITY: credentials go in the request's header over the local socket only; never in argv or an error.
 */
import { request, type IncomingMessage } from 'node:http';
import { createInterface } from 'node:readline';
import { AppError } from '../../shared/errors.ts';
import type { CredentialSource, FoundCredentials } from './credentials.ts';

export interface EngineOptions {
  /** `DOCKER_HOST` is honoured when it names a socket. */
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly credentials: CredentialSource;
}

const answerLimit = 64 * 1024;

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

/** A name as part of a path. */
export function escapeName(name: string): string {
  return name.split('/').map(encodeURIComponent).join('/').replaceAll('%3A', ':');
}

/** One request. @throws `engine/unavailable` */
export function askEngine(
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

/** The header by which the engine logs in to a registry: as docker's configuration says. */
export async function authFor(
  registry: string,
  { credentials }: EngineOptions,
): Promise<Readonly<Record<string, string>>> {
  return { 'x-registry-auth': authHeader(await credentials.find(registry), registry) };
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

/** The engine's messages, one JSON object a line. @throws `engine/error`, also for a failure that the engine reports among them */
export async function* messagesOf(answer: IncomingMessage): AsyncGenerator<Record<string, unknown>> {
  if (answer.statusCode !== 200) throw new AppError('engine/error', { reason: await reasonOf(answer) });
  for await (const line of createInterface({ input: answer })) {
    const message = parseLine(line);
    const failure = message['error'];
    if (typeof failure === 'string') throw new AppError('engine/error', { reason: failure });
    yield message;
  }
}

function parseLine(line: string): Record<string, unknown> {
  if (line.trim() === '') return {};
  try {
    return JSON.parse(line) as Record<string, unknown>;
  } catch (error) {
    throw new AppError('engine/error', { reason: 'its answer is not JSON' }, { cause: error });
  }
}

/** Why it refused, in its own words. */
export async function reasonOf(answer: IncomingMessage): Promise<string> {
  let text = '';
  for await (const chunk of answer) {
    text += String(chunk);
    if (text.length > answerLimit) break;
  }
  const { message } = parseLine(text);
  return typeof message === 'string' ? message : `it answered ${String(answer.statusCode)}`;
}
