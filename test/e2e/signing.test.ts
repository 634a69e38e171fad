/** Signing, revoking and deciding who may sign, as a person does it in the window, with the sandbox's demo keys. */
import { fileURLToPath } from 'node:url';
import type { Page } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import { describeWithPeers } from '../lab/describe-with-peers.ts';
import { useScope } from '../lab/use-scope.ts';
import { accessibilityFindings } from './axe.ts';
import { expectQuiet, shownTags, sitDown, tagGrid } from './desk.ts';

const certificate = fileURLToPath(
  new URL('../vectors/docker-trust/signer-files/ops-rsa.crt', import.meta.url),
);
const passphrase = 'sandbox-demo';

const sheet = (page: Page) => page.getByRole('dialog');
const button = (page: Page, name: string | RegExp) => sheet(page).getByRole('button', { name });
const question = (page: Page) => sheet(page).getByLabel('Passphrase', { exact: true });

async function openWebshop(page: Page): Promise<void> {
  await page.getByRole('button', { name: 'Open the sandbox' }).click();
  await page.getByRole('grid', { name: 'Repositories' }).waitFor();
  await page.getByRole('button', { name: /webshop/ }).click();
  await shownTags(page);
}

/** From "Sign…" to the review of what would be signed. */
async function planToSign(page: Page, tag: string, signer: string): Promise<void> {
  await page.getByRole('button', { name: /^Sign/ }).first().click();
  await sheet(page).getByRole('checkbox', { name: tag }).check();
  await sheet(page).getByRole('radio', { name: signer }).check();
  await button(page, 'Review…').click();
  await button(page, 'Sign 1 tag').waitFor();
}

async function answer(page: Page, text: string): Promise<void> {
  await question(page).fill(text);
  await button(page, 'Unlock and sign').click();
}

/** Each of alice's two keys signs, with one passphrase: it is asked for again only when it was not to be remembered. */
async function answerForAlice(
  page: Page,
  remember: 'For 15 minutes of use' | 'Only this time',
): Promise<void> {
  const asked = sheet(page).locator('.passphrase-purpose .mono');
  const first = (await asked.textContent()) ?? '';
  await sheet(page).getByRole('radio', { name: remember }).check();
  await answer(page, passphrase);
  if (remember !== 'Only this time') return;
  await asked.filter({ hasNotText: first }).waitFor();
  await sheet(page).getByRole('radio', { name: remember }).check();
  await answer(page, passphrase);
}

async function done(page: Page): Promise<void> {
  await sheet(page)
    .getByText(/^Read back from/)
    .waitFor();
  await button(page, 'Done').click();
  await sheet(page).waitFor({ state: 'detached' });
}

const tagNames = async (page: Page) => (await shownTags(page)).map(([tag]) => tag);
const signersTab = (page: Page) => page.getByRole('tab', { name: /^Signers/ }).click();
const tagsTab = (page: Page) => page.getByRole('tab', { name: /tags/i }).first().click();

