/**
 * `trustdesk backup restore FILE`: onto an empty computer or into what is there, whole or in part; or from the text of
 * a recovery sheet. Command line. What is there stays unless it was named, and is listed.
 */
import { join } from 'node:path';
import { textOf } from '../../shared/error-texts.ts';
import { type BackupRecord, updateBackupRecords } from '../backup/backup-records.ts';
import { addOpened } from '../backup/record-drills.ts';
import { copyStanding } from '../backup/copy-standing.ts';
import type { OpenedBackup } from '../backup/read-backup.ts';
import { placeAt } from '../backup/real-places.ts';
import {
  planRestore,
  restoreBackup,
  type Restored,
  type RestoreItem,
  type RestoreState,
} from '../backup/restore-backup.ts';
import { shellWord } from '../files/shell-word.ts';
import { agrees, forQuestions } from './ask.ts';
import { BackupOpener } from './backup-opening.ts';
import { aroundOf, findSaying } from './backup-places.ts';
import { type Arguments, isOn, type RunCommand, usage, valuesOf } from './command.ts';
import { printable } from './columns.ts';
import { type KeyDesk, openOwnDesk } from './key-desk.ts';
import { isNamed, namedKeys } from './named-keys.ts';
import { shortName } from './pick-key.ts';
import { restoreFromSheet } from './sheet-restore.ts';
import { sheetSourceOf } from './sheet-source.ts';
import type { Terminal } from './terminal.ts';

export const runBackupRestore: RunCommand = async (args, terminal) => {
  const desk = await openOwnDesk(terminal);
  const [given] = args.operands;
  const sheet = sheetSourceOf(args);
  if (given === undefined && sheet === undefined) {
    throw usage('Name the backup, or a recovery sheet with --code-text or --code-picture');
  }
  if (given !== undefined && sheet !== undefined) {
    throw usage(`Either the backup ${given} or a recovery sheet is restored, not both at once`);
  }
  if (sheet !== undefined) return restoreFromSheet(sheet, { desk, args, terminal });
  const ofSheets = ['unchecked', 'role', 'gun'].find((name) => args.options.has(name));
  if (ofSheets !== undefined) throw usage(`--${ofSheets} is for the keys of a recovery sheet only`);
  const file = await findSaying(given ?? '', terminal);
  const opener = new BackupOpener(args, terminal);
  const backup = await opener.open(file).finally(() => opener.end());
  for (const problem of backup.problems) terminal.stderr.write(`Problem: ${printable(problem)}\n`);
  const into = { trustDir: desk.trustDirectory, settingsFile: desk.settingsFile };
  const shown = await planRestore(backup, into);
  const items = chooseItems(shown, args, file);
  const replace = chooseReplacements(items, args);
  if (isOn(args, 'dry-run')) return rehearse(items, replace, args, terminal);
  const talk = forQuestions(args, terminal);
  if (!(await mayReplace(items, replace, args, talk))) return 1;
  if (backup.seal === 'plain' && !(await mayTrust(items, args, talk))) return 1;
  const files = items.map((item) => item.file);
  const restored = await restoreBackup(backup, into, { files, replace, shown });
  await note(backup, restored, desk);
  // What was restored is said first: that the records cannot be written must not hide it.
  const exitCode = await finish(restored, desk, args, terminal);
  const copy = await noteCopy(backup, restored, desk, terminal);
  if (copy !== undefined && !isOn(args, 'json')) sayNext(copy, restored, terminal);
  return exitCode;
};

/** All of it, or only keys, or only some of them. @throws `backup/no-such-key`, `keystore/ambiguous-id` */
function chooseItems(items: readonly RestoreItem[], args: Arguments, file: string): readonly RestoreItem[] {
  const wanted = valuesOf(args, 'key');
  const keys = items.filter(({ kind }) => kind === 'key');
  if (wanted.length === 0) return isOn(args, 'keys-only') ? keys : items;
  return namedKeys(wanted, keys, ({ key }) => key?.id ?? '', file);
}

