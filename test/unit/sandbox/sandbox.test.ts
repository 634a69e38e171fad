/** The sandbox as a whole: start, stop, start again, reset; what it keeps and where. */
import { mkdir, mkdtemp, readFile, readdir, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { sandboxHints } from '../../../electron/sandbox/hints.ts';
import { startSandbox } from '../../../electron/sandbox/sandbox.ts';
import type { Sandbox, SandboxOptions } from '../../../electron/sandbox/sandbox.ts';
import { loadKnownSandbox } from '../../../electron/sandbox/sandbox-folder.ts';
import { get } from '../../lab/https-get.ts';

let folder: string;
let running: Sandbox[];
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'td-sandbox-'));
  running = [];
});
afterEach(async () => {
  for (const sandbox of running) await sandbox.stop();
  await rm(folder, { recursive: true, force: true });
});

async function start(options: Partial<SandboxOptions> = {}): Promise<Sandbox> {
  const sandbox = await startSandbox({ folder: join(folder, 'sandbox'), ...options });
  running.push(sandbox);
  return sandbox;
}

const rootOf = async (sandbox: Sandbox, server = sandbox.trustServerUrl): Promise<string> => {
  const gun = sandbox.repositories[0] ?? '';
  const { body } = await get(`${server}/v2/${gun}/_trust/tuf/root.json`, { caPem: sandbox.caPem });
  return body.toString();
};

