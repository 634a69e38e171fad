/** Wires what changes trust: planner, publishing, session lock, activity log. Part of `compose.ts`, for its size. */
import { join } from 'node:path';
import type { Gun } from '../shared/brands.ts';
import { ActivityLog } from './activity/activity-log.ts';
import { ActivityService } from './activity/activity-service.ts';
import { offlineRootIds } from './backup/offline-keys.ts';
import { nodeCrypto } from './crypto/node-crypto.ts';
import type { Tokens } from './compose-tokens.ts';
import type { WindowServices, WindowSurroundings } from './ipc/window-services.ts';
import { systemKeyChain } from './keystore/key-chain.ts';
import { listKeys } from './keystore/key-directory.ts';
import { KeyUnlocker } from './keystore/unlock.ts';
import { ReadMemories } from './notary/read-memory.ts';
import type { Places } from './trust/places.ts';
import { PlansUnderReview } from './trust/plan/plans-under-review.ts';
import { Planner } from './trust/plan/planner.ts';
import type { PublishingServices } from './trust/plan/publishing.ts';
import { RestorePoints } from './trust/plan/restore-points.ts';
import { WindowDelegations } from './trust/plan/window-delegations.ts';
import { WindowPlans } from './trust/plan/window-plans.ts';
import type { Repositories } from './trust/repositories.ts';
import { demoPassphrase } from './sandbox/demo-content.ts';
import { KeyDesk } from './trust/key-desk.ts';
import { windowKeys } from './trust/key-window.ts';
import { tellingWhy } from './trust/told-key-chain.ts';
import { SessionLock } from './trust/session-lock.ts';
import { windowTokens } from './trust/token-window.ts';

const sandboxHint = `Keys of the sandbox open with: ${demoPassphrase}`;

interface PlanParts {
  readonly surroundings: WindowSurroundings;
  readonly places: Places;
  readonly repositories: Repositories;
  readonly now: () => Date;
  readonly tokens: Tokens;
  /** Told after a publish which keys signed it. */
  readonly beforeUpload: (keyIds: readonly string[]) => Promise<void>;
  readonly afterPublish: (keyIds: readonly string[]) => Promise<void>;
}

type PlanServices = Pick<WindowServices, 'plans' | 'delegations' | 'keys' | 'yubikey' | 'activity' | 'lock'>;

export function composePlans({
  surroundings,
  places,
  repositories,
  now,
  tokens,
  beforeUpload,
  afterPublish,
}: PlanParts): {
  readonly services: PlanServices;
  readonly letGo: (keyId: string) => Promise<void>;
} {
  const { prompts, emit, log } = surroundings;
  const data = places.configured.paths.dataDirectory;
  const lock = new SessionLock(now, (state) => emit('lock.changed', state));
  const unlocker = new KeyUnlocker({
    prompt: {
      askPassphrase: (question, signal) => {
        lock.name(question.keyId, question.role);
        return prompts.askPassphrase(question, signal);
      },
    },
    memory: lock.memory,
    keyChain: tellingWhy(systemKeyChain(), ({ details }) => {
      log.warn('the key chain could not be asked', { reason: details.reason });
    }),
    // SECURITY: a window asks; passphrases of the environment it was started from are the command line's.
    environment: {},
    notify: ({ keyId, error }) => log.warn('not kept in the key chain', { keyId, code: error.code }),
  });
  const activityFile = join(data, 'activity.jsonl');
  const activity = new ActivityLog(activityFile, now);
  const activities = new ActivityService(activity, activityFile, prompts);
  const connectorFor: PublishingServices['connectorFor'] = (gun) =>
    Promise.resolve(places.placeOf(gun).connector);
  const memories = new ReadMemories(nodeCrypto);
  const common = { connectorFor, memories, crypto: memories.crypto, now, tokens: tokens.forPlans };
  const { backupRecordsFile } = places.configured.paths;
  const offlineRoots = {
    ids: async (gun: Gun) => (places.placeOf(gun).sandbox ? [] : offlineRootIds(backupRecordsFile)),
  };
  const passphraseHint: PublishingServices['passphraseHint'] = (gun) =>
    places.placeOf(gun).sandbox ? [sandboxHint] : [];
  const planner = new Planner({
    ...common,
    offlineRoots,
    listKeys: async (folder) => (await listKeys(folder)).keys,
  });
  const review = new PlansUnderReview(planner);
  const plans = new WindowPlans({
    planner,
    review,
    publishing: {
      ...common,
      unlocker,
      activity,
      restorePoints: new RestorePoints(data),
      passphraseHint,
      beforeUpload,
      afterPublish,
    },
    connectorOf: (gun) => places.placeOf(gun).connector,
    guns: () => repositories.guns(),
    verified: () => repositories.verified,
    refresh: (gun) => repositories.refresh([gun]),
    prompts,
    onStep: (progress) => emit('plans.progress', progress),
  });
  const keys = new KeyDesk({
    folders: () =>
      places.all.map(({ connector, sandbox }) => ({ trustDirectory: connector.trustDirectory, sandbox })),
    verified: () => repositories.verified,
    guns: () => repositories.guns(),
    tokenKeys: () => tokens.watch.keys,
    read: (gun) => repositories.detail(gun),
    unlocker,
    prompts,
    recordsFile: places.configured.paths.backupRecordsFile,
    record: async (what, details) => {
      await activity.append({ what, details });
    },
    sandboxHint,
    onForgotten: () => emit('lock.changed', lock.state()),
    onKeyChainKept: (keyId, { code }) => log.warn('not asked out of the key chain', { keyId, code }),
    crypto: nodeCrypto,
    now,
  });
  const services = {
    plans,
    delegations: new WindowDelegations({
      review,
      verified: () => repositories.verified,
      crypto: memories.crypto,
      now,
    }),
    keys: windowKeys(keys, prompts, { places, repositories }),
    yubikey: windowTokens({ desk: tokens.desk, watch: tokens.watch, keys, prompts }),
    activity: { list: () => activities.list(), export: () => activities.export() },
    lock: { state: () => lock.state(), lock: () => lock.lock() },
  };
  return { services, letGo: (keyId) => keys.letGo(keyId) };
}
