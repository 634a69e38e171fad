/** Delegations as the window changes them: the plans are the command line's own, and so are the refusals. */
import { expect, test } from 'vitest';
import { nodeCrypto } from '../../../electron/crypto/node-crypto.ts';
import { makeSelfSignedCertificate } from '../../../electron/keystore/delegation-certificate.ts';
import { generateKey } from '../../../electron/keystore/generate-key.ts';
import { PlansUnderReview } from '../../../electron/trust/plan/plans-under-review.ts';
import { WindowDelegations } from '../../../electron/trust/plan/window-delegations.ts';
import { readRepository } from '../../../electron/trust/read-repository.ts';
import { canonicalKeyId, plainKey } from '../../../electron/tuf/key-id.ts';
import type { PublicKey } from '../../../electron/tuf/model.ts';
import { TARGETS } from '../../../electron/tuf/names.ts';
import { gun, now, openPublishingLab, role, usePublishingLab, withJeff } from './publishing-lab.ts';

usePublishingLab();

type Lab = Awaited<ReturnType<typeof withJeff>>;
const idOf = (key: PublicKey) => canonicalKeyId(key, nodeCrypto);
const qa = role('targets/qa');
const jeffs = role('targets/jeff');
const none = { files: [], keyIds: [] };

/** As a `.pub` that somebody dropped. */
const dropped = (key: PublicKey, label = 'qa.pub') => {
  const pem = `-----BEGIN PUBLIC KEY-----\n${key.publicBase64}\n-----END PUBLIC KEY-----\n`;
  return { label, content: Buffer.from(pem).toString('base64') };
};

async function atTheWindow(lab: Lab, planner = lab.planner) {
  const { connector, simulator } = lab;
  const verified = await readRepository(connector, gun, { now: simulator.now, from: 'server' });
  const review = new PlansUnderReview(planner);
  const delegations = new WindowDelegations({
    review,
    verified: () => [verified],
    crypto: nodeCrypto,
    now: () => simulator.now,
  });
  const publish = async ({ id }: { readonly id: string }) => lab.publish(review.plan(id));
  return { delegations, publish };
}

const entryOf = async (lab: Lab, name: string) => {
  const { body } = (await lab.source()).targets.get(TARGETS)!;
  const entry = body.delegations.find((one) => one.name === name);
  return entry && { ...entry, ids: entry.keyids.map((id) => idOf(body.delegationKeys.get(id)!)) };
};

test('a delegation comes with a dropped key and one that is known, changes, and goes', async () => {
  const lab = await withJeff();
  const { delegations, publish } = await atTheWindow(lab);
  const key = await lab.newKey('qa');
  const place = { gun, role: qa };
  const known = await delegations.knownKeys();
  expect(known.map(({ id, knownAs }) => [id, knownAs.map((as) => as.role)])).toEqual([
    [idOf(lab.jeff), [jeffs, 'targets/releases']],
  ]);

  const added = await delegations.add(place, { files: [dropped(key)], keyIds: [idOf(lab.jeff)] }, [
    'v1',
    'v2',
  ]);
  expect([added.title, added.lines]).toEqual([
    'Add targets/qa',
    [expect.objectContaining({ kind: 'delegation-added', role: qa, paths: ['v1', 'v2'] })],
  ]);
  await publish(added);
  expect(await entryOf(lab, qa)).toMatchObject({
    paths: ['v1', 'v2'],
    threshold: 1,
    ids: [idOf(key), idOf(lab.jeff)],
  });

  // What somebody else added after the window was read stays.
  const changed = await delegations.changePaths(place, ['v1'], ['v3']);
  expect(changed.lines).toEqual([{ kind: 'paths-changed', role: qa, from: ['v1', 'v2'], to: ['v2', 'v3'] }]);
  await publish(changed);
  await publish(await delegations.changePaths(place, ['v2', 'v3'], 'all'));
  expect((await entryOf(lab, qa))?.paths).toEqual(['']);

  await publish(await delegations.removeKeys(place, [idOf(lab.jeff)]));
  const more = await delegations.addKeys(place, { files: [], keyIds: [idOf(lab.jeff)] });
  expect(more.lines).toEqual([{ kind: 'key-added', role: qa, keyId: idOf(lab.jeff) }]);
  await publish(more);
  await publish(await delegations.remove(place));
  expect(await entryOf(lab, qa)).toBeUndefined();
});

