/**
 * Plans for the window: made, kept here by ID while they are reviewed, published, saved or dropped. Privileged process.
 * SECURITY: the window only ever names a plan's ID, so that what is signed is what this side made and showed.
 */
import type { CanonicalKeyId, Gun, RoleName } from '../../../shared/brands.ts';
import { AppError, isAppError } from '../../../shared/errors.ts';
import type { EventPayload } from '../../../shared/ipc/bridge.ts';
import { writeFileAtomically } from '../../files/atomic-file.ts';
import { parsePublicKeyFile } from '../../keystore/public-key-file.ts';
import { readChangelist } from '../../notary/changelist.ts';
import type { Confirmation, Prompts } from '../../prompts/prompts.ts';
import { toBase64 } from '../../tuf/base64.ts';
import { fromHex } from '../../tuf/hex.ts';
import type { PublicKey } from '../../tuf/model.ts';
import type { Connector } from '../connector.ts';
import { writePlanFile } from './carried/plan-file.ts';
import { planFileText, publishCarried } from './carried/plan-files.ts';
import {
  openSaved,
  type SavedPlan,
  type SavedPlanServices,
  signSaved,
  toSavedView,
} from './carried/saved-plans.ts';
import { identifyKeys, type Dropped } from './identify-keys.ts';
import { planForElsewhere } from './keys-elsewhere.ts';
import type { Plan, PlanRotation } from './plan.ts';
import { toPlanView, toReceiptView } from './plan-views.ts';
import type { Planner } from './planner.ts';
import { publish, type PublishingServices } from './publishing.ts';

import { resolveAllUnfinished } from './unfinished.ts';
import type { TagToSign } from './sign-tags.ts';
import type { VerifiedRepository } from '../../notary/verified-repository.ts';
import { digestHex } from './released-tags.ts';

export interface WindowPlansSetup {
  readonly planner: Planner;
  readonly publishing: PublishingServices;
  readonly connectorOf: (gun: Gun) => Connector;
  /** Repositories the window knows, and those of them that were read. */
  readonly guns: () => Promise<readonly Gun[]>;
  readonly verified: () => readonly VerifiedRepository[];
  /** Reads a repository again after a publish and tells the window. */
  readonly refresh: (gun: Gun) => Promise<void>;
  readonly prompts: Prompts;
  readonly onStep: (progress: EventPayload<'plans.progress'>) => void;
}

interface TagWish {
  readonly tag: string;
  readonly digest?: { readonly sha256: string; readonly size: number } | undefined;
}

/** Plans under review at once; the oldest is dropped. */
const MAX_PLANS = 32;

export class WindowPlans {
  readonly #setup: WindowPlansSetup;
  readonly #plans = new Map<string, Plan>();
  readonly #running = new Map<string, AbortController>();
  /** Those of them that came from a file. */
  readonly #saved = new Map<string, SavedPlan>();

  constructor(setup: WindowPlansSetup) {
    this.#setup = setup;
  }

  /** @throws `registry/not-found`, `registry/*`, and what `Planner.sign` throws */
  async sign(
    gun: Gun,
    wishes: readonly TagWish[],
    signAs: string | undefined,
    rootKey: CanonicalKeyId | 'new' | undefined,
  ) {
    const registry = await this.#setup.connectorOf(gun).connectRegistry(gun);
    const tags = await Promise.all(wishes.map((wish) => resolveTag(gun, wish, registry)));
    return this.#planFor((planner) => planner.sign({ gun, tags, signAs, rootKey }));
  }

  async revoke(gun: Gun, tags: readonly string[] | undefined, signAs: string | undefined) {
    return this.#planFor((planner) => planner.revoke({ gun, tags, signAs }));
  }

