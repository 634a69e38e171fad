/**
 * A release engineer with YubiKeys: software ones, behind the real pcscd and Yubico's own library, on a machine of their
 * own. Trustdesk runs there too; its window is looked at from here. What is on the token is judged by the real notary.
 */
import { readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { expect, it } from 'vitest';
import { describeWithPeers } from '../lab/describe-with-peers.ts';
import { startNotaryServer } from '../lab/notary-server.ts';
import { useScope } from '../lab/use-scope.ts';
import { makeWorkstation, repositoryPassphrase, rootPassphrase } from '../lab/workstation.ts';
import { startYubikeyStack, yubikeyPeers } from '../lab/yubikey-stack.ts';
import { makeCertifiedKey } from '../simulator/yubikey/host-certificates.ts';
import { openBrowser, openWindow, startApp } from './app.ts';
import { accessibilityFindings } from './axe.ts';
import { expectQuiet, openRepository, tagGrid } from './desk.ts';
import { callsWith, listenIn } from './traffic.ts';

const gun = 'registry.example.test/acme/app';
const factoryPin = '123456';
const factoryPuk = '12345678';
const ownPin = '731946';
const thirdPin = '864213';
const digest = `sha256:${'5e'.repeat(32)}`;
/** Firmware 5.4.3 tells of its keys; 4.3.5 does not. */
const blue = '11111111';
const grey = '22222222';

const top = (page: Page) => page.locator('[role=dialog], [role=alertdialog]').last();
const button = (page: Page, name: string | RegExp) =>
  top(page).getByRole('button', { name, exact: typeof name === 'string' });
const gone = (page: Page) => page.locator('[role=dialog], [role=alertdialog]').waitFor({ state: 'detached' });
const section = (page: Page, name: RegExp) => page.getByRole('navigation').getByRole('button', { name });
const slots = (page: Page) => page.getByRole('grid', { name: 'Slots' });
const token = (page: Page, serial: string) => page.getByRole('region', { name: `Token ${serial}` });

async function enter(page: Page, label: string, secret: string, then: string): Promise<void> {
  await top(page).getByLabel(label, { exact: true }).fill(secret);
  await button(page, then).click();
}
const enterPin = (page: Page, pin: string) => enter(page, 'PIN', pin, 'Continue');

async function chooseNew(page: Page, what: 'PIN' | 'PUK', value: string): Promise<void> {
  await top(page).getByLabel(`New ${what}`, { exact: true }).fill(value);
  await top(page).getByLabel('Once more', { exact: true }).fill(value);
  await button(page, 'Use it').click();
}

const peers = [...yubikeyPeers, 'chromium', 'notary', 'notary-server', 'yubico-piv-tool'] as const;

describeWithPeers('YubiKeys in the window', peers, () => {
  const place = useScope(async (scope) => {
    const [stack, notary] = await Promise.all([
      startYubikeyStack(scope, {
        devices: [
          { serial: Number(blue), firmware: '5.4.3' },
          { serial: Number(grey), firmware: '4.3.5' },
        ],
      }),
      startNotaryServer(scope),
    ]);
    await stack.reach(notary.port);
    // Its notary runs where no token is, and makes ordinary files.
    const station = await makeWorkstation(scope, { notary });
    await station.must.notary(['init', gun]);
    await station.must.notary(['publish', gun]);
    await station.must.notary(['key', 'rotate', gun, 'snapshot', '--server-managed']);
    const jeff = await makeCertifiedKey('jeff');
    const certificate = join(station.home, 'jeff.crt');
    await writeFile(certificate, jeff.certificatePem);
    for (const role of ['targets/jeff', 'targets/releases']) {
      await station.must.notary(['delegation', 'add', gun, role, certificate, '--all-paths']);
    }
    await station.must.notary(['publish', gun]);
    const inside = await makeWorkstation(scope, { notary, inside: stack.inside }, station);
    await stack.keys[1]?.remove();
    const app = await startApp(scope, inside.environment, 'built', stack.inside(process.execPath));
    await stack.publish(Number(new URL(app.address()).port));
    const desk = { app, ...(await openWindow(await openBrowser(scope), app.address())) };
    const traffic = listenIn(desk.page);
    const isOpen = () => desk.page.getByRole('heading', { level: 1, name: 'Repositories' }).waitFor();
    await isOpen();
    await desk.page.reload();
    await isOpen();
    return { stack, station: inside, desk, traffic, jeff };
  });
  const privateFiles = () => readdir(join(place().station.trustDirectory, 'private'));
  const listedByNotary = async () => (await place().station.must.notary(['key', 'list'])).stdout;

  it('shows what is plugged in, notices a second token and its leaving, and names it', async () => {
    const { desk, stack } = place();
    const { page } = desk;
    await section(page, /^YubiKey/).click();
    await token(page, blue).waitFor();
    await page.getByText('No keys on this token yet').waitFor();
    expect(await token(page, blue).textContent()).toContain('firmware 5.4.3');
    expect(await token(page, blue).textContent()).toContain('All tries left');
    expect(await page.getByRole('radio', { name: /Y/ }).count()).toBe(0);
    await stack.keys[1]?.insert();
    await page.getByText(grey).first().waitFor();
    await page.getByText('2 tokens plugged in').waitFor();
    await stack.keys[1]?.remove();
    await page.getByText('1 token plugged in').waitFor();
    await token(page, blue)
      .getByRole('button', { name: /^More for/ })
      .click();
    await page.getByRole('menuitem', { name: 'Name…' }).click();
    await top(page).getByRole('textbox', { name: 'Name' }).fill('Release key, blue');
    await page.keyboard.press('Enter');
    await gone(page);
    await page.getByRole('heading', { level: 2, name: 'Release key, blue' }).waitFor();
  });

  it('puts the root key on the YubiKey; its file stays, and notary finds it there', async () => {
    const { desk } = place();
    const { page } = desk;
    const before = await privateFiles();
    await page.getByRole('button', { name: 'Put a key on it…' }).click();
    await top(page)
      .getByRole('radio', { name: /^Root key/ })
      .check();
    expect(await top(page).textContent()).toContain('No proven backup');
    await button(page, 'Put it on the token…').click();
    await top(page)
      .getByText(/^Puts the root key .* on token 11111111/)
      .waitFor();
    await enter(page, 'Passphrase', rootPassphrase, 'Unlock');
    await top(page).getByText('Proves that the key in slot 9a of token 11111111 works').waitFor();
    expect(await top(page).textContent()).toContain('Release key, blue (11111111)');
    await enterPin(page, '999999');
    await top(page).getByText('That was wrong. Some tries are used up.').waitFor();
    await enterPin(page, factoryPin);
    await top(page).getByText('Root key is on the token').waitFor();
    await top(page).getByText('The file of the key is still on this computer.').waitFor();
    const id = (await top(page).locator('code').first().textContent()) ?? '';
    await button(page, 'Done').click();
    await gone(page);
    await slots(page).getByText('Root key').waitFor();
    expect(await slots(page).textContent()).toContain('Ready');
    expect(await privateFiles()).toEqual(before);
    const listed = (await listedByNotary()).split('\n').filter((line) => line.includes(id));
    expect(listed.map((line) => line.trim().split(/\s+/).at(-1))).toContain('yubikey');
  });

  it('warns of the factory’s PIN, and changes it', async () => {
    const { desk } = place();
    const { page } = desk;
    await page.getByText('The PIN of this token is the one that every token comes with.').waitFor();
    await page.getByRole('status').getByRole('button', { name: 'Change PIN…' }).click();
    await chooseNew(page, 'PIN', factoryPin);
    await top(page).getByText('That is the one every token comes with. Choose another.').waitFor();
    await chooseNew(page, 'PIN', ownPin);
    await enterPin(page, factoryPin);
    await gone(page);
    await page
      .getByText('The PIN of this token is the one that every token comes with.')
      .waitFor({ state: 'detached' });
    await page.getByText('Release key, blue (11111111) has a new PIN').waitFor();
    expect(await token(page, blue).textContent()).toContain('Locked');
  });

  it('asks before anything in a slot is lost, and loses nothing without a yes', async () => {
    const { desk } = place();
    const { page } = desk;
    const before = await slots(page).textContent();
    await page.getByRole('button', { name: 'Put a key on it…' }).click();
    await top(page)
      .getByRole('radio', { name: /^Repository key/ })
      .check();
    await top(page).getByRole('combobox', { name: 'Slot' }).selectOption('9a');
    await top(page).getByText('Slot 9a is in use.').waitFor();
    await button(page, 'Put it on the token…').click();
    await top(page)
      .getByText(/^Slot 9a of token 11111111 holds the root key/)
      .waitFor();
    expect(await button(page, 'Replace slot 9a').isDisabled()).toBe(true);
    await button(page, 'Cancel').click();
    await top(page).getByRole('combobox', { name: 'Slot' }).selectOption('9d');
    await button(page, 'Put it on the token…').click();
    await enter(page, 'Passphrase', repositoryPassphrase, 'Unlock');
    await enterPin(page, ownPin);
    await top(page).getByText('Repository key is on the token').waitFor();
    await button(page, 'Done').click();
    await gone(page);
    await slots(page).getByText('Repository key').waitFor();
    expect(await slots(page).textContent()).not.toBe(before);
    expect(await slots(page).textContent()).toContain('Root key');
  });

  it('signs a release with a touch: the question stands until the finger is there, then the receipt', async () => {
    const { desk, stack, jeff } = place();
    const { page } = desk;
    // A key that is nowhere but on the token, and wants a touch each time: another program put it there.
    const piv = (args: readonly string[], input: string) => stack.mustRun('yubico-piv-tool', args, { input });
    await piv(['-a', 'import-key', '-s', '82', '--touch-policy=always'], jeff.privatePem);
    await piv(['-a', 'import-certificate', '-s', '82'], jeff.certificatePem);
    // What another program writes to a token shows when it is plugged in again.
    await stack.keys[0]?.remove();
    await page.getByText('Plug in a YubiKey').waitFor();
    await stack.keys[0]?.insert();
    await slots(page).getByText('Signer key jeff').waitFor();
    await section(page, /^Repositories/).click();
    await openRepository(page, gun);
    await page.getByRole('button', { name: 'Refresh' }).click();
    await page.getByText('You can sign as').waitFor();
    await page.getByRole('button', { name: 'Sign tags…' }).click();
    await signDigest(page, '1.0');
    await button(page, 'Sign 1 tag').waitFor();
    expect(await top(page).textContent()).toContain('YubiKey 11111111');
    await stack.keys[0]?.finger({ kind: 'by-hand' });
    await button(page, 'Sign 1 tag').click();
    await top(page).getByText('Signs targets/jeff, targets/releases').waitFor();
    await enterPin(page, ownPin);
    const asked = top(page).getByRole('alert').filter({ hasText: 'now.' });
    await asked.waitFor();
    expect(await asked.textContent()).toContain('Touch Release key, blue (11111111) now.');
    expect(await top(page).textContent()).toContain('1.0');
    expect(await accessibilityFindings(page)).toEqual([]);
    expect(await top(page).textContent()).toContain('1 more touch follows');
    await expect.poll(() => stack.keys[0]?.touch()).toBe(true);
    await asked.waitFor();
    await expect.poll(() => stack.keys[0]?.touch()).toBe(true);
    await top(page)
      .getByText(/^Read back from/)
      .waitFor();
    expect(await top(page).textContent()).toMatch(/targets\/jeff\s*v\d+/);
    await button(page, 'Done').click();
    await gone(page);
    await tagGrid(page).getByTitle('1.0', { exact: true }).waitFor();
    const { stdout } = await place().station.must.notary(['list', gun, '-r', 'targets/jeff']);
    expect(stdout).toContain('1.0');
  });

  it('asks again before the last try, and unblocks a blocked PIN with the PUK', async () => {
    const { desk, stack } = place();
    const { page } = desk;
    await section(page, /^YubiKey/).click();
    await token(page, blue).getByRole('button', { name: 'Change PIN…' }).click();
    await chooseNew(page, 'PIN', thirdPin);
    await enterPin(page, '111111');
    await top(page).getByText('That was wrong. Some tries are used up.').waitFor();
    await enterPin(page, '222222');
    await top(page)
      .getByText(/^One try is left for the PIN of/)
      .waitFor();
    await button(page, 'Cancel').click();
    await gone(page);
    expect((await stack.keys[0]?.state())?.pinTries).toBe(1);
    await page.getByText('One try is left for the PIN.').waitFor();
    await token(page, blue).getByRole('button', { name: 'Change PIN…' }).click();
    await chooseNew(page, 'PIN', thirdPin);
    await button(page, 'Use the last try').click();
    await enterPin(page, '333333');
    await gone(page);
    await page.getByText('The PIN is blocked.').waitFor();
    await token(page, blue).getByRole('button', { name: 'Unblock PIN…' }).click();
    await chooseNew(page, 'PIN', thirdPin);
    await enter(page, 'PUK', factoryPuk, 'Continue');
    await gone(page);
    await token(page, blue).getByText('All tries left').waitFor();
    await page.getByText('The PUK of this token is the one that every token comes with.').waitFor();
    expect((await stack.keys[0]?.state())?.pinTries).toBe(3);
  });

  it('makes a key on the device only after a yes, and says that it has no copy', async () => {
    const { desk, station } = place();
    const { page } = desk;
    const before = await privateFiles();
    await page.getByRole('button', { name: 'Generate on the device…' }).click();
    await top(page).getByRole('textbox', { name: 'Name' }).fill('kim');
    await button(page, 'Generate…').click();
    await top(page)
      .getByText(/^The key is made inside token 11111111 and can never leave it/)
      .waitFor();
    await button(page, 'Make the key').click();
    await enterPin(page, thirdPin);
    await top(page).getByText('There is no copy of this key.').waitFor();
    await button(page, 'Save kim.pub…').click();
    await button(page, 'Save').click();
    await top(page).getByText(join(station.home, 'kim.pub')).waitFor();
    await button(page, 'Done').click();
    await gone(page);
    await slots(page).getByText('Signer key kim').click();
    await page.getByText('On the device: there is no copy, and no backup').waitFor();
    expect(await privateFiles()).toEqual(before);
  });

  it('is worked with the keyboard, and read by a screen reader, in light and dark', async () => {
    const { desk } = place();
    const { page } = desk;
    for (const colorScheme of ['light', 'dark'] as const) {
      await page.emulateMedia({ colorScheme });
      expect(await accessibilityFindings(page)).toEqual([]);
    }
    await page.emulateMedia({ colorScheme: 'light' });
    await page.keyboard.press('Control+1');
    await page.keyboard.press('Control+3');
    await slots(page).focus();
    await page.keyboard.press('ArrowDown');
    await page.getByRole('complementary', { name: /^Slot/ }).waitFor();
    await page.keyboard.press('Control+k');
    await page.keyboard.type('Put a key on Release');
    await page.keyboard.press('Enter');
    await top(page)
      .getByRole('radio', { name: /^Root key/ })
      .waitFor();
    expect(await accessibilityFindings(page)).toEqual([]);
    await page.keyboard.press('Escape');
    await gone(page);
    await expect
      .poll(() => page.evaluate(() => document.activeElement?.getAttribute('aria-label')))
      .toBe('Slots');
  });

  it('says what to do when nothing can be plugged in at all', async () => {
    const { desk, stack } = place();
    const { page } = desk;
    await stack.keys[0]?.remove();
    await page.getByText('Plug in a YubiKey').waitFor();
    await stack.stopService();
    await page.getByText('The smart card service is not running').waitFor();
    expect(await page.getByRole('main').textContent()).toContain('systemctl enable --now pcscd.socket');
    expect(await accessibilityFindings(page)).toEqual([]);
  });

  it('sent every PIN once, as the answer to a question, and said none', () => {
    const { traffic, desk } = place();
    for (const secret of [factoryPin, factoryPuk, ownPin, thirdPin]) {
      expect(new Set(callsWith(traffic, secret))).toEqual(new Set(['prompts.answer']));
      expect(traffic.received.filter((frame) => frame.includes(secret))).toEqual([]);
    }
    expectQuiet(desk);
  });
});

/** A tag that no registry has, by its digest. */
async function signDigest(page: Page, tag: string): Promise<void> {
  await top(page).getByRole('textbox', { name: /^Tags/ }).fill(tag);
  await top(page).getByText('Sign an exact digest instead').click();
  await top(page)
    .getByRole('textbox', { name: /^Digest/ })
    .fill(digest);
  await top(page).getByRole('textbox', { name: /^Size/ }).fill('1234');
  await button(page, 'Review…').click();
}
