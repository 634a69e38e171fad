/**
 * The services behind the window against a real trust server and registry over TLS: the sandbox's own, with its demo.
 * Every answer is held against the contract's own schema.
 */
import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Gun, RoleName, Sha256Hex } from '../../../shared/brands.ts';
import { AppError } from '../../../shared/errors.ts';
import type { SettingsView } from '../../../shared/ipc/settings.ts';
import { contract } from '../../../shared/ipc/contract.ts';
import { composeForWindow } from '../../../electron/compose.ts';
import type { WindowServices } from '../../../electron/ipc/window-services.ts';
import { silentLog } from '../../../electron/log/log.ts';

let home = '';
let services: WindowServices;
const asked: string[] = [];
/** What the person answers. */
const person = { confirms: true, files: [] as string[] };
const events: { name: string; payload: unknown }[] = [];
const webshop = (): Gun => `${registryHost()}/demo/webshop` as Gun;

function registryHost(): string {
  const [status] = events.filter(({ name }) => name === 'sandbox.changed').slice(-1);
  return new URL((status!.payload as { registry: string }).registry).host;
}

async function compose(env: Record<string, string> = {}): Promise<WindowServices> {
  return composeForWindow({
    mode: 'browser',
    version: '1.2.3',
    env: { DOCKER_CONFIG: join(home, '.docker'), TRUSTDESK_HOME: join(home, 'data'), ...env },
    prompts: {
      confirm: ({ confirmLabel, text }) => {
        asked.push(`${confirmLabel}: ${text}`);
        return person.confirms ? Promise.resolve() : Promise.reject(new AppError('prompt/cancelled', {}));
      },
      chooseFile: () => Promise.resolve(person.files),
      askPassphrase: () => Promise.reject(new AppError('prompt/cancelled', {})),
      askPrintedText: () => Promise.reject(new AppError('prompt/cancelled', {})),
      printedTextTaken: () => undefined,
      askPin: () => Promise.reject(new AppError('prompt/cancelled', {})),
      showTouch: () => Promise.reject(new AppError('prompt/cancelled', {})),
      showMissing: () => Promise.reject(new AppError('prompt/cancelled', {})),
    },
    emit: (name, payload) => events.push({ name, payload }),
    log: silentLog,
  });
}

beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), 'td-services-'));
  services = await compose();
}, 60_000);
afterAll(async () => {
  await services.close();
  await rm(home, { recursive: true, force: true });
});

describe('a first start', () => {
  it('says what is here, which is nothing', async () => {
    const info = await services.info();
    expect(contract.app.info.output.parse(info)).toMatchObject({
      version: '1.2.3',
      firstRun: true,
      found: { repositories: 0, keys: 0 },
      trustDirectory: join(home, '.docker', 'trust'),
    });
    expect(await services.repositories.list()).toEqual([]);
    expect(await services.keys.list()).toEqual({ keys: [], unreadable: [] });
    expect(contract.sandbox.status.output.parse(await services.sandbox.status())).toEqual({ kind: 'absent' });
  });

  it('creates nothing in the trust directory', async () => {
    await expect(readdir(join(home, '.docker'))).rejects.toThrow('ENOENT');
  });
});

