/** The whole reading path without a mouse: every step is a key, and one always sees where one is. */
import type { Page } from 'playwright-core';
import { expect, it } from 'vitest';
import { describeWithPeers } from '../lab/describe-with-peers.ts';
import { useScope } from '../lab/use-scope.ts';
import { expectQuiet, sitDown, tagGrid } from './desk.ts';

const MOST_TABS = 40;

/**
 * The name of what has the focus, as a screen reader would say it. Where a place begins is nothing yet: the page itself puts
 * the focus there when it arrives, perhaps after the first Tab, and its text is that of all there is.
 */
const focused = (page: Page): Promise<string> =>
  page.evaluate(() => {
    const { activeElement } = document;
    const label = activeElement?.getAttribute('aria-label') ?? activeElement?.textContent ?? '';
    const isBeginning = activeElement === document.body || activeElement?.tagName === 'MAIN';
    return isBeginning ? '' : label.trim();
  });

/** Presses Tab until something with this name has the focus. */
async function tabTo(page: Page, name: RegExp, role?: string): Promise<void> {
  const passed: string[] = [];
  for (let count = 0; count < MOST_TABS; count += 1) {
    await page.keyboard.press('Tab');
    const here = await focused(page);
    const is = await page.evaluate(() => document.activeElement?.getAttribute('role') ?? undefined);
    if (name.test(here) && (role === undefined || role === is)) return;
    passed.push(here);
  }
  throw new Error(`Tab never came to ${String(name)}, only to: ${passed.join(' | ')}`);
}

/** True when what has the focus, or what holds it, looks different without it. */
const focusIsVisible = (page: Page): Promise<boolean> =>
  page.evaluate(async () => {
    const element = document.activeElement;
    if (!(element instanceof HTMLElement) || element === document.body) return false;
    const shown = [element, ...element.querySelectorAll('*'), element.parentElement ?? element];
    const look = (): string =>
      shown
        .map((one) => getComputedStyle(one))
        .map(({ outline, boxShadow, borderColor, backgroundColor }) =>
          [outline, boxShadow, borderColor, backgroundColor].join(),
        )
        .join('\n');
    const settled = () =>
      new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve)));
    await settled();
    const withFocus = look();
    element.blur();
    await settled();
    const without = look();
    element.focus({ focusVisible: true });
    await settled();
    return withFocus !== without;
  });

describeWithPeers('with the keyboard alone', ['chromium'], () => {
  const desk = useScope((scope) => sitDown(scope));
  const page = (): Page => desk().page;

  it('the sandbox opens', async () => {
    await page().getByRole('heading', { level: 1 }).waitFor();
    await tabTo(page(), /Open the sandbox/);
    expect(await focusIsVisible(page())).toBe(true);
    await page().keyboard.press('Enter');
    await page().getByRole('grid', { name: 'Repositories' }).waitFor();
  });

  it('a repository opens from the list', async () => {
    await page().keyboard.press('Control+1');
    const grid = page().getByRole('grid', { name: 'Repositories' });
    await grid.waitFor();
    await tabTo(page(), /^Repositories$/, 'grid');
    await page().keyboard.press('ArrowDown');
    const active = await grid.getAttribute('aria-activedescendant');
    expect(
      await page()
        .locator(`[id="${active ?? ''}"]`)
        .textContent(),
    ).toContain('webshop');
    await page().keyboard.press('Enter');
    await page()
      .getByRole('heading', { level: 1, name: /webshop/ })
      .waitFor();
    // The list is gone, and the focus is not lost with it.
    expect(await page().evaluate(() => document.activeElement?.tagName)).toBe('MAIN');
  });

  it('a tag is found, filtered for and chosen', async () => {
    await tagGrid(page()).locator('[role=row][aria-rowindex="2"]').waitFor();
    await page().keyboard.press('/');
    expect(await focused(page())).toMatch(/Filter 12 tags/);
    await page().keyboard.type('1.10');
    await page().waitForFunction(
      () => document.querySelector('[aria-label="Signed tags"][role=grid]')?.ariaRowCount === '2',
    );
    await page().keyboard.press('ArrowDown');
    expect(await focused(page())).toBe('Signed tags');
    await page().keyboard.press('Space');
    await page().getByText('1 selected').waitFor();
    await page().getByRole('complementary', { name: 'Tag 1.10' }).waitFor();
  });

  it('every part of the repository is reached with the arrows', async () => {
    await page()
      .getByRole('tab', { name: /^Signed tags/ })
      .focus();
    for (const name of ['Signers', 'Administrative keys', 'Delegations', 'Metadata']) {
      await page().keyboard.press('ArrowRight');
      expect(await focused(page())).toMatch(new RegExp(`^${name}`));
      await page()
        .getByRole('tabpanel', { name: new RegExp(`^${name}`) })
        .waitFor();
    }
  });

  it('every place is reached by its number and by the palette, and Escape closes what is open', async () => {
    const places = await page().getByRole('navigation').locator('li .sidebar-label').allTextContents();
    for (const [index, place] of places.entries()) {
      await page().keyboard.press(`Control+${index + 1}`);
      await page().getByRole('heading', { level: 1, name: place }).waitFor();
    }
    expect(places).toContain('Keys');
    await page().keyboard.press('Control+k');
    await page().getByRole('combobox').waitFor();
    await page().keyboard.press('Escape');
    await page().getByRole('combobox').waitFor({ state: 'detached' });
    await page().keyboard.press('Control+k');
    await page().keyboard.type('webshop');
    await page().keyboard.press('Enter');
    await page()
      .getByRole('heading', { level: 1, name: /webshop/ })
      .waitFor();
  });

  it('nothing that has the focus is invisible on the way through a screen', async () => {
    await page().keyboard.press('Control+1');
    await page().getByRole('grid', { name: 'Repositories' }).waitFor();
    const unseen: string[] = [];
    for (let count = 0; count < 15; count += 1) {
      await page().keyboard.press('Tab');
      const name = await focused(page());
      if (name !== '' && !(await focusIsVisible(page()))) unseen.push(name);
    }
    expect(unseen).toEqual([]);
    expectQuiet(desk());
  });
});
