/** The doctor against servers on loopback that are wrong in one way each: the right step, the right words, a fix. */
import type { RequestListener } from 'node:http';
import { beforeAll, describe, expect, it } from 'vitest';
import type { Gun, RoleName } from '../../../shared/brands.ts';
import type { DoctorReport, DoctorStep } from '../../../shared/ipc/doctor.ts';
import { report as reportShape } from '../../../shared/ipc/doctor.ts';
import { RepositoryBuilder } from '../../simulator/repository-builder.ts';
import { type Desk, type Interference, makeDesk, now, serve, useCommandLab } from '../cli/command-lab.ts';
import { makeCa, makeLeaf } from '../network/certificates.ts';
import { startHttps, startProxy, startTcp } from '../network/loopback-server.ts';

useCommandLab();

const gun = '127.0.0.2:9/acme/app' as Gun;
const remote = 'registry.example.test:9/acme/app';
let builder: RepositoryBuilder;
beforeAll(async () => {
  builder = await RepositoryBuilder.create(gun, now);
  await builder.addTarget('targets' as RoleName, '1.0').publish();
});

async function examine(desk: Desk, target: string, at = now): Promise<DoctorReport> {
  const { stdout, exitCode } = await desk.runAt(at, 'doctor', '--json', target);
  const report = reportShape.parse(JSON.parse(stdout));
  expect(exitCode).toBe(report.healthy ? 0 : 1);
  for (const { status, found, fix } of report.steps) {
    expect(found).toMatch(/[.)]$/);
    if (status === 'failed' || status === 'warning') expect(fix).toMatch(/\S/);
  }
  return report;
}

const step = ({ steps }: DoctorReport, id: DoctorStep['id']): DoctorStep =>
  steps.find((one) => one.id === id)!;
const answer =
  (status: number, headers: Record<string, string> = {}, body = ''): RequestListener =>
  (_request, response) => {
    response.writeHead(status, headers).end(body);
  };
const date = now.toUTCString();
/** A good server, whose clock is the test's; `also` changes one answer. */
const goodServer = (also: Interference = () => undefined) =>
  serve(
    gun,
    () => builder.published(),
    (name) => also(name) ?? (name === '/v2/' ? answer(200, { date }, '{}') : undefined),
  );

describe('the order of the steps', () => {
  it('is always the same, and every step is there', async () => {
    const order = [
      'reference',
      'server',
      'dns',
      'tcp',
      'tls',
      'health',
      'authentication',
      'clock',
      'trust-data',
      'registry',
    ];
    const desk = await makeDesk(await goodServer());
    for (const target of [gun, `${gun}:1.0`, 'https://127.0.0.1:9', 'BAD/x/Y', '']) {
      expect((await examine(desk, target)).steps.map(({ id }) => id)).toEqual(order);
    }
  });
});

