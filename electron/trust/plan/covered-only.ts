/** What consumers read of targets files: entries that the role's paths and those above it cover. Pure. */
import type { RoleName } from '../../../shared/brands.ts';
import { walkRoles } from '../../tuf/delegations.ts';
import type { TargetsBody } from '../../tuf/model.ts';
import { pathCovers } from '../../tuf/names.ts';

type RoleBodies = ReadonlyMap<RoleName, TargetsBody>;

/** Roles that nothing leads to are left out. A file that is covered whole stays the same object. */
export function coveredOnly(bodies: RoleBodies): RoleBodies {
  const files = new Map([...bodies].map(([role, body]) => [role, { body }] as const));
  return new Map(
    [...walkRoles(files)].map(({ role, paths, body }) => [
      role,
      paths.includes('') ? body : covered(body, paths),
    ]),
  );
}

function covered(body: TargetsBody, paths: readonly string[]): TargetsBody {
  return { ...body, targets: body.targets.filter(({ name }) => pathCovers(paths, name)) };
}
