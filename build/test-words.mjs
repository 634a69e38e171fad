/** What `npm test` says beside what vitest does. Runs under plain Node with nothing but its builtins. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';

/** What vitest answers without running anything. */
export function asksOnly(args) {
  return args.some((arg) => ['-h', '--help', '-v', '--version'].includes(arg));
}

/** Third-party test vectors, which stand beside the repository and are no part of it. */
const vectors = ['wycheproof', 'notary-0.3'];

/** Tests without their vectors do not exist, so that nothing counts as skipped; these lines say so instead. */
export function missingVectors(folder) {
  const missing = vectors.filter((name) => !existsSync(join(folder, name)));
  if (missing.length === 0) return [];
  return [`Not run: the tests with vectors of others (${missing.join(', ')}), which are not in ${folder}.`];
}
