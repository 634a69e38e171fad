/** Signing into a repository that does not exist yet: repository, signer and tags in one reviewed publish. */
import { describe, expect, test } from 'vitest';
import { NEW_SIGNER_KEY } from '../../../electron/trust/plan/stand-in.ts';
import { nodeCrypto } from '../../../electron/crypto/node-crypto.ts';
import { generateKey } from '../../../electron/keystore/generate-key.ts';
import { SecretBytes } from '../../../electron/keystore/secret-bytes.ts';
import { storeKey } from '../../../electron/keystore/store-key.ts';
import { canonicalKeyId } from '../../../electron/tuf/key-id.ts';
import { gun, openPublishingLab, passphrase, tagToSign, usePublishingLab } from './publishing-lab.ts';

usePublishingLab();

const tags = [tagToSign('1.0'), tagToSign('1.1')];

describe('the first signature of a repository', () => {
  test('makes root, repository and signer keys, and signs the tags, in one upload', async () => {
    const lab = await openPublishingLab();
    const plan = await lab.planner.sign({ gun, tags, signAs: 'kim' });
    expect(plan.initialise).toEqual({ rootKey: 'new', signer: { name: 'kim', key: 'new' } });
    expect(plan.lines.map(({ kind }) => kind)).toEqual([
      'repository-created',
      'tag-added',
      'tag-added',
      'delegation-added',
      'delegation-added',
    ]);
    expect(await lab.keyFiles()).toEqual([]);
    const receipt = await lab.publish(plan);
    expect(lab.simulator.uploads).toBe(1);
    expect(lab.tags('targets/kim')).toEqual(['1.0', '1.1']);
    expect(lab.tags()).toEqual(['1.0', '1.1']);
    expect(receipt.roles.map(({ role }) => role)).toEqual([
      'root',
      'targets',
      'targets/kim',
      'targets/releases',
    ]);
    expect(lab.person.asked.map(({ role }) => role)).toEqual(['root', 'targets', 'kim']);
    expect(await lab.keyFiles()).toHaveLength(3);
    // What was made is recorded by its own ID.
    expect(JSON.stringify(await lab.activity())).not.toContain(NEW_SIGNER_KEY);
  });

  test('uses the keys that are here: the only root key, and the first by ID that carries the name', async () => {
    const lab = await openPublishingLab();
    const root = await generateKey();
    await storeKey(lab.trustDirectory, root, { role: 'root' }, SecretBytes.fromText(passphrase));
    const ids = [await lab.newKey('kim'), await lab.newKey('kim')]
      .map((key) => canonicalKeyId(key, nodeCrypto))
      .sort();
    const plan = await lab.planner.sign({ gun, tags, signAs: 'kim' });
    expect(plan.initialise).toEqual({ rootKey: root.id, signer: { name: 'kim', key: ids[0] } });
    expect(plan.lines.at(-1)).toMatchObject({ kind: 'delegation-added', keyIds: [ids[0]] });
    await lab.publish(plan);
    expect(await lab.keyFiles()).toHaveLength(4);
    expect(lab.tags('targets/kim')).toEqual(['1.0', '1.1']);
    await lab.publish(await lab.planner.sign({ gun, tags: [tagToSign('2.0')] }));
    expect(lab.tags()).toEqual(['1.0', '1.1', '2.0']);
  });

  test('asks which root key when several are here, and takes the answer', async () => {
    const lab = await openPublishingLab();
    const roots = [await generateKey(), await generateKey()];
    for (const root of roots)
      await storeKey(lab.trustDirectory, root, { role: 'root' }, SecretBytes.fromText(passphrase));
    const refused = lab.planner.sign({ gun, tags, signAs: 'kim' });
    await expect(refused).rejects.toMatchObject({ code: 'plan/choose-root-key' });
    const rootKey = roots[1]?.id ?? 'new';
    const plan = await lab.planner.sign({ gun, tags, signAs: 'kim', rootKey });
    expect(plan.initialise?.rootKey).toBe(rootKey);
  });

  test.each([
    [undefined, null],
    ['Kim.Doe', 'Kim.Doe'],
  ])('takes no name that is none: account %s', async (account, said) => {
    const lab = await openPublishingLab();
    lab.connector.accountFor = () => Promise.resolve(account);
    const refused = lab.planner.sign({ gun, tags });
    await expect(refused).rejects.toMatchObject({ code: 'signer/name-needed', details: { account: said } });
    expect(await lab.keyFiles()).toEqual([]);
  });

  test("takes the name of the registry's account, as docker does", async () => {
    const lab = await openPublishingLab();
    lab.connector.accountFor = () => Promise.resolve('kim');
    await lab.publish(await lab.planner.sign({ gun, tags }));
    expect(lab.tags('targets/kim')).toEqual(['1.0', '1.1']);
  });

  test('refuses when the key file was replaced by another key since the review', async () => {
    const lab = await openPublishingLab();
    await lab.newKey('kim');
    const plan = await lab.planner.sign({ gun, tags, signAs: 'kim' });
    const other = canonicalKeyId(await lab.newKey('eve'), nodeCrypto);
    const forged = { ...plan, initialise: { rootKey: 'new', signer: { name: 'kim', key: other } } } as const;
    await expect(lab.publish(forged)).rejects.toThrow();
    expect(lab.simulator.uploads).toBe(0);
  });

  test('leaves no repository behind when the person cancels at a passphrase', async () => {
    const lab = await openPublishingLab();
    const plan = await lab.planner.sign({ gun, tags, signAs: 'kim' });
    lab.person.answer = 'cancels';
    await expect(lab.publish(plan)).rejects.toMatchObject({ code: 'prompt/cancelled' });
    expect(lab.simulator.uploads).toBe(0);
    expect(await lab.keyFiles()).toEqual([]);
  });
});
