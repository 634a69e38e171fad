/**
 * Which tests exist and how they may run. One project per folder of `test/`:
 * quick ones share the cores, those that start real servers or a browser run file after file.
 */
import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';

const quick = (name: string) => ({
  extends: true as const,
  test: { name, include: [`test/${name}/**/*.test.{ts,tsx}`], testTimeout: 20_000 },
});

/** Real peers need time to start; their files share nothing, yet two engines at once would starve two cores. */
const withPeers = (name: string, groupOrder: number) => ({
  extends: true as const,
  test: {
    name,
    include: [`test/${name}/**/*.test.ts`],
    fileParallelism: false,
    testTimeout: 120_000,
    hookTimeout: 120_000,
    sequence: { groupOrder },
  },
});

export default defineConfig({
  // The renderer's build has its own configuration; tests need no more of it than how JSX is read.
  resolve: { alias: { '@shown': fileURLToPath(new URL('renderer/shown', import.meta.url)) } },
  oxc: { jsx: { runtime: 'automatic', importSource: '@shown' } },
  test: {
    environment: 'node',
    pool: 'forks',
    // A test that never asserts is a test that cannot fail.
    expect: { requireAssertions: true },
    projects: [
      quick('unit'),
      quick('trust'),
      quick('contract'),
      quick('simulator'),
      withPeers('lab', 1),
      withPeers('interop', 2),
      withPeers('e2e', 3),
    ],
  },
});
