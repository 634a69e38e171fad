/** What was reviewed is what is signed, where it was to go, and what comes back follows from it. */
import { describe, expect, test } from 'vitest';
import type { RoleName } from '../../../shared/brands.ts';
import { nodeCrypto } from '../../../electron/crypto/node-crypto.ts';
import { AppError, isAppError } from '../../../shared/errors.ts';
import { listKeys } from '../../../electron/keystore/key-directory.ts';
import { openMetadataCache } from '../../../electron/notary/metadata-cache.ts';
import { makePlan, type PlanSource } from '../../../electron/trust/plan/make-plan.ts';
import type { Plan } from '../../../electron/trust/plan/plan.ts';
import { publishPlan } from '../../../electron/trust/plan/publish.ts';
import type { PublishPorts } from '../../../electron/trust/plan/publish-ports.ts';
import { signRoles } from '../../../electron/trust/plan/sign-roles.ts';
import { RELEASES, ROOT } from '../../../electron/tuf/names.ts';
import { Publisher } from '../../simulator/notary-simulator-publisher.ts';
import { NotarySimulator } from '../../simulator/notary-simulator.ts';
import { gun, now, openPublishingLab, tagToSign, usePublishingLab, withJeff } from './publishing-lab.ts';

usePublishingLab();
type Lab = Awaited<ReturnType<typeof withJeff>>;
const JEFF = 'targets/jeff' as RoleName;

async function codeOf(work: Promise<unknown>): Promise<string> {
  const error: unknown = await work.then(
    () => expect.unreachable('accepted'),
    (reason: unknown) => reason,
  );
  if (!isAppError(error)) throw error;
  return error.code;
}

describe('signing again a role that nobody believes', () => {
  const hex = (content: string): string => Buffer.from(tagToSign(content).sha256, 'base64').toString('hex');

  /** `targets/releases` as whoever holds the snapshot key could write it. */
  function withForged(source: PlanSource, content: string): PlanSource {
    const file = source.targets.get(RELEASES);
    if (file === undefined) throw new Error('no releases');
    const target = {
      name: 'old',
      length: 5,
      sha256: tagToSign(content).sha256,
      sha512: undefined,
      custom: undefined,
    };
    const other = { ...target, name: 'smuggled' };
    const targets = new Map(source.targets);
    targets.delete(RELEASES);
    const forged = { ...file, body: { ...file.body, targets: [target, other] } };
    return { ...source, targets, unusable: new Map([[RELEASES, forged]]) };
  }

  async function planOf(lab: Lab, source: PlanSource, roles: RoleName[] = [RELEASES]): Promise<Plan> {
    const { keys } = await listKeys(lab.trustDirectory);
    const request = {
      id: 'p',
      kind: 'witness',
      title: 'Sign again',
      changes: roles.map((role) => ({ kind: 'witness', role }) as const),
      available: keys.map(({ id, role }) => ({ keyId: id, role, place: { kind: 'file' } as const })),
      mayUse: () => true,
      now,
    } as const;
    return makePlan(source, request, nodeCrypto);
  }

  const sign = (plan: Plan, source: PlanSource): Promise<unknown> => {
    const nobody = (): never => {
      throw new Error('a key is used');
    };
    return signRoles(plan, source, nobody, new Map<RoleName, number>(), now, nodeCrypto);
  };

  test('shows every tag that comes with it', async () => {
    const lab = await withJeff();
    const plan = await planOf(lab, withForged(await lab.source(), 'evil'));
    expect(plan.lines).toEqual([
      { kind: 'tag-added', tag: 'old', digest: hex('evil') },
      { kind: 'tag-added', tag: 'smuggled', digest: hex('evil') },
      { kind: 'signed-again', role: RELEASES },
    ]);
  });

  // Both expire together; whoever holds the snapshot key replaces one and leaves the other.
  test('shows what each of two files has of a tag', async () => {
    const lab = await withJeff();
    const source = await lab.source();
    const jeff = source.targets.get(JEFF);
    if (jeff === undefined) throw new Error('no jeff');
    const forged = withForged(source, 'evil');
    const targets = new Map(forged.targets);
    targets.delete(JEFF);
    const unusable = new Map([[JEFF, jeff], ...forged.unusable]);
    const plan = await planOf(lab, { ...forged, targets, unusable }, [JEFF, RELEASES]);
    expect(plan.lines).toEqual([
      { kind: 'tag-added', tag: 'old', digest: hex('old') },
      { kind: 'tag-added', tag: 'old', digest: hex('evil') },
      { kind: 'tag-added', tag: 'smuggled', digest: hex('evil') },
      { kind: 'signed-again', role: JEFF },
      { kind: 'signed-again', role: RELEASES },
    ]);
  });

  // Nothing could ever come after the highest version.
  test.each([
    [100_000, 'planned'],
    [100_001, 'trust/invalid-change'],
    [Number.MAX_SAFE_INTEGER, 'trust/invalid-change'],
  ])('of version %d: %s', async (version, outcome) => {
    const lab = await withJeff();
    const source = withForged(await lab.source(), 'evil');
    const unusable = new Map(
      [...source.unusable].map(([role, file]) => [role, { ...file, body: { ...file.body, version } }]),
    );
    const planned = planOf(lab, { ...source, unusable }).then(
      () => 'planned',
      (error: unknown) => (isAppError(error) ? error.code : error),
    );
    expect(await planned).toBe(outcome);
  });

  test('signs no other file than the one that was shown', async () => {
    const lab = await withJeff();
    const source = await lab.source();
    const plan = await planOf(lab, withForged(source, 'shown'));
    expect(await codeOf(sign(plan, withForged(source, 'evil')))).toBe('plan/moot');
    const believed = await planOf(lab, source);
    expect(believed.lines).toEqual([{ kind: 'signed-again', role: RELEASES }]);
    expect(await codeOf(sign(believed, withForged(source, 'evil')))).toBe('plan/moot');
  });
});

