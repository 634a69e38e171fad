/**
 * Browser mode: what travels over its one WebSocket, `ws://127.0.0.1:<port>/socket`, as JSON text. Pure.
 *
 * The address that is opened carries a one-time token in its fragment (`http://127.0.0.1:<port>/#<token>`). The page
 *   1. takes it off the address (`history.replaceState`), or takes the session it kept in `sessionStorage`,
 *   2. opens the socket and sends `{ hello: <first half of the token or session> }` as the first frame,
 *   3. receives `{ welcome: <session>, proof: <its second half> }`; the session replaces what it kept: each opens the door
 *      once,
 *   4. then sends calls and receives replies and events.
 * When the socket closes the page may open a new one with the session (after a reload, say); `closeCodes` tells why not.
 *
 * SECURITY: when the process has died, any user of this computer can take its port before the page comes back. So the page
 * says one half only, believes who knows the other, and hears and tells nothing before.
 *
 * SECURITY: the token is never in a query, a header or a log, so neither a referrer nor a proxy can see it.
 */
import type { Reply } from './bridge.ts';

export const socketPath = '/socket';

/** 132 of the 256 bits let the window in, the others let it know the process. */
const greetingLength = 22;

/** What the window shows of a token or session, and what it wants to be shown. */
export function halvesOf(secret: string): { readonly greeting: string; readonly proof: string } {
  return { greeting: secret.slice(0, greetingLength), proof: secret.slice(greetingLength) };
}

export type ClientFrame =
  { readonly hello: string } | { readonly id: number; readonly call: string; readonly input?: unknown };

export type ServerFrame =
  | { readonly welcome: string; readonly proof: string }
  | { readonly id: number; readonly reply: Reply }
  | { readonly event: string; readonly payload: unknown };

/** WebSocket close codes with a meaning of ours. */
export const closeCodes = {
  /** The first frame held neither the token nor the session: open the printed address again. */
  refused: 4401,
  /** No first frame came in time; nothing was used up: try again. */
  late: 4408,
  /** A window is open already. After a reload the old socket may take a moment: try again, briefly. */
  busy: 4409,
  /** A frame that the protocol does not have. */
  malformed: 4400,
  /** The process is ending. */
  ending: 1001,
} as const;
