/** Delegation trees made to hurt: cycles, depth, number, and names that are traps for careless code. */
import { beforeAll, describe, expect, test } from 'vitest';
import type { RoleName } from '../../shared/brands.ts';
import { listTargets } from '../../electron/tuf/delegations.ts';
import { MAX_DELEGATION_DEPTH, MAX_DELEGATIONS } from '../../electron/tuf/limits.ts';
import { parseGun } from '../../electron/tuf/names.ts';
import { newTargets } from '../../electron/tuf/new-metadata.ts';
import type { RoleSigner } from '../../electron/tuf/ports.ts';
import { newSigner } from '../fakes/software-keys.ts';
import { metadataKeyIdOf, RepositoryBuilder } from '../simulator/repository-builder.ts';
import { Swizzler } from '../simulator/swizzler.ts';
import { load, outcome } from './load.ts';

const gun = parseGun('registry.example.test:5000/acme/app');
const now = new Date('2026-11-20T12:00:00Z');
const role = (name: string): RoleName => name as RoleName;
const TARGETS = role('targets');

let signer: RoleSigner;
beforeAll(() => {
  signer = newSigner();
});

/** A targets file that delegates to names which the builder itself would never write. */
async function delegatingTo(names: readonly string[], parent = TARGETS): Promise<string> {
  const builder = await RepositoryBuilder.create(gun, now);
  if (parent !== TARGETS) builder.delegate(parent, { signers: [signer] });
  const delegations = names.map((name) => ({
    name: role(name),
    keyids: [metadataKeyIdOf(signer)],
    threshold: 1,
    paths: [''],
  }));
  const delegationKeys = new Map([[metadataKeyIdOf(signer), signer.key]]);
  builder.edit(parent, { ...builder.targetsBody(parent), delegations, delegationKeys });
  await builder.publish();
  return outcome(builder.published(), { gun, now });
}

describe('what a role may delegate to', () => {
  test.each([
    'targets',
    'root',
    'snapshot',
    'targets/a/b',
    'targets/..',
    'targets/../root',
    'targets/.',
    'targets//a',
    'targets/a/',
    'targets/A',
    'targets/ü',
    'targets/a b',
    'targets/a\\b',
    'targets/%2e%2e',
    'targets/*',
    'other/a',
    '',
    `targets/${'a'.repeat(248)}`,
  ])('not "%s"', async (name) => {
    expect(await delegatingTo([name])).toBe('trust/malformed');
  });

  test('not to itself, its parent or its cousin: there are no cycles', async () => {
    const parent = role('targets/a');
    for (const name of ['targets/a', 'targets', 'targets/b', 'targets/b/a', 'targets/a/b/a']) {
      expect(await delegatingTo([name], parent)).toBe('skipped trust/malformed');
    }
  });

  test.each([
    'targets/__proto__',
    'targets/constructor',
    'targets/-',
    'targets/_',
    `targets/${'a'.repeat(247)}`,
  ])('but "%s", as any other name', async (name) => {
    const builder = await RepositoryBuilder.create(gun, now);
    builder.delegate(role(name), { signers: [signer] }).addTarget(role(name), '__proto__');
    await builder.publish();
    const repository = load(builder.published(), { gun, now });
    expect([...repository.targets.keys()]).toEqual(['targets', name]);
    expect(listTargets(repository.targets).map((found) => [found.role, found.target.name])).toEqual([
      [name, '__proto__'],
    ]);
  });
});

