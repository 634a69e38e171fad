/**
 * `npm start`: makes the clone ready, then opens Trustdesk in Electron, or in the browser where that cannot be.
 * Runs under plain Node; decides, starts one child and ends as it does. Must never `require('electron')`: under Node
 * that starts a download which nothing can stop.
 *
 *   npm start [-- --browser] [--no-open] [--port N]
 */
import { spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ensure, projectRoot } from './ensure.mjs';

const PROBE_MS = 4_000;
const FETCH_MS = 5 * 60 * 1000;
/** An Electron that ends with an error this early did not open a window. */
const EARLY_MS = 10_000;
const usage = 'Usage: npm start [-- [--browser] [--no-open] [--port N]]';
const explained = [
  '  --browser   Open in the browser, also where Electron could be used',
  "  --no-open   Only print the address, in the browser's case",
  '  --port N    The port of this computer that the browser is served from',
].join('\n');

/** The options, or an Error that says what is wrong with them. */
export function parseArguments(args) {
  const options = { browser: false, open: true, port: 0 };
  const rest = [...args];
  while (rest.length > 0) {
    const argument = rest.shift();
    if (argument === '--browser') options.browser = true;
    else if (argument === '--no-open') options.open = false;
    else if (argument === '--port') options.port = parsePort(rest.shift());
    else if (argument.startsWith('--port=')) options.port = parsePort(argument.slice('--port='.length));
    else throw new Error(`Unknown option ${argument}. ${usage}`);
  }
  return options;
}

function parsePort(text) {
  const port = /^\d{1,5}$/.test(text ?? '') ? Number(text) : NaN;
  if (!(port <= 65_535)) throw new Error(`--port wants a number up to 65535. ${usage}`);
  return port;
}

/** Why Electron cannot show a window here, whatever its runtime; undefined when nothing speaks against it. */
export function whyNoWindow({ platform, env, uid }) {
  if (platform === 'win32' || platform === 'darwin') return undefined;
  if (!env.DISPLAY && !env.WAYLAND_DISPLAY) return 'there is no display here';
  if (uid === 0) return 'Electron keeps its sandbox, which the root user cannot have';
  return undefined;
}

/** Path of the Electron program if its runtime is on this machine, as the electron package itself looks for it. */
export function findElectron(packageFolder, env, platform = process.platform) {
  const byPlatform = { darwin: 'Electron.app/Contents/MacOS/Electron', win32: 'electron.exe' };
  const name = byPlatform[platform] ?? 'electron';
  const override = env.ELECTRON_OVERRIDE_DIST_PATH;
  if (override) return existsSync(join(override, name)) ? join(override, name) : undefined;
  const note = join(packageFolder, 'path.txt');
  if (!existsSync(note)) return undefined;
  const program = join(packageFolder, 'dist', readFileSync(note, 'utf8').trim());
  return existsSync(program) ? program : undefined;
}

/** Where the runtime would come from; a quick look there avoids a long wait on a machine without that network. */
async function downloadIsReachable(env) {
  const hasProxy = Object.keys(env).some(
    (name) => /^(npm_config_)?https?[-_]proxy$/i.test(name) && env[name],
  );
  if (hasProxy) return true; // Node's fetch would not go through it; the installer may
  const mirror =
    env.ELECTRON_MIRROR ?? env.npm_config_electron_mirror ?? 'https://github.com/electron/electron/';
  try {
    await fetch(new URL(mirror).origin, { method: 'HEAD', signal: AbortSignal.timeout(PROBE_MS) });
    return true;
  } catch {
    return false;
  }
}

/** Runs the electron package's own installer (it checks the download against its checksums). True when it worked. */
async function fetchElectron(packageFolder) {
  const child = spawn(process.execPath, [join(packageFolder, 'install.js')], {
    stdio: 'ignore',
    timeout: FETCH_MS,
  });
  return (await ended(child)).code === 0;
}

function ended(child) {
  return new Promise((done) => {
    child.once('error', (error) => done({ code: null, signal: null, error }));
    child.once('exit', (code, signal) => done({ code, signal }));
  });
}

/** Runs the program in this terminal and ends when it does; Ctrl+C reaches it by itself, other signals are passed on. */
async function runChild(program, args, options = {}) {
  const child = spawn(program, args, { stdio: 'inherit', cwd: projectRoot, ...options });
  const passOn = (signal) => child.kill(signal);
  const wait = () => undefined; // SIGINT goes to the whole terminal group: let the child end in its own time
  process.on('SIGTERM', passOn).on('SIGHUP', passOn).on('SIGINT', wait);
  const result = await ended(child);
  process.off('SIGTERM', passOn).off('SIGHUP', passOn).off('SIGINT', wait);
  return result;
}

/** What to do, decided without doing it: `{ electron: path }`, or `{ browser: reason }` (no reason when asked for). */
export async function decide(options, { env, platform, uid, packageFolder, say, reachable, fetchRuntime }) {
  if (options.browser) return { browser: undefined };
  const obstacle = whyNoWindow({ platform, env, uid });
  if (obstacle !== undefined) return { browser: obstacle };
  const present = findElectron(packageFolder, env, platform);
  if (present !== undefined) return { electron: present };
  if (env.ELECTRON_OVERRIDE_DIST_PATH) return { browser: 'ELECTRON_OVERRIDE_DIST_PATH holds no Electron' };
  if (!(await reachable(env))) return { browser: "Electron's runtime is not here and cannot be fetched" };
  say("Fetching Electron's runtime (about 100 MB, once).");
  const fetched = (await fetchRuntime(packageFolder))
    ? findElectron(packageFolder, env, platform)
    : undefined;
  return fetched === undefined
    ? { browser: "Electron's runtime could not be fetched" }
    : { electron: fetched };
}

async function startBrowser({ open, port }, reason, say) {
  if (reason !== undefined) say(`Trustdesk opens in the browser, because ${reason}.`);
  const server = join(projectRoot, 'dist', 'browser', 'server.js');
  const flags = [...(open ? [] : ['--no-open']), ...(port === 0 ? [] : ['--port', String(port)])];
  return runChild(process.execPath, [server, ...flags]);
}

async function start(args) {
  if (args.includes('--help') || args.includes('-h')) {
    process.stdout.write(`${usage}\n\n${explained}\n`);
    return { code: 0 };
  }
  const say = (line) => process.stderr.write(`${line}\n`);
  const options = parseArguments(args);
  ensure({ say });
  const choice = await decide(options, {
    env: process.env,
    platform: process.platform,
    uid: process.getuid?.(),
    packageFolder: join(projectRoot, 'node_modules', 'electron'),
    say,
    reachable: downloadIsReachable,
    fetchRuntime: fetchElectron,
  });
  if (choice.electron === undefined) return startBrowser(options, choice.browser, say);
  const started = Date.now();
  const result = await runChild(choice.electron, [projectRoot]);
  const failedEarly =
    result.code !== 0 && Date.now() - started < EARLY_MS && !['SIGINT', 'SIGTERM'].includes(result.signal);
  if (!failedEarly) return result;
  return startBrowser(options, 'Electron could not start here', say);
}

if (process.argv[1] !== undefined && resolve(process.argv[1]) === fileURLToPath(import.meta.url)) {
  try {
    const { code, signal } = await start(process.argv.slice(2));
    process.exitCode = code ?? (signal === 'SIGINT' || signal === 'SIGTERM' ? 0 : 1);
  } catch (error) {
    process.stderr.write(`${error.message}\n`);
    process.exitCode = 1;
  }
}
