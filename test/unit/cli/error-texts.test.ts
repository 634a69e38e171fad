/** Every outcome has words, names its fix, and never shows a hole where a detail should be. */
import { describe, expect, it } from 'vitest';
import { errorTexts, textOf } from '../../../shared/error-texts.ts';
import type { ErrorCode, ErrorDetails } from '../../../shared/errors.ts';

/** Each detail any code has, with a value that can be recognised in the text. */
const samples: Record<string, number | string | string[]> = {
  keyIds: ['detail-keyIds-0', 'detail-keyIds-1'],
  keys: ['detail-keys-0', 'detail-keys-1'],
  guns: ['detail-guns-0', 'detail-guns-1'],
  names: ['detail-names-0', 'detail-names-1'],
  fields: ['detail-fields-0', 'detail-fields-1'],
  folders: ['detail-folders-0', 'detail-folders-1'],
  places: ['detail-places-0', 'detail-places-1'],
  checkAgain: ['detail-checkAgain-0', 'detail-checkAgain-1'],
  looked: ['detail-looked-0', 'detail-looked-1'],
  tags: ['detail-tags-0', 'detail-tags-1'],
  serials: ['detail-serials-0', 'detail-serials-1'],
  have: 41,
  need: 42,
  got: 43,
  limit: 44,
  tries: 45,
  status: 46,
  port: 47,
  seconds: 48,
  limitBytes: 49 * 1024 * 1024,
  account: 'detail-account',
};
/** They choose the words and are not shown themselves. */
const deciding = new Set(['shown', 'step']);
const seen = new Set<string>();
const details = new Proxy<Record<string, unknown>>(
  {},
  {
    get: (_, name) => {
      seen.add(String(name));
      return samples[String(name)] ?? `detail-${String(name)}`;
    },
  },
);
const codes = Object.keys(errorTexts) as ErrorCode[];

