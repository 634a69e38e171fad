/**
 * What docker and notary put into the trust directory, or take out of it, shows by itself: looked for every few seconds
 * while the window is seen, and asked for anew whenever the person comes back to it.
 */
import { useEffect } from 'react';
import type { AppInfo } from '../../shared/ipc/app.ts';
import { valueOf } from '../bridge/loadable.ts';
import type { Stores } from './stores.ts';

const everyMs = 3000;

/** What is counted in the trust directory; another count means that something came or went. */
function countsOf(info: AppInfo | undefined): string | undefined {
  return info === undefined
    ? undefined
    : `${info.trustDirectory} ${info.found.repositories} ${info.found.keys}`;
}

function reload({ repositories, keys, backups }: Stores): void {
  void repositories.getState().load();
  void keys.getState().load();
  void backups.getState().load();
}

/** Looks once: reads anew what is shown when something came or went, or when asked to. */
export async function lookAround(stores: Stores, always = false): Promise<void> {
  const { app } = stores;
  const before = countsOf(valueOf(app.getState().info));
  await app.getState().loadInfo();
  const after = countsOf(valueOf(app.getState().info));
  const isChanged = before !== undefined && after !== undefined && before !== after;
  if (always || isChanged) reload(stores);
  // Whoever has another key here can do other things.
  if (isChanged) void stores.opened()?.getState().loadDetail();
}

export function useFollowComputer(stores: Stores): void {
  useEffect(() => {
    const isSeen = (): boolean => document.visibilityState === 'visible';
    const look = (always: boolean) => (): void => {
      if (isSeen()) void lookAround(stores, always);
    };
    const comeBack = look(true);
    const timer = setInterval(look(false), everyMs);
    window.addEventListener('focus', comeBack);
    document.addEventListener('visibilitychange', comeBack);
    return () => {
      clearInterval(timer);
      window.removeEventListener('focus', comeBack);
      document.removeEventListener('visibilitychange', comeBack);
    };
  }, [stores]);
}
