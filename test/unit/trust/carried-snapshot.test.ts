/**
 * Saved plans of repositories whose snapshot key is their owner's, as `notary init` makes them: the snapshot is signed last,
 * over the signed files, and is worth nothing as soon as anything that it is made over is another.
 */
import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { nodeCrypto } from '../../../electron/crypto/node-crypto.ts';
import { assembleRoles } from '../../../electron/trust/plan/carried/assemble-signed.ts';
import type { CarriedPlan } from '../../../electron/trust/plan/carried/carried-plan.ts';
import {
  openPlanFile,
  planFileText,
  publishCarried,
  signPlanAt,
  tryCarried,
} from '../../../electron/trust/plan/carried/plan-files.ts';
import { openSaved, toSavedView } from '../../../electron/trust/plan/carried/saved-plans.ts';
import { keysToSignWith } from '../../../electron/trust/plan/carried/sign-carried.ts';
import { planForElsewhere } from '../../../electron/trust/plan/keys-elsewhere.ts';
import type { Plan } from '../../../electron/trust/plan/plan.ts';
import { listKeys } from '../../../electron/keystore/key-directory.ts';
import {
  failure,
  keysOf,
  newFolder,
  offlineComputer,
  plannerWithoutKeys,
  planWithoutKeys,
  savedPlan,
  signAt,
} from './carried-lab.ts';
import { gun, tagToSign, usePublishingLab, withJeff, withOwnSnapshot } from './publishing-lab.ts';

usePublishingLab();
type Lab = Awaited<ReturnType<typeof withOwnSnapshot>>;

/** With one signer, jeff, and a tag of his, `old`. */
async function withSigner(): Promise<Lab> {
  const lab = await withOwnSnapshot();
  const jeff = await lab.newKey('jeff');
  await lab.publish(await lab.planner.addSigner({ gun, name: 'jeff', keys: [jeff] }));
  await lab.publish(await lab.planner.sign({ gun, tags: [tagToSign('old')] }));
  lab.simulator.uploads = 0;
  return lab;
}

const standing = ({ roles }: CarriedPlan) =>
  roles.map(({ planned, signed, open, unsigned }) => [
    planned.role,
    signed.length,
    open.length,
    unsigned === undefined,
  ]);

async function removeKey(lab: Lab, role: string): Promise<void> {
  const { keys } = await listKeys(lab.trustDirectory);
  for (const key of keys.filter((one) => one.role === role))
    await rm(join(lab.trustDirectory, 'private', `${key.id}.key`));
}

test('planned without keys, the snapshot included, signed without a network in one go, and published', async () => {
  const lab = await withOwnSnapshot();
  const plan = await planForElsewhere(plannerWithoutKeys(lab), (planner) =>
    planner.sign({ gun, tags: [tagToSign('new')] }),
  );
  expect(plan.signsSnapshot).toBe(true);
  expect(plan.roles.map(({ role, signatures }) => [role, signatures.map(({ place }) => place.kind)])).toEqual(
    [
      ['targets', ['elsewhere']],
      ['snapshot', ['elsewhere']],
    ],
  );
  const file = await savedPlan(lab, plan);
  const vault = await offlineComputer(lab, true);
  expect(standing((await openPlanFile(file, vault)).carried)).toEqual([
    ['targets', 0, 1, false],
    ['snapshot', 0, 1, true],
  ]);
  lab.person.asked.length = 0;
  await signAt(file, vault);
  expect(lab.person.asked.map(({ purpose }) => purpose[2])).toEqual(['Signs targets', 'Signs snapshot']);
  const { carried } = await openPlanFile(file, lab.services);
  expect(standing(carried)).toEqual([
    ['targets', 1, 0, false],
    ['snapshot', 1, 0, false],
  ]);
  lab.simulator.uploads = 0;
  await tryCarried(carried, lab.services);
  expect(lab.simulator.uploads).toBe(0);
  lab.opened.length = 0;
  await publishCarried(carried, lab.services);
  expect([lab.simulator.uploads, lab.opened]).toEqual([1, []]);
  expect(lab.tags('targets')).toEqual(['1.0', 'new']);
  const { snapshot, root } = await lab.source();
  expect(snapshot?.body.version).toBe(2);
  const id = root.body.roles.get('snapshot')?.keyids[0];
  expect(snapshot?.signatures.map(({ keyid }) => keyid)).toEqual([id]);
});

