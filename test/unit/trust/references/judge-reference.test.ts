/** Which references docker with content trust would take, and what is said of the others. */
import { beforeAll, expect, test } from 'vitest';
import { AppError } from '../../../../shared/errors.ts';
import type { Gun, RoleName } from '../../../../shared/brands.ts';
import type { VerifiedRepository } from '../../../../electron/notary/verified-repository.ts';
import { parseImageReference } from '../../../../electron/registry/image-reference.ts';
import { findReferences } from '../../../../electron/trust/references/find-references.ts';
import { judgeReference } from '../../../../electron/trust/references/judge-reference.ts';
import { pinningOf, verifyReferences } from '../../../../electron/trust/references/verify-references.ts';
import { parseTargets } from '../../../../electron/tuf/parse.ts';
import { RepositoryBuilder, targetOf } from '../../../simulator/repository-builder.ts';

const gun = 'docker.io/acme/app' as Gun;
const role = (name: string): RoleName => name as RoleName;
const digestOf = (content: string): string =>
  `sha256:${Buffer.from(targetOf('x', content).sha256 ?? '', 'base64').toString('hex')}`;

let repository: VerifiedRepository;

beforeAll(async () => {
  const builder = await RepositoryBuilder.create(gun, new Date('2026-06-01T12:00:00Z'));
  for (const name of ['targets/releases', 'targets/jeff']) builder.delegate(role(name), { paths: [''] });
  const contents: readonly (readonly [string, string, string])[] = [
    ['targets', 'admin', 'a'],
    ['targets', '1', 'old'],
    ['targets/releases', '1', 'new'],
    ['targets/releases', 'latest', 'new'],
    ['targets/releases', '0', 'old'],
    ['targets/jeff', '1', 'new'],
    ['targets/jeff', 'own', 'own'],
  ];
  for (const [of, tag, content] of contents) builder.addTarget(role(of), tag, content);
  const files = (await builder.publish()).published();
  const names = ['targets', 'targets/releases', 'targets/jeff'];
  const targets = new Map(names.map((name) => [role(name), parseTargets(role(name), files.get(name)!)]));
  repository = { gun, targets } as unknown as VerifiedRepository;
});

test.each<[reference: string, tag: string, content: string, role: string, signers: string[]]>([
  ['acme/app', 'latest', 'new', 'targets/releases', []],
  ['acme/app:1', '1', 'new', 'targets/releases', ['jeff']],
  ['acme/app:admin', 'admin', 'a', 'targets', []],
  [`acme/app:1@${digestOf('new')}`, '1', 'new', 'targets/releases', ['jeff']],
  [`acme/app@${digestOf('a')}`, 'admin', 'a', 'targets', []],
  [`acme/app@${digestOf('old')}`, '0', 'old', 'targets/releases', []],
])('%s is signed', (reference, tag, content, by, signers) => {
  expect(judgeReference(parseImageReference(reference), repository)).toEqual({
    kind: 'signed',
    signed: { tag, digest: digestOf(content), role: by, signers },
  });
});

test.each<[reference: string, code: string, details: object]>([
  ['acme/app:2', 'trust/no-signed-tag', { gun, tag: '2' }],
  ['acme/app:own', 'trust/no-signed-tag', { gun, tag: 'own' }],
  [`acme/app:2@${digestOf('new')}`, 'trust/no-signed-tag', { gun, tag: '2' }],
  [`acme/app@${digestOf('own')}`, 'trust/other-digest', { gun, digest: digestOf('own'), tags: [] }],
  [
    `acme/app:1@${digestOf('old')}`,
    'trust/other-digest',
    { gun, digest: digestOf('old'), tag: '1', signed: digestOf('new'), tags: ['0'] },
  ],
])('%s is not', (reference, code, details) => {
  const verdict = judgeReference(parseImageReference(reference), repository);
  expect(verdict).toMatchObject({ kind: 'refused', error: { code, details } });
});

test('a repository is read once, and what fails is said of its own references alone', async () => {
  const text = `acme/app:1\nacme/app:2\nother/app\nNot:a:reference\nacme/app:1@${digestOf('old')}\nacme/app:1@${digestOf('new')}`;
  const { references } = await findReferences(text, 'list.txt');
  const asked: string[] = [];
  const progress: string[] = [];
  const results = await verifyReferences(references, {
    read: (name) => {
      asked.push(name);
      const missing = new AppError('trust/no-data', { gun: name, server: 'https://notary.example' });
      return name === gun ? Promise.resolve(repository) : Promise.reject(missing);
    },
    onProgress: (done, total) => progress.push(`${String(done)}/${String(total)}`),
  });
  expect(asked).toEqual([gun, 'docker.io/other/app']);
  expect(progress).toEqual(['0/2', '1/2', '2/2']);
  const kinds = (update: boolean) =>
    results.map((one) => {
      const pinning = pinningOf(one, update);
      return pinning.kind === 'cannot' ? pinning.error.code : pinning.kind;
    });
  const others = ['pin', 'trust/no-signed-tag', 'trust/no-data', 'reference/malformed'];
  expect(kinds(false)).toEqual([...others, 'trust/other-digest', 'pinned']);
  expect(kinds(true)).toEqual([...others, 'pin', 'pinned']);
});
