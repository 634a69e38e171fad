/**
 * Plans for the window: made, published, saved or dropped; those of delegations are made in `window-delegations.ts`.
 * Privileged process. What is under review is kept in `plans-under-review.ts`.
 */
import type { CanonicalKeyId, Gun, RoleName } from '../../../shared/brands.ts';
import { AppError } from '../../../shared/errors.ts';
import type { EventPayload } from '../../../shared/ipc/bridge.ts';
import { writeFileAtomically } from '../../files/atomic-file.ts';
import { readChangelist } from '../../notary/changelist.ts';
import type { VerifiedRepository } from '../../notary/verified-repository.ts';
import type { Confirmation, Prompts } from '../../prompts/prompts.ts';
import { toBase64 } from '../../tuf/base64.ts';
import { fromHex } from '../../tuf/hex.ts';
import type { Connector } from '../connector.ts';
import { writePlanFile } from './carried/plan-file.ts';
import { planFileText, publishCarried } from './carried/plan-files.ts';
import { openSaved, type SavedPlanServices, signSaved } from './carried/saved-plans.ts';
import { type Dropped, identifyKeys, publicKeysIn } from './identify-keys.ts';
import { movedTags } from './moved-tags.ts';
import type { Plan, PlanRotation } from './plan.ts';
import { toReceiptView } from './plan-views.ts';
import type { Planner } from './planner.ts';
import type { PlansUnderReview } from './plans-under-review.ts';
import { publish, type PublishingServices } from './publishing.ts';
import type { TagToSign } from './sign-tags.ts';
import { resolveAllUnfinished } from './unfinished.ts';

export interface WindowPlansSetup {
  readonly planner: Planner;
  readonly review: PlansUnderReview;
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

export class WindowPlans {
  readonly #setup: WindowPlansSetup;
  readonly #review: PlansUnderReview;

  constructor(setup: WindowPlansSetup) {
    this.#setup = setup;
    this.#review = setup.review;
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
    return this.#review.make((planner) => planner.sign({ gun, tags, signAs, rootKey }));
  }

  async revoke(gun: Gun, tags: readonly string[] | undefined, signAs: string | undefined) {
    return this.#review.make((planner) => planner.revoke({ gun, tags, signAs }));
  }

  async addSigner(
    gun: Gun,
    name: string,
    files: readonly Dropped[],
    rootKey: CanonicalKeyId | 'new' | undefined,
  ) {
    const keys = publicKeysIn(files, this.#setup.publishing);
    return this.#review.make((planner) => planner.addSigner({ gun, name, keys, rootKey }));
  }

  async removeSigner(gun: Gun, name: string, signAs: string | undefined) {
    return this.#review.make((planner) => planner.removeSigner({ gun, name, signAs }));
  }

  async witness(gun: Gun, roles: readonly RoleName[], signAs: string | undefined) {
    return this.#review.make((planner) => planner.witness({ gun, roles, signAs }));
  }

  /** @param key an ID, `new` or `server`; the role's usual choice without it */
  async rotate(gun: Gun, role: string, key: PlanRotation['key'] | undefined) {
    return this.#review.make((planner) => planner.rotate({ gun, role, key }));
  }

  /** An empty repository. */
  async initialise(gun: Gun, rootKey: CanonicalKeyId | 'new' | undefined) {
    return this.#review.keep(await this.#setup.planner.initialise({ gun, rootKey }));
  }

  /** Everything that the server has of it. */
  async delete(gun: Gun) {
    return this.#review.keep(await this.#setup.planner.delete(gun));
  }

  /** @param planId of the publish before which the restore point was kept */
  async restore(gun: Gun, planId: string, signAs: string | undefined) {
    const earlier = await this.#setup.publishing.restorePoints.load(gun, planId);
    return this.#review.keep(await this.#setup.planner.restore({ gun, earlier, signAs }));
  }

  async staged(gun: Gun) {
    return this.#review.keep(await this.#setup.planner.staged(gun));
  }

  /** Publishes, reads back, and asks the registry once more where the signed tags point. */
  publish(id: string) {
    const { publishing, prompts, refresh, connectorOf } = this.#setup;
    return this.#review.running(id, async (plan, signal) => {
      if (plan.deletes === true) await prompts.confirm(deletionQuestion(plan), signal);
      const onStep: PublishingServices['onStep'] = (_planId, step) => this.#setup.onStep({ id, step });
      const services = { ...publishing, onStep };
      const saved = this.#review.saved(id);
      const receipt = await (saved === undefined
        ? publish(plan, services, signal)
        : publishCarried(saved.carried, services, signal));
      this.#review.forget(id);
      await refresh(plan.gun);
      return toReceiptView(receipt, await movedTags(plan, connectorOf(plan.gun)));
    });
  }

  /** Stops a publish before its upload; afterwards it has no effect. */
  cancel(id: string): Promise<void> {
    this.#review.cancel(id);
    return Promise.resolve();
  }

  discard(id: string): Promise<void> {
    this.#review.forget(id);
    return Promise.resolve();
  }

  /** A plan that was saved, wherever that was. @throws `prompt/cancelled`, `plan/file-unreadable`, `plan/moot` */
  async open() {
    const [file] = await this.#setup.prompts.chooseFile({ title: 'Open a saved plan', want: 'file' });
    if (file === undefined) throw new AppError('prompt/cancelled', {});
    return this.#review.keepSaved(await openSaved(file, this.#savedServices()));
  }

  /** Signs an opened plan with the keys that are here; its file is written again. @throws `plan/no-key-here` */
  async signSaved(id: string) {
    const saved = this.#review.saved(id);
    if (saved === undefined) throw new AppError('plan/malformed', { reason: 'it did not come from a file' });
    return this.#review.keepSaved(await signSaved(saved, this.#savedServices()));
  }

  /** Main asks for the place; the window never names a path. @throws `prompt/cancelled`, `files/*` */
  async save(id: string): Promise<void> {
    const plan = this.#review.plan(id);
    const saved = this.#review.saved(id);
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
    this.#review.replace(known);
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

  #savedServices(): SavedPlanServices {
    const { planner, publishing } = this.#setup;
    return { publishing, keysHere: (gun) => planner.keysHere(gun) };
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
