/** Publishing against the simulated trust server: races, refusals, losses, and what is left after each of them. */
import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { nodeCrypto } from '../../../electron/crypto/node-crypto.ts';
import { canonicalKeyId, tufKeyId } from '../../../electron/tuf/key-id.ts';
import { parseTargets } from '../../../electron/tuf/parse.ts';
import type { Plan } from '../../../electron/trust/plan/plan.ts';
import { publishPlan } from '../../../electron/trust/plan/publish.ts';
import { RestorePoints } from '../../../electron/trust/plan/restore-points.ts';
import { resolveAllUnfinished } from '../../../electron/trust/plan/unfinished.ts';
import { readFile } from 'node:fs/promises';
import { gun, role, tagToSign, usePublishingLab, withJeff, withOwnSnapshot } from './publishing-lab.ts';

usePublishingLab();
type Lab = Awaited<ReturnType<typeof withJeff>>;

const failure = (work: Promise<unknown>): Promise<unknown> =>
  work.then(
    () => undefined,
    (error: unknown) => error,
  );

const signTag = (lab: Lab, tag: string, content = tag): Promise<Plan> =>
  lab.planner.sign({ gun, tags: [tagToSign(tag, content)], signAs: 'jeff' });

describe('a publish', () => {
  test('is read back, recorded, and leaves no journal and no open key', async () => {
    const lab = await withJeff();
    const plan = await signTag(lab, 'new');
    const receipt = await lab.publish(plan);
    expect(receipt).toMatchObject({ planId: plan.id, tries: 1, gun });
    for (const { role: name, version, sha256 } of receipt.roles) {
      const served = lab.simulator.store.current(gun, name);
      expect([served?.version, served?.sha256]).toEqual([version, sha256]);
    }
    expect(lab.tags()).toEqual(['new', 'old']);
    expect(await lab.journal()).toEqual([]);
    expect((await lab.activity()).at(-1)).toMatchObject({
      what: 'published',
      gun,
      details: { planId: plan.id },
    });
    expect(lab.opened.map((key) => key.isWiped)).toEqual([true]);
  });

  test('asks for each key once, and says what it signs', async () => {
    const lab = await withJeff();
    await lab.publish(await signTag(lab, 'new'));
    expect(lab.person.asked.map(({ keyId, purpose }) => [keyId, purpose])).toEqual([
      [
        canonicalKeyId(lab.jeff, nodeCrypto),
        ['Sign 1 tag', `Repository ${gun}`, 'Signs targets/jeff, targets/releases'],
      ],
    ]);
  });

  test("signs with the chosen signer's key and no other, though another's is here", async () => {
    const lab = await withJeff();
    const ops = await lab.newKey('ops');
    await lab.publish(await lab.planner.addSigner({ gun, name: 'ops', keys: [ops] }));
    await expect(lab.planner.sign({ gun, tags: [tagToSign('new')] })).rejects.toMatchObject({
      code: 'signer/choose',
      details: { names: ['jeff', 'ops'] },
    });
    lab.person.asked.length = 0;
    await lab.publish(await lab.planner.sign({ gun, tags: [tagToSign('new')], signAs: 'ops' }));
    expect(lab.person.asked.map(({ keyId }) => keyId)).toEqual([canonicalKeyId(ops, nodeCrypto)]);
    expect(lab.served('targets/releases')?.signatures.map(({ keyid }) => keyid)).toEqual([
      tufKeyId(ops, nodeCrypto),
    ]);
    expect(lab.tags('targets/jeff')).toEqual(['old']);
  });

  test('carries out a plan that was saved and read again; the plan holds no secret', async () => {
    const lab = await withJeff();
    const plan = await signTag(lab, 'new');
    const text = JSON.stringify(plan);
    expect(text).not.toMatch(/PRIVATE|passphrase/i);
    expect(text).not.toContain('what the person knows');
    await lab.publish(JSON.parse(text) as Plan);
    expect(lab.tags()).toEqual(['new', 'old']);
  });

  test('keeps the files as they were as a restore point', async () => {
    const lab = await withJeff();
    const before = lab.simulator.store.current(gun, 'targets/releases')?.bytes;
    const { restorePoint = '' } = await lab.publish(await signTag(lab, 'new'));
    expect(await readFile(join(restorePoint, 'targets/releases.json'))).toEqual(Buffer.from(before ?? []));
    expect(JSON.parse(await readFile(join(restorePoint, 'plan.json'), 'utf8'))).toMatchObject({
      kind: 'sign',
    });
  });
});

