/**
 * `trustdesk list`, `lookup` and `delegation list`, in the place of notary's. Command line.
 * The repository is named by its GUN as for notary: `docker.io/library/alpine`, not `alpine`.
 */
import { AppError } from '../../shared/errors.ts';
import type { Gun, RoleName } from '../../shared/brands.ts';
import { nodeCrypto } from '../crypto/node-crypto.ts';
import type { VerifiedRepository } from '../notary/verified-repository.ts';
import { parseImageReference } from '../registry/image-reference.ts';
import { resolvePaths } from '../settings/paths.ts';
import { connectLikeNotary } from '../trust/connect.ts';
import type { Connector } from '../trust/connector.ts';
import { readRepository } from '../trust/read-repository.ts';
import { delegationsOf, type ListedTargets, sha256Of, targetsByName } from '../trust/role-views.ts';
import { chooseConnector } from '../trust/sandbox-connector.ts';
import { findTarget, type TargetOfRole } from '../tuf/delegations.ts';
import { parseGun } from '../tuf/names.ts';
import { type Arguments, isOn, type RunCommand, valuesOf } from './command.ts';
import { notaryChoicesOf } from './notary-choices.ts';
import { delegationTable, targetLine, targetTable } from './print-notary.ts';
import { surroundingsOf, type Terminal, writeAll, writeAllChecked } from './terminal.ts';
import { sayWarnings } from './warnings.ts';

/** The repository that the first operand names, by its GUN; warnings are said. @throws as `readRepository` */
export async function readLikeNotary(args: Arguments, terminal: Terminal): Promise<VerifiedRepository> {
  const gun: Gun = parseGun(args.operands[0] ?? '');
  const connector = await connectorFor(gun, args, terminal);
  const repository = await readRepository(connector, gun, { now: terminal.now() }).catch((error: unknown) => {
    if (!isOn(args, 'json')) sayShortName(gun, terminal);
    throw error;
  });
  sayWarnings(repository, terminal);
  return repository;
}

/** notary takes names as they are; docker's short ones mean another repository. */
function sayShortName(gun: Gun, terminal: Terminal): void {
  const whole = parseImageReference(gun).gun;
  if (whole !== gun)
    terminal.stderr.write(`${gun} is looked up as it is. docker's short name ${gun} is ${whole} here.\n`);
}

/** The sandbox's own for its repositories, unless options name a server or a folder. */
async function connectorFor(gun: Gun, args: Arguments, terminal: Terminal): Promise<Connector> {
  const surroundings = surroundingsOf(terminal);
  const choices = notaryChoicesOf(args, terminal);
  const connector = await connectLikeNotary(surroundings, choices);
  if (choices.server !== undefined || choices.trustDirectory !== undefined) return connector;
  const { dataDirectory } = resolvePaths(surroundings);
  return (await chooseConnector(connector, dataDirectory, surroundings)(gun)).connector;
}

function printJson(value: unknown, terminal: Terminal): number {
  terminal.stdout.write(`${JSON.stringify(value, undefined, 4)}\n`);
  return 0;
}

export const runList: RunCommand = async (args, terminal) => {
  const repository = await readLikeNotary(args, terminal);
  const listed = targetsByName(repository.targets, rolesOf(args));
  if (isOn(args, 'json')) return printJson(toJsonList(listed), terminal);
  writeAllChecked(terminal.stdout, targetTable(listed));
  return 0;
};

/** `-r a -r b` and `-r a,b` */
function rolesOf(args: Arguments): readonly RoleName[] {
  return valuesOf(args, 'roles') as RoleName[];
}

export const runLookup: RunCommand = async (args, terminal) => {
  const repository = await readLikeNotary(args, terminal);
  const tag = args.operands[1] ?? '';
  const found = findTarget(repository.targets, tag);
  if (found === undefined) throw new AppError('trust/no-signed-tag', { gun: repository.gun, tag });
  if (isOn(args, 'json')) return printJson(toJson(found), terminal);
  terminal.stdout.write(targetLine(found));
  return 0;
};

const toJsonList = ({ targets, roles }: ListedTargets) =>
  targets.map((target, row) => toJson({ target, role: roles[row] as RoleName }));

function toJson(found: TargetOfRole) {
  const { role, target } = found;
  const { name, length, sha512, custom } = target;
  return {
    name,
    sha256: sha256Of(found),
    ...(sha512 === undefined ? {} : { sha512: Buffer.from(sha512, 'base64').toString('hex') }),
    size: length,
    role,
    ...(custom === undefined ? {} : { custom }),
  };
}

export const runDelegationList: RunCommand = async (args, terminal) => {
  const repository = await readLikeNotary(args, terminal);
  const delegations = delegationsOf(repository.targets, nodeCrypto);
  if (isOn(args, 'json')) return printJson(delegations, terminal);
  writeAll(terminal.stdout, delegationTable(delegations));
  return 0;
};
