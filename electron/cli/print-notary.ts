/**
 * Lists byte for byte as notary 0.7.0 prints them. Command line; pure.
 */
import type { DelegationView } from '../trust/role-views.ts';
import { hexDigests } from '../trust/hex-digests.ts';
import { sha256Of } from '../trust/role-views.ts';
import type { TargetOfRole } from '../tuf/delegations.ts';
import { compareUtf8 } from '../tuf/utf8.ts';
import { columnLines, notaryTable, printable, tableLines, withRule } from './columns.ts';

type Pieces = Generator<string, void, void>;

/** `notary list`; rows already in order. */
export function* targetTable(targets: readonly TargetOfRole[]): Pieces {
  if (targets.length === 0) {
    yield '\nNo targets present in this repository.\n\n';
    return;
  }
  const entries = targets.map(({ target }) => target);
  yield* columnLines(notaryTable, [
    {
      cells: below(
        'NAME',
        entries.map(({ name }) => name),
      ),
    },
    { cells: below('DIGEST', hexDigests(entries)), plain: true },
    {
      cells: below(
        'SIZE (BYTES)',
        entries.map(({ length }) => String(length)),
      ),
      plain: true,
    },
    // Parsing refuses roles with any character that would need a look.
    {
      cells: below(
        'ROLE',
        targets.map(({ role }) => role),
      ),
      plain: true,
    },
  ]);
}

const below = (name: string, cells: readonly string[]): readonly string[] =>
  withRule([name]).flat().concat(cells);

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
