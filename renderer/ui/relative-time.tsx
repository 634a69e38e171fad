/** A moment as a person says it; the exact one is in its hint. */
import { ageText, minuteText, shortAgeText, untilText } from '../copy/times.ts';
import { useNow } from './use-now.ts';

interface RelativeTimeProps {
  readonly at: number;
  /** Units abbreviated, for table cells. */
  readonly isShort?: boolean;
}

export function RelativeTime({ at, isShort = false }: RelativeTimeProps) {
  const now = useNow();
  return (
    <time dateTime={new Date(at).toISOString()} title={minuteText(at)}>
      {at > now + 60_000 ? untilText(at, now) : isShort ? shortAgeText(at, now) : ageText(at, now)}
    </time>
  );
}
