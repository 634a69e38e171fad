/** A purge that leaves out what cannot be signed from here says so in the plan, and nothing else is left out. */
import { expect, test } from 'vitest';
import { nodeCrypto } from '../../../electron/crypto/node-crypto.ts';
import { addToDelegation, purgeKeys } from '../../../electron/trust/plan/change-delegations.ts';
import { parsePlanFile } from '../../../electron/trust/plan/carried/plan-file.ts';
import { planFileText } from '../../../electron/trust/plan/carried/plan-files.ts';
import { planSignablePurge } from '../../../electron/trust/plan/purge-signable.ts';
import { canonicalKeyId } from '../../../electron/tuf/key-id.ts';
import { gun, keyId, role, usePublishingLab, withJeff } from './publishing-lab.ts';

usePublishingLab();

/** kim's key is named by the repository, and by jeff for a deputy. */
async function withDeputy() {
  const lab = await withJeff();
  const kim = await lab.newKey('kim');
  for (const name of ['targets/kim', 'targets/jeff/deputy'])
    await lab.publish(await lab.planner.changes({ gun, ...addToDelegation(role(name), [kim], ['']) }));
  return { lab, kimId: canonicalKeyId(kim, nodeCrypto), jeffId: canonicalKeyId(lab.jeff, nodeCrypto) };
}

test('what needs a key of another computer is left out and named; by itself nothing is', async () => {
  const { lab, kimId, jeffId } = await withDeputy();
  const planner = lab.plannerWithout('jeff');
  await expect(planner.changes({ gun, ...purgeKeys([kimId]) })).rejects.toMatchObject({
    code: 'plan/cannot-sign',
    details: { role: 'targets/jeff' },
  });
  const { plan, leftOut } = await planSignablePurge(planner, { gun, keyIds: [kimId] });
  expect(leftOut).toEqual([{ role: 'targets/jeff', keyIds: [jeffId] }]);
  expect(plan.title).toBe('Take keys from every delegation but those of targets/jeff');
  expect(plan.lines).toEqual([{ kind: 'key-removed', role: 'targets/kim', keyId: kimId }]);
  await lab.publish(plan);
  expect(lab.served('targets/jeff')?.signed.version).toBe(2);
});

test('where everything can be signed, nothing is left out', async () => {
  const { lab, kimId } = await withDeputy();
  const { plan, leftOut } = await planSignablePurge(lab.planner, { gun, keyIds: [kimId] });
  expect([leftOut, plan.lines.length, plan.title]).toEqual([[], 2, 'Take keys from every delegation']);
});

test('where nothing can be signed, the first refusal is the answer', async () => {
  const { lab, jeffId } = await withDeputy();
  const nobody = lab.plannerWithout('targets');
  await expect(planSignablePurge(nobody, { gun, keyIds: [jeffId] })).rejects.toMatchObject({
    code: 'plan/cannot-sign',
    details: { role: 'targets' },
  });
  await expect(
    planSignablePurge(lab.planner, { gun, keyIds: [keyId('ab'.repeat(32))] }),
  ).rejects.toMatchObject({
    code: 'plan/nothing-to-do',
  });
});

test('a saved plan says it too', async () => {
  const { lab, kimId } = await withDeputy();
  const { plan } = await planSignablePurge(lab.plannerWithout('jeff'), { gun, keyIds: [kimId] });
  const { text } = await planFileText(plan, lab.services);
  expect(text).toContain('"except"');
  expect(parsePlanFile(new TextEncoder().encode(text), 'plan.json').plan.changes).toEqual(plan.changes);
});

test('a role that lacked keys before is not said to lose them', async () => {
  const { lab, kimId, jeffId } = await withDeputy();
  await lab.publish(await lab.planner.changes({ gun, ...purgeKeys([kimId]) }));
  const plan = await lab.planner.changes({ gun, ...purgeKeys([jeffId]) });
  const bereft = plan.consequences.flatMap((one) => (one.kind === 'role-without-keys' ? [one.role] : []));
  expect(bereft.toSorted()).toEqual(['targets/jeff', 'targets/releases']);
});
