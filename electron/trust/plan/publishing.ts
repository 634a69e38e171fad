/**
 * Binds the ports of publishing to this computer: trust server, key store, data folder, activity log. Privileged side.
 * Private keys are opened here and wiped when the publish is over, however it ends.
 */
import { rm } from 'node:fs/promises';
import path from 'node:path';
import type { CanonicalKeyId, Gun } from '../../../shared/brands.ts';
import { AppError } from '../../../shared/errors.ts';
import type { ActivityLog } from '../../activity/activity-log.ts';
import { flushFolder } from '../../files/atomic-file.ts';
import { findKey } from '../../keystore/store-key.ts';
import type { KeyUnlocker } from '../../keystore/unlock.ts';
import { changelistFolder } from '../../notary/changelist.ts';
import { forgetBelowRoot, type MetadataCache } from '../../notary/metadata-cache.ts';
import type { ReadMemories } from '../../notary/read-memory.ts';
import type { NotaryTransport } from '../../notary/transport.ts';
import type { VerifiedRepository } from '../../notary/verified-repository.ts';
import { ROOT } from '../../tuf/names.ts';
import type { TufCrypto } from '../../tuf/ports.ts';
import type { Connector, RepositoryConnection } from '../connector.ts';
import { readRepository } from '../read-repository.ts';
import { type PlanTokens, tokenConsent, tokensForPlan } from './available-keys.ts';
import type { CarriedSignature } from './carried/plan-file.ts';
import { initialiseRepository } from './initialise.ts';
import type { KnownKeys } from './known-keys.ts';
import type { PlanSource } from './make-plan.ts';
import type { Plan } from './plan.ts';
import { publishPlan } from './publish.ts';
import type { Consent, OpenSigner, PublishPorts, UploadFile } from './publish-ports.ts';
import type { Receipt } from './receipt.ts';
import type { RestorePoints } from './restore-points.ts';
import { makeRotatedKey } from './rotation.ts';
import { askSnapshotHolder } from './snapshot-holder.ts';
import { storedVersion, versionOfStored } from './stored-files.ts';

/** How far a publish is. */
export type PublishStep = 'reading' | 'signing' | 'keeping-restore-point' | 'uploading' | 'reading-back';

export interface PublishingServices {
  readonly connectorFor: (gun: Gun) => Promise<Connector>;
  readonly unlocker: KeyUnlocker;
  /** Absent where tokens are not used. */
  readonly tokens?: PlanTokens | undefined;
  readonly restorePoints: RestorePoints;
  readonly activity: ActivityLog;
  readonly crypto: TufCrypto;
  readonly now: () => Date;
  /** What was read and verified moments ago, when the plan was made. */
  readonly memories?: ReadMemories;
  /** Where one command changes many repositories; without it the key store is listed for every key. */
  readonly keys?: KnownKeys;
  /** More lines for the passphrase question, such as what opens the sandbox's own keys. */
  readonly passphraseHint?: (gun: Gun) => readonly string[];
  readonly onStep?: (planId: string, step: PublishStep) => void;
  /** Told before the upload, and of a saved plan that was signed, which keys signed it. Must not reject: it is no reason not to publish. */
  readonly beforeUpload?: (keyIds: readonly string[]) => Promise<void>;
  /** Told after a publish which keys signed it; they are closed by then. Must not reject: what is published is. */
  readonly afterPublish?: (keyIds: readonly string[]) => Promise<void>;
}

/** Publishes a reviewed plan; with `carried`, by signatures that were made elsewhere. @throws as `publishPlan` */
export async function publish(
  plan: Plan,
  services: PublishingServices,
  signal?: AbortSignal,
  carried?: readonly CarriedSignature[],
): Promise<Receipt> {
  const connector = await services.connectorFor(plan.gun);
  const opened: OpenSigner[] = [];
  const published = async (): Promise<Receipt> => {
    try {
      const tokens = tokensForPlan(services.tokens, plan);
      const ports = publishPorts(connector, { ...services, tokens }, opened, signal);
      return await publishPlan(plan, ports, services.crypto, carried);
    } finally {
      for (const key of opened) key.wipe();
      services.restorePoints.release(plan.id);
      services.memories?.forget(plan.gun);
    }
  };
  const receipt = await published();
  await services.afterPublish?.(opened.map(({ id }) => id));
  return receipt;
}

