/** In a bundle, `await import()` gives the same names as under Node, whatever kind the package is. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { build, type Plugin } from 'esbuild';
import { afterEach, beforeEach, expect, it } from 'vitest';

const file = join(import.meta.dirname, '../../../build/named-imports.mjs');
const { namedImports } = (await import(pathToFileURL(file).href)) as { namedImports: Plugin };

const packages: Readonly<Record<string, readonly [file: string, manifest: object, code: string]>> = {
  plain: [
    'index.js',
    { main: 'index.js' },
    'exports.answer = 42; exports.with_$ = 1; exports["not-a-name"] = 2;',
  ],
  flagged: [
    'index.js',
    {},
    'Object.defineProperty(exports, "__esModule", { value: true }); exports.answer = 42;',
  ],
  dashed: ['index.cjs', { type: 'module', main: 'index.cjs' }, 'exports.answer = 42;'],
  modern: ['index.js', { type: 'module', exports: './index.js' }, 'export const answer = 42;'],
  both: [
    'index.js',
    { main: 'index.js', module: 'index.mjs' },
    'exports.answer = 42; exports.from = "main";',
  ],
};

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'trustdesk-bundle-'));
  for (const [name, [index, manifest, code]] of Object.entries(packages)) {
    const place = join(folder, 'node_modules', name);
    mkdirSync(place, { recursive: true });
    writeFileSync(join(place, 'package.json'), JSON.stringify({ name, version: '1.0.0', ...manifest }));
    writeFileSync(join(place, index), code);
  }
  writeFileSync(join(folder, 'node_modules', 'both', 'index.mjs'), 'export const from = "module";');
  writeFileSync(join(folder, 'package.json'), '{"type":"module"}');
});
afterEach(() => rmSync(folder, { recursive: true }));

async function bundled(code: string, plugins: Plugin[]): Promise<unknown> {
  const entry = join(folder, 'entry.js');
  writeFileSync(entry, code);
  const outdir = join(folder, 'out', plugins.length === 0 ? 'without' : 'with');
  const options = { bundle: true, splitting: true, format: 'esm', platform: 'node' } as const;
  await build({ ...options, entryPoints: [entry], outdir, plugins, logLevel: 'silent' });
  const { result } = (await import(pathToFileURL(join(outdir, 'entry.js')).href)) as { result: unknown };
  return result;
}
const answerOf = (name: string) =>
  `const { answer } = await import('${name}'); export const result = answer;`;

it.each(Object.keys(packages))('of the package "%s"', async (name) => {
  expect(await bundled(answerOf(name), [namedImports])).toBe(42);
});

it.each(['plain', 'flagged'])('of the whole of "%s", as its default', async (name) => {
  const code = `const { default: all } = await import('${name}'); export const result = all.answer;`;
  expect(await bundled(code, [namedImports])).toBe(42);
});

it('would otherwise be missing (the plugin is needed)', async () => {
  expect(await bundled(answerOf('plain'), [])).toBeUndefined();
});

it('of the file that Node takes', async () => {
  const code = "const { from } = await import('both'); export const result = from;";
  expect(await bundled(code, [namedImports])).toBe('main');
});

it('of builtins, and of our own files', async () => {
  writeFileSync(join(folder, 'own.js'), 'export const own = 7;');
  const code =
    "const { sep } = await import('node:path'); const { own } = await import('./own.js'); export const result = [typeof sep, own];";
  expect(await bundled(code, [namedImports])).toEqual(['string', 7]);
});
