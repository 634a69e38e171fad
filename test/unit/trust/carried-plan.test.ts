/**
 * Plans that are carried between computers: made where there is no key, signed where there is no network, published where
 * there is one; and files that somebody changed on the way.
 */
import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { nodeCrypto } from '../../../electron/crypto/node-crypto.ts';
import { makeRootCertificate } from '../../../electron/crypto/certificate.ts';
import { generateKey } from '../../../electron/keystore/generate-key.ts';
import { listKeys } from '../../../electron/keystore/key-directory.ts';
import {
  openPlanFile,
  planFileText,
  publishCarried,
  signPlanAt,
  tryCarried,
} from '../../../electron/trust/plan/carried/plan-files.ts';
import { keysToSignWith } from '../../../electron/trust/plan/carried/sign-carried.ts';
import { untoldChange } from '../../../electron/trust/plan/carried/carried-changes.ts';
import type { Plan } from '../../../electron/trust/plan/plan.ts';
import type { BaseRole, PublicKey } from '../../../electron/tuf/model.ts';
import {
  failure,
  keysOf,
  newFolder,
  offlineComputer,
  planWithoutKeys,
  savedPlan,
  signAt,
} from './carried-lab.ts';
import { gun, now, tagToSign, usePublishingLab, withJeff } from './publishing-lab.ts';

usePublishingLab();
test('made without keys, signed without a network, published by whoever has one', async () => {
  const lab = await withJeff();
  const plan = await planWithoutKeys(lab);
  expect(
    plan.roles.flatMap(({ signatures }) => signatures.map(({ owner, place }) => [owner, place.kind])),
  ).toEqual([
    ['jeff', 'elsewhere'],
    ['jeff', 'elsewhere'],
  ]);
  const file = await savedPlan(lab, plan);
  const vault = await offlineComputer(lab, true);
  const { carried } = await openPlanFile(file, vault);
  expect([carried.trust, carried.plan.title]).toEqual(['first-use', 'Sign 1 tag']);
  expect(carried.plan.lines).toEqual(plan.lines);
  lab.person.asked.length = 0;
  await signAt(file, vault);
  expect(lab.person.asked.map(({ purpose }) => purpose.slice(0, 3))).toEqual([
    ['Sign 1 tag', `Repository ${gun}`, 'Signs targets/jeff, targets/releases'],
  ]);
  expect(lab.opened.every((key) => key.isWiped)).toBe(true);
  expect((await vault.activity.read()).entries.map(({ what }) => what)).toEqual(['signed-plan']);
  lab.opened.length = 0;
  const back = await openPlanFile(file, lab.services);
  expect(back.carried.trust).toBe('known');
  await tryCarried(back.carried, lab.services);
  expect(lab.simulator.uploads).toBe(0);
  const receipt = await publishCarried(back.carried, lab.services);
  expect(receipt.roles.map(({ role, signedBy }) => [role, signedBy.map(({ owner }) => owner)])).toEqual([
    ['targets/jeff', ['jeff']],
    ['targets/releases', ['jeff']],
  ]);
  expect(lab.opened).toEqual([]);
  expect(lab.tags()).toEqual(['new', 'old']);
  expect(await lab.journal()).toEqual([]);
});

test('a computer without the keys says which, and an unsigned plan is not published', async () => {
  const lab = await withJeff();
  const file = await savedPlan(lab);
  const elsewhere = await offlineComputer(lab, false);
  const { carried } = await openPlanFile(file, elsewhere);
  expect(() => keysToSignWith(carried, [], nodeCrypto)).toThrow('plan/no-key-here');
  const back = await openPlanFile(file, lab.services);
  expect(await failure(publishCarried(back.carried, lab.services))).toMatchObject({
    code: 'plan/signatures-missing',
  });
  expect(lab.simulator.uploads).toBe(0);
});

