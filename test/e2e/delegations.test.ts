/** Delegations as an owner changes them in the window: every sheet leads to a review, and the server has it afterwards. */
import { generateKeyPairSync } from 'node:crypto';
import type { Page } from 'playwright-core';
import { expect, it } from 'vitest';
import { describeWithPeers } from '../lab/describe-with-peers.ts';
import { useScope } from '../lab/use-scope.ts';
import { accessibilityFindings } from './axe.ts';
import { expectQuiet, openWebshop, sitDown } from './desk.ts';
import { answerAndPublish, planButton, planSheet, review } from './plan-review.ts';

const table = (page: Page) => page.getByRole('table', { name: 'Delegations' });
const row = (page: Page, role: string) =>
  table(page)
    .getByRole('row')
    .filter({ has: page.getByText(role, { exact: true }) });
const pem = (): string =>
  generateKeyPairSync('ec', { namedCurve: 'P-256' })
    .publicKey.export({ type: 'spki', format: 'pem' })
    .toString();
const file = (name: string, text: string) => ({
  name,
  mimeType: 'application/octet-stream',
  buffer: Buffer.from(text),
});

/** By keyboard: the menu's button has the focus, arrows and letters find the act. */
async function choose(page: Page, role: string, act: string): Promise<void> {
  await row(page, role)
    .getByRole('button', { name: `Change ${role}`, exact: true })
    .focus();
  await page.keyboard.press('Enter');
  await page.getByRole('menuitem', { name: act }).focus();
  await page.keyboard.press('Enter');
}

/** Looks at what is open, in light and dark, and in the smallest window with nothing cut off at the side. */
async function lookAt(page: Page): Promise<void> {
  for (const colorScheme of ['dark', 'light'] as const) {
    await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
    expect(await accessibilityFindings(page)).toEqual([]);
  }
  const wide = await page
    .locator('.sheet-body, .pane-scroll, .table, .menu, .plan-list, .plan-what')
    .evaluateAll((parts) => parts.filter((part) => part.scrollWidth > part.clientWidth + 1).length);
  expect(wide).toBe(0);
}

