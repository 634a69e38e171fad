/**
 * `trustdesk init`, `witness` and `key rotate`, in the place of notary's. Command line. Unlike notary's, each publishes at
 * once and answers when the server shows it; old private keys are never removed along the way.
 */
import { AppError } from '../../shared/errors.ts';
import type { Plan, PlanRotation } from '../trust/plan/plan.ts';
import { parseGun, parseRoleName } from '../tuf/names.ts';
import { agreesLikeNotary, forQuestions } from './ask.ts';
import { carryOut, isRehearsal, makePlanFor, printReceipt } from './carry-out.ts';
import { type Arguments, isOn, type RunCommand, usage, valueOf } from './command.ts';
import { pickById } from './pick-key.ts';
import { openPlanningLikeNotary, type Planning } from './planning.ts';
import { receiptAsText } from './print-plan.ts';
import { wantedRootKey } from './root-key-option.ts';
import type { Terminal } from './terminal.ts';

export const runInit: RunCommand = async (args, terminal) => {
  const gun = parseGun(args.operands[0] ?? '');
  const planning = await openPlanningLikeNotary(args, terminal);
  const rootKey = await wantedRootKey(args, planning, gun);
  const plan = await planning.planner.initialise({ gun, rootKey });
  await finish(plan, `Successfully initialized "${gun}"`, planning, args, terminal);
  return 0;
};

export const runWitness: RunCommand = async (args, terminal) => {
  const [name = '', ...roles] = args.operands;
  const wish = { gun: parseGun(name), roles: roles.map(parseRoleName), signAs: valueOf(args, 'as') };
  const planning = await openPlanningLikeNotary(args, terminal);
  const plan = await makePlanFor(planning, args, (planner) => planner.witness(wish));
  const words = `Successfully published changes for repository ${wish.gun}`;
  await finish(plan, words, planning, args, terminal);
  return 0;
};

export const runKeyRotate: RunCommand = async (args, terminal) => {
  const [name = '', role = ''] = args.operands;
  const gun = parseGun(name);
  const planning = await openPlanningLikeNotary(args, terminal);
  const key = await wantedKey(args, planning, name);
  const plan = await makePlanFor(planning, args, (planner) => planner.rotate({ gun, role, key }));
  if (role === 'root' && !(await mayRotateRoot(args, terminal))) return 0;
  const words = `Successfully rotated ${role} key for repository ${gun}`;
  await finish(plan, words, planning, args, terminal);
  return 0;
};

async function wantedKey(
  args: Arguments,
  { planner }: Planning,
  name: string,
): Promise<PlanRotation['key'] | undefined> {
  const given = valueOf(args, 'key');
  if (isOn(args, 'server-managed')) {
    if (given !== undefined) throw usage('--server-managed and --key do not go together');
    return 'server';
  }
  if (given === undefined) return undefined;
  if (/[^0-9a-f]/.test(given))
    throw usage(
      `--key takes the ID of a key, got ${given}: import a file with \`trustdesk key import\` first`,
    );
  const keys = (await planner.keysHere(parseGun(name))).map((one) => ({ ...one, id: one.keyId }));
  const found = pickById(given, keys);
  if (found === undefined) throw new AppError('keystore/key-not-found', { keyId: given });
  return found.keyId;
}

/** notary asks the same. */
async function mayRotateRoot(args: Arguments, terminal: Terminal): Promise<boolean> {
  if (isOn(args, 'yes') || isRehearsal(args)) return true;
  const talk = forQuestions(args, terminal);
  talk.stdout.write(
    'Warning: you are about to rotate your root key.\n\n' +
      'You must use your old key to sign this root rotation. Please do not delete\n' +
      'this key after rotating: clients that missed several rotations follow by it.\n',
  );
  const agreed = await agreesLikeNotary('Are you sure you want to proceed?', talk);
  if (!agreed) talk.stdout.write('\nAborting action.\n');
  return agreed;
}

async function finish(
  plan: Plan,
  words: string,
  planning: Planning,
  args: Arguments,
  terminal: Terminal,
): Promise<void> {
  const receipt = await carryOut(plan, planning, args, terminal);
  if (receipt !== undefined) printReceipt(receipt, `${words}\n${receiptAsText(receipt)}`, args, terminal);
}