describe('what is asked about', () => {
  it('a malformed reference ends everything, in docker’s words', async () => {
    const report = await examine(await makeDesk(await goodServer()), 'registry.example.test/a/B');
    expect(step(report, 'reference')).toMatchObject({
      status: 'failed',
      error: { code: 'reference/malformed' },
    });
    expect(step(report, 'reference').found).toContain('repository name (a/B) must be lowercase');
    expect(report.steps.slice(1).every(({ status }) => status === 'skipped')).toBe(true);
  });

  it.each([
    ['http://localhost:4443', 'reference'],
    ['ftp://localhost', 'reference'],
    ['https://user:secret@localhost', 'reference'],
  ] as const)('%s is no trust server', async (target, id) => {
    const report = await examine(await makeDesk(await goodServer()), target);
    expect(step(report, id)).toMatchObject({ status: 'failed', error: { code: 'notary/not-https' } });
    expect(JSON.stringify(report.steps)).not.toContain('secret');
  });

  it('names the server and why it is that one', async () => {
    const server = await goodServer();
    const desk = await makeDesk(server);
    expect(step(await examine(desk, gun), 'server').found).toBe(
      `${server.url}: DOCKER_CONTENT_TRUST_SERVER says so.`,
    );
    delete desk.env['DOCKER_CONTENT_TRUST_SERVER'];
    expect(step(await examine(desk, gun), 'server').found).toMatch(/^https:\/\/127\.0\.0\.2:9: nothing else/);
  });

  it.each(['notary.example.test:4443', 'localhost:4443', 'notary.example.test'])(
    '%s is an image of Docker Hub, and hardly meant as one',
    async (target) => {
      const reference = step(await examine(await makeDesk(await goodServer()), target), 'reference');
      expect(reference.status).toBe('warning');
      expect(reference.fix).toContain(`write https://${target}.`);
    },
  );

  it('says where notary’s commands go, when nothing else is configured', async () => {
    const desk = await makeDesk(await goodServer());
    const file = await desk.write(
      '.notary/config.json',
      JSON.stringify({ remote_server: { url: 'https://127.0.0.1:9/' } }),
    );
    expect(step(await examine(desk, gun), 'server').status).toBe('ok');
    delete desk.env['DOCKER_CONTENT_TRUST_SERVER'];
    const server = step(await examine(desk, gun), 'server');
    expect(server).toMatchObject({ status: 'warning' });
    expect(server.found).toContain(`notary's commands use https://127.0.0.1:9/ (${file}).`);
  });

  it('never sends anybody to itself', async () => {
    const desk = await makeDesk(await goodServer(() => answer(404)));
    const report = await examine(desk, gun);
    expect(step(report, 'authentication')).toMatchObject({
      status: 'failed',
      error: { code: 'notary/bad-answer' },
    });
    expect(JSON.stringify(report)).not.toContain('trustdesk doctor');
  });

  it('an http server in the environment', async () => {
    const desk = await makeDesk(await goodServer());
    desk.env['DOCKER_CONTENT_TRUST_SERVER'] = 'http://localhost:4443';
    const report = await examine(desk, gun);
    expect(step(report, 'server')).toMatchObject({ status: 'failed', error: { code: 'notary/not-https' } });
    expect(step(report, 'tls').found).toContain('"Trust server"');
  });
});

