/** Last step: the root key off this computer, once two copies of it are proven. Optional. */
import { Check, Minus } from 'lucide-react';
import type { KeyBackupView } from '../../../shared/ipc/backups.ts';
import { goesOnWithoutRoot, waitsForRoot } from '../../../shared/without-root.ts';
import { countOf } from '../../copy/sizes.ts';
import { Button } from '../../ui/button.tsx';
import { Problem } from '../../ui/problem.tsx';
import { Section } from '../../ui/surface.tsx';
import type { WireError } from '../../../shared/errors.ts';
import { keyNoun, keyStateWords, keyTitle } from './backup-words.ts';

interface StepOfflineProps {
  /** Those of the backup that are still on this computer. */
  readonly keys: readonly KeyBackupView[];
  readonly gone: number;
  readonly error: WireError | undefined;
  readonly onTakeOffline: (id: string) => void;
}

export function StepOffline({ keys, gone, error, onTakeOffline }: StepOfflineProps) {
  const roots = keys.filter(({ role }) => role === 'root');
  return (
    <>
      {error !== undefined && <Problem error={error} />}
      <p>
        A root key is needed a few times in its life. The rest of the time it is safest where no computer
        reaches it.
      </p>
      <Section title="Without it on this computer">
        <ul className="works">
          {goesOnWithoutRoot.map((what) => (
            <Works key={what} goesOn>
              {what}
            </Works>
          ))}
          {waitsForRoot.map((what) => (
            <Works key={what}>{what}</Works>
          ))}
        </ul>
      </Section>
      {gone > 0 && (
        <p role="status">
          <strong>
            {gone === 1 ? 'The root key is offline now.' : `${countOf(gone, 'key')} are offline now.`}
          </strong>{' '}
          Bring it back under Backups when it is needed.
        </p>
      )}
      {roots.length > 0 && (
        <ul className="key-lines">
          {roots.map((key) => (
            <li key={key.id} className="key-line">
              <strong>{keyTitle(key.role)}</strong>
              <span className="mono muted" title={key.id}>
                {key.id.slice(0, 12)}
              </span>
              <span className="muted truncate">{keyStateWords(key).text}</span>
              <Button
                size="small"
                tone="danger"
                aria-label={`Take the ${keyNoun(key.role)} offline… ${key.id.slice(0, 12)}`}
                isDisabled={key.leave === 'not-yet'}
                onPress={() => onTakeOffline(key.id)}
              >
                {`Take the ${keyNoun(key.role)} offline…`}
              </Button>
            </li>
          ))}
        </ul>
      )}
      {roots.some(({ leave }) => leave === 'not-yet') && (
        <p className="muted">
          It stays until two copies at different places are proven. The disk of the keys does not count.
        </p>
      )}
      {roots.some(({ leave }) => leave === 'on-your-word') && (
        <p className="muted">
          A copy on the disk of the keys does not count, unless you say that its folder is kept elsewhere,
          too.
        </p>
      )}
      {roots.length === 0 && gone === 0 && (
        <p className="muted">This backup holds no root key that is here.</p>
      )}
    </>
  );
}

function Works({ goesOn = false, children }: { readonly goesOn?: boolean; readonly children: string }) {
  const Icon = goesOn ? Check : Minus;
  return (
    <li className="work" data-on={goesOn}>
      <Icon className="icon" size={15} aria-hidden />
      <span>
        {children}
        <span className="muted">{goesOn ? ' goes on' : ' waits until it is back'}</span>
      </span>
    </li>
  );
}
