/**
 * `trustdesk revoke [-y] IMAGE[:TAG]`, in the place of `docker trust revoke`. Command line.
 * Unlike docker's, it also takes tags from the repository administrator, and says so only when the server shows it.
 */
import { type AppError, isAppError } from '../../shared/errors.ts';
import { parseImageReference } from '../registry/image-reference.ts';
import { agrees } from './ask.ts';
import { carryOut, isRehearsal, makePlanFor, printReceipt } from './carry-out.ts';
import { type Arguments, isOn, type RunCommand, usage, valueOf } from './command.ts';
import { notaryWords } from './original-words.ts';
import { explanation } from './failure.ts';
import { openPlanning } from './planning.ts';
import { receiptAsText } from './print-plan.ts';
import type { Terminal } from './terminal.ts';

export const runRevoke: RunCommand = async (args, terminal) => {
  const [text = ''] = args.operands;
  const image = parseImageReference(text);
  if (image.digest !== undefined) throw usage('cannot use a digest reference for IMAGE:TAG');
  if (image.tag === undefined && !(await mayRevokeAll(text, args, terminal))) return 0;
  try {
    const planning = await openPlanning(terminal);
    const tags = image.tag === undefined ? undefined : [image.tag];
    const wish = { gun: image.gun, tags, signAs: valueOf(args, 'as') };
    const plan = await makePlanFor(planning, args, (planner) => planner.revoke(wish));
    const receipt = await carryOut(plan, planning, args, terminal);
    if (receipt !== undefined) {
      printReceipt(
        receipt,
        `Successfully deleted signature for ${text}\n${receiptAsText(receipt)}`,
        args,
        terminal,
      );
    }
    return 0;
  } catch (error) {
    if (!isAppError(error) || isOn(args, 'json')) throw error;
    return sayFailure(text, error, terminal);
  }
};

/** docker: declining is silent and no failure. */
async function mayRevokeAll(text: string, args: Arguments, terminal: Terminal): Promise<boolean> {
  if (isOn(args, 'yes') || isRehearsal(args)) return true;
  const agreed = await agrees(`Confirm you would like to delete all signature data for ${text}?`, terminal);
  if (!agreed) terminal.stderr.write('\nAborting action.\n');
  return agreed;
}

function sayFailure(text: string, error: AppError, terminal: Terminal): number {
  const reason = error.code === 'plan/nothing-to-do' ? 'no signed tags to remove' : notaryWords(error);
  terminal.stderr.write(`could not remove signature for ${text}: ${reason}\n${explanation(error, reason)}`);
  return 1;
}
