/** Data on its way: one state, never three booleans. Runs in the window; pure. */
import type { WireError } from '../../shared/errors.ts';
import { toWireError } from '../copy/error-text.ts';

export type Loadable<T> =
  | { readonly kind: 'idle' }
  | { readonly kind: 'loading' }
  | { readonly kind: 'ready'; readonly value: T }
  | { readonly kind: 'failed'; readonly error: WireError };

export const idle = { kind: 'idle' } as const;
export const loading = { kind: 'loading' } as const;
export const ready = <T>(value: T): Loadable<T> => ({ kind: 'ready', value });

/** Turns a call into a state; never rejects. */
export async function loaded<T>(call: Promise<T>): Promise<Loadable<T>> {
  try {
    return ready(await call);
  } catch (thrown) {
    return { kind: 'failed', error: toWireError(thrown) };
  }
}

/** What was ready stays on the screen while it is asked again. */
export function reloading<T>(last: Loadable<T>): Loadable<T> {
  return last.kind === 'ready' ? last : loading;
}

export function valueOf<T>(state: Loadable<T>): T | undefined {
  return state.kind === 'ready' ? state.value : undefined;
}
