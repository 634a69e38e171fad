/** The lab itself: every peer starts, answers its own client, and is gone when its scope closes. */
import { existsSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { makeAuthority } from './certificates.ts';
import { describeWithPeers } from './describe-with-peers.ts';
import { startDockerEngine } from './docker-engine.ts';
import { registryAccount, startDockerRegistry } from './docker-registry.ts';
import { get } from './https-get.ts';
import { numberedTags, publishManyTags } from './many-tags.ts';
import { startNotaryServer } from './notary-server.ts';
import { openScope } from './scope.ts';
import { startTokenServer } from './token-server.ts';
import { useScope } from './use-scope.ts';
import { makeWorkstation } from './workstation.ts';

const isAlive = (pid: number): boolean => {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
};

describe('a scope', () => {
  it('releases in reverse order, removes its folder, and reports every release that failed', async () => {
    const scope = await openScope();
    const order: number[] = [];
    scope.defer(() => void order.push(1));
    scope.defer(() => {
      throw new Error('second');
    });
    scope.defer(() => void order.push(3));
    await expect(scope.close()).rejects.toThrow(AggregateError);
    expect(order).toEqual([3, 1]);
    expect(existsSync(scope.folder)).toBe(false);
  });
});

describe('a lab authority', () => {
  it('issues certificates that node accepts as its own and no other authority does', async () => {
    const { X509Certificate } = await import('node:crypto');
    const [mine, other] = [await makeAuthority('mine'), await makeAuthority('other')];
    const leaf = new X509Certificate(
      (await mine.issue({ commonName: 'localhost', hosts: ['localhost', '127.0.0.1'] })).certificatePem,
    );
    expect(leaf.verify(new X509Certificate(mine.certificatePem).publicKey)).toBe(true);
    expect(leaf.verify(new X509Certificate(other.certificatePem).publicKey)).toBe(false);
    expect([leaf.checkHost('localhost'), leaf.checkIP('127.0.0.1')]).toEqual(['localhost', '127.0.0.1']);
  });
});

describeWithPeers('notary-server', ['notary-server', 'notary-signer', 'notary', 'docker'], () => {
  it('signs on its own, serves docker and notary, and ends with its scope', async () => {
    const scope = await openScope();
    const notary = await startNotaryServer(scope);
    const desk = await makeWorkstation(scope, { notary });
    await publishManyTags(desk, 'registry.example.test/acme/app', numberedTags(3));
    const listed = await desk.must.notary(['list', 'registry.example.test/acme/app']);
    expect(listed.stdout).toMatch(/1\.0\.0 +[0-9a-f]{64} +1000 +targets/);
    const inspected = await desk.must.docker(['trust', 'inspect', 'registry.example.test/acme/app']);
    expect(inspected.stdout).toContain('"SignedTag": "1.0.2"');
    await scope.close();
    expect(isAlive(notary.pid)).toBe(false);
  });

  it('signs through notary-signer with ECDSA keys', async () => {
    const scope = await openScope();
    const notary = await startNotaryServer(scope, { signing: 'remote' });
    const desk = await makeWorkstation(scope, { notary });
    await publishManyTags(desk, 'registry.example.test/acme/app', numberedTags(1));
    const url = `${notary.url}/v2/registry.example.test/acme/app/_trust/tuf/timestamp.json`;
    const timestamp = (await get(url, { caPem: notary.caPem })).body.toString();
    expect(timestamp).toContain('"method":"ecdsa"');
    await scope.close();
  });

  it('asks for a token when told to, and takes the one of an account that may push', async () => {
    const scope = await openScope();
    const account = { user: 'robin', password: 'secret-1', actions: ['pull', 'push', '*'] };
    const auth = await startTokenServer(scope, { accounts: [account] });
    const notary = await startNotaryServer(scope, { auth });
    const desk = await makeWorkstation(scope, { notary });
    const gun = 'registry.example.test/acme/app';
    const credentials = { NOTARY_AUTH: Buffer.from('robin:secret-1').toString('base64') };
    await desk.must.notary(['init', gun], { env: credentials });
    const refused = await desk.notary(['publish', gun], {
      env: { NOTARY_AUTH: Buffer.from('robin:wrong').toString('base64') },
    });
    const accepted = await desk.notary(['publish', gun], { env: credentials });
    expect([refused.status, accepted.status]).toEqual([1, 0]);
    expect(auth.requests.map(({ grant }) => grant)).toContain('basic');
    await scope.close();
  });
});

describeWithPeers('docker-registry', ['docker-registry'], () => {
  const registries = useScope(async (scope) => ({
    open: await startDockerRegistry(scope),
    basic: await startDockerRegistry(scope, { auth: 'basic' }),
    tls: await startDockerRegistry(scope, { tls: true }),
    token: await startDockerRegistry(scope, { auth: await startTokenServer(scope) }),
  }));

  it.each(['open', 'basic', 'tls'] as const)(
    '%s: takes an image and serves it by its digest',
    async (kind) => {
      const registry = registries()[kind];
      const image = await registry.pushImage('acme/app', '1.0');
      const { user, password } = registryAccount;
      const answer = await get(`${registry.url}/v2/acme/app/manifests/1.0`, {
        caPem: registry.caPem,
        headers: {
          accept: 'application/vnd.docker.distribution.manifest.v2+json',
          authorization: `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`,
        },
      });
      expect([answer.status, answer.headers['docker-content-digest'], answer.body.length]).toEqual([
        200,
        image.digest,
        image.size,
      ]);
    },
  );

  it('refuses who has no account, naming how to get one', async () => {
    const basic = await get(`${registries().basic.url}/v2/`);
    const token = await get(`${registries().token.url}/v2/`);
    expect([basic.status, basic.headers['www-authenticate']]).toEqual([401, 'Basic realm="lab registry"']);
    expect(token.headers['www-authenticate']).toMatch(/^Bearer realm="http:\/\/127\.0\.0\.1:\d+\/token"/);
  });
});

describeWithPeers('the docker engine', ['dockerd', 'docker', 'docker-registry', 'notary-server'], () => {
  it('pushes and signs an image of its own with docker', async () => {
    const scope = await openScope();
    const registry = await startDockerRegistry(scope);
    const engine = await startDockerEngine(scope, registry.host);
    const notary = await startNotaryServer(scope);
    const logins = { [registry.host]: { user: 'robin', password: 'unused' } };
    const desk = await makeWorkstation(scope, { notary, engine, logins });
    const image = `${registry.host}/acme/app:1.0`;
    await engine.importImage(image);
    const signed = await desk.docker(['trust', 'sign', image]);
    expect(signed.stdout).toContain(`Successfully signed ${image}`);
    expect(signed.status).toBe(0);
    await scope.close();
    expect(isAlive(engine.pid)).toBe(false);
  });
});
