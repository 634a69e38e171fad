/** A plan saved from its review, opened again, signed into its file and published, as a person does it in the window. */
import { readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Page } from 'playwright-core';
import { expect, it } from 'vitest';
import { describeWithPeers } from '../lab/describe-with-peers.ts';
import { useScope } from '../lab/use-scope.ts';
import { accessibilityFindings } from './axe.ts';
import { expectQuiet, shownTags, sitDown } from './desk.ts';

const passphrase = 'sandbox-demo';

const sheet = (page: Page) => page.locator('[role=dialog], [role=alertdialog]').last();
const button = (page: Page, name: string | RegExp) => sheet(page).getByRole('button', { name });

describeWithPeers('saved plans in the window', ['chromium'], () => {
  const place = useScope(async (scope) => {
    const desk = await sitDown(scope);
    const { page } = desk;
    await page.getByRole('button', { name: 'Open the sandbox' }).click();
    await page.getByRole('grid', { name: 'Repositories' }).waitFor();
    await page.getByRole('button', { name: /webshop/ }).click();
    await shownTags(page);
    return { desk, file: join(scope.folder, 'release.json') };
  });

  async function choose(page: Page, name: string): Promise<void> {
    const option = sheet(page).getByRole('option', { name, exact: true });
    await option.waitFor();
    await option.click();
    await button(page, 'Choose').click();
  }

  it('saves from the review, and sends nothing', async () => {
    const { desk, file } = place();
    const { page } = desk;
    const before = await shownTags(page);
    await page.getByRole('button', { name: /^Sign/ }).first().click();
    await sheet(page).getByRole('checkbox', { name: 'nightly' }).check();
    await sheet(page).getByRole('radio', { name: 'alice' }).check();
    await button(page, 'Review…').click();
    await button(page, 'Sign 1 tag').waitFor();
    await button(page, 'Save plan…').click();
    await sheet(page).getByRole('textbox', { name: 'File name' }).fill('release.json');
    await button(page, 'Save').click();
    await expect.poll(() => readFile(file, 'utf8').catch(() => '')).toContain('trustdesk-plan-file/1');
    await button(page, 'Done').click();
    await page.getByRole('dialog').waitFor({ state: 'detached' });
    expect(await shownTags(page)).toEqual(before);
  });

  it('opens it, shows what is missing, signs into the file, and publishes', async () => {
    const { desk, file } = place();
    const { page } = desk;
    await page
      .getByRole('navigation')
      .getByRole('button', { name: /^Activity/ })
      .click();
    await page.getByRole('button', { name: 'Open plan…' }).click();
    await choose(page, 'release.json');
    await button(page, 'Sign the saved plan').waitFor();
    expect(await sheet(page).textContent()).toMatch(/targets\/alice\s*0 signed, 1 needed/);
    expect(await accessibilityFindings(page)).toEqual([]);
    await button(page, 'Sign the saved plan').click();
    const question = sheet(page).getByLabel('Passphrase', { exact: true });
    await question.waitFor();
    await sheet(page).getByRole('radio', { name: 'For 15 minutes of use' }).check();
    await question.fill(passphrase);
    await button(page, 'Unlock and sign').click();
    await button(page, 'Publish').waitFor();
    expect(await sheet(page).textContent()).toMatch(/targets\/alice\s*2 signed, 1 needed/);
    expect(JSON.parse(await readFile(file, 'utf8'))).toMatchObject({ signatures: [{}, {}, {}, {}] });
    await button(page, 'Publish').click();
    await sheet(page)
      .getByText(/^Read back from/)
      .waitFor();
    await button(page, 'Done').click();
    await page.getByRole('dialog').waitFor({ state: 'detached' });
  });

  it('says why a file that is no plan is refused, and why the plan is moot once it was published', async () => {
    const { desk, file } = place();
    const { page } = desk;
    await writeFile(join(dirname(file), 'nonsense.json'), '{}');
    for (const [name, reason] of [
      ['nonsense.json', 'is no plan that can be used'],
      ['release.json', 'no longer fits'],
    ] as const) {
      await page.getByRole('button', { name: 'Open plan…' }).click();
      await choose(page, name);
      await sheet(page).getByText(new RegExp(reason)).first().waitFor();
      await button(page, 'Close').click();
      await page.getByRole('dialog').waitFor({ state: 'detached' });
    }
    expectQuiet(desk);
  });
});
