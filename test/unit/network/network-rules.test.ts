/** The rules behind the one fetch, as tables: proxies, loopback, roots, and what failures are called. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { isIP } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { AppError } from '../../../shared/errors.ts';
import { ipFamily } from '../../../electron/network/ip-address.ts';
import { hostWithoutPort, isLoopbackHost, loopbackAddresses } from '../../../electron/network/loopback.ts';
import { toNetworkError } from '../../../electron/network/network-error.ts';
import { parseProxyEnvironment, proxyFor, proxyName } from '../../../electron/network/proxy.ts';
import { loadSystemRoots } from '../../../electron/network/system-roots.ts';
import { policyForOtherHost } from '../../../electron/network/tls-policy.ts';

describe('this computer', () => {
  test.each([
    ['localhost', true],
    ['LOCALHOST:5000', true],
    ['127.0.0.1', true],
    ['127.255.0.9:80', true],
    ['[::1]:5000', true],
    ['::1', true],
    ['localhost.', false],
    ['localhost.example.test', false],
    ['x.localhost', false],
    ['127.0.0.1.example.test', false],
    ['127.1', false],
    ['128.0.0.1', false],
    ['0.0.0.0', false],
    ['[::2]:5000', false],
    ['[::ffff:127.0.0.1]:5000', false],
    ['10.0.0.1', false],
    ['', false],
  ])('%s: %s', (host, expected) => {
    expect(isLoopbackHost(host)).toBe(expected);
  });

  test('no resolver says where localhost is, and nothing else is said here', () => {
    expect(loopbackAddresses('LocalHost')).toEqual(['127.0.0.1', '::1']);
    for (const name of ['localhost.', 'x.localhost', '127.0.0.1', 'registry.example.test', '']) {
      expect(loopbackAddresses(name)).toEqual([]);
    }
  });
  test.each([
    ['a.test:5000', 'a.test'],
    ['[::1]:5000', '::1'],
    ['[::1]', '::1'],
    ['fe80::1', 'fe80::1'],
    ['a.test', 'a.test'],
  ])('the host of %s', (text, host) => {
    expect(hostWithoutPort(text)).toBe(host);
  });
});

test.each([
  '',
  'localhost',
  'a.test',
  '127.0.0.1',
  '127.1',
  '256.0.0.1',
  '1.2.3.4.',
  '.',
  '::1',
  '::',
  'fe80::1%eth0',
  '1:2',
  '::ffff:127.0.0.1',
  'a:b',
  '1.2.3.4:5',
])('%j is the address that Node says it is', (text) => {
  expect(ipFamily(text)).toBe(isIP(text));
});

describe('proxies', () => {
  const chosen = (env: Record<string, string>, host: string, port = 443): string | undefined => {
    const proxy = proxyFor(parseProxyEnvironment(env), host, port);
    return proxy === undefined ? undefined : proxyName(proxy);
  };
  test.each<[Record<string, string>, string | undefined]>([
    [{}, undefined],
    [{ HTTPS_PROXY: '' }, undefined],
    [{ HTTPS_PROXY: 'http://p.test:3128' }, 'p.test:3128'],
    [{ https_proxy: 'p.test:3128' }, 'p.test:3128'],
    [{ HTTPS_PROXY: 'https://me:secret@p.test' }, 'p.test'],
    [{ HTTPS_PROXY: 'http://upper.test', https_proxy: 'http://lower.test' }, 'upper.test'],
    [{ HTTP_PROXY: 'http://p.test' }, undefined],
  ])('%j', (env, expected) => {
    expect(chosen(env, 'n.test')).toBe(expected);
  });

  test.each<[string, string, number, boolean]>([
    ['*', 'n.test', 443, true],
    ['n.test', 'n.test', 443, true],
    ['N.Test', 'n.test', 443, true],
    ['n.test', 'sub.n.test', 443, true],
    ['.n.test', 'sub.n.test', 443, true],
    ['*.n.test', 'sub.n.test', 443, true],
    ['.n.test', 'n.test', 443, false],
    ['n.test', 'xn.test', 443, false],
    ['n.test:4443', 'n.test', 4443, true],
    ['n.test:4443', 'n.test', 443, false],
    ['other.test, n.test ,', 'n.test', 443, true],
    ['10.0.0.0/8', '10.1.2.3', 443, true],
    ['10.0.0.0/8', '11.1.2.3', 443, false],
    ['10.0.0.0/8', 'n.test', 443, false],
    ['10.0.0.0/99', '10.1.2.3', 443, false],
    ['10.0.0.0/x', '10.1.2.3', 443, false],
    ['fd00::/8', 'fd00::1', 443, true],
    ['10.1.2.3', '10.1.2.3', 443, true],
    ['10.1.2.3', '10.1.2.30', 443, false],
    ['fd00::1', 'fd00::1', 443, true],
  ])('NO_PROXY=%s for %s:%s: %s', (entries, host, port, exempt) => {
    const env = { HTTPS_PROXY: 'http://p.test:3128', NO_PROXY: entries };
    expect(chosen(env, host, port) === undefined).toBe(exempt);
  });

  test.each(['localhost', '127.0.0.1', '::1'])('never for %s', (host) => {
    expect(chosen({ HTTPS_PROXY: 'http://p.test:3128' }, host)).toBeUndefined();
  });

  test.each(['socks5://p.test', 'ftp://p.test', 'http://', '//:'])('%s is no proxy', (value) => {
    expect(() => parseProxyEnvironment({ HTTPS_PROXY: value })).toThrow(/config\/malformed/);
  });
});

describe('the system’s roots', () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'roots-'));
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));
  const block = '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n';

  test('SSL_CERT_FILE and SSL_CERT_DIR are honoured as Go does', async () => {
    await writeFile(path.join(folder, 'one.pem'), `${block}one`);
    await writeFile(path.join(folder, 'two.pem'), `${block}two`);
    await writeFile(path.join(folder, 'readme'), 'no certificate');
    const env = { SSL_CERT_FILE: path.join(folder, 'one.pem'), SSL_CERT_DIR: `${folder}:/none` };
    expect(
      loadSystemRoots({ platform: 'linux', env })
        ?.map((text) => text.slice(-3))
        .sort(),
    ).toEqual(['one', 'one', 'two']);
  });

  test('a file that is not there leaves the folder', async () => {
    await writeFile(path.join(folder, 'two.pem'), block);
    const env = { SSL_CERT_FILE: path.join(folder, 'none'), SSL_CERT_DIR: folder };
    expect(loadSystemRoots({ platform: 'linux', env })).toEqual([block]);
  });

  test('a place that was named and holds nothing is not replaced by the list in Node', () => {
    const none = path.join(folder, 'none');
    for (const env of [
      { SSL_CERT_FILE: none, SSL_CERT_DIR: none },
      { SSL_CERT_FILE: none, SSL_CERT_DIR: folder },
    ])
      expect(loadSystemRoots({ platform: 'linux', env })).toEqual([]);
  });

  test('a file that is not there leaves the usual folders, as in Go', () => {
    const found = loadSystemRoots({ platform: 'linux', env: { SSL_CERT_FILE: path.join(folder, 'none') } });
    expect(found).toEqual(
      loadSystemRoots({
        platform: 'linux',
        env: { SSL_CERT_FILE: path.join(folder, 'none'), SSL_CERT_DIR: '/etc/ssl/certs:/etc/pki/tls/certs' },
      }),
    );
  });
});

describe('failures by name', () => {
  const peer = { host: 'n.test', port: 4443 };
  const system = (code: string, message = code): Error => Object.assign(new Error(message), { code });
  test.each<[string, Error, string, object]>([
    ['no such name', system('ENOTFOUND'), 'network/dns', { host: 'n.test' }],
    ['resolver silent', system('EAI_AGAIN'), 'network/dns', { host: 'n.test' }],
    ['nobody listens', system('ECONNREFUSED'), 'network/refused', peer],
    [
      'on no address',
      new AggregateError([system('ENETUNREACH'), system('ECONNREFUSED')]),
      'network/refused',
      peer,
    ],
    ['no route', system('EHOSTUNREACH'), 'network/unreachable', { host: 'n.test', reason: 'EHOSTUNREACH' }],
    ['system time-out', system('ETIMEDOUT'), 'network/timeout', { host: 'n.test', seconds: 0 }],
    ['reset', system('ECONNRESET'), 'network/interrupted', { host: 'n.test', reason: 'ECONNRESET' }],
    [
      'not HTTP',
      system('HPE_INVALID_CONSTANT'),
      'network/interrupted',
      { host: 'n.test', reason: 'the answer is not HTTP' },
    ],
    [
      'not TLS',
      system('EPROTO', 'C0:error:0A00010B:SSL routines:ssl3_get_record:wrong version number:'),
      'network/tls',
      { host: 'n.test', reason: 'the server does not speak TLS' },
    ],
    [
      'another alert',
      system('ERR_SSL_X', '00:error:0A:SSL routines:ssl3_read_bytes:sslv3 alert something:../x.c:1'),
      'network/tls',
      { host: 'n.test', reason: 'sslv3 alert something' },
    ],
    ['unknown', new Error('odd'), 'network/interrupted', { host: 'n.test', reason: 'odd' }],
  ])('%s', (_name, error, code, details) => {
    const outcome = toNetworkError(error, peer);
    expect([outcome.code, outcome.details, outcome.cause]).toEqual([code, details, error]);
  });

  test('an outcome stays what it is', () => {
    const outcome = new AppError('network/dns', { host: 'x' });
    expect(toNetworkError(outcome, peer)).toBe(outcome);
  });
});

test('a policy for another host keeps the roots and nothing that was granted for one', () => {
  const pair = { certificatePem: 'c', keyPem: 'k' };
  const policy = { extraRoots: ['r'], exclusive: true, clientCertificate: pair, allowUnverified: true };
  expect(policyForOtherHost(policy)).toEqual({ extraRoots: ['r'], exclusive: true, allowUnverified: false });
});