describe('size', () => {
  test(`${String(MAX_DELEGATIONS)} roles are read`, async () => {
    const builder = await many(MAX_DELEGATIONS);
    expect(load(builder.published(), { gun, now }).targets.size).toBe(MAX_DELEGATIONS + 1);
  });
  test('one more is refused', async () => {
    expect(outcome((await many(MAX_DELEGATIONS + 1)).published(), { gun, now })).toBe('trust/limit-exceeded');
  });
  test(`${String(MAX_DELEGATION_DEPTH)} levels are read`, async () => {
    const repository = load((await deep(MAX_DELEGATION_DEPTH)).published(), { gun, now });
    expect(repository.targets.size).toBe(MAX_DELEGATION_DEPTH + 1);
    expect(listTargets(repository.targets).map(({ target }) => target.name)).toEqual(['deepest']);
  });
  test('one level more is skipped and said', async () => {
    const builder = await deep(MAX_DELEGATION_DEPTH + 1);
    expect(outcome(builder.published(), { gun, now })).toBe('skipped trust/limit-exceeded');
    expect(load(builder.published(), { gun, now }).targets.size).toBe(MAX_DELEGATION_DEPTH + 1);
  });

  async function many(count: number): Promise<RepositoryBuilder> {
    const builder = await RepositoryBuilder.create(gun, now);
    const id = metadataKeyIdOf(signer);
    const names = Array.from({ length: count }, (_, i) => role(`targets/r${String(i)}`));
    const delegations = names.map((name) => ({ name, keyids: [id], threshold: 1, paths: [''] }));
    const delegationKeys = new Map([[id, signer.key]]);
    builder.edit(TARGETS, { ...builder.targetsBody(TARGETS), delegations, delegationKeys });
    const file = await builder.sign(TARGETS, newTargets(now), [signer]);
    for (const name of names) builder.files.set(name, file);
    return builder.publish();
  }

  async function deep(levels: number): Promise<RepositoryBuilder> {
    const builder = await RepositoryBuilder.create(gun, now);
    let name = TARGETS;
    for (let level = 0; level < levels; level++) {
      name = role(`${name}/d`);
      builder.delegate(name, { signers: [signer] });
    }
    return builder.addTarget(name, 'deepest').publish();
  }
});

describe('a tree with holes', () => {
  let builder: RepositoryBuilder;
  beforeAll(async () => {
    builder = await RepositoryBuilder.create(gun, now);
    for (const name of ['targets/a', 'targets/a/b', 'targets/c']) {
      builder.delegate(role(name)).addTarget(role(name), name);
    }
    await builder.publish();
  });
  const names = (swizzler: Swizzler): readonly string[] =>
    listTargets(load(swizzler.files, { gun, now }).targets).map(({ target }) => target.name);

  test('a delegation without a file is passed over, and what hangs below it', async () => {
    const swizzler = new Swizzler(builder);
    await swizzler.hide(role('targets/a'));
    expect(names(swizzler)).toEqual(['targets/c']);
  });
  test('a skipped delegation takes its subtree along, the others stay', async () => {
    const swizzler = new Swizzler(builder);
    await swizzler.expire(role('targets/a'));
    await swizzler.announce();
    expect(names(swizzler)).toEqual(['targets/c']);
    const repository = load(swizzler.files, { gun, now });
    expect([...repository.problems.keys()]).toEqual(['targets/a']);
    expect([...repository.unusable.keys()]).toEqual(['targets/a']);
  });
  test('the targets role itself cannot be hidden', async () => {
    const swizzler = new Swizzler(builder);
    await swizzler.hide(TARGETS);
    expect(outcome(swizzler.files, { gun, now })).toBe('trust/malformed');
  });
  test('a file that no role delegates to is never asked for', async () => {
    const stray = await RepositoryBuilder.create(gun, now);
    stray.files.set('targets/stray', await stray.sign(TARGETS, newTargets(now)));
    await stray.publish();
    const repository = load(stray.published(), { gun, now });
    expect([...repository.targets.keys()]).toEqual(['targets']);
    expect(repository.authorityOf(role('targets/stray'))).toBeUndefined();
  });
  test('a delegation with fewer keys than its threshold is skipped', async () => {
    const swizzler = new Swizzler(builder);
    await swizzler.raiseThreshold(role('targets/c'));
    await swizzler.announce();
    expect(outcome(swizzler.files, { gun, now })).toBe('skipped trust/threshold-not-met');
  });
  test('the order in which files are asked for is depth first', () => {
    const repository = load(builder.published(), { gun, now });
    expect([...repository.targets.keys()]).toEqual(['targets', 'targets/a', 'targets/a/b', 'targets/c']);
  });
});