test('a key that signed a saved plan has done what it came for, once the file is written', async () => {
  const lab = await withJeff();
  const file = await savedPlan(lab);
  const told: (readonly [string, readonly string[], boolean])[] = [];
  const tell = (what: string) => async (keyIds: readonly string[]) => {
    const { carried } = await openPlanFile(file, lab.services);
    told.push([what, keyIds, carried.roles.every(({ signed }) => signed.length > 0)]);
  };
  const vault = await offlineComputer(lab, true);
  const services = { ...vault, beforeUpload: tell('used'), afterPublish: tell('over') };
  const opened = await openPlanFile(file, services);
  const keys = keysToSignWith(opened.carried, await keysOf(services), nodeCrypto);
  await signPlanAt(file, opened, keys, services);
  const keyIds = keys.map(({ key }) => key.keyId);
  expect(told).toEqual([
    ['used', keyIds, true],
    ['over', keyIds, true],
  ]);
});

test('several computers add their signatures to one file', async () => {
  const lab = await withJeff();
  const file = await savedPlan(lab);
  const all = await keysOf(lab.services);
  const vault = await offlineComputer(lab, true);
  const opened = await openPlanFile(file, vault);
  const [key] = keysToSignWith(opened.carried, all, nodeCrypto);
  const [first, second] = key?.roles ?? [];
  if (key === undefined || first === undefined || second === undefined)
    throw new Error('two roles are planned');
  await signPlanAt(file, opened, [{ ...key, roles: [first] }], vault);
  const half = await openPlanFile(file, lab.services);
  const { code, text } = await failure(publishCarried(half.carried, lab.services));
  expect([code, text.includes(second.planned.role)]).toEqual(['plan/signatures-missing', true]);
  await signAt(file, vault);
  await publishCarried((await openPlanFile(file, lab.services)).carried, lab.services);
  expect(lab.tags()).toEqual(['new', 'old']);
});

describe('a rotation', () => {
  /** The root key is in the vault only; what the plan needs of others is made where it is planned. */
  async function withRootInVault() {
    const lab = await withJeff();
    const vault = await offlineComputer(lab, true);
    const { keys } = await listKeys(lab.trustDirectory);
    const root = keys.find(({ role }) => role === 'root')?.id ?? '';
    await rm(join(lab.trustDirectory, 'private', `${root}.key`));
    return { lab, vault, planner: lab.planner.countingKeysElsewhere() };
  }

  test('of the repository key: its new key is made for the file, the root is signed in the vault', async () => {
    const { lab, vault, planner } = await withRootInVault();
    const file = await savedPlan(lab, await planner.rotate({ gun, role: 'targets' }));
    const before = await lab.keyFiles();
    const { carried } = await openPlanFile(file, vault);
    const [line] = carried.plan.lines;
    const made = line?.kind === 'base-keys-replaced' ? line.to.join() : '';
    expect([carried.plan.title, before.includes(`${made}.key`)]).toEqual(['Rotate the repository key', true]);
    await signAt(file, vault);
    expect(
      await failure(publishCarried((await openPlanFile(file, lab.services)).carried, lab.services)),
    ).toMatchObject({ code: 'plan/signatures-missing' });
    await signAt(file, lab.services);
    const receipt = await publishCarried((await openPlanFile(file, lab.services)).carried, lab.services);
    expect(receipt.roles.map(({ role, signedBy }) => [role, signedBy.map(({ owner }) => owner)])).toEqual([
      ['root', ['root']],
      ['targets', ['repository']],
    ]);
    expect(await lab.keyFiles()).toEqual(before);
  });

  test('of the root key: the new one signs where it is, the old one in the vault, and both are needed', async () => {
    const { lab, vault, planner } = await withRootInVault();
    const file = await savedPlan(lab, await planner.rotate({ gun, role: 'root' }));
    await signAt(file, lab.services);
    const { code, text } = await failure(
      publishCarried((await openPlanFile(file, lab.services)).carried, lab.services),
    );
    expect([code, text.includes('"have":1,"need":2')]).toEqual(['plan/signatures-missing', true]);
    await signAt(file, vault);
    const opened = await openPlanFile(file, lab.services);
    await tryCarried(opened.carried, lab.services);
    await publishCarried(opened.carried, lab.services);
    expect((await lab.source()).root.body.version).toBe(2);
  });

  test('of a server key: the server makes it for the file', async () => {
    const { lab, vault, planner } = await withRootInVault();
    const file = await savedPlan(lab, await planner.rotate({ gun, role: 'timestamp' }));
    await signAt(file, vault);
    await publishCarried((await openPlanFile(file, lab.services)).carried, lab.services);
    expect(lab.tags()).toEqual(['old']);
  });

  test('that its line would not tell: certificates that end soon, several keys, keys of another form', async () => {
    const { lab } = await withRootInVault();
    const source = await lab.source();
    const signer = await generateKey();
    const aged = (years: number): Promise<PublicKey> =>
      makeRootCertificate(gun, signer, new Date(now.getTime() - years * 365 * 24 * 60 * 60 * 1000));
    const [fresh, old] = [await aged(0), await aged(9)];
    const reasonFor = (role: BaseRole, keys: readonly PublicKey[]): string | undefined => {
      const line = { kind: 'base-keys-replaced', role, from: [], to: [] } as const;
      const changes = [{ kind: 'replace-base-keys', role, keys }] as const;
      const plan = { changes, lines: [line], createdAt: now.toISOString() } as unknown as Plan;
      return untoldChange(plan, source, nodeCrypto);
    };
    expect(reasonFor('root', [fresh])).toBeUndefined();
    expect(reasonFor('root', [old])).toContain('ends before the root does');
    expect(reasonFor('root', [fresh, old])).toContain('several keys');
    expect(reasonFor('root', [signer.key])).toContain('another form');
    expect(reasonFor('targets', [fresh])).toContain('another form');
    expect(reasonFor('targets', [])).toContain('several keys');
  });
});

