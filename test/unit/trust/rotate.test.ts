/** Rotating the keys of base roles: who has to sign, which keys are made, and what others still believe afterwards. */
import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { CanonicalKeyId } from '../../../shared/brands.ts';
import { isAppError } from '../../../shared/errors.ts';
import { nodeCrypto } from '../../../electron/crypto/node-crypto.ts';
import { generateKey } from '../../../electron/keystore/generate-key.ts';
import { listKeys } from '../../../electron/keystore/key-directory.ts';
import { SecretBytes } from '../../../electron/keystore/secret-bytes.ts';
import { storeKey } from '../../../electron/keystore/store-key.ts';
import { ReadMemories } from '../../../electron/notary/read-memory.ts';
import { readRepository } from '../../../electron/trust/read-repository.ts';
import { canonicalKeyId } from '../../../electron/tuf/key-id.ts';
import type { BaseRole } from '../../../electron/tuf/model.ts';
import {
  gun,
  keyId,
  passphrase,
  tagToSign,
  usePublishingLab,
  withJeff,
  withOwnSnapshot,
} from './publishing-lab.ts';

usePublishingLab();
type Lab = Awaited<ReturnType<typeof withJeff>>;

async function codeOf(work: Promise<unknown>): Promise<unknown> {
  return work.then(
    () => 'accepted',
    (error: unknown) => (isAppError(error) ? error.code : error),
  );
}

/** Canonical IDs of a base role's keys as the server shows them. */
async function keysOf(lab: Pick<Lab, 'source'>, role: BaseRole): Promise<readonly string[]> {
  const { root } = await lab.source();
  return (root.body.roles.get(role)?.keyids ?? []).map((id) =>
    canonicalKeyId(root.body.keys.get(id)!, nodeCrypto),
  );
}

async function rootHere(lab: Lab): Promise<CanonicalKeyId> {
  const { keys } = await listKeys(lab.trustDirectory);
  return keys.find(({ role }) => role === 'root')!.id;
}

async function newRootKey(lab: Lab): Promise<CanonicalKeyId> {
  const key = await generateKey();
  await storeKey(lab.trustDirectory, key, { role: 'root' }, SecretBytes.fromText(passphrase));
  key.wipe();
  return key.id;
}

describe('the repository key', () => {
  test('is replaced by a new one that signs targets; the old file stays', async () => {
    const lab = await withJeff();
    const [old = ''] = await keysOf(lab, 'targets');
    const before = await lab.keyFiles();
    const plan = await lab.planner.rotate({ gun, role: 'targets' });
    expect(plan).toMatchObject({
      kind: 'rotate',
      title: 'Rotate the repository key',
      rotation: { role: 'targets', key: 'new' },
      lines: [{ kind: 'base-keys-replaced', role: 'targets', from: [old], to: ['new-repository-key'] }],
      consequences: [{ kind: 'key-not-needed', role: 'targets', keyId: old }],
      signsSnapshot: false,
    });
    expect(
      plan.roles.map(({ role, fromVersion, signatures }) => [
        role,
        fromVersion,
        signatures.map(({ owner, place }) => [owner, place.kind]),
      ]),
    ).toEqual([
      ['root', 1, [['root', 'file']]],
      ['targets', 1, [['repository', 'new']]],
    ]);
    // Planning makes nothing.
    expect(await lab.keyFiles()).toEqual(before);

    const receipt = await lab.publish(plan);
    const [made = ''] = await keysOf(lab, 'targets');
    expect(made).not.toBe(old);
    expect(
      receipt.roles.map(({ role, version, signedBy }) => [role, version, signedBy.map(({ keyId }) => keyId)]),
    ).toEqual([
      ['root', 2, [await rootHere(lab)]],
      ['targets', 2, [made]],
    ]);
    const files = await lab.keyFiles();
    expect(files).toEqual([...before, `${made}.key`].sort());
    expect(lab.opened.every((key) => key.isWiped)).toBe(true);
    // Signers go on as before.
    await lab.publish(await lab.planner.sign({ gun, tags: [tagToSign('new')] }));
    expect(lab.tags()).toEqual(['new', 'old']);
  });

  test('that is lost is replaced with the root key alone', async () => {
    const lab = await withJeff();
    const [lost = ''] = await keysOf(lab, 'targets');
    await rm(join(lab.trustDirectory, 'private', `${lost}.key`));
    const ops = await lab.newKey('ops');
    const addOps = () => lab.planner.addSigner({ gun, name: 'ops', keys: [ops] });
    expect(await codeOf(addOps())).toBe('plan/cannot-sign');
    await lab.publish(await lab.planner.rotate({ gun, role: 'targets', key: 'new' }));
    await lab.publish(await addOps());
    expect((await lab.source()).targets.has('targets/ops' as never)).toBe(false);
    expect((await lab.planner.sign({ gun, tags: [tagToSign('x')], signAs: 'ops' })).roles).toHaveLength(2);
  });

  test('can be one that is here already, but not a root key', async () => {
    const lab = await withJeff();
    const stored = await lab.newKey('spare');
    const id = canonicalKeyId(stored, nodeCrypto);
    await lab.publish(await lab.planner.rotate({ gun, role: 'targets', key: id }));
    expect(await keysOf(lab, 'targets')).toEqual([id]);
    const root = await rootHere(lab);
    expect(await codeOf(lab.planner.rotate({ gun, role: 'targets', key: root }))).toBe(
      'plan/rotation-refused',
    );
    expect(await codeOf(lab.planner.rotate({ gun, role: 'root', key: id }))).toBe('plan/rotation-refused');
  });
});

