/** What a restore did, item by item. */
import type { Restored, RestoreItemView, RestorePlan } from '../../../shared/ipc/backups.ts';
import { countOf } from '../../copy/sizes.ts';
import { Button } from '../../ui/button.tsx';
import { ProblemText } from '../../ui/problem.tsx';
import { Sheet } from '../../ui/sheet.tsx';
import { Status } from '../../ui/status.tsx';
import { keyTitle, type StateWords } from './backup-words.ts';

/** A key by its role, everything else by what it is. */
export function ItemTitle({ item: { kind, name, key } }: { readonly item: RestoreItemView }) {
  if (key !== undefined) {
    return (
      <span className="restore-title">
        <strong>{keyTitle(key.role)}</strong> <span className="muted truncate">{key.gun}</span>
      </span>
    );
  }
  return kind === 'settings' ? (
    <strong>Settings of Trustdesk</strong>
  ) : (
    <span className="restore-title">
      <strong>Trust metadata</strong> <span className="muted truncate">{name}</span>
    </span>
  );
}

const outcomes: Readonly<Record<Restored['outcome'], StateWords>> = {
  restored: { tone: 'ok', text: 'Restored' },
  identical: { tone: 'muted', text: 'Was here, the same' },
  kept: { tone: 'warn', text: 'Kept as it was here' },
  failed: { tone: 'bad', text: 'Not restored' },
};

interface RestoreResultsProps {
  readonly plan: RestorePlan;
  readonly results: readonly Restored[];
  readonly onClose: () => void;
}

export function RestoreResults({ plan, results, onClose }: RestoreResultsProps) {
  const restored = results.filter(({ outcome }) => outcome === 'restored').length;
  const hasKey = plan.items.some(
    ({ id, kind }) =>
      kind === 'key' && results.some((result) => result.id === id && result.outcome === 'restored'),
  );
  const isUnchecked = results.some(({ checked }) => checked === false);
  return (
    <Sheet
      isOpen
      size="wide"
      onClose={onClose}
      title={restored === 0 ? 'Nothing was restored' : `${countOf(restored, 'item')} restored`}
      purpose={
        isUnchecked
          ? 'A key that was not checked may be damaged: try its passphrase before you rely on it.'
          : hasKey
            ? 'Each key opens with the passphrase it had when the backup was written. The copy is listed under Backups: check it next, and keep a root key offline once two copies are proven.'
            : undefined
      }
      actions={
        <Button tone="primary" autoFocus onPress={onClose}>
          Done
        </Button>
      }
    >
      <ul className="restore-items" aria-label="Results">
        {results.map((result) => {
          const item = plan.items.find(({ id }) => id === result.id);
          const { tone, text } =
            result.checked === false
              ? { tone: 'warn' as const, text: 'Restored, not checked' }
              : outcomes[result.outcome];
          return (
            <li key={result.id} className="restore-item">
              <span className="restore-text">
                {item !== undefined && <ItemTitle item={item} />}
                {result.error !== undefined && <ProblemText error={result.error} />}
                {item !== undefined && result.error === undefined && (
                  <span className="mono muted truncate">{item.target}</span>
                )}
              </span>
              <Status tone={tone}>{text}</Status>
            </li>
          );
        })}
      </ul>
    </Sheet>
  );
}
