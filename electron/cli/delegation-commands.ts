/**
 * `trustdesk delegation add`, `remove` and `purge`, in the place of notary's. Command line. notary stages; here each
 * publishes at once and answers when the server shows it.
 */
import path from 'node:path';
import type { CanonicalKeyId, Gun, RoleName } from '../../shared/brands.ts';
import { AppError } from '../../shared/errors.ts';
import { loadPublicKeyFile } from '../keystore/public-key-file.ts';
import {
  addToDelegation,
  ALL_PATHS,
  type DelegationEdit,
  purgeKeys,
  removeDelegation,
  takeFromDelegation,
} from '../trust/plan/change-delegations.ts';
import type { Consequence, Plan } from '../trust/plan/plan.ts';
import { type LeftOut, planSignablePurge, type PurgeWish } from '../trust/plan/purge-signable.ts';
import type { PublicKey } from '../tuf/model.ts';
import { parseGun, parseRoleName } from '../tuf/names.ts';
import { agreesLikeNotary, forQuestions } from './ask.ts';
import { carryOut, isRehearsal, makePlanFor, printReceipt } from './carry-out.ts';
import { type Arguments, isOn, type RunCommand, usage, valueOf, valuesOf } from './command.ts';
import { openPlanningLikeNotary, type Planning } from './planning.ts';
import { consequenceLines } from './print-consequences.ts';
import { receiptAsText } from './print-plan.ts';
import type { Terminal } from './terminal.ts';

export const runDelegationAdd: RunCommand = async (args, terminal) => {
  const { gun, role, rest: files } = operandsOf(args);
  const paths = pathsOf(args);
  if (files.length === 0 && paths.length === 0) {
    throw usage('must specify the public key certificate paths and/or a list of paths to add');
  }
  const keys = await readKeys(files, terminal);
  return change({ gun, ...addToDelegation(role, keys, paths) }, undefined, args, terminal);
};

export const runDelegationRemove: RunCommand = async (args, terminal) => {
  const { gun, role, rest } = operandsOf(args);
  const keyIds = rest.map(parseKeyId);
  const paths = isOn(args, 'all-paths') ? ('all' as const) : pathsOf(args);
  if (keyIds.length === 0 && paths.length === 0) {
    const question = 'Are you sure you want to remove all data for this delegation?';
    return change({ gun, ...removeDelegation(role) }, question, args, terminal);
  }
  return change({ gun, ...takeFromDelegation(role, keyIds, paths) }, undefined, args, terminal);
};

export const runDelegationPurge: RunCommand = async (args, terminal) => {
  const gun = parseGun(args.operands[0] ?? '');
  const keyIds = listOf(args, 'key').map(parseKeyId);
  if (keyIds.length === 0) throw usage('Please provide key IDs to be removed using the --key flag');
  if (isOn(args, 'skip-unsignable')) return purgeSignable({ gun, keyIds }, args, terminal);
  return change({ gun, ...purgeKeys(keyIds) }, undefined, args, terminal);
};

interface Wish extends DelegationEdit {
  readonly gun: Gun;
}

/** @param question asked whatever the plan says; without one only what is grave is asked about */
async function change(
  wish: Wish,
  question: string | undefined,
  args: Arguments,
  terminal: Terminal,
): Promise<number> {
  const planning = await openPlanningLikeNotary(args, terminal);
  const signAs = valueOf(args, 'as');
  const plan = await makePlanFor(planning, args, (planner) => planner.changes({ ...wish, signAs }));
  return goThrough(plan, question, planning, args, terminal);
}

/** As notary, which leaves out what it cannot sign; here that has to be asked for, and is named. */
async function purgeSignable(
  wish: Pick<PurgeWish, 'gun' | 'keyIds'>,
  args: Arguments,
  terminal: Terminal,
): Promise<number> {
  const planning = await openPlanningLikeNotary(args, terminal);
  const asked = { ...wish, signAs: valueOf(args, 'as') };
  let leftOut: readonly LeftOut[] = [];
  const plan = await makePlanFor(planning, args, async (planner) => {
    const purge = await planSignablePurge(planner, asked);
    leftOut = purge.leftOut;
    return purge.plan;
  });
  for (const { role, keyIds } of leftOut)
    terminal.stderr.write(
      `Left out the delegations of ${role}: no key for it is here (${keyIds.join(', ') || 'it has none'}).\n`,
    );
  return goThrough(plan, undefined, planning, args, terminal);
}

async function goThrough(
  plan: Plan,
  question: string | undefined,
  planning: Planning,
  args: Arguments,
  terminal: Terminal,
): Promise<number> {
  await mayChange(plan, question, args, terminal);
  const receipt = await carryOut(plan, planning, args, terminal);
  const words = `Successfully published changes for repository ${plan.gun}`;
  printReceipt(receipt, receipt === undefined ? '' : `${words}\n${receiptAsText(receipt)}`, args, terminal);
  return 0;
}

/** What consumers or other signers lose by it. */
const grave: ReadonlySet<Consequence['kind']> = new Set([
  'tag-unpullable',
  'role-unusable',
  'role-without-keys',
]);

/** A script that was not understood must not look as if the key were gone. @throws `prompt/cancelled` */
async function mayChange(
  plan: Plan,
  question: string | undefined,
  args: Arguments,
  terminal: Terminal,
): Promise<void> {
  const lost = plan.consequences.filter(({ kind }) => grave.has(kind));
  if (isOn(args, 'yes') || isRehearsal(args) || (question === undefined && lost.length === 0)) return;
  for (const line of consequenceLines(lost)) terminal.stderr.write(`${line}\n`);
  const talk = forQuestions(args, terminal);
  const agreed = await agreesLikeNotary(question ?? 'Are you sure you want to proceed?', talk);
  if (!agreed) throw new AppError('prompt/cancelled', {});
}

function operandsOf({ operands }: Arguments): {
  readonly gun: Gun;
  readonly role: RoleName;
  readonly rest: readonly string[];
} {
  const [name = '', role = '', ...rest] = operands;
  return { gun: parseGun(name), role: parseRoleName(role), rest };
}

/** `--paths a,b --paths c`; `--all-paths` is the empty prefix. */
function pathsOf(args: Arguments): readonly string[] {
  return isOn(args, 'all-paths') ? [ALL_PATHS] : listOf(args, 'paths');
}

/** SECURITY: an empty path is the beginning of every name, and must not come out of an unset variable. */
function listOf(args: Arguments, name: string): readonly string[] {
  const items = valuesOf(args, name);
  if (items.includes('')) {
    const hint = name === 'paths' ? ', and every path is --all-paths' : '';
    throw usage(`--${name} holds an empty item${hint}`);
  }
  return items;
}

/** notary takes whole IDs only, and so must we: a beginning could mean a key that is not in this repository. */
function parseKeyId(text: string): CanonicalKeyId {
  if (!/^[0-9a-f]{64}$/.test(text)) throw usage(`invalid key ID provided: ${text}`);
  return text as CanonicalKeyId;
}

async function readKeys(files: readonly string[], terminal: Terminal): Promise<readonly PublicKey[]> {
  const now = terminal.now().getTime();
  const read = files.map((file) => loadPublicKeyFile(path.resolve(terminal.workingDirectory, file), now));
  return (await Promise.all(read)).map(({ key }) => key);
}
