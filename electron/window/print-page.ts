/**
 * Puts a page that this side made on paper, or into a PDF. Runs in Electron's main process.
 * SECURITY: pages hold encrypted keys and shares. They are shown in a window that nobody sees, with no script, no
 * preload and a session of its own in memory, which asks for nothing; and they are gone with it.
 */
import { BrowserWindow, type BrowserWindowConstructorOptions, session, type WebContents } from 'electron';
import { AppError } from '../../shared/errors.ts';
import type { PagePrinter } from '../backup/desk/desk-setup.ts';

/** Without `persist:` it lives in memory. */
export const paperPartition = 'trustdesk-paper';

/** The options of the unseen window; a test reads every one of them. */
export function paperOptions(): BrowserWindowConstructorOptions {
  return {
    show: false,
    webPreferences: {
      partition: paperPartition,
      javascript: false,
      sandbox: true,
      contextIsolation: true,
      nodeIntegration: false,
      nodeIntegrationInWorker: false,
      nodeIntegrationInSubFrames: false,
      webSecurity: true,
      webviewTag: false,
      plugins: false,
      webgl: false,
      images: true,
      spellcheck: false,
      devTools: false,
    },
  };
}

/** SECURITY: the page itself is a `data:` address; nothing else is loaded, whatever a page may name. */
function closedSession(): void {
  const paper = session.fromPartition(paperPartition);
  paper.setPermissionRequestHandler((_contents, _permission, answer) => answer(false));
  paper.setPermissionCheckHandler(() => false);
  paper.webRequest.onBeforeRequest(({ url }, answer) => answer({ cancel: !url.startsWith('data:') }));
}

async function withPage<T>(html: string, work: (contents: WebContents) => Promise<T>): Promise<T> {
  closedSession();
  const window = new BrowserWindow(paperOptions());
  try {
    await window.loadURL(`data:text/html;charset=utf-8;base64,${Buffer.from(html).toString('base64')}`);
    return await work(window.webContents);
  } finally {
    window.destroy();
  }
}

function printContents(contents: WebContents): Promise<void> {
  return new Promise((resolve, reject) => {
    contents.print({ pageSize: 'A4' }, (isDone, reason) => {
      if (isDone) resolve();
      else
        reject(
          /cancel/i.test(reason)
            ? new AppError('prompt/cancelled', {})
            : new AppError('backup/no-printer', {}),
        );
    });
  });
}

/** Printing with the system's own dialog, and PDF. */
export function pagePrinter(): PagePrinter {
  return {
    print: (html) => withPage(html, printContents),
    toPdf: (html) =>
      withPage(html, async (contents) => {
        const bytes = await contents.printToPDF({ pageSize: 'A4', preferCSSPageSize: true });
        return new Uint8Array(bytes);
      }),
  };
}
