/**
 * From a plan to its end: shown only (`--dry-run`), saved (`--save-plan`), or published and read back. Command line.
 */
import path from 'node:path';
import { AppError, isAppError } from '../../shared/errors.ts';
import { writeFileAtomically } from '../files/atomic-file.ts';
import { systemCode } from '../files/file-failure.ts';
import { planForElsewhere } from '../trust/plan/keys-elsewhere.ts';
import type { Consequence, Plan } from '../trust/plan/plan.ts';
import type { Planner } from '../trust/plan/planner.ts';
import { revivedBy } from '../trust/plan/revival.ts';
import { publish, type PublishStep } from '../trust/plan/publishing.ts';
import type { Receipt } from '../trust/plan/receipt.ts';
import { ROOT } from '../tuf/names.ts';
import { type Arguments, isOn, valueOf } from './command.ts';
import type { Planning } from './planning.ts';
import { agrees } from './ask.ts';
import { backUpRoot } from './back-up-root.ts';
import { consequenceLines } from './print-consequences.ts';
import { planAsText } from './print-plan.ts';
import { sayUnfinished } from './say-unfinished.ts';
import type { Terminal } from './terminal.ts';

/** What nobody would expect of the words typed, and commands without a review would not tell. */
const untold: ReadonlySet<Consequence['kind']> = new Set(['other-root-known', 'role-returns']);

/** The receipt, or undefined when the plan was only shown or saved. @throws as `publish` */
export async function carryOut(
  plan: Plan,
  planning: Planning,
  args: Arguments,
  terminal: Terminal,
  onStep?: (step: PublishStep) => void,
): Promise<Receipt | undefined> {
  const file = valueOf(args, 'save-plan');
  if (file !== undefined)
    await savePlan(plan, path.resolve(terminal.workingDirectory, file), planning, terminal);
  if (isOn(args, 'dry-run')) {
    terminal.stdout.write(isOn(args, 'json') ? `${JSON.stringify(plan, undefined, 4)}\n` : planAsText(plan));
  }
  if (file !== undefined || isOn(args, 'dry-run')) return undefined;
  if (revivedBy(plan).length > 0) await mustAgree(plan, args, terminal);
  const unexpected = plan.consequences.filter(({ kind }) => untold.has(kind));
  for (const line of consequenceLines(unexpected)) terminal.stderr.write(`${line}\n`);
  try {
    const told = onStep === undefined ? {} : { onStep: (_: string, step: PublishStep) => onStep(step) };
    const receipt = await publish(plan, { ...planning.services, ...told });
    if (makesRootKey(plan) && !planning.isSandbox(plan.gun) && !isOn(args, 'json'))
      terminal.stderr.write(backUpRoot);
    return receipt;
  } catch (error) {
    // When the upload may have arrived, say what the server has before saying what failed.
    await sayUnfinished(planning.services, terminal, plan.id);
    throw error;
  }
}

function makesRootKey({ roles }: Plan): boolean {
  const signatures = roles.flatMap((one) => (one.role === ROOT ? one.signatures : []));
  return signatures.some(({ place }) => place.kind === 'new');
}

/** SECURITY: what nobody's signature holds is never signed unseen. @throws `prompt/cancelled` */
async function mustAgree(plan: Plan, args: Arguments, terminal: Terminal): Promise<void> {
  terminal.stderr.write(planAsText(plan));
  if (isOn(args, 'yes')) return;
  const talk = { ...terminal, stdout: terminal.stderr };
  if (!(await agrees('Sign this?', talk))) throw new AppError('prompt/cancelled', {});
}

/** With everything that another computer needs to review and sign it without a network. */
async function savePlan(plan: Plan, file: string, planning: Planning, terminal: Terminal): Promise<void> {
  const { planFileText } = await import('../trust/plan/carried/plan-files.ts');
  const { text } = await planFileText(plan, planning.services);
  await writeNewFile(file, text);
  terminal.stderr.write(`Saved the plan to ${file}\n`);
}

async function writeNewFile(file: string, text: string): Promise<void> {
  try {
    await writeFileAtomically(file, text, { exclusive: true });
  } catch (error) {
    const isThere = isAppError(error) && systemCode(error.cause) === 'EEXIST';
    throw isThere ? new AppError('files/exists', { path: file }, { cause: error }) : error;
  }
}

/** A plan that is saved is signed elsewhere: where no key is here, the keys of other computers count. */
export async function makePlanFor(
  planning: Planning,
  args: Arguments,
  make: (planner: Planner) => Promise<Plan>,
): Promise<Plan> {
  if (valueOf(args, 'save-plan') === undefined) return make(planning.planner);
  return planForElsewhere(planning.planner, make);
}

/** True when nothing is published, whatever happens. */
export function isRehearsal(args: Arguments): boolean {
  return isOn(args, 'dry-run') || valueOf(args, 'save-plan') !== undefined;
}

/** With --json the receipt is all that is printed. */
export function printReceipt(
  receipt: Receipt | undefined,
  text: string,
  args: Arguments,
  terminal: Terminal,
): void {
  if (receipt === undefined) return;
  terminal.stdout.write(isOn(args, 'json') ? `${JSON.stringify(receipt, undefined, 4)}\n` : text);
}