test.each<[string, (lab: Lab) => Promise<Plan>, string]>([
  [
    'a revoked tag',
    (lab) =>
      plannerWithoutKeys(lab)
        .countingKeysElsewhere()
        .revoke({ gun, tags: ['old'] }),
    'targets/releases',
  ],
  [
    'a new signer',
    async (lab) => {
      const keys = [await lab.newKey('mia')];
      return plannerWithoutKeys(lab).countingKeysElsewhere().addSigner({ gun, name: 'mia', keys });
    },
    'targets',
  ],
  [
    'a signer who goes, and whose file goes out of the snapshot',
    (lab) => plannerWithoutKeys(lab).countingKeysElsewhere().removeSigner({ gun, name: 'jeff' }),
    'targets',
  ],
  [
    'a role that is renewed',
    (lab) =>
      plannerWithoutKeys(lab)
        .countingKeysElsewhere()
        .witness({ gun, roles: ['targets' as never] }),
    'targets',
  ],
])('%s', async (_, make, role) => {
  const lab = await withSigner();
  const before = (await lab.source()).snapshot?.body.version ?? 0;
  const file = await savedPlan(lab, await make(lab));
  await signAt(file, await offlineComputer(lab, true));
  const receipt = await publishCarried((await openPlanFile(file, lab.services)).carried, lab.services);
  expect(receipt.roles.map((one) => one.role)).toContain(role);
  const { snapshot, targets } = await lab.source();
  expect(snapshot?.body.version).toBe(before + 1);
  const named = [...(snapshot?.body.meta.keys() ?? [])];
  expect(named).toEqual(expect.arrayContaining(['root', ...targets.keys()]));
  expect(named.includes('targets/jeff')).toBe(targets.has('targets/jeff' as never));
});

