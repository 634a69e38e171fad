/** What a plan says before anything happens: who signs, what consumers notice, and what it refuses. */
import { beforeAll, describe, expect, test } from 'vitest';
import type { Gun, RoleName } from '../../../shared/brands.ts';
import { nodeCrypto } from '../../../electron/crypto/node-crypto.ts';
import type { Change } from '../../../electron/tuf/change.ts';
import { canonicalKeyId } from '../../../electron/tuf/key-id.ts';
import type { MetadataFile, TargetsBody } from '../../../electron/tuf/model.ts';
import { RELEASES, ROOT, SNAPSHOT, TARGETS } from '../../../electron/tuf/names.ts';
import { parseRoot, parseSnapshot, parseTargets } from '../../../electron/tuf/parse.ts';
import type { RoleSigner } from '../../../electron/tuf/ports.ts';
import { addSignerChanges, removeSignerEdit } from '../../../electron/trust/plan/change-signers.ts';
import { onlyThese } from '../../../electron/trust/plan/identity.ts';
import { makePlan, type PlanSource } from '../../../electron/trust/plan/make-plan.ts';
import { type AvailableKey, keysOf, type Plan } from '../../../electron/trust/plan/plan.ts';
import { revokeEdit } from '../../../electron/trust/plan/revoke-tags.ts';
import { signEdit } from '../../../electron/trust/plan/sign-tags.ts';
import { newSigner } from '../../fakes/software-keys.ts';
import { RepositoryBuilder } from '../../simulator/repository-builder.ts';
import { tagToSign } from './publishing-lab.ts';

const now = new Date('2026-06-01T12:00:00Z');
const gun = 'registry.example.test/acme/app' as Gun;
const [jeffRole, opsRole] = ['targets/jeff' as RoleName, 'targets/ops' as RoleName];
const [jeff, ops] = [newSigner(), newSigner()];
let builder: RepositoryBuilder;

/** jeff and ops sign releases; jeff signed 1.0, both signed 2.0, the administrator signed base and another 1.0. */
beforeAll(async () => {
  builder = await RepositoryBuilder.create(gun, now);
  builder.delegate(jeffRole, { signers: [jeff] });
  builder.delegate(opsRole, { signers: [ops] });
  builder.delegate(RELEASES, { signers: [jeff, ops] });
  builder.addTarget(jeffRole, '1.0').addTarget(jeffRole, '2.0');
  builder.addTarget(opsRole, '2.0');
  builder.addTarget(RELEASES, '1.0').addTarget(RELEASES, '2.0');
  builder.addTarget(TARGETS, 'base').addTarget(TARGETS, '1.0', 'of the administrator');
  await builder.publish();
  // Releases counts with one signature; here it has jeff's alone.
  const files = builder.files;
  files.set(RELEASES, await builder.sign(RELEASES, builder.targetsBody(RELEASES), [jeff]));
});

function source(): PlanSource {
  const file = (name: string): Uint8Array => builder.files.get(name) ?? new Uint8Array();
  const roles = [TARGETS, jeffRole, opsRole, RELEASES];
  return {
    gun,
    server: 'https://notary.example.test',
    root: parseRoot(file(ROOT)),
    snapshot: parseSnapshot(file(SNAPSHOT)),
    targets: new Map(roles.map((role) => [role, parseTargets(role, file(role))])),
    unusable: new Map(),
  };
}

const held = (signer: RoleSigner, role: string): AvailableKey => ({
  keyId: canonicalKeyId(signer.key, nodeCrypto),
  role,
  place: { kind: 'file' },
});
const admin = (): AvailableKey => held(builder.signersOf(TARGETS)[0] ?? jeff, 'targets');
const here = {
  jeff: () => [held(jeff, 'jeff')],
  both: () => [held(jeff, 'jeff'), held(ops, 'ops')],
  all: () => [held(jeff, 'jeff'), held(ops, 'ops'), admin()],
  admin: () => [admin()],
  'admin and jeff': () => [admin(), held(jeff, 'jeff')],
  'admin and ops': () => [admin(), held(ops, 'ops')],
  nobody: () => [],
} as const;
type Here = keyof typeof here;

