/**
 * The command line in this process, on a computer of its own: a temporary home, a trust server on loopback that serves
 * what a repository builder published, and every byte of the trust directory under watch. Test code.
 */
import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import type { RequestListener } from 'node:http';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, afterEach, beforeAll } from 'vitest';
import { runCommandLine } from '../../../electron/cli/command-line.ts';
import type { Output, Terminal } from '../../../electron/cli/terminal.ts';
import { createHttpClient, type HttpClient } from '../../../electron/network/http-client.ts';
import { type Issued, makeCa, makeLeaf } from '../network/certificates.ts';
import { startHttps } from '../network/loopback-server.ts';

export const now = new Date('2026-06-01T12:00:00Z');

export interface Ran {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

let ca: Issued;
let otherCa: Issued;
let leaf: Issued;
const folders: string[] = [];
const clients: HttpClient[] = [];

/** Call once per file that uses the lab. */
export function useCommandLab(): void {
  beforeAll(async () => {
    ca = await makeCa('trust server ca');
    otherCa = await makeCa('another ca');
    leaf = await makeLeaf(ca);
  });
  afterEach(async () => {
    await Promise.all(folders.splice(0).map((folder) => rm(folder, { recursive: true, force: true })));
  });
  afterAll(() => {
    for (const client of clients) client.close();
  });
}

/** What the server does instead of serving a file. */
export type Interference = (name: string) => RequestListener | undefined;

export interface LabServer {
  readonly url: string;
  readonly host: string;
  readonly requests: string[];
}

/** Serves `files` (role or `<n>.root` to bytes) of `gun` under whatever hash is asked for. */
export async function serve(
  gun: string,
  files: () => ReadonlyMap<string, Uint8Array>,
  interfere: Interference = () => undefined,
): Promise<LabServer> {
  const prefix = `/v2/${gun}/_trust/tuf/`;
  const requests: string[] = [];
  const server = await startHttps(leaf, (request, response) => {
    const url = request.url ?? '';
    requests.push(`${request.method ?? ''} ${url}`);
    const name = url.startsWith(prefix)
      ? url.slice(prefix.length).replace(/(\.[0-9a-f]{64})?\.json$/, '')
      : url;
    const instead = interfere(name);
    if (instead !== undefined) {
      instead(request, response);
      return;
    }
    if (url === '/v2/' || url === '/_notary_server/health') return void response.end('{}');
    const bytes = url.startsWith(prefix) ? files().get(name) : undefined;
    if (bytes === undefined) return void response.writeHead(404).end();
    return void response.end(bytes);
  });
  const { host } = server.url;
  return { url: `https://${host}`, host, requests };
}

export interface Desk {
  readonly home: string;
  readonly trustDirectory: string;
  readonly env: Record<string, string>;
  run(...words: string[]): Promise<Ran>;
  /** The same at another time. */
  runAt(instant: Date, ...words: string[]): Promise<Ran>;
  write(file: string, content: string | Uint8Array): Promise<string>;
  /** Every file and folder of the trust directory with its mode, and of files the SHA-256. */
  trustTree(): Promise<readonly string[]>;
}

/** @param trusts whose certificates docker's folder holds: the server's CA, another one, or none */
export async function makeDesk(
  server: Pick<LabServer, 'url' | 'host'>,
  trusts: 'its CA' | 'another CA' | 'nothing' = 'its CA',
): Promise<Desk> {
  const home = await mkdtemp(join(tmpdir(), 'td-cli-'));
  folders.push(home);
  const dockerConfig = join(home, '.docker');
  const trustDirectory = join(dockerConfig, 'trust');
  const write = async (file: string, content: string | Uint8Array): Promise<string> => {
    const path = join(home, file);
    await mkdir(dirname(path), { recursive: true, mode: 0o700 });
    await writeFile(path, content, { mode: 0o600 });
    return path;
  };
  const pem = { 'its CA': ca.certificatePem, 'another CA': otherCa.certificatePem, nothing: undefined }[
    trusts
  ];
  if (pem !== undefined) await write(`.docker/tls/${server.host}/ca.crt`, pem);
  await mkdir(dockerConfig, { recursive: true });
  const env = {
    DOCKER_CONFIG: dockerConfig,
    DOCKER_CONTENT_TRUST_SERVER: server.url,
    TRUSTDESK_HOME: join(home, 'trustdesk'),
  };
  const runAt = async (instant: Date, ...words: string[]): Promise<Ran> => {
    const [stdout, stderr] = [capture(), capture()];
    const http = createHttpClient({ env, timeouts: { idleMs: 300, connectMs: 2_000, totalMs: 5_000 } });
    clients.push(http);
    const terminal: Terminal = {
      env,
      workingDirectory: home,
      homeDirectory: home,
      now: () => instant,
      stdout,
      stderr,
      http,
    };
    const exitCode = await runCommandLine(words, terminal);
    return { exitCode, stdout: stdout.text(), stderr: stderr.text() };
  };
  return {
    home,
    trustDirectory,
    env,
    run: (...words) => runAt(now, ...words),
    runAt,
    write,
    trustTree: () => listTree(trustDirectory),
  };
}

function capture(): Output & { text(): string } {
  const pieces: string[] = [];
  return {
    isTerminal: false,
    write: (data) => pieces.push(typeof data === 'string' ? data : Buffer.from(data).toString()),
    text: () => pieces.join(''),
  };
}

async function listTree(folder: string): Promise<readonly string[]> {
  const names = await readdir(folder, { recursive: true }).catch(() => []);
  const entries = names.sort().map(async (name) => {
    const path = join(folder, name);
    const { mode, isFile } = await stat(path).then((found) => ({ mode: found.mode, isFile: found.isFile() }));
    const content = isFile
      ? createHash('sha256')
          .update(await readFile(path))
          .digest('hex')
      : 'folder';
    return `${(mode & 0o777).toString(8)} ${name} ${content}`;
  });
  return Promise.all(entries);
}