describe('keys on several computers', () => {
  test('the snapshot comes last, wherever its key is, and then nothing is added any more', async () => {
    const lab = await withSigner();
    const file = await savedPlan(lab, await planWithoutKeys(lab));
    const [jeffs, owners] = [await offlineComputer(lab, 'jeff'), await offlineComputer(lab, 'snapshot')];
    const early = await failure(signAt(file, owners));
    expect(early.code).toBe('plan/snapshot-comes-last');
    expect(early.text).toContain('targets/jeff');
    await signAt(file, jeffs);
    const half = await openPlanFile(file, lab.services);
    expect(standing(half.carried).at(-1)).toEqual(['snapshot', 0, 1, false]);
    const { code, text } = await failure(publishCarried(half.carried, lab.services));
    expect([code, text.includes('"role":"snapshot"')]).toEqual(['plan/signatures-missing', true]);
    expect(await failure(signAt(file, jeffs))).toMatchObject({ code: 'plan/no-key-here' });
    await signAt(file, owners);
    await publishCarried((await openPlanFile(file, lab.services)).carried, lab.services);
    expect(lab.tags()).toEqual(['new', 'old']);
  });

  test('once the snapshot is signed, a second key of a role that has enough signs no more', async () => {
    const lab = await withSigner();
    await lab.publish(await lab.planner.addSigner({ gun, name: 'jeff', keys: [await lab.newKey('jeff2')] }));
    const plan = await planWithoutKeys(lab);
    expect(plan.roles.map(({ signatures }) => signatures.length)).toEqual([2, 2, 1]);
    const file = await savedPlan(lab, plan);
    await signAt(file, await offlineComputer(lab, 'jeff'));
    await signAt(file, await offlineComputer(lab, 'snapshot'));
    expect(await failure(signAt(file, await offlineComputer(lab, 'jeff2')))).toMatchObject({
      code: 'plan/no-key-here',
    });
    await publishCarried((await openPlanFile(file, lab.services)).carried, lab.services);
    expect(lab.tags()).toEqual(['new', 'old']);
  });

  test('a snapshot that two owners sign is complete when both have', async () => {
    const lab = await withOwnSnapshot(['snapshot', 'partner']);
    const file = await savedPlan(lab, await planWithoutKeys(lab));
    expect(await failure(signAt(file, await offlineComputer(lab, 'partner')))).toMatchObject({
      code: 'plan/snapshot-comes-last',
    });
    for (const role of ['targets', 'partner']) await signAt(file, await offlineComputer(lab, role));
    const half = await openPlanFile(file, lab.services);
    expect(standing(half.carried).map((one) => one.slice(0, 3))).toEqual([
      ['targets', 1, 0],
      ['snapshot', 1, 1],
    ]);
    const { code, text } = await failure(publishCarried(half.carried, lab.services));
    expect([code, text.includes('"have":1,"need":2')]).toEqual(['plan/signatures-missing', true]);
    await signAt(file, await offlineComputer(lab, 'snapshot'));
    await publishCarried((await openPlanFile(file, lab.services)).carried, lab.services);
    expect(lab.tags('targets')).toEqual(['1.0', 'new']);
  });

  test('where one of two snapshot keys is here, it does not pass for both', async () => {
    const lab = await withOwnSnapshot(['snapshot', 'partner']);
    await removeKey(lab, 'partner');
    const wish = { gun, tags: [tagToSign('new')] };
    expect(await failure(lab.planner.sign(wish))).toMatchObject({ code: 'plan/cannot-sign' });
    const plan = await planForElsewhere(lab.planner, (planner) => planner.sign(wish));
    const [targets, snapshot] = plan.roles.map(({ signatures }) => signatures.map(({ place }) => place.kind));
    expect([targets, snapshot?.toSorted()]).toEqual([['file'], ['elsewhere', 'file']]);
  });

  test('where only the snapshot key is elsewhere, the plan is for the signer who is here', async () => {
    const lab = await withSigner();
    await lab.publish(await lab.planner.addSigner({ gun, name: 'mia', keys: [await lab.newKey('mia')] }));
    const vault = await offlineComputer(lab, 'snapshot');
    for (const role of ['snapshot', 'targets', 'mia']) await removeKey(lab, role);
    const wish = { gun, tags: [tagToSign('new')] };
    expect(await failure(lab.planner.sign(wish))).toMatchObject({ code: 'plan/cannot-sign' });
    const plan = await planForElsewhere(lab.planner, (planner) => planner.sign(wish));
    expect(
      plan.roles.map(({ role, signatures }) => [role, signatures.map(({ place }) => place.kind)]),
    ).toEqual([
      ['targets/jeff', ['file']],
      ['targets/releases', ['file']],
      ['snapshot', ['elsewhere']],
    ]);
    const file = await savedPlan(lab, plan);
    await signAt(file, lab.services);
    await signAt(file, vault);
    await publishCarried((await openPlanFile(file, lab.services)).carried, lab.services);
    expect(lab.tags()).toEqual(['new', 'old']);
  });

  test('the window is told that the snapshot waits, and does not offer what cannot be signed yet', async () => {
    const lab = await withSigner();
    const file = await savedPlan(lab, await planWithoutKeys(lab));
    const owners = await offlineComputer(lab, 'snapshot');
    const services = { publishing: owners, keysHere: () => keysOf(owners) };
    const early = toSavedView(await openSaved(file, services));
    expect([early.canSign, early.signatures.at(-1)]).toEqual([
      false,
      { role: 'snapshot', have: 0, need: 1, waits: true },
    ]);
    await signAt(file, await offlineComputer(lab, 'jeff'));
    const then = toSavedView(await openSaved(file, services));
    expect([then.canSign, then.isSigned, then.signatures.at(-1)]).toEqual([
      true,
      false,
      { role: 'snapshot', have: 0, need: 1 },
    ]);
  });
});