/** By ID of the key, or by path in the archive: each for itself. */
function chooseReplacements(items: readonly RestoreItem[], args: Arguments): readonly string[] {
  const named = valuesOf(args, 'replace');
  return named.flatMap((word) => {
    const found = items.filter((item) => item.file === word || isNamed(item.key?.id ?? '', word));
    if (found.length !== 1)
      throw usage(
        `--replace ${word} names ${found.length === 0 ? 'nothing' : 'several files'} that would be restored`,
      );
    return found.map((item) => item.file);
  });
}

/** What is there and would be replaced is named once more; `-y` is the answer of those who are not there. */
async function mayReplace(
  items: readonly RestoreItem[],
  replace: readonly string[],
  args: Arguments,
  terminal: Terminal,
): Promise<boolean> {
  const isReplaced = ({ state, file }: RestoreItem) =>
    replace.includes(file) && state !== 'new' && state !== 'identical';
  const names = items.filter(isReplaced).map(nameOf);
  if (names.length === 0 || isOn(args, 'yes')) return true;
  if (await agrees(`Replace ${names.join(', ')} by what the backup holds?`, terminal)) return true;
  terminal.stderr.write('\nAborting action.\n');
  return false;
}

/** Anybody could have changed an archive that is not protected: whom it trusts is not taken over unasked. */
async function mayTrust(
  items: readonly RestoreItem[],
  args: Arguments,
  terminal: Terminal,
): Promise<boolean> {
  const names = items.filter(({ kind, state }) => kind !== 'key' && state !== 'identical').map(nameOf);
  if (names.length === 0 || isOn(args, 'yes')) return true;
  const question = `The archive is not protected. Take over ${names.join(', ')} from it?`;
  if (await agrees(question, terminal)) return true;
  terminal.stderr.write('\nAborting action. --keys-only restores the keys alone.\n');
  return false;
}

const would: Readonly<Record<RestoreState, string>> = {
  new: 'would be restored',
  identical: 'is here already',
  different: 'would be kept as it is here',
  blocked: 'is in the way of something else and would be kept',
};

function rehearse(
  items: readonly RestoreItem[],
  replace: readonly string[],
  args: Arguments,
  terminal: Terminal,
): number {
  if (isOn(args, 'json')) {
    const facts = items.map((item) => ({ ...item, replace: replace.includes(item.file) }));
    terminal.stdout.write(`${JSON.stringify(facts, undefined, 4)}\n`);
    return 0;
  }
  for (const item of items) {
    const what =
      replace.includes(item.file) && item.state !== 'new' ? 'would be replaced' : would[item.state];
    terminal.stdout.write(`${nameOf(item)} ${what}\n`);
  }
  return 0;
}

function nameOf({ kind, key, file }: RestoreItem): string {
  return printable(kind === 'key' && key !== undefined ? `key ${shortName(key)}` : file);
}

function note(backup: OpenedBackup, restored: readonly Restored[], desk: KeyDesk): Promise<void> {
  const done = restored.filter(({ outcome }) => outcome === 'restored').map(({ item }) => item);
  if (done.length === 0) return Promise.resolve();
  const details = { file: backup.path, sha256: backup.sha256, restored: done.map(({ file }) => file) };
  return desk.record('backup-restored', `Restored ${done.map(nameOf).join(', ').slice(0, 200)}`, details);
}

/** On a new computer nothing else knows of the copy. Undefined when no key came from it. */
async function noteCopy(
  backup: OpenedBackup,
  restored: readonly Restored[],
  desk: KeyDesk,
  terminal: Terminal,
): Promise<BackupRecord | undefined> {
  const isOfUse = ({ item, outcome }: Restored) =>
    item.kind === 'key' && (outcome === 'restored' || outcome === 'identical');
  if (!restored.some(isOfUse)) return undefined;
  const where = await placeAt(backup.path, await aroundOf(desk, terminal));
  const { backups } = await updateBackupRecords(desk.recordsFile, (known) =>
    addOpened(known, backup, where, terminal.now()),
  );
  return backups.find(({ file, place }) => file.sha256 === backup.sha256 && place.id === where.id);
}

