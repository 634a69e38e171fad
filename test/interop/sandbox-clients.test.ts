/**
 * The real notary and docker at work against the sandbox's server and against the real one: the same commands, the
 * same words, the same exit codes, and after every step the same versions of every role.
 */
import { copyFile, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { startSandbox } from '../../electron/sandbox/sandbox.ts';
import type { Sandbox } from '../../electron/sandbox/sandbox.ts';
import { describeWithPeers } from '../lab/describe-with-peers.ts';
import { get } from '../lab/https-get.ts';
import { startNotaryServer } from '../lab/notary-server.ts';
import type { Scope } from '../lab/scope.ts';
import { useScope } from '../lab/use-scope.ts';
import { makeWorkstation } from '../lab/workstation.ts';
import type { RunOptions, TrustServer, Workstation } from '../lab/workstation.ts';

const notaryGun = 'registry.example.test:5000/acme/by-notary';
const dockerGun = 'registry.example.test:5000/acme/by-docker';
const signerFiles = fileURLToPath(new URL('../vectors/docker-trust/signer-files/', import.meta.url));
const roles = ['root', 'timestamp', 'snapshot', 'targets', 'targets/jeff', 'targets/releases'];
const digest = 'a'.repeat(64);

interface Step {
  readonly command: string;
  readonly status: number;
  readonly stdout: string;
  readonly stderr: string;
  /** Current version of every role; 0 where the server has none. */
  readonly versions: Readonly<Record<string, number>>;
}

/** What may differ between two runs: keys, times, places. Lengths stay, so that columns can be compared. */
function anonymous(text: string, station: Workstation, server: TrustServer): string {
  return text
    .replaceAll(station.home, '<home>')
    .replaceAll(server.host, '<server>')
    .replace(/\b[0-9a-f]{64}\b|\b[0-9a-f]{12}\b|\b[0-9a-f]{7}\b/g, (id) => '#'.repeat(id.length))
    .replace(/time="[^"]*"/g, 'time');
}

async function versionOf(server: TrustServer, gun: string, role: string): Promise<number> {
  const { status, body } = await get(`${server.url}/v2/${gun}/_trust/tuf/${role}.json`, {
    caPem: server.caPem,
  });
  if (status === 404) return 0;
  return (JSON.parse(body.toString()) as { readonly signed: { readonly version: number } }).signed.version;
}

/** Runs a script on a fresh computer and records every step. */
class Recorder {
  readonly steps: Step[] = [];
  constructor(
    readonly station: Workstation,
    readonly server: TrustServer,
    readonly gun: string,
  ) {}

  notary(...args: readonly string[]): Promise<void> {
    return this.#record('notary', args);
  }

  docker(...args: readonly string[]): Promise<void> {
    return this.#record('docker', args);
  }

  answering(input: string, ...args: readonly string[]): Promise<void> {
    return this.#record('notary', args, { input });
  }

  async #record(tool: 'notary' | 'docker', args: readonly string[], options?: RunOptions): Promise<void> {
    const { status, stdout, stderr } = await this.station[tool](args, options);
    const versions: Record<string, number> = {};
    for (const role of roles) versions[role] = await versionOf(this.server, this.gun, role);
    const hide = (text: string): string => anonymous(text, this.station, this.server);
    const command = hide([tool, ...args].join(' '));
    this.steps.push({ command, status, stdout: hide(stdout), stderr: hide(stderr), versions });
  }
}