test('a key leaves every delegation, and what that costs is said', async () => {
  const lab = await withJeff();
  const { delegations, publish } = await atTheWindow(lab);
  const plan = await delegations.purge({ gun }, [idOf(lab.jeff)]);
  expect(plan.lines.map((line) => [line.kind, 'role' in line && line.role])).toEqual([
    ['key-removed', jeffs],
    ['key-removed', 'targets/releases'],
  ]);
  expect(plan.consequences).toEqual(
    expect.arrayContaining([
      { kind: 'role-without-keys', role: 'targets/releases' },
      { kind: 'tag-unpullable', tag: 'old' },
    ]),
  );
  await publish(plan);
  expect((await entryOf(lab, jeffs))?.keyids).toEqual([]);
});

test.each<[string, readonly string[] | 'all', boolean]>([
  ['narrower', ['new'], true],
  ['none', [], true],
  ['such that cover it', ['o'], false],
])('paths that are %s: whether a released tag is still pulled is said', async (_name, to, isLost) => {
  const lab = await withJeff();
  const { delegations } = await atTheWindow(lab);
  const plan = await delegations.changePaths({ gun, role: role('targets/releases') }, [''], to);
  const lost = plan.consequences.filter(({ kind }) => kind === 'tag-unpullable');
  expect(lost).toEqual(isLost ? [{ kind: 'tag-unpullable', tag: 'old' }] : []);
});

test('a signer whose paths no longer cover a tag does not stand for it any more', async () => {
  const lab = await withJeff();
  const { delegations } = await atTheWindow(lab);
  const plan = await delegations.changePaths({ gun, role: jeffs }, [''], ['new']);
  expect(plan.consequences).toEqual([{ kind: 'signature-lost', tag: 'old', signer: 'jeff', left: [] }]);
});

type Try = (window: Awaited<ReturnType<typeof atTheWindow>>['delegations'], lab: Lab) => Promise<unknown>;
const refusals: readonly (readonly [string, Try, object])[] = [
  [
    'a role that is there',
    (window, { jeff }) => window.add({ gun, role: jeffs }, { files: [dropped(jeff)], keyIds: [] }, 'all'),
    {
      code: 'trust/invalid-change',
      details: { role: jeffs, reason: expect.stringContaining('there already') as unknown },
    },
  ],
  [
    'a root key',
    async (window, lab) => {
      const { keys, roles } = (await lab.source()).root.body;
      const root = plainKey(keys.get(roles.get('root')!.keyids[0]!)!, nodeCrypto);
      return window.addKeys({ gun, role: jeffs }, { files: [dropped(root)], keyIds: [] });
    },
    { code: 'signer/root-key' },
  ],
  [
    'a new role without a key',
    (window) => window.add({ gun, role: qa }, none, 'all'),
    { code: 'trust/invalid-change', details: { reason: expect.stringContaining('as many keys') as unknown } },
  ],
  [
    'a role below one that is not there',
    (window, { jeff }) =>
      window.add({ gun, role: role('targets/qa/deputy') }, { files: [dropped(jeff)], keyIds: [] }, 'all'),
    {
      code: 'trust/invalid-change',
      details: { reason: expect.stringContaining('does not exist') as unknown },
    },
  ],
  [
    'a base role',
    (window, { jeff }) => window.add({ gun, role: TARGETS }, { files: [dropped(jeff)], keyIds: [] }, 'all'),
    {
      code: 'trust/invalid-change',
      details: { reason: expect.stringContaining('not a delegation') as unknown },
    },
  ],
  [
    'a key that nobody here knows',
    (window) => window.addKeys({ gun, role: jeffs }, { files: [], keyIds: ['ab'.repeat(32) as never] }),
    { code: 'keystore/key-not-found' },
  ],
  [
    'a private key',
    (window) =>
      window.addKeys(
        { gun, role: jeffs },
        {
          files: [
            {
              label: 'kim.key',
              content: Buffer.from('-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n').toString(
                'base64',
              ),
            },
          ],
          keyIds: [],
        },
      ),
    { code: 'keystore/private-key-given' },
  ],
  [
    'paths as they are',
    (window) => window.changePaths({ gun, role: jeffs }, [''], 'all'),
    { code: 'plan/nothing-to-do' },
  ],
  [
    'a role that is not there',
    (window) => window.remove({ gun, role: qa }),
    {
      code: 'trust/invalid-change',
      details: { reason: expect.stringContaining('does not exist') as unknown },
    },
  ],
];

