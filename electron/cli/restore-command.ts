/**
 * `trustdesk restore IMAGE [POINT]`: tags and delegations as they were before an earlier publish from here; without a point,
 * which points there are. Command line. What is restored is shown, asked about and published like every change.
 */
import type { Gun } from '../../shared/brands.ts';
import { AppError } from '../../shared/errors.ts';
import { parseImageReference } from '../registry/image-reference.ts';
import type { RestorePoint } from '../trust/plan/restore-points.ts';
import { agrees, forQuestions } from './ask.ts';
import { carryOut, isRehearsal, makePlanFor, printReceipt } from './carry-out.ts';
import { type Arguments, isOn, type RunCommand, usage, valueOf } from './command.ts';
import { dockerTable, tableLines } from './columns.ts';
import { openPlanning, type Planning } from './planning.ts';
import { planAsText, receiptAsText } from './print-plan.ts';
import { type Terminal, writeAll } from './terminal.ts';

export const runRestore: RunCommand = async (args, terminal) => {
  const [text = '', wanted] = args.operands;
  const { gun, tag, digest } = parseImageReference(text);
  if (tag !== undefined || digest !== undefined)
    throw usage('a whole repository is restored: name it without a tag');
  const planning = await openPlanning(terminal);
  const points = await planning.services.restorePoints.list(gun);
  if (wanted === undefined) return listPoints(points, text, args, terminal);
  return restoreTo(pick(points, wanted, gun), { gun, text }, planning, args, terminal);
};

function listPoints(
  points: readonly RestorePoint[],
  text: string,
  args: Arguments,
  terminal: Terminal,
): number {
  if (isOn(args, 'json')) {
    const shown = points.map(({ id, title, at }) => ({ id, before: title, at: new Date(at).toISOString() }));
    terminal.stdout.write(`${JSON.stringify(shown, undefined, 4)}\n`);
    return 0;
  }
  if (points.length === 0) {
    terminal.stdout.write(`No restore points for ${text}: nothing was published to it from here.\n`);
    return 0;
  }
  const rows = points.map(({ id, title = '(cannot be read)', at }) => [
    id.slice(0, shortLength),
    new Date(at).toISOString().slice(0, 19).replace('T', ' '),
    title,
  ]);
  writeAll(terminal.stdout, tableLines(dockerTable, [['POINT', 'KEPT (UTC)', 'BEFORE'], ...rows]));
  terminal.stderr.write(`trustdesk restore ${text} POINT shows what going back would change, and asks.\n`);
  return 0;
}

const shortLength = 8;

/** By the beginning of its ID. @throws `plan/no-restore-point` */
function pick(points: readonly RestorePoint[], wanted: string, gun: Gun): RestorePoint {
  const found = points.filter(({ id }) => wanted.length >= 4 && id.startsWith(wanted));
  if (found.length > 1) throw usage(`${wanted} names several restore points: give more of the ID`);
  const [point] = found;
  if (point === undefined) throw new AppError('plan/no-restore-point', { gun });
  return point;
}

async function restoreTo(
  { id }: RestorePoint,
  { gun, text }: { readonly gun: Gun; readonly text: string },
  planning: Planning,
  args: Arguments,
  terminal: Terminal,
): Promise<number> {
  const earlier = await planning.services.restorePoints.load(gun, id);
  const plan = await makePlanFor(planning, args, (planner) =>
    planner.restore({ gun, earlier, signAs: valueOf(args, 'as') }),
  );
  if (!isOn(args, 'yes') && !isRehearsal(args)) {
    const talk = forQuestions(args, terminal);
    talk.stdout.write(planAsText(plan));
    if (!(await agrees('Restore this?', talk))) throw new AppError('prompt/cancelled', {});
  }
  const receipt = await carryOut(plan, planning, args, terminal);
  if (receipt !== undefined)
    printReceipt(receipt, `Restored ${text}\n${receiptAsText(receipt)}`, args, terminal);
  return 0;
}