describe('when the repository moves on meanwhile', () => {
  test('what was signed for a role that changed is moot; nothing is uploaded', async () => {
    const lab = await withJeff();
    const file = await savedPlan(lab);
    const vault = await offlineComputer(lab, true);
    await signAt(file, vault);
    const another = await offlineComputer(lab, false);
    const { carried } = await openPlanFile(file, another);
    await lab.publish(await lab.planner.sign({ gun, tags: [tagToSign('between')] }));
    lab.simulator.uploads = 0;
    expect(await failure(publishCarried(carried, lab.services))).toMatchObject({
      code: 'plan/signatures-moot',
    });
    expect(await failure(tryCarried(carried, lab.services))).toMatchObject({ code: 'plan/signatures-moot' });
    expect([lab.simulator.uploads, await lab.journal()]).toEqual([0, []]);
    // A computer that has seen the newer version itself says so before anybody signs.
    const { code, text } = await failure(openPlanFile(file, lab.services));
    expect(code).toBe('plan/moot');
    expect(text).toContain('was seen here');
  });

  test('what others published beside it does not matter', async () => {
    const lab = await withJeff();
    const file = await savedPlan(lab);
    await signAt(file, await offlineComputer(lab, true));
    const mia = await lab.newKey('mia');
    await lab.publish(await lab.planner.addSigner({ gun, name: 'mia', keys: [mia] }));
    await publishCarried((await openPlanFile(file, lab.services)).carried, lab.services);
    expect(lab.tags()).toEqual(['new', 'old']);
  });

  test('a signer who was removed meanwhile has signed for nothing', async () => {
    const lab = await withJeff();
    const mia = await lab.newKey('mia');
    await lab.publish(await lab.planner.addSigner({ gun, name: 'mia', keys: [mia] }));
    const plan = await lab.planner.sign({ gun, tags: [tagToSign('by mia')], signAs: 'mia' });
    const file = await savedPlan(lab, plan);
    await signAt(file, await offlineComputer(lab, true));
    await lab.publish(await lab.planner.removeSigner({ gun, name: 'mia', signAs: 'jeff' }));
    lab.simulator.uploads = 0;
    const { carried } = await openPlanFile(file, lab.services);
    expect((await failure(publishCarried(carried, lab.services))).code).toMatch(/^plan\/(signatures-)?moot$/);
    expect(lab.simulator.uploads).toBe(0);
  });
});

