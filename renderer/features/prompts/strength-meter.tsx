/** How hard what is being typed is to guess: a word, a bar, and what would make it better. */
import { useDeferredValue, useEffect, useMemo, useState } from 'react';
import { loadRater, type Rate, type Strength, strengthWords } from './strength.ts';

interface StrengthMeterProps {
  readonly text: string;
  readonly related: readonly string[];
}

export function StrengthMeter({ text, related }: StrengthMeterProps) {
  const rate = useRater(related);
  // Typing goes first; what it is worth follows.
  const typed = useDeferredValue(text);
  const strength = useMemo(() => rate?.(typed), [rate, typed]);
  if (strength === undefined || text === '') return null;
  const { score, warning, suggestions } = strength;
  const advice = [warning, ...suggestions].find((line) => line !== undefined && line !== '');
  return (
    <div className="strength" data-score={score}>
      <div
        className="strength-bar"
        role="meter"
        aria-label="Strength"
        aria-valuemin={0}
        aria-valuemax={4}
        aria-valuenow={score}
        aria-valuetext={strengthWords[score]}
      >
        {levels.map((level) => (
          <span key={level} className="strength-part" data-on={level <= score} />
        ))}
      </div>
      <p className="strength-word">
        <strong>{strengthWords[score]}</strong>
        {score < 3 && advice !== undefined && <span className="muted"> {advice}</span>}
      </p>
    </div>
  );
}

const levels: readonly Strength['score'][] = [0, 1, 2, 3, 4];

/** A meter that cannot be loaded is left out; the least length is checked all the same. */
function useRater(related: readonly string[]): Rate | undefined {
  const [rate, setRate] = useState<Rate>();
  const words = related.join('\n');
  useEffect(() => {
    let isWanted = true;
    void loadRater(words.split('\n')).then((loaded) => {
      if (isWanted) setRate(() => loaded);
    });
    return () => {
      isWanted = false;
    };
  }, [words]);
  return rate;
}
