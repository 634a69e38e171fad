/**
 * The custodian of a root key moves a repository's root onto a YubiKey, in the window: a software one behind the real
 * pcscd and Yubico's own library. That the token's key is the root afterwards is judged by the real notary, to which
 * nothing but the token is left.
 */
import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { expect, it } from 'vitest';
import { describeWithPeers } from '../lab/describe-with-peers.ts';
import { startNotaryServer } from '../lab/notary-server.ts';
import { useScope } from '../lab/use-scope.ts';
import { makeWorkstation, rootPassphrase } from '../lab/workstation.ts';
import { startYubikeyStack, yubikeyPeers } from '../lab/yubikey-stack.ts';
import { makeCertifiedKey } from '../simulator/yubikey/host-certificates.ts';
import { openBrowser, openWindow, startApp } from './app.ts';
import { accessibilityFindings } from './axe.ts';
import { expectQuiet, openRepository } from './desk.ts';
import { planButton, planSheet } from './plan-review.ts';

const gun = 'registry.example.test/acme/app';
const serial = '11111111';
/** The factory's: notary asks for no other where nobody is at a terminal. */
const pin = '123456';
const peers = [...yubikeyPeers, 'chromium', 'notary', 'notary-server', 'yubico-piv-tool'] as const;

const region = (page: Page) => page.getByRole('region', { name: 'Administrative keys' });
const rootKey = (page: Page) => region(page).locator('.admin-key', { hasText: 'Root key' });

interface Listed {
  readonly role: string;
  readonly id: string;
  readonly location: string;
}

describeWithPeers('the root on a YubiKey, in the window', peers, () => {
  const place = useScope(async (scope) => {
    const [stack, notary] = await Promise.all([
      startYubikeyStack(scope, { devices: [{ serial: Number(serial), firmware: '5.4.3' }] }),
      startNotaryServer(scope),
    ]);
    await stack.reach(notary.port);
    // Its notary runs where no token is: the first root is a file.
    const station = await makeWorkstation(scope, { notary });
    await station.must.notary(['init', gun]);
    await station.must.notary(['publish', gun]);
    await station.must.notary(['key', 'rotate', gun, 'snapshot', '--server-managed']);
    // The root to be is on the token alone, and wants a touch each time.
    const root = await makeCertifiedKey('root');
    const piv = (args: readonly string[], input: string) => stack.mustRun('yubico-piv-tool', args, { input });
    await piv(['-a', 'import-key', '-s', '9a', '--touch-policy=always'], root.privatePem);
    await piv(['-a', 'import-certificate', '-s', '9a'], root.certificatePem);
    const inside = await makeWorkstation(scope, { notary, inside: stack.inside }, station);
    const app = await startApp(scope, inside.environment, 'built', stack.inside(process.execPath));
    await stack.publish(Number(new URL(app.address()).port));
    const desk = { app, ...(await openWindow(await openBrowser(scope), app.address())) };
    return { stack, station: inside, desk };
  });

  const rootOnToken = async (): Promise<string> => {
    const { stdout } = await place().station.must.trustdesk(['key', 'list', '--json']);
    const keys = JSON.parse(stdout) as Listed[];
    return keys.find(({ role, location }) => role === 'root' && location === 'yubikey')?.id ?? '';
  };

  it('is rotated to: chosen by its token, reviewed, PIN, two touches, the old key’s passphrase, receipt', async () => {
    const { desk, stack } = place();
    const { page } = desk;
    const id = await rootOnToken();
    await openRepository(page, gun);
    await page.getByRole('tab', { name: /^Administrative keys/ }).click();
    await rootKey(page).getByText('This computer').waitFor();
    await page.getByRole('button', { name: 'Rotate the root key…' }).click();
    const choice = planSheet(page).getByRole('radio', { name: `Key ${id.slice(0, 12)}` });
    await choice.check();
    expect(await planSheet(page).textContent()).toContain(`YubiKey ${serial}`);
    expect(await accessibilityFindings(page)).toEqual([]);
    await planButton(page, 'Review…').click();
    await planButton(page, 'Rotate the root key').waitFor();
    const reviewed = (await planSheet(page).textContent()) ?? '';
    expect(reviewed).toContain(`YubiKey ${serial}`);
    expect(reviewed).toContain('Whoever pins its certificate has to pin the new one.');

    await stack.keys[0]?.finger({ kind: 'by-hand' });
    await planButton(page, 'Rotate the root key').click();
    await planSheet(page).getByText('Signs root').first().waitFor();
    await planSheet(page).getByLabel('PIN', { exact: true }).fill(pin);
    await planButton(page, 'Continue').click();
    const asked = planSheet(page).getByRole('alert').filter({ hasText: 'now.' });
    // The certificate that the root names it by, before the old key is opened.
    await asked.waitFor();
    expect(await planSheet(page).textContent()).toContain('1 more touch follows');
    await expect.poll(() => stack.keys[0]?.touch()).toBe(true);
    await planSheet(page).getByRole('textbox', { name: 'Passphrase', exact: true }).fill(rootPassphrase);
    await planButton(page, 'Unlock and sign').click();
    await asked.waitFor();
    expect(await planSheet(page).textContent()).not.toContain('more touch');
    await expect.poll(() => stack.keys[0]?.touch()).toBe(true);
    await planSheet(page)
      .getByText(/^Read back from/)
      .waitFor();
    await planButton(page, 'Done').click();
    await planSheet(page).waitFor({ state: 'detached' });
    await rootKey(page).getByText(`YubiKey ${serial}`).waitFor();
    expect((await stack.keys[0]?.state())?.pinTries).toBe(3);
  });

  it('is the root to the server: notary, with the token alone, signs with it', async () => {
    const { desk, stack, station } = place();
    const folder = join(station.trustDirectory, 'private');
    const id = await rootOnToken();
    const { stdout } = await station.must.notary(['key', 'list']);
    expect(stdout).toMatch(new RegExp(`root +${id} +yubikey`));
    const rootFiles = (await readdir(folder)).filter((file) =>
      new RegExp(`root +${file.slice(0, 64)} `).test(stdout),
    );
    expect(rootFiles).toHaveLength(1);
    for (const file of rootFiles) await rm(join(folder, file));
    await stack.keys[0]?.finger({ kind: 'after', ms: 0 });
    await station.must.notary(['key', 'rotate', gun, 'snapshot', '-r']);
    await station.must.notary(['list', gun]);
    expectQuiet(desk);
  });
});
