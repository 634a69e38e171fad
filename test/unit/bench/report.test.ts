/** The figures that a benchmark prints must be right before anybody believes them. */
import { describe, expect, it } from 'vitest';
import { isMet, toTable } from '../../bench/report.ts';
import type { Row } from '../../bench/report.ts';
import { median, percentile } from '../../bench/statistics.ts';

const row = (value: number, limit: number): Row => ({
  what: 'inspect',
  ours: '1 ms',
  theirs: 'docker 4 ms',
  value,
  limit,
  unit: 'x',
});

describe('figures', () => {
  it.each([
    [[3, 1, 2], 2],
    [[4, 1, 3, 2], 2.5],
    [[100, 9], 54.5],
    [[7], 7],
  ])('the median of %j is %d', (values, expected) => {
    expect(median(values)).toBe(expected);
  });

  it.each([
    [[5, 1, 4, 2, 3], 0.95, 5],
    [[5, 1, 4, 2, 3], 0.5, 3],
    [[5, 1, 4, 2, 3], 0, 1],
  ])('of %j, share %d does not exceed %d', (values, share, expected) => {
    expect(percentile(values, share)).toBe(expected);
  });

  it('are never made of nothing', () => {
    expect(() => median([])).toThrow(RangeError);
    expect(() => percentile([], 0.5)).toThrow(RangeError);
  });
});

describe('a target', () => {
  it.each([
    [0.25, 0.25, true],
    [0.2501, 0.25, false],
    [Number.NaN, 0.25, false],
  ])('%d of at most %d: %s', (value, limit, met) => {
    expect(isMet(row(value, limit))).toBe(met);
  });

  it('that is missed is said in its line and counted', () => {
    const lines = toTable([row(0.1, 0.25), row(0.3, 0.25)]).split('\n');
    expect(lines[1]).toMatch(/0\.100 x +<= 0\.250 x +met$/);
    expect(lines[2]).toMatch(/0\.300 x +<= 0\.250 x +MISSED$/);
    expect(lines.at(-2)).toBe('1 of 2 targets met');
  });
});
