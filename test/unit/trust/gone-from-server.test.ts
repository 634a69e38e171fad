/** A server that has nothing of what it once published: no second repository is made unasked, and the one asked for works. */
import { access, mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';
import { knownBefore } from '../../../electron/notary/metadata-cache.ts';
import { gun, now, openPublishingLab, tagToSign, usePublishingLab, withJeff } from './publishing-lab.ts';

usePublishingLab();

const tags = [tagToSign('1.0')];

/** Known here from reading it, and gone at its server. */
async function gone() {
  const lab = await withJeff();
  await lab.planner.sign({ gun, tags });
  await lab.simulator.store.delete(gun, now.getTime());
  const folder = join(lab.trustDirectory, 'tuf', ...gun.split('/'), 'metadata');
  lab.simulator.uploads = 0;
  return { lab, folder };
}

test('signing and adding a signer do not make it anew', async () => {
  const { lab } = await gone();
  const keys = await lab.keyFiles();
  const refused = { code: 'plan/gone-from-server', details: { gun } };
  await expect(lab.planner.sign({ gun, tags, signAs: 'jeff' })).rejects.toMatchObject(refused);
  await expect(lab.planner.sign({ gun, tags, rootKey: 'new' })).rejects.toMatchObject(refused);
  const signer = { gun, name: 'kim', keys: [await lab.newKey('kim')] };
  await expect(lab.planner.addSigner(signer)).rejects.toMatchObject(refused);
  expect(await lab.keyFiles()).toHaveLength(keys.length + 1);
  expect(lab.simulator.uploads).toBe(0);
});

test('creating it says that another root was trusted, works, and holds nothing of the old one against the new', async () => {
  const { lab, folder } = await gone();
  await mkdir(join(folder, 'targets', 'more'), { recursive: true });
  for (const name of ['targets/old.json', 'targets/more/deep.json', 'notes.txt'])
    await writeFile(join(folder, name), '{}');
  const plan = await lab.planner.initialise({ gun, rootKey: 'new' });
  expect(plan.consequences).toEqual([{ kind: 'other-root-known' }]);
  await lab.publish(plan);
  await lab.publish(await lab.planner.sign({ gun, tags }));
  expect(lab.tags('targets')).toEqual(['1.0']);
  expect((await lab.source()).root.body.version).toBe(1);
});

test('after a deletion from here it can be signed into, and that is said too', async () => {
  const lab = await withJeff();
  await lab.publish(await lab.planner.delete(gun));
  expect(await knownBefore(lab.trustDirectory, gun)).toBe('root');
  const plan = await lab.planner.sign({ gun, tags, signAs: 'jeff', rootKey: 'new' });
  expect(plan.consequences).toEqual([{ kind: 'other-root-known' }]);
  await lab.publish(plan);
  expect(lab.tags()).toEqual(['1.0']);
});

test('a name that was never seen here is no loss', async () => {
  const lab = await openPublishingLab();
  expect(await knownBefore(lab.trustDirectory, gun)).toBe('nothing');
  expect((await lab.planner.sign({ gun, tags, signAs: 'kim' })).consequences).toEqual([]);
});

test('what is cached of repositories whose names go on behind it stays', async () => {
  const { lab, folder } = await gone();
  const others = [
    'metadata/root.json',
    'x/metadata/root.json',
    'targets/metadata/root.json',
    'targets/x/metadata/root.json',
  ];
  const own = ['targets/kim.json', 'targets/y/deep.json'];
  for (const name of [...others, 'notes.json', ...own]) {
    await mkdir(dirname(join(folder, name)), { recursive: true });
    await writeFile(join(folder, name), '{}');
  }
  await lab.publish(await lab.planner.initialise({ gun, rootKey: 'new' }));
  for (const name of [...others, 'notes.json']) await access(join(folder, name));
  for (const name of [...own, 'targets/jeff.json'])
    await expect(access(join(folder, name))).rejects.toMatchObject({ code: 'ENOENT' });
});
