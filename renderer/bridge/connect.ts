/** Picks the way to the privileged side: the preload's functions in Electron, the WebSocket in browser mode. */
import { type Exposed, exposedTransport } from '../../shared/ipc/bridge.ts';
import { socketPath } from '../../shared/ipc/socket.ts';
import { type Link, permanentLink } from './connection.ts';
import { type Socket, type SocketEvents, socketLink } from './socket-link.ts';

declare global {
  interface Window {
    /** Set by the preload; absent in browser mode. */
    readonly trustdesk?: Exposed;
  }
}

const sessionKey = 'trustdesk.session';

/** Takes the one-time token off the address, so that it stays in no history and no bookmark. */
function takeToken(page: Window): string | undefined {
  const token = page.location.hash.slice(1);
  // What begins with a slash is a place in the window.
  if (token === '' || token.startsWith('/')) return undefined;
  page.history.replaceState(null, '', page.location.pathname);
  return token;
}

function openSocket(address: string, { opened, received, closed }: SocketEvents): Socket {
  const socket = new WebSocket(address);
  socket.addEventListener('open', opened);
  socket.addEventListener('message', ({ data }: MessageEvent<unknown>) => {
    if (typeof data === 'string') received(data);
  });
  socket.addEventListener('close', ({ code }) => closed(code));
  return { send: (text) => socket.send(text), close: () => socket.close() };
}

/** The link for this page. */
export function connect(page: Window): Link {
  if (page.trustdesk !== undefined) return permanentLink(exposedTransport(page.trustdesk));
  const secret = takeToken(page) ?? page.sessionStorage.getItem(sessionKey) ?? '';
  return socketLink({
    open: (events) => openSocket(`ws://${page.location.host}${socketPath}`, events),
    secret,
    keep: (session) => page.sessionStorage.setItem(sessionKey, session),
    later: (act, milliseconds) => {
      setTimeout(act, milliseconds);
    },
  });
}
