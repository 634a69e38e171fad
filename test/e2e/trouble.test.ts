/** What can be wrong with a server, seen from the window: an unknown CA, a server that is down, nothing signed. */
import { X509Certificate } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { describeWithPeers } from '../lab/describe-with-peers.ts';
import { startNotaryServer } from '../lab/notary-server.ts';
import { useScope } from '../lab/use-scope.ts';
import { makeWorkstation } from '../lab/workstation.ts';
import { addRepository, expectQuiet, openRepository, shownTags, sitDown, tagGrid } from './desk.ts';

const gun = 'registry.example.test/acme/app';
const other = 'registry.example.test/acme/other';
const digest = 'ab'.repeat(32);
const publish = ['addhash', gun, '1.0', '12', '--sha256', digest, '--publish'];

describeWithPeers('trouble', ['chromium', 'docker', 'notary', 'notary-server'], () => {
  describe.each([
    ['that shows its own certificate only', false],
    ["that shows its CA's certificate too", true],
  ])('with a server of an unknown CA, %s', (_, sendsChain) => {
    const place = useScope(async (scope) => {
      const notary = await startNotaryServer(scope, { sendsChain });
      const owner = await makeWorkstation(scope, { notary });
      await owner.must.notary(['init', gun]);
      await owner.must.notary(publish);
      const station = await makeWorkstation(scope, { notary, trustsServer: false });
      return { notary, desk: await sitDown(scope, station.environment) };
    });
    const unknown = () => place().desk.page.getByRole('region', { name: 'Unknown certificate authority' });

    it('does not read from it, says why, and lets the doctor look', async () => {
      const { page } = place().desk;
      await addRepository(page, gun);
      const alert = page.getByRole('alert').first();
      await alert.getByText(/issued by an authority that is not known here/).waitFor();
      await page.getByRole('button', { name: 'Diagnose…' }).click();
      await page.getByRole('dialog', { name: 'Connection doctor' }).waitFor();
      await unknown().waitFor();
      expect(await tagGrid(page).count()).toBe(0);
    });

    it('shows the fingerprint of what would be trusted, and trusts it only after a question', async () => {
      const { notary, desk } = place();
      const { page } = desk;
      const trusted = sendsChain ? notary.caPem : notary.certificatePem;
      const fingerprint = new X509Certificate(trusted).fingerprint256.replaceAll(':', '').toLowerCase();
      expect((await unknown().textContent())?.replaceAll(/\s/g, '')).toContain(fingerprint);
      const question = page.getByRole('alertdialog', { name: /Trust this certificate authority/ });
      await unknown()
        .getByRole('button', { name: /Trust this CA/ })
        .click();
      expect(await question.textContent()).toContain(fingerprint);
      await question.getByRole('button', { name: 'Cancel' }).click();
      await question.waitFor({ state: 'detached' });
      expect(await unknown().count()).toBe(1);
      await unknown()
        .getByRole('button', { name: /Trust this CA/ })
        .click();
      await question.getByRole('button', { name: /^Trust it for/ }).click();
      await unknown().waitFor({ state: 'detached' });
    });

    it('reads from it from then on', async () => {
      const { page } = place().desk;
      await page.getByRole('dialog').getByRole('button', { name: 'Close' }).click();
      expect(await shownTags(page)).toEqual([['1.0', digest, 'Repo Admin']]);
      expectQuiet(place().desk);
    });
  });

  describe('with a server that went down', () => {
    const place = useScope(async (scope) => {
      const notary = await startNotaryServer(scope);
      const station = await makeWorkstation(scope, { notary });
      await station.must.notary(['init', gun]);
      await station.must.notary(publish);
      await station.must.docker(['trust', 'inspect', gun]);
      return { notary, desk: await sitDown(scope, station.environment) };
    });

    it('goes on showing what was verified, and says that the server was not asked', async () => {
      const { desk, notary } = place();
      const { page } = desk;
      await openRepository(page, gun);
      expect(await shownTags(page)).toEqual([['1.0', digest, 'Repo Admin']]);
      await notary.stop();
      await page.getByRole('button', { name: 'Refresh' }).click();
      await page.getByText('Not checked with the server now.').waitFor();
      expect(await shownTags(page)).toEqual([['1.0', digest, 'Repo Admin']]);
    });

    it('says of a repository that was never read that the server cannot be reached, and shows nothing', async () => {
      const { page } = place().desk;
      await addRepository(page, other);
      await page.getByRole('heading', { level: 1, name: other }).waitFor();
      const alert = page.getByRole('alert').first();
      await alert.waitFor();
      expect(await alert.textContent()).toContain('localhost');
      expect(await alert.textContent()).toMatch(/refuse|reach|answer/);
      expect(await tagGrid(page).count()).toBe(0);
      expectQuiet(place().desk);
    });
  });

  describe('with a repository that was deleted on the server', () => {
    const place = useScope(async (scope) => {
      const notary = await startNotaryServer(scope);
      const owner = await makeWorkstation(scope, { notary });
      await owner.must.notary(['init', gun]);
      await owner.must.notary(publish);
      const station = await makeWorkstation(scope, { notary });
      await station.must.docker(['trust', 'inspect', gun]);
      return { owner, desk: await sitDown(scope, station.environment) };
    });
    const row = () =>
      place().desk.page.getByRole('grid', { name: 'Repositories' }).locator('[aria-rowindex="2"]');

    it('says in the list that it was deleted, without its old numbers', async () => {
      const { desk, owner } = place();
      const { page } = desk;
      await row().locator('.count').first().waitFor();
      expect(await row().locator('.count').allTextContents()).toEqual(['1', '0']);
      await owner.must.notary(['delete', gun, '--remote']);
      await page.getByRole('button', { name: 'Refresh all' }).click();
      await row().getByText('Deleted').waitFor();
      expect(await row().locator('.count').count()).toBe(0);
      expect(await row().getByTitle('1 tag before it was deleted on the server').count()).toBe(1);
    });

    it('says on its page what to do, and shows the old tags as old', async () => {
      const { page } = place().desk;
      await openRepository(page, gun);
      await page.getByText('The trust server has no trust data of it any more.').waitFor();
      await page.getByText(/restore it from an entry under Activity/).waitFor();
      await page.getByText(/None of them is signed there now/).waitFor();
      await page.getByText('This was signed before the repository was deleted on the server.').waitFor();
      expect(await shownTags(page)).toEqual([['1.0', digest, 'Repo Admin']]);
      expect(await page.getByRole('button', { name: /^(Sign|Revoke)/ }).count()).toBe(0);
      expect(await page.getByRole('tab', { name: /Signed tags/ }).textContent()).toBe('Signed tags');
      await page.getByRole('button', { name: 'Create it empty…' }).waitFor();
      expectQuiet(place().desk);
    });
  });

  describe('with nothing signed', () => {
    const empty = 'registry.example.test/acme/empty';
    const place = useScope(async (scope) => {
      const notary = await startNotaryServer(scope);
      const station = await makeWorkstation(scope, { notary });
      await station.must.notary(['init', empty]);
      await station.must.notary(['publish', empty]);
      return { desk: await sitDown(scope, station.environment) };
    });

    it('says of a repository without tags that nothing in it is signed yet', async () => {
      const { page } = place().desk;
      await addRepository(page, empty);
      await page.getByRole('heading', { level: 1, name: empty }).waitFor();
      await page.getByText('No signed tags').waitFor();
      await page.getByRole('tab', { name: /^Signers/ }).click();
      await page.getByText(/No signers|Signed with the repository key only/).waitFor();
      await page.getByRole('tab', { name: /^Delegations/ }).click();
      await page.getByText('No delegations').waitFor();
      expect(await tagGrid(page).count()).toBe(0);
    });

    it('says of a repository that the server does not know whom it asked', async () => {
      const { page } = place().desk;
      await addRepository(page, other);
      await page.getByRole('heading', { level: 1, name: other }).waitFor();
      // Not an alarm: whoever signs first makes it. What is not known is not shown as zero.
      await page.getByText('Nothing is signed in this repository yet.').waitFor();
      expect(await page.getByRole('alert').filter({ hasText: 'trust data' }).count()).toBe(0);
      expect(await page.getByRole('tab', { name: /Signers/ }).textContent()).toBe('Signers');
    });

    it('refuses what is no image reference, in words', async () => {
      const { page } = place().desk;
      await addRepository(page, 'registry.example.test/Acme/App');
      const dialog = page.getByRole('dialog', { name: 'Add repositories' });
      await dialog.getByRole('heading', { name: 'What happened' }).waitFor();
      expect(await dialog.textContent()).toContain('must be lowercase');
      await dialog.getByRole('button', { name: 'Cancel' }).click();
      expectQuiet(place().desk);
    });
  });
});
