/**
 * `trustdesk renew IMAGE`: signs again, as it is, whatever expires soon and can be signed from here. Command line. What
 * needs somebody else's key is named, and the exit code says that something is left to do.
 */
import type { Gun, RoleName } from '../../shared/brands.ts';
import type { AppError } from '../../shared/errors.ts';
import { sixMonthsAfter } from '../notary/repository-warnings.ts';
import { parseImageReference } from '../registry/image-reference.ts';
import { type DueRole, type DueRoles, dueRoles } from '../trust/due-roles.ts';
import { lacksKeys } from '../trust/plan/keys-elsewhere.ts';
import { readRepository } from '../trust/read-repository.ts';
import { carryOut, makePlanFor, printReceipt } from './carry-out.ts';
import { type Arguments, isOn, type RunCommand, usage, valueOf } from './command.ts';
import { openPlanning, type Planning } from './planning.ts';
import { receiptAsText } from './print-plan.ts';
import type { Terminal } from './terminal.ts';

/** A role that expires and is not renewed from here. */
interface LeftRole extends DueRole {
  readonly reason: AppError<'plan/cannot-sign'> | AppError<'signer/no-key'>;
}

export const runRenew: RunCommand = async (args, terminal) => {
  const [text = ''] = args.operands;
  const image = parseImageReference(text);
  if (image.tag !== undefined || image.digest !== undefined)
    throw usage('a whole repository is renewed: name it without a tag');
  const before = endOf(args, terminal.now());
  const planning = await openPlanning(terminal);
  const { due, unbelieved } = await lookFor(image.gun, before, planning);
  for (const role of unbelieved) terminal.stderr.write(unbelievedText(role, image.gun));
  if (due.length === 0) return unbelieved.length === 0 ? sayNothingDue(text, before, args, terminal) : 1;
  const { here, left } = await byKeys(image.gun, due, planning, args);
  const [first] = left;
  if (here.length === 0 && first !== undefined) throw first.reason;
  for (const one of left) terminal.stderr.write(leftText(one));
  await publishRenewal(image.gun, text, here, planning, args, terminal);
  return left.length === 0 && unbelieved.length === 0 ? 0 : 1;
};

/** The instant before which an expiry is soon: as in every warning, or so many days from now. */
function endOf(args: Arguments, now: Date): number {
  const days = valueOf(args, 'within');
  if (days === undefined) return sixMonthsAfter(now);
  if (!/^[1-9][0-9]{0,4}$/.test(days))
    throw usage(`invalid argument "${days}" for "--within" flag: a number of days is needed`);
  return now.getTime() + Number(days) * 24 * 60 * 60 * 1000;
}

/** What the server shows now. */
async function lookFor(gun: Gun, before: number, planning: Planning): Promise<DueRoles> {
  const { memories, now } = planning.services;
  const options = { now: now(), from: 'server', memory: memories?.of(gun) } as const;
  return dueRoles(await readRepository(await planning.connectorFor(gun), gun, options), before);
}

function unbelievedText(role: RoleName, gun: Gun): string {
  return `${role} is not renewed: nobody's valid signature is on its present file. \`trustdesk witness ${gun} ${role} --dry-run\` shows what is in it.\n`;
}

/** Each role is tried alone: that one lacks its key is no reason to leave the others. */
async function byKeys(
  gun: Gun,
  due: readonly DueRole[],
  planning: Planning,
  args: Arguments,
): Promise<{ readonly here: readonly RoleName[]; readonly left: readonly LeftRole[] }> {
  const here: RoleName[] = [];
  const left: LeftRole[] = [];
  for (const one of due) {
    try {
      await planFor(gun, [one.role], planning, args);
      here.push(one.role);
    } catch (error) {
      if (!lacksKeys(error)) throw error;
      left.push({ ...one, reason: error });
    }
  }
  return { here, left };
}

const planFor = (gun: Gun, roles: readonly RoleName[], planning: Planning, args: Arguments) =>
  makePlanFor(planning, args, (planner) => planner.witness({ gun, roles, signAs: valueOf(args, 'as') }));

async function publishRenewal(
  gun: Gun,
  text: string,
  roles: readonly RoleName[],
  planning: Planning,
  args: Arguments,
  terminal: Terminal,
): Promise<void> {
  const plan = await planFor(gun, roles, planning, args);
  const receipt = await carryOut(plan, planning, args, terminal);
  if (receipt === undefined) return;
  const words = `Successfully renewed ${roles.join(', ')} of ${text}`;
  printReceipt(receipt, `${words}\n${receiptAsText(receipt)}`, args, terminal);
}

const day = (instant: number): string => new Date(instant).toISOString().slice(0, 10);

function sayNothingDue(text: string, before: number, args: Arguments, terminal: Terminal): number {
  const words = `Nothing of ${text} expires before ${day(before)}: there is nothing to renew.`;
  terminal.stdout.write(isOn(args, 'json') ? '{ "roles": [] }\n' : `${words}\n`);
  return 0;
}

function leftText({ role, expiresAt }: LeftRole): string {
  return `${role} expires on ${day(expiresAt)} and is not renewed: its key is not here. Whoever has it renews it, or use --save-plan and carry the plan there.\n`;
}
