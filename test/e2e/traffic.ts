/** Everything that crosses between a window and the privileged side, to be searched for what must not. Test code. */
import type { Page } from 'playwright-core';

export interface Traffic {
  /** Frames to the window. */
  readonly received: readonly string[];
  /** Frames from the window. */
  readonly sent: readonly string[];
}

/** Listens to every socket that the page opens from now on. */
export function listenIn(page: Page): Traffic {
  const traffic = { received: [] as string[], sent: [] as string[] };
  page.on('websocket', (socket) => {
    socket.on('framereceived', ({ payload }) => traffic.received.push(String(payload)));
    socket.on('framesent', ({ payload }) => traffic.sent.push(String(payload)));
  });
  return traffic;
}

/** The calls whose input holds a text. */
export function callsWith({ sent }: Traffic, text: string): readonly string[] {
  return sent
    .filter((frame) => frame.includes(text))
    .map((frame) => (JSON.parse(frame) as { readonly call?: string }).call ?? 'no call');
}