test('a plan goes to the server that was reviewed, or nowhere', async () => {
  const lab = await withJeff();
  const plan = await lab.planner.sign({ gun, tags: [tagToSign('new')], signAs: 'jeff' });
  expect(await codeOf(lab.publish({ ...plan, server: 'https://elsewhere.test' }))).toBe('plan/moot');
  expect([lab.simulator.uploads, lab.person.asked.length]).toEqual([0, 0]);
});

test('a new repository does not start on a server other than the one that was reviewed', async () => {
  const lab = await openPublishingLab();
  const keys = [await lab.newKey('jeff')];
  const plan = await lab.planner.addSigner({ gun, name: 'jeff', keys, rootKey: 'new' });
  expect(await codeOf(lab.publish({ ...plan, server: 'https://elsewhere.test' }))).toBe('plan/moot');
  expect([lab.simulator.uploads, (await lab.keyFiles()).length]).toEqual([0, 1]);
});

test.each([
  [41, 42],
  [Number.MAX_SAFE_INTEGER - 1, 'plan/moot'],
])('of a role that comes back the server claims version %s: %s is signed', async (claimed, outcome) => {
  const lab = await withJeff();
  await lab.publish(await lab.planner.addSigner({ gun, name: 'mia', keys: [await lab.newKey('mia')] }));
  const plan = await lab.planner.sign({ gun, tags: [tagToSign('new')], signAs: 'mia' });
  const details = { server: 's', status: 400, code: 'VERSION', message: 'version' };
  let uploads = 0;
  const ports: PublishPorts = {
    ...lab.ports(),
    upload: async (...upload) => {
      uploads += 1;
      if (uploads === 1) throw new AppError('notary/rejected', details);
      await lab.ports().upload(...upload);
    },
    storedVersion: () => Promise.resolve(claimed),
  };
  const published = publishPlan(plan, ports, nodeCrypto).then(
    ({ roles }) => roles.find(({ role }) => role === 'targets/mia')?.version,
    (error: unknown) => (isAppError(error) ? error.code : error),
  );
  expect(await published).toBe(outcome);
});

describe('a repository that was made here', () => {
  test('is not trusted on first use: another root with higher versions is refused, and ours is kept', async () => {
    const lab = await openPublishingLab();
    const impostor = new NotarySimulator({ now });
    const attacker = await Publisher.create(impostor.send, gun, now);
    await attacker.init();
    const later = [await attacker.signedRoot({ version: 2 }), await attacker.signedTargets({ version: 2 })];
    expect((await attacker.upload(later)).status).toBe(200);
    lab.simulator.once(() => {
      // The upload that is here still arrives; everything after it is answered by the impostor.
      lab.simulator.handle = (request) => impostor.handle(request);
      return Promise.resolve();
    });
    const keys = [await lab.newKey('jeff')];
    const plan = await lab.planner.addSigner({ gun, name: 'jeff', keys, rootKey: 'new' });
    expect(await codeOf(lab.publish(plan))).toMatch(/^trust\//);
    const kept = await openMetadataCache(lab.trustDirectory, gun).read(ROOT);
    const ours = lab.simulator.store.current(gun, ROOT);
    expect(kept === undefined ? undefined : Buffer.from(kept)).toEqual(
      ours === undefined ? 'nothing' : Buffer.from(ours.bytes),
    );
  });
});
