/**
 * `trustdesk plan show | sign | publish FILE`: plans that were saved with `--save-plan`, reviewed and signed where the
 * keys are, without a network, and published where there is one. Command line.
 */
import path from 'node:path';
import { AppError } from '../../shared/errors.ts';
import { type CarriedPlan, firstUnsigned, placedHere } from '../trust/plan/carried/carried-plan.ts';
import {
  type OpenedPlan,
  openPlanFile,
  publishCarried,
  signPlanAt,
  tryCarried,
} from '../trust/plan/carried/plan-files.ts';
import { type KeyToSignWith, keysToSignWith } from '../trust/plan/carried/sign-carried.ts';
import { agrees, forQuestions } from './ask.ts';
import { printReceipt } from './carry-out.ts';
import { type Arguments, isOn, type RunCommand } from './command.ts';
import { openPlanning, type Planning } from './planning.ts';
import { carriedAsJson, carriedAsText, keyToSignWithText } from './print-carried.ts';
import { receiptAsText } from './print-plan.ts';
import { sayUnfinished } from './say-unfinished.ts';
import type { Terminal } from './terminal.ts';

export const runPlanShow: RunCommand = async (args, terminal) => {
  const { carried } = await open(args, await openPlanning(terminal), terminal);
  const text = isOn(args, 'json')
    ? `${JSON.stringify(carriedAsJson(carried), undefined, 4)}\n`
    : carriedAsText(carried, terminal.now());
  terminal.stdout.write(text);
  return 0;
};

export const runPlanSign: RunCommand = async (args, terminal) => {
  const planning = await openPlanning(terminal);
  const opened = await open(args, planning, terminal);
  const { carried } = opened;
  terminal.stdout.write(carriedAsText(carried, terminal.now()));
  const keys = keysToSignWith(
    carried,
    await planning.planner.keysHere(carried.plan.gun),
    planning.services.crypto,
  );
  terminal.stdout.write(`\nSIGNS NOW\n${keys.map((key) => `  ${keyToSignWithText(key)}\n`).join('')}`);
  if (isOn(args, 'dry-run')) return 0;
  if (!isOn(args, 'yes') && !(await agrees('Sign this plan?', terminal))) {
    throw new AppError('prompt/cancelled', {});
  }
  await signAndWrite(opened, keys, planning, args, terminal);
  return 0;
};

async function signAndWrite(
  opened: OpenedPlan,
  keys: readonly KeyToSignWith[],
  planning: Planning,
  args: Arguments,
  terminal: Terminal,
): Promise<void> {
  const file = fileOf(args, terminal);
  await signPlanAt(file, opened, keys, planning.services);
  const { carried } = await openPlanFile(file, planning.services);
  const lacking = firstUnsigned(carried.roles);
  const next =
    lacking === undefined
      ? `It can be published: trustdesk plan publish ${file}`
      : `Still to be signed: ${lacking.planned.role}`;
  terminal.stdout.write(`Signed ${file}\n${next}\n`);
}

export const runPlanPublish: RunCommand = async (args, terminal) => {
  const planning = await openPlanning(terminal);
  const { services } = planning;
  const { carried } = await open(args, planning, terminal);
  const { plan } = carried;
  const isAsked = !isOn(args, 'yes') && !isOn(args, 'dry-run');
  const talk = forQuestions(args, terminal);
  if (isAsked || !isOn(args, 'json')) talk.stdout.write(`${carriedAsText(carried, terminal.now())}\n`);
  if (isOn(args, 'dry-run')) {
    await tryCarried(carried, services);
    terminal.stdout.write(isOn(args, 'json') ? '{}\n' : `It still fits what ${plan.server} shows.\n`);
    return 0;
  }
  if (isAsked) await mustAgree(carried, planning, talk);
  try {
    const receipt = await publishCarried(carried, services);
    printReceipt(receipt, `Published to ${plan.gun}\n${receiptAsText(receipt)}`, args, terminal);
    return 0;
  } catch (error) {
    // When the upload may have arrived, say what the server has before saying what failed.
    await sayUnfinished(services, terminal, plan.id);
    throw error;
  }
};

/** Nobody is asked about what cannot be published any more. @throws `prompt/cancelled`, and as `tryCarried` */
async function mustAgree(carried: CarriedPlan, { services }: Planning, talk: Terminal): Promise<void> {
  await tryCarried(carried, services);
  if (!(await agrees('Publish this plan?', talk))) throw new AppError('prompt/cancelled', {});
}

async function open(args: Arguments, planning: Planning, terminal: Terminal): Promise<OpenedPlan> {
  const { file, carried } = await openPlanFile(fileOf(args, terminal), planning.services);
  return { file, carried: placedHere(carried, await planning.planner.keysHere(carried.plan.gun)) };
}

function fileOf({ operands: [file = ''] }: Arguments, { workingDirectory }: Terminal): string {
  return path.resolve(workingDirectory, file);
}
