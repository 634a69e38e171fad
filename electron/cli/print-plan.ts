/** A plan and a receipt as text: what changes, who signs, what consumers notice. Command line; pure. */
import type { CanonicalKeyId } from '../../shared/brands.ts';
import type { KeyPlace, Plan, PlanLine, PlannedRole, PlannedSignature } from '../trust/plan/plan.ts';
import { isStandInName, NEW_SERVER_KEY } from '../trust/plan/stand-in.ts';
import type { Receipt } from '../trust/plan/receipt.ts';
import { printable } from './columns.ts';
import { consequenceLines } from './print-consequences.ts';

/** For `--dry-run` and before a question. */
export function planAsText(plan: Plan): string {
  return [
    `${plan.title} in ${plan.gun}`,
    `Trust server ${printable(plan.server)}`,
    '',
    'CHANGES',
    ...plan.lines.map((line) => `  ${lineText(line)}`),
    ...(plan.roles.length === 0 ? [] : ['', 'SIGNED BY', ...plan.roles.map((role) => `  ${roleText(role)}`)]),
    ...(plan.consequences.length === 0
      ? []
      : ['', 'AFTERWARDS', ...consequenceLines(plan.consequences).map((line) => `  ${line}`)]),
    '',
  ].join('\n');
}

function lineText(line: PlanLine): string {
  switch (line.kind) {
    case 'tag-added':
      return `+ ${printable(line.tag)} ${line.digest}`;
    case 'tag-changed':
      return `~ ${printable(line.tag)} ${line.from} -> ${line.to}`;
    case 'tag-signed-again':
      return `= ${printable(line.tag)} ${line.digest}`;
    case 'tag-removed':
      return `- ${printable(line.tag)} ${line.digest}`;
    case 'delegation-added':
      return `+ ${line.role} with ${keys(line.keyIds)}${pathsText(line.paths)}`;
    case 'delegation-removed':
      return `- ${line.role} with ${keys(line.keyIds)}`;
    case 'key-added':
      return `+ key ${line.keyId} in ${line.role}`;
    case 'key-removed':
      return `- key ${line.keyId} from ${line.role}`;
    case 'paths-changed':
      return `~ paths of ${line.role}: ${quoted(line.from)} -> ${quoted(line.to)}`;
    case 'base-keys-replaced':
      return replacedText(line);
    case 'signed-again':
      return `= ${line.role} signed again`;
    case 'repository-created':
      return `+ repository ${line.gun}`;
    case 'repository-deleted':
      return `- repository ${line.gun}: all its trust data`;
  }
}

/** Which names it may sign, where those are not all. */
function pathsText(paths: readonly string[]): string {
  return paths.includes('') ? '' : `, for paths ${quoted(paths)}`;
}

const quoted = (paths: readonly string[]): string => printable(JSON.stringify(paths));

function replacedText({ role, from, to }: Extract<PlanLine, { kind: 'base-keys-replaced' }>): string {
  if (from.join() === to.join()) return `~ new certificate for the ${role} key ${from.join(', ')}`;
  return `~ ${role} ${keys(from)} -> ${to.map(newKeyText).join(', ')}`;
}

function newKeyText(id: CanonicalKeyId): string {
  if (id === NEW_SERVER_KEY) return 'a new key of the server';
  return isStandInName(id) ? 'a new key' : id;
}

function keys(ids: readonly CanonicalKeyId[]): string {
  const [id, ...others] = ids;
  if (id === undefined) return 'no key';
  if (others.length === 0) return isStandInName(id) ? newKeyText(id) : `key ${id}`;
  return `keys ${ids.map(newKeyText).join(', ')}`;
}

function roleText({ role, fromVersion, toVersion, expires, signatures }: PlannedRole): string {
  const versions =
    fromVersion === 0 ? `v${String(toVersion)}` : `v${String(fromVersion)} -> v${String(toVersion)}`;
  const by = signatures.map((signature) => signerText(signature));
  return `${role} ${versions}, until ${expires.slice(0, 10)}, by ${by.join(', ')}`;
}

/** Who, which key, and where it is. */
export function signerText({ owner, keyId, place }: PlannedSignature): string {
  const who = printable(owner);
  return place.kind === 'new' ? `${who} (new key)` : `${who} ${keyId.slice(0, 12)} (${placeText(place)})`;
}

function placeText(place: Exclude<KeyPlace, { kind: 'new' }>): string {
  switch (place.kind) {
    case 'file':
      return 'key file';
    case 'yubikey':
      return `YubiKey ${printable(place.serial)}`;
    case 'elsewhere':
      return 'on another computer';
  }
}

/** What was read back. */
export function receiptAsText(receipt: Receipt): string {
  if (receipt.roles.length === 0) return `Read back from ${receipt.server}: no trust data any more.\n`;
  const roles = receipt.roles.map(({ role, version }) => `${role} v${String(version)}`).join(', ');
  const again =
    receipt.tries === 1 ? '' : `, after ${String(receipt.tries)} tries because others published meanwhile`;
  return `Read back from ${receipt.server}: ${roles}${again}.\n`;
}
