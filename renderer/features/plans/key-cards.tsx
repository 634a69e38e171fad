/** What dropped files turned out to be: a key with its ID and who it is known as, or why it cannot be used. */
import { X } from 'lucide-react';
import type { CallOutput } from '../../../shared/ipc/bridge.ts';
import { countOf } from '../../copy/sizes.ts';
import { dayText } from '../../copy/times.ts';
import { IconButton } from '../../ui/button.tsx';
import { KeyId } from '../../ui/identifier.tsx';
import { ProblemText } from '../../ui/problem.tsx';

export type Identified = CallOutput<'plans.identifyKeys'>[number];

interface KeyCardsProps {
  readonly results: readonly Identified[];
  readonly onRemove?: (at: number) => void;
}

export function KeyCards({ results, onRemove }: KeyCardsProps) {
  return (
    <div role="status">
      <ul className="key-cards">
        {results.map((result, at) => (
          <li key={`${at} ${nameOf(result)}`} className="key-card">
            <div className="key-card-line">
              <strong className="mono truncate">{nameOf(result)}</strong>
              {onRemove !== undefined && (
                <IconButton icon={X} label={`Leave out ${nameOf(result)}`} onPress={() => onRemove(at)} />
              )}
            </div>
            {result.ok ? <Known result={result} /> : <ProblemText error={result.error} />}
          </li>
        ))}
      </ul>
    </div>
  );
}

function nameOf(result: Identified): string {
  return result.ok ? result.key.label : result.label;
}

function Known({ result: { key } }: { readonly result: Extract<Identified, { ok: true }> }) {
  return (
    <>
      <span>
        <KeyId id={key.id} length="full" />
      </span>
      <span className="muted">
        {key.algorithm}
        {key.certificate !== undefined &&
          `, certificate of ${key.certificate.commonName}, until ${dayText(key.certificate.notAfter)}`}
      </span>
      {key.knownAs.length === 0 ? (
        <span className="muted">No repository that was read here names this key.</span>
      ) : (
        key.knownAs.map(({ gun, role, tags }) => (
          <span key={`${gun} ${role}`}>
            <span className="mono">{role}</span> of <span className="mono">{gun}</span>
            {tags > 0 && <span className="muted">, {countOf(tags, 'tag')}</span>}
          </span>
        ))
      )}
    </>
  );
}