type Edit = Pick<ReturnType<typeof signEdit>, 'changes' | 'keyIds'>;

function planOf(keys: Here, edit: (available: readonly AvailableKey[]) => Edit, from = source()): Plan {
  const available = here[keys]();
  const { changes, keyIds } = edit(available);
  const mayUse = onlyThese(keyIds);
  return makePlan(
    from,
    { id: 'p', kind: 'sign', title: 'A plan', changes, available, mayUse, now },
    nodeCrypto,
  );
}

const sign =
  (signAs: string | undefined, ...tags: ReturnType<typeof tagToSign>[]) =>
  (available: readonly AvailableKey[]) =>
    signEdit(source(), tags, available, signAs, nodeCrypto);
const revoke =
  (signAs: string | undefined, ...tags: string[]) =>
  (available: readonly AvailableKey[]) =>
    revokeEdit(source(), tags.length === 0 ? undefined : tags, available, signAs, nodeCrypto);
const removeSigner = (name: string) => (available: readonly AvailableKey[]) =>
  removeSignerEdit(source(), name, available, undefined, now, nodeCrypto);
const hex = (content: string): string => Buffer.from(nodeCrypto.sha256(Buffer.from(content))).toString('hex');

describe('who signs', () => {
  const signers: readonly (readonly [string, Here, ReturnType<typeof sign>, Record<string, string[]>])[] = [
    [
      'the only signer here',
      'jeff',
      sign(undefined, tagToSign('3')),
      { [jeffRole]: ['jeff'], [RELEASES]: ['jeff'] },
    ],
    ['the chosen of two', 'both', sign('ops', tagToSign('3')), { [opsRole]: ['ops'], [RELEASES]: ['ops'] }],
    [
      'the other of two',
      'both',
      sign('jeff', tagToSign('3')),
      { [jeffRole]: ['jeff'], [RELEASES]: ['jeff'] },
    ],
    [
      'the administrator, for a new signer',
      'admin',
      () => ({ changes: addSignerChanges('eve', [newSigner().key]), keyIds: [] }),
      { [TARGETS]: ['repository'] },
    ],
    [
      'never signers where the administrator acts',
      'all',
      () => ({ changes: addSignerChanges('eve', [newSigner().key]), keyIds: [] }),
      { [TARGETS]: ['repository'] },
    ],
    [
      'a remaining signer, when releases would lose its only signature',
      'admin and ops',
      removeSigner('jeff'),
      { [TARGETS]: ['repository'], [RELEASES]: ['ops'] },
    ],
  ];
  test.each(signers)('%s', (_, keys, edit, expected) => {
    const plan = planOf(keys, edit);
    const found = plan.roles.map(({ role, signatures }) => [role, signatures.map(({ owner }) => owner)]);
    expect(Object.fromEntries(found)).toEqual(expected);
  });

  test('the next version of each role, parents first, with its expiry', () => {
    const plan = planOf('admin and ops', removeSigner('jeff'));
    expect(plan.roles.map(({ role, fromVersion, toVersion }) => [role, toVersion - fromVersion])).toEqual([
      [TARGETS, 1],
      [RELEASES, 1],
    ]);
    expect(plan.roles.every(({ expires }) => expires.startsWith('2029-05-3'))).toBe(true);
    expect(keysOf(plan)).toHaveLength(2);
  });

  test('the basis names every file that was verified', () => {
    const plan = planOf('jeff', sign(undefined, tagToSign('3')));
    expect(plan.basis.map(({ role }) => role)).toEqual([ROOT, TARGETS, jeffRole, opsRole, RELEASES]);
    expect(plan.basis.every(({ sha256 }) => /^[0-9a-f]{64}$/.test(sha256))).toBe(true);
  });
});

