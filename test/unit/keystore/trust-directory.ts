/** A throw-away trust directory for one test file. */
import { chmodSync, mkdirSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach } from 'vitest';

export interface TrustDirectory {
  /** The directory of the present test. */
  readonly path: string;
  /** Writes a file below it, with its folders; answers its path. */
  put(path: string, content: Buffer | string, mode?: number): string;
  /** All files and folders below it, sorted. */
  tree(): readonly string[];
  /** Permission bits of a file or folder below it. */
  mode(path: string): number;
}

/** Makes an empty one before each test and removes it afterwards. */
export function useTrustDirectory(): TrustDirectory {
  let path = '';
  beforeEach(() => {
    path = mkdtempSync(join(tmpdir(), 'trustdesk-keys-'));
  });
  afterEach(() => rmSync(path, { recursive: true, force: true }));
  return {
    get path() {
      return path;
    },
    put(name, content, mode = 0o600) {
      const file = join(path, name);
      mkdirSync(dirname(file), { recursive: true });
      writeFileSync(file, content, { mode });
      chmodSync(file, mode);
      return file;
    },
    tree: () => readdirSync(path, { recursive: true }).map(String).sort(),
    mode: (name) => statSync(join(path, name)).mode & 0o777,
  };
}