describe('what cannot be carried', () => {
  test('a repository that is made with the plan', async () => {
    const lab = await withJeff();
    const plan = await lab.planner.sign({ gun, tags: [tagToSign('new')] });
    const work = planFileText({ ...plan, initialise: { rootKey: 'new' } }, lab.services);
    expect(await failure(work)).toMatchObject({ code: 'plan/not-portable' });
  });

  test('a plan that is not of the present state', async () => {
    const lab = await withJeff();
    const plan = await planWithoutKeys(lab);
    await lab.publish(await lab.planner.sign({ gun, tags: [tagToSign('between')] }));
    expect(await failure(planFileText(plan, lab.services))).toMatchObject({ code: 'plan/moot' });
  });
});

interface Json {
  [member: string]: Json | string | number | boolean;
}

/** One member, by its path, made something else. */
const set =
  (path: string, value: unknown) =>
  (file: Json): void => {
    const names = path.split('.');
    const last = names.pop() ?? '';
    const parent = names.reduce((object, name) => object[name] as Json, file);
    parent[last] = value as string;
  };

const without =
  (role: string) =>
  (file: Json): void => {
    file['metadata'] = Object.fromEntries(
      Object.entries(file['metadata'] as Json).filter(([name]) => name !== role),
    );
  };

const other64 = 'f'.repeat(64);
const changed: readonly [string, (file: Json) => void][] = [
  ['another digest in the review', set('plan.lines.0.digest', other64)],
  ['a line less than it does', set('plan.lines', [])],
  ['another digest to sign', set('plan.changes.0.target.sha256', tagToSign('evil').sha256)],
  [
    'a further change',
    (file) =>
      void (file['plan'] as unknown as { changes: object[] }).changes.push({
        kind: 'remove-target',
        role: 'targets/releases',
        name: 'old',
      }),
  ],
  ['a consequence less', set('plan.consequences', [{ kind: 'tag-unpullable', tag: 'x' }])],
  ['a consequence that is none', set('plan.consequences', [null])],
  ['another expiry', set('plan.roles.0.expires', '2099-01-01T00:00:00Z')],
  ['a lower threshold', set('plan.roles.0.threshold', 0)],
  ['a key that the role does not name', set('plan.roles.0.signatures.0.tufId', other64)],
  ['another time', set('plan.createdAt', '2026-05-31T12:00:00Z')],
  ['a time that is not yet', set('plan.createdAt', '2099-06-01T12:00:00Z')],
  ['a time that is none', set('plan.createdAt', '2026-99-99T99:99:99Z')],
  ['another repository', set('plan.gun', 'registry.example.test/acme/other')],
  ['a repository name that is a path', set('plan.gun', '../../etc')],
  ['an ID that is a path', set('plan.id', '../../../../tmp/evil')],
  ['a member that nobody knows', set('plan.surprise', true)],
  ['another format', set('format', 'trustdesk-plan-file/2')],
  ['metadata of nothing', set('metadata', {})],
  ['a root less', without('root')],
  ['a delegation less', without('targets/jeff')],
  ['metadata that is no base64', set('metadata.targets', '!')],
  ['metadata that is no metadata', set('metadata.targets', 'AAAA')],
  [
    'a signature of nobody',
    set('signatures', [{ role: 'targets/jeff', keyid: other64, method: 'ecdsa', sig: 'AAAA' }]),
  ],
  [
    'a signature of another role',
    set('signatures', [{ role: 'root', keyid: other64, method: 'ecdsa', sig: 'AAAA' }]),
  ],
];

