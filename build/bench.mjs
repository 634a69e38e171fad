/**
 * `npm run bench`: measures Trustdesk against the real tools in one run on this machine.
 * `npm run bench -- --help` lists the options. Runs under plain Node; bundles `test/bench/` and starts it.
 */
import { spawn } from 'node:child_process';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ensure } from './ensure.mjs';

const root = dirname(dirname(fileURLToPath(import.meta.url)));

async function bundle() {
  const { build } = await import('esbuild');
  const outfile = join(root, '.cache', 'bench', 'bench.mjs');
  await build({
    absWorkingDir: root,
    entryPoints: ['test/bench/bench.ts'],
    outfile,
    bundle: true,
    platform: 'node',
    target: 'node20',
    format: 'esm',
    packages: 'external',
    logLevel: 'error',
    define: { 'globalThis.TRUSTDESK_ROOT': JSON.stringify(root) },
  });
  return outfile;
}

/** Ends as the benchmark ends. */
async function run(args) {
  ensure();
  const child = spawn(process.execPath, [await bundle(), ...args], { cwd: root, stdio: 'inherit' });
  for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => child.kill(signal));
  child.once('exit', (code) => {
    process.exitCode = code ?? 1;
  });
}

try {
  await run(process.argv.slice(2));
} catch (error) {
  process.stderr.write(`${error.message}\n`);
  process.exitCode = 1;
}
