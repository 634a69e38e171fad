/** How the window reaches the privileged side, and whether it still does. Runs in the window; pure. */
import type { Transport } from '../../shared/ipc/bridge.ts';

export type Connection =
  | { readonly kind: 'opening' }
  | { readonly kind: 'open' }
  /** The other side is gone for the moment; a new attempt is under way. */
  | { readonly kind: 'lost' }
  /** No further attempt is made. */
  | { readonly kind: 'closed'; readonly why: 'refused' | 'busy' | 'ended' };

export interface Link {
  readonly transport: Transport;
  readonly state: () => Connection;
  /** Calls `listener` whenever `state` changed. */
  readonly subscribe: (listener: () => void) => () => void;
}

/** Electron's IPC lives exactly as long as the window. */
export function permanentLink(transport: Transport): Link {
  const open = { kind: 'open' } as const;
  return { transport, state: () => open, subscribe: () => () => undefined };
}
