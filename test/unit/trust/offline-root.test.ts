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
  const planner = lab.plannerKnowing([root]);
  await expect(planner.initialise({ gun: another })).rejects.toSatisfy(refused(root));
  const sign = planner.sign({ gun: another, tags: [tagToSign('1.0')], signAs: 'jeff' });
  await expect(sign).rejects.toSatisfy(refused(root));
  expect(await lab.keyFiles()).toEqual(before);
});

test('another root key is made where it is asked for by the word "new"', async () => {
  const { lab, root } = await withoutRoot();
  const wish = { gun: another, rootKey: 'new' } as const;
  expect((await lab.plannerKnowing([root]).initialise(wish)).initialise?.rootKey).toBe('new');
  expect((await lab.plannerKnowing([]).initialise(wish)).initialise?.rootKey).toBe('new');
});

test('rotating the root or repository key names the key that has to come back', async () => {
  const { lab, root } = await withoutRoot();
  const gun = (await lab.source()).gun;
  for (const role of ['root', 'targets'] as const) {
    await expect(lab.plannerKnowing([root]).rotate({ gun, role })).rejects.toSatisfy(refused(root));
    const unknown = lab.plannerKnowing([]).rotate({ gun, role });
    await expect(unknown).rejects.toMatchObject({ code: 'plan/cannot-sign' });
  }
});
