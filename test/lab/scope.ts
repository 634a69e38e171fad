/**
 * A temporary folder and everything that was started in it; closing the scope leaves nothing behind.
 * Test code, plain Node; knows no test runner, so that benchmarks can use it too.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export interface Scope {
  /** Absolute path of an empty folder that disappears with the scope. */
  readonly folder: string;
  /** Runs when the scope closes, last registered first. */
  defer(release: () => Promise<void> | void): void;
  close(): Promise<void>;
}

export async function openScope(name = 'lab'): Promise<Scope> {
  // Short, because a Unix socket's path may have 107 bytes only.
  const folder = await mkdtemp(join(tmpdir(), `td-${name}-`));
  const releases: (() => Promise<void> | void)[] = [
    () => rm(folder, { recursive: true, force: true, maxRetries: 5 }),
  ];
  return {
    folder,
    defer: (release) => void releases.push(release),
    close: async () => {
      const failures: unknown[] = [];
      for (const release of releases.splice(0).reverse()) {
        try {
          await release();
        } catch (failure) {
          failures.push(failure);
        }
      }
      if (failures.length > 0)
        throw new AggregateError(failures, `${name}: not everything could be released`);
    },
  };
}
