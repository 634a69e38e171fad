/** Targets files of one update: believed, left out, and still to be fetched. Pure; judges nothing but numbers. */
import type { RoleName } from '../../shared/brands.ts';
import { AppError } from '../../shared/errors.ts';
import { MAX_DELEGATIONS } from './limits.ts';
import type { MetadataFile, TargetsBody } from './model.ts';
import { parentRole } from './names.ts';
import type { RoleAuthority } from './verify.ts';

export class LoadedTargets {
  readonly files = new Map<RoleName, MetadataFile<TargetsBody>>();
  readonly unusable = new Map<RoleName, MetadataFile<TargetsBody>>();
  readonly problems = new Map<RoleName, AppError>();
  /** Delegations still to visit, depth first. */
  private queue: readonly RoleName[] = [];
  private readonly queued = new Set<RoleName>();

  /** Takes a believed file; its delegations are visited next. Throws `trust/limit-exceeded`. */
  accept(file: MetadataFile<TargetsBody>): void {
    this.files.set(file.role, file);
    const names = new Set(file.body.delegations.map((role) => role.name));
    const children = [...names].filter((role) => !this.queued.has(role));
    for (const role of children) this.queued.add(role);
    if (this.queued.size > MAX_DELEGATIONS) {
      throw new AppError('trust/limit-exceeded', { what: 'delegations', limit: MAX_DELEGATIONS });
    }
    this.queue = [...children, ...this.queue];
  }

  /** Leaves a role out. `file` is what could be read of it. */
  skip(role: RoleName, reason: AppError, file?: MetadataFile<TargetsBody>): void {
    this.problems.set(role, reason);
    if (file !== undefined) this.unusable.set(role, file);
  }

  /** The next delegation that fits, in depth-first order; those that do not are passed over for good. */
  next(fits: (role: RoleName) => boolean): RoleName | undefined {
    const at = this.queue.findIndex(fits);
    const role = this.queue[at];
    this.queue = role === undefined ? [] : this.queue.slice(at + 1);
    return role;
  }

  /** The keys that its parent names for a delegation; undefined when no loaded role names it. */
  authorityOf(role: RoleName): RoleAuthority | undefined {
    const parent = this.files.get(parentRole(role))?.body;
    const entry = parent?.delegations.find((delegation) => delegation.name === role);
    if (parent === undefined || entry === undefined) return undefined;
    return { keys: parent.delegationKeys, keyids: entry.keyids, threshold: entry.threshold };
  }

  clear(): void {
    this.files.clear();
    this.unusable.clear();
    this.problems.clear();
    this.queued.clear();
    this.queue = [];
  }
}