describe('the sandbox', () => {
  beforeAll(async () => {
    await services.sandbox.start();
    await services.repositories.refresh(undefined);
  }, 60_000);

  it('runs, and its repositories are there', async () => {
    const status = contract.sandbox.status.output.parse(await services.sandbox.status());
    expect(status.kind).toBe('running');
    const rows = contract.repositories.list.output.parse(await services.repositories.list());
    expect(rows.map(({ gun, sandbox }) => [gun.split('/').slice(1).join('/'), sandbox])).toEqual([
      ['demo/tools', true],
      ['demo/webshop', true],
    ]);
    expect(rows.every(({ freshness }) => freshness.kind === 'verified')).toBe(true);
    expect(rows[1]).toMatchObject({ signers: 2, abilities: { signAs: ['alice', 'bob'], rootKey: true } });
    expect(await services.info()).toMatchObject({ firstRun: false });
  });

  it('tells the progress of a refresh, row by row', async () => {
    events.splice(0, events.length, ...events.filter(({ name }) => name === 'sandbox.changed'));
    await services.repositories.refresh([webshop()]);
    const progress = events
      .filter(({ name }) => name === 'repositories.refreshed')
      .map(({ payload }) => payload);
    expect(progress).toHaveLength(2);
    for (const one of progress) contract.repositories.refreshed.payload.parse(one);
    expect(progress).toMatchObject([
      { done: 0, total: 1 },
      { done: 1, total: 1, row: { gun: webshop() } },
    ]);
  });

  it('shows a repository in full', async () => {
    const detail = contract.repositories.detail.output.parse(await services.repositories.detail(webshop()));
    expect(detail.signers.map(({ name, keys }) => [name, keys.length])).toEqual([
      ['alice', 2],
      ['bob', 1],
    ]);
    expect(detail.signers[0]?.keys.map(({ algorithm }) => algorithm).sort()).toEqual([
      'ECDSA P-256',
      'RSA 2048',
    ]);
    expect(detail.adminKeys.map(({ role, place }) => [role, place.kind])).toEqual([
      ['root', 'file'],
      ['targets', 'file'],
      ['snapshot', 'server'],
      ['timestamp', 'server'],
    ]);
    expect(detail.adminKeys[0]?.certificate?.commonName).toBe(webshop());
    expect(detail.metadata.map(({ role }) => role).slice(0, 4)).toEqual([
      'root',
      'timestamp',
      'snapshot',
      'targets',
    ]);
    expect(detail.rootChain.map(({ version }) => version)).toEqual(detail.rootChain.map((_, i) => i + 1));
    const signed = detail.metadata.find(({ role }) => role === 'targets/alice');
    expect(signed?.signatures.every(({ signer }) => signer === 'alice')).toBe(true);
  });

  it('shows its tags, and what the registry has under them', async () => {
    const table = contract.repositories.tags.output.parse(await services.repositories.tags(webshop()));
    expect(table.tags.length).toBeGreaterThan(5);
    const digests = contract.repositories.registryDigests.output.parse(
      await services.repositories.registryDigests(webshop(), [...table.tags, 'no-such-tag', 'not a tag']),
    );
    expect(digests.map(({ tag }) => tag)).toEqual([...table.tags, 'no-such-tag', 'not a tag']);
    const same = digests.filter(
      (found, row) => found.kind === 'digest' && found.sha256 === table.digests[row],
    );
    const other = digests.filter(
      (found, row) => found.kind === 'digest' && found.sha256 !== table.digests[row],
    );
    expect([same.length > 5, other.length]).toEqual([true, 1]);
    expect(digests.slice(-2)).toEqual([
      { kind: 'absent', tag: 'no-such-tag' },
      { kind: 'absent', tag: 'not a tag' },
    ]);
  });

  it('finds the tags that nobody signed', async () => {
    const unsigned = contract.repositories.unsignedTags.output.parse(
      await services.repositories.unsignedTags(webshop()),
    );
    if (unsigned.kind !== 'tags') throw new Error('the registry answers');
    const { tags } = await services.repositories.tags(webshop());
    expect(unsigned.tags.length).toBeGreaterThan(0);
    expect(unsigned.tags.filter((tag) => tags.includes(tag))).toEqual([]);
    // Signed in bob's own role only: neither unsigned nor something that docker pulls.
    expect(unsigned.unreleased).toEqual([{ tag: 'candidate', signers: ['bob'] }]);
    expect(unsigned.tags).not.toContain('candidate');
  });

  it('knows the tags of an image that nobody signed', async () => {
    const plain = `${registryHost()}/demo/plain` as Gun;
    const unsigned = await services.repositories.unsignedTags(plain);
    expect(unsigned).toEqual({ kind: 'tags', tags: ['latest'], unreleased: [] });
  });

  it.each([['root'], ['timestamp'], ['snapshot'], ['targets'], ['targets/alice']])('raw %s', async (role) => {
    const raw = await services.repositories.rawMetadata(webshop(), role as RoleName, undefined);
    expect(JSON.parse(raw.text)).toHaveProperty('signed');
    expect(raw.bytes).toBe(Buffer.byteLength(raw.text));
  });

  it('raw metadata by version, and of a role that is not there', async () => {
    const raw = await services.repositories.rawMetadata(webshop(), 'root' as RoleName, 1);
    expect(JSON.parse(raw.text)).toMatchObject({ signed: { version: 1 } });
    await expect(services.repositories.rawMetadata(webshop(), 'root' as RoleName, 99)).rejects.toMatchObject({
      code: 'notary/metadata-missing',
    });
    await expect(
      services.repositories.rawMetadata(webshop(), 'targets/nobody' as RoleName, undefined),
    ).rejects.toMatchObject({ code: 'trust/missing-role' });
  });

  it('lists its keys with the repositories that need them, and not a byte of theirs', async () => {
    const list = contract.keys.list.output.parse(await services.keys.list());
    const root = list.keys.find(({ role }) => role === 'root');
    expect(root?.usedBy.map(({ roles }) => roles)).toEqual([['root'], ['root']]);
    expect(JSON.stringify(list)).not.toMatch(/PRIVATE KEY|sandbox-demo/);
  });

  it('shows its server and CA among the settings', async () => {
    const view = contract.settings.get.output.parse(await services.settings.view());
    expect(view.servers).toMatchObject([{ source: 'sandbox', cas: [{ source: 'sandbox' }] }]);
  });

  it('is well by the doctor, and every step is told as it is done', async () => {
    events.length = 0;
    const gun = (await services.repositories.list())[1]!.gun;
    const report = contract.doctor.run.output.parse(await services.doctor.run(`${gun}:latest`));
    expect(report.healthy).toBe(true);
    expect(report.steps.map(({ status }) => status)).not.toContain('failed');
    expect(report.steps.at(-1)?.found).toContain(', as signed.');
    const told = events.filter(({ name }) => name === 'doctor.step').map(({ payload }) => payload);
    expect(told).toEqual(report.steps.map((step) => ({ target: report.target, step })));
  });

  it('goes away and comes back with everything', async () => {
    const gun = (await services.repositories.list())[1]!.gun as Gun;
    const before = await services.repositories.tags(gun);
    expect(await services.sandbox.stop()).toEqual({ kind: 'stopped' });
    expect(await services.repositories.list()).toEqual([]);
    // By its address: what is said is why nothing answers, and it is forgotten when that changes.
    const stopped = { kind: 'failed', error: { code: 'sandbox/not-running' } };
    expect((await services.repositories.detail(gun)).row.freshness).toMatchObject(stopped);
    await services.sandbox.start();
    expect((await services.repositories.detail(gun)).row.freshness.kind).not.toBe('failed');
    expect(await services.repositories.tags(gun)).toEqual(before);
  }, 60_000);

  it('is reset only when the person confirms', async () => {
    const before = await services.sandbox.status();
    person.confirms = false;
    await expect(services.sandbox.reset()).rejects.toMatchObject({ code: 'prompt/cancelled' });
    expect(await services.sandbox.status()).toEqual(before);
    person.confirms = true;
    const after = await services.sandbox.reset();
    expect(after).toMatchObject({ kind: 'running' });
    expect(after).not.toMatchObject({ caSha256: (before as { caSha256: string }).caSha256 });
    expect(asked.at(-1)).toContain('Your own keys and repositories are not touched');
  }, 60_000);
});

