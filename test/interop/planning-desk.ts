/** Trustdesk's planner and publishing on a lab workstation, as the app composes them, without window or command line. */
import { join } from 'node:path';
import { ActivityLog } from '../../electron/activity/activity-log.ts';
import { nodeCrypto } from '../../electron/crypto/node-crypto.ts';
import { listKeys } from '../../electron/keystore/key-directory.ts';
import { PassphraseMemory } from '../../electron/keystore/passphrase-memory.ts';
import { loadPublicKeyFile } from '../../electron/keystore/public-key-file.ts';
import { KeyUnlocker } from '../../electron/keystore/unlock.ts';
import { connectLikeDocker, readConfiguration } from '../../electron/trust/connect.ts';
import type { Plan } from '../../electron/trust/plan/plan.ts';
import { ReadMemories } from '../../electron/notary/read-memory.ts';
import { Planner } from '../../electron/trust/plan/planner.ts';
import { publish, type PublishingServices } from '../../electron/trust/plan/publishing.ts';
import type { Receipt } from '../../electron/trust/plan/receipt.ts';
import { RestorePoints } from '../../electron/trust/plan/restore-points.ts';
import type { TagToSign } from '../../electron/trust/plan/sign-tags.ts';
import type { PublicKey } from '../../electron/tuf/model.ts';
import { createHash } from 'node:crypto';
import type { Workstation } from '../lab/workstation.ts';

export interface PlanningDesk {
  readonly planner: Planner;
  readonly services: PublishingServices;
  publish(plan: Plan): Promise<Receipt>;
  publicKey(file: string): Promise<PublicKey>;
}

const nobody = {
  askPassphrase: () => Promise.reject(new Error('nobody is asked here')),
};

export async function openPlanningDesk(desk: Workstation): Promise<PlanningDesk> {
  const env = desk.environment;
  const surroundings = { env, platform: process.platform, home: desk.home, now: () => new Date() };
  const connector = connectLikeDocker(await readConfiguration(surroundings), surroundings);
  const memories = new ReadMemories(nodeCrypto);
  const common = {
    connectorFor: () => Promise.resolve(connector),
    memories,
    crypto: memories.crypto,
    now: () => new Date(),
  };
  const services: PublishingServices = {
    ...common,
    unlocker: new KeyUnlocker({
      prompt: nobody,
      memory: new PassphraseMemory(),
      environment: env,
      notify: () => undefined,
    }),
    restorePoints: new RestorePoints(desk.trustdeskHome),
    activity: new ActivityLog(join(desk.trustdeskHome, 'activity.jsonl'), () => new Date()),
  };
  return {
    services,
    planner: new Planner({ ...common, listKeys: async (folder) => (await listKeys(folder)).keys }),
    publish: (plan) => publish(plan, services),
    publicKey: async (file) => (await loadPublicKeyFile(file, Date.now())).key,
  };
}

/** A tag whose digest follows from `content`. */
export const tagToSign = (tag: string, content = tag): TagToSign => ({
  tag,
  sha256: createHash('sha256').update(content).digest('base64'),
  length: 1234,
});
export const digestOf = (content: string): string => createHash('sha256').update(content).digest('hex');
