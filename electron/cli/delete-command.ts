/**
 * `trustdesk delete GUN`, in the place of `notary delete --remote`. Command line. Unlike notary's it shows what goes, asks
 * for the name, keeps a restore point and the trusted root, and answers when the server has nothing any more.
 */
import type { Gun } from '../../shared/brands.ts';
import { consumerNotice } from '../../shared/lost-key-advice.ts';
import type { Plan } from '../trust/plan/plan.ts';
import { parseGun } from '../tuf/names.ts';
import { forQuestions, typesExactly } from './ask.ts';
import { carryOut, isRehearsal, printReceipt } from './carry-out.ts';
import { printable } from './columns.ts';
import { type Arguments, isOn, type RunCommand } from './command.ts';
import { openPlanningLikeNotary } from './planning.ts';
import { planAsText, receiptAsText } from './print-plan.ts';
import type { Terminal } from './terminal.ts';

/** Exit code 1 when the name was not typed: nothing is deleted then, and a script has to know. */
export const runDelete: RunCommand = async (args, terminal) => {
  const gun = parseGun(args.operands[0] ?? '');
  const planning = await openPlanningLikeNotary(args, terminal);
  const plan = await planning.planner.delete(gun);
  if (!(await mayDelete(plan, args, terminal))) return 1;
  const receipt = await carryOut(plan, planning, args, terminal);
  if (receipt === undefined) return 0;
  const text = [
    `Successfully deleted remote trust data for repository ${gun}`,
    receiptAsText(receipt),
    'When it is made again, tell everybody who pulls from it:',
    '',
    ...noticeLines(gun, terminal),
    '',
  ];
  printReceipt(receipt, text.join('\n'), args, terminal);
  return 0;
};

function noticeLines(gun: Gun, { now }: Terminal): readonly string[] {
  const lines = consumerNotice({ gun }, now().getTime(), 'deleted').trimEnd().split('\n');
  return lines.map((line) => (line === '' ? '' : `    ${printable(line)}`));
}

async function mayDelete(plan: Plan, args: Arguments, terminal: Terminal): Promise<boolean> {
  if (isOn(args, 'yes') || isRehearsal(args)) return true;
  const talk = forQuestions(args, terminal);
  talk.stdout.write(planAsText(plan));
  const agreed = await typesExactly(plan.gun, talk);
  if (!agreed) talk.stdout.write('\nAborting action: nothing was deleted.\n');
  return agreed;
}