describe('the root key', () => {
  test('is replaced under the signatures of both, and whoever knows the old root follows', async () => {
    const lab = await withJeff();
    const [old, next] = [await rootHere(lab), await newRootKey(lab)];
    const plan = await lab.planner.rotate({ gun, role: 'root', key: next });
    const [root] = plan.roles;
    expect(root).toMatchObject({ role: 'root', threshold: 2 });
    expect(root?.signatures.map((signature) => signature.keyId)).toEqual([next, old]);
    expect(plan.consequences).toEqual([{ kind: 'root-certificate-changes' }]);
    await lab.publish(plan);
    expect(await keysOf(lab, 'root')).toEqual([next]);
    const served = lab.served('root');
    expect(served?.signatures).toHaveLength(2);
    expect((await lab.source()).root.body.version).toBe(2);

    // The old key changes nothing any more; the new one alone does.
    await rm(join(lab.trustDirectory, 'private', `${old}.key`));
    await lab.publish(await lab.planner.rotate({ gun, role: 'timestamp' }));
    expect((await lab.source()).root.body.version).toBe(3);
  });

  test('is made when none is named', async () => {
    const lab = await withJeff();
    const before = await rootHere(lab);
    await lab.publish(await lab.planner.rotate({ gun, role: 'root' }));
    const [made = ''] = await keysOf(lab, 'root');
    expect(made).not.toBe(before);
    const { keys } = await listKeys(lab.trustDirectory);
    expect(keys.find(({ id }) => id === made)).toMatchObject({ role: 'root', gun: undefined });
  });

  test('gets a new certificate when it takes its own place', async () => {
    const lab = await withJeff();
    const key = await rootHere(lab);
    const before = (await lab.source()).root.body.roles.get('root')?.keyids;
    const plan = await lab.planner.rotate({ gun, role: 'root', key });
    expect(plan.lines).toEqual([{ kind: 'base-keys-replaced', role: 'root', from: [key], to: [key] }]);
    await lab.publish(plan);
    const after = (await lab.source()).root.body.roles.get('root')?.keyids;
    expect(after).toHaveLength(1);
    expect(after).not.toEqual(before);
    expect(await keysOf(lab, 'root')).toEqual([key]);
    // Asked for once, though it signs the certificate and the root twice.
    expect(lab.person.asked.map(({ keyId: id }) => id)).toEqual([key]);
  });

  test('cannot be replaced without the old one, and nothing is made for it', async () => {
    const lab = await withJeff();
    const old = await rootHere(lab);
    await newRootKey(lab);
    await rm(join(lab.trustDirectory, 'private', `${old}.key`));
    const before = await lab.keyFiles();
    const error: unknown = await lab.planner.rotate({ gun, role: 'root' }).catch((reason: unknown) => reason);
    expect(error).toMatchObject({ code: 'plan/cannot-sign', details: { role: 'root', keyIds: [old] } });
    expect(await lab.keyFiles()).toEqual(before);
  });

  test('a computer that saw the first root walks to the last over two rotations', async () => {
    const lab = await withJeff();
    const cache = (await lab.connector.connect(gun)).cache;
    const first = await cache.read('root' as never);
    for (let i = 0; i < 2; i += 1) await lab.publish(await lab.planner.rotate({ gun, role: 'root' }));
    await cache.write('root' as never, first!);
    const memory = new ReadMemories(nodeCrypto).of(gun);
    const read = await readRepository(lab.connector, gun, { now: lab.simulator.now, from: 'server', memory });
    expect(read.root.body.version).toBe(3);
  });
});

