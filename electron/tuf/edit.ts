/**
 * The pure edit behind every plan: verified metadata and a list of changes in, edited bodies and the set of
 * roles that must be signed again out. Knows notary's rules for what a change does to a file; knows nothing of
 * keys on this computer, servers or files. Versions and expiry are not touched here: signing sets them.
 */
import type { CanonicalKeyId, RoleName, TufKeyId } from '../../shared/brands.ts';
import type { AddDelegation, Change, PurgeKeys, ReplaceBaseKeys } from './change.ts';
import { canonicalKeyId, tufKeyId } from './key-id.ts';
import { isDelegation, parentRole } from './names.ts';
import type { DelegationRole, PublicKey, RootBody, TargetEntry, TargetsBody } from './model.ts';
import type { TufCrypto } from './ports.ts';
import { replaceBaseKeys } from './edit-root.ts';
import { invalidChange, sameTarget, uncoveredPaths } from './edit-rules.ts';
import { emptyTargets, mergeDelegation, openFile, type OpenFile, toBody } from './open-targets.ts';

/** What an edit starts from: the verified root and targets files. */
export interface EditBase {
  readonly root: RootBody;
  readonly targets: ReadonlyMap<RoleName, TargetsBody>;
  /** Delegations that were downloaded but lack valid signatures; witness can bring them back (notary 5.4). */
  readonly unusable: ReadonlyMap<RoleName, TargetsBody>;
  /** For the expiry of files that an edit creates; signing replaces it. */
  readonly now: Date;
}

/** The outcome of an edit. Only `changed` roles (and root when `rootChanged`) need new signatures. */
export interface Edited {
  readonly root: RootBody;
  readonly targets: ReadonlyMap<RoleName, TargetsBody>;
  readonly changed: ReadonlySet<RoleName>;
  readonly rootChanged: boolean;
  /** Delegations whose entry was removed; a snapshot signed here drops their files. */
  readonly removedRoles: ReadonlySet<RoleName>;
  /** Roles that an edit left with fewer keys than their threshold: unusable until keys are added. */
  readonly starvedRoles: ReadonlySet<RoleName>;
}

/**
 * Applies `changes` in order.
 * @throws `trust/invalid-change` when a change names a role that cannot take it; nothing is applied then.
 */
export function applyChanges(base: EditBase, changes: readonly Change[], crypto: TufCrypto): Edited {
  const draft = new Draft(base, crypto);
  for (const change of changes) draft.apply(change);
  return draft.finish();
}

/** A working copy that opens each file at most once, so that 100 changes to 100,000 tags stay linear. */
class Draft {
  readonly #base: EditBase;
  readonly #crypto: TufCrypto;
  readonly #open = new Map<RoleName, OpenFile>();
  readonly #changed = new Set<RoleName>();
  readonly #removed = new Set<RoleName>();
  #root: RootBody;

  constructor(base: EditBase, crypto: TufCrypto) {
    this.#base = base;
    this.#crypto = crypto;
    this.#root = base.root;
  }