describe('what consumers notice', () => {
  const tables: readonly (readonly [string, Here, Parameters<typeof planOf>[1], Plan['consequences']])[] = [
    ['a new tag: nothing', 'jeff', sign(undefined, tagToSign('3')), []],
    ['the same digest signed by another too: nothing', 'both', sign('ops', tagToSign('1.0')), []],
    [
      'a moved tag, which loses the other signature',
      'both',
      sign('jeff', tagToSign('2.0', 'new')),
      [
        { kind: 'tag-moves', tag: '2.0', from: hex('2.0'), to: hex('new') },
        { kind: 'signature-lost', tag: '2.0', signer: 'ops', left: ['jeff'] },
      ],
    ],
    [
      "a moved tag, of which the administrator's copy differs",
      'jeff',
      sign(undefined, tagToSign('1.0', 'new')),
      [
        { kind: 'tag-moves', tag: '1.0', from: hex('1.0'), to: hex('new') },
        { kind: 'admin-copy-differs', tag: '1.0', digest: hex('of the administrator') },
      ],
    ],
    ['a revoked tag', 'admin and jeff', revoke('jeff', '2.0'), [{ kind: 'tag-unpullable', tag: '2.0' }]],
    [
      "a revoked tag of the administrator's alone",
      'admin',
      revoke(undefined, 'base'),
      [{ kind: 'tag-unpullable', tag: 'base' }],
    ],
    [
      'a signer who goes, and somebody remains to sign releases',
      'admin and ops',
      removeSigner('jeff'),
      [
        { kind: 'signature-lost', tag: '1.0', signer: 'jeff', left: [] },
        { kind: 'signature-lost', tag: '2.0', signer: 'jeff', left: ['ops'] },
      ],
    ],
    [
      'a signer who goes, and nobody here can sign releases: what is lost, and who mends it',
      'admin',
      removeSigner('jeff'),
      [
        { kind: 'role-unusable', role: RELEASES, remedyKeyIds: [canonicalKeyId(ops.key, nodeCrypto)] },
        { kind: 'tag-moves', tag: '1.0', from: hex('1.0'), to: hex('of the administrator') },
        { kind: 'signature-lost', tag: '1.0', signer: 'jeff', left: [] },
        { kind: 'tag-unpullable', tag: '2.0' },
      ],
    ],
    [
      'a delegation without keys',
      'admin',
      () => ({
        changes: [
          { kind: 'remove-delegation-keys', role: opsRole, keyIds: [canonicalKeyId(ops.key, nodeCrypto)] },
        ],
        keyIds: [],
      }),
      [
        { kind: 'role-unusable', role: opsRole, remedyKeyIds: [] },
        { kind: 'role-without-keys', role: opsRole },
        { kind: 'signature-lost', tag: '2.0', signer: 'ops', left: ['jeff'] },
      ],
    ],
  ];
  test.each(tables)('%s', (_, keys, edit, expected) => {
    expect(planOf(keys, edit).consequences).toEqual(expected);
  });
});