describe('repositories', () => {
  it('are added by reference, one result each, and hidden again', async () => {
    const results = await services.repositories.add([
      '127.0.0.1:9/acme/app:1.0',
      'BAD/x/Y',
      ' 127.0.0.1:9/acme/two ',
    ]);
    expect(contract.repositories.add.output.parse(results)).toMatchObject([
      { ok: true, gun: '127.0.0.1:9/acme/app' },
      { ok: false, reference: 'BAD/x/Y', error: { code: 'reference/malformed' } },
      { ok: true, gun: '127.0.0.1:9/acme/two' },
    ]);
    const guns = async () =>
      (await services.repositories.list()).filter(({ sandbox }) => !sandbox).map(({ gun }) => gun);
    expect(await guns()).toEqual(['127.0.0.1:9/acme/app', '127.0.0.1:9/acme/two']);
    await services.repositories.hide('127.0.0.1:9/acme/two' as Gun);
    expect(await guns()).toEqual(['127.0.0.1:9/acme/app']);
    contract.repositories.changed.payload.parse(
      events.filter(({ name }) => name === 'repositories.changed').at(-1)?.payload,
    );
  });

  it('whose server cannot be reached say so, and do not stand in the way of others', async () => {
    await services.repositories.refresh(undefined);
    const rows = contract.repositories.list.output.parse(await services.repositories.list());
    const row = rows.find(({ gun }) => gun === '127.0.0.1:9/acme/app');
    expect(row).toMatchObject({
      server: 'https://127.0.0.1:9',
      freshness: { kind: 'failed', error: { code: 'network/refused' } },
    });
    expect(rows.filter(({ freshness }) => freshness.kind === 'verified').length).toBe(2);
    const gun = '127.0.0.1:9/acme/app' as Gun;
    expect(await services.repositories.detail(gun)).toMatchObject({ signers: [], metadata: [] });
    await expect(services.repositories.tags(gun)).rejects.toMatchObject({ code: 'network/refused' });
    expect(await services.repositories.registryDigests(gun, ['a', 'b'])).toMatchObject([
      { kind: 'unknown', tag: 'a', error: { code: 'network/refused' } },
      { kind: 'unknown', tag: 'b', error: { code: 'network/refused' } },
    ]);
  });

  it('an http trust server in the environment is each row’s trouble, not the list’s', async () => {
    const other = await compose({ DOCKER_CONTENT_TRUST_SERVER: 'http://localhost:4443' });
    const rows = contract.repositories.list.output.parse(await other.repositories.list());
    expect(rows).toMatchObject([
      { server: '', freshness: { kind: 'failed', error: { code: 'notary/not-https' } } },
    ]);
    expect((await other.settings.view()).servers).toMatchObject([
      { source: 'environment', url: 'http://localhost:4443', cas: [] },
    ]);
    await other.close();
  });
});

