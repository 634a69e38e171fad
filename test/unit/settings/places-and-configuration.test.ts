/** Where things are, and what notary's configuration says: docker's and notary's own rules. */
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { hasCode, isAppError } from '../../../shared/errors.ts';
import { loadNotaryConfig } from '../../../electron/settings/notary-config.ts';
import { resolvePaths } from '../../../electron/settings/paths.ts';
import { parseRegistryPattern, parseServerUrl, ruleFor } from '../../../electron/settings/server-rules.ts';

describe('paths', () => {
  const home = '/home/jo';
  const at = (env: Record<string, string>, platform = 'linux') => resolvePaths({ env, platform, home });

  test('docker’s by default', () => {
    expect(at({})).toEqual({
      dockerConfig: '/home/jo/.docker',
      dockerConfigFile: '/home/jo/.docker/config.json',
      trustDirectory: '/home/jo/.docker/trust',
      trustDirectorySource: 'default',
      notaryConfigFile: '/home/jo/.notary/config.json',
      dataDirectory: '/home/jo/.local/share/trustdesk',
      settingsFile: '/home/jo/.local/share/trustdesk/settings.json',
      backupRecordsFile: '/home/jo/.local/share/trustdesk/backups.json',
    });
  });

  test.each<[string, Record<string, string>, string, string]>([
    ['DOCKER_CONFIG', { DOCKER_CONFIG: '/etc/dc' }, 'trustDirectory', '/etc/dc/trust'],
    ['DOCKER_CONFIG', { DOCKER_CONFIG: '/etc/dc' }, 'trustDirectorySource', 'DOCKER_CONFIG'],
    ['an empty DOCKER_CONFIG', { DOCKER_CONFIG: '' }, 'trustDirectory', '/home/jo/.docker/trust'],
    ['TRUSTDESK_HOME', { TRUSTDESK_HOME: '/td' }, 'settingsFile', '/td/settings.json'],
    ['XDG_DATA_HOME', { XDG_DATA_HOME: '/xdg' }, 'dataDirectory', '/xdg/trustdesk'],
    [
      'a relative XDG_DATA_HOME',
      { XDG_DATA_HOME: 'xdg' },
      'dataDirectory',
      '/home/jo/.local/share/trustdesk',
    ],
  ])('%s', (_name, env, what, expected) => {
    expect(at(env)).toHaveProperty(what, expected);
  });

  test.each([
    ['darwin', {}, '/home/jo/Library/Application Support/Trustdesk'],
    ['win32', {}, '/home/jo/AppData/Roaming/Trustdesk'],
    ['win32', { APPDATA: '/roaming' }, '/roaming/Trustdesk'],
  ])('data on %s', (platform, env, expected) => {
    expect(at(env, platform).dataDirectory).toBe(expected);
  });
});

