/** A signer who was removed and is added again: the server never took the file away, and the plan says so. */
import { expect, test } from 'vitest';
import { gun, tagToSign, usePublishingLab, withJeff } from './publishing-lab.ts';

usePublishingLab();

test('what a signer signed before the removal counts again, and that is said', async () => {
  const lab = await withJeff();
  await lab.publish(await lab.planner.addSigner({ gun, name: 'kim', keys: [await lab.newKey('kim')] }));
  await lab.publish(await lab.planner.sign({ gun, tags: [tagToSign('1.0')], signAs: 'jeff' }));
  await lab.publish(await lab.planner.removeSigner({ gun, name: 'jeff', signAs: 'kim' }));
  expect((await lab.source()).targets.has('targets/jeff' as never)).toBe(false);
  const plan = await lab.planner.addSigner({ gun, name: 'jeff', keys: [lab.jeff] });
  expect(plan.consequences).toEqual([{ kind: 'role-returns', role: 'targets/jeff' }]);
  await lab.publish(plan);
  const { targets } = await lab.source();
  expect(targets.get('targets/jeff' as never)?.body.targets.map(({ name }) => name)).toContain('1.0');
});

test('a signer who was never here returns from nowhere', async () => {
  const lab = await withJeff();
  const plan = await lab.planner.addSigner({ gun, name: 'kim', keys: [await lab.newKey('kim')] });
  expect(plan.consequences).toEqual([]);
});