describe('reaching the server', () => {
  it('nothing listens', async () => {
    const report = await examine(await makeDesk({ url: 'https://127.0.0.1:9', host: '127.0.0.1:9' }), gun);
    expect(step(report, 'tcp')).toMatchObject({ status: 'failed', error: { code: 'network/refused' } });
    expect(step(report, 'tls')).toMatchObject({ status: 'skipped' });
    // The registry is another server and is looked at all the same.
    expect(step(report, 'registry')).toMatchObject({ status: 'failed', error: { code: 'network/refused' } });
  });

  it('something listens that speaks no TLS', async () => {
    const plain = await startTcp((socket) => socket.end('SSH-2.0-OpenSSH\r\n'));
    const report = await examine(
      await makeDesk({ url: `https://${plain.url.host}`, host: plain.url.host }),
      remote,
    );
    expect(step(report, 'tcp').status).toBe('ok');
    expect(step(report, 'tls')).toMatchObject({ status: 'failed', error: { code: 'network/tls' } });
  });

  it('an unknown CA is named with its fingerprint, and offered', async () => {
    const ca = await makeCa('somebody’s ca');
    const server = await startHttps(await makeLeaf(ca), answer(200));
    const report = await examine(
      await makeDesk({ url: `https://${server.url.host}`, host: server.url.host }),
      remote,
    );
    const tls = step(report, 'tls');
    expect(tls).toMatchObject({ status: 'failed', error: { code: 'network/unknown-ca' } });
    expect(tls.unknownCa?.server).toBe(`https://${server.url.host}`);
    expect(tls.found).toContain(tls.unknownCa?.sha256);
    expect(tls.fix).toContain('ca.crt');
    expect(step(report, 'health').status).toBe('skipped');
  });

  it('a name in it cannot write to the terminal', async () => {
    const evil = await makeCa('evil\u001b[2J ca');
    const server = await startHttps(await makeLeaf(evil), answer(200));
    const desk = await makeDesk({ url: `https://${server.url.host}`, host: server.url.host });
    for (const command of ['doctor', 'inspect', 'list']) {
      const { stdout, stderr } = await desk.run(command, remote);
      expect(stdout + stderr).toContain('CN=evil');
      expect(stdout + stderr).not.toContain('\u001b');
    }
  });

  it('a server that asks for a client certificate', async () => {
    const clients = await makeCa('clients');
    const asking = { requestCert: true, rejectUnauthorized: true, ca: clients.certificatePem };
    const own = await makeLeaf(await makeCa('known'));
    const server = await startHttps(own, answer(200), asking);
    const desk = await makeDesk({ url: `https://${server.url.host}`, host: server.url.host });
    await desk.write(`.docker/tls/${server.url.host}/own.crt`, own.certificatePem);
    const report = await examine(desk, remote);
    const failed = report.steps.find(({ status }) => status === 'failed');
    expect(failed?.fix).toContain('as client.cert and client.key');
  });

  it('a self-signed certificate is its own CA', async () => {
    const leaf = await makeLeaf(undefined);
    const server = await startHttps(leaf, answer(200));
    const report = await examine(
      await makeDesk({ url: `https://${server.url.host}`, host: server.url.host }),
      remote,
    );
    expect(step(report, 'tls').unknownCa?.sha256).toBe(leaf.sha256);
  });

  it('a registry on this computer is excused, as docker does, and that is said', async () => {
    const server = await startHttps(await makeLeaf(undefined), answer(200, { date }, '{}'));
    const report = await examine(
      await makeDesk({ url: `https://${server.url.host}`, host: server.url.host }, 'nothing'),
      'localhost:9/acme/app',
    );
    const tls = step(report, 'tls');
    expect(tls.status).toBe('warning');
    expect(tls.found).toContain('accepted all the same, because the registry is on this computer');
    expect(tls.unknownCa).toBeUndefined();
    expect(step(report, 'health').status).toBe('ok');
  });

  it.each([
    ['has expired', { notAfter: new Date('2020-01-01T00:00:00Z') }, /has expired/],
    ['is for another host', { names: ['elsewhere.example'], addresses: [] }, /not for this host/],
  ])('a certificate that %s', async (_, options, words) => {
    const ca = await makeCa('lab');
    const server = await startHttps(await makeLeaf(ca, options), answer(200));
    const desk = await makeDesk({ url: `https://${server.url.host}`, host: server.url.host }, 'nothing');
    await desk.write(`.docker/tls/${server.url.host}/ca.crt`, ca.certificatePem);
    const tls = step(await examine(desk, remote), 'tls');
    expect(tls).toMatchObject({ status: 'failed', error: { code: 'network/tls' } });
    expect(tls.found).toMatch(words);
  });

  it('a certificate that ends soon is a warning', async () => {
    const server = await goodServer();
    const desk = await makeDesk(server);
    const good = step(await examine(desk, gun), 'tls');
    const until = /valid until (\S+)\.$/.exec(good.found)?.[1] ?? '';
    const later = new Date(Date.parse(until) - 10 * 86_400_000);
    expect(step(await examine(desk, gun, later), 'tls')).toMatchObject({ status: 'warning' });
  });

  it('through a proxy', async () => {
    const server = await goodServer();
    const target = { port: Number(new URL(server.url).port), url: new URL(server.url), connections: () => 0 };
    const proxy = await startProxy(target);
    const desk = await makeDesk(server);
    desk.env['HTTPS_PROXY'] = `http://127.0.0.1:${proxy.port}`;
    // This computer is never proxied, so the server gets a name that the proxy alone knows.
    desk.env['DOCKER_CONTENT_TRUST_SERVER'] = 'https://trust.example.test';
    const report = await examine(desk, remote);
    expect(step(report, 'dns').found).toContain('The proxy looks up trust.example.test itself');
    expect(step(report, 'tcp').found).toContain('The proxy 127.0.0.1:');
    // It really got to the server behind the proxy, whose certificate has another name.
    expect(step(report, 'tls')).toMatchObject({ status: 'failed' });
  });

  it.each([
    ['127.0.0.1:9', 'tcp', 'nothing answers there'],
    ['proxy.invalid:3128', 'dns', 'its name cannot be resolved'],
  ] as const)('the proxy %s, which is not there, is not taken for the server', async (proxy, id, reason) => {
    const desk = await makeDesk(await goodServer());
    desk.env['HTTPS_PROXY'] = `http://${proxy}`;
    desk.env['DOCKER_CONTENT_TRUST_SERVER'] = 'https://trust.example.test';
    const words = `The proxy ${proxy} did not let the connection through: ${reason}.`;
    const failed = step(await examine(desk, remote), id);
    expect(failed).toMatchObject({ status: 'failed', found: words, error: { code: 'network/proxy' } });
    expect(failed.fix).toContain('HTTPS_PROXY');
    expect((await desk.run('inspect', remote)).stderr).toContain(words);
  });
});

