/**
 * A repository that the real `notary init` made, so that the snapshot key is its owner's: planned in the window of a computer
 * without keys, signed by two others without a network, the snapshot last, and published where it was planned.
 */
import { copyFile, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { expect, it } from 'vitest';
import { digestOf } from '../interop/planning-desk.ts';
import { describeWithPeers } from '../lab/describe-with-peers.ts';
import { startNotaryServer } from '../lab/notary-server.ts';
import { useScope } from '../lab/use-scope.ts';
import { makeWorkstation, repositoryPassphrase, type Workstation } from '../lab/workstation.ts';
import { accessibilityFindings } from './axe.ts';
import { openBrowser } from './app.ts';
import { button, closed, fillExactTag, noNetwork, openPlan, seatAt, sheet } from './carried.ts';
import { addRepository, expectQuiet, shownTags } from './desk.ts';

const gun = 'registry.example.test:5000/acme/app';

describeWithPeers('a snapshot key of one’s own', ['chromium', 'docker', 'notary', 'notary-server'], () => {
  const place = useScope(async (scope) => {
    const notary = await startNotaryServer(scope);
    const [owner, jeff, watcher] = [
      await makeWorkstation(scope, { notary }),
      await makeWorkstation(scope, { notary }),
      await makeWorkstation(scope, { notary }),
    ];
    await jeff.must.docker(['trust', 'key', 'generate', 'jeff']);
    await copyFile(join(jeff.home, 'jeff.pub'), join(owner.home, 'jeff.pub'));
    await owner.must.notary(['init', gun]);
    for (const role of ['targets/jeff', 'targets/releases'])
      await owner.must.notary(['delegation', 'add', gun, role, 'jeff.pub', '--all-paths']);
    await owner.must.notary(['addhash', gun, '0.9', '9', '--sha256', digestOf('0.9'), '-p']);
    const browser = await openBrowser(scope);
    return {
      owner: await seatAt(scope, browser, owner, noNetwork),
      jeff: await seatAt(scope, browser, jeff, noNetwork),
      watcher: await seatAt(scope, browser, watcher),
    };
  });

  /** Signs the opened plan into its file with the one key that is here, and closes the review. */
  async function sign(page: Page, role: string): Promise<void> {
    await button(page, 'Sign the saved plan').click();
    const question = sheet(page).getByLabel('Passphrase', { exact: true });
    await question.waitFor();
    await question.fill(repositoryPassphrase);
    await button(page, 'Unlock and sign').click();
    await expect.poll(() => sheet(page).textContent()).toMatch(new RegExp(`${role}\\s*1 signed, 1 needed`));
  }

  const carry = async (from: Workstation, to: Workstation): Promise<void> =>
    copyFile(join(from.home, 'plan.json'), join(to.home, 'plan.json'));

  it('is planned without any key: the review has the snapshot among what is signed elsewhere', async () => {
    const { watcher } = place();
    const { page } = watcher;
    await addRepository(page, gun);
    expect(await shownTags(page)).toEqual([['0.9', digestOf('0.9'), 'Repo Admin']]);
    await page.getByRole('button', { name: 'Sign tags…' }).click();
    await fillExactTag(page, '1.0', digestOf('1.0'));
    await button(page, 'Review…').click();
    await sheet(page)
      .getByText(/^The keys are not here\./)
      .waitFor();
    expect(await sheet(page).textContent()).toMatch(/snapshot\s*v2 → v3\s*repository/);
    await button(page, 'Save plan…').click();
    await sheet(page).getByRole('textbox', { name: 'File name' }).fill('plan.json');
    await button(page, 'Save').click();
    await expect
      .poll(() => readFile(join(watcher.home, 'plan.json'), 'utf8').catch(() => ''))
      .toContain('trustdesk-plan-file/1');
    await button(page, 'Done').click();
    await closed(page);
  });

  it('waits for the others where its key is', async () => {
    const { watcher, owner } = place();
    await carry(watcher, owner);
    const { page } = owner;
    await openPlan(page);
    await sheet(page)
      .getByText(/^The snapshot key is here and signs last/)
      .waitFor();
    expect(await sheet(page).textContent()).toMatch(/snapshot\s*0 signed, 1 needed, after the others/);
    expect(await button(page, 'Sign the saved plan').count()).toBe(0);
    expect(await accessibilityFindings(page)).toEqual([]);
    await button(page, 'Close').click();
    await closed(page);
  });

  it('is signed last, over what jeff signed on his computer', async () => {
    const { watcher, jeff, owner } = place();
    await carry(watcher, jeff);
    await openPlan(jeff.page);
    await sign(jeff.page, 'targets/jeff');
    expect(await button(jeff.page, 'Publish').count()).toBe(0);
    await button(jeff.page, 'Close').click();
    await closed(jeff.page);
    await carry(jeff, owner);
    await openPlan(owner.page);
    await sign(owner.page, 'snapshot');
    await button(owner.page, 'Close').click();
    await closed(owner.page);
  });

  it('is published where no key is, and notary and docker agree', async () => {
    const { watcher, owner } = place();
    await carry(owner, watcher);
    const { page } = watcher;
    await openPlan(page);
    await button(page, 'Publish').click();
    await sheet(page)
      .getByText(/^Read back from/)
      .waitFor();
    await button(page, 'Done').click();
    await closed(page);
    const list = await watcher.must.notary(['list', gun]);
    expect(list.stdout).toMatch(new RegExp(`^1\\.0\\s+${digestOf('1.0')}\\s+1234\\s+targets/jeff$`, 'm'));
    const pretty = await watcher.must.docker(['trust', 'inspect', '--pretty', gun]);
    expect(pretty.stdout).toMatch(new RegExp(`^1\\.0\\s+${digestOf('1.0')}\\s+jeff$`, 'm'));
    for (const desk of Object.values(place())) expectQuiet(desk);
  });
});
