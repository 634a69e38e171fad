/**
 * Lists byte for byte as notary 0.7.0 prints them. Command line; pure.
 */
import type { DelegationView } from '../trust/role-views.ts';
import { hexDigestsOf } from '../trust/hex-digests.ts';
import { type ListedTargets, sha256Of } from '../trust/role-views.ts';
import type { TargetOfRole } from '../tuf/delegations.ts';
import { compareUtf8 } from '../tuf/utf8.ts';
import {
  type Column,
  columnLines,
  columnOf,
  notaryTable,
  printable,
  tableLines,
  withRule,
} from './columns.ts';

type Pieces = Generator<string, void, void>;

/** `notary list` */
export function* targetTable({ targets, roles }: ListedTargets): Pieces {
  if (targets.length === 0) {
    yield '\nNo targets present in this repository.\n\n';
    return;
  }
  const largest = targets.reduce((most, { length }) => Math.max(most, length), 0);
  const digests = hexDigestsOf(targets);
  yield* columnLines(notaryTable, targets.length, [
    below('NAME', (row) => targets[row]?.name ?? ''),
    below('DIGEST', digests.at, digests.longest),
    below('SIZE (BYTES)', (row) => String(targets[row]?.length), String(largest).length),
    // Parsing refuses roles with any character that would need a look.
    below('ROLE', (row) => roles[row] ?? '', Math.max(...new Set(roles.map(({ length }) => length)))),
  ]);
}

const below = (name: string, cellAt: Column['cellAt'], longest?: number): Column =>
  columnOf(withRule([name]).flat(), cellAt, longest);

/** `notary lookup` */
export function targetLine(found: TargetOfRole): string {
  return `${printable(found.target.name)} sha256:${sha256Of(found)} ${String(found.target.length)}\n`;
}

/** `notary delegation list`: further paths and keys of a role follow on lines of their own. */
export function* delegationTable(delegations: readonly DelegationView[]): Pieces {
  yield '\n';
  if (delegations.length === 0) yield '\nNo delegations present in this repository.\n\n';
  else {
    const rows = delegations.flatMap(delegationRows);
    yield* tableLines(notaryTable, [...withRule(['ROLE', 'PATHS', 'KEY IDS', 'THRESHOLD']), ...rows]);
  }
  yield '\n';
}

function delegationRows({ role, paths, keyIds, threshold }: DelegationView): (readonly string[])[] {
  const shown = paths.map((path) => (path === '' ? '"" <all paths>' : path));
  const count = Math.max(1, shown.length, keyIds.length);
  return Array.from({ length: count }, (_, i) => [
    i === 0 ? role : '',
    shown[i] ?? '',
    keyIds[i] ?? '',
    i === 0 ? String(threshold) : '',
  ]);
}

/** What `notary key list` shows of a key. */
export interface ListedKey {
  readonly role: string;
  readonly gun: string | undefined;
  readonly id: string;
  readonly location: string;
}

/** `notary key list`: root keys first, then by repository, role, ID and place. */
export function* keyTable(keys: readonly ListedKey[]): Pieces {
  yield '\n';
  if (keys.length === 0) yield 'No signing keys found.\n';
  else {
    const rows = sortKeys(keys).map(({ role, gun, id, location }) => [
      role,
      shortened(gun ?? '', 25),
      id,
      shortened(location, 40),
    ]);
    yield* tableLines(notaryTable, [...withRule(['ROLE', 'GUN', 'KEY ID', 'LOCATION']), ...rows]);
  }
  yield '\n';
}

/** The order of `notary key list`. */
export function sortKeys<K extends ListedKey>(keys: readonly K[]): K[] {
  return [...keys].sort(
    (a, b) =>
      Number(b.role === 'root') - Number(a.role === 'root') ||
      compareUtf8(a.gun ?? '', b.gun ?? '') ||
      compareUtf8(a.role, b.role) ||
      compareUtf8(a.id, b.id) ||
      compareUtf8(a.location, b.location),
  );
}

/** notary counts bytes and keeps the end. */
function shortened(text: string, width: number): string {
  const bytes = Buffer.from(text, 'utf8');
  return bytes.length <= width ? text : `...${bytes.subarray(bytes.length - (width - 3)).toString('utf8')}`;
}
