/** Where docker keeps credentials, read as docker reads them; and that no secret gets into an error. */
import { writeFileSync } from 'node:fs';
import { chmod, copyFile, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { isAppError } from '../../../shared/errors.ts';
import { slowHelperSayer } from '../../../electron/cli/terminal.ts';
import { dockerCredentials, notaryAuthCredentials } from '../../../electron/registry/credentials.ts';

let folder: string;
let env: Record<string, string>;
beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'credentials-'));
  env = { PATH: `${folder}:${process.env['PATH'] ?? ''}`, HOME: folder };
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const hub = 'https://index.docker.io/v1/';
const auth = (user: string, password: string): string =>
  Buffer.from(`${user}:${password}`).toString('base64');

async function find(config: unknown, registry: string) {
  const file = path.join(folder, 'config.json');
  if (config !== undefined)
    await writeFile(file, typeof config === 'string' ? config : JSON.stringify(config));
  return dockerCredentials(file, env).find(registry);
}

/** A helper that notes what it was given and answers what it is told. */
async function helper(name: string, script: string): Promise<void> {
  const file = path.join(folder, `docker-credential-${name}`);
  await writeFile(file, `#!/bin/sh\necho "$@" > ${folder}/argv\ncat > ${folder}/stdin\n${script}\n`);
  await chmod(file, 0o755);
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

async function failure(work: Promise<unknown>): Promise<{ code: string; text: string }> {
  const error: unknown = await work.then(
    () => expect.unreachable('expected a failure'),
    (reason: unknown) => reason,
  );
  if (!isAppError(error)) throw error;
  return { code: error.code, text: JSON.stringify(error.details) };
}

describe('config.json', () => {
  test('absent: nobody', async () => {
    expect(await find(undefined, 'r.test')).toBeUndefined();
  });

  test.each<[string, object, string, object]>([
    [
      'user and password',
      { 'r.test:5000': { auth: auth('me', 'p:w') } },
      'r.test:5000',
      { kind: 'password', username: 'me', password: 'p:w' },
    ],
    [
      'as plain members',
      { 'r.test': { username: 'me', password: 'pw' } },
      'r.test',
      { kind: 'password', username: 'me', password: 'pw' },
    ],
    [
      'padded with NULs',
      { 'r.test': { auth: auth('me', 'pw\0\0') } },
      'r.test',
      { kind: 'password', username: 'me', password: 'pw' },
    ],
    [
      'Docker Hub',
      { [hub]: { auth: auth('me', 'pw') } },
      'docker.io',
      { kind: 'password', username: 'me', password: 'pw' },
    ],
    [
      'under an address',
      { 'https://r.test/v1/': { auth: auth('me', 'pw') } },
      'r.test',
      { kind: 'password', username: 'me', password: 'pw' },
    ],
    [
      'an identity token',
      { 'r.test': { auth: auth('me', ''), identitytoken: 'it' } },
      'r.test',
      { kind: 'identity-token', username: 'me', token: 'it' },
    ],
  ])('%s', async (_name, auths, registry, credentials) => {
    expect(await find({ auths }, registry)).toEqual({
      credentials,
      source: path.join(folder, 'config.json'),
    });
  });

  test.each<[string, object, string]>([
    ['of another registry', { 'other.test': { auth: auth('me', 'pw') } }, 'r.test'],
    ['of another port', { 'r.test:5000': { auth: auth('me', 'pw') } }, 'r.test'],
    ['of a longer name', { 'r.test.evil.test': { auth: auth('me', 'pw') } }, 'r.test'],
    ['empty, as docker logout leaves it', { 'r.test': {} }, 'r.test'],
    ['of Hub for somebody else', { [hub]: { auth: auth('me', 'pw') } }, 'index.example.test'],
  ])('nobody: %s', async (_name, auths, registry) => {
    expect(await find({ auths }, registry)).toBeUndefined();
  });

  test.each<[string, unknown]>([
    ['not JSON, with a secret in it', '{"auths":{"r.test":{"auth":"c2VjcmV0OnNlY3JldA=="},}}'],
    ['auths as list', { auths: [] }],
    ['an entry that is text', { auths: { 'r.test': 'secret' } }],
    ['auth without a colon', { auths: { 'r.test': { auth: Buffer.from('secret').toString('base64') } } }],
    ['a helper with a path', { credsStore: '../../bin/secret' }],
    ['a helper with an option', { credsStore: '-x' }],
    ['a helper that is a number', { credHelpers: { 'r.test': 5 } }],
  ])('malformed: %s', async (_name, config) => {
    const { code, text } = await failure(find(config, 'r.test'));
    expect(code).toBe('config/malformed');
    expect(text).not.toMatch(/secret|c2VjcmV0/);
  });
});

describe('credential helpers', () => {
  test('one that does not want to end is ended', async () => {
    const pid = `${folder}/pid`;
    await helper(
      'lab',
      `trap '' TERM PIPE HUP\necho $$ > ${pid}\nhead -c 2000000 /dev/zero\nexec tail -f /dev/null`,
    );
    const { text } = await failure(find({ credsStore: 'lab' }, 'r.test'));
    expect(text).toContain('answered too much');
    const number = Number(await readFile(pid, 'utf8'));
    await expect.poll(() => isAlive(number)).toBe(false);
  });

  const answer = (user: string, secret: string): string =>
    `printf '%s' '${JSON.stringify({ ServerURL: 'r.test', Username: user, Secret: secret })}'`;

  test('are asked on stdin; nothing but "get" is an argument', async () => {
    await helper('lab', answer('me', 'pw'));
    expect(await find({ credsStore: 'lab' }, 'r.test')).toEqual({
      credentials: { kind: 'password', username: 'me', password: 'pw' },
      source: 'docker-credential-lab',
    });
    expect(await readFile(path.join(folder, 'argv'), 'utf8')).toBe('get\n');
    expect((await readFile(path.join(folder, 'stdin'), 'utf8')).trim()).toBe('r.test');
  });

  test('are asked for Hub by its address', async () => {
    await helper('lab', answer('me', 'pw'));
    await find({ credsStore: 'lab' }, 'docker.io');
    expect((await readFile(path.join(folder, 'stdin'), 'utf8')).trim()).toBe(hub);
  });

  test('a registry’s own helper comes before the store, and both before auths', async () => {
    await helper('one', answer('one', 'pw'));
    await helper('all', answer('all', 'pw'));
    const config = {
      credsStore: 'all',
      credHelpers: { 'r.test': 'one' },
      auths: { 'r.test': { auth: auth('file', 'pw') } },
    };
    expect((await find(config, 'r.test'))?.credentials).toMatchObject({ username: 'one' });
    expect((await find(config, 'other.test'))?.credentials).toMatchObject({ username: 'all' });
  });

  test('the user <token> stands for an identity token', async () => {
    await helper('lab', answer('<token>', 'it'));
    expect((await find({ credsStore: 'lab' }, 'r.test'))?.credentials).toEqual({
      kind: 'identity-token',
      username: '',
      token: 'it',
    });
  });

  test.each([
    ['says so', "echo 'credentials not found in native keychain'; exit 1"],
    ['answers empty', answer('', '')],
  ])('that has none: %s', async (_name, script) => {
    await helper('lab', script);
    expect(await find({ credsStore: 'lab' }, 'r.test')).toBeUndefined();
  });

  test.each([
    ['fails', "echo 'secret in clear'; echo secret >&2; exit 3"],
    ['answers rubbish', 'echo secret'],
    ['answers half', `printf '%s' '{"Username":"secret"}'`],
    ['answers without an end', 'yes secret'],
    ['ends without reading', 'exec <&-; exit 2'],
  ])('that %s is named, and not quoted', async (_name, script) => {
    await helper('lab', script);
    const { code, text } = await failure(find({ credsStore: 'lab' }, 'r.test'));
    expect([code, text.includes('docker-credential-lab'), text.includes('secret')]).toEqual([
      'config/credential-helper',
      true,
      false,
    ]);
  });

  test('that takes long is named once while it is waited for, and its answer still counts', async () => {
    const sign = path.join(folder, 'named');
    await helper('lab', `while [ ! -e ${sign} ]; do sleep 0.02; done\n${answer('me', 'pw')}`);
    const named: string[] = [];
    const onSlow = (program: string): void => {
      named.push(program);
      writeFileSync(sign, '');
    };
    const file = path.join(folder, 'config.json');
    await writeFile(file, '{"credsStore":"lab"}');
    const found = await dockerCredentials(file, env, { onSlow, slowMs: 1 }).find('r.test');
    expect(found?.credentials).toEqual({ kind: 'password', username: 'me', password: 'pw' });
    expect(named).toEqual(['docker-credential-lab']);
  });

  test('the wait is said on a terminal, and to nobody else', () => {
    const said = (isTerminal: boolean): string => {
      let text = '';
      const stderr = { isTerminal, write: (data: string | Uint8Array) => void (text += String(data)) };
      slowHelperSayer({ stderr })('docker-credential-lab');
      return text;
    };
    expect(said(true)).toMatch(/^Waiting for docker-credential-lab, .*A minute at most\.\n$/);
    expect(said(false)).toBe('');
  });

  test('get no passphrase of ours', async () => {
    Object.assign(env, {
      DOCKER_CONTENT_TRUST_ROOT_PASSPHRASE: 'p1',
      DOCKER_CONTENT_TRUST_REPOSITORY_PASSPHRASE: 'p2',
      NOTARY_DELEGATION_PASSPHRASE: 'p3',
      NOTARY_AUTH: 'p4',
      DBUS_SESSION_BUS_ADDRESS: 'kept',
    });
    await helper('lab', `env > ${folder}/env\n${answer('me', 'pw')}`);
    await find({ credsStore: 'lab' }, 'r.test');
    const seen = await readFile(path.join(folder, 'env'), 'utf8');
    expect(seen).toContain('DBUS_SESSION_BUS_ADDRESS=kept');
    expect(seen).not.toMatch(/PASSPHRASE|NOTARY_AUTH/);
  });

  test.each(['.', '', 'bin'])('are not taken from a relative folder of PATH: "%s"', async (relative) => {
    const here = process.cwd();
    await mkdir(path.join(folder, 'bin'));
    await helper('lab', answer('me', 'pw'));
    await copyFile(
      path.join(folder, 'docker-credential-lab'),
      path.join(folder, 'bin/docker-credential-lab'),
    );
    env = { ...env, PATH: `${relative}:/usr/bin:/bin` };
    try {
      process.chdir(folder);
      expect((await failure(find({ credsStore: 'lab' }, 'r.test'))).text).toContain('not found in PATH');
    } finally {
      process.chdir(here);
    }
  });

  test('that is not installed is named', async () => {
    const { code, text } = await failure(find({ credsStore: 'none-such' }, 'r.test'));
    expect([code, text]).toEqual([
      'config/credential-helper',
      '{"helper":"docker-credential-none-such","reason":"not found in PATH"}',
    ]);
  });
});

test.each([
  [auth('me', 'p:w'), { kind: 'password', username: 'me', password: 'p:w' }],
  [undefined, undefined],
  ['', undefined],
  [Buffer.from('nobody').toString('base64'), undefined],
  [Buffer.from(':pw').toString('base64'), undefined],
])('NOTARY_AUTH %s', (value, expected) => {
  expect(notaryAuthCredentials(value)?.credentials).toEqual(expected);
});