test.each(refusals)('%s is refused, and nothing changes', async (_name, attempt, refusal) => {
  const lab = await withJeff();
  const before = lab.versions();
  const { delegations } = await atTheWindow(lab);
  await expect(attempt(delegations, lab)).rejects.toMatchObject(refusal);
  expect(lab.versions()).toEqual(before);
});

test('paths beyond those of the parent are refused', async () => {
  const lab = await withJeff();
  const { delegations, publish } = await atTheWindow(lab);
  await publish(await delegations.changePaths({ gun, role: jeffs }, [''], ['a']));
  const key = { files: [dropped(await lab.newKey('qa'))], keyIds: [] };
  const deputy = { gun, role: role('targets/jeff/deputy') };
  await expect(delegations.add(deputy, key, ['z'])).rejects.toMatchObject({
    code: 'trust/invalid-change',
    details: { reason: expect.stringContaining('do not cover "z"') as unknown },
  });
  const plan = await delegations.add(deputy, key, ['a/b']);
  // The parent's own key signs what lies below it.
  expect(plan.roles.map((planned) => planned.role)).toEqual([jeffs]);
});

test('where the key of the parent is on another computer, the plan is made to be carried there', async () => {
  const lab = await withJeff();
  const { delegations } = await atTheWindow(lab, lab.plannerWithout('targets'));
  const plan = await delegations.remove({ gun, role: jeffs });
  expect(plan.roles[0]?.signatures.map(({ place }) => place.kind)).toEqual(['elsewhere']);
});

test('of a key under a certificate the bare key is offered where somebody has it, and no certificate that expired', async () => {
  const lab = await withJeff();
  const key = await generateKey();
  const validity = { now: lab.simulator.now.getTime(), days: 30 };
  const pem = makeSelfSignedCertificate(key, { commonName: 'qa' }, validity);
  const content = Buffer.from(pem).toString('base64');
  const first = await atTheWindow(lab);
  await first.publish(
    await first.delegations.add(
      { gun, role: qa },
      { files: [{ label: 'qa.crt', content }], keyIds: [] },
      'all',
    ),
  );
  const second = await atTheWindow(lab);
  const { delegations } = second;
  expect((await delegations.knownKeys())[1]).toMatchObject({
    algorithm: 'ECDSA P-256',
    certificate: { commonName: 'qa' },
  });
  lab.simulator.now = new Date(validity.now + 31 * 24 * 60 * 60 * 1000);
  expect(await delegations.knownKeys()).toHaveLength(1);
  lab.simulator.now = now;
  const bare = role('targets/bare');
  await second.publish(
    await delegations.add({ gun, role: bare }, { files: [dropped(key.key)], keyIds: [] }, 'all'),
  );
  const [, both] = await (await atTheWindow(lab)).delegations.knownKeys();
  expect([both?.knownAs.length, both && 'certificate' in both]).toEqual([2, false]);
});

test('nothing is known where no repository was read', async () => {
  const lab = await openPublishingLab();
  const setup = {
    review: new PlansUnderReview(lab.planner),
    verified: () => [],
    crypto: nodeCrypto,
    now: () => lab.simulator.now,
  };
  expect(await new WindowDelegations(setup).knownKeys()).toEqual([]);
});