const changesOf = (file: Json): Json[] => (file['plan'] as unknown as { changes: Json[] }).changes;
const linesOf = (file: Json): Json[] => (file['plan'] as unknown as { lines: Json[] }).lines;
const evil = tagToSign('evil').sha256;
const evilHex = Buffer.from(evil, 'base64').toString('hex');
/** Files whose lines agree with their changes as far as lines tell, and that do more than they tell. */
const untold: readonly [string, (file: Json) => void, string][] = [
  [
    'a second digest for a tag in the same role',
    (file) => {
      const [first] = changesOf(file) as [Json];
      changesOf(file).push({ ...first, target: { ...(first['target'] as Json), sha256: evil } });
      linesOf(file).unshift({ ...linesOf(file)[0], digest: evilHex });
    },
    'in two ways',
  ],
  [
    'another digest in another role',
    (file) => {
      const [first] = changesOf(file) as [Json];
      const rest = changesOf(file).filter((change) => change['role'] === first['role']);
      const role = first['role'] === 'targets/jeff' ? 'targets/releases' : 'targets/jeff';
      rest.push({ ...first, role, target: { ...(first['target'] as Json), sha256: evil } });
      set('plan.changes', rest)(file);
      linesOf(file).push({ ...linesOf(file)[0], digest: evilHex });
    },
    'in two ways',
  ],
  [
    'a tag without SHA-256',
    (file) => {
      const [first] = changesOf(file) as [Json];
      const target = { name: 'hidden', length: 3, sha512: Buffer.alloc(64).toString('base64') };
      changesOf(file).push({ ...first, target });
    },
    'without a SHA-256',
  ],
  [
    'data with a tag',
    (file) => {
      for (const change of changesOf(file)) (change['target'] as Json)['custom'] = { note: 'unseen' };
    },
    'data with',
  ],
  [
    'a SHA-512 with a tag',
    (file) => {
      for (const change of changesOf(file))
        (change['target'] as Json)['sha512'] = Buffer.alloc(64).toString('base64');
    },
    'a SHA-512',
  ],
  [
    'other keys for a base role',
    (file) =>
      void changesOf(file).push({ kind: 'replace-base-keys', role: 'targets', keys: [] } as unknown as Json),
    'changes',
  ],
];

describe('a file that somebody changed on the way is refused, and says so:', () => {
  test.each(untold)('%s', async (_, change, reason) => {
    const lab = await withJeff();
    const file = await savedPlan(lab);
    const json = JSON.parse(await readFile(file, 'utf8')) as Json;
    change(json);
    await writeFile(file, JSON.stringify(json));
    const refused = await failure(openPlanFile(file, await offlineComputer(lab, true)));
    expect(refused.code).toBe('plan/file-unreadable');
    expect(refused.text).toContain(reason);
  });

  test.each(changed)('%s', async (_, change) => {
    const lab = await withJeff();
    const file = await savedPlan(lab);
    const json = JSON.parse(await readFile(file, 'utf8')) as Json;
    change(json);
    await writeFile(file, JSON.stringify(json));
    const vault = await offlineComputer(lab, true);
    expect(await failure(openPlanFile(file, vault))).toMatchObject({ code: 'plan/file-unreadable' });
  });

  test('its title is not believed', async () => {
    const lab = await withJeff();
    const file = await savedPlan(lab);
    const json = JSON.parse(await readFile(file, 'utf8')) as Json;
    set('plan.title', 'Nothing at all\u001b[2J')(json);
    await writeFile(file, JSON.stringify(json));
    const { carried } = await openPlanFile(file, await offlineComputer(lab, true));
    expect(carried.plan.title).toBe('Sign 1 tag');
  });

  test.each([
    ['no JSON', '{'],
    ['nothing', ''],
    ['a list', '[]'],
    ['nested too deep', '['.repeat(100_000)],
    ['a member twice', '{"format":"trustdesk-plan-file/1","format":"trustdesk-plan-file/1"}'],
  ])('%s', async (_, text) => {
    const lab = await withJeff();
    const file = join(await newFolder(), 'plan.json');
    await writeFile(file, text);
    expect(await failure(openPlanFile(file, lab.services))).toMatchObject({ code: 'plan/file-unreadable' });
    expect(await failure(openPlanFile(`${file}.none`, lab.services))).toMatchObject({
      code: 'plan/file-unreadable',
    });
  });

  test('the metadata of another repository that has the same name', async () => {
    const lab = await withJeff();
    const impostor = await withJeff();
    const file = await savedPlan(impostor);
    // This computer knows the root of its own; the one in the file does not follow from it.
    const { code, text } = await failure(openPlanFile(file, lab.services));
    expect(code).toBe('plan/file-unreadable');
    expect(text).toContain('not believed here');
  });
});
