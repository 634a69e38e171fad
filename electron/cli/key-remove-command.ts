/**
 * `trustdesk key remove ID`, in the place of notary's, which does not say what stops working. Command line.
 * Removed only after the list was shown and the person agreed.
 */
import type { BackupRecords } from '../backup/backup-records.ts';
import { keyBackupState } from '../backup/copy-standing.ts';
import { withDisks } from '../backup/real-places.ts';
import { copiesText } from '../../shared/copy-standing.ts';
import { impactOfLosing, rolesOf } from '../backup/key-impact.ts';
import { nodeCrypto } from '../crypto/node-crypto.ts';
import type { StoredKey } from '../keystore/key-directory.ts';
import { removeKey } from '../keystore/store-key.ts';
import { agreesLikeNotary, forQuestions } from './ask.ts';
import { type Arguments, isOn, type RunCommand } from './command.ts';
import { printable } from './columns.ts';
import { aroundOf } from './backup-places.ts';
import { type KeyDesk, openKeyDesk } from './key-desk.ts';
import { type KnownRepository, readKnownRepositories } from './known-repositories.ts';
import { pickStored, shortName } from './pick-key.ts';
import { doubtLines, type ImpactFacts, impactLines } from './print-impact.ts';
import type { Terminal } from './terminal.ts';

export const runKeyRemove: RunCommand = async (args, terminal) => {
  const desk = await openKeyDesk(args, terminal);
  const stored = await pickStored(desk.trustDirectory, args.operands[0] ?? '');
  const removal = await lookAt(stored, desk, terminal);
  // With --json the facts are what is printed, and what goes to a person goes to standard error.
  const talk = forQuestions(args, terminal);
  talk.stdout.write(describe(removal));
  const removed = !isOn(args, 'dry-run') && (await mayRemove(stored, args, talk));
  if (removed) await remove(stored, desk, talk);
  if (isOn(args, 'json')) printJson(removal, removed, terminal);
  return 0;
};

interface Removal {
  readonly stored: StoredKey;
  readonly facts: ImpactFacts;
  readonly known: readonly KnownRepository[];
  readonly records: BackupRecords;
  readonly now: number;
}

async function lookAt(stored: StoredKey, desk: KeyDesk, terminal: Terminal): Promise<Removal> {
  const [known, records, here] = await Promise.all([
    readKnownRepositories(desk, terminal),
    desk.records(),
    desk.keysHere(),
  ]);
  const read = known.flatMap(({ repository }) => repository ?? []);
  const roles = read.flatMap((repository) => rolesOf(repository, nodeCrypto));
  const staying = new Set([...here].filter((id) => id !== stored.id));
  const offline = new Set(records.offline.map(({ id }) => id));
  const facts = { impacts: impactOfLosing(stored.id, roles, staying, offline) };
  return {
    stored,
    facts,
    known,
    records: await withDisks(records, await aroundOf(desk, terminal)),
    now: terminal.now().getTime(),
  };
}

function describe({ stored, facts, known, records, now }: Removal): string {
  const lines =
    facts.impacts.length === 0
      ? [unused(stored)]
      : ['Without this key:', ...impactLines(facts).map((line) => `  ${line}`)];
  const doubts = doubtLines(known).map((line) => `  ${line}`);
  const more = doubts.length === 0 ? [] : ['Not known for sure:', ...doubts];
  return `${[...lines, ...more, backupLine(stored, records, now)].join('\n')}\n`;
}

function unused({ gun, role }: StoredKey): string {
  const owner = gun === undefined ? '' : ` Its file says it is the ${role} key of ${printable(gun)}.`;
  return `No repository known here needs this key.${owner}`;
}

function backupLine({ id }: StoredKey, records: BackupRecords, now: number): string {
  const { lastProof, ...state } = keyBackupState(records, id, now);
  if (state.copies === 0) return 'No backup of it is known here: when it is removed, it is gone.';
  return `Backups hold it: ${copiesText({ ...state, wasProven: lastProof !== undefined })}.`;
}

async function mayRemove(
  { id, role, location }: StoredKey,
  args: Arguments,
  terminal: Terminal,
): Promise<boolean> {
  if (isOn(args, 'yes') || isOn(args, 'force')) return true;
  const question = `Are you sure you want to remove ${id} (role ${printable(role)}) from ${location}?`;
  const agreed = await agreesLikeNotary(question, terminal);
  if (!agreed) terminal.stdout.write('\nAborting action.\n');
  return agreed;
}

async function remove(stored: StoredKey, desk: KeyDesk, terminal: Terminal): Promise<void> {
  const { id, role, location } = stored;
  await removeKey(desk.trustDirectory, id);
  await desk.record('key-removed', `Removed key ${shortName(stored)}`, { keyId: id, role });
  terminal.stdout.write(`\nDeleted ${id} (role ${printable(role)}) from ${location}.\n`);
}

function printJson(
  { stored, facts: { impacts }, known, records, now }: Removal,
  removed: boolean,
  terminal: Terminal,
): void {
  const { id, role, gun } = stored;
  const unread = known.flatMap(({ gun: name, problem }) =>
    problem === undefined ? [] : [{ gun: name, code: problem.code }],
  );
  const backups = keyBackupState(records, id, now);
  const all = { key: { id, role, gun }, impact: impacts, unsure: unread, backups, removed };
  terminal.stdout.write(`${JSON.stringify(all, undefined, 4)}\n`);
}