describe('keys', () => {
  it('files that are no keys are listed, never hidden', async () => {
    const folder = join(home, '.docker', 'trust', 'private');
    await mkdir(folder, { recursive: true });
    await writeFile(join(folder, 'notes.key'), 'hello');
    const { unreadable } = await services.keys.list();
    expect(unreadable).toEqual([{ file: join(folder, 'notes.key'), reason: expect.any(String) as string }]);
  });
});

describe('settings', () => {
  const serversOf = (view: SettingsView) =>
    view.servers.filter(({ source }) => source === 'trustdesk').map(({ registry, url }) => [registry, url]);

  it('a theme is kept', async () => {
    expect(await services.settings.setTheme('dark')).toMatchObject({ theme: 'dark' });
    const again = await compose();
    expect(await again.settings.view()).toMatchObject({ theme: 'dark' });
    await again.close();
  });

  it('a server is added after the person confirmed it, replaced, and removed', async () => {
    const rule = { registry: 'registry.example.test:5000', url: 'https://trust.example.test' };
    person.confirms = false;
    await expect(services.settings.addServer(rule)).rejects.toMatchObject({ code: 'prompt/cancelled' });
    expect(serversOf(await services.settings.view())).toEqual([]);
    person.confirms = true;
    const view = await services.settings.addServer(rule);
    expect(serversOf(view)).toEqual([['registry.example.test:5000', 'https://trust.example.test/']]);
    expect(asked.at(-1)).toContain('https://trust.example.test/');
    const replaced = await services.settings.addServer({ ...rule, url: 'https://other.example.test' });
    expect(serversOf(replaced)).toEqual([['registry.example.test:5000', 'https://other.example.test/']]);
    const id = replaced.servers.find(({ source }) => source === 'trustdesk')!.id;
    expect(serversOf(await services.settings.removeServer(id))).toEqual([]);
  });

  it.each([
    ['http', { registry: '*', url: 'http://trust.example.test' }, 'notary/not-https'],
    [
      'a password in the address',
      { registry: '*', url: 'https://u:secret@trust.example.test' },
      'notary/not-https',
    ],
    ['no address', { registry: '*', url: 'trust' }, 'notary/not-https'],
    ['a path as registry', { registry: '../x', url: 'https://trust.example.test' }, 'reference/malformed'],
  ])('a server is refused before anybody is asked: %s', async (_, rule, code) => {
    const before = asked.length;
    const refused = services.settings.addServer(rule);
    await expect(refused).rejects.toMatchObject({ code });
    await expect(refused).rejects.not.toThrow(/secret/);
    expect(asked.length).toBe(before);
  });

  it('a CA is believed for one server only, after its fingerprint was confirmed', async () => {
    const status = contract.sandbox.status.output.parse(await services.sandbox.status());
    if (status.kind !== 'running') throw new Error('the sandbox runs');
    person.files = [join(home, 'data', 'sandbox', 'tls', 'ca.crt')];
    const { url } = { url: 'https://trust.example.test' };
    await services.settings.addServer({ registry: 'registry.example.test', url });
    const view = await services.settings.addServerCa('trustdesk:registry.example.test');
    expect(asked.at(-1)).toContain(status.caSha256);
    const server = view.servers.find(({ registry }) => registry === 'registry.example.test');
    expect(server?.cas).toMatchObject([{ sha256: status.caSha256, source: 'trustdesk' }]);
    const removed = await services.settings.removeServerCa(url, status.caSha256 as Sha256Hex);
    expect(removed.servers.find(({ registry }) => registry === 'registry.example.test')?.cas).toEqual([]);
  });

  it('a file that holds no certificate is refused', async () => {
    const file = join(home, 'notes.txt');
    await writeFile(file, 'hello');
    person.files = [file];
    await expect(services.settings.addServerCa('https://trust.example.test')).rejects.toMatchObject({
      code: 'config/malformed',
    });
    person.files = [join(home, 'nothing-here.pem')];
    await expect(services.settings.addServerCa('https://trust.example.test')).rejects.toMatchObject({
      code: 'config/unreadable',
    });
  });

  it('only a CA that the doctor showed can be trusted by its fingerprint', async () => {
    const status = contract.sandbox.status.output.parse(await services.sandbox.status());
    if (status.kind !== 'running') throw new Error('the sandbox runs');
    // Another set of services knows nothing of the sandbox, and meets its server as a stranger.
    const stranger = await compose();
    const fingerprint = status.caSha256 as Sha256Hex;
    const early = stranger.settings.trustShownCa(status.trustServer, fingerprint);
    await expect(early).rejects.toMatchObject({ code: 'ipc/refused' });
    const report = await stranger.doctor.run(status.trustServer);
    expect(report.healthy).toBe(false);
    const tls = report.steps.find(({ id }) => id === 'tls');
    expect(tls).toMatchObject({
      status: 'failed',
      unknownCa: { server: status.trustServer, sha256: fingerprint },
    });
    expect(tls?.fix).toContain('Compare this fingerprint');
    const other = stranger.settings.trustShownCa('https://elsewhere.example', fingerprint);
    await expect(other).rejects.toMatchObject({ code: 'ipc/refused' });
    await stranger.settings.trustShownCa(status.trustServer, fingerprint);
    expect((await stranger.doctor.run(status.trustServer)).healthy).toBe(true);
    await stranger.close();
  });

  it('the trust directory is not chosen here while DOCKER_CONFIG decides', async () => {
    person.files = [home];
    await expect(services.settings.chooseTrustDirectory()).rejects.toMatchObject({
      code: 'config/overridden',
      details: { variable: 'DOCKER_CONFIG' },
    });
  });
});
