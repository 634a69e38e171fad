/**
 * Which rows of a long list are on the screen. Rows are all the same height, so this is arithmetic; what matters is that
 * the rows are there before the frame is painted, hence the synchronous update inside the scroll event.
 */
import { type RefObject, useLayoutEffect, useState } from 'react';
import { flushSync } from 'react-dom';

/** Heights in pixels, as the style sheet has them. */
export interface RowMetrics {
  readonly row: number;
  /** What stands above the rows inside the scroller. */
  readonly head: number;
}

export const gridMetrics: RowMetrics = { row: 38, head: 33 };
/** Rows drawn above and below the visible ones. */
const margin = 4;
const originStep = 1000;
/** The window moves in steps of this many rows, so that most scroll events move pixels only. */
const step = 4;

export interface RowWindow {
  readonly first: number;
  /** One past the last drawn row. */
  readonly end: number;
  /** The row that positions are counted from: near enough for small numbers, and it seldom changes. */
  readonly origin: number;
}

/** Rows to draw for a scroll position. */
export function rowsInView({ scrollTop, height }: View, row: number, count: number): RowWindow {
  const top = Math.floor(scrollTop / row) - margin;
  const first = Math.max(0, Math.floor(top / step) * step);
  const rows = Math.ceil(height / row) + 2 * margin + step;
  const drawn = Math.min(first, Math.max(0, count - 1));
  return { first: drawn, end: Math.min(count, first + rows), origin: drawn - (drawn % originStep) };
}

export interface View {
  readonly scrollTop: number;
  /** Of the part that shows rows. */
  readonly height: number;
}

const paneOf = (scroller: HTMLElement, { head }: RowMetrics): number =>
  Math.max(0, scroller.clientHeight - head);

/** Follows the scroller and tells which rows to draw. */
export function useRowWindow(
  scroller: RefObject<HTMLElement | null>,
  metrics: RowMetrics,
  count: number,
): RowWindow {
  const [view, setView] = useState<View>({ scrollTop: 0, height: 760 });
  useLayoutEffect(() => {
    const element = scroller.current;
    if (element === null) return undefined;
    const read = (): void =>
      setView((last) => {
        const next = { scrollTop: element.scrollTop, height: paneOf(element, metrics) };
        return rowsMoved(last, next, metrics.row) ? next : last;
      });
    const onScroll = (): void => flushSync(read);
    const resized = new ResizeObserver(read);
    resized.observe(element);
    element.addEventListener('scroll', onScroll, { passive: true });
    return () => {
      resized.disconnect();
      element.removeEventListener('scroll', onScroll);
    };
  }, [scroller, metrics]);
  return rowsInView(view, metrics.row, count);
}

function rowsMoved(last: View, next: View, row: number): boolean {
  const before = rowsInView(last, row, Number.MAX_SAFE_INTEGER);
  const after = rowsInView(next, row, Number.MAX_SAFE_INTEGER);
  return before.first !== after.first || before.end !== after.end;
}

/** Brings a row into view with as little movement as possible. */
export function revealRow(scroller: HTMLElement, metrics: RowMetrics, index: number): void {
  const top = index * metrics.row;
  const bottom = top + metrics.row - paneOf(scroller, metrics);
  if (top < scroller.scrollTop) scroller.scrollTop = top;
  else if (bottom > scroller.scrollTop) scroller.scrollTop = bottom;
}

/**
 * Rows are drawn in a pane that stands still in the scroller, so they are moved to where they belong.
 * Positions are counted from a row nearby: small numbers, sharp text.
 */
export function placeRows(
  scroller: HTMLElement | null,
  canvas: HTMLElement | null,
  origin: number,
  { row }: RowMetrics,
): void {
  if (scroller === null || canvas === null) return;
  canvas.style.transform = `translateY(${origin * row - scroller.scrollTop}px)`;
}