async function notaryScript(run: Recorder): Promise<void> {
  const { gun, station } = run;
  const file = join(station.home, 'file');
  const jeff = join(station.home, 'ops-ec.pub');
  await writeFile(file, 'content');
  await copyFile(join(signerFiles, 'ops-ec.pub'), jeff);
  await copyFile(join(signerFiles, 'ops-ec.pem'), join(station.home, 'ops-ec.pem'));
  await run.notary('key', 'import', '-r', 'jeff', join(station.home, 'ops-ec.pem'));
  await run.notary('list', gun);
  await run.notary('init', '-p', gun);
  await run.notary('add', '-p', gun, 'v1', file);
  await run.notary('list', gun);
  await run.notary('lookup', gun, 'v1');
  await run.notary('key', 'rotate', gun, 'snapshot', '-r');
  await run.notary('publish', gun);
  await run.notary('delegation', 'add', '-p', '--all-paths', gun, 'targets/jeff', jeff);
  await run.notary('add', '-p', '-r', 'targets/jeff', gun, 'v2', file);
  await run.notary('list', gun);
  await run.notary('delegation', 'list', gun);
  await run.notary('witness', '-p', gun, 'targets/jeff');
  await run.notary('key', 'rotate', gun, 'targets');
  await run.notary('key', 'rotate', gun, 'timestamp', '-r');
  await run.notary('key', 'rotate', gun, 'snapshot');
  await run.notary('key', 'rotate', gun, 'snapshot', '-r');
  await run.answering('yes\n', 'key', 'rotate', gun, 'root');
  await run.notary('remove', '-p', gun, 'v1');
  await run.notary('delegation', 'remove', '-y', '-p', gun, 'targets/jeff');
  await run.notary('delegation', 'list', gun);
  await run.notary('list', gun);
  await run.notary('delete', '--remote', gun);
  await run.notary('list', gun);
  await run.notary('init', '-p', gun);
}

async function dockerScript(run: Recorder): Promise<void> {
  const { gun, station } = run;
  const folder = join(station.home, 'signers');
  await mkdir(folder);
  await run.docker('trust', 'inspect', '--pretty', gun);
  await run.docker('trust', 'key', 'generate', 'jeff', '--dir', folder);
  await run.docker('trust', 'signer', 'add', '--key', join(folder, 'jeff.pub'), 'jeff', gun);
  await run.docker('trust', 'inspect', '--pretty', gun);
  await run.notary('addhash', '-p', '-r', 'targets/releases', gun, '1.0', '1234', '--sha256', digest);
  await run.docker('trust', 'sign', `${gun}:1.0`);
  await run.docker('trust', 'inspect', '--pretty', gun);
  await run.docker('trust', 'inspect', `${gun}:1.0`);
  await run.docker('trust', 'inspect', `${gun}:2.0`);
  await run.notary('addhash', '-p', gun, 'admin', '99', '--sha256', digest);
  await run.docker('trust', 'inspect', '--pretty', gun);
  await run.docker('trust', 'revoke', '-y', `${gun}:1.0`);
  await run.docker('trust', 'inspect', '--pretty', gun);
  await run.docker('trust', 'revoke', '-y', `${gun}:3.0`);
}

const toServer = (sandbox: Sandbox): TrustServer => ({
  url: sandbox.trustServerUrl,
  host: new URL(sandbox.trustServerUrl).host,
  caPem: sandbox.caPem,
  caPath: sandbox.caPath,
});

async function openSandbox(scope: Scope): Promise<TrustServer> {
  const sandbox = await startSandbox({ folder: join(scope.folder, 'sandbox'), demo: false });
  scope.defer(() => sandbox.stop());
  return toServer(sandbox);
}

describeWithPeers(
  'docker and notary do at the sandbox what they do at notary-server',
  ['docker', 'notary', 'notary-server', 'notary-signer'],
  () => {
    const lab = useScope(async (scope) => ({
      scope,
      real: await startNotaryServer(scope, { signing: 'remote' }),
      sandbox: await openSandbox(scope),
    }));

    async function record(server: TrustServer, gun: string, script: (run: Recorder) => Promise<void>) {
      const run = new Recorder(await makeWorkstation(lab().scope, { notary: server }), server, gun);
      await script(run);
      return run.steps;
    }

    it.each([
      ['notary', notaryGun, notaryScript],
      ['docker', dockerGun, dockerScript],
    ] as const)('%s', async (_, gun, script) => {
      const atReal = await record(lab().real, gun, script);
      const atSandbox = await record(lab().sandbox, gun, script);
      expect(atSandbox).toEqual(atReal);
      // The script itself does something: most steps succeed and versions move.
      expect(atReal.filter(({ status }) => status === 0).length).toBeGreaterThan(atReal.length / 2);
      expect(Math.max(...atReal.map(({ versions }) => versions['timestamp'] ?? 0))).toBeGreaterThan(2);
    });
  },
);
