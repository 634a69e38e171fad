/**
 * Three computers: one that only watches plans in its window, one with the keys and no network signs, and the first
 * publishes. The real server takes it; docker and notary agree on what came of it.
 */
import { copyFile, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { expect, it } from 'vitest';
import { digestOf } from '../interop/planning-desk.ts';
import { describeWithPeers } from '../lab/describe-with-peers.ts';
import { startNotaryServer } from '../lab/notary-server.ts';
import { useScope } from '../lab/use-scope.ts';
import { makeWorkstation, repositoryPassphrase } from '../lab/workstation.ts';
import { accessibilityFindings } from './axe.ts';
import { openBrowser } from './app.ts';
import { button, closed, fillExactTag, noNetwork, openPlan, seatAt, sheet } from './carried.ts';
import { addRepository, expectQuiet, openRepository, shownTags, tagGrid } from './desk.ts';

const gun = 'registry.example.test:5000/acme/app';

describeWithPeers('a computer without keys', ['chromium', 'docker', 'notary', 'notary-server'], () => {
  const place = useScope(async (scope) => {
    const notary = await startNotaryServer(scope);
    const [vault, watcher] = [
      await makeWorkstation(scope, { notary }),
      await makeWorkstation(scope, { notary }),
    ];
    for (const name of ['jeff', 'mia']) {
      await vault.must.trustdesk(['key', 'generate', name]);
      await vault.must.trustdesk(['signer', 'add', '--key', `${name}.pub`, name, gun]);
    }
    await watcher.must.trustdesk(['key', 'generate', 'ops', '--dir', watcher.home]);
    await vault.must.trustdesk(['sign', `${gun}:0.9`, '--as', 'jeff', ...exact('0.9')]);
    const browser = await openBrowser(scope);
    return {
      vault: await seatAt(scope, browser, vault, noNetwork),
      watcher: await seatAt(scope, browser, watcher),
    };
  });

  const exact = (content: string) => ['--digest', `sha256:${digestOf(content)}`, '--size', '1234'];

  /** From a review of what cannot be signed here to the result, over the computer that can. */
  async function carry(title: string): Promise<void> {
    const { watcher, vault } = place();
    await sheet(watcher.page)
      .getByText(/^The keys are not here\. Save the plan/)
      .waitFor();
    expect(await button(watcher.page, title).count()).toBe(0);
    await button(watcher.page, 'Save plan…').click();
    await sheet(watcher.page).getByRole('textbox', { name: 'File name' }).fill('plan.json');
    await button(watcher.page, 'Save').click();
    await sheet(watcher.page)
      .getByText(/^The keys are not here/)
      .waitFor();
    await button(watcher.page, 'Done').click();
    await closed(watcher.page);
    const [file, carried] = [join(watcher.home, 'plan.json'), join(vault.home, 'plan.json')];
    expect(await readFile(file, 'utf8')).toContain('trustdesk-plan-file/1');
    await copyFile(file, carried);
    await signInTheVault();
    await copyFile(carried, file);
    await openPlan(watcher.page);
    await button(watcher.page, 'Publish').click();
    await sheet(watcher.page)
      .getByText(/^Read back from/)
      .waitFor();
    await button(watcher.page, 'Done').click();
    await closed(watcher.page);
  }

  async function signInTheVault(): Promise<void> {
    const { page } = place().vault;
    await openPlan(page);
    await button(page, 'Sign the saved plan').click();
    const question = sheet(page).getByLabel('Passphrase', { exact: true });
    await question.or(button(page, 'Publish')).first().waitFor();
    if (await question.isVisible()) {
      await sheet(page).getByRole('radio', { name: 'For 15 minutes of use' }).check();
      await question.fill(repositoryPassphrase);
      await button(page, 'Unlock and sign').click();
    }
    await button(page, 'Publish').waitFor();
    await button(page, 'Close').click();
    await closed(page);
  }

  const repository = async (page: Page): Promise<void> => {
    await page.getByRole('navigation').getByRole('button', { name: 'Repositories' }).click();
    await openRepository(page, gun);
  };

  const pretty = async (): Promise<string> =>
    (await place().watcher.must.docker(['trust', 'inspect', '--pretty', gun])).stdout;

  it('shows everything and says that no key is here', async () => {
    const { page } = place().watcher;
    await addRepository(page, gun);
    await page.getByText('Watch only: none of its keys is on this computer').waitFor();
    expect(await shownTags(page)).toEqual([['0.9', digestOf('0.9'), 'jeff']]);
  });

  it('signs a tag as the signer that was chosen', async () => {
    const { page } = place().watcher;
    await page.getByRole('button', { name: 'Sign tags…' }).click();
    await sheet(page).getByText('No signer’s key is on this computer.').waitFor();
    await fillExactTag(page, '1.0', digestOf('1.0'));
    // Nobody is chosen unasked.
    expect(await button(page, 'Review…').isDisabled()).toBe(true);
    await sheet(page).getByRole('radio', { name: 'mia' }).check();
    expect(await accessibilityFindings(page)).toEqual([]);
    await button(page, 'Review…').click();
    await carry('Sign 1 tag');
    expect(await pretty()).toMatch(new RegExp(`^1\\.0\\s+${digestOf('1.0')}\\s+mia$`, 'm'));
    const list = await place().watcher.must.notary(['list', gun]);
    expect(list.stdout).toMatch(new RegExp(`^1\\.0\\s+${digestOf('1.0')}\\s+1234\\s+targets/releases$`, 'm'));
  });

  it('revokes a tag', async () => {
    const { page } = place().watcher;
    await repository(page);
    await tagGrid(page)
      .locator('[role=row]', { has: page.getByTitle('0.9', { exact: true }) })
      .locator('[data-check]')
      .click();
    await page.getByRole('button', { name: 'Revoke…' }).click();
    await sheet(page).getByRole('radio', { name: 'jeff' }).check();
    await button(page, 'Review…').click();
    await carry('Revoke 1 tag');
    const shown = await pretty();
    expect([/^0\.9\s/m.test(shown), /^1\.0\s/m.test(shown)]).toEqual([false, true]);
  });

  it('adds a signer and removes another', async () => {
    const { page, home } = place().watcher;
    await repository(page);
    await page.getByRole('tab', { name: /^Signers/ }).click();
    await page.getByRole('button', { name: 'Add a signer…' }).click();
    await sheet(page).getByText('The repository key is not on this computer.').waitFor();
    await sheet(page).locator('input[type=file]').setInputFiles(join(home, 'ops.pub'));
    await button(page, 'Review…').click();
    await carry('Add signer ops');
    expect(await pretty()).toMatch(/^ops +[0-9a-f]{12}$/m);
    await repository(page);
    await page.getByRole('tab', { name: /^Signers/ }).click();
    await page.getByRole('button', { name: 'Change jeff' }).click();
    await page.getByRole('menuitem', { name: /Remove jeff/ }).click();
    // Nothing but jeff's signature made the released tags count: somebody who stays signs them again.
    await sheet(page).getByRole('radio', { name: 'mia' }).check();
    await button(page, 'Review…').click();
    await carry('Remove signer jeff');
    expect(await pretty()).not.toMatch(/^jeff +[0-9a-f]{12}$/m);
  });

  it('asked nobody beyond this computer', () => {
    expectQuiet(place().watcher);
    expectQuiet(place().vault);
  });
});
