import { describe, expect, test } from 'vitest';
import type { CanonicalKeyId, RoleName } from '../../../shared/brands.ts';
import { hasCode } from '../../../shared/errors.ts';
import { nodeCrypto } from '../../../electron/crypto/node-crypto.ts';
import type { Change } from '../../../electron/tuf/change.ts';
import { applyChanges, type EditBase } from '../../../electron/tuf/edit.ts';
import { canonicalKeyId, tufKeyId } from '../../../electron/tuf/key-id.ts';
import type { BaseRole, PublicKey, RootBody, TargetEntry, TargetsBody } from '../../../electron/tuf/model.ts';

const now = new Date('2026-11-20T10:00:00Z');
const key = (n: number): PublicKey => ({
  keytype: 'ed25519',
  publicBase64: Buffer.alloc(32, n).toString('base64'),
});
const tufId = (k: PublicKey) => tufKeyId(k, nodeCrypto);
const id = (k: PublicKey): CanonicalKeyId => canonicalKeyId(k, nodeCrypto);
const role = (name: string): RoleName => name as RoleName;
const target = (name: string, n = 1): TargetEntry => ({
  name,
  length: 100,
  sha256: Buffer.alloc(32, n).toString('base64'),
});
const common = { version: 3, expires: '2029-01-01T00:00:00Z', expiresAt: Date.parse('2029-01-01T00:00:00Z') };

const adminKey = key(1);
const jeffKey = key(2);
const opsKey = key(3);

function targetsFile(parts: Partial<TargetsBody> = {}): TargetsBody {
  return { type: 'Targets', ...common, targets: [], delegationKeys: new Map(), delegations: [], ...parts };
}

function base(): EditBase {
  const roles = new Map<BaseRole, { keyids: ReturnType<typeof tufId>[]; threshold: number }>([
    ['root', { keyids: [tufId(key(9))], threshold: 1 }],
    ['targets', { keyids: [tufId(adminKey)], threshold: 1 }],
  ]);
  const keys = new Map([key(9), adminKey].map((k) => [tufId(k), k]));
  const root: RootBody = { type: 'Root', ...common, consistentSnapshot: false, keys, roles };
  const delegations = ['targets/jeff', 'targets/releases', 'targets/ops'].map((name) => ({
    name: role(name),
    threshold: 1,
    paths: name === 'targets/ops' ? ['ops-'] : [''],
    keyids:
      name === 'targets/jeff'
        ? [tufId(jeffKey)]
        : name === 'targets/ops'
          ? [tufId(opsKey)]
          : [jeffKey, opsKey].map(tufId),
  }));
  const delegationKeys = new Map([jeffKey, opsKey].map((k) => [tufId(k), k]));
  const targets = new Map<RoleName, TargetsBody>([
    [role('targets'), targetsFile({ delegations, delegationKeys, targets: [target('admin')] })],
    [role('targets/jeff'), targetsFile({ targets: [target('1.0')] })],
    [role('targets/releases'), targetsFile({ targets: [target('1.0')] })],
  ]);
  return { root, targets, unusable: new Map(), now };
}

const edit = (...changes: Change[]) => applyChanges(base(), changes, nodeCrypto);
const names = (edited: ReturnType<typeof edit>, name: string) =>
  edited.targets.get(role(name))?.targets.map((t) => t.name);
const roleNames = (edited: ReturnType<typeof edit>) =>
  edited.targets.get(role('targets'))?.delegations.map((d) => d.name);

describe('targets', () => {
  test('a new target changes only its role', () => {
    const edited = edit({ kind: 'add-target', role: role('targets/jeff'), target: target('1.1') });
    expect([...edited.changed]).toEqual(['targets/jeff']);
    expect(names(edited, 'targets/jeff')).toEqual(['1.0', '1.1']);
    expect(names(edited, 'targets/releases')).toEqual(['1.0']);
  });

  test.each<[string, Change]>([
    ['an identical target', { kind: 'add-target', role: role('targets/jeff'), target: target('1.0') }],
    ['removing an absent one', { kind: 'remove-target', role: role('targets/jeff'), name: 'none' }],
  ])('%s changes nothing', (_, change) => {
    expect([...edit(change).changed]).toEqual([]);
  });

  test.each([
    ['another digest', target('1.0', 2)],
    ['another length', { ...target('1.0'), length: 101 }],
    ['custom data', { ...target('1.0'), custom: { a: 1 } }],
    ['a second hash', { ...target('1.0'), sha512: Buffer.alloc(64, 1).toString('base64') }],
  ])('%s is a change', (_, changed) => {
    const edited = edit({ kind: 'add-target', role: role('targets/jeff'), target: changed });
    expect(edited.targets.get(role('targets/jeff'))?.targets).toEqual([changed]);
  });

  test('a delegation without a file gets an empty one first', () => {
    const edited = edit({ kind: 'add-target', role: role('targets/ops'), target: target('ops-1') });
    expect(edited.targets.get(role('targets/ops'))).toMatchObject({ version: 0, targets: [target('ops-1')] });
  });

  test('names that are members of every object are ordinary names', () => {
    const changes = ['__proto__', 'constructor', 'toString'].map((name): Change => ({
      kind: 'add-target',
      role: role('targets/jeff'),
      target: target(name),
    }));
    expect(names(edit(...changes), 'targets/jeff')).toEqual(['1.0', '__proto__', 'constructor', 'toString']);
  });

  test('the base is never modified', () => {
    const before = base();
    const copy = structuredClone(before);
    applyChanges(before, [{ kind: 'remove-target', role: role('targets/jeff'), name: '1.0' }], nodeCrypto);
    applyChanges(before, [{ kind: 'remove-delegation', role: role('targets/jeff') }], nodeCrypto);
    expect(before).toEqual(copy);
  });
});

