/**
 * Builds everything that runs into `dist/`: command line, Electron main and preload, browser mode, renderer.
 * Runs under Node after an install. `node build/build.mjs [--quiet] [target...]`; all targets when none is named.
 * A target's folder is replaced only after it was built without errors.
 */
import {
  chmodSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { execFile } from 'node:child_process';
import { basename, dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { build as esbuild } from 'esbuild';
import { namedImports } from './named-imports.mjs';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));

/** Bundled CommonJS packages still call `require` for Node's builtins, which an ES module does not have. */
const requireForBundledPackages =
  "import { createRequire as nodeCreateRequire } from 'node:module'; const require = nodeCreateRequire(import.meta.url);";

const shared = {
  absWorkingDir: root,
  bundle: true,
  platform: 'node',
  target: 'node20',
  // Native modules are loaded from node_modules; Electron is there only inside Electron.
  external: ['electron', 'pkcs11js', 'keytar'],
  // Names stay, so that a stack trace in a report can be read.
  minifyWhitespace: true,
  minifySyntax: true,
  legalComments: 'linked',
  logLevel: 'silent',
  write: false,
  define: {
    'process.env.NODE_ENV': '"production"',
    'process.env.TRUSTDESK_VERSION': JSON.stringify(version),
  },
};
const module = {
  ...shared,
  format: 'esm',
  splitting: true,
  chunkNames: 'chunk-[hash]',
  plugins: [namedImports],
  banner: { js: requireForBundledPackages },
};

/** One CommonJS file starts sooner than modules, and V8 can keep a cache of it. */
const script = {
  ...shared,
  format: 'cjs',
  define: { ...shared.define, 'import.meta.dirname': '__dirname' },
  supported: { 'dynamic-import': false },
};

/** electron/cli/program-file.ts runs the file as such a function. */
const asFunction = {
  banner: { js: '(function (exports, require, module, __filename, __dirname) {' },
  footer: { js: '\n})' },
};

/** What is loaded on demand only, and large: a file of its own, or every command would read it from the disk. */
const onDemand = {
  'zxcvbn-core': '@zxcvbn-ts/core',
  'zxcvbn-common': '@zxcvbn-ts/language-common',
  'zxcvbn-en': '@zxcvbn-ts/language-en',
  systeminformation: 'systeminformation',
  yaml: 'yaml',
};
const besideProgram = {
  name: 'beside-program',
  setup(build) {
    for (const [file, name] of Object.entries(onDemand)) {
      const filter = new RegExp(`^${name}$`);
      build.onResolve({ filter }, ({ kind }) =>
        kind === 'dynamic-import' ? { path: `./${file}.js`, external: true } : undefined,
      );
    }
  },
};

/** The commands that only read a repository. */
const readingModules = new Set(['inspect-command', 'notary-commands']);

/** Leaves every other command out of `reader.js`, its names and options too: program-file.ts never asks it for one. */
const readingOnly = {
  name: 'reading-only',
  setup(build) {
    build.onResolve({ filter: /^\.{1,2}\/.*-commands?\.ts$/ }, ({ kind, path }) => {
      const isOther = kind === 'dynamic-import' && !readingModules.has(basename(path, '.ts'));
      return isOther ? { path: './program.js', external: true } : undefined;
    });
    build.onResolve({ filter: /^\.\/commands\.ts$/ }, ({ resolveDir }) => ({
      path: join(resolveDir, 'reading-command-specs.ts'),
    }));
  },
};

/** Tokens are spoken to in a process of its own, started from beside whatever needs it. */
const tokenProcess = { 'token-process': 'electron/yubikey/token-process.ts' };

/** Several builds may fill one folder; the folder is what gets replaced. `after` runs once the files are there. */
const targets = {
  cli: {
    outdir: 'dist/cli',
    builds: [
      {
        ...script,
        ...asFunction,
        entryPoints: { program: 'electron/cli/trustdesk.ts' },
        plugins: [besideProgram],
      },
      {
        ...script,
        ...asFunction,
        entryPoints: { reader: 'electron/cli/trustdesk.ts' },
        plugins: [readingOnly, besideProgram],
      },
      {
        ...script,
        entryPoints: { trustdesk: 'electron/cli/start.ts', ...onDemand, ...tokenProcess },
      },
    ],
    extra: { 'package.json': '{ "type": "commonjs" }\n' },
    after: trainCommandLine,
  },
  electron: {
    outdir: 'dist/electron',
    builds: [
      { ...module, entryPoints: { main: 'electron/main.ts', ...tokenProcess } },
      // A sandboxed preload is one CommonJS file that may ask for nothing but `electron`.
      {
        ...shared,
        format: 'cjs',
        outExtension: { '.js': '.cjs' },
        external: ['electron'],
        entryPoints: { preload: 'electron/preload.ts' },
      },
    ],
  },
  browser: {
    outdir: 'dist/browser',
    builds: [{ ...module, entryPoints: { server: 'electron/browser/server.ts', ...tokenProcess } }],
  },
};

