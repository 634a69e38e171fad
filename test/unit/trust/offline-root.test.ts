/** Plans that need a root key which is kept offline: refused with the way to mend it, never a second root key unasked. */
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { Gun } from '../../../shared/brands.ts';
import { hasCode } from '../../../shared/errors.ts';
import { listKeys } from '../../../electron/keystore/key-directory.ts';
import { tagToSign, usePublishingLab, withJeff } from './publishing-lab.ts';

usePublishingLab();
const another = 'registry.example.test/acme/another' as Gun;

/** The only root key is gone from this computer. */
async function withoutRoot() {
  const lab = await withJeff();
  const { keys } = await listKeys(lab.trustDirectory);
  const [root] = keys.filter(({ role }) => role === 'root');
  await rm(join(lab.trustDirectory, 'private', `${root!.id}.key`));
  return { lab, root: root!.id };
}

const refused = (keyId: string) => (error: unknown) =>
  hasCode(error, 'plan/root-key-offline') && error.details.keyIds.includes(keyId);

test('a new repository is not made under another root key by itself', async () => {
  const { lab, root } = await withoutRoot();
  const before = await lab.keyFiles();
  for (const newIsDeliberate of [true, false]) {
    const planner = lab.plannerKnowing([root], newIsDeliberate);
    await expect(planner.initialise({ gun: another })).rejects.toSatisfy(refused(root));
    const sign = planner.sign({ gun: another, tags: [tagToSign('1.0')], signAs: 'jeff' });
    await expect(sign).rejects.toSatisfy(refused(root));
  }
  expect(await lab.keyFiles()).toEqual(before);
});

test('the word "new" is an answer on the command line, and no answer of a window that has no other to offer', async () => {
  const { lab, root } = await withoutRoot();
  const wish = { gun: another, rootKey: 'new' } as const;
  await expect(lab.plannerKnowing([root], false).initialise(wish)).rejects.toSatisfy(refused(root));
  expect((await lab.plannerKnowing([root], true).initialise(wish)).initialise?.rootKey).toBe('new');
  expect((await lab.plannerKnowing([], false).initialise(wish)).initialise?.rootKey).toBe('new');
});

test('rotating the root or repository key names the key that has to come back', async () => {
  const { lab, root } = await withoutRoot();
  const gun = (await lab.source()).gun;
  for (const role of ['root', 'targets'] as const) {
    await expect(lab.plannerKnowing([root], false).rotate({ gun, role })).rejects.toSatisfy(refused(root));
    const unknown = lab.plannerKnowing([], false).rotate({ gun, role });
    await expect(unknown).rejects.toMatchObject({ code: 'plan/cannot-sign' });
  }
});