describe('delegations', () => {
  const grant = (name: string, keys: PublicKey[], paths: string[] = ['']): Change => ({
    kind: 'add-delegation',
    role: role(name),
    keys,
    paths,
    threshold: 1,
  });

  test('a new one goes to the end, with its keys', () => {
    const edited = edit(grant('targets/eve', [key(5)]));
    expect(roleNames(edited)?.at(-1)).toBe('targets/eve');
    expect(edited.targets.get(role('targets'))?.delegationKeys.get(tufId(key(5)))).toEqual(key(5));
    expect([...edited.changed]).toEqual(['targets']);
  });

  test('a key for an existing one is appended once', () => {
    const edited = edit(grant('targets/jeff', [key(5), jeffKey, key(5)]));
    const jeff = edited.targets.get(role('targets'))?.delegations[0];
    expect(jeff).toMatchObject({ keyids: [tufId(jeffKey), tufId(key(5))], paths: [''] });
  });

  test('removed keys are pruned only when no delegation names them', () => {
    const remove = (name: string): Change => ({
      kind: 'remove-delegation-keys',
      role: role(name),
      keyIds: [id(jeffKey)],
    });
    const one = edit(remove('targets/releases'));
    expect(one.targets.get(role('targets'))?.delegationKeys.has(tufId(jeffKey))).toBe(true);
    const both = edit(remove('targets/releases'), remove('targets/jeff'));
    expect(both.targets.get(role('targets'))?.delegationKeys.has(tufId(jeffKey))).toBe(false);
    expect([...both.starvedRoles]).toEqual(['targets/jeff']);
  });

  test('a removed delegation takes its file and its subtree along', () => {
    const edited = edit({ kind: 'remove-delegation', role: role('targets/jeff') });
    expect(roleNames(edited)).toEqual(['targets/releases', 'targets/ops']);
    expect(edited.targets.has(role('targets/jeff'))).toBe(false);
    expect([...edited.removedRoles]).toEqual(['targets/jeff']);
  });

  test('a purge takes a key from every delegation', () => {
    const edited = edit({ kind: 'purge-keys', role: role('targets'), keyIds: [id(opsKey)] });
    expect(edited.targets.get(role('targets'))?.delegations.map((d) => d.keyids.length)).toEqual([1, 1, 0]);
    expect([...edited.starvedRoles]).toEqual(['targets/ops']);
  });

  test('paths can be removed one by one or all', () => {
    const one = edit({
      kind: 'remove-delegation-paths',
      role: role('targets/ops'),
      paths: ['ops-', 'other'],
    });
    const all = edit({ kind: 'remove-delegation-paths', role: role('targets/jeff'), paths: 'all' });
    expect(one.targets.get(role('targets'))?.delegations[2]?.paths).toEqual([]);
    expect(all.targets.get(role('targets'))?.delegations[0]?.paths).toEqual([]);
  });

  test.each<[string, Change]>([
    ['a new delegation without keys', grant('targets/eve', [])],
    ['a child whose paths its parent lacks', grant('targets/ops/sub', [key(5)], ['other-'])],
    ['a target outside the paths', { kind: 'add-target', role: role('targets/ops'), target: target('1.0') }],
    [
      'a target in a role that does not exist',
      { kind: 'add-target', role: role('targets/nobody'), target: target('1') },
    ],
    ['removing what does not exist', { kind: 'remove-delegation', role: role('targets/nobody') }],
    [
      'removing keys of what does not exist',
      { kind: 'remove-delegation-keys', role: role('targets/nobody'), keyIds: [] },
    ],
    ['a base role as delegation', grant('root', [key(5)])],
    ['a witness for a role without a file', { kind: 'witness', role: role('targets/nobody') }],
  ])('refuses %s', (_, change) => {
    expect(() => edit(change)).toThrow(expect.objectContaining({ code: 'trust/invalid-change' }));
  });
});

describe('witness and base keys', () => {
  test('a witness changes the role and nothing in it', () => {
    const edited = edit({ kind: 'witness', role: role('targets/releases') });
    expect([...edited.changed]).toEqual(['targets/releases']);
    expect(edited.targets.get(role('targets/releases'))).toEqual(
      base().targets.get(role('targets/releases')),
    );
  });

  test('a witness brings back a file that lost its signatures', () => {
    const ops = targetsFile({ version: 7, targets: [target('ops-9')] });
    const edited = applyChanges(
      { ...base(), unusable: new Map([[role('targets/ops'), ops]]) },
      [{ kind: 'witness', role: role('targets/ops') }],
      nodeCrypto,
    );
    expect(edited.targets.get(role('targets/ops'))).toEqual(ops);
  });

  test('a new repository key replaces the old one and signs targets', () => {
    const edited = edit({ kind: 'replace-base-keys', role: 'targets', keys: [key(7)] });
    expect(edited.rootChanged).toBe(true);
    expect([...edited.changed]).toEqual(['targets']);
    expect(edited.root.keys.has(tufId(adminKey))).toBe(false);
  });

  test('an old root key stays listed, as old clients need it', () => {
    const edited = edit({ kind: 'replace-base-keys', role: 'root', keys: [key(8)] });
    expect([...edited.root.keys.keys()]).toContain(tufId(key(9)));
    expect(edited.root.roles.get('root')?.keyids).toEqual([tufId(key(8))]);
  });

  test('a coded error, not a bug', () => {
    let error: unknown;
    try {
      edit({ kind: 'replace-base-keys', role: 'timestamp', keys: [key(8)] });
    } catch (caught) {
      error = caught;
    }
    expect(hasCode(error, 'trust/invalid-change')).toBe(true);
  });
});
