/** Lines of monospaced text, as many as there are: only those on screen exist. Read-only, selectable. */
import { useLayoutEffect, useRef } from 'react';
import { placeRows, type RowMetrics, useRowWindow } from './row-window.ts';
import './code-view.css';

const metrics: RowMetrics = { row: 18, head: 0 };

interface CodeViewProps {
  readonly label: string;
  readonly lines: readonly string[];
  /** Numbers of lines that stand out, from 1. */
  readonly marked?: ReadonlySet<number>;
}

export function CodeView({ label, lines, marked }: CodeViewProps) {
  const scroller = useRef<HTMLDivElement>(null);
  const canvas = useRef<HTMLDivElement>(null);
  const { first, end } = useRowWindow(scroller, metrics, lines.length);
  useLayoutEffect(() => placeRows(scroller.current, canvas.current, first, metrics));
  return (
    <div
      ref={scroller}
      className="code"
      role="region"
      aria-label={label}
      tabIndex={0}
      onScroll={() => placeRows(scroller.current, canvas.current, first, metrics)}
    >
      <div className="code-space" style={{ height: lines.length * metrics.row }}>
        <div className="code-pane">
          <div ref={canvas} className="code-canvas mono selectable">
            {lines.slice(first, end).map((line, at) => (
              <div key={first + at} className="code-line" data-marked={marked?.has(first + at + 1) === true}>
                <span className="code-number" aria-hidden>
                  {first + at + 1}
                </span>
                {marked?.has(first + at + 1) === true && <span className="visually-hidden">changed: </span>}
                {line}
              </div>
            ))}
          </div>
        </div>
      </div>
    </div>
  );
}