describe('when somebody else publishes first', () => {
  const theirs = async (lab: Lab, tag: string): Promise<void> => {
    await lab.publish(await signTag(lab, tag));
  };

  test('once: reads, applies and signs again, and keeps what they did', async () => {
    const lab = await withJeff();
    const plan = await signTag(lab, 'mine');
    lab.simulator.once(() => theirs(lab, 'theirs'));
    const receipt = await lab.publish(plan);
    expect(receipt.tries).toBe(2);
    expect(lab.tags()).toEqual(['mine', 'old', 'theirs']);
    expect(await lab.journal()).toEqual([]);
    const kept = parseTargets(
      role('targets/releases'),
      await readFile(join(receipt.restorePoint ?? '', 'targets/releases.json')),
    );
    expect(kept.body.targets.map(({ name }) => name)).toEqual(['old', 'theirs']);
  });

  test('five times: gives up, with nothing of ours on the server', async () => {
    const lab = await withJeff();
    const plan = await signTag(lab, 'mine');
    let lost = 0;
    const again = async (): Promise<void> => {
      lab.simulator.beforeUpload = undefined;
      lost += 1;
      await theirs(lab, `theirs-${String(lost)}`);
      lab.simulator.beforeUpload = again;
    };
    lab.simulator.beforeUpload = again;
    expect(await failure(lab.publish(plan))).toMatchObject({ code: 'plan/conflict', details: { tries: 5 } });
    expect(lost).toBe(5);
    expect(lab.tags()).toEqual(['old', ...[1, 2, 3, 4, 5].map((n) => `theirs-${String(n)}`)]);
    expect(await lab.journal()).toEqual([]);
    expect(lab.opened.every((key) => key.isWiped)).toBe(true);
  });

  const moots: readonly (readonly [
    string,
    (lab: Lab) => Promise<Plan>,
    (lab: Lab) => Promise<unknown>,
    RegExp,
  ])[] = [
    [
      'the same tag with another digest',
      (lab) => signTag(lab, 'new'),
      async (lab) => lab.publish(await signTag(lab, 'new', 'other content')),
      /one of its tags meanwhile/,
    ],
    [
      'the very same change',
      (lab) => signTag(lab, 'new'),
      async (lab) => lab.publish(await signTag(lab, 'new')),
      /already made this change/,
    ],
    [
      'a revocation of the tag that was to be revoked',
      (lab) => lab.planner.revoke({ gun, tags: ['old'] }),
      async (lab) => lab.publish(await lab.planner.revoke({ gun, tags: ['old'] })),
      /already made this change/,
    ],
    [
      'the removal of the signer',
      (lab) => signTag(lab, 'new'),
      async (lab) => lab.publish(await lab.planner.removeSigner({ gun, name: 'jeff' })),
      /targets\/jeff/,
    ],
    [
      "the signer's key exchanged for another",
      (lab) => signTag(lab, 'new'),
      async (lab) => {
        const next = await lab.newKey('jeff');
        const roles = [role('targets/jeff'), role('targets/releases')];
        const keyIds = [canonicalKeyId(lab.jeff, nodeCrypto)];
        const changes = roles.flatMap((name) => [
          { kind: 'add-delegation' as const, role: name, keys: [next], paths: [''], threshold: 1 },
          { kind: 'remove-delegation-keys' as const, role: name, keyIds },
        ]);
        await lab.publish(await lab.planner.changes({ gun, title: 'Exchange a key', changes }));
      },
      /no longer has the key/,
    ],
    [
      'a delegation that would have to be signed too',
      (lab) => {
        const keyIds = [canonicalKeyId(lab.jeff, nodeCrypto)];
        const purge = { kind: 'purge-keys' as const, role: role('targets'), keyIds };
        return lab.planner.changes({ gun, title: 'Purge a key', changes: [purge] });
      },
      async (lab) => {
        const deputy = {
          kind: 'add-delegation' as const,
          role: role('targets/jeff/deputy'),
          keys: [lab.jeff],
          paths: [''],
          threshold: 1,
        };
        await lab.publish(await lab.planner.changes({ gun, title: 'Add a deputy', changes: [deputy] }));
      },
      /targets\/jeff would have to be signed too/,
    ],
  ];
  test.each(moots)('%s: the plan is reviewed again', async (_, make, meanwhile, words) => {
    const lab = await withJeff();
    const plan = await make(lab);
    await meanwhile(lab);
    const before = lab.versions();
    const error = await failure(lab.publish(plan));
    expect(error).toMatchObject({ code: 'plan/moot' });
    expect((error as { details: { reason: string } }).details.reason).toMatch(words);
    expect(lab.versions()).toEqual(before);
    expect(await lab.journal()).toEqual([]);
    expect(lab.opened.every((key) => key.isWiped)).toBe(true);
  });

  test('and creates the repository: the plan to create it is reviewed again', async () => {
    const lab = await withJeff();
    const other = await lab.newKey('eve');
    await lab.simulator.store.delete(gun, 0);
    await rm(join(lab.trustDirectory, 'tuf'), { recursive: true });
    const rootKey = 'new' as const;
    const plan = await lab.planner.addSigner({ gun, name: 'eve', keys: [other], rootKey });
    const first = await lab.planner.addSigner({ gun, name: 'jeff', keys: [lab.jeff], rootKey });
    await lab.publish(first);
    const keys = await lab.keyFiles();
    expect(await failure(lab.publish(plan))).toMatchObject({ code: 'plan/moot' });
    expect(await lab.keyFiles()).toEqual(keys);
    expect(lab.served('targets')?.signed.version).toBe(1);
    expect(await lab.journal()).toEqual([]);
  });
});

