/** Which server, what the wire looks like, what the server's refusals become: tables over pure functions. */
import { describe, expect, test } from 'vitest';
import type { RoleName } from '../../../shared/brands.ts';
import { chooseDockerServer, chooseNotaryServer, serverHost } from '../../../electron/notary/trust-server.ts';
import { multipartBody } from '../../../electron/notary/multipart.ts';
import { toServerError } from '../../../electron/notary/wire-errors.ts';
import { isFailureToReach, isWorthAnotherRoot } from '../../../electron/notary/failure-kinds.ts';
import { AppError } from '../../../shared/errors.ts';
import { sixMonthsAfter } from '../../../electron/notary/repository-warnings.ts';

describe('the trust server', () => {
  const rules = [{ registry: 'r.test:5000', url: 'https://rule.test/n/' }];
  const choices = { fromEnvironment: undefined, rules, fromNotaryConfig: undefined };
  test.each<[string, object, string, string]>([
    ['docker.io', {}, 'https://notary.docker.io', 'default'],
    ['other.test:443', {}, 'https://other.test', 'default'],
    ['localhost:5000', {}, 'https://localhost:5000', 'default'],
    ['[::1]:5000', {}, 'https://[::1]:5000', 'default'],
    ['r.test:5000', {}, 'https://rule.test/n', 'trustdesk'],
    ['r.test:5000', { fromEnvironment: 'https://env.test:4443' }, 'https://env.test:4443', 'environment'],
    ['docker.io', { fromEnvironment: 'https://env.test/' }, 'https://env.test', 'environment'],
    ['r.test:5000', { fromEnvironment: '' }, 'https://rule.test/n', 'trustdesk'],
    [
      'docker.io',
      { rules: [...rules, { registry: '*', url: 'https://all.test' }] },
      'https://all.test',
      'trustdesk',
    ],
    ['docker.io', { fromNotaryConfig: 'https://n.test' }, 'https://notary.docker.io', 'default'],
  ])('as docker: %s %j', (registry, more, url, source) => {
    expect(chooseDockerServer(registry, { ...choices, ...more })).toEqual({ url, source });
  });

  test.each<[string, object, string, string]>([
    ['r.test:5000', { fromNotaryConfig: 'https://n.test:4443' }, 'https://n.test:4443', 'notary-config'],
    ['r.test:5000', {}, 'https://rule.test/n', 'trustdesk'],
    ['docker.io', {}, 'https://notary-server:4443', 'default'],
    ['docker.io', { fromEnvironment: 'https://env.test' }, 'https://notary-server:4443', 'default'],
  ])('as notary: %s %j', (registry, more, url, source) => {
    expect(chooseNotaryServer(registry, { ...choices, ...more })).toEqual({ url, source });
  });

  test.each([
    'http://env.test',
    'env.test:4443',
    'https://',
    'https://me:pw@env.test',
    'http://localhost:4443',
  ])('DOCKER_CONTENT_TRUST_SERVER=%s is refused', (fromEnvironment) => {
    expect(() => chooseDockerServer('docker.io', { ...choices, fromEnvironment })).toThrow(
      /notary\/not-https/,
    );
  });

  test.each([
    ['https://n.test:4443/x', 'n.test:4443'],
    ['https://n.test', 'n.test'],
  ])('the host of %s', (url, host) => {
    expect([serverHost(url), serverHost({ url, source: 'default' })]).toEqual([host, host]);
  });
});

test('a publish request, byte by byte', () => {
  const files = new Map([
    ['targets' as RoleName, Buffer.from('{"a":1}')],
    ['targets/releases' as RoleName, Buffer.from([0xff, 0x0d, 0x0a])],
  ]);
  const { contentType, bytes } = multipartBody(files, 'b0');
  expect(contentType).toBe('multipart/form-data; boundary=b0');
  expect(Buffer.from(bytes).toString('latin1')).toBe(
    [
      '--b0',
      'Content-Disposition: form-data; name="files"; filename="targets"',
      'Content-Type: application/octet-stream',
      '',
      '{"a":1}',
      '--b0',
      'Content-Disposition: form-data; name="files"; filename="targets/releases"',
      'Content-Type: application/octet-stream',
      '',
      '\xff\r\n',
      '--b0--',
      '',
    ].join('\r\n'),
  );
});