describe('whose the snapshot is', () => {
  test('the server is asked once of the same keys, and not where the key is at hand', async () => {
    const lab = await withSigner();
    lab.simulator.keyRequests = 0;
    await lab.planner.sign({ gun, tags: [tagToSign('a')] });
    expect(lab.simulator.keyRequests).toBe(0);
    const planner = plannerWithoutKeys(lab);
    for (const tag of ['b', 'c'])
      await planForElsewhere(planner, (one) => one.sign({ gun, tags: [tagToSign(tag)] }));
    expect(lab.simulator.keyRequests).toBe(1);
  });

  test('a server that holds it is believed, and the plan is as ever', async () => {
    const lab = await withJeff();
    const plan = await planWithoutKeys(lab);
    expect([plan.signsSnapshot, plan.roles.length, plan.consequences]).toEqual([false, 2, []]);
  });

  test('an account that may not push is not told: the plan says so, and is carried all the same', async () => {
    const lab = await withJeff();
    lab.simulator.tellsKeys = false;
    const plan = await planWithoutKeys(lab);
    expect(plan.consequences).toEqual([{ kind: 'snapshot-holder-untold' }]);
    const file = await savedPlan(lab, plan);
    await signAt(file, await offlineComputer(lab, true));
    lab.simulator.tellsKeys = true;
    await publishCarried((await openPlanFile(file, lab.services)).carried, lab.services);
    expect(lab.tags()).toEqual(['new', 'old']);
  });

  test('such a plan of a repository whose owner has the key is refused before it is sent', async () => {
    const lab = await withSigner();
    lab.simulator.tellsKeys = false;
    const file = await savedPlan(lab, await planWithoutKeys(lab));
    // Where the owner's key is, nobody has to ask a server.
    const early = await failure(signAt(file, await offlineComputer(lab, true)));
    expect([early.code, early.text.includes('its owner signs the snapshot')]).toEqual(['plan/moot', true]);
    await signAt(file, await offlineComputer(lab, 'jeff'));
    lab.simulator.tellsKeys = true;
    const { carried } = await openPlanFile(file, lab.services);
    for (const refused of [tryCarried(carried, lab.services), publishCarried(carried, lab.services)]) {
      const { code, text } = await failure(refused);
      expect([code, text.includes('its owner signs the snapshot')]).toEqual(['plan/moot', true]);
    }
    expect([lab.simulator.uploads, await lab.journal()]).toEqual([0, []]);
  });
});

test('a snapshot key that is rotated signs where it was made, over the root that was signed in the vault', async () => {
  const lab = await withJeff();
  const vault = await offlineComputer(lab, 'root');
  await removeKey(lab, 'root');
  const planner = lab.planner.countingKeysElsewhere();
  const file = await savedPlan(lab, await planner.rotate({ gun, role: 'snapshot', key: 'new' }));
  expect(await failure(signAt(file, lab.services))).toMatchObject({ code: 'plan/snapshot-comes-last' });
  await signAt(file, vault);
  await signAt(file, lab.services);
  await publishCarried((await openPlanFile(file, lab.services)).carried, lab.services);
  expect((await lab.source()).root.body.version).toBe(2);
});