/** The ports without signers: enough to find out what became of an interrupted publish. */
export function publishPorts(
  connector: Connector,
  services: PublishingServices,
  opened: OpenSigner[],
  signal?: AbortSignal,
): PublishPorts {
  const { trustDirectory } = connector;
  // Once the upload has begun, stopping would only hide its outcome: from then on nothing is interrupted.
  let stop = signal;
  const endInterrupting = (): void => {
    if (stop?.aborted === true) throw new AppError('prompt/cancelled', {});
    stop = undefined;
  };
  const connectForChange = async (plan: Plan, actions = 'push,pull'): Promise<RepositoryConnection> => {
    const connection = await connector.connect(plan.gun, { actions, signal: stop });
    requireReviewedServer(plan, connection.transport.server);
    return connection;
  };
  const changing = async (plan: Plan, actions?: string): Promise<NotaryTransport> =>
    (await connectForChange(plan, actions)).transport;
  const reading = async (plan: Plan): Promise<NotaryTransport> =>
    (await connector.connect(plan.gun, { signal: stop })).transport;
  let uploaded = false;
  const step = (plan: Plan, at: PublishStep): void => services.onStep?.(plan.id, at);
  return {
    readForUpdate: async (plan) => {
      step(plan, uploaded ? 'reading-back' : 'reading');
      const options = {
        now: services.now(),
        from: 'server',
        memory: services.memories?.of(plan.gun),
        ...(stop === undefined ? {} : { signal: stop }),
      } as const;
      const repository = await readRepository(connector, plan.gun, options);
      requireReviewedServer(plan, repository.server);
      return toPlanSource(repository);
    },
    snapshotHolder: async (plan, source) =>
      askSnapshotHolder(source.root.body, await changing(plan), services.crypto),
    initialise: async (plan) => {
      const transport = await changing(plan);
      const made = { ...services, trustDirectory, transport, opened, signal };
      return initialiseRepository(plan, made).finally(() => services.keys?.forget());
    },
    makeRotatedKey: async (plan) => {
      step(plan, 'signing');
      // notary-server: making a server key needs every right on the repository.
      const transport = await changing(plan, plan.rotation?.key === 'server' ? '*' : 'push,pull');
      const made = { ...services, trustDirectory, transport, opened, signal };
      return makeRotatedKey(plan, made).finally(() => services.keys?.forget());
    },
    signed: (plan, files) => {
      const memory = services.memories?.of(plan.gun);
      for (const file of files) memory?.add(file);
    },
    openSigner: async (keyId, consent) => {
      services.onStep?.(consent.planId, 'signing');
      const key = await openStored(trustDirectory, keyId, consent, services, signal);
      opened.push(key);
      return key;
    },
    upload: async (plan, files) => {
      step(plan, 'uploading');
      const { transport, cache } = await connectForChange(plan);
      await services.beforeUpload?.(opened.map(({ id }) => id));
      await transport.publish(new Map(files.map(({ role, bytes }) => [role, bytes])));
      if (plan.initialise !== undefined) {
        // What an earlier repository of the name left here would be held against the new one.
        await forgetBelowRoot(trustDirectory, plan.gun);
        await trustOwnRoot(cache, files);
      }
      uploaded = true;
    },
    deleteAll: async (plan) => {
      endInterrupting();
      step(plan, 'uploading');
      // notary-server: deleting needs every right on the repository.
      const transport = await changing(plan, '*');
      // A deletion has no journal: should everything be killed now, this is what is left of it.
      const { id: planId, title, server } = plan;
      await services.activity.append({
        what: 'deletion-started',
        gun: plan.gun,
        details: { planId, title, server },
      });
      await transport.deleteAll();
      uploaded = true;
      services.memories?.forget(plan.gun);
    },
    forgetBelowRoot: (gun) => forgetBelowRoot(trustDirectory, gun),
    storedVersion: async (plan, role) => storedVersion(await changing(plan), role),
    versionOfStored: async (plan, role, sha256) =>
      versionOfStored(await reading(plan), role, sha256, services.crypto),
    keepRestorePoint: (plan, source) => {
      step(plan, 'keeping-restore-point');
      return services.restorePoints.keep(plan, source);
    },
    openJournal: (record) => {
      endInterrupting();
      return services.restorePoints.openJournal(record);
    },
    removeStaged: (gun, names) => removeStaged(changelistFolder(trustDirectory, gun), names),
    record: async (what, gun, details) => {
      await services.activity.append({ what, gun, details });
    },
    now: services.now,
  };
}

/** SECURITY: the person reviewed where it goes to; settings that changed since send it nowhere else. */
function requireReviewedServer(plan: Plan, server: string): void {
  if (server === plan.server) return;
  const reason = `its trust server is ${server} now, and ${plan.server} was reviewed`;
  throw new AppError('plan/moot', { gun: plan.gun, reason });
}

/**
 * SECURITY: a repository that was made here is never trusted on first use: what is read back, and everything after, has
 * to follow from our own root. As notary, which keeps the root that it makes.
 */
async function trustOwnRoot(cache: MetadataCache, files: readonly UploadFile[]): Promise<void> {
  const root = files.find(({ role }) => role === ROOT);
  if (root === undefined) throw new Error('a repository is made without a root');
  await cache.write(ROOT, root.bytes);
}

/** What a plan starts from: all that was verified, and what a witness could revive. */
export function toPlanSource(repository: VerifiedRepository): PlanSource {
  const { gun, server, root, snapshot, targets, unusable } = repository;
  return { gun, server, root, snapshot, targets, unusable };
}

async function openStored(
  trustDirectory: string,
  keyId: CanonicalKeyId,
  consent: Consent,
  services: PublishingServices,
  signal: AbortSignal | undefined,
): Promise<OpenSigner> {
  const { place } = consent.signature;
  if (place.kind === 'yubikey') return openOnToken(keyId, place.serial, consent, services, signal);
  const stored = await (services.keys?.find(trustDirectory, keyId) ?? findKey(trustDirectory, keyId));
  const hint = services.passphraseHint?.(consent.gun) ?? [];
  return services.unlocker.open(stored, [...purposeOf(consent), ...hint], signal);
}

/** SECURITY: a key that was planned on a token is never taken from a file instead, nor the other way round. */
async function openOnToken(
  keyId: CanonicalKeyId,
  serial: string,
  consent: Consent,
  { tokens }: PublishingServices,
  signal: AbortSignal | undefined,
): Promise<OpenSigner> {
  if (tokens === undefined) throw new AppError('yubikey/not-plugged-in', { serial });
  return tokens.openSigner(keyId, serial, tokenConsent(consent), signal);
}

/** What a passphrase will sign, in whole lines. */
export function purposeOf(consent: Consent): readonly string[] {
  return [consent.title, `Repository ${consent.gun}`, `Signs ${consent.roles.join(', ')}`];
}

async function removeStaged(folder: string, names: readonly string[]): Promise<void> {
  if (names.length === 0) return;
  for (const name of names) await rm(path.join(folder, path.basename(name)), { force: true });
  await flushFolder(folder);
}
