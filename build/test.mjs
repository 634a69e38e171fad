/**
 * `npm test`: installs and builds what is out of date, runs the tests, and ends with one line of counts.
 * Arguments go to vitest: `npm test -- --project unit`, `npm test -- test/unit/tuf`.
 * Runs under plain Node; imports nothing that a fresh clone does not have.
 */
import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ensure } from './ensure.mjs';
import { asksOnly, missingVectors } from './test-words.mjs';

const root = dirname(dirname(fileURLToPath(import.meta.url)));

/** Where vitest could not run at all, that is one failure, not an empty success. */
function readCounts(path) {
  try {
    return JSON.parse(readFileSync(path, 'utf8'));
  } catch {
    return { passed: 0, failed: 1, skipped: 0 };
  }
}

function runVitest(args, countsPath) {
  const vitest = join(root, 'node_modules', 'vitest', 'vitest.mjs');
  const reporters = ['--reporter=default', `--reporter=${join(root, 'build', 'count-reporter.mjs')}`];
  const child = spawn(process.execPath, [vitest, 'run', ...reporters, ...args], {
    cwd: root,
    stdio: 'inherit',
    env: { ...process.env, TRUSTDESK_TEST_COUNTS: countsPath },
  });
  for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => child.kill(signal));
  return new Promise((resolve) => {
    child.once('error', () => resolve(1));
    child.once('exit', (code) => resolve(code ?? 1));
  });
}

async function main() {
  try {
    ensure();
  } catch (error) {
    process.stderr.write(`${error.message}\n`);
    return { counts: { passed: 0, failed: 1, skipped: 0 }, status: 1 };
  }
  const folder = mkdtempSync(join(tmpdir(), 'trustdesk-test-'));
  const countsPath = join(folder, 'counts.json');
  const status = await runVitest(process.argv.slice(2), countsPath);
  const ranNothing = status === 0 && !existsSync(countsPath) && asksOnly(process.argv.slice(2));
  const counts = ranNothing ? undefined : readCounts(countsPath);
  rmSync(folder, { recursive: true });
  return { counts, status };
}

const { counts, status } = await main();
if (counts === undefined) process.exitCode = status;
else {
  const { passed, failed, skipped } = counts;
  process.exitCode = status === 0 && failed > 0 ? 1 : status;
  for (const line of missingVectors(join(root, '..', 'shared', 'vectors'))) process.stdout.write(`${line}\n`);
  process.stdout.write(`${passed} passed, ${failed} failed, ${skipped} skipped\n`);
}
