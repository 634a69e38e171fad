/**
 * What restoring would replace, asked of the person before anything is written. Privileged process.
 * SECURITY: asked on this side: a window that was taken over must not be able to exchange keys or trust by itself.
 */
import type { OpenedBackup } from '../read-backup.ts';
import { replacedKeysFolder } from '../replaced-keys.ts';
import type { RestoreItem } from '../restore-backup.ts';
import type { DeskSetup } from './desk-setup.ts';

interface Choice {
  readonly files: readonly string[];
  readonly replace: readonly string[];
  readonly shown: readonly RestoreItem[];
}

/** Asks nothing when nothing is replaced and the backup vouches for its trust metadata. Throws `prompt/cancelled`. */
export async function confirmRestore(setup: DeskSetup, backup: OpenedBackup, choice: Choice): Promise<void> {
  const chosen = choice.shown.filter(
    ({ file, state }) => choice.files.includes(file) && state !== 'identical',
  );
  const replaced = chosen.filter(({ file, state }) => choice.replace.includes(file) && state !== 'new');
  const keys = replaced.filter(({ kind }) => kind === 'key');
  const open = backup.seal === 'plain' ? chosen.filter(({ kind }) => kind !== 'key') : [];
  if (replaced.length === 0 && open.length === 0) return;
  const others = replaced.filter(({ kind }) => kind !== 'key');
  const lines = [...keyLines(keys, setup), ...otherLines(others), ...openLines(open)];
  await setup.prompts.confirm({
    title: titleOf(keys.length, replaced.length),
    text: lines.join('\n'),
    confirmLabel: replaced.length === 0 ? 'Restore' : 'Replace and restore',
    destructive: true,
    ...(keys.length === 0 ? {} : { typed: 'replace' }),
  });
}

function titleOf(keys: number, replaced: number): string {
  if (keys > 0) return keys === 1 ? 'Replace a key?' : `Replace ${String(keys)} keys?`;
  return replaced > 0 ? 'Replace what is here?' : 'Take over what an unprotected archive says?';
}

function keyLines(keys: readonly RestoreItem[], setup: DeskSetup): readonly string[] {
  if (keys.length === 0) return [];
  const names = keys.map(({ key }) => {
    const { role = '', id = '', gun } = key ?? {};
    return `${role === '' ? 'Key' : `${role} key`}${gun === undefined ? '' : ` of ${gun}`}, ID ${id}`;
  });
  const kept = `The files that are here now are kept in ${replacedKeysFolder(setup.places())}.`;
  return [
    'These keys are replaced by those in the backup, with the passphrases they had then:',
    ...names,
    kept,
  ];
}

function otherLines(others: readonly RestoreItem[]): readonly string[] {
  if (others.length === 0) return [];
  return ['These files are replaced; what is in them now is not kept:', ...namesOf(others)];
}

function openLines(open: readonly RestoreItem[]): readonly string[] {
  if (open.length === 0) return [];
  return [
    'This archive is not protected: anybody could have changed it. It decides whom this computer trusts for:',
    ...namesOf(open),
  ];
}

const MOST_NAMES = 20;

function namesOf(items: readonly RestoreItem[]): readonly string[] {
  const names = items.slice(0, MOST_NAMES).map(({ target }) => target);
  const more = items.length - names.length;
  return more > 0 ? [...names, `and ${String(more)} more`] : names;
}
