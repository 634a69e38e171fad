/** The sheet in which a plan is reviewed, and the answers on the way to its receipt. Test code. */
import type { Page } from 'playwright-core';
import { demoPassphrase } from '../../electron/sandbox/demo-content.ts';

export const planSheet = (page: Page) => page.getByRole('dialog');
export const planButton = (page: Page, name: string | RegExp) =>
  planSheet(page).getByRole('button', { name, exact: typeof name === 'string' });

interface Passphrases {
  /** What opens a key that is there, by what the question says of it. */
  readonly known: (question: string) => string;
  /** What a new key gets. */
  readonly fresh: string;
}

/** Answers every passphrase question until the receipt is there. */
export async function answerAndPublish(
  page: Page,
  act: string | RegExp,
  { known: old, fresh: chosen }: Passphrases = { known: () => demoPassphrase, fresh: demoPassphrase },
): Promise<void> {
  await planButton(page, act).click();
  const receipt = planSheet(page).getByText(/^Read back from/);
  const fresh = planSheet(page).getByRole('radio', { name: 'Choose my own' });
  const known = planSheet(page).getByRole('textbox', { name: 'Passphrase', exact: true });
  for (;;) {
    await receipt.or(fresh).or(known).first().waitFor();
    if (await receipt.isVisible()) break;
    const asked = await planSheet(page).locator('.plan-now').textContent();
    if (await fresh.isVisible()) {
      await fresh.click();
      await planSheet(page).getByRole('textbox', { name: 'New passphrase' }).fill(chosen);
      await planSheet(page).getByLabel('Once more').fill(chosen);
      await planButton(page, 'Use it').click();
    } else {
      await known.fill(old(asked ?? ''));
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

/** From the first sheet to the plan's review; what is reviewed. */
export async function review(page: Page, act: string): Promise<string> {
  await planButton(page, 'Review…').click();
  await planButton(page, act).waitFor();
  return (await planSheet(page).textContent()) ?? '';
}
