/**
 * How the window's code becomes files: `renderer/` into `dist/renderer/`, served over app:// or from loopback.
 * The content security policy allows files of our own only, so nothing is inlined: no data: fonts, no inline scripts.
 */
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const nothing = '\0no-other-language';

/** The app speaks English; the component library brings 30 languages of which 29 would travel for nothing. */
function englishOnly() {
  return {
    name: 'english-only',
    enforce: 'pre',
    resolveId: (source, importer) =>
      importer?.includes('node_modules') &&
      /\/intl\/(.*\/)?(?!en-US)[a-z]{2}-[A-Z]{2}\.(mjs|js)$/.test(source)
        ? nothing
        : undefined,
    load: (id) => (id === nothing ? 'export default {};' : undefined),
  };
}

export default defineConfig({
  root: join(root, 'renderer'),
  base: './',
  publicDir: false,
  // SECURITY: what is drawn goes by a runtime of our own, which takes tricks of writing out of names.
  resolve: { alias: { '@shown': join(root, 'renderer/shown') } },
  plugins: [englishOnly(), react({ jsxImportSource: '@shown' })],
  build: {
    outDir: join(root, 'dist/renderer'),
    emptyOutDir: true,
    target: 'chrome126',
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    reportCompressedSize: false,
    // The dictionaries of the strength meter, loaded when a new passphrase is asked for.
    chunkSizeWarningLimit: 1600,
  },
});
