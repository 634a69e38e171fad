/** What `npm test` says beside vitest: what was not run must not go unsaid. */
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { expect, it } from 'vitest';

const file = join(import.meta.dirname, '../../../build/test-words.mjs');
const { asksOnly, missingVectors } = (await import(pathToFileURL(file).href)) as {
  asksOnly(args: readonly string[]): boolean;
  missingVectors(folder: string): readonly string[];
};

it.each([
  [['--help'], true],
  [['--project', 'unit', '-h'], true],
  [['--project', 'unit'], false],
  [[], false],
])('%j asks only: %s', (args, expected) => {
  expect(asksOnly(args)).toBe(expected);
});

it('names the vectors that are not there, and says nothing when all are', () => {
  const folder = mkdtempSync(join(tmpdir(), 'td-vectors-'));
  mkdirSync(join(folder, 'wycheproof'));
  expect(missingVectors(folder)).toEqual([
    `Not run: the tests with vectors of others (notary-0.3), which are not in ${folder}.`,
  ]);
  mkdirSync(join(folder, 'notary-0.3'));
  expect(missingVectors(folder)).toEqual([]);
  rmSync(folder, { recursive: true });
});
