/** Renewing what is about to expire, and bringing back what a restore point kept. */
import { describe, expect, test } from 'vitest';
import { nodeCrypto } from '../../../electron/crypto/node-crypto.ts';
import { restoreChanges } from '../../../electron/trust/plan/restore-edit.ts';
import { applyChanges } from '../../../electron/tuf/edit.ts';
import type { TargetsBody } from '../../../electron/tuf/model.ts';
import type { RoleName } from '../../../shared/brands.ts';
import { gun, now, role, tagToSign, usePublishingLab, withJeff } from './publishing-lab.ts';

usePublishingLab();

type Lab = Awaited<ReturnType<typeof withJeff>>;

async function withKim(): Promise<Lab> {
  const lab = await withJeff();
  const kim = await lab.newKey('kim');
  await lab.publish(await lab.planner.addSigner({ gun, name: 'kim', keys: [kim] }));
  return lab;
}

const earlierThan = async (lab: Lab, title: string) => {
  const entry = (await lab.activity()).find(({ details }) => details['title'] === title);
  return lab.services.restorePoints.load(gun, String(entry?.details['planId']));
};

describe('signing again', () => {
  test("renews a signer's role with that signer's keys alone, whoever else has keys here", async () => {
    const lab = await withKim();
    const plan = await lab.planner.witness({ gun, roles: [role('targets/jeff')] });
    expect(plan.roles.flatMap(({ signatures }) => signatures.map(({ owner }) => owner))).toEqual(['jeff']);
    await lab.publish(plan);
    expect(lab.tags('targets/jeff')).toEqual(['old']);
  });

  test('asks who signs what several may sign', async () => {
    const lab = await withKim();
    const roles = [role('targets/releases')];
    await expect(lab.planner.witness({ gun, roles })).rejects.toMatchObject({ code: 'signer/choose' });
    const plan = await lab.planner.witness({ gun, roles, signAs: 'kim' });
    expect(plan.roles.flatMap(({ signatures }) => signatures.map(({ owner }) => owner))).toEqual(['kim']);
  });

  test('renews the root: a new version, the same keys, ten more years', async () => {
    const lab = await withJeff();
    const before = (await lab.source()).root.body;
    await lab.publish(await lab.planner.witness({ gun, roles: [role('root')] }));
    const after = (await lab.source()).root.body;
    expect(after.version).toBe(before.version + 1);
    expect([...after.keys.keys()]).toEqual([...before.keys.keys()]);
    expect(after.expiresAt).toBeGreaterThanOrEqual(before.expiresAt);
  });
});

describe('a delegation that expired', () => {
  const year = 365 * 24 * 60 * 60 * 1000;

  test('is not replaced by one that holds the new tag alone; renewed first, it keeps what it had', async () => {
    const lab = await withJeff();
    lab.simulator.travel(year);
    await lab.publish(await lab.planner.witness({ gun, roles: [role('targets')] }));
    const inTime = await lab.planner.sign({ gun, tags: [tagToSign('new')] });
    lab.simulator.travel(2.1 * year);
    const sign = () => lab.planner.sign({ gun, tags: [tagToSign('new')] });
    await expect(sign()).rejects.toMatchObject({ code: 'trust/invalid-change' });
    await expect(lab.publish(inTime)).rejects.toMatchObject({ code: 'trust/invalid-change' });
    expect(lab.tags()).toEqual(['old']);
    const roles = [role('targets/jeff'), role('targets/releases')];
    await lab.publish(await lab.planner.witness({ gun, roles }));
    await lab.publish(await sign());
    expect(lab.tags()).toEqual(['new', 'old']);
  });
});

