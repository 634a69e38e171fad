/** What the sheets of delegations accept and offer; main decides all the same. */
import { describe, expect, it, test } from 'vitest';
import {
  type Delegation,
  nameProblem,
  namedKeys,
  ownersOf,
  ownerText,
  parentOf,
  pathsBelow,
} from '../../../renderer/features/plans/delegation-rules.ts';
import { pathProblem, pathsOf, wishOf } from '../../../renderer/features/plans/path-choice.tsx';
import { hasFile, hasKeyHere } from '../../../renderer/features/repository/delegation-facts.ts';
import type { RepositoryDetail } from '../../../shared/ipc/repositories.ts';

const id = (letter: string) => letter.repeat(64);
const entry = (role: string, more: Partial<Delegation> = {}): Delegation => ({
  role,
  paths: [''],
  threshold: 1,
  keyIds: [id('a')],
  depth: role.split('/').length - 1,
  usable: true,
  ...more,
});
const delegations = [
  entry('targets/alice'),
  entry('targets/bob', { keyIds: [id('b')], paths: ['v1', 'v2'] }),
  entry('targets/bob/deputy', { keyIds: [id('c'), id('a')], paths: [] }),
  entry('targets/releases', { keyIds: [id('a'), id('b')] }),
];

describe('a name for a new role', () => {
  it.each(['', 'targets/', 'targets', 'targets/qa', 'targets/bob/qa', 'targets/bob/deputy/x_-1'])(
    '%j is let go on',
    (role) => expect(nameProblem(role, delegations)).toBeUndefined(),
  );
  it.each([
    ['qa', /lower-case letters/],
    ['targets/Qa', /lower-case letters/],
    ['targets//qa', /lower-case letters/],
    ['targets/qa/', /lower-case letters/],
    [`targets/${'x'.repeat(250)}`, /lower-case letters/],
    ['targets/alice', /there already/],
    ['targets/nobody/qa', /^targets\/nobody is no delegation/],
  ])('%s is not', (role, reason) => expect(nameProblem(role, delegations)).toMatch(reason));
});

describe('paths', () => {
  it.each<[readonly string[], string]>([
    [[''], 'all'],
    [['', 'v1'], 'all'],
    [['v1', 'v2'], 'some'],
    [[], 'none'],
  ])('%j are shown as %s', (paths, kind) => expect(wishOf(paths).kind).toBe(kind));

  it('are a line each, once, without the blanks around them, unless a path that is there has blanks', () => {
    expect(pathsOf({ kind: 'some', text: ' v1 \n\nv1\r\nv 2\n' })).toEqual(['v1', 'v 2']);
    expect(pathsOf({ kind: 'some', text: 'v1 \nv2 ' }, ['v1 '])).toEqual(['v1 ', 'v2']);
  });

  it('never become all because nothing was typed', () => {
    expect(pathsOf({ kind: 'some', text: ' \n' })).toEqual([]);
    expect([pathsOf({ kind: 'none', text: 'v1' }), pathsOf({ kind: 'all', text: 'v1' })]).toEqual([
      [],
      'all',
    ]);
  });

  it('are held against those of the role above', () => {
    expect(pathsBelow('targets', delegations)).toEqual(['']);
    const allowed = pathsBelow('targets/bob', delegations);
    expect(pathProblem(['v1.5', 'v2'], allowed)).toBeUndefined();
    expect(pathProblem(['v1', 'x'], allowed)).toBe(
      'The role above may sign what begins with “v1”, “v2” only, not “x”.',
    );
    expect(pathProblem('all', allowed)).toMatch(/not all tags\.$/);
    expect(pathProblem('all', pathsBelow('targets/bob/deputy', delegations))).toMatch(/may sign nothing/);
    expect(pathProblem([], allowed)).toBeUndefined();
  });
});

test('a key is named by every role that has it; the shared role says nothing of whose it is', () => {
  expect(namedKeys(delegations).map(({ roles }) => roles)).toEqual([
    ['targets/alice', 'targets/bob/deputy', 'targets/releases'],
    ['targets/bob', 'targets/releases'],
    ['targets/bob/deputy'],
  ]);
  expect(ownersOf(id('a'), delegations)).toEqual(['alice', 'bob/deputy']);
});

describe('whose a key is', () => {
  const known = (letter: string, role: string, commonName?: string) => ({
    label: '',
    id: id(letter),
    algorithm: 'ECDSA P-256',
    suggestedName: '',
    knownAs: [{ gun: 'example.test/other', role, tags: 0 }],
    ...(commonName === undefined
      ? {}
      : { certificate: { commonName, notAfter: Date.parse('2030-01-01T00:00:00Z') } }),
  });
  it.each([
    ['a role of its own here', 'b', [known('b', 'targets/else')], 'bob'],
    ['several', 'a', [], 'alice and bob/deputy'],
    ['its certificate', 'd', [known('d', 'targets/dora', 'Dora Dorn')], 'Dora Dorn'],
    ['another repository', 'd', [known('d', 'targets/dora')], 'dora of example.test/other'],
    ['nothing', 'd', [known('d', 'targets/releases')], undefined],
  ])('is told by %s', (_what, letter, others, text) =>
    expect(ownerText(id(letter), delegations, others)).toBe(text),
  );
});

describe('what can be signed from here', () => {
  const key = (letter: string, kind: 'file' | 'absent') => ({
    id: id(letter),
    algorithm: 'ECDSA P-256',
    place: { kind },
  });
  const detail = {
    row: { abilities: { signAs: ['bob'], administer: false, rootKey: false } },
    signers: [
      { name: 'alice', role: 'targets/alice', keys: [key('a', 'absent')], tags: 0 },
      { name: 'bob', role: 'targets/bob', keys: [key('b', 'file')], tags: 0 },
    ],
    delegations: [...delegations, entry('targets/odd', { problem: { code: 'trust/expired', details: {} } })],
    metadata: [{ role: 'targets/bob' }],
  } as unknown as RepositoryDetail;

  it('follows the keys of the role, also below others and of the shared one', () => {
    const here = ['targets', 'targets/alice', 'targets/bob', 'targets/bob/deputy', 'targets/releases'];
    expect(here.map((role) => hasKeyHere(role, detail))).toEqual([false, false, true, false, true]);
    expect(parentOf('targets/bob/deputy')).toBe('targets/bob');
  });

  it('only what has a file can be signed again', () => {
    expect(['targets/alice', 'targets/bob', 'targets/odd'].map((role) => hasFile(role, detail))).toEqual([
      false,
      true,
      true,
    ]);
  });
});
