/** Other computers that a saved plan is carried to: without a network, with all keys, some of them or none. Test code. */
import { cp, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect } from 'vitest';
import { isAppError } from '../../../shared/errors.ts';
import { ActivityLog } from '../../../electron/activity/activity-log.ts';
import { nodeCrypto } from '../../../electron/crypto/node-crypto.ts';
import { listKeys } from '../../../electron/keystore/key-directory.ts';
import { connectLikeDocker, readConfiguration } from '../../../electron/trust/connect.ts';
import { openPlanFile, planFileText, signPlanAt } from '../../../electron/trust/plan/carried/plan-files.ts';
import { keysToSignWith } from '../../../electron/trust/plan/carried/sign-carried.ts';
import type { AvailableKey, Plan } from '../../../electron/trust/plan/plan.ts';
import { Planner } from '../../../electron/trust/plan/planner.ts';
import type { PublishingServices } from '../../../electron/trust/plan/publishing.ts';
import { RestorePoints } from '../../../electron/trust/plan/restore-points.ts';
import { gun, now, type PublishingLab, tagToSign } from './publishing-lab.ts';

/** What of a lab goes to other computers. */
export type CarryingLab = Pick<PublishingLab, 'env' | 'trustDirectory' | 'services'>;

const folders: string[] = [];
afterEach(async () => {
  for (const folder of folders.splice(0)) await rm(folder, { recursive: true, force: true });
});

export async function newFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'td-carried-'));
  folders.push(folder);
  return folder;
}

/** A failure's code, and what it says. */
export async function failure(work: Promise<unknown>): Promise<{ code: string; text: string }> {
  const error: unknown = await work.then(
    () => expect.unreachable('accepted'),
    (reason: unknown) => reason,
  );
  if (!isAppError(error)) throw error;
  return { code: error.code, text: JSON.stringify(error.details) };
}

/**
 * Another computer without any network: every request fails the test.
 * @param keys all of the lab's keys, none, or those of one role
 */
export async function offlineComputer(lab: CarryingLab, keys: boolean | string): Promise<PublishingServices> {
  const home = await newFolder();
  const env = { ...lab.env, DOCKER_CONFIG: join(home, '.docker'), TRUSTDESK_HOME: join(home, 'trustdesk') };
  const http = { fetch: () => expect.unreachable('the network was used'), close: () => undefined };
  const surroundings = { env, platform: process.platform, home, now: () => now, http };
  const connector = connectLikeDocker(await readConfiguration(surroundings), surroundings);
  if (keys !== false) await copyKeys(lab, connector.trustDirectory, keys);
  return {
    connectorFor: () => Promise.resolve(connector),
    crypto: nodeCrypto,
    now: () => now,
    unlocker: lab.services.unlocker,
    restorePoints: new RestorePoints(join(home, 'trustdesk')),
    activity: new ActivityLog(join(home, 'trustdesk', 'activity.jsonl'), () => now),
  };
}

async function copyKeys(lab: CarryingLab, to: string, which: true | string): Promise<void> {
  const { keys } = await listKeys(lab.trustDirectory);
  for (const { id, role } of keys) {
    if (which !== true && role !== which) continue;
    const file = join('private', `${id}.key`);
    await cp(join(lab.trustDirectory, file), join(to, file));
  }
}

export async function keysOf(services: PublishingServices): Promise<readonly AvailableKey[]> {
  const { trustDirectory } = await services.connectorFor(gun);
  const { keys } = await listKeys(trustDirectory);
  return keys.map(({ id, role }) => ({ keyId: id, role, place: { kind: 'file' } }));
}

/** Made on a computer with the network and without a single key. */
export async function planWithoutKeys(lab: CarryingLab, tag = 'new'): Promise<Plan> {
  return plannerWithoutKeys(lab)
    .countingKeysElsewhere()
    .sign({ gun, tags: [tagToSign(tag)] });
}

export function plannerWithoutKeys({ services }: CarryingLab): Planner {
  return new Planner({ ...services, listKeys: () => Promise.resolve([]) });
}

export async function savedPlan(lab: CarryingLab, plan?: Plan): Promise<string> {
  const file = join(await newFolder(), 'plan.json');
  const { text } = await planFileText(plan ?? (await planWithoutKeys(lab)), lab.services);
  await writeFile(file, text);
  return file;
}

export async function signAt(file: string, services: PublishingServices): Promise<void> {
  const opened = await openPlanFile(file, services);
  const keys = keysToSignWith(opened.carried, await keysOf(services), nodeCrypto);
  await signPlanAt(file, opened, keys, services);
}
