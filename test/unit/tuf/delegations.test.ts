/** Walk order, effective paths, who answers for a name; and trees that are made to hurt. */
import { describe, expect, test } from 'vitest';
import type { RoleName } from '../../../shared/brands.ts';
import {
  allTargets,
  DOCKER_ROLES,
  effectivePaths,
  findDockerTarget,
  findTarget,
  listTargets,
  pathsOf,
  type TargetsFiles,
  walkRoles,
} from '../../../electron/tuf/delegations.ts';
import type { TargetsBody } from '../../../electron/tuf/model.ts';
import { newTargets } from '../../../electron/tuf/new-metadata.ts';

const role = (name: string): RoleName => name as RoleName;

interface Node {
  readonly targets?: readonly string[];
  /** Child role and its paths. */
  readonly children?: readonly (readonly [string, readonly string[]])[];
}

/** Files from a plain description; a target's length tells which role it came from. */
function tree(nodes: Readonly<Record<string, Node>>): TargetsFiles {
  return new Map(
    Object.entries(nodes).map(([name, node], index) => [role(name), { body: bodyOf(node, index) }]),
  );
}

function bodyOf(node: Node, length: number): TargetsBody {
  return {
    ...newTargets(new Date(0)),
    targets: (node.targets ?? []).map((name) => ({ name, length, sha256: 'x' })),
    delegations: (node.children ?? []).map(([name, paths]) => ({
      name: role(name),
      paths,
      keyids: [],
      threshold: 1,
    })),
  };
}

const walk = (files: TargetsFiles, start?: string, skip: readonly string[] = []): readonly string[] =>
  [...walkRoles(files, role(start ?? 'targets'), new Set(skip.map(role)))].map((walked) => walked.role);

const wide = tree({
  targets: {
    children: [
      ['targets/b', ['']],
      ['targets/a', ['']],
      ['targets/c', ['']],
    ],
  },
  'targets/a': { children: [['targets/a/x', ['']]] },
  'targets/b': { children: [['targets/b/x', ['']]] },
  'targets/a/x': {},
  'targets/b/x': {},
});

describe('the walk', () => {
  test('breadth first, in listed order, roles without a file end their branch', () => {
    expect(walk(wide)).toEqual(['targets', 'targets/b', 'targets/a', 'targets/b/x', 'targets/a/x']);
  });
  test('from a role: its subtree only', () => {
    expect(walk(wide, 'targets/a')).toEqual(['targets/a', 'targets/a/x']);
    expect(walk(wide, 'targets/a/x')).toEqual(['targets/a/x']);
    expect(walk(wide, 'targets/c')).toEqual([]);
    expect(walk(wide, 'targets/nowhere')).toEqual([]);
  });
  test('a role is no ancestor of one that merely begins alike', () => {
    const files = tree({
      targets: {
        children: [
          ['targets/a', ['']],
          ['targets/ab', ['']],
        ],
      },
      'targets/a': {},
      'targets/ab': {},
    });
    expect(walk(files, 'targets/a')).toEqual(['targets/a']);
  });
  test('a skipped role takes its subtree along', () => {
    expect(walk(wide, 'targets', ['targets/a'])).toEqual(['targets', 'targets/b', 'targets/b/x']);
  });
  test('a role that is listed twice counts once, where it is first', () => {
    const files = tree({
      targets: {
        children: [
          ['targets/a', ['v1']],
          ['targets/a', ['']],
        ],
      },
      'targets/a': { targets: ['v1', 'v2'] },
    });
    expect(listTargets(files).map(({ target }) => target.name)).toEqual(['v1']);
  });
});

describe('effective paths', () => {
  test.each<[readonly string[], readonly string[], readonly string[]]>([
    [[''], [''], ['']],
    [[''], ['a', 'b'], ['a', 'b']],
    [['a'], [''], []],
    [['a'], ['a', 'ab', 'b'], ['a', 'ab']],
    [
      ['a/', 'c'],
      ['a', 'a/b', 'cd'],
      ['a/b', 'cd'],
    ],
    [[], [''], []],
    [[''], [], []],
  ])('parent %j, child %j -> %j', (parent, child, expected) => {
    expect(effectivePaths(parent, child)).toEqual(expected);
  });
  test('a grandchild never gets more than its grandparent gave', () => {
    const files = tree({
      targets: { children: [['targets/a', ['v1']]] },
      'targets/a': { children: [['targets/a/b', ['v1.0', 'v2', '']]] },
      'targets/a/b': { targets: ['v1.0', 'v1.1', 'v2'] },
    });
    expect(pathsOf(files, role('targets/a/b'))).toEqual(['v1.0']);
    expect(listTargets(files).map(({ target }) => target.name)).toEqual(['v1.0']);
    expect(pathsOf(files, role('targets/a/b/c'))).toBeUndefined();
    expect(pathsOf(files, role('snapshot'))).toBeUndefined();
  });
});

