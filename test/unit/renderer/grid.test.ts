/** Movement in a grid and which of its rows are drawn. */
import { describe, expect, test } from 'vitest';
import { type GridMove, moveInGrid } from '../../../renderer/ui/grid-keys.ts';
import { rowsInView } from '../../../renderer/ui/row-window.ts';

const plain = { ctrlKey: false, metaKey: false, altKey: false };
const middle = { active: 10, column: -1, count: 100, columns: 4, page: 15 };

describe('moveInGrid', () => {
  test.each<[key: string, change: Partial<typeof middle>, move: GridMove | undefined]>([
    ['ArrowDown', {}, { active: 11, column: -1 }],
    ['ArrowUp', {}, { active: 9, column: -1 }],
    ['ArrowDown', { active: -1 }, { active: 0, column: -1 }],
    ['ArrowUp', { active: -1 }, { active: 0, column: -1 }],
    ['ArrowDown', { active: 99 }, { active: 99, column: -1 }],
    ['ArrowUp', { active: 0 }, { active: 0, column: -1 }],
    ['PageDown', {}, { active: 25, column: -1 }],
    ['PageUp', {}, { active: 0, column: -1 }],
    ['Home', { column: 2 }, { active: 0, column: 2 }],
    ['End', {}, { active: 99, column: -1 }],
    ['ArrowRight', {}, { active: 10, column: 0 }],
    ['ArrowRight', { column: 3 }, { active: 10, column: 3 }],
    ['ArrowLeft', { column: 0 }, { active: 10, column: -1 }],
    ['ArrowLeft', {}, { active: 10, column: -1 }],
    ['ArrowDown', { count: 0 }, undefined],
    ['a', {}, undefined],
    ['Tab', {}, undefined],
    [' ', {}, undefined],
  ])('%s from %o', (key, change, move) => {
    expect(moveInGrid({ ...plain, key }, { ...middle, ...change })).toEqual(move);
  });

  test('with Ctrl or Cmd the arrows go to the ends', () => {
    expect(moveInGrid({ ...plain, key: 'ArrowDown', ctrlKey: true }, middle)?.active).toBe(99);
    expect(moveInGrid({ ...plain, key: 'ArrowUp', metaKey: true }, middle)?.active).toBe(0);
  });

  test('keys with Alt belong to the window', () => {
    expect(moveInGrid({ ...plain, key: 'ArrowLeft', altKey: true }, middle)).toBeUndefined();
  });
});

describe('rowsInView', () => {
  const row = 38;

  test('covers every pixel of the pane at any position', () => {
    for (let scrollTop = 0; scrollTop < 4000; scrollTop += 7) {
      const { first, end } = rowsInView({ scrollTop, height: 500 }, row, 1000);
      expect(first * row).toBeLessThanOrEqual(scrollTop);
      expect(end * row).toBeGreaterThanOrEqual(scrollTop + 500);
    }
  });

  test.each<[what: string, scrollTop: number, count: number, first: number, end: number]>([
    ['nothing to draw', 0, 0, 0, 0],
    ['fewer rows than fit', 0, 5, 0, 5],
    ['the end of 75,000', 75_000 * row - 500, 75_000, 74_980, 75_000],
    ['a list that became short while scrolled down', 40_000, 3, 2, 3],
  ])('%s', (_, scrollTop, count, first, end) => {
    expect(rowsInView({ scrollTop, height: 500 }, row, count)).toMatchObject({ first, end });
  });

  test('draws no more than a few rows beyond the pane', () => {
    const { first, end } = rowsInView({ scrollTop: 1_000_000, height: 760 }, row, 75_000);
    expect(end - first).toBeLessThan(40);
  });

  test('counts positions from a row nearby, for small numbers', () => {
    const { first, origin } = rowsInView({ scrollTop: 2_800_000, height: 760 }, row, 75_000);
    expect(first - origin).toBeGreaterThanOrEqual(0);
    expect(first - origin).toBeLessThan(1000);
  });
});