describe('keys of the server', () => {
  test.each(['snapshot', 'timestamp'] as const)('%s: the server makes a new one', async (role) => {
    const lab = await withJeff();
    const [old] = await keysOf(lab, role);
    const plan = await lab.planner.rotate({ gun, role, key: 'server' });
    expect(plan.roles.map((planned) => planned.role)).toEqual(['root']);
    expect(plan.lines).toEqual([{ kind: 'base-keys-replaced', role, from: [old], to: ['new-server-key'] }]);
    await lab.publish(plan);
    expect(await keysOf(lab, role)).not.toEqual([old]);
    expect(lab.tags()).toEqual(['old']);
  });

  test('the snapshot is taken over by a key of one’s own, and handed back', async () => {
    const lab = await withJeff();
    const take = await lab.planner.rotate({ gun, role: 'snapshot', key: 'new' });
    expect(take.roles.map(({ role }) => role)).toEqual(['root', 'snapshot']);
    expect(take.consequences).toEqual([{ kind: 'snapshot-signed-by', by: 'owner' }]);
    await lab.publish(take);
    const [own = ''] = await keysOf(lab, 'snapshot');
    expect(await lab.keyFiles()).toContain(`${own}.key`);
    await lab.publish(await lab.planner.sign({ gun, tags: [tagToSign('between')] }));
    const back = await lab.planner.rotate({ gun, role: 'snapshot', key: 'server' });
    expect(back.consequences).toEqual([{ kind: 'snapshot-signed-by', by: 'server' }]);
    await lab.publish(back);
    expect(await keysOf(lab, 'snapshot')).not.toContain(own);
    await lab.publish(await lab.planner.sign({ gun, tags: [tagToSign('after')] }));
    expect(lab.tags()).toEqual(['after', 'between', 'old']);
  });

  test('what notary made with a snapshot key of its own is handed over too', async () => {
    const lab = await withOwnSnapshot();
    // Its root key is not here: only the plan is looked at.
    const planner = lab.planner.countingKeysElsewhere();
    const plan = await planner.rotate({ gun, role: 'snapshot', key: 'server' });
    expect([plan.signsSnapshot, plan.roles.map(({ role }) => role)]).toEqual([false, ['root']]);
  });
});

describe('refused', () => {
  test.each([
    ['targets', 'server', 'the server cannot hold it'],
    ['root', 'server', 'the server cannot hold it'],
    ['timestamp', 'new', 'only the server can hold it'],
    ['targets/jeff', 'new', 'a delegation has signers, whose keys are added and removed'],
    ['releases', undefined, 'there is no such role'],
    ['__proto__', undefined, 'there is no such role'],
  ] as const)('%s to %s', async (role, key, reason) => {
    const lab = await withJeff();
    const error: unknown = await lab.planner.rotate({ gun, role, key }).catch((one: unknown) => one);
    expect(error).toMatchObject({ code: 'plan/rotation-refused', details: { role, reason } });
  });

  test('a key that is not here', async () => {
    const lab = await withJeff();
    const absent = keyId('ab'.repeat(32));
    expect(await codeOf(lab.planner.rotate({ gun, role: 'root', key: absent }))).toBe(
      'keystore/key-not-found',
    );
  });

  test('a plan that somebody overtook: no key is made, here or by the server', async () => {
    const lab = await withJeff();
    const plan = await lab.planner.rotate({ gun, role: 'targets' });
    await lab.publish(await lab.planner.rotate({ gun, role: 'targets' }));
    const before = await readdir(join(lab.trustDirectory, 'private'));
    lab.simulator.uploads = 0;
    expect(await codeOf(lab.publish(plan))).toBe('plan/moot');
    expect(await readdir(join(lab.trustDirectory, 'private'))).toEqual(before);
    expect(lab.simulator.uploads).toBe(0);
  });
});

test('an empty repository is made, once', async () => {
  const lab = await withJeff();
  const empty = `${gun}/empty` as typeof gun;
  const error: unknown = await lab.planner.initialise({ gun }).catch((one: unknown) => one);
  expect(error).toMatchObject({ code: 'plan/exists' });
  const plan = await lab.planner.initialise({ gun: empty });
  expect(plan.roles.map(({ role, toVersion }) => [role, toVersion])).toEqual([
    ['root', 1],
    ['targets', 1],
  ]);
  expect((await lab.publish(plan)).roles.map(({ role }) => role)).toEqual(['root', 'targets']);
});
