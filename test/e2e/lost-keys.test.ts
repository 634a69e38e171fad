/**
 * Lost keys: what the guide shows is done as it is written, with the real notary and docker, by the owner of a repository and
 * by somebody who pulls from it.
 */
import { rename } from 'node:fs/promises';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { expect, it } from 'vitest';
import { mustRun } from '../lab/child.ts';
import { describeWithPeers } from '../lab/describe-with-peers.ts';
import { startNotaryServer } from '../lab/notary-server.ts';
import { useScope } from '../lab/use-scope.ts';
import { makeWorkstation, repositoryPassphrase, rootPassphrase } from '../lab/workstation.ts';
import { accessibilityFindings } from './axe.ts';
import { expectQuiet, sitDown } from './desk.ts';
import { gone, grid, openKeys, top } from './key-page.ts';
import { answerAndPublish, planButton, planSheet } from './plan-review.ts';

const gun = 'registry.example.test/acme/app';

describeWithPeers('lost keys', ['chromium', 'docker', 'notary', 'notary-server'], () => {
  const place = useScope(async (scope) => {
    const notary = await startNotaryServer(scope);
    const station = await makeWorkstation(scope, { notary });
    await station.must.notary(['init', gun]);
    await station.must.notary(['publish', gun]);
    const consumer = await makeWorkstation(scope, { notary }, station);
    const desk = await sitDown(scope, station.environment);
    await openKeys(desk.page);
    await grid(desk.page).waitFor();
    return { station, consumer, desk };
  });
  const listedByNotary = async () => (await place().station.must.notary(['key', 'list'])).stdout;

  it('replaces a lost repository key; notary signs with the new one', async () => {
    const { desk, station } = place();
    const { page } = desk;
    const [, lost = ''] = /^\s*targets\s.*?([0-9a-f]{64})/m.exec(await listedByNotary()) ?? [];
    expect(lost).not.toBe('');
    const privateFolder = join(station.trustDirectory, 'private');
    await rename(join(privateFolder, `${lost}.key`), join(station.home, 'lost.key'));
    await page.keyboard.press('Control+k');
    await page.keyboard.type('Lost keys');
    await page.keyboard.press('Enter');
    const advice = top(page).getByRole('region', { name: 'If the repository key is lost' });
    await advice.waitFor();
    await advice.getByRole('button', { name: 'Rotate the repository key…' }).click();
    await planButton(page, 'Review…').click();
    await planButton(page, 'Rotate the repository key').waitFor();
    await answerAndPublish(page, 'Rotate the repository key', {
      known: (question) => (question.includes('the root key') ? rootPassphrase : repositoryPassphrase),
      fresh: repositoryPassphrase,
    });
    expect(/^\s*targets\s.*?([0-9a-f]{64})/m.exec(await listedByNotary())?.[1]).not.toBe(lost);
    await station.must.notary(['addhash', gun, '2.0', '12', '--sha256', 'cd'.repeat(32), '--publish'], {
      env: { NOTARY_TARGETS_PASSPHRASE: repositoryPassphrase },
    });
  });

  /** From the review of the deletion to its receipt. */
  async function deleteInReview(page: Page): Promise<void> {
    await planButton(page, 'Delete the repository').waitFor();
    expect(await planSheet(page).textContent()).toContain('2.0 can no longer be pulled');
    expect(await accessibilityFindings(page)).toEqual([]);
    await planButton(page, 'Delete the repository').click();
    const question = page.getByRole('alertdialog');
    await question.getByLabel(`Type ${gun} to confirm`).fill('another name');
    expect(await question.getByRole('button', { name: 'Delete it' }).isDisabled()).toBe(true);
    await question.getByLabel(`Type ${gun} to confirm`).fill(gun);
    await page.keyboard.press('Enter');
    await planSheet(page)
      .getByText(/^Read back from/)
      .waitFor();
    const notice = await planSheet(page).getByLabel('Notice to consumers').textContent();
    expect(notice).toContain(`rm -r ~/.docker/trust/tuf/${gun}`);
    // Nothing was lost here.
    expect(notice).not.toContain('lost');
    await planButton(page, 'Done').click();
    await gone(page);
    await page.getByText('The trust server has no trust data of it any more.').waitFor();
  }

  it('says until when things go on without the root key, and how to start over, and deletes; it works as written', async () => {
    const { desk, station, consumer } = place();
    const { page } = desk;
    const rootOf = async () => /^\s*root\s.*?([0-9a-f]{64})/m.exec(await listedByNotary())?.[1] ?? '';
    const root = await rootOf();
    const privateFolder = join(station.trustDirectory, 'private');
    await rename(join(privateFolder, `${root}.key`), join(station.home, 'lost-root.key'));
    await page.keyboard.press('Control+k');
    await page.keyboard.type('Lost keys');
    await page.keyboard.press('Enter');
    const advice = top(page).getByRole('region', { name: 'If the root key is lost' });
    await advice.getByText(/until the root expires on 20\d\d-\d\d-\d\d/).waitFor();
    await advice.getByRole('button', { name: 'How to start over under the same name' }).click();
    const notice = (await advice.locator('pre').textContent()) ?? '';
    const inspect = () => consumer.docker(['trust', 'inspect', '--pretty', gun]);
    expect((await inspect()).status).toBe(0);
    const shell = (command: string, at: typeof station) =>
      mustRun('/bin/sh', ['-c', command], { cwd: at.home, env: at.environment });
    expect(await advice.locator('code').textContent()).toBe(`trustdesk list ${gun}`);
    await advice.getByRole('button', { name: 'Delete on the server…' }).click();
    await deleteInReview(page);
    await station.must.notary(['init', gun]);
    await station.must.notary(['publish', gun]);
    expect(await rootOf()).not.toBe(root);
    const [seen = ''] = notice.replaceAll('\n', ' ').split('What to do');
    const said = [...seen.matchAll(/"([^"]+)"/g)].map(([, words = '']) => words);
    expect(said).toHaveLength(2);
    const refusals = [await consumer.notary(['list', gun]), await inspect()];
    for (const [at, { status, stdout, stderr }] of refusals.entries()) {
      expect(status).not.toBe(0);
      expect(stdout + stderr).toContain(said[at]);
    }
    const [, forget = ''] = /^ +(rm -r .*)$/m.exec(notice) ?? [];
    await shell(forget, consumer);
    expect((await inspect()).status).toBe(0);
    expectQuiet(desk);
  });
});