describe('notary’s configuration', () => {
  let folder: string;
  let file: string;
  beforeEach(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'notary-'));
    file = path.join(folder, '.notary', 'config.json');
    await mkdir(path.dirname(file));
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));
  const load = async (config: unknown) => {
    await writeFile(file, typeof config === 'string' ? config : JSON.stringify(config));
    return loadNotaryConfig(file, folder);
  };
  const codeOf = (work: Promise<unknown>): Promise<unknown> =>
    work.then(
      () => 'accepted',
      (error: unknown) => (isAppError(error) ? error.code : error),
    );

  test('absent: notary’s defaults', async () => {
    expect(await loadNotaryConfig(file, folder)).toMatchObject({
      trustDirectory: path.join(folder, '.notary'),
      url: undefined,
      rootCaFile: undefined,
      pinning: { disableTofu: false },
    });
  });

  test('paths are relative to the file, or to the home directory after ~', async () => {
    const config = await load({
      trust_dir: '~/trust',
      remote_server: {
        url: 'https://n.test:4443',
        root_ca: 'ca.pem',
        tls_client_cert: '../c.pem',
        tls_client_key: '/k.pem',
      },
    });
    expect(config).toMatchObject({
      trustDirectory: path.join(folder, 'trust'),
      url: 'https://n.test:4443',
      rootCaFile: path.join(folder, '.notary', 'ca.pem'),
      clientCertificateFile: path.join(folder, 'c.pem'),
      clientKeyFile: '/k.pem',
    });
  });

  test.each([
    [{ Remote_Server: { URL: 'https://x.test', SkipTLSVerify: true } }, true],
    [{ remote_server: { url: 'https://x.test', skipTLSVerify: 'true' } }, true],
    [{ remote_server: { url: 'https://x.test', skipTLSVerify: false } }, false],
  ])('member names without regard to case: %j', async (config, skip) => {
    expect(await load(config)).toMatchObject({ url: 'https://x.test', skipTlsVerify: skip });
  });

  test('pins', async () => {
    const { pinning } = await load({
      trust_pinning: {
        certs: { 'docker.io/x': ['ab'], __proto__x: ['cd'] },
        ca: { 'docker.io/': 'ca.pem' },
        disable_tofu: true,
      },
    });
    expect([...pinning.certs]).toEqual([
      ['docker.io/x', ['ab']],
      ['__proto__x', ['cd']],
    ]);
    expect([...pinning.ca]).toEqual([['docker.io/', path.join(folder, '.notary', 'ca.pem')]]);
    expect(pinning.disableTofu).toBe(true);
  });

  test.each<[string, unknown]>([
    ['not JSON', '{'],
    ['a list', []],
    ['a server that is text', { remote_server: 'https://x.test' }],
    ['a URL that is a number', { remote_server: { url: 1 } }],
    ['pins that are a list', { trust_pinning: [] }],
    ['a pin that is text', { trust_pinning: { certs: { x: 'ab' } } }],
    ['a pin without IDs in it', { trust_pinning: { certs: { x: [1] } } }],
    ['a CA that is a list', { trust_pinning: { ca: { x: ['f'] } } }],
    ['a CA that is empty', { trust_pinning: { ca: { x: '' } } }],
  ])('refused: %s', async (_name, config) => {
    expect(await codeOf(load(config))).toBe('config/malformed');
  });
});

describe('server rules', () => {
  const rules = [
    { registry: '*', url: 'https://all.test' },
    { registry: 'r.test:5000', url: 'https://r.test' },
  ];
  test.each([
    ['r.test:5000', 'https://r.test'],
    ['r.test', 'https://all.test'],
    ['docker.io', 'https://all.test'],
  ])('%s', (registry, url) => {
    expect(ruleFor(rules, registry)?.url).toBe(url);
  });
  test('none fits', () => {
    expect(ruleFor(rules.slice(1), 'docker.io')).toBeUndefined();
  });

  test.each([
    'https://n.test',
    'https://n.test:4443/prefix/',
    'https://localhost:4443',
    'https://[::1]:4443',
  ])('address %s', (text) => {
    expect(parseServerUrl(text).protocol).toBe('https:');
  });
  test.each([
    '',
    'n.test',
    'http://n.test',
    'http://localhost',
    'ftp://n.test',
    'https://',
    'https://u:secret@n.test',
    'https://n.test?x=1',
    'https://n.test/#x',
    'javascript:alert(1)',
  ])('not an address: %s', (text) => {
    try {
      parseServerUrl(text);
    } catch (error) {
      expect(hasCode(error, 'notary/not-https') && error.details.url).not.toContain('secret');
      expect(hasCode(error, 'notary/not-https')).toBe(true);
      return;
    }
    expect.unreachable('accepted');
  });
  test.each(['*', 'docker.io', 'r.test:5000', 'localhost', '[::1]:5000', 'Foo'])('registry %s', (text) => {
    expect(parseRegistryPattern(text)).toBe(text);
  });
  test.each(['', '*.test', 'https://r.test', 'r.test/x', 'r.test:', 'a b', '-x', 'a'.repeat(301)])(
    'not a registry: %s',
    (text) => {
      expect(() => parseRegistryPattern(text)).toThrow(/reference\/malformed/);
    },
  );
});