describe('when the repository moves on', () => {
  test.each<[string, (lab: Lab) => Promise<unknown>]>([
    [
      'another tag',
      async (lab) => lab.publish(await lab.planner.sign({ gun, tags: [tagToSign('between')] })),
    ],
    [
      'a role that the plan does not sign',
      async (lab) => lab.publish(await lab.planner.witness({ gun, roles: ['targets' as never] })),
    ],
  ])('%s: the snapshot is moot, and nothing is uploaded', async (_, change) => {
    const lab = await withSigner();
    const file = await savedPlan(lab, await planWithoutKeys(lab));
    await signAt(file, await offlineComputer(lab, true));
    const { carried } = await openPlanFile(file, await offlineComputer(lab, false));
    await change(lab);
    lab.simulator.uploads = 0;
    expect(await failure(tryCarried(carried, lab.services))).toMatchObject({ code: 'plan/signatures-moot' });
    expect(await failure(publishCarried(carried, lab.services))).toMatchObject({
      code: 'plan/signatures-moot',
    });
    expect([lab.simulator.uploads, await lab.journal()]).toEqual([0, []]);
    // Who has seen what was published since refuses the file, also for a role that only the snapshot names.
    expect(await failure(openPlanFile(file, lab.services))).toMatchObject({ code: 'plan/moot' });
  });

  test('somebody else wins the race for the upload: the snapshot is not signed again', async () => {
    const lab = await withSigner();
    const file = await savedPlan(lab, await planWithoutKeys(lab));
    await signAt(file, await offlineComputer(lab, true));
    const { carried } = await openPlanFile(file, lab.services);
    const theirs = await lab.planner.witness({ gun, roles: ['targets' as never] });
    lab.simulator.once(async () => lab.publish(theirs));
    expect(await failure(publishCarried(carried, lab.services))).toMatchObject({
      code: 'plan/signatures-moot',
    });
    expect([lab.tags(), await lab.journal()]).toEqual([['old'], []]);
  });

  test('between plan and saving, even when the snapshot alone is new', async () => {
    const lab = await withSigner();
    const plan = await planWithoutKeys(lab);
    const { targets, snapshot } = await lab.source();
    const roles = plan.roles.map((role) =>
      role.role === 'snapshot' ? { ...role, fromVersion: role.fromVersion - 1 } : role,
    );
    expect(snapshot?.body.version).toBe(3);
    expect(targets.size).toBe(3);
    expect(await failure(planFileText({ ...plan, roles }, lab.services))).toMatchObject({
      code: 'plan/moot',
    });
  });

  test('until what was signed has expired', async () => {
    const lab = await withSigner();
    const file = await savedPlan(lab, await planWithoutKeys(lab));
    await signAt(file, await offlineComputer(lab, true));
    const { carried } = await openPlanFile(file, lab.services);
    const { plan, source, signatures } = carried;
    const assemble = (at: string): Promise<unknown> =>
      assembleRoles(plan, signatures, source, new Map(), new Date(at), nodeCrypto);
    await assemble('2026-06-02T12:00:00Z');
    const { code, text } = await failure(assemble('2029-05-31T12:00:00Z'));
    expect([code, text.includes('expired on 2029-05-31')]).toEqual(['plan/moot', true]);
  });
});

interface Json {
  [member: string]: Json | string | number | boolean;
}
interface Signed {
  role: string;
  keyid: string;
  method: string;
  sig: string;
}
const signaturesOf = (file: Json): Signed[] => (file as unknown as { signatures: Signed[] }).signatures;
const snapshotOf = (file: Json): Signed => {
  const found = signaturesOf(file).find(({ role }) => role === 'snapshot');
  if (found === undefined) throw new Error('the snapshot is signed');
  return found;
};
const keep = (file: Json, which: (one: Signed) => boolean): void => {
  (file as unknown as { signatures: Signed[] }).signatures = signaturesOf(file).filter(which);
};
const planOf = (file: Json): { signsSnapshot: boolean; roles: { role: string; expires: string }[] } =>
  file['plan'] as never;

