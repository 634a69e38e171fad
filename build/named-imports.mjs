/**
 * Lets `await import('package')` of a CommonJS package give its names in a bundle, as it does under Node.
 * An esbuild plugin; runs at build time. Without it such an import has a `default` and nothing else, and what works in
 * every test fails in what is shipped.
 */
import { readFileSync } from 'node:fs';
import { isBuiltin } from 'node:module';
import { dirname, extname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
// Packages are loaded here in the order the bundler comes upon them, and @peculiar/x509 insists on this one first.
import 'reflect-metadata';

const isName = (text) => /^[A-Za-z_$][\w$]*$/.test(text) && text !== 'default';

/** The type of the package that a file belongs to, as Node decides it. */
function isCommonJs(path) {
  if (extname(path) !== '.js') return extname(path) === '.cjs';
  for (let folder = dirname(path); folder !== dirname(folder); folder = dirname(folder)) {
    try {
      return JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')).type !== 'module';
    } catch (error) {
      if (error.code !== 'ENOENT') throw error;
    }
  }
  return true;
}

export const namedImports = {
  name: 'named-imports',
  setup(build) {
    build.onResolve({ filter: /^[^./]/ }, async ({ path, kind, resolveDir, pluginData }) => {
      if (kind !== 'dynamic-import' || isBuiltin(path) || pluginData === 'as it is') return undefined;
      const found = await build.resolve(path, { kind, resolveDir, pluginData: 'as it is' });
      if (found.errors.length > 0 || found.external || !isCommonJs(found.path)) return undefined;
      return { path: found.path, namespace: 'named-imports' };
    });
    build.onLoad({ filter: /.*/, namespace: 'named-imports' }, async ({ path }) => {
      const names = Object.keys(await import(pathToFileURL(path).href)).filter(isName);
      const contents = `import * as all from ${JSON.stringify(path)};
        export default all.default ?? all;
        ${names.map((name, index) => `const name${index} = all[${JSON.stringify(name)}]; export { name${index} as ${name} };`).join('\n')}`;
      return { contents, resolveDir: dirname(path) };
    });
  },
};