test('a repository whose snapshot key is neither here nor with the server: the key is named, nothing is sent twice', async () => {
  const lab = await withOwnSnapshot();
  const { root } = await lab.source();
  const [id] = root.body.roles.get('snapshot')?.keyids ?? [];
  const sign = (): Promise<Plan> => lab.planner.sign({ gun, tags: [tagToSign('2.0')] });
  // As if the snapshot had been taken over from the server after the plan was made.
  const made = await sign();
  const plan = {
    ...made,
    signsSnapshot: false,
    roles: made.roles.filter(({ role: name }) => name !== 'snapshot'),
  };
  await rm(join(lab.trustDirectory, 'private', `${id ?? ''}.key`));
  expect(await failure(sign())).toMatchObject({
    code: 'plan/cannot-sign',
    details: { role: 'snapshot', keyIds: [id] },
  });
  lab.simulator.uploads = 0;
  expect(await failure(lab.publish(plan))).toMatchObject({
    code: 'plan/cannot-sign',
    details: { role: 'snapshot', keyIds: [id] },
  });
  expect([lab.simulator.uploads, await lab.journal()]).toEqual([1, []]);
});

describe('a repository whose snapshot key is here', () => {
  test('is published with its snapshot, also after a lost race', async () => {
    const lab = await withOwnSnapshot();
    const sign = (tag: string): Promise<Plan> => lab.planner.sign({ gun, tags: [tagToSign(tag)] });
    const plan = await sign('mine');
    expect(plan.roles.map(({ role: name }) => name)).toEqual(['targets', 'snapshot']);
    lab.simulator.once(async () => lab.publish(await sign('theirs')));
    expect(await lab.publish(plan)).toMatchObject({ tries: 2 });
    expect(lab.tags('targets')).toEqual(['1.0', 'mine', 'theirs']);
    expect(lab.served('snapshot')?.signed.version).toBe(3);
  });

  test('is published again over what others changed beside it', async () => {
    const lab = await withOwnSnapshot();
    const jeff = await lab.newKey('jeff');
    await lab.publish(await lab.planner.addSigner({ gun, name: 'jeff', keys: [jeff] }));
    const plan = await lab.planner.sign({ gun, tags: [tagToSign('mine')] });
    const theirs = await lab.planner.witness({ gun, roles: [role('targets')] });
    lab.simulator.once(() => lab.publish(theirs));
    expect(await lab.publish(plan)).toMatchObject({ tries: 2 });
    expect(lab.tags()).toEqual(['mine']);
    expect(lab.served('snapshot')?.signed.version).toBe(4);
  });
});