describe('what a server says becomes', () => {
  const server = 'n.test';
  const error = (...errors: unknown[]): string => JSON.stringify({ errors });
  const details = (status: number, body: string): unknown => {
    const outcome = toServerError({ server, status, body: Buffer.from(body) });
    return [outcome.code, outcome.details];
  };
  const rejected = (code: string, message: string, detail?: string): unknown => [
    'notary/rejected',
    { server, status: 400, code, message, ...(detail === undefined ? {} : { detail }) },
  ];
  test.each<[string, string, unknown]>([
    [
      'a version conflict',
      error({ code: 'VERSION', message: 'newer', detail: {} }),
      rejected('VERSION', 'newer'),
    ],
    [
      'an invalid update',
      error({
        code: 'INVALID_UPDATE',
        message: 'm',
        detail: { Name: 'ErrBadRoot', Error: { Msg: 'no keys' } },
      }),
      rejected('INVALID_UPDATE', 'm', 'ErrBadRoot: no keys'),
    ],
    ['a text', error({ code: 'X', message: 'm', detail: 'why' }), rejected('X', 'm', 'why')],
    ['another object', error({ code: 'X', message: 'm', detail: { a: 1 } }), rejected('X', 'm', '{"a":1}')],
    ['no detail', error({ code: 'X', message: 'm', detail: null }), rejected('X', 'm')],
    ['no message', error({ code: 'X' }), rejected('X', '')],
    ['the first of two', error({ code: 'X', message: 'm' }, { code: 'Y', message: 'n' }), rejected('X', 'm')],
    ['text for a terminal', error({ code: 'X', message: 'a\u001b[2Jb\nc' }), rejected('X', 'a [2Jb c')],
    ['a long text', error({ code: 'X', message: 'm'.repeat(10_000) }), rejected('X', 'm'.repeat(500))],
  ])('%s', (_name, body, expected) => {
    expect(details(400, body)).toEqual(expected);
  });
  test.each<[number, string]>([
    [400, ''],
    [400, '<html>'],
    [400, '[]'],
    [400, '{"errors":{}}'],
    [400, '{"errors":[1,{"code":2}]}'],
    [429, 'slow down'],
    [302, ''],
    [500, error({ code: 'UNKNOWN', message: 'm' })],
    [503, '{}'],
  ])('a status alone: %s %s', (status, body) => {
    expect(details(status, body)).toEqual(['notary/server-error', { server, status }]);
  });
});

describe('which failures the cache may stand in for', () => {
  test.each<[AppError, boolean, boolean]>([
    [new AppError('network/refused', { host: 'h', port: 1 }), true, false],
    [
      new AppError('network/unknown-ca', { host: 'h', port: 1, issuer: '', sha256: '', shown: 'server' }),
      true,
      false,
    ],
    [new AppError('notary/server-error', { server: 's', status: 500 }), true, false],
    [new AppError('notary/metadata-missing', { gun: 'g', role: 'r' }), true, true],
    [new AppError('network/too-large', { host: 'h', limitBytes: 1 }), false, false],
    [new AppError('network/redirect-refused', { host: 'h', to: 't' }), false, false],
    [new AppError('trust/rollback', { role: 'r', have: 2, got: 1 }), false, true],
    [new AppError('trust/expired', { role: 'r', expiredAt: '' }), false, true],
    [new AppError('notary/rejected', { server: 's', status: 400, code: '', message: '' }), false, false],
    [new AppError('prompt/cancelled', {}), false, false],
    [new AppError('config/malformed', { path: 'p', reason: 'r' }), false, false],
  ])('%s', (error, reach, root) => {
    expect([isFailureToReach(error), isWorthAnotherRoot(error)]).toEqual([reach, root]);
  });
  test('a bug is neither', () => {
    expect([isFailureToReach(new TypeError('x')), isWorthAnotherRoot(new TypeError('x'))]).toEqual([
      false,
      false,
    ]);
  });
});

test.each([
  ['2026-01-31T00:00:00Z', '2026-07-31T00:00:00.000Z'],
  ['2026-08-31T12:00:00Z', '2027-03-03T12:00:00.000Z'],
])('six months after %s, as Go counts', (now, then) => {
  expect(new Date(sixMonthsAfter(new Date(now))).toISOString()).toBe(then);
});