describeWithPeers('signing in the window', ['chromium'], () => {
  const desk = useScope(async (scope) => {
    const sat = await sitDown(scope);
    await openWebshop(sat.page);
    return sat;
  });

  it('cancelling at the passphrase changes nothing', async () => {
    const { page } = desk();
    const before = await shownTags(page);
    await planToSign(page, 'nightly', 'alice');
    await button(page, 'Sign 1 tag').click();
    await question(page).waitFor();
    expect(await sheet(page).textContent()).toContain('Signs targets/alice, targets/releases');
    await button(page, 'Cancel').click();
    await button(page, 'Sign 1 tag').waitFor();
    expect(await sheet(page).getByRole('alert').count()).toBe(0);
    await button(page, 'Cancel').click();
    await sheet(page).waitFor({ state: 'detached' });
    expect(await shownTags(page)).toEqual(before);
  });

  it('signs a tag after a wrong passphrase and the right one, and shows what was read back', async () => {
    const { page } = desk();
    await planToSign(page, 'nightly', 'alice');
    expect(await sheet(page).textContent()).toContain('Nothing has been sent yet');
    await button(page, 'Sign 1 tag').click();
    await answer(page, 'not the passphrase');
    await sheet(page).getByText('That passphrase does not open this key. Try again.').waitFor();
    await answerForAlice(page, 'For 15 minutes of use');
    await sheet(page)
      .getByText(/^Read back from localhost/)
      .waitFor();
    const receipt = (await sheet(page).textContent()) ?? '';
    expect(receipt).toMatch(/targets\/alice\s*v\d+/);
    expect(receipt).toMatch(/targets\/releases\s*v\d+/);
    expect(receipt).not.toContain('bob');
    await done(page);
    await tagGrid(page).getByTitle('nightly', { exact: true }).waitFor();
    const row = (await shownTags(page)).find(([tag]) => tag === 'nightly');
    expect(row?.[2]).toBe('alice');
  });

  it('does not ask again while unlocked, and locks on request', async () => {
    const { page } = desk();
    const chip = page.getByRole('button', { name: /^Unlocked/ });
    await chip.waitFor();
    await planToSign(page, 'test-login-page', 'alice');
    await button(page, 'Sign 1 tag').click();
    await done(page);
    await chip.click();
    await chip.waitFor({ state: 'detached' });
    await tagGrid(page).getByTitle('test-login-page', { exact: true }).waitFor();
    expect(await page.getByText('Unlocked').count()).toBe(0);
  });

  it('revokes several tags at once, as the signer that was chosen', async () => {
    const { page } = desk();
    for (const tag of ['nightly', 'test-login-page']) {
      const row = tagGrid(page).locator('[role=row]', { has: page.getByTitle(tag, { exact: true }) });
      await row.locator('[data-check]').click();
    }
    await page.getByRole('button', { name: 'Revoke…' }).click();
    await sheet(page).getByRole('radio', { name: 'alice' }).check();
    await button(page, 'Review…').click();
    await sheet(page)
      .getByText(/nightly and test-login-page can no longer be pulled/)
      .waitFor();
    await button(page, 'Revoke 2 tags').click();
    await answerForAlice(page, 'Only this time');
    await done(page);
    await tagGrid(page).getByTitle('nightly', { exact: true }).waitFor({ state: 'detached' });
    const left = await tagNames(page);
    expect(left).not.toContain('test-login-page');
    expect(left).toContain('1.10');
  });

  it('adds a signer from a certificate file', async () => {
    const { page } = desk();
    await signersTab(page);
    await page.getByRole('button', { name: /^Add.*signer/ }).click();
    await sheet(page).locator('input[type=file]').setInputFiles(certificate);
    // The certificate's own name is offered.
    await expect.poll(() => sheet(page).getByLabel('Name').inputValue()).toBe('ops-rsa');
    await sheet(page).getByLabel('Name').fill('ops');
    await button(page, 'Review…').click();
    await button(page, 'Add signer ops').click();
    await answer(page, passphrase);
    await done(page);
    const row = page.getByRole('table', { name: 'Signers' }).getByRole('row', { name: /ops/ });
    await row.waitFor();
    expect(await row.textContent()).toMatch(/RSA.*Nothing signed yet/);
  });

  it('says whose key a file is', async () => {
    const { page } = desk();
    await page.keyboard.press('Control+k');
    await page.getByRole('combobox').fill('who is');
    await page.keyboard.press('Enter');
    await sheet(page).locator('input[type=file]').setInputFiles(certificate);
    await sheet(page).getByText('targets/ops').first().waitFor();
    expect(await sheet(page).textContent()).toMatch(/demo\/webshop/);
    await button(page, 'Close').first().click();
    await sheet(page).waitFor({ state: 'detached' });
  });

  it('removes the signer again', async () => {
    const { page } = desk();
    await page.getByRole('button', { name: 'Change ops' }).click();
    await page.getByRole('menuitem', { name: /Remove ops/ }).click();
    await button(page, 'Remove signer ops').click();
    await answer(page, passphrase);
    await done(page);
    await page
      .getByRole('table', { name: 'Signers' })
      .getByRole('row', { name: /ops/ })
      .waitFor({ state: 'detached' });
    const left = await page.getByRole('table', { name: 'Signers' }).getByRole('row').count();
    expect(left).toBe(3);
    await tagsTab(page);
  });

  it('shows everything that was done in the activity log, and nothing that was not', async () => {
    const { page } = desk();
    await page.getByRole('navigation').getByRole('button', { name: 'Activity' }).click();
    await page.getByRole('heading', { level: 1, name: 'Activity' }).waitFor();
    await page.getByText('Remove signer ops').first().waitFor();
    const text = (await page.getByRole('main').textContent()) ?? '';
    for (const [title, times] of [
      ['Sign 1 tag', 2],
      ['Revoke 2 tags', 1],
      ['Add signer ops', 1],
      ['Remove signer ops', 1],
    ] as const) {
      expect([title, text.split(title).length - 1]).toEqual([title, times]);
    }
    expect(text).not.toContain(passphrase);
    expectQuiet(desk());
  });

  describe.each(['light', 'dark'] as const)('is accessible in %s', (scheme) => {
    it('review, choice and passphrase question', async () => {
      const { page } = desk();
      await page.emulateMedia({ colorScheme: scheme, reducedMotion: 'reduce' });
      await page.getByRole('navigation').getByRole('button', { name: 'Repositories' }).click();
      await page.getByRole('button', { name: /webshop/ }).click();
      await shownTags(page);
      await planToSign(page, 'nightly', 'alice');
      expect(await accessibilityFindings(page)).toEqual([]);
      await button(page, 'Sign 1 tag').click();
      await question(page).waitFor();
      expect(await accessibilityFindings(page)).toEqual([]);
      await button(page, 'Cancel').click();
      await button(page, 'Sign 1 tag').waitFor();
      await button(page, 'Cancel').click();
      await sheet(page).waitFor({ state: 'detached' });
    });
  });
});
