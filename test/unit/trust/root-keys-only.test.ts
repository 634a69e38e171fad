/** A root key never becomes a signer's key, by whichever way. */
import { expect, test } from 'vitest';
import { nodeCrypto } from '../../../electron/crypto/node-crypto.ts';
import { plainKey } from '../../../electron/tuf/key-id.ts';
import type { PublicKey } from '../../../electron/tuf/model.ts';
import { gun, role, usePublishingLab, withJeff } from './publishing-lab.ts';

usePublishingLab();

type Lab = Awaited<ReturnType<typeof withJeff>>;

const rootOf = async (lab: Lab): Promise<PublicKey> => {
  const { keys, roles } = (await lab.source()).root.body;
  return keys.get(roles.get('root')!.keyids[0]!)!;
};

test.each<[string, (lab: Lab) => Promise<PublicKey>]>([
  ['of the repository, as its certificate', rootOf],
  ['of the repository, as the key inside', async (lab) => plainKey(await rootOf(lab), nodeCrypto)],
  ['that is stored here for another one', (lab) => lab.newKey('root')],
])('one %s', async (_name, keyOf) => {
  const lab = await withJeff();
  const before = lab.versions();
  const key = await keyOf(lab);
  const refusal = { code: 'signer/root-key', details: { gun } };
  await expect(lab.planner.addSigner({ gun, name: 'kim', keys: [key] })).rejects.toMatchObject(refusal);
  const added = {
    kind: 'add-delegation',
    role: role('targets/kim'),
    keys: [key],
    paths: [''],
    threshold: 1,
  } as const;
  await expect(lab.planner.changes({ gun, title: 'Add', changes: [added] })).rejects.toMatchObject(refusal);
  expect(lab.versions()).toEqual(before);
});

test('one that is given for the first signer of a new repository', async () => {
  const lab = await withJeff();
  const other = `${gun}-new` as typeof gun;
  const key = await lab.newKey('root');
  await expect(
    lab.planner.addSigner({ gun: other, name: 'kim', keys: [key], rootKey: 'new' }),
  ).rejects.toMatchObject({ code: 'signer/root-key' });
});
