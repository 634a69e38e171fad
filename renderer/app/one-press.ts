/**
 * A double click is one press. Its first half may open a sheet, answer a question or go a step further; the second half
 * would then fall on whatever lies under the pointer by now: it closed the sheet that had just opened, or confirmed a
 * second question that nobody had read. It is dropped unless it falls on what the first half fell on.
 */
import { useEffect } from 'react';

const covers = '.scrim, .menu-popover, .curtain';

/** What a press falls on: the topmost thing that lies over the page, and the button in it. */
interface Ground {
  readonly cover: Element | undefined;
  readonly button: Element | null;
  readonly words: string | null | undefined;
}

function groundOf({ target }: Event): Ground {
  const button = target instanceof Element ? target.closest('button') : null;
  return { cover: [...document.querySelectorAll(covers)].at(-1), button, words: button?.textContent };
}

/** Whoever presses no button the second time hits none by mistake, as long as nothing opened or closed. */
function isOther(now: Ground, first: Ground): boolean {
  if (now.cover !== first.cover) return true;
  return now.button !== null && (now.button !== first.button || now.words !== first.words);
}

const drop = (event: Event): void => {
  event.preventDefault();
  event.stopImmediatePropagation();
};

/** Begins to drop; answers how to stop. The system's own idea of a double click is in `detail`. */
export function dropSecondHalves(page: Pick<Window, 'addEventListener' | 'removeEventListener'>): () => void {
  let first: Ground | undefined;
  let isDropping = false;
  const onDown = (event: MouseEvent): void => {
    const ground = groundOf(event);
    isDropping = event.detail > 1 && first !== undefined && isOther(ground, first);
    if (event.detail <= 1) first = ground;
    if (!isDropping) return;
    drop(event);
    // Buttons began their press with `pointerdown`, which does not tell whether it is the second: it is called off.
    event.target?.dispatchEvent(new PointerEvent('pointercancel', { bubbles: true, pointerId: 1 }));
  };
  const onRest = (event: MouseEvent): void => {
    if (isDropping && event.detail > 1) drop(event);
  };
  page.addEventListener('mousedown', onDown, true);
  const rest = ['mouseup', 'click', 'dblclick'] as const;
  rest.forEach((name) => page.addEventListener(name, onRest, true));
  return () => {
    page.removeEventListener('mousedown', onDown, true);
    rest.forEach((name) => page.removeEventListener(name, onRest, true));
  };
}

export function useOnePress(): void {
  useEffect(() => dropSecondHalves(window), []);
}
