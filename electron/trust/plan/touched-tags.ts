/** Which tags an edit can have done anything to. Pure. A repository may have 100,000 and an edit touches a few. */
import type { RoleName } from '../../../shared/brands.ts';
import type { TargetEntry, TargetsBody } from '../../tuf/model.ts';

type RoleBodies = ReadonlyMap<RoleName, TargetsBody>;

/** Names of the entries that are not the same objects in both: an edit leaves every other entry as it is. */
export function touchedTags(before: RoleBodies, after: RoleBodies): ReadonlySet<string> {
  const touched = new Set<string>();
  for (const role of new Set([...before.keys(), ...after.keys()])) {
    const [old, current] = [before.get(role)?.targets ?? [], after.get(role)?.targets ?? []];
    for (const { name } of differences(old, current)) touched.add(name);
  }
  return touched;
}

/** Entries of either list that the other has not. */
function differences(a: readonly TargetEntry[], b: readonly TargetEntry[]): readonly TargetEntry[] {
  if (a === b) return [];
  const start = sameAtStart(a, b);
  const end = sameAtEnd(a, b, start);
  const [some, others] = [a.slice(start, a.length - end), b.slice(start, b.length - end)];
  const [inSome, inOthers] = [new Set(some), new Set(others)];
  return [...some.filter((entry) => !inOthers.has(entry)), ...others.filter((entry) => !inSome.has(entry))];
}

function sameAtStart(a: readonly TargetEntry[], b: readonly TargetEntry[]): number {
  const most = Math.min(a.length, b.length);
  let count = 0;
  while (count < most && a[count] === b[count]) count += 1;
  return count;
}

function sameAtEnd(a: readonly TargetEntry[], b: readonly TargetEntry[], start: number): number {
  const most = Math.min(a.length, b.length) - start;
  let count = 0;
  while (count < most && a[a.length - 1 - count] === b[b.length - 1 - count]) count += 1;
  return count;
}