describeWithPeers('delegations in the window', ['chromium'], () => {
  const desk = useScope(async (scope) => {
    const sat = await sitDown(scope);
    await openWebshop(sat.page);
    await sat.page.getByRole('tab', { name: /^Delegations/ }).click();
    await table(sat.page).waitFor();
    return sat;
  });

  it('a double click is one press: what opened stays, and nothing that lies under the pointer then is pressed', async () => {
    const { page } = desk();
    const dialogs = async (): Promise<number> => {
      await page.waitForTimeout(400);
      return planSheet(page).count();
    };
    await page.getByRole('button', { name: 'Add a delegation…' }).dblclick();
    expect(await dialogs()).toBe(1);
    await page.getByRole('heading', { name: /^Add a delegation to/ }).waitFor();
    await planButton(page, 'Cancel').dblclick();
    expect(await dialogs()).toBe(0);
    await row(page, 'targets/bob').getByRole('button', { name: 'Change targets/bob' }).click();
    await page.getByRole('menuitem', { name: 'Change paths…' }).dblclick();
    expect(await dialogs()).toBe(1);
    await page.getByRole('heading', { name: /^Paths of/ }).waitFor();
    await page.keyboard.press('Escape');
    await planSheet(page).waitFor({ state: 'detached' });
  });

  it('nothing else opens over a sheet: what was typed there stays', async () => {
    const { page } = desk();
    await page.getByRole('button', { name: 'Add a delegation…' }).click();
    await planSheet(page).getByRole('textbox', { name: 'Role' }).fill('targets/qa');
    await page.keyboard.press('Control+k');
    await page.waitForTimeout(300);
    expect(await page.getByRole('combobox').count()).toBe(0);
    expect(await planSheet(page).getByRole('textbox', { name: 'Role' }).inputValue()).toBe('targets/qa');
    await page.keyboard.press('Escape');
    await planSheet(page).waitFor({ state: 'detached' });
  });

  it('one is added with a dropped key and paths of its own', async () => {
    const { page } = desk();
    await lookAt(page);
    await page.getByRole('button', { name: 'Add a delegation…' }).focus();
    await page.keyboard.press('Enter');
    const role = planSheet(page).getByRole('textbox', { name: 'Role' });
    await role.waitFor();
    await lookAt(page);
    await role.fill('targets/alice');
    await planSheet(page).getByText('It is there already: change it in the list.').waitFor();
    await role.fill('targets/nobody/qa');
    await planSheet(page).getByText('targets/nobody is no delegation of this repository.').waitFor();
    await role.fill('targets/qa');
    await planSheet(page).locator('input[type=file]').setInputFiles(file('qa.pub', pem()));
    await planSheet(page).getByText('No repository that was read here names this key.').waitFor();
    await planSheet(page)
      .getByRole('radio', { name: /^Only tags/ })
      .check();
    expect(await planButton(page, 'Review…').isDisabled()).toBe(true);
    await planSheet(page).getByRole('textbox', { name: 'Beginnings' }).fill('v1.\nnightly-');
    await lookAt(page);
    const text = await review(page, 'Add targets/qa');
    expect(text).toMatch(/targets\/qa.*paths “v1\.”, “nightly-”/);
    await lookAt(page);
    await answerAndPublish(page, 'Add targets/qa');
    await row(page, 'targets/qa').getByText('nightly-').waitFor();
    await row(page, 'targets/qa').getByText('Nothing signed yet').waitFor();
  });

  it('one below it is limited by its paths, and signed with its key', async () => {
    const { page } = desk();
    await page.getByRole('button', { name: 'Add a delegation…' }).click();
    await planSheet(page).getByRole('textbox', { name: 'Role' }).fill('targets/qa/deputy');
    await planSheet(page).getByText('No key of targets/qa is on this computer.').waitFor();
    await planSheet(page).locator('input[type=file]').setInputFiles(file('deputy.pub', pem()));
    await planSheet(page).getByText('No repository that was read here names this key.').waitFor();
    const beginnings = planSheet(page).getByRole('textbox', { name: 'Beginnings' });
    expect(await beginnings.inputValue()).toBe('v1.\nnightly-');
    await beginnings.fill('v2');
    await planSheet(page)
      .getByText(/not “v2”\.$/)
      .waitFor();
    await lookAt(page);
    await beginnings.fill('v1.5');
    await planButton(page, 'Review…').click();
    await planSheet(page)
      .getByText(/^The keys are not here\. Save the plan/)
      .waitFor();
    expect(await planSheet(page).textContent()).toMatch(/targets\/qav1qa.*Not here/);
    await lookAt(page);
    await planButton(page, 'Cancel').click();
    await planSheet(page).waitFor({ state: 'detached' });
  });

  it('a private key is refused, and gone from the entry; a pasted key and one that is known are added', async () => {
    const { page } = desk();
    await choose(page, 'targets/qa', 'Add a key…');
    const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    const secret = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
    await planSheet(page).getByText('Paste it as text instead').click();
    const entry = planSheet(page).getByRole('textbox', { name: 'Public key or certificate' });
    await entry.fill(secret);
    await planSheet(page)
      .getByText(/holds a private key/)
      .waitFor();
    expect(await entry.inputValue()).toBe('');
    expect(await planButton(page, 'Review…').isDisabled()).toBe(true);
    await lookAt(page);
    await planSheet(page).getByRole('button', { name: 'Leave out Pasted text' }).click();
    await planSheet(page)
      .getByRole('checkbox', { name: /alice of/ })
      .first()
      .check();
    await entry.fill(pem());
    await planSheet(page).getByText('No repository that was read here names this key.').waitFor();
    await lookAt(page);
    const text = await review(page, 'Add to targets/qa');
    expect(text.match(/added ?targets\/qa/g)).toHaveLength(2);
    await answerAndPublish(page, 'Add to targets/qa');
    await expect.poll(() => row(page, 'targets/qa').locator('.key-id').count()).toBe(3);
  });

  it('its paths become all, and none; a role below another has its own', async () => {
    const { page } = desk();
    await choose(page, 'targets/qa', 'Change paths…');
    expect(await planButton(page, 'Review…').isDisabled()).toBe(true);
    expect(await planSheet(page).getByRole('textbox', { name: 'Beginnings' }).inputValue()).toBe(
      'v1.\nnightly-',
    );
    await lookAt(page);
    await planSheet(page).getByRole('radio', { name: 'None' }).check();
    expect(await review(page, 'Change the paths of targets/qa')).toContain('→ none');
    await answerAndPublish(page, 'Change the paths of targets/qa');
    await row(page, 'targets/qa').getByText('None: signs nothing').waitFor();
    await choose(page, 'targets/bob', 'Change paths…');
    await planSheet(page)
      .getByRole('radio', { name: /^Only tags/ })
      .check();
    await planSheet(page).getByRole('textbox', { name: 'Beginnings' }).fill('9');
    const text = await review(page, 'Change the paths of targets/bob');
    expect(text).toMatch(/no longer signed by bob/);
    await lookAt(page);
    await planButton(page, 'Cancel').click();
    await page.getByRole('button', { name: 'Add a delegation…' }).click();
    await planSheet(page).getByRole('textbox', { name: 'Role' }).fill('targets/qa/deputy');
    await planSheet(page).getByText('The role above may sign nothing itself.').waitFor();
    await page.keyboard.press('Escape');
    await planSheet(page).waitFor({ state: 'detached' });
  });

  it('what cannot be done now says why', async () => {
    const { page } = desk();
    await row(page, 'targets/qa').getByRole('button', { name: 'Change targets/qa' }).click();
    const again = page.getByRole('menuitem', { name: 'Sign again…' });
    await again.getByText('Nothing is signed in it yet.').waitFor();
    expect(await again.getAttribute('aria-disabled')).toBe('true');
    await lookAt(page);
    await page.keyboard.press('Escape');
  });

  it('keys are taken from it, until it needs one', async () => {
    const { page } = desk();
    await choose(page, 'targets/qa', 'Remove a key…');
    const boxes = planSheet(page).getByRole('checkbox');
    expect(await boxes.count()).toBe(3);
    await planSheet(page)
      .getByRole('checkbox', { name: /also of alice/ })
      .first()
      .check();
    expect(await planSheet(page).getByText('cannot be used afterwards').count()).toBe(0);
    await boxes.first().check();
    await boxes.nth(1).check();
    await boxes.nth(2).check();
    await planSheet(page).getByText('targets/qa cannot be used afterwards.').waitFor();
    await lookAt(page);
    const text = await review(page, 'Take from targets/qa');
    expect(text).toContain('targets/qa cannot be used until a key is added to it.');
    await lookAt(page);
    await answerAndPublish(page, 'Take from targets/qa');
    await row(page, 'targets/qa').getByText('Needs a key').waitFor();
  });

  it('a key leaves every delegation at once; what that costs is said before', async () => {
    const { page } = desk();
    await page.getByRole('button', { name: 'Remove a key everywhere…' }).click();
    await planSheet(page)
      .getByRole('checkbox', { name: /targets\/bob/ })
      .check();
    await planSheet(page).getByText('targets/bob cannot be used afterwards.').waitFor();
    await lookAt(page);
    const act = 'Take keys from every delegation';
    expect(await review(page, act)).toContain('targets/bob cannot be used until a key is added to it.');
    await lookAt(page);
    await answerAndPublish(page, act);
    await row(page, 'targets/bob').getByText('Needs a key').waitFor();
  });

  it('long names and paths are wrapped, not cut', async () => {
    const { page } = desk();
    const role = `targets/qa/${'long-name-'.repeat(12)}end`;
    await choose(page, 'targets/qa', 'Change paths…');
    await planSheet(page)
      .getByRole('radio', { name: /^Only tags/ })
      .check();
    await planSheet(page)
      .getByRole('textbox', { name: 'Beginnings' })
      .fill(`v1.\n${'nightly/'.repeat(24)}`);
    await review(page, 'Change the paths of targets/qa');
    await lookAt(page);
    await answerAndPublish(page, 'Change the paths of targets/qa');
    await row(page, 'targets/qa')
      .getByText(/nightly/)
      .waitFor();
    await choose(page, 'targets/qa', 'Add a key…');
    await planSheet(page)
      .getByRole('checkbox', { name: /alice of/ })
      .first()
      .check();
    await review(page, 'Add to targets/qa');
    await answerAndPublish(page, 'Add to targets/qa');
    await page.getByRole('button', { name: 'Add a delegation…' }).click();
    await planSheet(page).getByRole('textbox', { name: 'Role' }).fill(role);
    await planSheet(page).locator('input[type=file]').setInputFiles(file('qa.pub', pem()));
    await planSheet(page).getByText('No repository that was read here names this key.').waitFor();
    expect(await review(page, 'Publish')).toContain(`Add ${role} in`);
    await lookAt(page);
    await answerAndPublish(page, 'Publish');
    await row(page, role).getByText('Nothing signed yet').waitFor();
    await lookAt(page);
    await choose(page, role, 'Remove a key…');
    await lookAt(page);
    await page.keyboard.press('Escape');
    await planSheet(page).waitFor({ state: 'detached' });
  });

  it('it is removed, and nothing on this side complained', async () => {
    const { page } = desk();
    await choose(page, 'targets/qa', 'Remove targets/qa…');
    await planButton(page, 'Remove targets/qa').waitFor();
    await lookAt(page);
    await answerAndPublish(page, 'Remove targets/qa');
    await row(page, 'targets/qa').waitFor({ state: 'detached' });
    await page.keyboard.press('Control+k');
    await page.getByRole('combobox').fill('delegation');
    await page.getByRole('option', { name: 'Add a delegation…' }).waitFor();
    await page.keyboard.press('Escape');
    expectQuiet(desk());
  });
});
