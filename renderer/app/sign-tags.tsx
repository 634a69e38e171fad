/** The sheet for signing, with what the repository's store knows of its tags and signers. */
import { useEffect, useMemo } from 'react';
import { useStore } from 'zustand';
import { canSign, signersToChoose } from '../features/repository/health.ts';
import { SignSheet } from '../features/plans/sign-sheet.tsx';
import { isWithoutTrustData } from '../copy/trust-words.ts';
import { countOf } from '../copy/sizes.ts';
import { differentTags } from '../features/repository/registry-compare.ts';
import type { Stores } from './stores.ts';

interface SignTagsProps {
  readonly stores: Stores;
  readonly gun: string;
  readonly chosen: readonly string[];
  readonly onClose: () => void;
}

export function SignTags({ stores, gun, chosen, onClose }: SignTagsProps) {
  const { unsigned, registry, detail, loadUnsigned } = useStore(stores.repository(gun));
  useEffect(() => {
    if (unsigned.kind === 'idle') void loadUnsigned();
  }, [unsigned, loadUnsigned]);
  const offered = useMemo(
    () => (unsigned.kind === 'ready' && unsigned.value.kind === 'tags' ? unsigned.value.tags : undefined),
    [unsigned],
  );
  const moved = useMemo(() => differentTags(registry), [registry]);
  return (
    <SignSheet
      isOpen
      gun={gun}
      chosen={chosen}
      unsigned={offered}
      moved={moved}
      signers={detail.kind === 'ready' ? signersToChoose(detail.value) : []}
      isKeyHere={detail.kind !== 'ready' || canSign(detail.value)}
      isNew={detail.kind === 'ready' && isWithoutTrustData(detail.value.row)}
      onClose={onClose}
      onSign={(wish) => {
        onClose();
        void stores.plans
          .getState()
          .make(`Sign ${countOf(wish.tags.length, 'tag')}`, (plans, chosen) =>
            plans.sign({ ...wish, ...chosen }),
          );
      }}
    />
  );
}