describe('a sandbox', () => {
  it('answers at two addresses, with trust data also where docker looks by itself', async () => {
    const sandbox = await start();
    expect(await rootOf(sandbox)).toContain('"_type":"Root"');
    expect(await rootOf(sandbox, sandbox.registryUrl)).toBe(await rootOf(sandbox));
    const tags = await get(`${sandbox.registryUrl}/v2/demo/webshop/tags/list`, { caPem: sandbox.caPem });
    expect((JSON.parse(tags.body.toString()) as { tags: string[] }).tags).toContain('nightly');
    expect(sandbox.repositories).toEqual([
      `${sandbox.registryHost}/demo/webshop`,
      `${sandbox.registryHost}/demo/tools`,
    ]);
  });

  it('is the same after it was stopped', async () => {
    const first = await start();
    const seen = {
      url: first.trustServerUrl,
      host: first.registryHost,
      ca: first.caPem,
      root: await rootOf(first),
    };
    await first.stop();
    await expect(rootOf(first)).rejects.toThrow('ECONNREFUSED');
    const second = await start();
    const again = {
      url: second.trustServerUrl,
      host: second.registryHost,
      ca: second.caPem,
      root: await rootOf(second),
    };
    expect(again).toEqual(seen);
  });

  it('can be stopped twice', async () => {
    const sandbox = await start({ demo: false });
    await sandbox.stop();
    await expect(sandbox.stop()).resolves.toBeUndefined();
  });

  it('is another one after a reset, and leaves nothing of the old', async () => {
    const sandbox = await start();
    const before = {
      ca: sandbox.caSha256,
      root: await rootOf(sandbox),
      keys: await readdir(join(sandbox.trustDirectory, 'private')),
    };
    await sandbox.reset();
    const keys = await readdir(join(sandbox.trustDirectory, 'private'));
    expect(keys.filter((name) => before.keys.includes(name))).toEqual([]);
    expect(sandbox.caSha256).not.toBe(before.ca);
    expect(await rootOf(sandbox)).not.toBe(before.root);
  });

  it('removes only what is its own', async () => {
    const sandbox = await start({ demo: false });
    await writeFile(join(folder, 'sandbox', 'notes.txt'), 'mine');
    await sandbox.reset();
    expect(await readFile(join(folder, 'sandbox', 'notes.txt'), 'utf8')).toBe('mine');
  });

  it('takes nobody’s keys for its own, wherever its folder leads', async () => {
    const docker = join(folder, '.docker');
    const key = join(docker, 'trust', 'private', 'mine.key');
    await mkdir(join(docker, 'trust', 'private'), { recursive: true });
    await writeFile(key, 'a root key');
    await symlink(docker, join(folder, 'sandbox'));
    await expect(start({ demo: false })).rejects.toMatchObject({
      code: 'sandbox/start-failed',
      cause: { code: 'config/malformed' },
    });
    expect(await readFile(key, 'utf8')).toBe('a root key');
  });

  it('starts over after a reset that was cut off', async () => {
    const sandbox = await start();
    await sandbox.stop();
    await rm(join(folder, 'sandbox', 'sandbox.json'));
    await rm(join(folder, 'sandbox', 'notary'), { recursive: true });
    expect(await rootOf(await start())).toContain('"_type":"Root"');
  });

  it('removes a link in its folder, not what it leads to', async () => {
    const sandbox = await start({ demo: false });
    await rm(sandbox.trustDirectory, { recursive: true, force: true });
    await mkdir(join(folder, 'elsewhere'));
    await writeFile(join(folder, 'elsewhere', 'mine.key'), 'mine');
    await symlink(join(folder, 'elsewhere'), sandbox.trustDirectory);
    await sandbox.reset();
    expect(await readFile(join(folder, 'elsewhere', 'mine.key'), 'utf8')).toBe('mine');
  });

  it('is closed to others, down to the last file', async () => {
    const sandbox = await start();
    await sandbox.stop();
    const names = await readdir(join(folder, 'sandbox'), { recursive: true });
    expect(names.length).toBeGreaterThan(50);
    for (const name of names) {
      const { mode } = await stat(join(folder, 'sandbox', name));
      expect(mode & 0o077, name).toBe(0);
    }
  });

  it('starts over when the last start did not finish', async () => {
    const home = join(folder, 'sandbox');
    await mkdir(join(home, 'notary'), { recursive: true });
    await writeFile(join(home, 'notary', 'index.json'), 'half of');
    expect(await rootOf(await start())).toContain('"_type":"Root"');
  });

  it('starts where another one was killed', async () => {
    const home = join(folder, 'sandbox');
    await mkdir(home);
    // No process has this number: it is above the largest that Linux gives.
    await writeFile(join(home, 'running.lock'), '4194305');
    expect((await start({ demo: false })).repositories).toEqual([]);
  });

  it('has a clock of its own for trust data, not for TLS', async () => {
    let now = new Date('2030-01-01T00:00:00Z');
    const sandbox = await start({ clock: () => now });
    const read = async (): Promise<string> => {
      const url = `${sandbox.trustServerUrl}/v2/${sandbox.repositories[0] ?? ''}/_trust/tuf/timestamp.json`;
      return (await get(url, { caPem: sandbox.caPem })).body.toString();
    };
    expect(await read()).toContain('"expires":"2030-01-15T00:00:00Z","meta"');
    now = new Date('2030-01-20T00:00:00Z');
    expect(await read()).toContain('"expires":"2030-02-03T00:00:00Z"');
  });

  it('is known from its folder while it runs and when it does not', async () => {
    const sandbox = await start({ demo: false });
    const { trustServerUrl, registryUrl, registryHost, caPem, caPath, caSha256, trustDirectory } = sandbox;
    const known = { trustServerUrl, registryUrl, registryHost, caPem, caPath, caSha256, trustDirectory };
    expect(await loadKnownSandbox(join(folder, 'sandbox'))).toEqual(known);
    await sandbox.stop();
    expect(await loadKnownSandbox(join(folder, 'sandbox'))).toEqual(known);
    expect(await loadKnownSandbox(join(folder, 'nothing'))).toBeUndefined();
  });

  it('uses the ports it is given', async () => {
    const probe = createServer().listen(0, '127.0.0.1');
    await new Promise((resolve) => probe.once('listening', resolve));
    const { port } = probe.address() as AddressInfo;
    await new Promise((resolve) => probe.close(resolve));
    expect((await start({ demo: false, port })).trustServerUrl).toBe(`https://localhost:${String(port)}`);
  });

  it('says which port is taken, and holds nothing then', async () => {
    const other = createServer().listen(0, '127.0.0.1');
    await new Promise((resolve) => other.once('listening', resolve));
    const { port } = other.address() as AddressInfo;
    const reason = `port ${String(port)} is used by another program`;
    await expect(start({ demo: false, registryPort: port })).rejects.toMatchObject({
      code: 'sandbox/start-failed',
      details: { reason },
    });
    await new Promise((resolve) => other.close(resolve));
    expect((await start({ demo: false, registryPort: port })).registryHost).toBe(`localhost:${String(port)}`);
  });

  it('says that its state is damaged', async () => {
    await (await start({ demo: false })).stop();
    await writeFile(join(folder, 'sandbox', 'registry', 'index.json'), '{');
    await expect(start()).rejects.toMatchObject({
      code: 'sandbox/start-failed',
      cause: { code: 'config/malformed' },
    });
  });

  it('can ask who is there, at both servers with one realm', async () => {
    const auth = { accounts: [{ user: 'a', password: 'b', actions: ['pull'] }], service: 'svc' };
    const sandbox = await start({ demo: false, auth });
    const { caPem } = sandbox;
    const refused = await get(`${sandbox.registryUrl}/v2/demo/x/manifests/1`, { caPem });
    expect(refused.headers['www-authenticate']).toBe(
      `Bearer realm="${sandbox.registryUrl}/sandbox/token",service="svc",scope="repository:demo/x:pull"`,
    );
    const authorization = `Basic ${Buffer.from('a:b').toString('base64')}`;
    const query = 'service=svc&scope=repository:demo/x:pull';
    const realm = await get(`${sandbox.trustServerUrl}/sandbox/token?${query}`, {
      caPem,
      headers: { authorization },
    });
    const { token } = JSON.parse(realm.body.toString()) as { readonly token: string };
    const headers = { authorization: `Bearer ${token}` };
    expect((await get(`${sandbox.registryUrl}/v2/demo/x/manifests/1`, { caPem, headers })).status).toBe(404);
  });

  it('keeps what was published across restarts', async () => {
    const first = await start({ demo: false });
    const key = await get(`${first.trustServerUrl}/v2/a.test/b/_trust/tuf/timestamp.key`, {
      caPem: first.caPem,
    });
    await first.stop();
    const second = await start({ demo: false });
    const again = await get(`${second.trustServerUrl}/v2/a.test/b/_trust/tuf/timestamp.key`, {
      caPem: second.caPem,
    });
    expect(again.body.toString()).toBe(key.body.toString());
  });
});