describe('restoring', () => {
  test('brings back a revoked tag and its digest, and takes away what was signed since', async () => {
    const lab = await withJeff();
    await lab.publish(await lab.planner.revoke({ gun, tags: ['old'] }));
    await lab.publish(await lab.planner.sign({ gun, tags: [tagToSign('new')] }));
    const before = lab.versions();
    const plan = await lab.planner.restore({ gun, earlier: await earlierThan(lab, 'Revoke 1 tag') });
    expect(plan.lines.map((line) => [line.kind, 'tag' in line ? line.tag : '']).sort()).toEqual([
      ['tag-added', 'old'],
      ['tag-removed', 'new'],
    ]);
    await lab.publish(plan);
    expect([lab.tags('targets/jeff'), lab.tags()]).toEqual([['old'], ['old']]);
    // Versions never fall: what comes back is new.
    expect(lab.versions()[3]).toBe((before[3] ?? 0) + 1);
  });

  test('brings back a signer with the keys it had', async () => {
    const lab = await withKim();
    await lab.publish(await lab.planner.removeSigner({ gun, name: 'kim', signAs: 'jeff' }));
    const earlier = await earlierThan(lab, 'Remove signer kim');
    await lab.publish(await lab.planner.restore({ gun, earlier }));
    const { delegations } = (await lab.source()).targets.get(role('targets'))?.body ?? { delegations: [] };
    expect(delegations.map(({ name }) => name).sort()).toEqual([
      'targets/jeff',
      'targets/kim',
      'targets/releases',
    ]);
  });

  test('refuses, naming who must sign, when a key is not here', async () => {
    const lab = await withKim();
    await lab.publish(await lab.planner.sign({ gun, tags: [tagToSign('1')], signAs: 'kim' }));
    const point = await lab.planner.revoke({ gun, tags: ['1'], signAs: 'kim' });
    await lab.publish(point);
    const earlier = await lab.services.restorePoints.load(gun, point.id);
    const planner = lab.plannerWithout('kim');
    await expect(planner.restore({ gun, earlier })).rejects.toMatchObject({
      code: 'plan/cannot-sign',
      details: { role: 'targets/kim' },
    });
  });

  test('says so when there is no such restore point, and reads nothing elsewhere', async () => {
    const lab = await withJeff();
    for (const id of ['../../../etc', '00000000-0000-0000-0000-000000000000']) {
      await expect(lab.services.restorePoints.load(gun, id)).rejects.toMatchObject({
        code: 'plan/no-restore-point',
      });
    }
  });
});

describe('the changes of a restore', () => {
  const key = (name: string) => ({
    keytype: 'ed25519' as const,
    publicBase64: Buffer.from(nodeCrypto.sha256(Buffer.from(name))).toString('base64'),
  });
  const withRoles = (...changes: Parameters<typeof applyChanges>[1]) => {
    const empty: TargetsBody = {
      type: 'Targets',
      version: 1,
      expires: now.toISOString(),
      expiresAt: now.getTime(),
      targets: [],
      delegationKeys: new Map(),
      delegations: [],
    };
    const root = { roles: new Map(), keys: new Map() } as never;
    const targets = new Map([[role('targets'), empty]]);
    return applyChanges({ root, targets, unusable: new Map(), now }, changes, nodeCrypto).targets;
  };
  const delegation = (name: string, keys: readonly string[], paths: readonly string[]) =>
    ({ kind: 'add-delegation', role: role(name), keys: keys.map(key), paths, threshold: 1 }) as const;

  test('turn the present delegations and tags into the earlier ones exactly', () => {
    const then = withRoles(
      delegation('targets/a', ['k1', 'k2'], ['']),
      delegation('targets/b', ['k3'], ['x', 'y']),
      { kind: 'add-target', role: role('targets/a'), target: { name: 't', length: 1, sha256: 'AA==' } },
    );
    const present = withRoles(
      delegation('targets/a', ['k2', 'k4'], ['']),
      delegation('targets/c', ['k5'], ['']),
      delegation('targets/b', ['k3'], ['y', 'z']),
      { kind: 'add-target', role: role('targets/c'), target: { name: 'u', length: 1, sha256: 'AA==' } },
    );
    const changes = restoreChanges(present, then, nodeCrypto);
    const root = { roles: new Map(), keys: new Map() } as never;
    const base = { root, targets: present, unusable: new Map<RoleName, TargetsBody>(), now };
    const restored = applyChanges(base, changes, nodeCrypto).targets;
    const facts = (files: ReadonlyMap<RoleName, TargetsBody>) => ({
      roles: [...(files.get(role('targets'))?.delegations ?? [])]
        .map(({ name, keyids, paths }) => [name, [...keyids].sort(), [...paths].sort()])
        .sort(),
      tags: [...files].map(([name, body]) => [name, body.targets.map((one) => one.name)]).sort(),
    });
    expect(facts(restored)).toEqual(facts(then));
    expect(restoreChanges(restored, then, nodeCrypto)).toEqual([]);
  });
});
