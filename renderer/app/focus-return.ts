/**
 * Where the focus goes when the last sheet has closed. Each sheet returns it to what opened it; but sheets follow one
 * another here, and what opened the first may be gone by then (the button for ticked tags, a menu). Without this the
 * focus would be nowhere, and the next Tab would begin at the top of the window.
 */
import { useEffect } from 'react';

const covers = '.scrim, .palette-scrim';

/** What had the focus on the page last, or the nearest thing that is still there. */
function home(last: HTMLElement | undefined): HTMLElement | null | undefined {
  if (last?.isConnected === true && last.checkVisibility()) return last;
  const places = ['main [role=grid]', 'main [role=tab][aria-selected=true]', 'main'];
  return places.map((place) => document.querySelector<HTMLElement>(place)).find((one) => one !== null);
}

export function useFocusReturn(): void {
  useEffect(() => {
    let last: HTMLElement | undefined;
    const note = ({ target }: FocusEvent): void => {
      if (target instanceof HTMLElement && target.closest('.window') !== null) last = target;
    };
    const observer = new MutationObserver((changes) => {
      const closed = changes.some(({ removedNodes }) => [...removedNodes].some(holdsCover));
      if (closed) setTimeout(returnFocus, settleMs);
    });
    const returnFocus = (): void => {
      if (document.querySelector(covers) !== null) return;
      const { activeElement } = document;
      const isNowhere = activeElement === null || activeElement === document.body;
      if (isNowhere) home(last)?.focus({ preventScroll: true });
    };
    document.addEventListener('focusin', note);
    observer.observe(document.body, { childList: true });
    return () => {
      document.removeEventListener('focusin', note);
      observer.disconnect();
    };
  }, []);
}

/** After the closing sheet has had its own turn. */
const settleMs = 60;

function holdsCover(node: Node): boolean {
  return node instanceof Element && (node.matches(covers) || node.querySelector(covers) !== null);
}