/** What may go wrong, and whether the outcome is known at once. */
interface Trouble {
  readonly before?: (lab: Lab) => Promise<void> | void;
  readonly code: string;
  readonly uploads: number;
}

const troubles: Readonly<Record<string, Trouble>> = {
  'a passphrase that is not given': {
    before: (lab) => void (lab.person.answer = 'cancels'),
    code: 'prompt/cancelled',
    uploads: 0,
  },
  'a wrong passphrase, four times': {
    before: (lab) => void (lab.person.answer = 'something else'),
    code: 'keystore/wrong-passphrase',
    uploads: 0,
  },
  'a restore point that cannot be kept': {
    before: async (lab) => {
      await rm(join(lab.dataFolder, 'restore-points'), { recursive: true });
      await writeFile(join(lab.dataFolder, 'restore-points'), '');
    },
    code: 'plan/restore-point-failed',
    uploads: 0,
  },
  'a journal that cannot be kept': {
    before: async (lab) => {
      await rm(join(lab.dataFolder, 'publishing'), { recursive: true });
      await writeFile(join(lab.dataFolder, 'publishing'), '');
    },
    code: 'files/write-failed',
    uploads: 0,
  },
  'a server that is gone before': {
    before: (lab) => lab.endpoint.close(),
    code: 'network/refused',
    uploads: 0,
  },
};

describe('after', () => {
  test.each(Object.entries(troubles))('%s: nothing was uploaded, everything stays', async (_, trouble) => {
    const lab = await withJeff();
    await lab.stage('staged');
    await lab.stage('staged', 'targets/jeff');
    const plan = await lab.planner.staged(gun);
    const [before, keys, staged] = [lab.versions(), await lab.keyFiles(), await lab.staged()];
    await trouble.before?.(lab);
    expect(await failure(lab.publish(plan))).toMatchObject({ code: trouble.code });
    expect(lab.simulator.uploads).toBe(trouble.uploads);
    expect(lab.versions()).toEqual(before);
    expect(await lab.journal()).toEqual([]);
    expect([await lab.keyFiles(), await lab.staged()]).toEqual([keys, staged]);
    expect(lab.opened.every((key) => key.isWiped)).toBe(true);
  });

  test('cancelling while it is signed: nothing was uploaded', async () => {
    const lab = await withJeff();
    const plan = await signTag(lab, 'new');
    const stop = new AbortController();
    stop.abort();
    expect(await failure(lab.publish(plan, stop.signal))).toMatchObject({ code: 'prompt/cancelled' });
    expect(lab.simulator.uploads).toBe(0);
    expect(await lab.journal()).toEqual([]);
  });

  test('cancelling when the upload has begun has no effect', async () => {
    const lab = await withJeff();
    const plan = await signTag(lab, 'new');
    const stop = new AbortController();
    lab.simulator.once(() => {
      stop.abort();
      return Promise.resolve();
    });
    expect(await lab.publish(plan, stop.signal)).toMatchObject({ tries: 1 });
    expect(lab.tags()).toEqual(['new', 'old']);
  });
});

