/** How much of a countable piece of work is done. */
import './progress.css';

interface ProgressProps {
  readonly label: string;
  readonly done: number;
  readonly total: number;
}

export function Progress({ label, done, total }: ProgressProps) {
  const share = total === 0 ? 0 : Math.min(1, done / total);
  return (
    <div
      className="progress"
      role="progressbar"
      aria-label={label}
      aria-valuemin={0}
      aria-valuemax={total}
      aria-valuenow={done}
    >
      <span className="progress-done" style={{ transform: `scaleX(${share})` }} />
    </div>
  );
}
