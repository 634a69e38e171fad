/** Signed tags as they cross to the window: column by column, signer sets as `inspect --pretty` joins them. Pure. */
import type { TagTable } from '../../shared/ipc/repositories.ts';
import { compareUtf8 } from '../tuf/utf8.ts';
import type { SignedTags } from './inspection.ts';

export function toTagTable({ tags, digests, sizes, signers, signerSets }: SignedTags): TagTable {
  return {
    tags: [...tags],
    digests: tags.map((_, row) => digests.at(row)),
    sizes: [...sizes],
    signers: [...signers],
    signerSets: signerSets.map((names) => [...names].sort(compareUtf8)),
  };
}
