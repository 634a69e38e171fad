/** The sheet in which a plan is reviewed, and the answers on the way to its receipt. Test code. */
import type { Page } from 'playwright-core';
import { demoPassphrase } from '../../electron/sandbox/demo-content.ts';

export const planSheet = (page: Page) => page.getByRole('dialog');
export const planButton = (page: Page, name: string | RegExp) =>
  planSheet(page).getByRole('button', { name, exact: typeof name === 'string' });

/** Answers every passphrase question until the receipt is there. */
export async function answerAndPublish(
  page: Page,
  act: string | RegExp,
  passphrase: string = demoPassphrase,
): Promise<void> {
  await planButton(page, act).click();
  const receipt = planSheet(page).getByText(/^Read back from/);
  const fresh = planSheet(page).getByRole('textbox', { name: 'New passphrase' });
  const known = planSheet(page).getByRole('textbox', { name: 'Passphrase', exact: true });
  for (;;) {
    await receipt.or(fresh).or(known).first().waitFor();
    if (await receipt.isVisible()) break;
    const asked = await planSheet(page).locator('.plan-now').textContent();
    if (await fresh.isVisible()) {
      await fresh.fill(passphrase);
      await planSheet(page).getByLabel('Once more').fill(passphrase);
      await planButton(page, 'Use it').click();
    } else {
      await known.fill(passphrase);
      await planButton(page, 'Unlock and sign').click();
    }
    await planSheet(page)
      .locator('.plan-now')
      .filter({ hasText: asked ?? '' })
      .waitFor({ state: 'detached' });
  }
  await planButton(page, 'Done').click();
  await planSheet(page).waitFor({ state: 'detached' });
}
