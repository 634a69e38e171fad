/** A key that was brought back for one operation is said on every screen, until it was sent away again. */
import { KeyRound } from 'lucide-react';
import { useStore } from 'zustand';
import { Banner } from '../../ui/banner.tsx';
import { Button } from '../../ui/button.tsx';
import { keyNoun, offlineWords } from './backup-words.ts';
import type { BackupsStore } from './backups-store.ts';

interface VisitorBannerProps {
  readonly store: BackupsStore;
  readonly onShow: () => void;
}

export function VisitorBanner({ store, onShow }: VisitorBannerProps) {
  const { overview, sendAway } = useStore(store);
  if (overview.kind !== 'ready') return null;
  const unsettled = overview.value.offline.filter(({ state }) => state !== 'away');
  return unsettled.map((entry) =>
    entry.state === 'visiting' ? (
      <Banner
        key={entry.id}
        tone="warn"
        icon={KeyRound}
        title={`The ${keyNoun(entry.role)} is here for one operation.`}
        action={
          <Button size="small" onPress={() => void sendAway(entry.id)}>
            Send it away
          </Button>
        }
      >
        When that is done, send it away again.
      </Banner>
    ) : (
      <Banner
        key={entry.id}
        tone="warn"
        icon={KeyRound}
        title={`The ${keyNoun(entry.role)} that is kept offline needs a decision.`}
        action={
          <Button size="small" onPress={onShow}>
            Show
          </Button>
        }
      >
        {offlineWords(entry).text}.
      </Banner>
    ),
  );
}
