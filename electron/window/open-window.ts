/**
 * Makes the one window and keeps track of it. Runs in Electron's main process.
 */
import { BrowserWindow } from 'electron';
import type { Log } from '../log/log.ts';
import { windowOptions, type WindowSurroundings } from './options.ts';

export interface WindowEvents {
  /** The page starts anew or is gone: what it knew is lost. */
  readonly onPageLost: () => void;
  readonly log: Log;
}

/** Makes the window, which shows itself when the first frame of the start page is painted. */
export function openWindow(
  surroundings: WindowSurroundings,
  { onPageLost, log }: WindowEvents,
): BrowserWindow {
  const window = new BrowserWindow(windowOptions(surroundings));
  window.once('ready-to-show', () => window.show());
  window.once('closed', onPageLost);
  window.webContents.on('did-start-navigation', ({ isMainFrame, isSameDocument }) => {
    // The address of a place in the window changes without a new page.
    if (isMainFrame && !isSameDocument) onPageLost();
  });
  window.webContents.on('render-process-gone', (_event, { reason, exitCode }) => {
    log.error('The page ended unexpectedly', { reason, exitCode });
    onPageLost();
    window.webContents.reload();
  });
  return window;
}

/** Brings the window back to the person who started the app a second time. */
export function focusWindow(window: BrowserWindow | undefined): void {
  if (window === undefined || window.isDestroyed()) return;
  if (window.isMinimized()) window.restore();
  window.show();
  window.focus();
}
