/** What people type for an image. Every row was put to docker 28.2.2's `docker trust inspect`. */
import { describe, expect, test } from 'vitest';
import { hasCode } from '../../../shared/errors.ts';
import {
  familiarName,
  isTagName,
  parseImageReference,
  registryOfGun,
} from '../../../electron/registry/image-reference.ts';
import { parseGun } from '../../../electron/tuf/names.ts';

const hex = '0123456789'.repeat(7).slice(0, 64);
const a = (count: number): string => 'a'.repeat(count);

describe('accepted', () => {
  test.each<[string, string, (string | undefined)?, string?]>([
    ['alpine', 'docker.io/library/alpine'],
    ['docker.io/alpine', 'docker.io/library/alpine'],
    ['index.docker.io/alpine', 'docker.io/library/alpine'],
    ['index.docker.io/library/alpine', 'docker.io/library/alpine'],
    ['acme/app', 'docker.io/acme/app'],
    ['docker.io/library/acme/app', 'docker.io/library/acme/app'],
    ['Foo/bar', 'Foo/bar'],
    ['Alpine/x:T', 'Alpine/x', 'T'],
    ['LOCALHOST/x', 'LOCALHOST/x'],
    ['H.x/y', 'H.x/y'],
    ['A:5/b', 'A:5/b'],
    ['localhost', 'docker.io/library/localhost'],
    ['localhost/x', 'localhost/x'],
    ['localhost:5000', 'docker.io/library/localhost', '5000'],
    ['localhost:5000/x/y', 'localhost:5000/x/y'],
    ['registry.example.test:5000/acme/app:1.0', 'registry.example.test:5000/acme/app', '1.0'],
    ['host.test:70000/x', 'host.test:70000/x'],
    ['host.test/x:5', 'host.test/x', '5'],
    ['docker.io:443/x', 'docker.io:443/x'],
    ['docker.io', 'docker.io/library/docker.io'],
    ['x.y', 'docker.io/library/x.y'],
    ['123/x', 'docker.io/123/x'],
    ['a_b', 'docker.io/library/a_b'],
    ['a__b', 'docker.io/library/a__b'],
    ['a--b', 'docker.io/library/a--b'],
    ['x:_1', 'docker.io/library/x', '_1'],
    ['a:5/b:T_.-x', 'a:5/b', 'T_.-x'],
    ['[::1]/x', '[::1]/x'],
    ['[::1]:5000/x', '[::1]:5000/x'],
    [`d.io/${a(255)}`, `d.io/${a(255)}`],
    [a(247), `docker.io/library/${a(247)}`],
    [`alpine:${a(128)}`, 'docker.io/library/alpine', a(128)],
    [`alpine@sha256:${hex}`, 'docker.io/library/alpine', undefined, `sha256:${hex}`],
    [`alpine:t@sha256:${hex}`, 'docker.io/library/alpine', 't', `sha256:${hex}`],
  ])('%s', (text, gun, tag, digest) => {
    const parsed = parseImageReference(text);
    expect(parsed).toMatchObject({ text, gun, tag, digest });
    expect(`${parsed.registry}/${parsed.repository}`).toBe(gun);
  });

  test('a first component that is no host name is the registry, as docker has it', () => {
    expect(parseImageReference('h_st.x/y')).toMatchObject({
      gun: 'h_st.x/y',
      registry: 'h_st.x',
      repository: 'y',
    });
  });
});

describe('refused in docker’s words', () => {
  const format = 'invalid reference format';
  const tooLong = 'repository name must not be more than 255 characters';
  test.each<[string, string]>([
    ['', format],
    [' ', format],
    [':x', format],
    ['a:', format],
    ['a b', format],
    ['a//b', format],
    ['a___b', format],
    ['a..b', format],
    ['a-/b', format],
    ['a/b/c/', format],
    ['a:b:c', format],
    ['x:Y/z', format],
    ['x:-1', format],
    ['x:.1', format],
    ['../x', format],
    ['a/../b', format],
    ['x.y/', format],
    ['docker.io/', format],
    ['host.test:/x', format],
    ['https://x/y', format],
    ['foo@bar', format],
    ['ünicode', format],
    ['É/x', format],
    ['[zz]/x', format],
    ['[::1%1]/x', format],
    ['alpine\n', format],
    ['alpine:x\n', format],
    ['alpine@sha256:abc', format],
    ['a.b/c@sha256:', format],
    [`x@sha256:${hex}@sha256:${hex}`, format],
    [`alpine:${a(129)}`, format],
    ['ALPINE', `${format}: repository name (library/ALPINE) must be lowercase`],
    ['foo/BAR', `${format}: repository name (foo/BAR) must be lowercase`],
    ['x/Y:1', `${format}: repository name (x/Y) must be lowercase`],
    ['docker.io/Library/x', `${format}: repository name (Library/x) must be lowercase`],
    [`alpine@SHA256:${hex}`, `${format}: repository name (library/alpine@SHA256) must be lowercase`],
    [hex, `invalid repository name (${hex}), cannot specify 64-byte hexadecimal strings`],
    [a(248), tooLong],
    [`d.io/${a(256)}`, tooLong],
    [`alpine@md5:${hex}`, 'unsupported digest algorithm'],
    [`alpine@sha256+b64:${hex}`, 'unsupported digest algorithm'],
    [`alpine@sha512:${hex}`, 'invalid checksum digest length'],
    [`alpine@sha384:${hex}`, 'invalid checksum digest length'],
    [`alpine@sha256:ABCDEF${hex.slice(6)}`, 'invalid checksum digest format'],
  ])('%j', (text, reason) => {
    try {
      parseImageReference(text);
    } catch (error) {
      expect(hasCode(error, 'reference/malformed') && error.details).toEqual({
        reference: text.slice(0, 512),
        reason,
      });
      return;
    }
    expect.unreachable('accepted');
  });

  test('a malformed reference of any length is answered at once', () => {
    for (const text of [
      'a'.repeat(1e6),
      `${'a/'.repeat(1e5)}A`,
      `${'a-'.repeat(1e5)}_`,
      `${'a.'.repeat(1e5)}/`,
    ]) {
      expect(() => parseImageReference(text)).toThrow();
    }
  });
});

test.each([
  ['1.0', true],
  ['_x', true],
  ['', false],
  ['-x', false],
  ['a b', false],
  [a(129), false],
])('tag name %s: %s', (text, expected) => {
  expect(isTagName(text)).toBe(expected);
});

test.each([
  ['docker.io/library/alpine', 'docker.io', 'library/alpine'],
  ['localhost:5000/x', 'localhost:5000', 'x'],
  ['bare', 'bare', ''],
])('the registry of %s', (gun, registry, repository) => {
  expect(registryOfGun(parseGun(gun))).toEqual({ registry, repository });
});

test.each([
  ['alpine', 'alpine'],
  ['docker.io/library/alpine', 'alpine'],
  ['docker.io/acme/app', 'acme/app'],
  ['library/acme/app', 'library/acme/app'],
  ['registry.example.test/library/alpine', 'registry.example.test/library/alpine'],
  ['localhost:5000/app', 'localhost:5000/app'],
])('docker shows %s as %s', (text, shown) => {
  const { gun } = parseImageReference(text);
  expect(familiarName(gun)).toBe(shown);
  expect(parseImageReference(familiarName(gun)).gun).toBe(gun);
});
