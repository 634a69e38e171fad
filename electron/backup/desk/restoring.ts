/**
 * Brings backups back with a person: opened from a file, a drive or a recovery sheet, shown item by item, and only
 * what was chosen is written. Privileged process. An opened backup stays here; the window names it and its items by ID.
 */
import { randomUUID } from 'node:crypto';
import { AppError } from '../../../shared/errors.ts';
import type { Restored, RestoreItemView, RestorePlan } from '../../../shared/ipc/backups.ts';
import type { OpenedBackup } from '../read-backup.ts';
import {
  planRestore,
  type Restored as RestoredFile,
  restoreBackup,
  type RestoreItem,
} from '../restore-backup.ts';
import { confirmRestore } from './restore-confirmation.ts';
import { type DeskSetup, keyNameOf, toWire } from './desk-setup.ts';
import { proveSheetKeys } from './sheet-proof.ts';

interface Open {
  readonly backup: OpenedBackup;
  /** Archive paths by the ID of the item. */
  readonly files: ReadonlyMap<string, readonly string[]>;
  /** As the person saw it. */
  readonly shown: readonly RestoreItem[];
}

export class Restoring {
  readonly #setup: DeskSetup;
  readonly #open = new Map<string, Open>();

  constructor(setup: DeskSetup) {
    this.#setup = setup;
  }

  /** What would happen, item by item. Changes nothing. Only one backup is open at a time. */
  async plan(backup: OpenedBackup, name: string): Promise<RestorePlan> {
    const shown = await planRestore(backup, this.#setup.places());
    const groups = groupItems(shown);
    const id = randomUUID();
    this.#open.clear();
    this.#open.set(id, {
      backup,
      shown,
      files: new Map(groups.map(({ view, files }) => [view.id, files])),
    });
    const { manifest, seal, problems } = backup;
    return {
      id,
      name,
      items: groups.map(({ view }) => view),
      problems: [...problems],
      ...(backup.path === '' ? {} : { seal }),
      ...(manifest === undefined ? {} : { created: Date.parse(manifest.created) }),
    };
  }

  /**
   * What would replace something is confirmed here first: what the window says is not enough.
   * Keys of a recovery sheet are opened with their own passphrases before anything is written.
   * Throws `backup/not-known` when the backup is not open any more, `backup/sheet-not-opened`, `prompt/cancelled`; nothing
   * was written then.
   */
  async restore(
    id: string,
    { items, replace }: { readonly items: readonly string[]; readonly replace: readonly string[] },
    signal: AbortSignal,
  ): Promise<Restored[]> {
    const open = this.#open.get(id);
    if (open === undefined) throw new AppError('backup/not-known', {});
    const filesOf = (ids: readonly string[]) => ids.flatMap((item) => open.files.get(item) ?? []);
    const choice = { files: filesOf(items), replace: filesOf(replace), shown: open.shown };
    await confirmRestore(this.#setup, open.backup, choice);
    const proven = await proveSheetKeys(this.#setup, open.backup, choice, signal);
    const results = await restoreBackup(open.backup, this.#setup.places(), choice);
    return items
      .flatMap((item) => toResult(item, open.files.get(item) ?? [], results))
      .map((result) => withCheck(result, open.files.get(result.id) ?? [], proven));
  }

  /** Where the backup lies that is open; undefined for a sheet. */
  opened(id: string): OpenedBackup | undefined {
    const backup = this.#open.get(id)?.backup;
    return backup?.path === '' ? undefined : backup;
  }

  close(): void {
    this.#open.clear();
  }
}

interface Group {
  readonly view: RestoreItemView;
  readonly files: readonly string[];
}

/** Keys one by one; the many files of a repository's trust metadata as one. */
function groupItems(items: readonly RestoreItem[]): readonly Group[] {
  const groups = new Map<string, RestoreItem[]>();
  for (const item of items) {
    const name = groupOf(item);
    groups.set(name, [...(groups.get(name) ?? []), item]);
  }
  return [...groups].map(([name, members], index) => toGroup(String(index), name, members));
}

/** `acme/app` for `tuf/acme/app/metadata/root.json`. */
function groupOf({ kind, file }: RestoreItem): string {
  if (kind !== 'metadata') return file;
  return /(?:^|\/)tuf\/(.+)\/(?:metadata|changelist)\//.exec(file)?.[1] ?? file;
}

const worst = ['identical', 'new', 'different', 'blocked'] as const;

function toGroup(id: string, name: string, members: readonly RestoreItem[]): Group {
  const [first] = members;
  if (first === undefined) throw new Error('a group without members');
  const { kind, target, key } = first;
  const state = worst.findLast((candidate) => members.some((item) => item.state === candidate)) ?? 'new';
  const view = { id, kind, name, target, count: members.length, state };
  return {
    view: key === undefined ? view : { ...view, key: keyNameOf(key) },
    files: members.map(({ file }) => file),
  };
}

/** One result for an item of several files: the most telling of them. */
function toResult(
  id: string,
  files: readonly string[],
  results: readonly RestoredFile[],
): readonly Restored[] {
  const own = results.filter(({ item }) => files.includes(item.file));
  const failed = own.find((result) => result.outcome === 'failed');
  if (failed?.outcome === 'failed') {
    const error = toWire(failed.error);
    return [{ id, outcome: 'failed', error: { code: error.code, details: { ...error.details } } }];
  }
  const order = ['restored', 'kept', 'identical'] as const;
  const outcome = order.find((candidate) => own.some((result) => result.outcome === candidate));
  return outcome === undefined ? [] : [{ id, outcome }];
}

/** Says of a key of a sheet that was restored whether it was opened. */
function withCheck(
  result: Restored,
  files: readonly string[],
  proven: ReadonlyMap<string, boolean>,
): Restored {
  const checked = files.map((file) => proven.get(file)).find((known) => known !== undefined);
  return checked === undefined || result.outcome !== 'restored' ? result : { ...result, checked };
}