describe('asking the server', () => {
  it('all is well', async () => {
    const report = await examine(await makeDesk(await goodServer()), gun);
    expect(report.steps.slice(0, -1).map(({ status }) => status)).toEqual(Array(9).fill('ok'));
    expect(step(report, 'trust-data').found).toBe('Verified: 1 signed tag, 0 signers.');
  });

  it.each<[string, RequestListener, DoctorStep['status'], RegExp]>([
    ['healthy', answer(200, {}, '{}'), 'ok', /it is well/],
    ['no such page', answer(404), 'ok', /does not report its health \(status 404\)/],
    [
      'a sick database',
      answer(503, {}, '{"Database":"gone","Signer":"gone"}'),
      'warning',
      /not well: Database, Signer\./,
    ],
    ['a proxy’s page', answer(503, {}, '<html>'), 'warning', /not well\./],
    ['an internal error', answer(500), 'failed', /status 500/],
  ])('health: %s', async (_, listener, status, found) => {
    const server = await goodServer((name) => (name === '/_notary_server/health' ? listener : undefined));
    const health = step(await examine(await makeDesk(server), gun), 'health');
    expect(health.status).toBe(status);
    expect(health.found).toMatch(found);
  });

  it('believes nothing that another server answers in its place', async () => {
    const other = await goodServer();
    const sentOn: Interference = (name) =>
      name === '/_notary_server/health' || name === '/v2/'
        ? answer(302, { location: `${other.url}${name}` })
        : undefined;
    const report = await examine(await makeDesk(await goodServer(sentOn)), gun);
    for (const id of ['health', 'authentication'] as const) {
      const { status, found, fix } = step(report, id);
      expect([status, found, fix]).toEqual([
        'warning',
        expect.stringContaining(`on to ${other.url}, whose answer says nothing`),
        expect.stringContaining(`DOCKER_CONTENT_TRUST_SERVER=${other.url}`),
      ]);
    }
    expect(step(report, 'trust-data').status).toBe('ok');
  });

  const basic = 'Basic realm="trust"';
  const locked: Interference = () => (request, response) => {
    const right = `Basic ${Buffer.from('ann:right').toString('base64')}`;
    const isIn = request.headers.authorization === right;
    response.writeHead(isIn ? 200 : 401, isIn ? { date } : { 'www-authenticate': basic, date }).end('{}');
  };

  it('names account and source of the credentials that let us in', async () => {
    const desk = await makeDesk(await goodServer(locked));
    const auth = Buffer.from('ann:right').toString('base64');
    const file = await desk.write(
      '.docker/config.json',
      JSON.stringify({ auths: { '127.0.0.2:9': { auth } } }),
    );
    const login = step(await examine(desk, gun), 'authentication');
    expect(login.status).toBe('ok');
    expect(login.found).toBe(
      `Let in as ann (credentials from ${file}) for repository:${gun}:pull, with a password.`,
    );
  });

  it('names account and scope of what was refused, never the password', async () => {
    const desk = await makeDesk(await goodServer(locked));
    const auth = Buffer.from('ann:wrong-secret').toString('base64');
    const file = await desk.write(
      '.docker/config.json',
      JSON.stringify({ auths: { '127.0.0.2:9': { auth } } }),
    );
    const report = await examine(desk, gun);
    expect(step(report, 'authentication')).toMatchObject({
      status: 'failed',
      error: { code: 'notary/unauthorised' },
    });
    expect(step(report, 'authentication').found).toContain(
      `refused access to repository:${gun}:pull as ann (credentials from ${file}): it answered with status 401.`,
    );
    expect(JSON.stringify(report)).not.toMatch(/wrong-secret|Basic [A-Za-z0-9]/);
    // The server said its time all the same.
    expect(step(report, 'clock').status).toBe('ok');
    expect(step(report, 'trust-data').status).toBe('skipped');
  });

  it('without an account', async () => {
    const report = await examine(await makeDesk(await goodServer(locked)), gun);
    expect(step(report, 'authentication').found).toContain('without an account');
  });

  it('a gateway that lets nobody look at /v2/, but at the repository', async () => {
    const desk = await makeDesk(
      await goodServer((name) => (name === '/v2/' ? answer(403, { date }) : undefined)),
    );
    const report = await examine(desk, gun);
    expect(step(report, 'authentication').found).toBe('Anyone may read; no login is asked for.');
    expect(step(report, 'trust-data').status).toBe('ok');
  });

  it('a repository that refuses where the server itself does not', async () => {
    const desk = await makeDesk(await goodServer((name) => (name === 'timestamp' ? answer(403) : undefined)));
    const report = await examine(desk, gun);
    expect(step(report, 'authentication')).toMatchObject({
      status: 'failed',
      error: { code: 'notary/unauthorised', details: { status: 403 } },
    });
    expect(step(report, 'clock').status).toBe('ok');
  });

  it('a token server that cannot be reached is named, for it is not the trust server', async () => {
    const challenge = { 'www-authenticate': 'Bearer realm="https://127.0.0.1:9/token",service="s"', date };
    const report = await examine(await makeDesk(await goodServer(() => answer(401, challenge))), gun);
    expect(step(report, 'authentication')).toMatchObject({
      status: 'failed',
      found:
        'Nothing answers at 127.0.0.1, port 9. Logins go to its token server, https://127.0.0.1:9/token.',
    });
  });

  it('a server alone is asked what it wants, and nobody logs in', async () => {
    const server = await goodServer(locked);
    const report = await examine(await makeDesk(server), server.url);
    expect(step(report, 'authentication').found).toContain('A login is asked for, with a password.');
    expect(report.healthy).toBe(true);
  });

  it('a credential helper that is not there', async () => {
    const desk = await makeDesk(await goodServer(locked));
    await desk.write('.docker/config.json', JSON.stringify({ credsStore: 'no-such-helper' }));
    const login = step(await examine(desk, gun), 'authentication');
    expect(login).toMatchObject({ status: 'failed', error: { code: 'config/credential-helper' } });
  });

  it.each([
    [0, 'ok', /same time/],
    [4, 'ok', /same time/],
    [90, 'warning', /90 minutes ahead of the server's/],
    [-600, 'warning', /600 minutes behind the server's/],
  ])('a clock %d minutes off', async (minutes, status, found) => {
    const desk = await makeDesk(await goodServer());
    const clock = step(await examine(desk, gun, new Date(now.getTime() + minutes * 60_000)), 'clock');
    expect(clock.status).toBe(status);
    expect(clock.found).toMatch(found);
  });

  it('a server that does not say what time it has', async () => {
    const server = await goodServer((name) => (name === '/v2/' ? answer(200, { date: 'soon' }) : undefined));
    expect(step(await examine(await makeDesk(server), gun), 'clock').found).toContain('does not say');
  });
});

describe('reading trust', () => {
  it('a repository that is not there', async () => {
    const report = await examine(await makeDesk(await goodServer()), '127.0.0.2:9/none/none');
    expect(step(report, 'trust-data')).toMatchObject({ status: 'failed', error: { code: 'trust/no-data' } });
  });

  it('what was kept, when the server fails in the middle', async () => {
    const state = { broken: false };
    const server = await goodServer((name) =>
      state.broken && name === 'timestamp' ? answer(503) : undefined,
    );
    const desk = await makeDesk(server);
    await desk.run('inspect', gun);
    state.broken = true;
    const trust = step(await examine(desk, gun), 'trust-data');
    expect(trust.status).toBe('warning');
    expect(trust.found).toContain('This is what was confirmed at 2026-06-01T12:00:00.000Z');
  });

  it('metadata that ends soon, with who has to do what', async () => {
    const later = new Date('2029-03-01T00:00:00Z');
    const old = await RepositoryBuilder.create(gun, now);
    old.now = later;
    await old.publish();
    const server = await serve(gun, () => old.published());
    const trust = step(await examine(await makeDesk(server), gun, later), 'trust-data');
    expect(trust.status).toBe('warning');
    expect(trust.fix).toContain('a key of targets');
  });

  it('prints the steps as lines for people, each with what to do', async () => {
    const desk = await makeDesk({ url: 'https://127.0.0.1:9', host: '127.0.0.1:9' });
    const { stdout, exitCode } = await desk.run('doctor', gun);
    expect(exitCode).toBe(1);
    expect(stdout).toMatch(/^ok {7}Image name {7}The repository/);
    expect(stdout).toMatch(/\nfailed {3}Connection {7}Nothing answers at 127\.0\.0\.1, port 9\.\n +To do: /);
    expect(stdout.endsWith('\nSomething is in the way.\n')).toBe(true);
  });
});