describe('refuses', () => {
  const unknownFields = (role: RoleName): PlanSource => {
    const from = source();
    const file = from.targets.get(role) as MetadataFile<TargetsBody>;
    return {
      ...from,
      targets: new Map(from.targets).set(role, { ...file, unknownFields: ['signed.later'] }),
    };
  };
  const refusals: readonly (readonly [string, () => Plan, object])[] = [
    [
      'to sign without a key',
      () => planOf('nobody', sign(undefined, tagToSign('3'))),
      { code: 'plan/cannot-sign' },
    ],
    [
      'to guess who acts',
      () => planOf('both', sign(undefined, tagToSign('3'))),
      { code: 'signer/choose', details: { names: ['jeff', 'ops'] } },
    ],
    [
      'a signer whose key is elsewhere',
      () => planOf('jeff', sign('ops', tagToSign('3'))),
      { code: 'signer/no-key', details: { name: 'ops' } },
    ],
    ['to act as nobody known', () => planOf('jeff', sign('eve', tagToSign('3'))), { code: 'signer/unknown' }],
    [
      'to add a signer without the repository key',
      () => planOf('jeff', () => ({ changes: addSignerChanges('eve', [newSigner().key]), keyIds: [] })),
      { code: 'plan/cannot-sign', details: { role: TARGETS } },
    ],
    [
      'to revoke what only the administrator signed, without that key',
      () => planOf('jeff', revoke('jeff', 'base')),
      { code: 'plan/cannot-sign', details: { role: TARGETS } },
    ],
    [
      'to revoke what nobody signed',
      () => planOf('all', revoke('jeff', '9.9')),
      { code: 'trust/no-signed-tag', details: { tag: '9.9' } },
    ],
    ['to remove an unknown signer', () => planOf('all', removeSigner('eve')), { code: 'signer/unknown' }],
    ['to remove releases', () => planOf('all', removeSigner('releases')), { code: 'signer/reserved-name' }],
    [
      'what is as wished already',
      () => planOf('jeff', sign(undefined, { ...tagToSign('2.0'), length: 3 })),
      { code: 'plan/nothing-to-do' },
    ],
    [
      'a signer without keys',
      () => planOf('admin', () => ({ changes: addSignerChanges('eve', []), keyIds: [] })),
      { code: 'trust/invalid-change' },
    ],
    [
      'to lose fields that it does not know',
      () => planOf('jeff', sign(undefined, tagToSign('3')), unknownFields(RELEASES)),
      { code: 'trust/unknown-fields' },
    ],
  ];
  test.each(refusals)('%s', (_, make, expected) => {
    let thrown: unknown;
    try {
      make();
    } catch (error) {
      thrown = error;
    }
    expect(thrown).toMatchObject(expected);
  });

  test('but not for fields in a file that is not signed', () => {
    expect(planOf('jeff', sign(undefined, tagToSign('3')), unknownFields(opsRole)).roles).toHaveLength(2);
  });
});

describe('a plan', () => {
  test('is plain JSON: what is read back is what was written', () => {
    const plan = planOf('admin and ops', removeSigner('jeff'));
    expect(JSON.parse(JSON.stringify(plan))).toEqual({ ...plan, initialise: undefined, rotation: undefined });
    expect(Object.keys(plan).sort()).toEqual([
      'basis',
      'changes',
      'consequences',
      'createdAt',
      'format',
      'gun',
      'id',
      'initialise',
      'kind',
      'lines',
      'roles',
      'rotation',
      'server',
      'signsSnapshot',
      'staged',
      'title',
    ]);
  });
});

// As notary stages them: the person may have thought better of it, and what holds is what comes last.
describe('several changes of one tag', () => {
  const add = (role: RoleName, tag: string, content: string): Change => {
    const { sha256, length } = tagToSign(tag, content);
    return { kind: 'add-target', role, target: { name: tag, sha256, length } };
  };
  const remove = (role: RoleName, name: string): Change => ({ kind: 'remove-target', role, name });
  const added = (digest: string) => ({ kind: 'tag-added', tag: '3', digest: hex(digest) });
  const cases: readonly (readonly [string, readonly Change[], readonly object[]])[] = [
    ['of one file', [add(RELEASES, '3', 'first'), add(RELEASES, '3', 'last')], [added('last')]],
    [
      'of two files',
      [add(jeffRole, '3', 'his'), add(RELEASES, '3', 'other')],
      [added('his'), added('other')],
    ],
    ['of two files, alike', [add(jeffRole, '3', 'same'), add(RELEASES, '3', 'same')], [added('same')]],
    [
      'that is taken away and comes back',
      [remove(RELEASES, '1.0'), add(RELEASES, '1.0', 'other')],
      [{ kind: 'tag-changed', tag: '1.0', from: hex('1.0'), to: hex('other') }],
    ],
    [
      'that is changed and taken away',
      [add(RELEASES, '1.0', 'other'), remove(RELEASES, '1.0')],
      [{ kind: 'tag-removed', tag: '1.0', digest: hex('1.0') }],
    ],
  ];
  test.each(cases)('%s: the lines tell what is signed', (_, changes, expected) => {
    const plan = planOf('jeff', (available) => ({ changes, keyIds: available.map(({ keyId }) => keyId) }));
    expect(plan.lines).toEqual(expected);
  });
});
