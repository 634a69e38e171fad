/**
 * Type-checks layer by layer, each with only the globals it may use: a wrong import or a forbidden global is an error.
 * Runs under Node after an install. `node build/types.mjs [layer...]`. Ends with 1 when any layer has an error.
 */
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const layers = ['shared', 'electron/tuf', 'electron', 'renderer', 'test'];
const compiler = createRequire(import.meta.url).resolve('typescript/bin/tsc');

/** Keeps what is known from the last run under .cache, so that an unchanged layer takes a second. */
function check(layer) {
  const info = join(root, '.cache', 'types', `${layer.replaceAll('/', '-')}.tsbuildinfo`);
  const flags = ['-p', layer, '--noEmit', '--incremental', '--tsBuildInfoFile', info, '--pretty', 'false'];
  const { status, stdout } = spawnSync(process.execPath, [compiler, ...flags], {
    cwd: root,
    encoding: 'utf8',
  });
  // A layer without files yet is not an error of that layer (TS18003).
  const failed = status !== 0 && !stdout.includes('error TS18003');
  if (failed) process.stdout.write(stdout);
  const errors = stdout.split('\n').filter((line) => /error TS\d+/.test(line)).length;
  process.stdout.write(`${layer}: ${failed ? `${errors} type error${errors === 1 ? '' : 's'}` : 'ok'}\n`);
  return !failed;
}

const named = process.argv.slice(2);
const unknown = named.filter((layer) => !existsSync(join(root, layer, 'tsconfig.json')));
if (unknown.length > 0) {
  process.stderr.write(`No tsconfig.json in ${unknown.join(', ')}; the layers are ${layers.join(', ')}.\n`);
  process.exit(1);
}
const results = (named.length > 0 ? named : layers).map(check);
process.exitCode = results.every(Boolean) ? 0 : 1;
