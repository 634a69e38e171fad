/** The sandbox, from the first click to throwing it away: everything can be seen with nothing else installed. */
import { connect } from 'node:net';
import { expect, it } from 'vitest';
import { describeWithPeers } from '../lab/describe-with-peers.ts';
import { useScope } from '../lab/use-scope.ts';
import { addRepository, expectQuiet, shownTags, sitDown, tagGrid } from './desk.ts';

const inOrder = [
  '0.9',
  '1.0',
  '1.1',
  '1.2',
  '1.10',
  '2.0',
  '2.1',
  '2.2',
  '3.0-rc1',
  'base',
  'edge',
  'latest',
];

const isListening = (url: string): Promise<boolean> =>
  new Promise((resolve) => {
    const socket = connect(Number(new URL(url).port), '127.0.0.1');
    socket.once('error', () => resolve(false));
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
  });

describeWithPeers('the sandbox', ['chromium'], () => {
  const desk = useScope(async (scope) => {
    const sat = await sitDown(scope);
    await sat.page.getByRole('button', { name: 'Open the sandbox' }).click();
    await sat.page.getByRole('grid', { name: 'Repositories' }).waitFor();
    return sat;
  });

  it('opens with its demo repositories', async () => {
    const { page } = desk();
    const names = await page.locator('.name-last').allTextContents();
    expect(names.sort()).toEqual(['tools', 'webshop']);
    await page.getByRole('button', { name: /webshop/ }).click();
    await page.getByRole('heading', { level: 1, name: /webshop/ }).waitFor();
  });

  it("shows signed tags in docker's order, with who signed them", async () => {
    const rows = await shownTags(desk().page);
    expect(rows.map(([tag]) => tag)).toEqual(inOrder);
    const signers = Object.fromEntries(rows.map(([tag = '', , names]) => [tag, names]));
    expect(signers).toMatchObject({ '1.0': 'alice', '1.10': 'alice, bob', '2.2': 'bob' });
    expect(rows.every(([, digest = '']) => /^[0-9a-f]{64}$/.test(digest))).toBe(true);
  });

  it("says beside each tag what the registry holds now, and names the repository's own signature", async () => {
    const { page } = desk();
    const row = (tag: string) =>
      tagGrid(page).locator('[role=row]', { has: page.getByTitle(tag, { exact: true }) });
    await row('1.0').getByText('Same').waitFor();
    await row('edge').getByText('Different').waitFor();
    await row('0.9').getByText('Not there').waitFor();
    await row('base').getByText('Repo Admin').waitFor();
    await page.getByRole('radio', { name: /Different/ }).check({ force: true });
    expect((await shownTags(page)).map(([tag]) => tag)).toEqual(['edge']);
  });

  it('offers for signing what changed since it was signed, and what nobody signed', async () => {
    const { page } = desk();
    await page.getByRole('button', { name: 'Sign tags…' }).click();
    const list = page.getByRole('list', { name: 'Tags of the registry' });
    await list.getByText('not signed').first().waitFor();
    const moved = list.getByRole('listitem').filter({ hasText: 'changed since it was signed' });
    expect(await moved.allTextContents()).toEqual([expect.stringMatching(/^edge/)]);
    expect(await list.getByRole('checkbox', { checked: true }).count()).toBe(0);
    await page.getByRole('button', { name: 'Cancel' }).click();
  });

  it('lists what nobody signed, without what a signer holds and did not release', async () => {
    const { page } = desk();
    await page.getByRole('radio', { name: /Not signed/ }).check({ force: true });
    const unsigned = page.getByRole('grid', { name: 'Tags that are not signed' });
    await unsigned.locator('[role=row][aria-rowindex="2"]').waitFor();
    expect(await unsigned.getAttribute('aria-rowcount')).toBe('3');
    await page.getByRole('radio', { name: /^Signed/ }).check({ force: true });
  });

  it('has two signers, one of them with two keys', async () => {
    const { page } = desk();
    await page.getByRole('tab', { name: /^Signers/ }).click();
    const table = page.getByRole('table', { name: 'Signers' });
    const rows = await table.getByRole('row').allTextContents();
    expect(rows).toHaveLength(3);
    const keys = (name: string) =>
      table.getByRole('row', { name }).getByRole('button', { name: 'Copy key ID' });
    expect([await keys('alice').count(), await keys('bob').count()]).toEqual([2, 1]);
  });

  it('is reset on request, after a question', async () => {
    const { page } = desk();
    await page.getByRole('button', { name: 'Settings' }).click();
    const section = page.getByRole('region', { name: 'Sandbox' });
    const fingerprint = section.locator('dt:has-text("Its CA") + dd');
    const before = (await fingerprint.textContent()) ?? '';
    const question = page.getByRole('alertdialog', { name: 'Reset the sandbox?' });
    await section.getByRole('button', { name: 'Reset…' }).click();
    await question.getByRole('button', { name: 'Cancel' }).click();
    await question.waitFor({ state: 'detached' });
    expect(await fingerprint.textContent()).toBe(before);
    await section.getByRole('button', { name: 'Reset…' }).click();
    await question.getByRole('button', { name: 'Reset the sandbox' }).click();
    await fingerprint.filter({ hasNotText: before }).waitFor();
    await section.getByText('Running on this computer only').waitFor();
  });

  it('stops listening when it is stopped, and keeps what is in it', async () => {
    const { page } = desk();
    const section = page.getByRole('region', { name: 'Sandbox' });
    const server = (await section.locator('dt:has-text("Trust server") + dd').textContent()) ?? '';
    expect(await isListening(server)).toBe(true);
    await section.getByRole('button', { name: 'Stop', exact: true }).click();
    await section.getByText('Stopped. What is in it is kept.').waitFor();
    expect(await isListening(server)).toBe(false);
    expectQuiet(desk());
  });

  it('is offered again where its repositories were', async () => {
    const { page } = desk();
    await page.getByRole('navigation').getByRole('button', { name: 'Repositories' }).click();
    await page.getByText('The sandbox is stopped.').waitFor();
    await page.getByRole('button', { name: 'Start the sandbox' }).click();
    await page
      .getByRole('grid', { name: 'Repositories' })
      .getByTitle(/webshop$/)
      .first()
      .waitFor();
    expectQuiet(desk());
  });

  it('shows of IDs and dates what tells them apart, in the narrowest window too', async () => {
    const { page } = desk();
    const { width, height } = page.viewportSize() ?? { width: 1280, height: 800 };
    await page.setViewportSize({ width: 1000, height: 680 });
    await page.getByRole('navigation').getByRole('button', { name: 'Keys' }).click();
    await page.getByRole('grid', { name: 'Private keys' }).locator('[aria-rowindex="2"]').waitFor();
    // Of an ID five digits at least stand before the cut.
    const shown = await page
      .getByRole('grid', { name: 'Private keys' })
      .locator('.digest-cell .identifier')
      .evaluateAll((ids) =>
        ids.map((id) => {
          const [head, tail] = [...id.children].map((part) => part.getBoundingClientRect().width);
          return Math.floor((head ?? 0) / ((tail ?? 1) / 6));
        }),
      );
    expect(shown.length).toBeGreaterThan(3);
    expect(Math.min(...shown)).toBeGreaterThan(5);
    await page.getByRole('navigation').getByRole('button', { name: 'Repositories' }).click();
    await page.getByRole('button', { name: /tools/ }).click();
    await page.locator('.whole-date').first().waitFor();
    await page.getByRole('button', { name: /more$/ }).click();
    const lines = await page
      .locator('.whole-date')
      .evaluateAll((dates) => dates.map((date) => date.getClientRects().length));
    expect(new Set(lines)).toEqual(new Set([1]));
    await page.setViewportSize({ width, height });
  });

  it('is said to be stopped above other repositories, and where one of its own is opened', async () => {
    const { page } = desk();
    const list = page.getByRole('grid', { name: 'Repositories' });
    await addRepository(page, 'localhost:1/acme/app');
    await page.getByRole('button', { name: 'Settings' }).click();
    const section = page.getByRole('region', { name: 'Sandbox' });
    const webshop = (await section.getByRole('button', { name: /webshop$/ }).textContent()) ?? '';
    await section.getByRole('button', { name: 'Stop', exact: true }).click();
    await section.getByText('Stopped. What is in it is kept.').waitFor();
    await page.getByRole('navigation').getByRole('button', { name: 'Repositories' }).click();
    await list.waitFor();
    await page.getByText('The sandbox is stopped: its repositories are not listed.').waitFor();
    await addRepository(page, webshop);
    await page.getByRole('heading', { level: 1, name: webshop }).waitFor();
    const said = page.getByText('The sandbox is stopped.', { exact: true });
    await said.waitFor();
    await page.getByRole('button', { name: 'Start the sandbox' }).click();
    await tagGrid(page).waitFor();
    expect(await said.count()).toBe(0);
    expectQuiet(desk());
  });
});
