/** Which roles can be signed from here, and which have something to sign again. Pure. */
import type { RepositoryDetail } from '../../../shared/ipc/repositories.ts';

/** A key that can sign `role` is on this computer. */
export function hasKeyHere(role: string, detail: RepositoryDetail): boolean {
  if (role === 'targets') return detail.row.abilities.administer;
  const ids = detail.delegations.find((entry) => entry.role === role)?.keyIds ?? [];
  const here = detail.signers.flatMap(({ keys }) =>
    keys.flatMap(({ id, place }) => (place.kind === 'file' || place.kind === 'yubikey' ? [id] : [])),
  );
  return ids.some((id) => here.includes(id));
}

/** A role that was never signed has nothing to sign again. */
export function hasFile(role: string, { metadata, delegations }: RepositoryDetail): boolean {
  return (
    metadata.some((file) => file.role === role) ||
    delegations.some((entry) => entry.role === role && entry.problem !== undefined)
  );
}
