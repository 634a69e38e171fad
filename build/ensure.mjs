/**
 * Makes a fresh clone ready to run: installs the pinned packages and builds, each only when it is out of date.
 * Runs under plain Node with nothing but its builtins, because nothing else is installed yet.
 * Must not touch anything outside this folder, and must not print more than one line per thing it does.
 */
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  accessSync,
  constants,
  existsSync,
  lstatSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { homedir } from 'node:os';
import { dirname, join, relative, resolve, sep } from 'node:path';
import { fileURLToPath } from 'node:url';

export const projectRoot = dirname(dirname(fileURLToPath(import.meta.url)));
const SOURCES = [
  'electron',
  'renderer',
  'shared',
  'build',
  'package.json',
  'package-lock.json',
  'tsconfig.json',
];
const LOCK_WAIT_MS = 10 * 60 * 1000;
const LOCK_POLL_MS = 200;

/** True for the versions that package.json's `engines` allows (20.19 or newer). */
export function nodeIsSupported(version) {
  const [major, minor] = version.split('.').map(Number);
  return major > 20 || (major === 20 && minor >= 19);
}

const sha256 = (data) => createHash('sha256').update(data).digest('hex');
const readText = (path) => (existsSync(path) ? readFileSync(path, 'utf8') : undefined);

/** Every file below `path` (or `path` itself), sorted, so that the order of the disk does not matter. */
function filesUnder(path) {
  if (!existsSync(path)) return [];
  const entries = (() => {
    try {
      return readdirSync(path, { withFileTypes: true });
    } catch (error) {
      if (error.code === 'ENOTDIR') return undefined;
      throw error;
    }
  })();
  if (entries === undefined) return [path];
  const files = entries.flatMap((entry) =>
    entry.isDirectory() ? filesUnder(join(path, entry.name)) : entry.isFile() ? [join(path, entry.name)] : [],
  );
  return files.sort();
}

/** One hash over the names and contents of everything that goes into `dist/`. */
export function sourceHash(root) {
  const hash = createHash('sha256');
  for (const file of SOURCES.flatMap((source) => filesUnder(join(root, source)))) {
    hash
      .update(relative(root, file).split(sep).join('/'))
      .update('\0')
      .update(sha256(readFileSync(file)));
  }
  return hash.digest('hex');
}

/**
 * True when npm itself installed exactly what the lock file asks for (npm keeps its own record of that).
 * Optional packages may be missing: a native one that does not compile here is reported where it is needed.
 */
export function npmInstalledAll(lockText, installedText) {
  if (installedText === undefined) return false;
  const installed = JSON.parse(installedText).packages ?? {};
  const wanted = Object.entries(JSON.parse(lockText).packages ?? {}).filter(([path]) => path !== '');
  return wanted.every(([path, { version, optional, peer, devOptional }]) =>
    installed[path] === undefined
      ? optional === true || devOptional === true || peer === true
      : installed[path].version === version,
  );
}

function installIsFresh(root) {
  const lockText = readFileSync(join(root, 'package-lock.json'), 'utf8');
  const stamp = readText(join(root, 'node_modules', '.trustdesk-install'));
  if (stamp !== undefined) return stamp === sha256(lockText);
  return npmInstalledAll(lockText, readText(join(root, 'node_modules', '.package-lock.json')));
}

/** Native packages compile against the headers beside this Node when it has them, instead of downloading some. */
function npmEnvironment(root) {
  const env = { ...process.env };
  const prefix = dirname(dirname(process.execPath));
  if (existsSync(join(prefix, 'include', 'node', 'node_api.h'))) env.npm_config_nodedir ??= prefix;
  try {
    accessSync(homedir(), constants.W_OK);
  } catch {
    env.npm_config_cache ??= join(root, '.cache', 'npm'); // a home that cannot be written to must not stop us
  }
  return env;
}

