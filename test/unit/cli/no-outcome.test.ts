/** A command whose work never comes to an end, and of which nothing is left to wait for: Node alone would call it a success. */
import { spawnSync } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { build, type Plugin } from 'esbuild';
import { afterAll, beforeAll, expect, test } from 'vitest';

const entry = resolve(import.meta.dirname, '../../../electron/cli/trustdesk.ts');
let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'td-no-outcome-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

/** The command line, replaced by one whose outcome is `expression`. */
const commandLineOf = (expression: string): Plugin => ({
  name: 'command-line',
  setup: (esbuild) => {
    esbuild.onLoad({ filter: /[\\/]command-line\.ts$/ }, () => ({
      contents: `export const runCommandLine = () => ${expression};`,
    }));
  },
});

async function run(expression: string) {
  const outfile = join(folder, 'program.mjs');
  await build({
    stdin: { contents: `import { main } from ${JSON.stringify(entry)}; void main();`, resolveDir: folder },
    bundle: true,
    platform: 'node',
    format: 'esm',
    outfile,
    plugins: [commandLineOf(expression)],
  });
  const { status, stderr } = spawnSync(process.execPath, [outfile], { encoding: 'utf8' });
  return { status, stderr };
}

test('is a failure', async () => {
  expect(await run('new Promise(() => undefined)')).toEqual({
    status: 1,
    stderr: 'The command ended without an outcome. This is a fault of Trustdesk.\n',
  });
});

test.each([0, 3])('an outcome of %d is what it is', async (code) => {
  expect(await run(`Promise.resolve(${String(code)})`)).toEqual({ status: code, stderr: '' });
});