describe('who answers for a name', () => {
  const files = tree({
    targets: {
      targets: ['admin', 'both'],
      children: [
        ['targets/jeff', ['']],
        ['targets/releases', ['']],
        ['targets/v1', ['v1']],
      ],
    },
    'targets/jeff': { targets: ['both', 'jeff-only', 'released'] },
    'targets/releases': { targets: ['both', 'released'] },
    'targets/v1': { targets: ['v1.0', 'v2.0'] },
  });
  const from = (name: string, roles?: readonly RoleName[]): string | undefined =>
    findTarget(files, name, roles)?.role;

  test.each([
    ['both', 'targets', 'targets/releases'],
    ['admin', 'targets', 'targets'],
    ['released', 'targets/jeff', 'targets/releases'],
    ['jeff-only', 'targets/jeff', 'targets/jeff'],
    ['v1.0', 'targets/v1', 'targets/v1'],
    ['v2.0', undefined, undefined],
    ['nothing', undefined, undefined],
  ])('%s: notary asks %s, docker %s', (name, notary, docker) => {
    expect(from(name)).toBe(notary);
    expect(from(name, DOCKER_ROLES)).toBe(docker);
    const listed = (roles?: readonly RoleName[]): string | undefined =>
      listTargets(files, roles).find(({ target }) => target.name === name)?.role;
    expect(listed()).toBe(notary);
    expect(listed(DOCKER_ROLES)).toBe(docker);
  });
  test('a single listed role answers for itself only', () => {
    expect(from('admin', [role('targets/releases')])).toBeUndefined();
    expect(from('both', [role('targets/releases')])).toBe('targets/releases');
  });
  test('every role that names it', () => {
    expect(allTargets(files, 'both').map((found) => found.role)).toEqual([
      'targets',
      'targets/jeff',
      'targets/releases',
    ]);
    expect(allTargets(files, 'v2.0')).toEqual([]);
    expect(allTargets(files)).toHaveLength(8);
  });
  test('no file at all', () => {
    expect(listTargets(new Map())).toEqual([]);
    expect(findTarget(new Map(), 'x')).toBeUndefined();
  });
  test('names are matched exactly, also odd ones', () => {
    const odd = ['__proto__', 'constructor', 'ünïcode', '😀', '..', '*'];
    const oddFiles = tree({ targets: { targets: odd } });
    expect(listTargets(oddFiles).map(({ target }) => target.name)).toEqual(odd);
    expect(findTarget(oddFiles, 'toString')).toBeUndefined();
    expect(findTarget(oddFiles, '__proto__')?.target.name).toBe('__proto__');
  });
});

describe('listing agrees with a plain map, whatever the order of the files', () => {
  const names = (seed: number, sorted: boolean): readonly string[] => {
    const made = Array.from({ length: 300 }, (_, i) => `t${String((i * seed) % 997)}`);
    const unique = [...new Set(made)];
    return sorted ? unique.sort() : unique;
  };
  test.each([
    [true, true, true],
    [true, false, true],
    [false, true, true],
    [false, false, false],
    [true, true, false],
  ])('sorted: %s %s %s', (a, b, c) => {
    const files = tree({
      targets: {
        targets: names(7, a),
        children: [
          ['targets/a', ['']],
          ['targets/b', ['t1', 't2']],
        ],
      },
      'targets/a': { targets: names(11, b) },
      'targets/b': { targets: names(13, c) },
    });
    const expected = new Map<string, string>();
    for (const [name, file] of files) {
      for (const target of file.body.targets) {
        const covered = name !== 'targets/b' || /^t[12]/.test(target.name);
        if (covered && !expected.has(target.name)) expected.set(target.name, name);
      }
    }
    const listed = listTargets(files).map((found) => [found.target.name, found.role] as const);
    expect(listed).toHaveLength(expected.size);
    expect(new Map(listed)).toEqual(expected);
    for (const [name, owner] of expected) expect(findTarget(files, name)?.role).toBe(owner);
  });
});

describe('what docker pulls', () => {
  const files = tree({
    targets: {
      targets: ['admin', 'both'],
      children: [
        ['targets/releases', ['']],
        ['targets/jeff', ['']],
      ],
    },
    'targets/releases': { targets: ['released', 'both'] },
    'targets/jeff': { targets: ['own', 'released'] },
  });

  test.each([
    ['released', 'targets/releases'],
    ['both', 'targets/releases'],
    ['admin', 'targets'],
    ['own', undefined],
    ['nobody', undefined],
  ])('%s is believed of %s', (name, expected) => {
    expect(findDockerTarget(files, name)?.role).toBe(expected);
  });
});
