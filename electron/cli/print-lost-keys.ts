/** The guide for lost keys as text: which keys are where, and the steps. Command line; pure. */
import type { Holdings, KeyWhereabouts } from '../../shared/ipc/keys.ts';
import {
  type Advice,
  consumerNotice,
  type Deadline,
  deadlinesOf,
  deleteCommand,
  listCommand,
  meanwhileText,
  rotateCommand,
} from '../../shared/lost-key-advice.ts';
import { dockerTable, printable, tableLines } from './columns.ts';

/** One row per key of every role. */
export function holdingLines({ roles }: Holdings): readonly string[] {
  const rows = roles.flatMap(({ role, keys }) => keys.map((key) => [role, key.id, placeText(key)]));
  return [...tableLines(dockerTable, [['  ROLE', 'KEY ID', 'WHERE'], ...rows.map(indented)])];
}

function indented([first = '', ...rest]: readonly string[]): readonly string[] {
  return [`  ${first}`, ...rest];
}

function placeText({ place, copies, offlineSince }: KeyWhereabouts): string {
  const labels = [...new Set(copies.map(({ label, proven }) => (proven ? label : `${label} (unproven)`)))];
  const on = labels.length === 0 ? '' : `; copies: ${labels.join(', ')}`;
  const away = offlineSince === undefined ? '' : `, offline since ${offlineSince.slice(0, 10)}`;
  switch (place) {
    case 'here':
      return `here${on}`;
    case 'backup':
      return `not here${away}${on}`;
    case 'server':
      return 'with the server';
    case 'elsewhere':
      return `not here${away}`;
  }
}

/** `the root key`, `the repository key`, `the key of jeff`. */
function holderName(role: string): string {
  if (role.startsWith('targets/')) return `the key of ${printable(role.slice('targets/'.length))}`;
  return role === 'targets' ? 'the repository key' : `the ${role} key`;
}

/** One piece of advice, in paragraphs. `today` in milliseconds. */
export function adviceText(advice: Advice, holdings: Holdings, today: number): string {
  const name = holderName(advice.role);
  const lead = advice.kind === 'restore' ? `Bring back ${name}` : `If ${name} is lost`;
  return `${lead}:\n${steps(advice, holdings, today)
    .map((line) => `  ${line}`.trimEnd())
    .join('\n')}\n`;
}

function steps(advice: Advice, holdings: Holdings, today: number): readonly string[] {
  switch (advice.kind) {
    case 'restore':
      return restoreSteps(advice, holdings);
    case 'rotate':
      return [
        'The root key is here, so a new one can take its place:',
        `  ${rotateCommand(holdings, advice.role)}`,
        'Signers, tags and signatures stay as they are; consumers notice nothing. Back up the new key afterwards.',
      ];
    case 'ask-root':
      return [
        'Only the root key can put a new one in its place, and it is not here either. Bring it back first, or ask',
        `whoever has it. ${meanwhileText(holdings)}`,
      ];
    case 'replace-signer':
      return replaceSteps(advice.signer, holdings);
    case 'ask-owner':
      return [
        `${printable(advice.signer)} makes a new key (trustdesk key generate ${printable(advice.signer)}) and sends the .pub file to the owner of the`,
        'repository, who removes the signer and adds it again. What the old key signed must be signed again.',
      ];
    case 'root-lost':
      return [...stillWorks(holdings), '', ...startOver(holdings, today)];
  }
}

/** A key that is kept offline comes for a visit; any other is restored for good. */
function restoreSteps(
  { copies }: Extract<Advice, { kind: 'restore' }>,
  { roles }: Holdings,
): readonly string[] {
  const ids = [...new Set(copies.map(({ keyId }) => keyId))];
  return ids.map((id) => {
    const key = roles.flatMap(({ keys }) => keys).find((each) => each.id === id);
    const short = id.slice(0, 7);
    const command =
      key?.offlineSince === undefined
        ? `trustdesk backup restore FILE --key ${short}`
        : `trustdesk backup bring-back ${short} FILE`;
    const of = copies.filter(({ keyId }) => keyId === id);
    const places = of.map(
      ({ label, file, proven }) => `${printable(`${file} on ${label}`)}${proven ? '' : ' (never proven)'}`,
    );
    return `${command}    FILE is ${[...new Set(places)].join(', or ')}`;
  });
}

function replaceSteps(signer: string, { gun }: Holdings): readonly string[] {
  const [name, image] = [printable(signer), printable(gun)];
  return [
    `${name} makes a new key and sends you its public half; signatures of the old key stop counting.`,
    `  trustdesk key generate ${name}                  (where ${name} signs)`,
    `  trustdesk signer remove ${name} ${image}`,
    `  trustdesk signer add --key ${name}.pub ${name} ${image}`,
    `Then ${name} signs the tags again, with \`trustdesk sign\`: it goes on from the version that the server has of the`,
    'old file, where notary begins anew and is refused. From then on notary and docker can sign as before.',
  ];
}

const day = (instant: number): string => new Date(instant).toISOString().slice(0, 10);

function stillWorks(holdings: Holdings): readonly string[] {
  const deadlines = deadlinesOf(holdings);
  const root = deadlines.find(({ role }) => role === 'root');
  const until = root === undefined ? '' : ` until the root expires on ${day(root.expiresAt)}`;
  return [
    `Signing, and adding and removing signers, go on as before${until}.`,
    'From then on every docker and notary refuses the repository, and nobody can renew it. Until then nobody can',
    'replace the repository key or the root key.',
    // Whoever signs renews releases along with their own.
    ...deadlines.filter(({ role }) => role !== 'root' && role !== 'targets/releases').map(deadlineText),
  ];
}

function deadlineText({ role, expiresAt, renewable }: Deadline): string {
  const how = renewable ? 'it is here, so they can be renewed' : 'somebody who has it must renew them';
  return `Signatures of ${holderName(role)} end on ${day(expiresAt)}; ${how}.`;
}

function startOver(holdings: Holdings, today: number): readonly string[] {
  const image = printable(holdings.gun);
  const notice = consumerNotice(holdings, today).trimEnd().split('\n');
  return [
    'To start over under the same name:',
    '1. Tell everybody who pulls from it, before you begin (the text is below).',
    `2. Keep a list of what is signed now:  ${listCommand(holdings)}`,
    '3. Delete the trust data on the server (needs the right to delete). Images and keys stay, signatures go:',
    `     ${deleteCommand(holdings)}`,
    '4. Make the repository again by adding its first signer, and back up the new root key before anything else:',
    `     trustdesk signer add --key NAME.pub --root-key new NAME ${image}`,
    '     trustdesk backup write FOLDER FOLDER',
    "5. Sign the tags again, and put the new root key's ID into the text:",
    '',
    ...notice.map((line) => (line === '' ? '' : `    ${printable(line)}`)),
  ];
}
