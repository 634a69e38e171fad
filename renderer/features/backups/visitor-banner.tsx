/** A key that was brought back for one operation is said on every screen, until it was sent away again. */
import { Archive, KeyRound } from 'lucide-react';
import { useStore } from 'zustand';
import type { OfflineKeyView } from '../../../shared/ipc/backups.ts';
import { overdueText } from '../../../shared/copy-standing.ts';
import { dayText } from '../../copy/times.ts';
import { Banner } from '../../ui/banner.tsx';
import { Button } from '../../ui/button.tsx';
import { keyNoun, keyTitle, offlineWords } from './backup-words.ts';
import type { BackupsStore } from './backups-store.ts';
import './backups.css';

interface VisitorBannerProps {
  readonly store: BackupsStore;
  /** Something is being published or read back: a key that signed it leaves only after that. */
  readonly isPublishing: boolean;
  readonly onShow: () => void;
}

export function VisitorBanner({ store, isPublishing, onShow }: VisitorBannerProps) {
  const { overview, sendAway } = useStore(store);
  if (overview.kind !== 'ready') return null;
  const unsettled = overview.value.offline.filter(({ state }) => state !== 'away');
  if (unsettled.length === 0) return null;
  return (
    <div className="visitors">
      {unsettled.map((entry) =>
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
            {visitText(entry, isPublishing)}
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
      )}
    </div>
  );
}

/** What a visitor's banner says of when it leaves. */
export function visitText({ until, isDone, usedAt }: OfflineKeyView, isPublishing: boolean): string {
  if (isPublishing && until === 'publish')
    return 'It goes away by itself when the publish that it signs is over.';
  if (isDone === true) return 'It signed what it came for, and could not leave by itself: send it away.';
  if (usedAt !== undefined) return `${overdueText(dayText(usedAt))}.`;
  if (until === 'publish') return 'It goes away by itself after the next publish that it signs.';
  return 'When that is done, send it away again.';
}

interface OfflineNoteProps {
  readonly store: BackupsStore;
  readonly onShow: () => void;
}

/** Beside the list of keys: those that are kept elsewhere, and where. */
export function OfflineNote({ store, onShow }: OfflineNoteProps) {
  const overview = useStore(store, (state) => state.overview);
  const away =
    overview.kind === 'ready' ? overview.value.offline.filter(({ state }) => state === 'away') : [];
  if (away.length === 0) return null;
  return (
    <ul className="offline-notes" aria-label="Kept offline">
      {away.map((entry) => (
        <li key={entry.id} className="offline-note">
          <Archive className="icon muted" size={15} aria-hidden />
          <strong>{keyTitle(entry.role)}</strong>
          <span className="mono muted selectable" title={entry.id}>
            {entry.id.slice(0, 12)}
          </span>
          <span className="truncate">
            {entry.on.length === 0 ? 'offline' : `offline: on ${entry.on.join(' and ')}`}
          </span>
          <Button size="small" tone="quiet" onPress={onShow}>
            Show
          </Button>
        </li>
      ))}
    </ul>
  );
}
