/**
 * The plans that the window reviews, by ID: made, kept, being published, dropped. Privileged process.
 * SECURITY: the window only ever names a plan's ID, so that what is signed is what this side made and showed.
 */
import { AppError } from '../../../shared/errors.ts';
import type { SavedPlan } from './carried/saved-plans.ts';
import { toSavedView } from './carried/saved-plans.ts';
import { planForElsewhere } from './keys-elsewhere.ts';
import type { Plan } from './plan.ts';
import { toPlanView } from './plan-views.ts';
import type { Planner } from './planner.ts';

/** Plans under review at once; the oldest is dropped. */
const MAX_PLANS = 32;

export class PlansUnderReview {
  readonly #planner: Planner;
  readonly #plans = new Map<string, Plan>();
  readonly #running = new Map<string, AbortController>();
  /** Those of them that came from a file. */
  readonly #saved = new Map<string, SavedPlan>();

  constructor(planner: Planner) {
    this.#planner = planner;
  }

  /** Where no key is here the plan is made for those who have them: it can be saved and carried there. */
  async make(work: (planner: Planner) => Promise<Plan>) {
    return this.keep(await planForElsewhere(this.#planner, work));
  }

  keep(plan: Plan) {
    this.#plans.set(plan.id, plan);
    for (const id of this.#plans.keys()) {
      if (this.#plans.size <= MAX_PLANS) break;
      if (!this.#running.has(id)) this.forget(id);
    }
    return toPlanView(plan);
  }

  /** @throws `plan/malformed` for the ID of a plan that was made here */
  keepSaved(saved: SavedPlan) {
    const { plan } = saved.carried;
    // SECURITY: what is under review here is never exchanged for what a file says.
    if (this.#plans.has(plan.id) && !this.#saved.has(plan.id))
      throw new AppError('plan/malformed', { reason: 'it is under review here already' });
    this.#saved.set(plan.id, saved);
    return { ...this.keep(plan), saved: toSavedView(saved) };
  }

  /** The same plan with what is known of it by now. */
  replace(plan: Plan): void {
    this.#plans.set(plan.id, plan);
  }

  /** @throws `plan/malformed` */
  plan(id: string): Plan {
    const plan = this.#plans.get(id);
    if (plan === undefined) throw new AppError('plan/malformed', { reason: 'it is no longer under review' });
    return plan;
  }

  saved(id: string): SavedPlan | undefined {
    return this.#saved.get(id);
  }

  forget(id: string): void {
    this.#plans.delete(id);
    this.#saved.delete(id);
  }

  /** Does it once at a time, until it is cancelled. @throws `plan/malformed`, `plan/moot` */
  async running<T>(id: string, work: (plan: Plan, signal: AbortSignal) => Promise<T>): Promise<T> {
    const plan = this.plan(id);
    if (this.#running.has(id))
      throw new AppError('plan/moot', { gun: plan.gun, reason: 'it is being published' });
    const controller = new AbortController();
    this.#running.set(id, controller);
    try {
      return await work(plan, controller.signal);
    } finally {
      this.#running.delete(id);
    }
  }

  cancel(id: string): void {
    this.#running.get(id)?.abort();
  }
}