describe('a server that goes away in the middle', () => {
  const stagedPlan = async (lab: Lab): Promise<Plan> => {
    await lab.stage('staged');
    return lab.planner.staged(gun);
  };

  test('after it took the upload: the journal stays, and the next start finds it published', async () => {
    const lab = await withJeff();
    const plan = await stagedPlan(lab);
    lab.simulator.break('update', { kind: 'status', status: 502 });
    expect(await failure(lab.publish(plan))).toMatchObject({ code: 'notary/server-error' });
    expect([await lab.journal(), await lab.staged()]).toEqual([[`${plan.id}.json`], [expect.any(String)]]);
    lab.simulator.repair();
    expect(await resolveAllUnfinished(lab.services)).toEqual([{ gun, title: plan.title, kind: 'published' }]);
    expect([await lab.journal(), await lab.staged()]).toEqual([[], []]);
    expect((await lab.activity()).at(-1)).toMatchObject({ what: 'found-published' });
    expect(await resolveAllUnfinished(lab.services)).toEqual([]);
  });

  test('is found published also when others published on top of every role since', async () => {
    const lab = await withJeff();
    const plan = await signTag(lab, 'mine');
    lab.simulator.break('update', { kind: 'status', status: 502 });
    await failure(lab.publish(plan));
    lab.simulator.repair();
    await lab.publish(await signTag(lab, 'theirs'));
    expect(await resolveAllUnfinished(lab.services)).toMatchObject([{ kind: 'published' }]);
  });

  test('before it took the upload: found not published, and what was staged stays', async () => {
    const lab = await withJeff();
    const plan = await stagedPlan(lab);
    const before = lab.versions();
    lab.simulator.once(() => Promise.reject(new Error('power failure')));
    expect(await failure(lab.publish(plan))).toMatchObject({ code: 'notary/server-error' });
    expect(await lab.journal()).toEqual([`${plan.id}.json`]);
    expect(await resolveAllUnfinished(lab.services)).toMatchObject([{ kind: 'not-published' }]);
    expect(lab.versions()).toEqual(before);
    expect([await lab.journal(), (await lab.staged()).length]).toEqual([[], 1]);
    expect((await lab.activity()).at(-1)).toMatchObject({ what: 'found-not-published' });
  });

  test('and stays away: not known yet, and the journal stays', async () => {
    const lab = await withJeff();
    const plan = await stagedPlan(lab);
    lab.simulator.once(() => lab.endpoint.close());
    expect(await failure(lab.publish(plan))).toMatchObject({ code: 'network/interrupted' });
    expect(await resolveAllUnfinished(lab.services)).toMatchObject([
      { kind: 'unknown', error: { code: 'network/refused' } },
    ]);
    expect([(await lab.journal()).length, (await lab.staged()).length]).toEqual([1, 1]);
  });

  test('while the repository is being made: found not published', async () => {
    const lab = await withJeff();
    await lab.simulator.store.delete(gun, 0);
    await rm(join(lab.trustDirectory, 'tuf'), { recursive: true });
    const wish = { gun, name: 'jeff', keys: [lab.jeff], rootKey: 'new' as const };
    const plan = await lab.planner.addSigner(wish);
    lab.simulator.once(() => Promise.reject(new Error('power failure')));
    expect(await failure(lab.publish(plan))).toMatchObject({ code: 'notary/server-error' });
    expect(await resolveAllUnfinished(lab.services)).toMatchObject([{ kind: 'not-published' }]);
    expect(await lab.journal()).toEqual([]);
  });
});

