/** A plan and a receipt as text: what changes, who signs, what consumers notice. Command line; pure. */
import type {
  Consequence,
  KeyPlace,
  Plan,
  PlanLine,
  PlannedRole,
  PlannedSignature,
} from '../trust/plan/plan.ts';
import type { Receipt } from '../trust/plan/receipt.ts';
import { printable } from './columns.ts';

/** For `--dry-run` and before a question. */
export function planAsText(plan: Plan): string {
  return [
    `${plan.title} in ${plan.gun}`,
    `Trust server ${printable(plan.server)}`,
    '',
    'CHANGES',
    ...plan.lines.map((line) => `  ${lineText(line)}`),
    '',
    'SIGNED BY',
    ...plan.roles.map((role) => `  ${roleText(role)}`),
    ...(plan.consequences.length === 0
      ? []
      : ['', 'AFTERWARDS', ...plan.consequences.map((c) => `  ${consequenceText(c)}`)]),
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
      return `+ ${line.role} with ${keys(line.keyIds)}`;
    case 'delegation-removed':
      return `- ${line.role} with ${keys(line.keyIds)}`;
    case 'key-added':
      return `+ key ${line.keyId} in ${line.role}`;
    case 'key-removed':
      return `- key ${line.keyId} from ${line.role}`;
    case 'paths-changed':
      return `~ paths of ${line.role}: ${JSON.stringify(line.from)} -> ${JSON.stringify(line.to)}`;
    case 'signed-again':
      return `= ${line.role} signed again`;
    case 'repository-created':
      return `+ repository ${line.gun}`;
  }
}

function keys(ids: readonly string[]): string {
  return ids.length === 0 ? 'no key' : `${ids.length === 1 ? 'key' : 'keys'} ${ids.join(', ')}`;
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

/** One sentence each. */
export function consequenceText(consequence: Consequence): string {
  switch (consequence.kind) {
    case 'tag-moves':
      return `Consumers who pull ${printable(consequence.tag)} get ${consequence.to} instead of ${consequence.from}.`;
    case 'tag-unpullable':
      return `${printable(consequence.tag)} can no longer be pulled with content trust.`;
    case 'signature-lost':
      return `${printable(consequence.tag)} is no longer signed by ${consequence.signer}; ${whoIsLeft(consequence.left)}.`;
    case 'admin-copy-differs':
      return `The administrator's own copy of ${printable(consequence.tag)} still has ${consequence.digest}; docker shows both.`;
    case 'role-unusable':
      return `${consequence.role} loses its last valid signature until ${remedy(consequence.remedyKeyIds)} signs it again.`;
    case 'role-without-keys':
      return `${consequence.role} has fewer keys than it needs and cannot be used until a key is added.`;
    case 'root-expires-soon':
      return `The root expires at ${consequence.at}; renew it.`;
  }
}

/** docker shows a released tag without a signer as the administrator's. */
function whoIsLeft(signers: readonly string[]): string {
  return signers.length === 0
    ? 'nobody is named for it any more, and docker shows "(Repo Admin)"'
    : `${signers.join(', ')} still ${signers.length === 1 ? 'does' : 'do'}`;
}

function remedy(ids: readonly string[]): string {
  return ids.length === 0
    ? 'a key that is added to it'
    : `one of ${ids.map((id) => id.slice(0, 12)).join(', ')}`;
}

/** What was read back. */
export function receiptAsText(receipt: Receipt): string {
  const roles = receipt.roles.map(({ role, version }) => `${role} v${String(version)}`).join(', ');
  const again =
    receipt.tries === 1 ? '' : `, after ${String(receipt.tries)} tries because others published meanwhile`;
  return `Read back from ${receipt.server}: ${roles}${again}.\n`;
}