describe('a signed file that somebody changed on the way is refused:', () => {
  async function signedByTwo(): Promise<{ lab: Lab; file: string }> {
    const lab = await withSigner();
    await lab.publish(await lab.planner.addSigner({ gun, name: 'jeff', keys: [await lab.newKey('jeff2')] }));
    const file = await savedPlan(lab, await planWithoutKeys(lab));
    await signAt(file, await offlineComputer(lab, true));
    return { lab, file };
  }

  const flipped = (sig: string): string => {
    const bytes = Buffer.from(sig, 'base64');
    bytes[9] = (bytes[9] ?? 0) ^ 1;
    return bytes.toString('base64');
  };

  test.each<[string, (file: Json, other: Json) => void, string]>([
    [
      'a snapshot signature that is another',
      (file) => {
        snapshotOf(file).sig = flipped(snapshotOf(file).sig);
      },
      'a signature for snapshot is not valid',
    ],
    [
      'one of another plan',
      (file, other) => {
        snapshotOf(file).sig = snapshotOf(other).sig;
      },
      'a signature for snapshot is not valid',
    ],
    [
      'one signature less below it',
      (file) => {
        const [first] = signaturesOf(file);
        keep(file, (one) => one !== first);
      },
      'a signature for snapshot is not valid',
    ],
    [
      'the same signatures in another order',
      (file) => {
        signaturesOf(file).reverse();
      },
      'a signature for snapshot is not valid',
    ],
    [
      'no signature below it',
      (file) => keep(file, ({ role }) => role === 'snapshot'),
      'a signature for snapshot is not valid',
    ],
    [
      'a snapshot that is not planned',
      (file) => {
        planOf(file).signsSnapshot = false;
      },
      'what it says is not what its changes do',
    ],
    [
      'a snapshot that is planned for nobody',
      (file) => {
        planOf(file).roles.pop();
      },
      'what it says is not what its changes do',
    ],
    [
      'a snapshot that lasts longer',
      (file) => {
        for (const role of planOf(file).roles)
          if (role.role === 'snapshot') role.expires = '2099-01-01T00:00:00Z';
      },
      'what it says is not what its changes do',
    ],
    [
      'a signature for the snapshot by a key that signs tags',
      (file) => {
        const [first] = signaturesOf(file);
        if (first !== undefined) Object.assign(snapshotOf(file), { ...first, role: 'snapshot' });
      },
      'a signature for snapshot is not valid',
    ],
  ])('%s', async (_, change, reason) => {
    const { lab, file } = await signedByTwo();
    const another = await savedPlan(lab, await planWithoutKeys(lab, 'another'));
    await signAt(another, await offlineComputer(lab, true));
    const [json, other] = await Promise.all(
      [file, another].map(async (path) => JSON.parse(await readFile(path, 'utf8')) as Json),
    );
    if (json === undefined || other === undefined) throw new Error('two files');
    // As it was it is accepted.
    await openPlanFile(file, lab.services);
    change(json, other);
    await writeFile(file, JSON.stringify(json));
    const refused = await failure(openPlanFile(file, await offlineComputer(lab, true)));
    expect(refused.code).toBe('plan/file-unreadable');
    expect(refused.text).toContain(reason);
  });

  test('a plan whose snapshot was taken out altogether is not sent', async () => {
    const { lab, file } = await signedByTwo();
    const json = JSON.parse(await readFile(file, 'utf8')) as Json;
    planOf(json).signsSnapshot = false;
    planOf(json).roles.pop();
    keep(json, ({ role }) => role !== 'snapshot');
    await writeFile(file, JSON.stringify(json));
    const { carried } = await openPlanFile(file, lab.services);
    lab.simulator.uploads = 0;
    expect(await failure(publishCarried(carried, lab.services))).toMatchObject({ code: 'plan/moot' });
    expect(lab.simulator.uploads).toBe(0);
  });

  test('a snapshot over an older state than this computer has seen is not signed', async () => {
    const lab = await withSigner();
    const file = await savedPlan(lab, await planWithoutKeys(lab));
    const before = JSON.parse(await readFile(file, 'utf8')) as Json;
    const vault = await offlineComputer(lab, true);
    // The vault saw a newer `targets`, which the plan does not sign, but the snapshot would.
    await lab.publish(await lab.planner.witness({ gun, roles: ['targets' as never] }));
    const { cache } = await (await vault.connectorFor(gun)).connect(gun);
    const { root, targets } = await lab.source();
    await cache.write('root' as never, root.bytes);
    await cache.write('targets' as never, targets.get('targets' as never)?.bytes ?? new Uint8Array());
    const copy = join(await newFolder(), 'plan.json');
    await writeFile(copy, JSON.stringify(before));
    const refused = await failure(openPlanFile(copy, vault));
    expect([refused.code, refused.text.includes('of targets')]).toEqual(['plan/moot', true]);
  });
});

test('keys sign in the order of the plan, and nothing is written when the last one is not opened', async () => {
  const lab = await withSigner();
  const file = await savedPlan(lab, await planWithoutKeys(lab));
  const vault = await offlineComputer(lab, true);
  const opened = await openPlanFile(file, vault);
  const keys = keysToSignWith(opened.carried, await keysOf(vault), nodeCrypto);
  expect(keys.map(({ roles }) => roles.map(({ planned }) => planned.role))).toEqual([
    ['targets/jeff', 'targets/releases'],
    ['snapshot'],
  ]);
  const before = await readFile(file, 'utf8');
  lab.person.answer = 'cancels';
  expect(await failure(signPlanAt(file, opened, keys, vault))).toMatchObject({ code: 'prompt/cancelled' });
  expect(await readFile(file, 'utf8')).toBe(before);
});