/** npm as the program that runs us already, or as found on the PATH. */
function runNpm(root, args) {
  const options = { cwd: root, env: npmEnvironment(root), encoding: 'utf8', maxBuffer: 64 * 1024 * 1024 };
  const npm = process.env.npm_execpath;
  if (npm !== undefined && /npm-cli\.c?js$/.test(npm))
    return spawnSync(process.execPath, [npm, ...args], options);
  return spawnSync('npm', args, { ...options, shell: process.platform === 'win32' });
}

const isLink = (path) => lstatSync(path, { throwIfNoEntry: false })?.isSymbolicLink() === true;

function install(root, say) {
  // npm ci would empty the folder that the link leads to, and whoever else uses it would stand without packages.
  if (isLink(join(root, 'node_modules'))) {
    throw new Error(
      'node_modules is a link, and what it leads to is not what package-lock.json asks for. Run npm ci where it leads to, or remove the link.',
    );
  }
  say('Installing the pinned packages (npm ci); this takes a moment the first time.');
  const result = runNpm(root, ['ci', '--no-audit', '--no-fund', '--loglevel=error']);
  if (result.error !== undefined) throw new Error(`npm could not be started: ${result.error.message}`);
  if (result.status !== 0) throw new Error(`npm ci failed:\n${result.stderr.trim() || result.stdout.trim()}`);
  const lock = readFileSync(join(root, 'package-lock.json'), 'utf8');
  writeFileSync(join(root, 'node_modules', '.trustdesk-install'), sha256(lock));
}

function build(root, say, hash) {
  say('Building.');
  const result = spawnSync(process.execPath, [join(root, 'build', 'build.mjs'), '--quiet'], {
    cwd: root,
    encoding: 'utf8',
    maxBuffer: 64 * 1024 * 1024,
  });
  if (result.status !== 0)
    throw new Error(`The build failed:\n${result.stderr.trim() || result.stdout.trim()}`);
  mkdirSync(join(root, 'dist'), { recursive: true });
  writeFileSync(join(root, 'dist', '.built-from'), hash);
}

const isAlive = (pid) => {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error.code === 'EPERM';
  }
};

/** Two starts at once must not install or build into the same folder. A lock whose owner died is taken over. */
function withLock(root, action) {
  const lock = join(root, '.cache', 'ensure.lock');
  mkdirSync(dirname(lock), { recursive: true });
  const deadline = Date.now() + LOCK_WAIT_MS;
  for (;;) {
    try {
      writeFileSync(lock, String(process.pid), { flag: 'wx' });
      break;
    } catch (error) {
      if (error.code !== 'EEXIST') throw error;
    }
    const owner = Number(readText(lock) ?? '');
    if (owner > 0 && !isAlive(owner)) rmSync(lock, { force: true });
    else if (Date.now() > deadline)
      throw new Error(`Another start holds ${lock} for too long; remove it if none runs.`);
    else Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, LOCK_POLL_MS);
  }
  try {
    return action();
  } finally {
    rmSync(lock, { force: true });
  }
}

/**
 * Installs and builds what is out of date; does nothing, and takes no lock, when all is fresh.
 * Throws an Error whose message is for the person when npm or the build fails.
 */
export function ensure({ root = projectRoot, say = (line) => process.stderr.write(`${line}\n`), only } = {}) {
  if (!nodeIsSupported(process.versions.node)) {
    throw new Error(`Trustdesk needs Node 20.19 or newer; this is ${process.versions.node}.`);
  }
  const wantsBuild = only !== 'install';
  const isBuilt = () => readText(join(root, 'dist', '.built-from')) === sourceHash(root);
  if (installIsFresh(root) && (!wantsBuild || isBuilt())) return;
  withLock(root, () => {
    if (!installIsFresh(root)) install(root, say);
    if (!wantsBuild) return;
    const hash = sourceHash(root);
    if (readText(join(root, 'dist', '.built-from')) !== hash) build(root, say, hash);
  });
}

if (process.argv[1] !== undefined && resolve(process.argv[1]) === fileURLToPath(import.meta.url)) {
  try {
    ensure(process.argv.includes('--install-only') ? { only: 'install' } : {});
  } catch (error) {
    process.stderr.write(`${error.message}\n`);
    process.exitCode = 1;
  }
}
