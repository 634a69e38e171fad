/** `--root-key ID|new`: the root key of a repository that is new. Command line. */
import type { CanonicalKeyId, Gun } from '../../shared/brands.ts';
import { type Arguments, valueOf } from './command.ts';
import { pickById } from './pick-key.ts';
import type { Planning } from './planning.ts';

/** @throws as `pickById` */
export async function wantedRootKey(
  args: Arguments,
  { planner }: Planning,
  gun: Gun,
): Promise<CanonicalKeyId | 'new' | undefined> {
  const given = valueOf(args, 'root-key') as CanonicalKeyId | 'new' | undefined;
  if (given === undefined || given === 'new' || given.length === 64) return given;
  const roots = (await planner.keysHere(gun)).filter(({ role }) => role === 'root');
  const found = pickById(
    given,
    roots.map(({ keyId }) => ({ id: keyId })),
  );
  // What is not here is refused by the plan, which knows whether it is kept offline.
  return found?.id ?? given;
}
