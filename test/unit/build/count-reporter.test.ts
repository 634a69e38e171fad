/** The count line decides what people believe of a test run: nothing that did not pass may look as if it had. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

type State = 'passed' | 'failed' | 'skipped' | 'pending';
interface Reporter {
  onTestRunEnd(modules: readonly object[], unhandled: readonly unknown[]): void;
}

const file = join(import.meta.dirname, '../../../build/count-reporter.mjs');
const { default: CountReporter } = (await import(pathToFileURL(file).href)) as {
  default: new () => Reporter;
};

const failing = (count: number) => ({ errors: () => Array.from({ length: count }, () => new Error('x')) });
const moduleOf = (states: readonly State[], errors = 0, suiteErrors = 0) => ({
  ...failing(errors),
  children: {
    allTests: () => states.map((state) => ({ result: () => ({ state }) })),
    allSuites: () => [failing(suiteErrors)],
  },
});

let folder = '';
let before: string | undefined;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'td-count-'));
  before = process.env['TRUSTDESK_TEST_COUNTS'];
  process.env['TRUSTDESK_TEST_COUNTS'] = join(folder, 'counts.json');
});
afterEach(() => {
  if (before === undefined) delete process.env['TRUSTDESK_TEST_COUNTS'];
  else process.env['TRUSTDESK_TEST_COUNTS'] = before;
  rmSync(folder, { recursive: true });
});

const count = (modules: readonly object[], unhandled: readonly unknown[] = []): unknown => {
  new CountReporter().onTestRunEnd(modules, unhandled);
  return JSON.parse(readFileSync(join(folder, 'counts.json'), 'utf8'));
};

describe('the counts', () => {
  it.each([
    ['every state', [moduleOf(['passed', 'failed', 'skipped', 'passed'])], [], [2, 1, 1]],
    ['a test that was never reached', [moduleOf(['pending'])], [], [0, 1, 0]],
    ['a file that could not be loaded', [moduleOf([], 1)], [], [0, 1, 0]],
    ['a failed hook', [moduleOf(['skipped'], 0, 1)], [], [0, 1, 1]],
    ['an error outside any test', [moduleOf(['passed'])], [new Error('late')], [1, 1, 0]],
    ['several files', [moduleOf(['passed']), moduleOf(['failed'])], [], [1, 1, 0]],
  ])('of %s', (_, modules, unhandled, [passed, failed, skipped]) => {
    expect(count(modules, unhandled)).toEqual({ passed, failed, skipped });
  });
});
