/**
 * The address of the page follows the place one is at: a reload stays there, and the browser's own way back works.
 * Fragments only, which no server sees; the one-time token was taken off before this.
 */
import { useEffect } from 'react';
import type { AppState } from './app-store.ts';
import { addressOf, routeOf } from './routes.ts';
import type { Stores } from './stores.ts';

/** What of a page's window is needed here. */
export type AddressBar = Pick<Window, 'location' | 'history' | 'addEventListener' | 'removeEventListener'>;

function write(page: AddressBar, now: AppState, before: AppState): void {
  const address = addressOf(now.route);
  if (page.location.hash === address) return;
  if (now.past.length < before.past.length) page.history.back();
  else if (now.past === before.past) page.history.replaceState(null, '', address);
  else page.history.pushState(null, '', address);
}

/** Goes where the address leads, and keeps it true from then on. Answers how to stop. */
export function followAddress({ app }: Pick<Stores, 'app'>, page: AddressBar): () => void {
  const first = routeOf(page.location.hash);
  if (first !== undefined) app.getState().replace(first);
  const onMoved = (): void => {
    const route = routeOf(page.location.hash);
    if (route !== undefined) app.getState().arrive(route);
  };
  page.addEventListener('popstate', onMoved);
  const stop = app.subscribe((now, before) => {
    if (now.route !== before.route) write(page, now, before);
  });
  return () => {
    stop();
    page.removeEventListener('popstate', onMoved);
  };
}

export function useAddress(stores: Stores): void {
  useEffect(() => followAddress(stores, window), [stores]);
}
