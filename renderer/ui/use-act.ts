/** One act of a sheet: at rest, under way, refused, or done. Cancelling a question of main's leads back to rest. */
import { useState } from 'react';
import type { WireError } from '../../shared/errors.ts';
import { isCancelled, toWireError } from '../copy/error-text.ts';

export type ActState<T> =
  | { readonly kind: 'rest' }
  | { readonly kind: 'running' }
  | { readonly kind: 'failed'; readonly error: WireError }
  | { readonly kind: 'done'; readonly value: T };

export interface Act<T> {
  readonly state: ActState<T>;
  readonly run: (work: () => Promise<T>) => Promise<void>;
  readonly reset: () => void;
}

export function useAct<T>(): Act<T> {
  const [state, setState] = useState<ActState<T>>({ kind: 'rest' });
  return {
    state,
    run: async (work) => {
      setState({ kind: 'running' });
      try {
        setState({ kind: 'done', value: await work() });
      } catch (thrown) {
        const error = toWireError(thrown);
        setState(isCancelled(error) ? { kind: 'rest' } : { kind: 'failed', error });
      }
    },
    reset: () => setState({ kind: 'rest' }),
  };
}
