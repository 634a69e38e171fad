/**
 * Browser mode's entry: the same services and the same window as in Electron, in a browser of this computer.
 * Runs under plain Node. Started by `npm start`; ends with Ctrl+C, or when the window has been gone for a minute.
 */
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import { AppError } from '../../shared/errors.ts';
import { composeForWindow } from '../compose.ts';
import { openDoorway } from '../ipc/doorway.ts';
import type { Desktop } from '../ipc/handlers.ts';
import { openFileLog } from '../log/file-log.ts';
import { installLastResort } from '../log/last-resort.ts';
import { startFailure } from '../log/start-failure.ts';
import { windowFiles } from '../prompts/window-prompts.ts';
import { holdFolder } from '../sandbox/folder-owner.ts';
import { resolvePaths } from '../settings/paths.ts';
import { version } from '../version.ts';
import { openBundle } from '../window/bundle.ts';
import { links } from '../window/links.ts';
import { parseBrowserArguments, type BrowserOptions } from './arguments.ts';
import { canShowPages, openInBrowser, removeWayIn, writeWayIn } from './open-address.ts';
import { serveWindow, type ServedWindow } from './serve-window.ts';

const renderer = join(dirname(import.meta.dirname), 'renderer'); // dist/browser -> dist/renderer
const { dataDirectory } = resolvePaths({ env: process.env, platform: process.platform, home: homedir() });
const say = (line: string): void => void process.stdout.write(`${line}\n`);
const complain = (line: string): void => void process.stderr.write(`${line}\n`);

const desktop: Desktop = {
  openLink: async (link) => {
    const opened = canShowPages(process.platform, process.env) && (await openInBrowser(links[link]));
    if (!opened) throw new AppError('app/no-browser', { address: links[link] });
  },
  // the page has a clipboard of its own, this process has none
  copyText: () => Promise.reject(new AppError('ipc/refused', { channel: 'app.copyText' })),
};

/** What has to be closed, in the reverse order of its opening. */
const closers: (() => Promise<void>)[] = [];
let stopping = false;

/** Ends in order; a second call, or a second Ctrl+C, ends at once. */
async function stop(code: number): Promise<void> {
  if (stopping) process.exit(130);
  stopping = true;
  try {
    for (const close of closers.reverse()) await close();
  } finally {
    process.exit(code);
  }
}

/** Shows the address, and opens it where a browser can be. */
async function show({ address }: ServedWindow): Promise<void> {
  const wayIn = await writeWayIn(dataDirectory, address);
  closers.push(() => removeWayIn(wayIn));
  await openInBrowser(wayIn);
}

/** Two windows on one data folder would not see each other's settings and sandbox. @throws `files/locked` */
async function holdDataFolder(): Promise<void> {
  const patience = setTimeout(
    () => say('Another Trustdesk uses the same folder; waiting for it to end.'),
    500,
  );
  try {
    closers.push(await holdFolder(dataDirectory));
  } finally {
    clearTimeout(patience);
  }
}

async function start({ open, port }: BrowserOptions): Promise<void> {
  await holdDataFolder();
  const log = openFileLog(join(dataDirectory, 'logs'));
  installLastResort(log, () => {
    complain('Trustdesk has to end because of an internal error. The log says more.');
    void stop(1);
  });
  const bundle = openBundle(renderer);
  const current: { window?: ServedWindow } = {};
  const doorway = await openDoorway({
    compose: composeForWindow,
    mode: 'browser',
    version,
    env: process.env,
    log,
    desktop,
    send: (name, payload) => current.window?.send(name, payload),
    files: (broker) => windowFiles(broker),
  });
  closers.push(doorway.close);
  const window = await serveWindow({
    bundle,
    dispatch: doorway.dispatch,
    port,
    log,
    onLeft: doorway.cancelPrompts,
    onAway: (address) => say(`The window is gone; Trustdesk ends in a minute. To come back open ${address}`),
    onGone: () => {
      say('The window has been gone for a minute: Trustdesk ends.');
      void stop(0);
    },
  });
  current.window = window;
  closers.push(window.close);
  say(`Trustdesk is at ${window.address}`);
  say('The address opens one window, once. Ctrl+C ends Trustdesk.');
  if (open && canShowPages(process.platform, process.env)) await show(window);
}

for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => void stop(0));
try {
  await start(parseBrowserArguments(process.argv.slice(2)));
} catch (error) {
  complain(startFailure(error));
  await stop(1);
}