describe('error texts', () => {
  it.each(codes)('%s says what is wrong and what to do', (code) => {
    seen.clear();
    const { title, fix } = textOf({ code, details });
    const both = `${title} ${fix}`;
    expect(title.trim()).not.toBe('');
    expect(fix).toMatch(/[.)]$/);
    expect(both).not.toMatch(/undefined|null|NaN|\[object|\$\{|TODO|\.\.(?!\.)/);
    for (const name of seen) if (!deciding.has(name)) expect(both).toContain(shownAs(name));
  });

  it.each(codes.filter((code) => code !== 'cli/usage'))('%s has a title that is a sentence', (code) => {
    expect(textOf({ code, details }).title).toMatch(/\.$/);
  });

  const scope = 'repository:registry.example:5000/acme/app:pull';
  it.each<[string, Partial<ErrorDetails['notary/unauthorised']>, string, RegExp]>([
    [
      'nobody',
      {},
      'without an account: it answered with status 403.',
      /^Log in with `docker login registry\.example:5000`, /,
    ],
    [
      'somebody whom the token server does not know',
      { account: 'ann', source: '/c.json', status: 401, tokenServer: 'tokens.example' },
      'as ann (credentials from /c.json): its token server tokens.example answered with status 401.',
      /^Log in again with `docker login registry\.example:5000`: these credentials are wrong/,
    ],
    [
      'somebody who may not',
      { account: 'ann', source: 'docker-credential-pass' },
      'as ann (credentials from docker-credential-pass): it answered with status 403.',
      /^Ask the operator to allow it for this account/,
    ],
    [
      'an identity token, which names nobody',
      { source: '/c.json' },
      'with the identity token from /c.json: it answered with status 403.',
      /^Ask the operator/,
    ],
    ['Docker Hub', { scope: 'repository:docker.io/acme/app:pull' }, 'status 403.', /`docker login`,/],
    [
      'Docker Hub, as its registry says it',
      { scope: 'repository:acme:pull' },
      'status 403.',
      /`docker login`,/,
    ],
  ])('a refusal says who was refused what by whom: %s', (_, refusal, title, fix) => {
    const words = textOf({
      code: 'notary/unauthorised',
      details: { server: 'trust.example', scope, account: null, status: 403, ...refusal },
    });
    expect(words.title).toContain(`trust.example refused access to ${refusal.scope ?? scope} `);
    expect(words.title).toContain(title);
    expect(words.fix).toMatch(fix);
  });

  it.each<[ErrorDetails['network/unknown-ca']['shown'], RegExp, RegExp]>([
    ['authority', /not known here: CN=ca \(SHA-256 beef\)\.$/, /^Compare this fingerprint/],
    [
      'server',
      /: CN=ca\. The server does not send .*, only its own \(SHA-256 beef\)\.$/,
      /^Get the certificate/,
    ],
    [
      'intermediate',
      /: CN=ca\. The server does not send .* below it \(SHA-256 beef\)\.$/,
      /^Get the certificate/,
    ],
    ['self-signed', /signed by itself and not known here: CN=ca \(SHA-256 beef\)\.$/, /^Compare this/],
  ])('a fingerprint is never called another certificate’s: %s', (shown, title, fix) => {
    const ca = { host: 'trust.example', port: 4443, issuer: 'CN=ca', sha256: 'beef', shown };
    const words = textOf({ code: 'network/unknown-ca', details: ca });
    expect(words.title).toMatch(title);
    expect(words.fix).toMatch(fix);
    expect(words.fix).toContain('tls/trust.example:4443/');
    // docker's folder has a port only where the address has one.
    expect(errorTexts['network/unknown-ca']({ ...ca, port: 443 }).fix).toContain('tls/trust.example/');
  });

  it.each<[{ code: ErrorCode; details: unknown }, RegExp]>([
    [{ code: 'network/timeout', details: { host: 'h', seconds: 0 } }, /^h did not answer in time\./],
    [{ code: 'network/too-large', details: { host: 'h', limitBytes: 500 } }, /sent more than 500 bytes;/],
    [
      { code: 'config/malformed', details: { path: 'HTTPS_PROXY', reason: 'x' } },
      /variable HTTPS_PROXY, or unset/,
    ],
    [{ code: 'config/malformed', details: { path: '/a/b.json', reason: 'x' } }, /Correct the file/],
    [
      { code: 'config/malformed', details: { path: '/a', reason: 'of a newer version' } },
      /Install the newer version/,
    ],
    [
      {
        code: 'reference/malformed',
        details: { reference: 'https://r/a', reason: 'invalid reference format' },
      },
      /^"https:\/\/r\/a" is not an image reference\. Leave away what stands before/,
    ],
    [
      {
        code: 'reference/malformed',
        details: {
          reference: 'a/B',
          reason: 'invalid reference format: repository name (a/B) must be lowercase',
        },
      },
      /^"a\/B" is not an image reference: repository name \(a\/B\) must be lowercase\. Write/,
    ],
  ])('says what a person can make sense of: %j', (outcome, words) => {
    const { title, fix } = textOf(outcome);
    expect(`${title} ${fix}`).toMatch(words);
  });

  it.each([
    ['the certificate has expired (valid until 2020-01-01T00:00:00.000Z)', /renew.*clock/],
    ['the certificate is not valid yet', /^Check the clock/],
    ['the certificate is for a.example, not for this host', /^Use a name of the certificate/],
    ['the server does not speak TLS', /^Check the port/],
    ['the server refused the handshake; it may ask for a client certificate', /client\.cert and client\.key/],
    ['CERT_SIGNATURE_FAILURE', /^Ask the operator/],
  ])('TLS: what to do when %s', (reason, fix) => {
    expect(errorTexts['network/tls']({ host: 'trust.example', reason }).fix).toMatch(fix);
  });

  it.each<[string, ErrorDetails['trust/threshold-not-met'], RegExp]>([
    ['a delegation can be witnessed', { role: 'targets/ops', have: 0, need: 1 }, /witness/],
    ['a base role cannot', { role: 'timestamp', have: 0, need: 1 }, /operator/],
  ])('a missing signature: %s', (_, shown, fix) => {
    expect(errorTexts['trust/threshold-not-met'](shown).fix).toMatch(fix);
  });

  // Scripts look for these words of docker's and notary's.
  it.each<[string, { code: ErrorCode; details: unknown }, string]>([
    ['no trust data', { code: 'trust/no-data', details }, 'does not have trust data for'],
    ['no such tag', { code: 'trust/no-signed-tag', details }, 'No valid trust data for'],
    ['http', { code: 'notary/not-https', details }, 'valid https URL required for trust server, got'],
    [
      'threshold',
      { code: 'trust/threshold-not-met', details },
      'valid signatures did not meet threshold for',
    ],
    [
      'reserved',
      { code: 'signer/reserved-name', details },
      'is a reserved keyword, use a different signer name',
    ],
  ])('keeps the original wording: %s', (_, outcome, words) => {
    expect(textOf(outcome).title).toContain(words);
  });
});

function shownAs(name: string): string {
  const value = samples[name];
  if (Array.isArray(value)) return value[0] ?? '';
  if (name === 'limitBytes') return '49 MiB';
  return value === undefined ? `detail-${name}` : String(value);
}

it('says of which of two digests it is that nobody signed it', () => {
  const details = { gun: 'g', digest: 'sha256:given', tag: '1', signed: 'sha256:signed', tags: [] };
  expect(textOf({ code: 'trust/other-digest', details }).title).toBe(
    'The digest sha256:given is not what is signed as 1 of g (that is sha256:signed), and nobody signed it there.',
  );
});

it('says of a folder that is missing why nothing could be written there, without the code of the system', () => {
  const { title } = textOf({ code: 'files/write-failed', details: { path: '/p', reason: 'ENOENT' } });
  expect(title).toBe('/p could not be written: its folder is missing and cannot be made there.');
});

it('names no keys to plug in where a role has none', () => {
  const details = { gun: 'g', role: 'targets/releases', keyIds: [] };
  const { title, fix } = textOf({ code: 'plan/cannot-sign', details });
  expect([title, fix]).toEqual(['Nobody may sign targets/releases of g: it has no keys.', expect.anything()]);
  expect(fix).toContain('trustdesk signer add');
});
