/**
 * What new users looked for: signing where nothing is signed yet, choosing a root key, signing from the lists of what
 * docker does not pull, renewing, bringing back; and where the focus is afterwards.
 */
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { expect, it } from 'vitest';
import { generateKey } from '../../electron/keystore/generate-key.ts';
import { SecretBytes } from '../../electron/keystore/secret-bytes.ts';
import { storeKey } from '../../electron/keystore/store-key.ts';
import { describeWithPeers } from '../lab/describe-with-peers.ts';
import { useScope } from '../lab/use-scope.ts';
import { accessibilityFindings } from './axe.ts';
import { addRepository, expectQuiet, openRepository, shownTags, sitDown, tagGrid } from './desk.ts';
import { answerAndPublish } from './plan-review.ts';

const passphrase = 'sandbox-demo';
const sheet = (page: Page) => page.getByRole('dialog');
const button = (page: Page, name: string | RegExp) => sheet(page).getByRole('button', { name });

const repositories = (page: Page) =>
  page.getByRole('navigation').getByRole('button', { name: 'Repositories' }).click();
const tick = (page: Page, tag: string) =>
  page
    .locator('[role=row]', { has: page.getByText(tag, { exact: true }) })
    .locator('[data-check]')
    .click();
/** What has the focus is something, and something on the page. */
const focusIsSomewhere = (page: Page) =>
  page.waitForFunction(() => {
    const { activeElement } = document;
    return (
      activeElement !== null && activeElement !== document.body && activeElement.closest('.window') !== null
    );
  });

describeWithPeers('what is not signed yet', ['chromium'], () => {
  const desk = useScope(async (scope) => {
    const sat = await sitDown(scope);
    await sat.page.getByRole('button', { name: 'Open the sandbox' }).click();
    await sat.page.getByRole('grid', { name: 'Repositories' }).waitFor();
    const host = (await sat.page.locator('.name-path').first().textContent()) ?? '';
    return { ...sat, host: host.split('/')[0] ?? '' };
  });
  const plain = () => `${desk().host}/demo/plain`;

  it('a repository without trust data lists the tags of its registry and offers to sign them', async () => {
    const { page } = desk();
    await addRepository(page, plain());
    await page.getByRole('heading', { level: 1, name: plain() }).waitFor();
    await page.getByText('Nothing is signed in this repository yet.').waitFor();
    await page.getByRole('grid', { name: 'Tags that are not signed' }).getByText('latest').first().waitFor();
    expect(await page.getByRole('alert').count()).toBe(0);
    expect(await accessibilityFindings(page)).toEqual([]);
  });

  it('asks which root key the new repository belongs to when several are here', async () => {
    const { page, app } = desk();
    const other = await generateKey();
    const trust = join(app.dataFolder, 'sandbox', 'trust');
    await storeKey(trust, other, { role: 'root' }, SecretBytes.fromText(passphrase));
    await tick(page, 'latest');
    await page.getByRole('button', { name: 'Sign…', exact: true }).click();
    expect(await button(page, 'Review…').isDisabled()).toBe(true);
    await sheet(page).getByLabel('First signer').fill('alice');
    await button(page, 'Review…').click();
    const choices = sheet(page).getByRole('radio');
    await sheet(page).getByText('A new root key').waitFor();
    expect(await choices.count()).toBe(3);
    await sheet(page)
      .getByRole('radio', { name: new RegExp(`^${other.id.slice(0, 12)}`) })
      .check();
    expect(await accessibilityFindings(page)).toEqual([]);
    await button(page, 'Review…').click();
    await button(page, 'Sign 1 tag').waitFor();
    expect(await sheet(page).textContent()).toContain(`root ${other.id.slice(0, 12)}`);
  });

  it('makes repository, signer and signature in one publish, and the focus comes back', async () => {
    const { page } = desk();
    await answerAndPublish(page, 'Sign 1 tag');
    expect((await shownTags(page)).map(([tag, , signers]) => [tag, signers])).toEqual([['latest', 'alice']]);
    await focusIsSomewhere(page);
  });

  it('a tag that only a signer holds is no unsigned one, and can be released from its list', async () => {
    const { page } = desk();
    await repositories(page);
    await openRepository(page, `${desk().host}/demo/webshop`);
    await shownTags(page);
    await page.getByRole('radio', { name: /^Not signed/ }).click();
    const unsigned = page.getByRole('grid', { name: 'Tags that are not signed' });
    await unsigned.getByText('nightly').first().waitFor();
    expect(await unsigned.getByText('candidate').count()).toBe(0);
    await page.getByRole('radio', { name: /^Not released/ }).click();
    await page
      .getByRole('grid', { name: /not released/ })
      .getByText('bob')
      .waitFor();
    await tick(page, 'candidate');
    await page.getByRole('button', { name: 'Sign…', exact: true }).click();
    await sheet(page).getByRole('radio', { name: 'bob' }).check();
    await button(page, 'Review…').click();
    await answerAndPublish(page, 'Sign 1 tag');
    await page.getByRole('radio', { name: /^Signed/ }).click();
    await tagGrid(page).getByTitle('candidate', { exact: true }).waitFor();
  });

  it('revoking everything leaves nothing ticked; restoring brings it back as it was', async () => {
    const { page } = desk();
    const before = await shownTags(page);
    await page.getByRole('checkbox', { name: /all/i }).click();
    await page.getByRole('button', { name: 'Revoke…' }).click();
    await sheet(page).getByRole('radio', { name: 'alice' }).check();
    await button(page, 'Review…').click();
    await answerAndPublish(page, /^Revoke \d+ tags/);
    await page.getByText('No signed tags').waitFor();
    expect(await page.getByRole('checkbox', { name: /all/i }).isChecked()).toBe(false);
    await focusIsSomewhere(page);
    await page.getByRole('navigation').getByRole('button', { name: 'Activity' }).click();
    await page.getByRole('button', { name: /^More about Revoke/ }).click();
    await page.getByRole('menuitem', { name: /Restore/ }).click();
    await answerAndPublish(page, /^Restore/);
    await repositories(page);
    await openRepository(page, `${desk().host}/demo/webshop`);
    await tagGrid(page).getByTitle('1.0', { exact: true }).waitFor();
    expect(await shownTags(page)).toEqual(before);
  });

  it('all that expires soon is renewed from its banner, in one publish', async () => {
    const { page } = desk();
    await repositories(page);
    await openRepository(page, `${desk().host}/demo/tools`);
    const banner = page.getByText('Signatures of the repository expire in');
    await banner.waitFor();
    await page.getByRole('button', { name: /^Renew all \d/ }).click();
    await answerAndPublish(page, /again$/);
    await banner.waitFor({ state: 'detached' });
    expect(await page.getByText(/^Signatures of .* expire in/).count()).toBe(0);
    expectQuiet(desk());
  });

  it('the palette revokes the tag that is looked at and removes signers', async () => {
    const { page } = desk();
    await tagGrid(page).getByTitle('backup', { exact: true }).click();
    await page.keyboard.press('Control+k');
    await page.getByRole('combobox').fill('revoke');
    await page.getByRole('option', { name: /Revoke backup…/ }).waitFor();
    await page.getByRole('combobox').fill('remove');
    await page.getByRole('option', { name: /Remove signer bob…/ }).click();
    await button(page, 'Remove signer bob').waitFor();
    expect(await sheet(page).textContent()).toContain('backup and migrate can no longer be pulled');
    await page.keyboard.press('Escape');
    await sheet(page).waitFor({ state: 'detached' });
    await focusIsSomewhere(page);
  });
});
