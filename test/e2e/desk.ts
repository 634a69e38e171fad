/** One person before one window: an app on a computer of its own, and a page that shows it. */
import type { Page } from 'playwright-core';
import { expect } from 'vitest';
import type { Scope } from '../lab/scope.ts';
import { startApp, openBrowser, openWindow } from './app.ts';
import type { App, Window } from './app.ts';

export interface Desk extends Window {
  readonly app: App;
}

export async function sitDown(
  scope: Scope,
  environment: Readonly<Record<string, string>> = {},
): Promise<Desk> {
  const app = await startApp(scope, environment);
  return { app, ...(await openWindow(await openBrowser(scope), app.address())) };
}

export const addRepository = async (page: Page, reference: string): Promise<void> => {
  await page.getByRole('button', { name: 'Repositories', exact: false }).first().click();
  await page.getByRole('button', { name: /^Add/ }).first().click();
  await page.getByRole('textbox', { name: 'Image references' }).fill(reference);
  await page.getByRole('dialog').getByRole('button', { name: 'Add', exact: true }).click();
};

/** Opens a repository from the list by the last part of its name. */
export async function openRepository(page: Page, gun: string): Promise<void> {
  await page.getByRole('grid', { name: 'Repositories' }).getByTitle(gun, { exact: true }).click();
  await page.getByRole('heading', { level: 1, name: gun }).waitFor();
}

export const tagGrid = (page: Page) => page.getByRole('grid', { name: 'Signed tags' });

/** What the rows on screen say, column by column: tag, digest, signers. */
export async function shownTags(page: Page): Promise<readonly (readonly string[])[]> {
  await tagGrid(page).locator('[role=row][aria-rowindex="2"]').waitFor();
  return tagGrid(page)
    .locator('[role=row]')
    .evaluateAll((rows) =>
      rows
        .filter((row) => row.getAttribute('aria-rowindex') !== '1')
        .map((row) => [
          row.querySelector('.tag-name')?.textContent ?? '',
          row.querySelector('.identifier')?.getAttribute('title') ?? '',
          [...row.querySelectorAll('.signer-chip')].map((chip) => chip.textContent).join(', '),
        ]),
    );
}

/** A page of ours never complains and never reaches beyond this computer's loopback. */
export function expectQuiet({ complaints, requests, app }: Desk): void {
  const origin = new URL(app.address()).origin;
  expect(complaints).toEqual([]);
  expect(requests.filter((url) => !url.startsWith(`${origin}/`) && !url.startsWith('data:'))).toEqual([]);
}

/** Opens the sandbox and its webshop; its registry's host. */
export async function openWebshop(page: Page): Promise<string> {
  await page.getByRole('button', { name: 'Open the sandbox' }).click();
  await page.getByRole('grid', { name: 'Repositories' }).waitFor();
  const host = (await page.locator('.name-path').first().textContent())?.split('/')[0] ?? '';
  await openRepository(page, `${host}/demo/webshop`);
  return host;
}
