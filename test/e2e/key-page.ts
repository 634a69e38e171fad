/** The Keys page as a person finds their way on it: buttons, sheets, and the questions that the privileged side asks. */
import type { Page } from 'playwright-core';
import { expect } from 'vitest';

export const top = (page: Page) => page.locator('[role=dialog], [role=alertdialog]').last();
export const press = (page: Page, name: string | RegExp) =>
  top(page)
    .getByRole('button', { name, exact: typeof name === 'string' })
    .click();
export const gone = (page: Page) =>
  page.locator('[role=dialog], [role=alertdialog]').waitFor({ state: 'detached' });
export const grid = (page: Page) => page.getByRole('grid', { name: 'Private keys' });
export const panel = (page: Page) => page.getByRole('complementary');

/** Everything that crossed between the window and the privileged side. */
export function listenIn(page: Page) {
  const traffic = { received: [] as string[], sent: [] as string[] };
  page.on('websocket', (socket) => {
    socket.on('framereceived', ({ payload }) => traffic.received.push(String(payload)));
    socket.on('framesent', ({ payload }) => traffic.sent.push(String(payload)));
  });
  return traffic;
}

export async function openKeys(page: Page): Promise<void> {
  await page.getByRole('navigation').getByRole('button', { name: /^Keys/ }).click();
  await page.getByRole('heading', { level: 1, name: 'Keys' }).waitFor();
}

export async function save(page: Page, name?: string): Promise<void> {
  const field = top(page).getByRole('textbox', { name: 'File name' });
  await field.waitFor();
  if (name !== undefined) await field.fill(name);
  await press(page, 'Save');
}

export async function choose(page: Page, ...names: readonly string[]): Promise<void> {
  const options = names.map((name) => top(page).getByRole('option', { name, exact: true }));
  await options[0]?.waitFor();
  for (const [at, option] of options.entries())
    await option.click(at === 0 ? {} : { modifiers: ['Control'] });
  await press(page, 'Choose');
}

/** Declines the words that are offered first. */
export async function typeTwice(page: Page, text: string): Promise<void> {
  await top(page).getByRole('radio', { name: 'Choose my own' }).click();
  await top(page).getByLabel('New passphrase', { exact: true }).last().fill(text);
  await top(page).getByLabel('Once more').fill(text);
  await press(page, 'Use it');
}

export async function unlock(page: Page, text: string): Promise<void> {
  await top(page).getByLabel('Passphrase', { exact: true }).fill(text);
  await press(page, 'Unlock');
}

export async function leaveSheets(page: Page): Promise<void> {
  const open = page.locator('[role=dialog], [role=alertdialog]');
  for (let left = await open.count(); left > 0; left = await open.count()) {
    await top(page)
      .getByRole('button', { name: /^(Cancel|Close|Done)$/ })
      .click();
    await expect.poll(() => open.count()).toBeLessThan(left);
  }
}

export async function fromPalette(page: Page, words: string): Promise<void> {
  await leaveSheets(page);
  await page.keyboard.press('Control+k');
  await page.keyboard.type(words);
  await page.keyboard.press('Enter');
  await top(page).getByRole('heading', { level: 2 }).first().waitFor();
}
