/** Puts the chosen theme on the document; without a choice the system decides. */
import { useEffect } from 'react';
import { useStore } from 'zustand';
import type { Stores } from './stores.ts';

export function useTheme({ settings }: Stores): void {
  const theme = useStore(settings, ({ view }) => (view.kind === 'ready' ? view.value.theme : 'system'));
  useEffect(() => {
    document.documentElement.dataset['theme'] = theme;
  }, [theme]);
}
