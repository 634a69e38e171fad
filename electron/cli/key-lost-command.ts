/**
 * `trustdesk key lost [IMAGE|ID]`: which keys of which repositories are not here, where copies are, and what to do; with
 * what still works without a root key, and the text for consumers when it is started over. Command line. Changes nothing.
 */
import type { Gun } from '../../shared/brands.ts';
import type { Holdings } from '../../shared/ipc/keys.ts';
import { type Advice, adviceFor, consumerNotice, deadlinesOf } from '../../shared/lost-key-advice.ts';
import { placeName } from '../backup/backup-records.ts';
import { keyStanding } from '../backup/copy-standing.ts';
import { nodeCrypto } from '../crypto/node-crypto.ts';
import { listKeys } from '../keystore/key-directory.ts';
import { holdingsOf } from '../trust/key-holdings.ts';
import { isOn, type RunCommand } from './command.ts';
import { printable } from './columns.ts';
import { type LookedFor, meant, mustBeKnown } from './lost-name.ts';
import { type KeyDesk, openOwnDesk } from './key-desk.ts';
import { readKnownRepositories } from './known-repositories.ts';
import { doubtLines } from './print-impact.ts';
import { adviceText, holdingLines } from './print-lost-keys.ts';
import type { Terminal } from './terminal.ts';

export const runKeyLost: RunCommand = async (args, terminal) => {
  const desk = await openOwnDesk(terminal);
  const [wanted] = args.operands;
  const { id, gun } = wanted === undefined ? everything : await meant(wanted, desk);
  const all = await lookAt(desk, gun, terminal);
  const chosen = id === undefined ? all : all.filter((holdings) => names(holdings, id));
  if (isOn(args, 'json')) {
    const facts = chosen.map((holdings) => toJson(holdings, id, terminal));
    terminal.stdout.write(`${JSON.stringify(facts, undefined, 4)}\n`);
    return 0;
  }
  for (const holdings of chosen) {
    const isOurs = wanted !== undefined || isKnownHere(holdings);
    terminal.stdout.write(isOurs ? describe(holdings, id, terminal) : othersLine(holdings));
  }
  if (chosen.length === 0 && id !== undefined) await mustBeKnown(id, all, desk);
  if (chosen.length === 0) terminal.stdout.write(await nothingFound(desk, id, terminal.now().getTime()));
  return 0;
};

const everything: LookedFor = { id: undefined, gun: undefined };

async function lookAt(desk: KeyDesk, gun: Gun | undefined, terminal: Terminal): Promise<readonly Holdings[]> {
  const known = await readKnownRepositories(desk, terminal, gun === undefined ? undefined : [gun]);
  const [first] = known;
  // Asked for by name, a repository that cannot be read is a failure; among others it is one line.
  if (gun !== undefined && first?.repository === undefined && first?.problem !== undefined)
    throw first.problem;
  for (const line of doubtLines(known)) terminal.stderr.write(`Warning: ${line}\n`);
  const [records, here] = await Promise.all([desk.records(), desk.keysHere()]);
  const all = known.map(async ({ gun: name, place, repository }): Promise<Holdings[]> => {
    if (repository === undefined) return [];
    const own = place.sandbox ? await keysIn(place.trustDirectory) : here;
    const roles = holdingsOf(repository, { here: own, records, crypto: nodeCrypto, now: terminal.now() });
    return [{ gun: name, server: repository.server, ...place, roles }];
  });
  return (await Promise.all(all)).flat();
}

async function keysIn(trustDirectory: string): Promise<ReadonlySet<string>> {
  return new Set<string>((await listKeys(trustDirectory)).keys.map(({ id }) => id));
}

/** Whoever only pulls from a repository has lost nothing. */
function isKnownHere({ roles }: Holdings): boolean {
  return roles.some(({ keys }) => keys.some(({ place, copies }) => place === 'here' || copies.length > 0));
}

function othersLine({ gun }: Holdings): string {
  const name = printable(gun);
  return `${name}\n  None of its keys is or was here, as far as is known. If one should be: trustdesk key lost ${name}\n\n`;
}

function names({ roles }: Holdings, id: string): boolean {
  return roles.some(({ keys }) => keys.some((key) => key.id.startsWith(id)));
}

/** All advice, or what concerns one key. */
function adviceOn(holdings: Holdings, id: string | undefined): readonly Advice[] {
  const all = adviceFor(holdings);
  if (id === undefined) return all;
  const roles = holdings.roles.filter(({ keys }) => keys.some((key) => key.id.startsWith(id)));
  return all.filter(({ role }) => roles.some((holding) => holding.role === role));
}

function describe(holdings: Holdings, id: string | undefined, terminal: Terminal): string {
  const advice = adviceOn(holdings, id);
  const texts = advice.map((one) => adviceText(one, holdings, terminal.now().getTime()));
  const rest = texts.length === 0 ? ['Nothing is missing here.\n'] : texts;
  return `${printable(holdings.gun)}\n${holdingLines(holdings).join('')}\n${rest.join('\n')}\n`;
}

async function nothingFound(desk: KeyDesk, id: string | undefined, now: number): Promise<string> {
  if (id === undefined) {
    return 'No repository is known on this computer. Name one: trustdesk key lost IMAGE\n';
  }
  const { backups } = await desk.records();
  const copies = backups
    .flatMap((backup) => {
      const key = backup.keys.find((held) => held.id.startsWith(id));
      return key === undefined ? [] : [{ backup, proven: keyStanding(backup, key.id, now).at !== undefined }];
    })
    .toSorted((one, other) => Number(other.proven) - Number(one.proven));
  const where = copies
    .map(({ backup: { file, place }, proven }) => {
      const name = printable(`${file.name} on ${placeName(place)}`);
      return `  ${name}${proven ? '' : ' (never proven)'}\n`;
    })
    .join('');
  const restore = `Restore it: trustdesk backup restore FILE --key ${id.slice(0, 7)}\n`;
  const lead = `No repository known here names key ${id}.\n`;
  const ask = 'Name the repository that needs it, as its key may be elsewhere: trustdesk key lost IMAGE\n';
  return copies.length === 0 ? `${lead}${ask}` : `${lead}Copies of it:\n${where}${restore}`;
}

function toJson(holdings: Holdings, id: string | undefined, terminal: Terminal): object {
  const advice = adviceOn(holdings, id);
  if (!advice.some(({ kind }) => kind === 'root-lost')) return { ...holdings, advice };
  const notice = consumerNotice(holdings, terminal.now().getTime());
  return { ...holdings, advice, deadlines: deadlinesOf(holdings), consumerNotice: notice };
}
