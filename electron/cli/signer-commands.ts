/**
 * `trustdesk signer add` and `signer remove`, in the place of docker's, over several repositories at once. Command line.
 * `signer remove` really removes (docker's has not since version 26), and success is what the server shows.
 */
import path from 'node:path';
import { AppError, isAppError } from '../../shared/errors.ts';
import { loadPublicKeyFile } from '../keystore/public-key-file.ts';
import { parseImageReference } from '../registry/image-reference.ts';
import { parseSignerName } from '../trust/plan/change-signers.ts';
import type { Plan } from '../trust/plan/plan.ts';
import type { Receipt } from '../trust/plan/receipt.ts';
import type { PublicKey } from '../tuf/model.ts';
import { agrees } from './ask.ts';
import { carryOut, isRehearsal, makePlanFor } from './carry-out.ts';
import { type Arguments, isOn, type RunCommand, usage, valueOf } from './command.ts';
import { explanation } from './failure.ts';
import { inParallel } from '../trust/in-parallel.ts';
import { notaryWords } from './original-words.ts';
import { openPlanning, type Planning } from './planning.ts';
import { consequenceLines } from './print-consequences.ts';
import { receiptAsText } from './print-plan.ts';
import { wantedRootKey } from './root-key-option.ts';
import type { Terminal } from './terminal.ts';

/** Repositories changed at the same time. */
const atOnce = 8;

interface Outcome {
  readonly image: string;
  readonly receipt?: Receipt | undefined;
  readonly error?: AppError;
}

export const runSignerAdd: RunCommand = async (args, terminal) => {
  const [name = '', ...images] = args.operands;
  parseSignerName(name);
  const keys = await readKeys(args, terminal);
  const planning = await openPlanning(terminal);
  const makePlan = async (image: string): Promise<Plan> => {
    const { gun } = parseImageReference(image);
    const wish = { gun, name, keys, rootKey: await wantedRootKey(args, planning, gun) };
    return makePlanFor(planning, args, (planner) => planner.addSigner(wish));
  };
  const done = await changeEach(images, makePlan, planning, args, terminal, `Adding signer "${name}" to`);
  for (const { image, receipt, error } of done) {
    if (receipt !== undefined && !isOn(args, 'json')) {
      terminal.stdout.write(`Successfully added signer: ${name} to ${image}\n${receiptAsText(receipt)}\n`);
    }
    if (error !== undefined) terminal.stderr.write(`${refusal(error)}\n`);
  }
  return finish(done, 'failed to add signer to', args, terminal);
};

export const runSignerRemove: RunCommand = async (args, terminal) => {
  const [name = '', ...images] = args.operands;
  if (name === 'releases') throw usage('releases is a reserved keyword and cannot be removed');
  const planning = await openPlanning(terminal);
  const makePlan = async (image: string): Promise<Plan> => {
    const { gun } = parseImageReference(image);
    const wish = { gun, name, signAs: valueOf(args, 'as') };
    const plan = await makePlanFor(planning, args, (planner) => planner.removeSigner(wish));
    await mayRemove(plan, name, image, args, terminal);
    return plan;
  };
  const done = await changeEach(images, makePlan, planning, args, terminal, `Removing signer "${name}" from`);
  for (const { image, receipt, error } of done) {
    if (receipt !== undefined && !isOn(args, 'json')) {
      terminal.stdout.write(`Successfully removed ${name} from ${image}\n${receiptAsText(receipt)}\n`);
    }
    if (error !== undefined) terminal.stderr.write(`${refusal(error)}\n`);
  }
  return finish(done, 'error removing signer from', args, terminal);
};

async function readKeys(args: Arguments, terminal: Terminal): Promise<readonly PublicKey[]> {
  const files = args.options.get('key') ?? [];
  if (files.length === 0) throw usage('path to a public key must be provided using the `--key` flag');
  const now = terminal.now().getTime();
  const read = files.map((file) => loadPublicKeyFile(path.resolve(terminal.workingDirectory, file), now));
  return (await Promise.all(read)).map(({ key }) => key);
}

/** docker asks only when the repository becomes unpullable; questions come one after the other. */
async function mayRemove(
  plan: Plan,
  name: string,
  image: string,
  args: Arguments,
  terminal: Terminal,
): Promise<void> {
  const grave = plan.consequences.filter(({ kind }) => kind === 'tag-unpullable' || kind === 'role-unusable');
  const unusable = plan.consequences.find((consequence) => consequence.kind === 'role-unusable');
  if (
    unusable !== undefined &&
    unusable.remedyKeyIds.length > 0 &&
    !isOn(args, 'force') &&
    !isRehearsal(args)
  ) {
    // Somebody else must sign again, and cannot be asked from here: name who, unless the person insists.
    throw new AppError('plan/cannot-sign', {
      gun: plan.gun,
      role: unusable.role,
      keyIds: unusable.remedyKeyIds,
    });
  }
  if (grave.length === 0 || isOn(args, 'force') || isRehearsal(args)) return;
  for (const line of consequenceLines(grave)) terminal.stderr.write(`${line}\n`);
  const question =
    `The signer "${name}" signed the last released version of ${image}. ` +
    `Removing this signer will make ${image} unpullable. Are you sure you want to continue?`;
  if (!(await agrees(question, terminal))) throw new AppError('prompt/cancelled', {});
}

/** In parallel, but one after the other where a person may be asked. */
async function changeEach(
  images: readonly string[],
  makePlan: (image: string) => Promise<Plan>,
  planning: Planning,
  args: Arguments,
  terminal: Terminal,
  announcement: string,
): Promise<readonly Outcome[]> {
  const one = async (image: string): Promise<Outcome> => {
    if (!isRehearsal(args) && !isOn(args, 'json')) terminal.stdout.write(`${announcement} ${image}...\n`);
    try {
      return { image, receipt: await carryOut(await makePlan(image), planning, args, terminal) };
    } catch (error) {
      if (!isAppError(error)) throw error;
      return { image, error };
    }
  };
  const [first, ...rest] = images;
  if (first === undefined) return [];
  // The first one alone: it may ask for passphrases, which the others then find remembered.
  return [await one(first), ...(await Promise.all(inParallel(rest, atOnce, one)))];
}

function refusal(error: AppError): string {
  const words = notaryWords(error);
  return `${words}\n${explanation(error, words)}`;
}

function finish(done: readonly Outcome[], failure: string, args: Arguments, terminal: Terminal): number {
  if (isOn(args, 'json')) terminal.stdout.write(`${JSON.stringify(done.map(toJson), undefined, 4)}\n`);
  const failed = done.filter(({ error }) => error !== undefined).map(({ image }) => image);
  if (failed.length === 0) return 0;
  terminal.stderr.write(`${failure}: ${failed.join(', ')}\n`);
  return 1;
}

function toJson({ image, receipt, error }: Outcome): object {
  return error === undefined
    ? { image, receipt }
    : { image, error: { code: error.code, details: error.details } };
}
