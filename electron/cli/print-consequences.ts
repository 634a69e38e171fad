/** What consumers and other signers notice of a plan, one sentence each; the same about many tags once. Pure. */
import type { Consequence } from '../trust/plan/plan.ts';
import { printable } from './columns.ts';

/** The gravest first. */
export function consequenceLines(consequences: readonly Consequence[]): readonly string[] {
  const groups = new Map<string, { readonly first: Consequence; readonly tags: string[] }>();
  for (const one of consequences) {
    const { key, tags } = similar(one);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, { first: one, tags: [...tags] });
    else group.tags.push(...tags);
  }
  return [...groups.values()]
    .toSorted((a, b) => gravity(a.first) - gravity(b.first))
    .map(({ first, tags }) => sentence(first, tags));
}

/** Sentences that differ in the tag alone have the same key. */
function similar(one: Consequence): { readonly key: string; readonly tags: readonly string[] } {
  if (one.kind === 'tag-unpullable') return { key: one.kind, tags: [one.tag] };
  if (one.kind === 'signature-lost')
    return { key: JSON.stringify([one.kind, one.signer, one.left]), tags: [one.tag] };
  return { key: JSON.stringify(one), tags: [] };
}

const gravest: ReadonlySet<Consequence['kind']> = new Set([
  'repository-gone',
  'other-root-known',
  'role-revived',
  'role-unusable',
  'role-without-keys',
]);

function gravity(one: Consequence): number {
  if (gravest.has(one.kind)) return 0;
  if (one.kind === 'tag-unpullable') return 1;
  return one.kind === 'signature-lost' ? 3 + Math.min(1, one.left.length) : 2;
}

function sentence(one: Consequence, tags: readonly string[]): string {
  switch (one.kind) {
    case 'tag-moves':
      return `Consumers who pull ${printable(one.tag)} get ${one.to} instead of ${one.from}.`;
    case 'tag-unpullable':
      return `${named(tags)} can no longer be pulled with content trust.`;
    case 'signature-lost':
      return `${named(tags)} ${tags.length === 1 ? 'is' : 'are'} no longer signed by ${one.signer}; ${whoIsLeft(one.left)}.`;
    case 'admin-copy-differs':
      return `The administrator's own copy of ${printable(one.tag)} still has ${one.digest}; docker shows both.`;
    case 'role-unusable':
      return `${one.role} loses its last valid signature until ${remedy(one.remedyKeyIds)} signs it again.`;
    case 'role-without-keys':
      return `${one.role} has fewer keys than it needs and cannot be used until a key is added.`;
    case 'role-revived':
      return `Nobody's valid signature is on the present file of ${one.role}. All that is in it is signed anew: look at every line above.`;
    case 'role-returns':
      return `The server still has an earlier file of ${one.role}: what its key signed then counts again, if the key is the same.`;
    case 'root-expires-soon':
      return `The root expires at ${one.at}; renew it.`;
    case 'root-certificate-changes':
      return 'Consumers follow to the new root by themselves; who pins its certificate has to pin the new one.';
    case 'snapshot-signed-by':
      return one.by === 'server'
        ? 'The server signs the snapshot from now on; publishing no longer needs a key for it.'
        : 'Every publish needs the snapshot key from now on, which only you have.';
    case 'snapshot-holder-untold':
      return 'This account may not publish, so the server does not say whether it signs the snapshot. Where the owner does, an account that may publish has to make this plan.';
    case 'key-not-needed':
      return `The ${one.role} key ${one.keyId.slice(0, 12)} signs nothing here any more. Its file stays until it is removed.`;
    case 'repository-gone':
      return 'Whoever used the repository refuses its name when it is made again, until the old root is forgotten there. Keys and images stay.';
    case 'other-root-known':
      return 'Another root of this name was trusted before: whoever trusts it refuses the new repository, until that root is forgotten there.';
    case 'content-unknown':
      return `What is deleted could not be verified (${one.code}): no restore point can be kept.`;
  }
}

const mostTags = 8;

function named(tags: readonly string[]): string {
  const more = tags.length - mostTags;
  const shown = tags.slice(0, mostTags).map(printable).join(', ');
  return more > 0 ? `${shown} and ${String(more)} more` : shown;
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
