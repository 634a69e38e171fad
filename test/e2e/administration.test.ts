/** A repository's own keys, as an owner changes them in the window: create, rotate, sign again. In the sandbox. */
import type { Page } from 'playwright-core';
import { expect, it } from 'vitest';
import { describeWithPeers } from '../lab/describe-with-peers.ts';
import { useScope } from '../lab/use-scope.ts';
import { accessibilityFindings } from './axe.ts';
import { expectQuiet, openWebshop, sitDown } from './desk.ts';
import { answerAndPublish, planButton, planSheet, review } from './plan-review.ts';

const region = (page: Page) => page.getByRole('region', { name: 'Administrative keys' });
const tab = (page: Page, name: RegExp) => page.getByRole('tab', { name }).click();
/** The full IDs of the administrative keys, as they are listed. */
const ids = async (page: Page): Promise<readonly string[]> =>
  (await region(page).locator('.admin-key').allTextContents()).map(
    (text) => /[0-9a-f]{64}/.exec(text)?.[0] ?? '',
  );
const key = (page: Page, title: string) => region(page).locator('.admin-key', { hasText: title });

/** By keyboard: the button has the focus, Enter opens the sheet. */
async function beginRotation(page: Page, what: string): Promise<void> {
  await page.getByRole('button', { name: `Rotate the ${what} key…` }).focus();
  await page.keyboard.press('Enter');
  await planSheet(page).getByText('What takes its place').waitFor();
}

describeWithPeers('administration in the window', ['chromium'], () => {
  const desk = useScope(async (scope) => {
    const sat = await sitDown(scope);
    const host = await openWebshop(sat.page);
    await tab(sat.page, /^Administrative keys/);
    await region(sat.page).waitFor();
    return { ...sat, host };
  });

  it('the repository key is rotated: the old one signs nothing any more, the signers stay', async () => {
    const { page } = desk();
    const [, before] = await ids(page);
    await beginRotation(page, 'repository');
    expect(await accessibilityFindings(page)).toEqual([]);
    const text = await review(page, 'Rotate the repository key');
    expect(text).toMatch(/targets.*key.*→.*a new key/);
    expect(text).toContain('signs nothing here any more. Its file stays until you remove it.');
    expect(await accessibilityFindings(page)).toEqual([]);
    await answerAndPublish(page, 'Rotate the repository key');
    await expect.poll(async () => (await ids(page))[1]).not.toBe(before);
    await key(page, 'Repository key').getByText('This computer').waitFor();
    await tab(page, /^Signers/);
    await page.getByRole('table', { name: 'Signers' }).getByText('alice').first().waitFor();
    await tab(page, /^Administrative keys/);
  });

  it('the root keeps its key under a new certificate, which has to be chosen', async () => {
    const { page } = desk();
    const [before] = await ids(page);
    await beginRotation(page, 'root');
    expect(await planSheet(page).textContent()).toContain('Keep the present root key afterwards.');
    await planSheet(page).getByRole('radio', { name: 'A new certificate for the present key' }).check();
    const text = await review(page, 'Rotate the root key');
    expect(text).toContain('gets a new certificate');
    expect(text).toContain('Whoever pins its certificate has to pin the new one.');
    await answerAndPublish(page, 'Rotate the root key');
    await expect.poll(async () => (await ids(page))[0]).not.toBe(before);
    await tab(page, /^Metadata/);
    await page.getByText('root', { exact: true }).first().waitFor();
    await tab(page, /^Administrative keys/);
  });

  it('a new root key takes over, signed by the one before it', async () => {
    const { page } = desk();
    const [before] = await ids(page);
    await beginRotation(page, 'root');
    const text = await review(page, 'Rotate the root key');
    expect(text.match(/rootv\d+ → v\d+/g)).toHaveLength(2);
    await answerAndPublish(page, 'Rotate the root key');
    await expect.poll(async () => (await ids(page))[0]).not.toBe(before);
  });

  it('snapshot and timestamp get another key of the server; a snapshot key of one’s own is warned of', async () => {
    const { page } = desk();
    const [, , , timestamp] = await ids(page);
    await beginRotation(page, 'snapshot');
    expect(await planSheet(page).textContent()).not.toContain('Every publish will need this key.');
    await planSheet(page).getByRole('radio', { name: 'A new key, made on this computer' }).check();
    await planSheet(page).getByText('Every publish will need this key.').waitFor();
    await planSheet(page).getByRole('radio', { name: 'A new key of the trust server' }).check();
    await review(page, 'Rotate the snapshot key');
    await answerAndPublish(page, 'Rotate the snapshot key');
    await beginRotation(page, 'timestamp');
    await review(page, 'Rotate the timestamp key');
    await answerAndPublish(page, 'Rotate the timestamp key');
    await expect.poll(async () => (await ids(page))[3]).not.toBe(timestamp);
  });

  it('root, repository and delegations are signed again as they are', async () => {
    const { page } = desk();
    await page.getByRole('button', { name: 'Sign again: root…' }).click();
    await planButton(page, 'Sign root again').waitFor();
    await answerAndPublish(page, 'Sign root again');
    await tab(page, /^Delegations/);
    await page.getByRole('button', { name: 'Change targets/bob', exact: true }).click();
    await page.getByRole('menuitem', { name: 'Sign again…' }).click();
    await planButton(page, 'Sign targets/bob again').waitFor();
    await answerAndPublish(page, 'Sign targets/bob again');
    expect(await accessibilityFindings(page)).toEqual([]);
  });

  it('an empty repository is created; a name that is none is refused in the sheet', async () => {
    const { page, host } = desk();
    await page.getByRole('navigation').getByRole('button', { name: 'Repositories' }).click();
    await page.getByRole('button', { name: 'Create…' }).click();
    const name = planSheet(page).getByRole('textbox', { name: 'Image reference' });
    await name.fill(`${host}/Not A Name`);
    await planSheet(page).getByRole('radio', { name: 'A new key, made on this computer' }).check();
    await planButton(page, 'Review…').click();
    await planSheet(page).getByRole('alert').waitFor();
    expect(await accessibilityFindings(page)).toEqual([]);
    await name.fill(`${host}/demo/created`);
    await planSheet(page).getByRole('radio', { name: /^Key / }).first().check();
    const text = await review(page, 'Create the repository');
    expect(text).toContain('a new repository');
    expect(text).not.toContain('A restore point is kept');
    await answerAndPublish(page, 'Create the repository');
    await page.getByRole('heading', { level: 1, name: `${host}/demo/created` }).waitFor();
    await region(page).waitFor();
    expect(new Set(await ids(page)).size).toBe(4);
    await page.keyboard.press('Control+k');
    await page.getByRole('combobox').fill('rotate timestamp');
    await page.getByRole('option', { name: /Rotate the timestamp key/ }).waitFor();
    await page.keyboard.press('Escape');
  });

  it('a repository without trust data can be created from its banner', async () => {
    const { page, host } = desk();
    await page.getByRole('navigation').getByRole('button', { name: 'Repositories' }).click();
    await page.getByRole('button', { name: 'Add…' }).click();
    await planSheet(page).getByRole('textbox', { name: 'Image references' }).fill(`${host}/demo/plain`);
    await planButton(page, 'Add').click();
    await page.getByRole('button', { name: 'Create it empty…' }).click();
    await planSheet(page).getByText('Root key that owns it').waitFor();
    expect(await planButton(page, 'Review…').isDisabled()).toBe(true);
    await page.keyboard.press('Escape');
    await planSheet(page).waitFor({ state: 'detached' });
    expectQuiet(desk());
  });
});
