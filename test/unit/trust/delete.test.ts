/** Deleting a repository on its server: what is reviewed is what goes, and everything on this computer stays. */
import { describe, expect, test } from 'vitest';
import { isAppError } from '../../../shared/errors.ts';
import type { ActivityEntry } from '../../../electron/activity/activity-log.ts';
import { publish } from '../../../electron/trust/plan/publishing.ts';
import { planFileText } from '../../../electron/trust/plan/carried/plan-files.ts';
import { openMetadataCache } from '../../../electron/notary/metadata-cache.ts';
import { ROOT, SNAPSHOT, TARGETS, TIMESTAMP } from '../../../electron/tuf/names.ts';
import { gun, openPublishingLab, tagToSign, usePublishingLab, withJeff } from './publishing-lab.ts';

usePublishingLab();

const codeOf = (work: Promise<unknown>): Promise<unknown> =>
  work.then(
    () => 'accepted',
    (error: unknown) => (isAppError(error) ? error.code : error),
  );

describe('deleting a repository', () => {
  test('names what goes, keeps keys, the trusted root and a restore point, and is looked for afterwards', async () => {
    const lab = await withJeff();
    const keys = await lab.keyFiles();
    const plan = await lab.planner.delete(gun);
    expect(plan).toMatchObject({
      kind: 'delete',
      deletes: true,
      roles: [],
      lines: [{ kind: 'repository-deleted', gun }],
      consequences: [{ kind: 'repository-gone' }, { kind: 'tag-unpullable', tag: 'old' }],
    });
    const receipt = await lab.publish(plan);
    expect(receipt.restorePoint).toContain(plan.id);
    expect(lab.served('root')).toBeUndefined();
    expect(await lab.keyFiles()).toEqual(keys);
    expect(lab.person.asked).toEqual([]);
    const cache = openMetadataCache(lab.trustDirectory, gun);
    expect(await cache.read(ROOT)).toBeDefined();
    expect(await cache.read(TIMESTAMP)).toBeUndefined();
    expect((await lab.activity()).at(-1)).toMatchObject({ what: 'published', gun });
    expect(await codeOf(lab.planner.delete(gun))).toBe('trust/no-data');
  });

  test('can be started over here, and what was signed comes back from the restore point', async () => {
    const lab = await withJeff();
    const plan = await lab.planner.delete(gun);
    await lab.publish(plan);
    await lab.publish(await lab.planner.initialise({ gun, rootKey: 'new' }));
    const earlier = await lab.services.restorePoints.load(gun, plan.id);
    await lab.publish(await lab.planner.restore({ gun, earlier }));
    expect(lab.tags()).toEqual(['old']);
  });

  test('is moot when somebody published after the review', async () => {
    const lab = await withJeff();
    const plan = await lab.planner.delete(gun);
    await lab.publish(await lab.planner.sign({ gun, tags: [tagToSign('new')] }));
    expect(await codeOf(lab.publish(plan))).toBe('plan/moot');
    expect(lab.tags()).toEqual(['new', 'old']);
  });

  test('works where nothing can be verified any more, and says that nothing is kept', async () => {
    const lab = await withJeff();
    const other = await openPublishingLab();
    await other.publish(await other.planner.initialise({ gun, rootKey: 'new' }));
    const foreign = await openMetadataCache(other.trustDirectory, gun).read(ROOT);
    await openMetadataCache(lab.trustDirectory, gun).write(ROOT, foreign ?? new Uint8Array());
    const plan = await lab.planner.delete(gun);
    expect(plan.basis).toEqual([]);
    expect(plan.consequences.find(({ kind }) => kind === 'content-unknown')).toMatchObject({
      code: 'trust/root-rotation-refused',
    });
    const receipt = await lab.publish(plan);
    expect(receipt.restorePoint).toBeUndefined();
    expect(lab.served('root')).toBeUndefined();
    const cache = openMetadataCache(lab.trustDirectory, gun);
    expect(await cache.read(ROOT)).toBeDefined();
    for (const role of [TIMESTAMP, SNAPSHOT, TARGETS]) expect(await cache.read(role)).toBeUndefined();
  });

  test('is not called cancelled once it was asked for, and its beginning is noted before', async () => {
    const lab = await withJeff();
    const plan = await lab.planner.delete(gun);
    const stopping = new AbortController();
    let noted: Promise<readonly ActivityEntry[]> | undefined;
    lab.simulator.afterDeletion = () => {
      noted = lab.activity();
      stopping.abort();
    };
    expect((await lab.publish(plan, stopping.signal)).planId).toBe(plan.id);
    expect((await noted)?.at(-1)).toMatchObject({
      what: 'deletion-started',
      gun,
      details: { planId: plan.id },
    });
  });

  test('deletes nothing when it was cancelled before', async () => {
    const lab = await withJeff();
    const plan = await lab.planner.delete(gun);
    const stopping = new AbortController();
    const before = await lab.activity();
    const stopped = publish(
      plan,
      {
        ...lab.services,
        onStep: (_, step) => {
          if (step === 'keeping-restore-point') stopping.abort();
        },
      },
      stopping.signal,
    );
    expect(await codeOf(stopped)).toBe('prompt/cancelled');
    expect(lab.tags()).toEqual(['old']);
    expect(await lab.activity()).toEqual(before);
  });

  test('is never carried in a file', async () => {
    const lab = await withJeff();
    const plan = await lab.planner.delete(gun);
    expect(await codeOf(planFileText(plan, lab.services))).toBe('plan/not-portable');
  });
});
