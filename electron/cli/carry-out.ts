/**
 * From a plan to its end: shown only (`--dry-run`), saved (`--save-plan`), or published and read back. Command line.
 */
import path from 'node:path';
import { writeFileAtomically } from '../files/atomic-file.ts';
import type { Plan } from '../trust/plan/plan.ts';
import { publish, type PublishStep } from '../trust/plan/publishing.ts';
import type { Receipt } from '../trust/plan/receipt.ts';
import { type Arguments, isOn, valueOf } from './command.ts';
import type { Planning } from './planning.ts';
import { planAsText } from './print-plan.ts';
import { sayUnfinished } from './say-unfinished.ts';
import type { Terminal } from './terminal.ts';

/** The receipt, or undefined when the plan was only shown or saved. @throws as `publish` */
export async function carryOut(
  plan: Plan,
  planning: Planning,
  args: Arguments,
  terminal: Terminal,
  onStep?: (step: PublishStep) => void,
): Promise<Receipt | undefined> {
  const file = valueOf(args, 'save-plan');
  if (file !== undefined) await savePlan(plan, path.resolve(terminal.workingDirectory, file), terminal);
  if (isOn(args, 'dry-run')) {
    terminal.stdout.write(isOn(args, 'json') ? `${JSON.stringify(plan, undefined, 4)}\n` : planAsText(plan));
  }
  if (file !== undefined || isOn(args, 'dry-run')) return undefined;
  try {
    const told = onStep === undefined ? {} : { onStep: (_: string, step: PublishStep) => onStep(step) };
    return await publish(plan, { ...planning.services, ...told });
  } catch (error) {
    // When the upload may have arrived, say what the server has before saying what failed.
    await sayUnfinished(planning.services, terminal, plan.id);
    throw error;
  }
}

async function savePlan(plan: Plan, file: string, terminal: Terminal): Promise<void> {
  await writeFileAtomically(file, `${JSON.stringify(plan, undefined, 2)}\n`, { exclusive: true });
  terminal.stderr.write(`Saved the plan to ${file}\n`);
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