describe('the hints', () => {
  const sandbox = {
    trustServerUrl: 'https://localhost:4443',
    registryHost: 'localhost:5000',
    trustDirectory: "/home/o'hara/my sandbox/trust",
    caPath: '/s/tls/ca.crt',
  };

  it('can be pasted into a shell', () => {
    expect(sandboxHints(sandbox, '/home/me/.docker')).toEqual([
      '# trustdesk finds the sandbox by itself',
      'trustdesk inspect --pretty localhost:5000/demo/webshop',
      '# docker: trust the sandbox server (docker reads its CA here)',
      'mkdir -p /home/me/.docker/tls/localhost:4443 && cp /s/tls/ca.crt /home/me/.docker/tls/localhost:4443/ca.crt',
      'export DOCKER_CONTENT_TRUST_SERVER=https://localhost:4443',
      'docker trust inspect --pretty localhost:5000/demo/webshop',
      '# notary, with the keys of the sandbox',
      'export NOTARY_ROOT_PASSPHRASE=sandbox-demo NOTARY_TARGETS_PASSPHRASE=sandbox-demo',
      'export NOTARY_DELEGATION_PASSPHRASE=sandbox-demo',
      "notary -s https://localhost:4443 --tlscacert /s/tls/ca.crt -d '/home/o'\\''hara/my sandbox/trust' list localhost:5000/demo/webshop",
      "notary -s https://localhost:4443 --tlscacert /s/tls/ca.crt -d '/home/o'\\''hara/my sandbox/trust' key list",
    ]);
  });
});