describe('what is read back', () => {
  test('an upload that the server does not show is not called published', async () => {
    const lab = await withJeff();
    const plan = await signTag(lab, 'new');
    const deaf = { ...lab.ports(), upload: () => Promise.resolve() };
    expect(await failure(publishPlan(plan, deaf, nodeCrypto))).toMatchObject({
      code: 'plan/not-read-back',
      details: { reason: 'the server does not show the new version' },
    });
    expect((await lab.activity()).some(({ details }) => details['planId'] === plan.id)).toBe(false);
  });

  test('another file under our version number is not ours', async () => {
    const lab = await withJeff();
    const plan = await signTag(lab, 'mine');
    const other = await signTag(lab, 'theirs');
    const upload = async (): Promise<void> => {
      await lab.publish(other);
    };
    const swapped = { ...lab.ports(), upload };
    expect(await failure(publishPlan(plan, swapped, nodeCrypto))).toMatchObject({
      code: 'plan/not-read-back',
      details: { reason: 'the server shows another file with the same version' },
    });
  });

  test('a later version of somebody else is no failure', async () => {
    const lab = await withJeff();
    const plan = await signTag(lab, 'mine');
    const ports = lab.ports();
    const busy: typeof ports = {
      ...ports,
      upload: async (uploaded, files) => {
        await ports.upload(uploaded, files);
        await lab.publish(await signTag(lab, 'theirs'));
      },
    };
    expect(await publishPlan(plan, busy, nodeCrypto)).toMatchObject({ tries: 1 });
    expect(lab.tags()).toEqual(['mine', 'old', 'theirs']);
  });
});

describe('a file with fields of a later notary', () => {
  test('is not signed again, neither in a plan nor when it appears meanwhile', async () => {
    const lab = await withJeff();
    const plan = await signTag(lab, 'new');
    const ports = lab.ports();
    const later: typeof ports = {
      ...ports,
      readForUpdate: async (wanted) => {
        const source = await ports.readForUpdate(wanted);
        const targets = new Map(
          [...source.targets].map(([name, file]) => [
            name,
            { ...file, unknownFields: ['signed.spec_version'] },
          ]),
        );
        return { ...source, targets };
      },
    };
    expect(await failure(publishPlan(plan, later, nodeCrypto))).toMatchObject({
      code: 'trust/unknown-fields',
    });
    expect(lab.simulator.uploads).toBe(0);
  });
});

describe('the journal', () => {
  test('of a process that is still at it is left alone; of one that is gone it is resolved', async () => {
    const lab = await withJeff();
    const plan = await signTag(lab, 'new');
    lab.simulator.once(() => Promise.reject(new Error('power failure')));
    await failure(lab.publish(plan));
    const file = join(lab.dataFolder, 'publishing', `${plan.id}.json`);
    const entry = JSON.parse(await readFile(file, 'utf8')) as object;
    await writeFile(file, JSON.stringify({ ...entry, pid: process.ppid }));
    expect(await new RestorePoints(lab.dataFolder).unfinished()).toEqual([]);
    await writeFile(file, JSON.stringify({ ...entry, pid: 2 ** 22 + 1 }));
    expect(await new RestorePoints(lab.dataFolder).unfinished()).toHaveLength(1);
  });

  test('of a publish that is under way in this process is left alone', async () => {
    const lab = await withJeff();
    const seen: number[] = [];
    lab.simulator.once(async () => seen.push((await resolveAllUnfinished(lab.services)).length));
    await lab.publish(await signTag(lab, 'new'));
    expect(seen).toEqual([0]);
  });

  test('that is none is named and left', async () => {
    const lab = await withJeff();
    const file = join(lab.dataFolder, 'publishing', 'x.json');
    await writeFile(file, '{');
    expect(await failure(resolveAllUnfinished(lab.services))).toMatchObject({
      code: 'config/malformed',
      details: { path: file },
    });
    expect(await readFile(file, 'utf8')).toBe('{');
  });
});
