/**
 * What docker and notary put into the trust directory appears by itself: asked for again whenever the person comes back
 * to this window, and every few seconds on the welcome screen, which waits for just that.
 */
import { useEffect } from 'react';
import { useStore } from 'zustand';
import type { Stores } from './stores.ts';

const everyMs = 3000;

export function useFollowComputer(stores: Stores): void {
  const { app, repositories, keys, backups } = stores;
  const isWelcome = useStore(app, ({ route }) => route.screen === 'welcome');
  useEffect(() => {
    const look = (): void => {
      if (document.visibilityState !== 'visible') return;
      void app.getState().loadInfo();
      void repositories.getState().load();
      void keys.getState().load();
      void backups.getState().load();
    };
    window.addEventListener('focus', look);
    document.addEventListener('visibilitychange', look);
    return () => {
      window.removeEventListener('focus', look);
      document.removeEventListener('visibilitychange', look);
    };
  }, [app, repositories, keys, backups]);
  useEffect(() => {
    if (!isWelcome) return undefined;
    const timer = setInterval(() => void app.getState().loadInfo(), everyMs);
    return () => clearInterval(timer);
  }, [app, isWelcome]);
}
