/** The keys of the window as a whole. */
import { useEffect } from 'react';
import { sections } from './sections.tsx';
import type { Stores } from './stores.ts';

const isMac = typeof navigator !== 'undefined' && /^Mac/.test(navigator.platform);

/** How the command key is written here. */
export const commandKey = isMac ? '⌘' : 'Ctrl';

const isTyping = (target: EventTarget | null): boolean =>
  target instanceof HTMLElement && target.matches('input, textarea, [contenteditable]');

function focusSearch(): boolean {
  const entry = document.querySelector<HTMLInputElement>('main [data-search]');
  entry?.focus();
  entry?.select();
  return entry !== null;
}

/** True when the key meant something. */
export function runShortcut(event: KeyboardEvent, { app, repositories, repository }: Stores): boolean {
  const { go, back, past, route, isPaletteOpen, setPaletteOpen } = app.getState();
  const command = isMac ? event.metaKey : event.ctrlKey;
  const isModal = document.querySelector('.scrim') !== null;
  const isForPalette = command && event.key.toLowerCase() === 'k';
  // Over a sheet it would replace what was typed there, or plan a second change while the first is being published.
  if (isForPalette && (isPaletteOpen || !isModal)) setPaletteOpen(!isPaletteOpen);
  if (isForPalette) return true;
  if (isModal) return false;
  const section = command && !event.shiftKey ? sections[Number(event.key) - 1] : undefined;
  if (section !== undefined) go({ screen: section.id });
  else if (command && event.key === ',') go({ screen: 'settings' });
  else if (event.altKey && event.key === 'ArrowLeft' && past.length > 0) back();
  else if (command && event.key.toLowerCase() === 'r' && !event.shiftKey) {
    if (route.screen === 'repository') void repository(route.gun).getState().refresh();
    else void repositories.getState().refreshAll();
  } else if (
    ((event.key === '/' && !isTyping(event.target)) || (command && event.key === 'f')) &&
    focusSearch()
  ) {
    return true;
  } else return false;
  return true;
}

export function useShortcuts(stores: Stores): void {
  useEffect(() => {
    const onKeyDown = (event: KeyboardEvent): void => {
      if (runShortcut(event, stores)) event.preventDefault();
    };
    window.addEventListener('keydown', onKeyDown);
    return () => window.removeEventListener('keydown', onKeyDown);
  }, [stores]);
}
