/**
 * The doctor on the command line against the real notary-server: what it says of logins has to be what reading finds,
 * and its advice has to work when it is followed to the letter.
 */
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { X509Certificate } from 'node:crypto';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { DoctorReport, DoctorStep } from '../../shared/ipc/doctor.ts';
import { describeWithPeers } from '../lab/describe-with-peers.ts';
import { startNotaryServer } from '../lab/notary-server.ts';
import { startTokenServer, basicAuth } from '../lab/token-server.ts';
import { useScope } from '../lab/use-scope.ts';
import { makeWorkstation } from '../lab/workstation.ts';
import type { Workstation } from '../lab/workstation.ts';

const registry = 'registry.example.test:5000';
const gun = `${registry}/acme/app`;

async function examine(desk: Workstation, target: string): Promise<DoctorReport> {
  const { stdout } = await desk.trustdesk(['doctor', '--json', target]);
  return JSON.parse(stdout) as DoctorReport;
}

const step = ({ steps }: DoctorReport, id: DoctorStep['id']): DoctorStep | undefined =>
  steps.find((one) => one.id === id);

describeWithPeers('the doctor and an authority that nobody knows here', ['notary-server'], () => {
  const lab = useScope(async (scope) => {
    const [quiet, whole] = await Promise.all(
      [false, true].map((sendsChain) => startNotaryServer(scope, { sendsChain })),
    );
    return { scope, quiet: quiet!, whole: whole! };
  });

  it.each([
    [
      'sends only its own certificate',
      'quiet',
      /does not send the certificate of that authority, only its own/,
    ],
    ['sends its authority as well', 'whole', /Lab trust server CA \(SHA-256 [0-9a-f]{64}\)\.$/],
  ] as const)(
    '%s: the fingerprint is said to be what it is, and the advice works',
    async (_, which, found) => {
      const { scope, [which]: notary } = lab();
      const desk = await makeWorkstation(scope, { notary, trustsServer: false });
      const tls = step(await examine(desk, notary.url), 'tls');
      expect(tls?.found).toMatch(found);
      const presented = which === 'whole' ? notary.caPem : notary.certificatePem;
      expect(tls?.found).toContain(
        new X509Certificate(presented).fingerprint256.replaceAll(':', '').toLowerCase(),
      );
      const [, folder = ''] = /put it into (\S+) as ca\.crt/.exec(tls?.fix ?? '') ?? [];
      await mkdir(join(desk.dockerConfig, folder), { recursive: true });
      await writeFile(join(desk.dockerConfig, folder, 'ca.crt'), notary.caPem);
      expect((await examine(desk, notary.url)).healthy).toBe(true);
    },
  );
});

describeWithPeers('the doctor and a server that asks for a login', ['notary-server', 'notary'], () => {
  const lab = useScope(async (scope) => {
    const accounts = [
      { user: 'owner', password: 'pw', actions: ['pull', 'push', '*'] },
      { user: 'reader', password: 'pw', actions: ['pull'] },
      { user: 'stranger', password: 'pw', actions: [] },
    ];
    const identityTokens = new Map([['good-token', 'reader']]);
    const tokens = await startTokenServer(scope, { accounts, identityTokens });
    const notary = await startNotaryServer(scope, { auth: tokens });
    const desk = await makeWorkstation(scope, { notary });
    await desk.must.notary(['init', '--publish', gun], { env: { NOTARY_AUTH: basicAuth('owner', 'pw') } });
    await rm(join(desk.trustDirectory, 'tuf'), { recursive: true });
    const config = join(desk.dockerConfig, 'config.json');
    return { tokens, notary, desk, config };
  });
  const as = async (auth: object): Promise<DoctorReport> => {
    const { desk, config } = lab();
    await writeFile(config, JSON.stringify({ auths: { [registry]: auth } }));
    return examine(desk, gun);
  };
  const account = (user: string, password = 'pw') => ({ auth: basicAuth(user, password) });

  it('lets in whom the server lets in', async () => {
    const report = await as(account('reader'));
    const { tokens, config } = lab();
    expect(step(report, 'authentication')).toMatchObject({
      status: 'ok',
      found: `Let in as reader (credentials from ${config}) for repository:${gun}:pull, with a token from ${tokens.realm}.`,
    });
    expect(step(report, 'trust-data')?.found).toMatch(/^Verified: /);
  });

  it('takes an identity token', async () => {
    const login = step(await as({ identitytoken: 'good-token' }), 'authentication');
    expect(login?.status).toBe('ok');
    expect(login?.found).toContain(`without an account (credentials from ${lab().config})`);
  });

  describe.each([
    ['nobody', {}, 'without an account: it answered with status 401', `docker login ${registry}`],
    ['an account without rights', account('stranger'), 'it answered with status 401', 'Ask the operator'],
    [
      'a wrong password',
      account('reader', 'wrong'),
      'its token server 127.0.0.1:',
      `Log in again with \`docker login ${registry}\``,
    ],
    [
      'an identity token that is none',
      { identitytoken: 'old' },
      'with the identity token from',
      'Log in again',
    ],
  ])('%s', (_, auth, found, fix) => {
    it('is refused in the words of `inspect`, and the clock is compared all the same', async () => {
      const report = await as(auth);
      const login = step(report, 'authentication');
      expect(login).toMatchObject({ status: 'failed', error: { code: 'notary/unauthorised' } });
      expect(login?.found).toContain(`refused access to repository:${gun}:pull`);
      expect(login?.found).toContain(found);
      expect(login?.fix).toContain(fix);
      expect(step(report, 'clock')?.status).toBe('ok');
      expect(step(report, 'trust-data')?.status).toBe('skipped');
      const { stderr } = await lab().desk.trustdesk(['inspect', gun]);
      expect(stderr).toContain(login?.found);
      expect(stderr).toContain(login?.fix);
      expect(JSON.stringify(report) + stderr).not.toContain('wrong"');
    });
  });
});
