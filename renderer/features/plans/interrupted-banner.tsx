/** What became of publishes that a crash or a lost connection cut off; stays until the person has seen it. */
import { useStore } from 'zustand';
import { Banner } from '../../ui/banner.tsx';
import { Button } from '../../ui/button.tsx';
import type { Interrupted, PlanStore } from './plan-store.ts';

const words: Readonly<Record<Interrupted['outcome'], string>> = {
  published: 'the trust server has it: everything was published.',
  'not-published': 'the trust server does not have it: nothing was published.',
  unknown: 'the trust server cannot be asked now, so whether it was published is not known yet.',
};

export function InterruptedBanner({ store }: { readonly store: PlanStore }) {
  const { interrupted, dismissInterrupted, askInterrupted } = useStore(store);
  if (interrupted.length === 0) return null;
  const isUnknown = interrupted.some(({ outcome }) => outcome === 'unknown');
  return (
    <Banner
      tone={interrupted.every(({ outcome }) => outcome === 'published') ? 'info' : 'warn'}
      title={interrupted.length === 1 ? 'A publish was interrupted.' : 'Publishes were interrupted.'}
      action={
        isUnknown ? (
          <Button onPress={() => void askInterrupted()}>Ask again</Button>
        ) : (
          <Button onPress={dismissInterrupted}>Understood</Button>
        )
      }
    >
      {interrupted.map(({ gun, title, outcome }) => `${title} in ${gun}: ${words[outcome]}`).join(' ')}
    </Banner>
  );
}
