/** The log: what must never be in it, and who may read it. */
import { chmodSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openFileLog } from '../../../electron/log/file-log.ts';
import { redact, redactText } from '../../../electron/log/redact.ts';
import { AppError } from '../../../shared/errors.ts';

describe('a text', () => {
  it.each([
    [
      '-----BEGIN ENCRYPTED PRIVATE KEY-----\nrole: root\n\nMIIEsecret\n-----END ENCRYPTED PRIVATE KEY-----',
      'MIIEsecret',
    ],
    ['-----BEGIN PRIVATE KEY-----\nMIIEsecret and the end is missing', 'MIIEsecret'],
    ['-----BEGIN EC PRIVATE KEY-----\nMHcsecret\n-----END EC PRIVATE KEY-----', 'MHcsecret'],
    ['key AGE-SECRET-KEY-1QQQQSECRET', 'QQQQSECRET'],
    ['Authorization: Bearer abc.def-ghi_jkl', 'abc.def-ghi_jkl'],
    ['authorization: basic a2ltOnNlY3JldA==', 'a2ltOnNlY3JldA'],
    ['got eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJraW0ifQ.c2ln back', 'eyJzdWIiOiJraW0ifQ'],
    ['GET https://kim:hunter2@registry.example/v2/', 'hunter2'],
    ['open http://127.0.0.1:41234/#Zm9vYmFyYmF6', 'Zm9vYmFyYmF6'],
    ['DOCKER_CONTENT_TRUST_ROOT_PASSPHRASE=hunter2 npm start', 'hunter2'],
    ['NOTARY_TARGETS_PASSPHRASE="hunter 2"', 'hunter 2'],
    ['password: hunter2', 'hunter2'],
    ['/token?service=x&access_token=hunter2&scope=y', 'hunter2'],
  ])('%s loses its secret', (text, secret) => {
    expect(redactText(text)).not.toContain(secret);
    expect(redactText(text)).toContain('[hidden]');
  });
  it.each([
    'docker.io/library/alpine:3.20@sha256:4bcff63911fcb4448bd4fdacec207030997caf25e9bea4045fa6c8c44de311d1',
    'key 0d3a6f0b is not here',
    'GET https://notary.example:4443/v2/x/_trust/tuf/root.json 404',
    '-----BEGIN CERTIFICATE----- MIIB -----END CERTIFICATE-----',
  ])('%s stays as it is', (text) => expect(redactText(text)).toBe(text));
  it('has an end', () => expect(redactText('x'.repeat(1_000_000)).length).toBeLessThan(20_000));
});

describe('a value', () => {
  it.each([
    'passphrase',
    'rootPassphrase',
    'password',
    'pin',
    'user_pin',
    'token',
    'refreshToken',
    'identitytoken',
    'secret',
    'privateKey',
    'private_key',
    'Authorization',
    'cookie',
    'set-cookie',
    'credentials',
  ])('called %s is hidden', (name) =>
    expect(redact({ [name]: 'hunter2', list: [{ [name]: 7 }] })).toEqual({
      [name]: '[hidden]',
      list: [{ [name]: '[hidden]' }],
    }),
  );
  it.each(['keyId', 'publicKey', 'spinner', 'pinned', 'tokens_left', 'role', 'gun', 'path'])(
    'called %s is kept',
    (name) => expect(redact({ [name]: 'value' })).toEqual({ [name]: 'value' }),
  );
  it('of bytes becomes their number', () => {
    expect(redact({ a: new Uint8Array([1, 2]), b: Buffer.from('hunter2') })).toEqual({
      a: '[2 bytes]',
      b: '[7 bytes]',
    });
  });
  it('with a cycle ends', () => {
    const cycle: Record<string, unknown> = {};
    cycle['self'] = cycle;
    expect(JSON.stringify(redact(cycle))).toContain('[…]');
  });
  it('that is an error keeps stack, code and causes, without secrets', () => {
    const cause = new Error('Bearer abcdefgh');
    const error = new AppError('config/unreadable', { path: '/x', reason: 'EACCES' }, { cause });
    const text = JSON.stringify(redact({ error }));
    expect(text).toContain('config/unreadable');
    expect(text).toContain('log.test.ts');
    expect(text).not.toContain('abcdefgh');
  });
  it('of every other kind can be written', () => {
    expect(redact([1n, null, undefined, () => 1, Symbol('s'), new Map([['a', 1]])])).toEqual([
      '1',
      null,
      undefined,
      '[function]',
      '[symbol]',
      { a: 1 },
    ]);
  });
});

describe('the file', () => {
  let home = '';
  beforeEach(() => {
    home = mkdtempSync(join(tmpdir(), 'trustdesk-log-'));
  });
  afterEach(() => rmSync(home, { recursive: true }));
  const folder = () => join(home, 'data', 'logs');
  const file = () => join(folder(), 'trustdesk.log');
  const modeOf = (path: string) => (statSync(path).mode & 0o777).toString(8);

  it('is for this user only', () => {
    openFileLog(folder()).info('started', { version: '1' });
    expect([modeOf(folder()), modeOf(file())]).toEqual(['700', '600']);
    expect(readFileSync(file(), 'utf8')).toMatch(/\[info\].*started \{"version":"1"\}/);
  });
  it('gets narrow rights back', () => {
    openFileLog(folder());
    writeFileSync(file(), '');
    chmodSync(file(), 0o644);
    openFileLog(folder()).warn('x');
    expect(modeOf(file())).toBe('600');
  });
  it('holds no secret, wherever it comes in', () => {
    const log = openFileLog(folder());
    log.error('Bearer hunter2hunter2', { passphrase: 'hunter2', error: new Error('password=hunter2') });
    expect(readFileSync(file(), 'utf8')).not.toContain('hunter2');
  });
  it('does not grow without end, and the older one is as private', () => {
    const log = openFileLog(folder());
    for (let i = 0; i < 200; i++) log.info('x'.repeat(16_000));
    const files = readdirSync(folder());
    expect(files.sort()).toEqual(['trustdesk.log', 'trustdesk.old.log']);
    for (const name of files) expect(modeOf(join(folder(), name))).toBe('600');
  });
});