function filesUnder(folder) {
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { recursive: true })
    .map((name) => join(folder, name))
    .filter((path) => statSync(path).isFile());
}

function replaceFolder(outdir, files) {
  for (const { path, contents } of files) {
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, contents);
    if (contents[0] === 0x23 && contents[1] === 0x21) chmodSync(path, 0o755); // #!
  }
  const kept = new Set(files.map(({ path }) => path));
  for (const path of filesUnder(join(root, outdir))) if (!kept.has(path)) rmSync(path);
}

async function buildNode({ outdir, builds, extra = {}, after = () => undefined }) {
  const results = await Promise.all(builds.map((options) => esbuild({ ...options, outdir })));
  const files = results.flatMap(({ outputFiles }) => outputFiles);
  for (const [name, text] of Object.entries(extra)) {
    files.push({ path: join(root, outdir, name), contents: Buffer.from(text) });
  }
  replaceFolder(outdir, files);
  await after(outdir);
  return files.reduce((sum, { contents }) => sum + contents.length, 0);
}

/** Lets V8 keep what it compiles of the command line; see electron/cli/program-file.ts. */
async function trainCommandLine(outdir) {
  const outfile = join(root, '.cache', 'train', 'train-program.mjs');
  await esbuild({
    ...module,
    splitting: false,
    write: true,
    entryPoints: ['electron/cli/train-program.ts'],
    outfile,
  });
  for (const name of ['program', 'reader']) {
    try {
      await promisify(execFile)(process.execPath, [outfile, join(root, outdir), name], { timeout: 120_000 });
    } catch (error) {
      // It works without, only slower.
      process.stderr.write(`cli: no code cache of ${name}: ${error.stderr || error.message}\n`);
    }
  }
}

async function buildRenderer() {
  const { build } = await import('vite');
  await build({ configFile: join(root, 'build/vite.config.mjs'), logLevel: 'warn' });
  // Browsers ask for it by this name, whatever the page says.
  copyFileSync(join(root, 'build/icons/icon.ico'), join(root, 'dist/renderer/favicon.ico'));
  return filesUnder(join(root, 'dist/renderer')).reduce((sum, path) => sum + statSync(path).size, 0);
}

/** esbuild reports with places in the source; everything else has its message. */
async function describe(error) {
  if (!Array.isArray(error.errors)) return error.stack ?? String(error);
  const { formatMessages } = await import('esbuild');
  return (await formatMessages(error.errors, { kind: 'error' })).join('');
}

async function run(name, say) {
  const started = performance.now();
  try {
    const bytes = name === 'renderer' ? await buildRenderer() : await buildNode(targets[name]);
    const took = ((performance.now() - started) / 1000).toFixed(1);
    say(
      `${name}: ${(bytes / 1024).toFixed(0)} kB in dist/${relative('dist', targets[name]?.outdir ?? 'dist/renderer')}, ${took} s`,
    );
    return true;
  } catch (error) {
    process.stderr.write(`${name}: failed\n${await describe(error)}\n`);
    return false;
  }
}

const args = process.argv.slice(2);
const known = [...Object.keys(targets), 'renderer'];
const named = args.filter((arg) => !arg.startsWith('--'));
const unknown = named.filter((name) => !known.includes(name));
if (unknown.length > 0) {
  process.stderr.write(`Unknown target ${unknown.join(', ')}; there are ${known.join(', ')}.\n`);
  process.exit(1);
}
const say = args.includes('--quiet') ? () => undefined : (line) => process.stdout.write(`${line}\n`);
let good = true;
for (const name of named.length > 0 ? named : known) good = (await run(name, say)) && good;
process.exitCode = good ? 0 : 1;
