/**
 * Electron's entry: sandbox on, one instance, harden, compose, open the window, and get out of the way.
 * Runs in Electron's main process. Must not know any feature.
 */
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import { app, type BrowserWindow, clipboard, dialog, Menu, nativeTheme } from 'electron';
import { powerMonitor, session, shell } from 'electron';
import { composeForWindow } from './compose.ts';
import { openDoorway } from './ipc/doorway.ts';
import { registerCalls, sendToWindow } from './ipc/register.ts';
import { openFileLog } from './log/file-log.ts';
import { installLastResort } from './log/last-resort.ts';
import { holdFolder } from './sandbox/folder-owner.ts';
import { resolvePaths } from './settings/paths.ts';
import { openBundle } from './window/bundle.ts';
import { hardenApp, hardenSession } from './window/hardening.ts';
import { links } from './window/links.ts';
import { menuTemplate } from './window/menu.ts';
import { nativeFiles } from './window/native-prompts.ts';
import { focusWindow, openWindow } from './window/open-window.ts';
import { partition } from './window/options.ts';
import { startAddress } from './window/policy.ts';
import { pagePrinter } from './window/print-page.ts';
import { bundleHandler, bundleScheme } from './window/protocol.ts';
import { startAlone } from './window/start-alone.ts';
import { utilityProcessLinks } from './window/token-utility.ts';

const here = import.meta.dirname; // dist/electron
const { dataDirectory } = resolvePaths({ env: process.env, platform: process.platform, home: homedir() });
const packaged = app.isPackaged;
let window: BrowserWindow | undefined;
const currentContents = () => (window?.isDestroyed() === false ? window.webContents : undefined);

async function start(): Promise<void> {
  // Another mode of ours on the same folder would not see this one's settings and sandbox.
  const letGo = await holdFolder(dataDirectory);
  const log = openFileLog(join(dataDirectory, 'logs'));
  installLastResort(log, () => {
    dialog.showErrorBox(
      'Trustdesk',
      'Trustdesk has to close because of an internal error. The log says more.',
    );
    app.exit(1);
  });
  hardenApp(app, log);
  app.on('second-instance', () => focusWindow(window));
  app.on('window-all-closed', () => app.quit());
  await app.whenReady();

  const inMemory = session.fromPartition(partition);
  hardenSession(inMemory, { packaged, log });
  inMemory.protocol.handle(bundleScheme.scheme, bundleHandler(openBundle(join(dirname(here), 'renderer'))));
  const menu = menuTemplate(process.platform, packaged);
  Menu.setApplicationMenu(menu === undefined ? null : Menu.buildFromTemplate([...menu]));

  const doorway = await openDoorway({
    compose: composeForWindow,
    mode: 'electron',
    version: app.getVersion(),
    env: process.env,
    log,
    desktop: {
      openLink: (link) => shell.openExternal(links[link]),
      copyText: async (text) => Promise.resolve(clipboard.writeText(text)),
    },
    send: sendToWindow(currentContents),
    files: () => nativeFiles(() => window),
    printer: pagePrinter(),
    startTokenProcess: utilityProcessLinks(process.env, here),
  });
  registerCalls(doorway.dispatch, currentContents, log);
  // SECURITY: nobody is there to answer while the screen is locked
  powerMonitor.on('lock-screen', doorway.lock);
  closeBeforeQuit(() => doorway.close().finally(letGo));

  const dark = nativeTheme.shouldUseDarkColors;
  const icon = join(dirname(dirname(here)), 'build', 'icons', '256x256.png');
  window = openWindow(
    { preload: join(here, 'preload.cjs'), packaged, dark, ...(process.platform === 'linux' ? { icon } : {}) },
    { onPageLost: doorway.cancelPrompts, log },
  );
  await window.loadURL(startAddress);
}

function closeBeforeQuit(close: () => Promise<void>): void {
  app.once('will-quit', (event) => {
    event.preventDefault();
    void close().finally(() => app.exit(0));
  });
}

startAlone(dataDirectory, start);