  apply(change: Change): void {
    switch (change.kind) {
      case 'add-target':
        this.#addTarget(change.role, change.target);
        return;
      case 'remove-target':
        this.#removeTarget(change.role, change.name);
        return;
      case 'add-delegation':
        this.#addDelegation(change);
        return;
      case 'remove-delegation-keys':
        this.#editDelegation(change.role, (role, keys) => this.#withoutKeys(role, keys, change.keyIds));
        return;
      case 'remove-delegation-paths': {
        const { paths } = change;
        this.#editDelegation(change.role, (role) => ({
          ...role,
          paths: paths === 'all' ? [] : role.paths.filter((path) => !paths.includes(path)),
        }));
        return;
      }
      case 'remove-delegation':
        this.#removeDelegation(change.role);
        return;
      case 'purge-keys':
        this.#purge(change);
        return;
      case 'witness':
        this.#witness(change.role);
        return;
      case 'replace-base-keys':
        this.#replaceBaseKeys(change);
    }
  }

  finish(): Edited {
    const targets = new Map(this.#base.targets);
    for (const role of this.#removed) targets.delete(role);
    for (const role of this.#changed) {
      const file = this.#open.get(role);
      if (file !== undefined) targets.set(role, toBody(file));
    }
    return {
      root: this.#root,
      targets,
      changed: this.#changed,
      rootChanged: this.#root !== this.#base.root,
      removedRoles: this.#removed,
      starvedRoles: this.#starved(targets),
    };
  }

  #addTarget(role: RoleName, target: TargetEntry): void {
    const file = this.#file(role);
    const delegated = isDelegation(role) ? this.#delegation(role) : undefined;
    // notary: a target outside the role's paths is refused ("could not add all targets")
    if (delegated !== undefined && uncoveredPaths(delegated.paths, [target.name]).length > 0) {
      throw invalidChange(role, `its paths do not cover "${target.name}"`);
    }
    const present = file.targets.get(target.name);
    if (present !== undefined && sameTarget(present, target)) return;
    file.targets.set(target);
    this.#changed.add(role);
  }

  #removeTarget(role: RoleName, name: string): void {
    if (this.#file(role).targets.delete(name)) this.#changed.add(role);
  }

  #addDelegation(change: AddDelegation): void {
    const parent = parentOf(change.role);
    const file = this.#file(parent);
    this.#checkPaths(parent, change);
    const index = file.delegations.findIndex((role) => role.name === change.role);
    const ids = change.keys.map((key) => tufKeyId(key, this.#crypto));
    const existing = file.delegations[index];
    if (existing === undefined && ids.length < Math.max(1, change.threshold)) {
      // notary: "tuf: invalid role": a new delegation needs its threshold of keys
      throw invalidChange(change.role, 'a new delegation needs at least as many keys as its threshold');
    }
    const role = mergeDelegation(change, existing, ids);
    if (existing === undefined) file.delegations.push(role);
    else file.delegations[index] = role;
    change.keys.forEach((key, i) => {
      const id = ids[i];
      if (id !== undefined) file.keys.set(id, key);
    });
    this.#removed.delete(change.role);
    this.#commitDelegations(parent, file);
  }

  #checkPaths(parent: RoleName, change: AddDelegation): void {
    const allowed = isDelegation(parent) ? this.#delegation(parent).paths : [''];
    const refused = uncoveredPaths(allowed, change.paths);
    if (refused.length > 0)
      throw invalidChange(change.role, `its parent's paths do not cover "${refused.join('", "')}"`);
  }

  #editDelegation(
    name: RoleName,
    edit: (role: DelegationRole, keys: ReadonlyMap<TufKeyId, PublicKey>) => DelegationRole,
  ): void {
    const parent = parentOf(name);
    const file = this.#file(parent);
    const index = file.delegations.findIndex((role) => role.name === name);
    const role = file.delegations[index];
    if (role === undefined) throw invalidChange(name, 'the delegation does not exist');
    file.delegations[index] = edit(role, file.keys);
    this.#commitDelegations(parent, file);
  }

  #withoutKeys(
    role: DelegationRole,
    keys: ReadonlyMap<TufKeyId, PublicKey>,
    unwanted: readonly CanonicalKeyId[],
  ): DelegationRole {
    return { ...role, keyids: role.keyids.filter((id) => !this.#isOneOf(keys.get(id), unwanted)) };
  }

  #isOneOf(key: PublicKey | undefined, ids: readonly CanonicalKeyId[]): boolean {
    return key !== undefined && ids.includes(canonicalKeyId(key, this.#crypto));
  }

  #removeDelegation(name: RoleName): void {
    const parent = parentOf(name);
    const file = this.#file(parent);
    const kept = file.delegations.filter((role) => role.name !== name);
    if (kept.length === file.delegations.length) throw invalidChange(name, 'the delegation does not exist');
    file.delegations = kept;
    this.#forgetSubtree(name);
    this.#commitDelegations(parent, file);
  }

  /** The files below a removed delegation cannot be reached any more, so they are neither kept nor signed. */
  #forgetSubtree(name: RoleName): void {
    const gone = (role: RoleName): boolean => role === name || role.startsWith(`${name}/`);
    for (const role of [...this.#base.targets.keys(), ...this.#open.keys()]) {
      if (!gone(role)) continue;
      this.#removed.add(role);
      this.#open.delete(role);
      this.#changed.delete(role);
    }
    this.#removed.add(name);
  }

  #purge(change: PurgeKeys): void {
    const prefix = `${change.role}/`;
    const files = [...this.#base.targets.keys()].filter(
      (role) => (role === change.role || role.startsWith(prefix)) && change.except?.includes(role) !== true,
    );
    for (const role of files) this.#purgeFile(role, change.keyIds);
  }

  #purgeFile(role: RoleName, keyIds: readonly CanonicalKeyId[]): void {
    if (this.#removed.has(role)) return;
    const file = this.#file(role);
    if (![...file.keys.values()].some((key) => this.#isOneOf(key, keyIds))) return;
    file.delegations = file.delegations.map((entry) => this.#withoutKeys(entry, file.keys, keyIds));
    this.#commitDelegations(role, file);
  }

  #witness(role: RoleName): void {
    if (role === 'root') {
      // The same content under a new version: its expiry is renewed.
      this.#root = { ...this.#root };
      return;
    }
    const revived = this.#base.unusable.get(role);
    if (!this.#base.targets.has(role) && revived !== undefined && !this.#open.has(role)) {
      this.#open.set(role, openFile(revived));
    }
    if (!this.#open.has(role) && !this.#base.targets.has(role))
      throw invalidChange(role, 'it has no file to sign again');
    this.#file(role);
    this.#changed.add(role);
  }

  #replaceBaseKeys(change: ReplaceBaseKeys): void {
    const replaced = replaceBaseKeys(this.#root, change, this.#crypto);
    if (replaced === this.#root) return;
    this.#root = replaced;
    // notary: a new targets key signs the targets file in the same publish
    if (change.role === 'targets') this.#witness('targets' as RoleName);
  }

  /** notary prunes keys that no delegation names at every edit of the list. */
  #commitDelegations(role: RoleName, file: OpenFile): void {
    const used = new Set(file.delegations.flatMap((entry) => entry.keyids));
    for (const id of file.keys.keys()) if (!used.has(id)) file.keys.delete(id);
    this.#changed.add(role);
  }

  #delegation(name: RoleName): DelegationRole {
    const found = this.#file(parentOf(name)).delegations.find((role) => role.name === name);
    if (found === undefined) throw invalidChange(name, 'the delegation does not exist');
    return found;
  }

  /** Opens the role's file; a delegation that has none yet gets an empty one (notary: InitTargets). */
  #file(role: RoleName): OpenFile {
    const open = this.#open.get(role);
    if (open !== undefined) return open;
    if (isDelegation(role)) this.#delegation(role);
    const body = this.#base.targets.get(role) ?? emptyTargets(this.#base.now);
    const file = openFile(body);
    this.#open.set(role, file);
    return file;
  }

  #starved(targets: ReadonlyMap<RoleName, TargetsBody>): ReadonlySet<RoleName> {
    const starved = new Set<RoleName>();
    for (const role of this.#changed) {
      const before = this.#base.targets.get(role)?.delegations.filter(lacksKeys) ?? [];
      for (const entry of targets.get(role)?.delegations.filter(lacksKeys) ?? []) {
        if (!before.some(({ name }) => name === entry.name)) starved.add(entry.name);
      }
    }
    return starved;
  }
}

function lacksKeys({ keyids, threshold }: DelegationRole): boolean {
  return keyids.length < threshold;
}

function parentOf(role: RoleName): RoleName {
  if (!isDelegation(role)) throw invalidChange(role, 'it is not a delegation');
  return parentRole(role);
}
