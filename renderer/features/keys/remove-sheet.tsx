/** "Remove…": what can no longer be done, by whom it still can, and whether there is a backup; then main asks. */
import { useEffect, useState } from 'react';
import type { KeyRow, Removal } from '../../../shared/ipc/keys.ts';
import { idle, type Loadable, loaded } from '../../bridge/loadable.ts';
import { countOf } from '../../copy/sizes.ts';
import { Banner } from '../../ui/banner.tsx';
import { Button } from '../../ui/button.tsx';
import { CopyText } from '../../ui/clipboard.tsx';
import { Problem } from '../../ui/problem.tsx';
import { Sheet } from '../../ui/sheet.tsx';
import { Status, type Tone } from '../../ui/status.tsx';
import { Section, Waiting } from '../../ui/surface.tsx';
import { backupWords, impactText, keyName } from './key-words.ts';
import { type KeysStore, refOf } from './keys-store.ts';
import { useAct } from '../../ui/use-act.ts';

interface RemoveSheetProps {
  readonly store: KeysStore;
  readonly entry: KeyRow;
  readonly onClose: () => void;
  readonly onRemoved: () => void;
  readonly onBackUp: (() => void) | undefined;
}

export function RemoveSheet({ store, entry, onClose, onRemoved, onBackUp }: RemoveSheetProps) {
  const [removal, setRemoval] = useState<Loadable<Removal>>(idle);
  const { state, run } = useAct<undefined>();
  const isRunning = state.kind === 'running';
  const { id, sandbox } = entry;
  useEffect(() => {
    let isWanted = true;
    void loaded(store.getState().removalOf({ id, sandbox })).then((found) => {
      if (isWanted) setRemoval(found);
    });
    return () => {
      isWanted = false;
    };
  }, [store, id, sandbox]);
  const remove = (): void =>
    void run(async () => {
      await store.getState().remove(refOf(entry));
      onRemoved();
    });
  return (
    <Sheet
      isOpen
      isHeld={isRunning}
      onClose={onClose}
      title={`Remove ${keyName(entry)}`}
      purpose="Its file is deleted from this computer. What is signed with it stays signed."
      actions={
        <>
          <Button onPress={onClose} isDisabled={isRunning}>
            Cancel
          </Button>
          <Button tone="danger" isPending={isRunning} isDisabled={removal.kind !== 'ready'} onPress={remove}>
            Remove…
          </Button>
        </>
      }
    >
      <Section title="Key ID">
        <CopyText text={id} what="key ID" />
      </Section>
      {removal.kind === 'ready' && (
        <>
          <Impacts removal={removal.value} />
          <BackupNote removal={removal.value} onBackUp={onBackUp} />
        </>
      )}
      {removal.kind === 'failed' && <Problem error={removal.error} />}
      {(removal.kind === 'idle' || removal.kind === 'loading') && (
        <Waiting>Looking at what depends on it</Waiting>
      )}
      {state.kind === 'failed' && <Problem error={state.error} />}
    </Sheet>
  );
}

const tones: Readonly<Record<Removal['impacts'][number]['effect'], Tone>> = {
  'still-signable-here': 'ok',
  'others-must-sign': 'warn',
  'nobody-can-sign': 'bad',
};

function Impacts({ removal: { impacts, unread } }: { readonly removal: Removal }) {
  const repositories = [...new Set(impacts.map(({ gun }) => gun))];
  return (
    <Section title="Afterwards">
      {repositories.length === 0 && <p>No repository that was read here names this key.</p>}
      {repositories.map((gun) => (
        <div key={gun} className="impact">
          <h3 className="impact-gun selectable">{gun}</h3>
          <ul className="impact-list">
            {impacts
              .filter((impact) => impact.gun === gun)
              .map((impact) => (
                <li key={impact.role} className="impact-line">
                  <Status tone={tones[impact.effect]}>
                    <span className="mono">{impact.role}</span>
                  </Status>
                  <span>{impactText(impact)}</span>
                </li>
              ))}
          </ul>
        </div>
      ))}
      {unread.length > 0 && (
        <p className="muted">
          {countOf(unread.length, 'repository', 'repositories')} could not be read, so whether{' '}
          {unread.length === 1 ? 'it needs' : 'they need'} the key is not known:{' '}
          {unread.slice(0, 3).join(', ')}
          {unread.length > 3 ? ` and ${unread.length - 3} more` : ''}.
        </p>
      )}
    </Section>
  );
}

interface BackupNoteProps {
  readonly removal: Removal;
  readonly onBackUp: (() => void) | undefined;
}

const titles = {
  unknown: 'Whether there is a backup of this key is not known.',
  none: 'There is no backup of this key.',
  unproven: 'Its backup was never proven.',
} as const;

function BackupNote({ removal: { backup }, onBackUp }: BackupNoteProps) {
  const { sentence } = backupWords(backup);
  if (backup !== undefined && backup.provenCopies > 0) {
    return (
      <Section title="Backup">
        <Status tone="ok">{sentence}</Status>
      </Section>
    );
  }
  const lack = backup === undefined ? 'unknown' : backup.copies === 0 ? 'none' : 'unproven';
  return (
    <Banner
      tone="warn"
      title={titles[lack]}
      action={
        onBackUp !== undefined && (
          <Button size="small" onPress={onBackUp}>
            {lack === 'unproven' ? 'Check the backup…' : 'Back it up…'}
          </Button>
        )
      }
    >
      Removed without one, it cannot be brought back.
    </Banner>
  );
}