  async addSigner(
    gun: Gun,
    name: string,
    files: readonly Dropped[],
    rootKey: CanonicalKeyId | 'new' | undefined,
  ) {
    const keys = files.map((file) => this.#publicKey(file));
    return this.#planFor((planner) => planner.addSigner({ gun, name, keys, rootKey }));
  }

  async removeSigner(gun: Gun, name: string, signAs: string | undefined) {
    return this.#planFor((planner) => planner.removeSigner({ gun, name, signAs }));
  }

  async witness(gun: Gun, roles: readonly RoleName[], signAs: string | undefined) {
    return this.#planFor((planner) => planner.witness({ gun, roles, signAs }));
  }

  /** @param key an ID, `new` or `server`; the role's usual choice without it */
  async rotate(gun: Gun, role: string, key: PlanRotation['key'] | undefined) {
    return this.#planFor((planner) => planner.rotate({ gun, role, key }));
  }

  /** An empty repository. */
  async initialise(gun: Gun, rootKey: CanonicalKeyId | 'new' | undefined) {
    return this.#keep(await this.#setup.planner.initialise({ gun, rootKey }));
  }

  /** Everything that the server has of it. */
  async delete(gun: Gun) {
    return this.#keep(await this.#setup.planner.delete(gun));
  }

  /** @param planId of the publish before which the restore point was kept */
  async restore(gun: Gun, planId: string, signAs: string | undefined) {
    const earlier = await this.#setup.publishing.restorePoints.load(gun, planId);
    return this.#keep(await this.#setup.planner.restore({ gun, earlier, signAs }));
  }

  async staged(gun: Gun) {
    return this.#keep(await this.#setup.planner.staged(gun));
  }

  /** Publishes, reads back, and asks the registry once more where the signed tags point. */
  async publish(id: string) {
    const plan = this.#plan(id);
    if (this.#running.has(id))
      throw new AppError('plan/moot', { gun: plan.gun, reason: 'it is being published' });
    const controller = new AbortController();
    this.#running.set(id, controller);
    try {
      if (plan.deletes === true) await this.#setup.prompts.confirm(deletionQuestion(plan), controller.signal);
      const onStep: PublishingServices['onStep'] = (_planId, step) => this.#setup.onStep({ id, step });
      const services = { ...this.#setup.publishing, onStep };
      const saved = this.#saved.get(id);
      const receipt = await (saved === undefined
        ? publish(plan, services, controller.signal)
        : publishCarried(saved.carried, services, controller.signal));
      this.#forget(id);
      await this.#setup.refresh(plan.gun);
      return toReceiptView(receipt, await this.#movedTags(plan));
    } finally {
      this.#running.delete(id);
    }
  }

  /** Stops a publish before its upload; afterwards it has no effect. */
  cancel(id: string): Promise<void> {
    this.#running.get(id)?.abort();
    return Promise.resolve();
  }

  discard(id: string): Promise<void> {
    this.#forget(id);
    return Promise.resolve();
  }

  /** A plan that was saved, wherever that was. @throws `prompt/cancelled`, `plan/file-unreadable`, `plan/moot` */
  async open() {
    const [file] = await this.#setup.prompts.chooseFile({ title: 'Open a saved plan', want: 'file' });
    if (file === undefined) throw new AppError('prompt/cancelled', {});
    const saved = await openSaved(file, this.#savedServices());
    const { id } = saved.carried.plan;
    // SECURITY: what is under review here is never exchanged for what a file says.
    if (this.#plans.has(id) && !this.#saved.has(id))
      throw new AppError('plan/malformed', { reason: 'it is under review here already' });
    return this.#keepSaved(saved);
  }

  /** Signs an opened plan with the keys that are here; its file is written again. @throws `plan/no-key-here` */
  async signSaved(id: string) {
    const saved = this.#saved.get(id);
    if (saved === undefined) throw new AppError('plan/malformed', { reason: 'it did not come from a file' });
    return this.#keepSaved(await signSaved(saved, this.#savedServices()));
  }

  /** Main asks for the place; the window never names a path. @throws `prompt/cancelled`, `files/*` */
  async save(id: string): Promise<void> {
    const plan = this.#plan(id);
    const saved = this.#saved.get(id);
    const text = saved === undefined ? await this.#textOf(plan) : writePlanFile(saved.file);
    const suggestedName = 'plan.json';
    const [file] = await this.#setup.prompts.chooseFile({
      title: 'Save the plan',
      want: 'save',
      suggestedName,
    });
    if (file === undefined) throw new AppError('prompt/cancelled', {});
    await writeFileAtomically(file, text);
  }

  /** A plan whose key was made for the file goes on with that key here too. */
  async #textOf(plan: Plan): Promise<string> {
    const { plan: known, text } = await planFileText(plan, this.#setup.publishing);
    this.#plans.set(plan.id, known);
    return text;
  }

  /** Who a dropped public key or certificate is, here and in the repositories that were read. */
  identify(files: readonly Dropped[]) {
    return Promise.resolve(identifyKeys(files, this.#setup.verified(), this.#setup.publishing));
  }

  /** Every change that notary staged on this computer for a known repository. */
  async stagedChanges() {
    const guns = await this.#setup.guns();
    const lists = await Promise.all(
      guns.map(async (gun) => {
        const { changes } = await readChangelist(this.#setup.connectorOf(gun).trustDirectory, gun);
        return changes.map(({ file, action, scope, type, path }) => ({
          gun,
          file,
          action,
          role: scope,
          type,
          path,
        }));
      }),
    );
    return lists.flat();
  }

  /** What became of uploads that an earlier run could not finish. */
  async unfinished() {
    const resolved = await resolveAllUnfinished(this.#setup.publishing);
    return resolved.map(({ gun, title, kind }) => ({ gun, title, outcome: kind }));
  }

  async #movedTags(plan: Plan) {
    if (plan.kind !== 'sign') return [];
    const registry = await this.#setup.connectorOf(plan.gun).connectRegistry(plan.gun);
    const signed = new Map(
      plan.changes.flatMap((change) =>
        change.kind === 'add-target' && change.target.sha256 !== undefined
          ? [[change.target.name, digestHex(change.target.sha256)] as const]
          : [],
      ),
    );
    const moved = await Promise.all(
      [...signed].map(async ([tag, digest]) => {
        // The receipt is true without the registry; that it cannot be asked shows in the tag table.
        const now = await registry.resolveTag(tag).catch(undefinedForOutcomes);
        return now === undefined || now.sha256 === digest
          ? []
          : [{ tag, signed: digest, registry: now.sha256 }];
      }),
    );
    return moved.flat();
  }

  #publicKey({ label, content }: Dropped): PublicKey {
    const bytes = new Uint8Array(Buffer.from(content, 'base64'));
    return parsePublicKeyFile(label, bytes, this.#setup.publishing.now().getTime()).key;
  }

  #keep(plan: Plan) {
    this.#plans.set(plan.id, plan);
    for (const id of this.#plans.keys()) {
      if (this.#plans.size <= MAX_PLANS) break;
      if (!this.#running.has(id)) this.#forget(id);
    }
    return toPlanView(plan);
  }

  #keepSaved(saved: SavedPlan) {
    const { plan } = saved.carried;
    this.#saved.set(plan.id, saved);
    return { ...this.#keep(plan), saved: toSavedView(saved) };
  }

  #forget(id: string): void {
    this.#plans.delete(id);
    this.#saved.delete(id);
  }

  #savedServices(): SavedPlanServices {
    const { planner, publishing } = this.#setup;
    return { publishing, keysHere: (gun) => planner.keysHere(gun) };
  }

  /** Where no key is here the plan is made for those who have them: it can be saved and carried there. */
  async #planFor(make: (planner: Planner) => Promise<Plan>) {
    return this.#keep(await planForElsewhere(this.#setup.planner, make));
  }

  #plan(id: string): Plan {
    const plan = this.#plans.get(id);
    if (plan === undefined) throw new AppError('plan/malformed', { reason: 'it is no longer under review' });
    return plan;
  }
}

/** SECURITY: the name is typed, and compared here; a click alone deletes nothing. */
function deletionQuestion({ gun, server }: Plan): Confirmation {
  return {
    title: 'Delete the repository',
    text: `All trust data of ${gun} is deleted on ${server}. It cannot be undone there: signed tags, signers and the root are gone for everybody. Images and keys stay.`,
    confirmLabel: 'Delete it',
    destructive: true,
    typed: gun,
  };
}

async function resolveTag(
  gun: Gun,
  wish: TagWish,
  registry: Awaited<ReturnType<Connector['connectRegistry']>>,
): Promise<TagToSign> {
  const found = wish.digest ?? (await registry.fetchManifest(wish.tag));
  if (found === undefined) throw new AppError('registry/not-found', { reference: `${gun}:${wish.tag}` });
  const digest = fromHex(found.sha256);
  if (digest === undefined)
    throw new AppError('ipc/invalid-input', { channel: 'plans.sign', reason: 'digest' });
  return { tag: wish.tag, sha256: toBase64(digest), length: found.size };
}

function undefinedForOutcomes(error: unknown): undefined {
  if (!isAppError(error)) throw error;
  return undefined;
}
