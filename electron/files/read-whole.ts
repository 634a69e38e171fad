/**
 * Reading small files at once. Going through the thread pool for one takes ten times as long as reading it, and a short
 * command reads a dozen before it asks a server anything. Privileged side only.
 */
import { readFileSync, type Stats, statSync } from 'node:fs';
import { readFile } from './file-calls.ts';

const largestAtOnce = 256 * 1024;

/**
 * The bytes of `file`. What is large, or is no plain file and may keep its reader waiting, is read beside other work.
 * @param found what is known of it; asked when absent
 * @throws what the system answers
 */
export async function readWhole(file: string, found: Stats = statSync(file)): Promise<Buffer> {
  const isQuick = found.isFile() && found.size <= largestAtOnce;
  return isQuick ? readFileSync(file) : readFile(file);
}
