/**
 * The real docker engine (dockerd) on a Unix socket in a temporary folder, with no network of its own.
 * Needs root. Images come from `docker import`, never from a registry outside.
 */
import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { mustRun, run, startServer } from './child.ts';
import type { Server } from './child.ts';
import { peerPath } from './peers.ts';
import type { Scope } from './scope.ts';

export interface DockerEngine extends Server {
  /** For `DOCKER_HOST`: `unix:///...`. */
  readonly address: string;
  /** Makes a tiny image with contents of its own from nothing but a text file. */
  importImage(reference: string, text?: string): Promise<void>;
  /** The same with one program, `/program`, compiled from C. */
  importProgram(reference: string, source: string): Promise<void>;
}

type Fill = (folder: string) => Promise<unknown>;

async function importFolder(scope: Scope, address: string, reference: string, fill: Fill): Promise<void> {
  const content = await mkdtemp(join(scope.folder, 'image-'));
  await fill(content);
  const archive = `${content}.tar`;
  await mustRun('tar', ['-C', content, '-cf', archive, '.']);
  await mustRun(peerPath('docker'), ['import', archive, reference], {
    env: { HOME: scope.folder, DOCKER_HOST: address },
  });
}

/** Linked statically, because there is nothing else in its image. */
async function compile(source: string, program: string): Promise<void> {
  await writeFile(`${program}.c`, source);
  await mustRun('gcc', ['-static', '-o', program, `${program}.c`]);
}

/** Ready in about three seconds. `registryHost` is a plain-http loopback registry that it may push to. */
export async function startDockerEngine(scope: Scope, registryHost: string): Promise<DockerEngine> {
  // The socket's path must stay short, and the exec root holds sockets as well.
  const state = join(tmpdir(), `td-${createHash('sha256').update(scope.folder).digest('hex').slice(0, 8)}`);
  await mkdir(state, { mode: 0o700 });
  const address = `unix://${state}/d.sock`;
  scope.defer(() => release(state));
  const env = { DOCKER_HOST: address, HOME: scope.folder };
  const isReady = async () => (await run(peerPath('docker'), ['version'], { env })).status === 0;
  const server = await startServer(
    scope,
    peerPath('dockerd'),
    [
      ['--data-root', `${state}/data`],
      ['--exec-root', `${state}/exec`],
      ['-H', address],
      ['--pidfile', `${state}/pid`],
      ['--storage-driver', 'vfs'],
      ['--insecure-registry', registryHost],
      ['--iptables=false', '--ip6tables=false', '--bridge=none'],
    ].flat(),
    isReady,
  );
  return {
    ...server,
    address,
    importImage: (reference, text = reference) =>
      importFolder(scope, address, reference, (folder) => writeFile(join(folder, 'content.txt'), text)),
    importProgram: (reference, source) =>
      importFolder(scope, address, reference, (folder) => compile(source, join(folder, 'program'))),
  };
}

/** What an engine mounts below its own folder goes before the folder does. */
async function release(state: string): Promise<void> {
  const { readFile, rm } = await import('node:fs/promises');
  const mounts = await readFile('/proc/self/mounts', 'utf8').catch(() => '');
  const own = mounts
    .split('\n')
    .map((line) => line.split(' ')[1] ?? '')
    .filter((path) => path.startsWith(`${state}/`));
  for (const path of own.reverse()) await run('umount', ['-l', path]);
  await rm(state, { recursive: true, force: true, maxRetries: 5 });
}