/** To standard error, as all that is no result. */
function sayNext(copy: BackupRecord, restored: readonly Restored[], terminal: Terminal): void {
  const isProven = copyStanding(copy, terminal.now().getTime()).kind === 'proven';
  const { place, file } = copy;
  const path = place.kind === 'folder' ? shellWord(join(place.label, file.name)) : shellWord(place.label);
  const roots = restored.flatMap(({ item: { key }, outcome }) =>
    key?.role === 'root' && outcome === 'restored' ? [key.id.slice(0, 7)] : [],
  );
  const lines = [
    ...(isProven
      ? []
      : [`The copy is recorded here, not proven yet. Next: trustdesk backup check ${printable(path)}`]),
    ...roots.map(
      (id) =>
        `With two proven copies: trustdesk backup offline ${id}    keeps the root key off this computer`,
    ),
  ];
  for (const line of lines) terminal.stderr.write(`${line}\n`);
}

async function finish(
  restored: readonly Restored[],
  desk: KeyDesk,
  args: Arguments,
  terminal: Terminal,
): Promise<number> {
  const isWhole = restored.every(({ outcome }) => outcome === 'restored' || outcome === 'identical');
  if (isOn(args, 'json')) {
    terminal.stdout.write(`${JSON.stringify(restored.map(toJson), undefined, 4)}\n`);
    return isWhole ? 0 : 1;
  }
  for (const each of restored) say(each, terminal);
  const kept = restored.filter(({ outcome }) => outcome === 'kept');
  if (kept.length > 0) terminal.stderr.write(howToReplace(kept.map(({ item }) => item)));
  await sayOffline(restored, desk, terminal);
  return isWhole ? 0 : 1;
}

function say(each: Restored, terminal: Terminal): void {
  const name = nameOf(each.item);
  switch (each.outcome) {
    case 'restored': {
      terminal.stdout.write(`Restored ${name}\n`);
      for (const kept of each.keptAside ?? []) {
        terminal.stdout.write(`  The key file that was here is kept as ${printable(kept)}\n`);
      }
      return;
    }
    case 'identical': {
      terminal.stdout.write(`Already here: ${name}\n`);
      return;
    }
    case 'kept': {
      terminal.stderr.write(`Kept ${name} as it is here: ${difference(each.item)}\n`);
      return;
    }
    case 'failed': {
      const { title, fix } = textOf(each.error);
      terminal.stderr.write(`Not restored: ${name}. ${printable(title)}\n  ${printable(fix)}\n`);
      return;
    }
  }
}

function difference({ kind, state }: RestoreItem): string {
  if (state === 'blocked') return 'a file that is no key has its name';
  return kind === 'key' ? 'the same key, with another passphrase or role' : 'its content is another one';
}

function howToReplace(kept: readonly RestoreItem[]): string {
  const words = kept
    .slice(0, 3)
    .map(({ key, file }) => `--replace ${key?.id.slice(0, 7) ?? printable(file)}`);
  const more = kept.length > 3 ? ' ...' : '';
  return `  To take what the backup holds instead: ${words.join(' ')}${more}\n`;
}

/** A key that is counted as offline and now lies here again. */
async function sayOffline(restored: readonly Restored[], desk: KeyDesk, terminal: Terminal): Promise<void> {
  const here = new Set(
    restored.filter(({ outcome }) => outcome === 'restored').map(({ item }) => item.key?.id),
  );
  const { offline } = await desk.records();
  for (const key of offline.filter(({ id }) => here.has(id))) {
    terminal.stderr.write(
      `Note: key ${shortName(key)} is recorded as kept offline. ` +
        `\`trustdesk backup offline ${key.id.slice(0, 7)}\` takes it off again, \`backup keep\` leaves it here.\n`,
    );
  }
}

function toJson(each: Restored): object {
  const { item, outcome } = each;
  return 'error' in each
    ? { ...item, outcome, error: { code: each.error.code, ...textOf(each.error) } }
    : { ...item, outcome };
}
