/** Plans that are carried from window to window, as files. For end-to-end tests. */
import type { Browser, Page } from 'playwright-core';
import type { Scope } from '../lab/scope.ts';
import type { Workstation } from '../lab/workstation.ts';
import { openWindow, startApp } from './app.ts';

/** Nobody listens there. */
export const noNetwork = { DOCKER_CONTENT_TRUST_SERVER: 'https://127.0.0.1:9' };

export const sheet = (page: Page) => page.locator('[role=dialog], [role=alertdialog]').last();
export const button = (page: Page, name: string | RegExp) => sheet(page).getByRole('button', { name });
export const closed = (page: Page) => page.getByRole('dialog').waitFor({ state: 'detached' });

/** Passphrases are typed, so the environment has none. */
function withoutPassphrases({ environment }: Workstation): Record<string, string> {
  return Object.fromEntries(Object.entries(environment).filter(([name]) => !name.endsWith('_PASSPHRASE')));
}

/** Somebody in front of the window of a computer. */
export async function seatAt(scope: Scope, browser: Browser, desk: Workstation, env = {}) {
  const app = await startApp(scope, { ...withoutPassphrases(desk), ...env });
  return { ...desk, app, ...(await openWindow(browser, app.address())) };
}

/** In the sheet for signing: a tag that no registry has, by its digest. */
export async function fillExactTag(page: Page, tag: string, digest: string): Promise<void> {
  await sheet(page).getByRole('textbox', { name: 'Tags' }).fill(tag);
  await sheet(page).getByText('Sign an exact digest instead').click();
  await sheet(page).getByLabel('Digest').fill(`sha256:${digest}`);
  await sheet(page).getByLabel('Size of the manifest').fill('1234');
}

/** Opens `plan.json` of the home folder. */
export async function openPlan(page: Page): Promise<void> {
  await page
    .getByRole('navigation')
    .getByRole('button', { name: /^Activity/ })
    .click();
  await page.getByRole('button', { name: 'Open plan…' }).click();
  await sheet(page).getByRole('option', { name: 'plan.json', exact: true }).click();
  await button(page, 'Choose').click();
}
