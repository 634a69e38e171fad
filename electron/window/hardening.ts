/**
 * Takes away from the window what it does not need. Runs in Electron's main process, before any window exists.
 * Must not know what the window shows.
 */
import type { App, Session, WebContents } from 'electron';
import type { Log } from '../log/log.ts';
import { isBundleAddress } from './policy.ts';

/** SECURITY: no permission, no device, no screen, no download, no spell-check dictionary, no request but `app://bundle`. */
export function hardenSession(session: Session, { packaged, log }: { packaged: boolean; log: Log }): void {
  session.setPermissionRequestHandler((_contents, permission, answer) => {
    log.warn('The window asked for a permission and was refused', { permission });
    answer(false);
  });
  session.setPermissionCheckHandler(() => false);
  session.setDevicePermissionHandler(() => false);
  session.setDisplayMediaRequestHandler((_request, answer) => answer(null));
  session.setBluetoothPairingHandler((_details, answer) => answer({ confirmed: false }));
  session.setSpellCheckerEnabled(false);
  session.on('will-download', (event) => event.preventDefault());
  session.webRequest.onBeforeRequest(({ url }, answer) => {
    // the developer tools of an unpackaged app load themselves
    const allowed = isBundleAddress(url) || (!packaged && url.startsWith('devtools://'));
    if (!allowed)
      log.warn('The window asked for something outside of it and was refused', {
        protocol: url.slice(0, url.indexOf(':')),
      });
    answer({ cancel: !allowed });
  });
}

/** The page stays the page: no other window, no frame, no navigation, wherever it comes from. */
function hardenContents(contents: WebContents, log: Log): void {
  const refuse = (what: string) => (event: { preventDefault: () => void }) => {
    event.preventDefault();
    log.warn(`The window tried to ${what} and was refused`);
  };
  contents.setWindowOpenHandler(() => {
    log.warn('The window tried to open another one and was refused');
    return { action: 'deny' };
  });
  contents.on('will-attach-webview', refuse('attach a webview'));
  contents.on('will-navigate', refuse('navigate'));
  contents.on('will-frame-navigate', refuse('navigate a frame'));
  contents.on('will-redirect', refuse('follow a redirection'));
}

/** For every web contents that will ever be: registered before the first window. */
export function hardenApp(app: App, log: Log): void {
  app.on('web-contents-created', (_event, contents) => hardenContents(contents, log));
  // the window makes no request, so nobody can rightly ask for a certificate, a password or an exception
  app.on('certificate-error', (event, _contents, _url, _error, _certificate, answer) => {
    event.preventDefault();
    answer(false);
  });
  app.on('select-client-certificate', (event, _contents, _url, _list, answer) => {
    event.preventDefault();
    answer();
  });
  app.on('login', (event, _contents, _request, _info, answer) => {
    event.preventDefault();
    answer();
  });
}
