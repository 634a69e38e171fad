/**
 * A key custodian's year in the window: two copies written and proven, a sheet and shares on paper, the root key taken
 * offline, the drill, the key brought back for one operation, and everything restored onto another computer. What the
 * files are worth is judged by the real docker and notary. Everything that crosses is searched for secrets.
 */
import { copyFile, mkdir, readdir, readFile, stat, unlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Locator, Page } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import { describeWithPeers } from '../lab/describe-with-peers.ts';
import { startNotaryServer } from '../lab/notary-server.ts';
import type { Scope } from '../lab/scope.ts';
import { useScope } from '../lab/use-scope.ts';
import { makeWorkstation, rootPassphrase, type Workstation } from '../lab/workstation.ts';
import { accessibilityFindings } from './axe.ts';
import { type Desk, expectQuiet, openRepository, sitDown } from './desk.ts';
import { pluggedDrives } from '../lab/plugged-drives.ts';
import { callsWith, listenIn, type Traffic } from './traffic.ts';

const gun = 'registry.example.test/acme/app';
const backupPassphrase = 'seven grey herons at the weir';

const top = (page: Page): Locator => page.locator('[role=dialog], [role=alertdialog]').last();
const press = (page: Page, name: string | RegExp) =>
  top(page)
    .getByRole('button', { name, exact: typeof name === 'string' })
    .click();
const gone = (page: Page) => page.locator('[role=dialog], [role=alertdialog]').waitFor({ state: 'detached' });
const titled = (page: Page, name: string | RegExp) =>
  top(page).getByRole('heading', { level: 2, name }).waitFor();
const textOf = async (page: Page) => (await top(page).textContent()) ?? '';

async function openBackups(page: Page): Promise<void> {
  await page
    .getByRole('navigation')
    .getByRole('button', { name: /^Backups/ })
    .click();
  await page.getByRole('heading', { level: 1, name: 'Backups' }).waitFor();
}

async function give(page: Page, passphrase: string): Promise<void> {
  await top(page).getByRole('textbox', { name: 'Passphrase' }).fill(passphrase);
  await press(page, 'Unlock');
}

/** Chooses entries of the listing, going into folders that end in a slash. */
async function chooseIn(page: Page, ...names: readonly string[]): Promise<void> {
  for (const name of names) {
    const option = top(page).getByRole('option', { name: name.replace(/\/$/, ''), exact: true });
    await option.waitFor();
    if (name.endsWith('/')) await option.dblclick();
    else await option.click();
  }
  await press(page, /^Choose/);
}

async function expectAccessible(page: Page): Promise<void> {
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
    expect(await accessibilityFindings(page)).toEqual([]);
  }
  await page.emulateMedia({ colorScheme: 'light', reducedMotion: 'reduce' });
}

interface Seat {
  readonly station: Workstation;
  readonly desk: Desk;
  readonly traffic: Traffic;
}

async function sit(
  scope: Scope,
  station: Workstation,
  more: Readonly<Record<string, string>>,
): Promise<Seat> {
  const desk = await sitDown(scope, { ...station.environment, ...more });
  // The way in is taken once: only a window that is in can be reloaded.
  await desk.page.getByRole('navigation').waitFor();
  const traffic = listenIn(desk.page);
  await desk.page.reload();
  await openBackups(desk.page);
  return { station, desk, traffic };
}

const keysIn = async ({ trustDirectory }: Workstation) =>
  (await readdir(join(trustDirectory, 'private')).catch(() => [])).filter((name) => name.endsWith('.key'));

async function rootKeyOf({ trustDirectory }: Workstation): Promise<string> {
  const folder = join(trustDirectory, 'private');
  for (const name of await readdir(folder)) {
    if ((await readFile(join(folder, name), 'utf8')).includes('role: root')) return name.replace('.key', '');
  }
  throw new Error('no root key');
}

/** As a telephone sees paper on a desk. */
async function photograph(page: Page, sheetFile: string, file: string): Promise<void> {
  const paper = await page.context().newPage();
  await paper.goto(pathToFileURL(sheetFile).href);
  await paper.setViewportSize({ width: 1600, height: 2200 });
  await paper.addStyleTag({
    content: `html { background: #8a8275; } body { background: #f2efe8; padding: 60px; zoom: 1.8;
      transform: perspective(1600px) rotateX(14deg) rotateY(-9deg) rotate(4deg) scale(0.8); filter: blur(0.5px) contrast(0.7); }`,
  });
  await paper.screenshot({ path: file, type: 'jpeg', quality: 70 });
  await paper.close();
}

describeWithPeers('backups in the window', ['chromium', 'docker', 'notary', 'notary-server'], () => {
  const made = { root: '', pem: '', shares: [] as string[], sheetCode: '', sheetFile: '' };
  const place = useScope(async (scope) => {
    const notary = await startNotaryServer(scope);
    const drives = await pluggedDrives(scope, ['BLUE', 'GREEN']);
    const station = await makeWorkstation(scope, { notary });
    await station.must.notary(['init', gun]);
    await station.must.notary(['publish', gun]);
    await mkdir(join(station.home, 'safe'));
    made.root = await rootKeyOf(station);
    made.pem = await readFile(join(station.trustDirectory, 'private', `${made.root}.key`), 'utf8');
    const other = await makeWorkstation(scope, { notary });
    const here = await sit(scope, station, { PATH: drives.path });
    return { scope, drives, here, other };
  });
  const page = () => place().here.desk.page;
  const rootFile = () => join(place().here.station.trustDirectory, 'private', `${made.root}.key`);
  const backupIn = async (folder: string) => {
    const [name] = (await readdir(folder)).filter((entry) => entry.endsWith('.age'));
    return name ?? '';
  };

  it('says that the root key has no backup, and opens the wizard from the command palette', async () => {
    await page().getByText('The root key has no backup.').waitFor();
    await expectAccessible(page());
    await page().keyboard.press('Control+k');
    await page().keyboard.type('back up');
    await page().keyboard.press('Enter');
    await titled(page(), 'Back up keys');
    expect(await textOf(page())).toContain('1 key in this backup');
    await expectAccessible(page());
    await page().keyboard.press('Escape');
    await gone(page());
  });

  it('gives the focus back to the button that opened the wizard', async () => {
    const button = page().getByRole('button', { name: 'Back up keys…' });
    await button.focus();
    await page().keyboard.press('Enter');
    await titled(page(), 'Back up keys');
    await page().keyboard.press('Escape');
    await gone(page());
    await expect.poll(() => button.evaluate((element) => element === document.activeElement)).toBe(true);
  });

  it('finds drives as they are plugged in, takes any folder, and says what each place is worth', async () => {
    const button = page().getByRole('button', { name: 'Back up keys…' });
    await button.focus();
    await page().keyboard.press('Enter');
    await press(page(), 'Continue');
    await titled(page(), 'Where to');
    await top(page()).getByText('Plug in a USB drive').waitFor();
    await place().drives.plugIn('BLUE');
    await top(page()).getByRole('checkbox', { name: /^BLUE/ }).check();
    await top(page()).getByText('choose a second place too').waitFor();
    await press(page(), 'Choose a folder…');
    await chooseIn(page(), 'safe');
    await titled(page(), 'Where to');
    const folder = top(page()).getByRole('checkbox', { name: /safe/ });
    expect(await folder.isChecked()).toBe(true);
    expect(await textOf(page())).toContain(
      'On the same disk as the keys themselves: lost together with them.',
    );
    expect(await textOf(page())).toContain('A copy on the disk of the keys is lost together with them');
    await expectAccessible(page());
  });

  it('offers a passphrase that is made up, and writes both copies under another that is asked for twice', async () => {
    await press(page(), 'Continue');
    await titled(page(), 'How it is protected');
    await expectAccessible(page());
    await press(page(), 'Write 2 copies');
    await top(page()).getByText('7 words of 2,048, chosen at random: 77 bits.').waitFor();
    await expectAccessible(page());
    await top(page()).getByRole('radio', { name: 'Choose my own' }).click();
    const entry = top(page()).getByLabel('New passphrase', { exact: true }).last();
    await entry.fill('short');
    await top(page())
      .getByText(/At least 8 characters/)
      .waitFor();
    await entry.fill(backupPassphrase);
    await top(page()).getByText('Very hard to guess').waitFor();
    await top(page()).getByLabel('Once more').fill(backupPassphrase);
    await expectAccessible(page());
    await press(page(), 'Use it');
    await titled(page(), 'Written');
    expect(await textOf(page())).toMatch(/Written to BLUE.*Written to .*safe/);
    for (const folder of [place().drives.mountPoint('BLUE'), join(place().here.station.home, 'safe')]) {
      const file = join(folder, await backupIn(folder));
      expect((await stat(file)).mode & 0o777).toBe(0o600);
      expect((await readFile(file, 'latin1')).startsWith('age-encryption.org/v1\n-> scrypt ')).toBe(true);
      expect(await readdir(folder)).toHaveLength(1);
    }
  });

  it('proves the drive only after it was unplugged, with the passphrase given again and every key tried', async () => {
    await press(page(), 'Prove it');
    await titled(page(), 'Prove the backup');
    await press(page(), 'Prove this copy');
    await top(page()).getByText('Unplug BLUE now').waitFor();
    await expectAccessible(page());
    await place().drives.plugIn();
    await top(page()).getByText('Plug BLUE in again').waitFor();
    await place().drives.plugIn('BLUE');
    await give(page(), 'not the passphrase');
    await top(page()).getByText('That passphrase does not open it. Try again.').waitFor();
    await give(page(), backupPassphrase);
    await top(page())
      .getByText(`1 of 1: root key ${made.root.slice(0, 12)}`)
      .waitFor();
    await give(page(), rootPassphrase);
    await top(page()).getByText('1 of 1 key signed a test message').waitFor();
    expect(await textOf(page())).toMatch(/Written down: proven 20\d\d-\d\d-\d\d/);
    await expectAccessible(page());
  });

  it('proves the second copy without asking everything again', async () => {
    await press(page(), 'Continue');
    await top(page())
      .getByText(/Copy 2 of 2/)
      .waitFor();
    expect(await textOf(page())).not.toContain('Unplug');
    await press(page(), 'Prove this copy');
    await top(page()).getByText('1 of 1 key signed a test message').waitFor();
  });

  it('puts the recovery sheet into a file of its own, with the encrypted key in it and no passphrase', async () => {
    await press(page(), 'Continue');
    await titled(page(), 'Recovery sheet');
    await expectAccessible(page());
    await press(page(), 'Save the sheet…');
    await top(page()).getByRole('textbox', { name: 'File name' }).waitFor();
    await press(page(), 'Save');
    await titled(page(), 'Recovery sheet');
    await top(page())
      .getByText(/Saved to /)
      .waitFor();
    const { home } = place().here.station;
    const [name = ''] = (await readdir(home)).filter((entry) => entry.startsWith('trustdesk-recovery-sheet'));
    expect((await stat(join(home, name))).mode & 0o777).toBe(0o600);
    const html = await readFile(join(home, name), 'utf8');
    made.sheetFile = join(home, name);
    made.sheetCode = /<pre>([^<]+)<\/pre>/.exec(html)?.[1] ?? '';
    expect(made.sheetCode).toContain(`path: ${made.root}`);
    expect(html).toContain((made.root.match(/.{4}/g) ?? []).join(' '));
    expect(html).toContain('<svg');
    expect(html).not.toContain('<script');
    for (const secret of [backupPassphrase, rootPassphrase]) expect(html).not.toContain(secret);
  });

  it('one key and its two copies fit on one page of either paper', async () => {
    const paper = await page().context().newPage();
    await paper.goto(pathToFileURL(made.sheetFile).href);
    for (const format of ['A4', 'Letter']) {
      const pdf = await paper.pdf({
        format,
        margin: { top: '11mm', bottom: '11mm', left: '16mm', right: '16mm' },
      });
      expect([format, pdf.toString('latin1').match(/\/Type\s*\/Page\b/g)?.length]).toEqual([format, 1]);
    }
    await paper.close();
  });

  it('splits the passphrase into sheets of shares', async () => {
    await top(page()).getByText('Split the passphrase among several people').click();
    await press(page(), 'Save the sheets…');
    await chooseIn(page(), 'safe');
    await titled(page(), 'Recovery sheet');
    await top(page())
      .getByText(/3 sheets saved in /)
      .waitFor();
    const folder = join(place().here.station.home, 'safe');
    for (const name of (await readdir(folder)).filter((entry) => entry.startsWith('trustdesk-share'))) {
      expect((await stat(join(folder, name))).mode & 0o777).toBe(0o600);
      const html = await readFile(join(folder, name), 'utf8');
      made.shares.push(/<p class="share">([^<]+)<\/p>/.exec(html)?.[1] ?? '');
    }
    expect(made.shares).toHaveLength(3);
    expect(new Set(made.shares).size).toBe(3);
  });

  it('takes the root key offline after saying what that means', async () => {
    await press(page(), 'Continue');
    await titled(page(), 'Take the root key offline');
    await expectAccessible(page());
    await press(page(), /^Take the root key offline… /);
    await titled(page(), /^Take the root key .* offline\?$/);
    expect(await textOf(page())).toMatch(/BLUE \(a drive\): .*safe \(a folder on the disk of the keys\): /s);
    await press(page(), 'Take the root key offline');
    await titled(page(), 'Is the copy kept elsewhere, too?');
    expect(await textOf(page())).toContain(join(place().here.station.home, 'safe'));
    await expectAccessible(page());
    const agree = top(page()).getByRole('button', { name: 'This folder is kept elsewhere' });
    expect(await agree.isDisabled()).toBe(true);
    await top(page())
      .getByLabel(/^Type .* to confirm$/)
      .fill(made.root.slice(0, 7));
    await agree.click();
    await top(page()).getByText('The root key is offline now.').waitFor();
    await press(page(), 'Done');
    await gone(page());
    await expect(stat(rootFile())).rejects.toMatchObject({ code: 'ENOENT' });
    expect((await place().here.station.must.notary(['key', 'list'])).stdout).not.toContain(made.root);
    await page()
      .getByText(/^Offline since .*: on BLUE and /)
      .waitFor();
    await expectAccessible(page());
    await page().getByRole('navigation').getByRole('button', { name: /^Keys/ }).click();
    await page()
      .getByText(/^offline: on BLUE and /)
      .waitFor();
    await page().getByRole('button', { name: 'Lost keys…' }).first().click();
    await titled(page(), 'Lost keys');
    await top(page())
      .getByRole('button', { name: /^Bring back [0-9a-f]{12}…$/ })
      .waitFor();
    expect(await top(page()).getByRole('button', { name: 'Restore a backup…' }).count()).toBe(0);
    await expectAccessible(page());
    await press(page(), 'Close');
    await gone(page());
    await page().getByRole('navigation').getByRole('button', { name: 'Repositories' }).click();
    await page().getByRole('button', { name: 'Create…' }).first().click();
    await titled(page(), 'Create a repository');
    const back = top(page()).getByRole('radio', { name: `Bring back ${made.root.slice(0, 12)}` });
    await expect.poll(() => back.isChecked()).toBe(true);
    await top(page()).getByRole('button', { name: 'Bring it back…' }).waitFor();
    await top(page()).getByLabel('Image reference').fill('registry.example.test:5000/acme/second');
    await top(page()).getByRole('radio', { name: 'Another root key' }).click();
    await expectAccessible(page());
    await press(page(), 'Review…');
    await titled(page(), 'Create the repository');
    expect(await textOf(page())).not.toContain('is kept offline');
    await press(page(), 'Cancel');
    await gone(page());
    await openBackups(page());
  });

  it('leads from a change that needs the root key to where it comes back', async () => {
    await page().getByRole('navigation').getByRole('button', { name: 'Repositories' }).click();
    await openRepository(page(), gun);
    await page()
      .getByRole('tab', { name: /^Administrative/ })
      .click();
    await page().getByRole('button', { name: 'Rotate the repository key…' }).click();
    await press(page(), 'Review…');
    await top(page())
      .getByText(/which is kept offline\./)
      .waitFor();
    await expectAccessible(page());
    await place().drives.plugIn();
    await press(page(), `Bring back ${made.root.slice(0, 12)}…`);
    // The copy in the folder is at hand: no drive has to be plugged in for it.
    await top(page())
      .getByText(/^Brings the root key/)
      .waitFor();
    await press(page(), 'Cancel');
    await gone(page());
    await page().getByRole('heading', { level: 1, name: 'Backups' }).waitFor();
    await place().drives.plugIn('BLUE');
  });

  it('makes the recovery sheet of a copy while the key is offline: the same as when it was here', async () => {
    await page()
      .getByRole('button', { name: new RegExp(`^More about the root key ${made.root.slice(0, 12)}`) })
      .click();
    await page().getByRole('menuitem', { name: 'Recovery sheet…' }).click();
    await titled(page(), 'Recovery sheet');
    expect(await top(page()).getByRole('radio', { name: /^BLUE/ }).isChecked()).toBe(true);
    await expectAccessible(page());
    await press(page(), 'Open it');
    await give(page(), 'not the passphrase');
    await top(page()).getByText('That passphrase does not open it. Try again.').waitFor();
    await give(page(), backupPassphrase);
    await top(page()).getByText('Print the key itself, encrypted, as a QR code').waitFor();
    expect(await textOf(page())).not.toContain('Nobody proved this copy');
    await expectAccessible(page());
    await press(page(), 'Save the sheet…');
    await top(page()).getByRole('textbox', { name: 'File name' }).fill('of-the-copy.html');
    await press(page(), 'Save');
    await top(page())
      .getByText(/Saved to .*of-the-copy\.html/)
      .waitFor();
    const { home } = place().here.station;
    expect((await stat(join(home, 'of-the-copy.html'))).mode & 0o777).toBe(0o600);
    const [here, away] = [
      await readFile(made.sheetFile, 'utf8'),
      await readFile(join(home, 'of-the-copy.html'), 'utf8'),
    ];
    const codeOf = (html: string) => /<pre>([^<]+)<\/pre>/.exec(html)?.[1];
    expect(codeOf(away)).toBe(made.sheetCode);
    expect(codeOf(away)).toBe(codeOf(here));
    await press(page(), 'Done');
    await gone(page());
    await expect(stat(rootFile())).rejects.toMatchObject({ code: 'ENOENT' });
  });

  it('repeats the drill with shares instead of the passphrase', async () => {
    const row = page().getByRole('table', { name: 'Copies' }).getByRole('row', { name: /BLUE/ });
    await row.getByRole('button', { name: 'Check…' }).click();
    await titled(page(), 'Check the copy on BLUE');
    await expectAccessible(page());
    await top(page())
      .getByRole('radio', { name: /^Shares of its passphrase/ })
      .check();
    await press(page(), 'Check it');
    const share = top(page()).getByRole('textbox', { name: 'Share, as printed' });
    await share.fill((made.shares[1] ?? '').replace(/^./, 'Z'));
    await press(page(), 'Take this share');
    await top(page()).getByText('The share is not as it was printed.').waitFor();
    await share.fill((made.shares[1] ?? '').toLowerCase().replaceAll('-', ' '));
    await press(page(), 'Take this share');
    await share.fill(made.shares[2] ?? '');
    await press(page(), 'Take this share');
    await top(page())
      .getByText(/^Passphrase of the root key/)
      .waitFor();
    await give(page(), rootPassphrase);
    await top(page()).getByText('1 of 1 key signed a test message').waitFor();
    await press(page(), 'Done');
    await gone(page());
  });

  it('finds a damaged copy, and no longer calls it proven', async () => {
    const folder = join(place().here.station.home, 'safe');
    const file = join(folder, await backupIn(folder));
    const [whole, damaged] = [await readFile(file), await readFile(file)];
    damaged[damaged.length - 20] = (damaged.at(-20) ?? 0) ^ 1;
    await unlink(file);
    await writeFile(file, damaged, { mode: 0o600 });
    const row = page().getByRole('table', { name: 'Copies' }).getByRole('row', { name: /safe/ });
    await row.getByRole('button', { name: 'Check…' }).click();
    await press(page(), 'Check it');
    await give(page(), backupPassphrase);
    await top(page())
      .getByText(/is damaged/)
      .waitFor();
    await press(page(), 'Cancel');
    await gone(page());
    expect(await row.textContent()).toContain('Damaged at its last check');
    await page()
      .getByText(/failed the last check/)
      .first()
      .waitFor();
    await writeFile(file, whole);
    await row.getByRole('button', { name: 'Check…' }).click();
    await press(page(), 'Check it');
    await give(page(), backupPassphrase);
    await give(page(), rootPassphrase);
    await top(page()).getByText('1 of 1 key signed a test message').waitFor();
    await press(page(), 'Done');
    expect(await row.textContent()).toMatch(/Proven 20\d\d-/);
  });

  it('brings the key back for one operation, says so everywhere, and sends it away again', async () => {
    const { station } = place().here;
    await page().getByRole('button', { name: 'Bring back…' }).click();
    await give(page(), backupPassphrase);
    await page().getByText('The root key is here for one operation.').waitFor();
    expect(await readFile(rootFile(), 'utf8')).toBe(made.pem);
    expect((await stat(rootFile())).mode & 0o777).toBe(0o600);
    await station.must.notary(['init', `${gun}-second`, '--publish']);
    const root = JSON.parse(
      await readFile(join(station.trustDirectory, 'tuf', `${gun}-second`, 'metadata', 'root.json'), 'utf8'),
    ) as { signatures: readonly unknown[] };
    expect(root.signatures).toHaveLength(1);
    await page()
      .getByRole('navigation')
      .getByRole('button', { name: /^Repositories/ })
      .click();
    await expectAccessible(page());
    await page().getByRole('button', { name: 'Send it away' }).click();
    await page().getByText('The root key is here for one operation.').waitFor({ state: 'detached' });
    await expect(stat(rootFile())).rejects.toMatchObject({ code: 'ENOENT' });
    await openBackups(page());
  });

  describe('on another computer', () => {
    const seat = useScope(async (scope) => {
      const { other, here } = place();
      const folder = join(here.station.home, 'safe');
      await copyFile(join(folder, await backupIn(folder)), join(other.home, 'carried.tar.gz.age'));
      return { ...(await sit(scope, other, {})) };
    });
    const there = () => seat().desk.page;

    const trySheet = async () => {
      await there().getByRole('button', { name: 'More about backups' }).click();
      await there().getByRole('menuitem', { name: 'Try a recovery sheet…' }).click();
      await titled(there(), 'Try a recovery sheet');
    };

    it('tries the text of the recovery sheet where no key is, and stores nothing', async () => {
      await there().getByText('Nothing to back up yet').waitFor();
      await trySheet();
      await expectAccessible(there());
      await press(there(), 'Enter the text…');
      await top(there()).getByRole('textbox', { name: 'Text of the code' }).fill(made.sheetCode);
      await press(there(), 'Read it');
      await give(there(), 'not the passphrase');
      await top(there()).getByText('That passphrase does not open this key. Try again.').waitFor();
      await give(there(), rootPassphrase);
      await top(there()).getByText('1 of 1 key signed a test message').waitFor();
      expect(await textOf(there())).toContain('Nothing is written down');
      await expectAccessible(there());
      await press(there(), 'Done');
      await gone(there());
      expect(await keysIn(seat().station)).toEqual([]);
      await there().getByText('Nothing to back up yet').waitFor();
    });

    it('restores from the text of the recovery sheet', async () => {
      await there().getByText('Nothing to back up yet').waitFor();
      await there().getByRole('button', { name: 'Restore…' }).click();
      await top(there())
        .getByRole('radio', { name: /^The text of a recovery sheet/ })
        .check();
      await expectAccessible(there());
      await press(there(), 'Enter the text…');
      const entry = top(there()).getByRole('textbox', { name: 'Text of the code' });
      await entry.fill('a text without a key');
      await press(there(), 'Read it');
      await top(there())
        .getByText(/cannot be read: there is no key in it/)
        .waitFor();
      // What was typed is still there to be corrected, and its blanks and line ends do not matter.
      expect(await entry.inputValue()).toBe('a text without a key');
      await entry.fill(made.sheetCode.replaceAll('\n', ' ').replace('role: root', 'role: r00t'));
      await press(there(), 'Read it');
      await top(there())
        .getByText(/its line "role" is not as it was printed/)
        .waitFor();
      await expectAccessible(there());
      await entry.fill((await entry.inputValue()).replace('r00t', 'root'));
      await press(there(), 'Read it');
      await titled(there(), 'What to bring back');
      expect(await textOf(there())).toContain('Not here yet');
      await expectAccessible(there());
      await press(there(), 'Restore 1 item');
      await give(there(), 'not the passphrase');
      await top(there()).getByText('That passphrase does not open this key. Try again.').waitFor();
      await expectAccessible(there());
      await give(there(), rootPassphrase);
      await titled(there(), '1 item restored');
      await press(there(), 'Done');
      await gone(there());
      expect(await keysIn(seat().station)).toEqual([`${made.root}.key`]);
    });

    it('restores from a photograph of the sheet, taken askew', async () => {
      const { station } = seat();
      await unlink(join(station.trustDirectory, 'private', `${made.root}.key`));
      await photograph(there(), made.sheetFile, join(station.home, 'photo.jpg'));
      await there().getByRole('button', { name: 'Restore…' }).click();
      await top(there())
        .getByRole('radio', { name: /^A picture of a recovery sheet/ })
        .check();
      await press(there(), 'Choose pictures…');
      await chooseIn(there(), 'carried.tar.gz.age');
      await top(there())
        .getByText(/carried\.tar\.gz\.age cannot be read: it is neither a PNG nor a JPEG picture/)
        .waitFor();
      await press(there(), 'Choose pictures…');
      await chooseIn(there(), 'photo.jpg');
      await titled(there(), 'What to bring back');
      await press(there(), 'Restore 1 item');
      await press(there(), 'Cancel');
      await titled(there(), 'Store the key without checking it?');
      await press(there(), 'Store it unchecked');
      await titled(there(), '1 item restored');
      expect(await textOf(there())).toContain('Restored, not checked');
      await expectAccessible(there());
      await press(there(), 'Done');
      await gone(there());
      const file = join(station.trustDirectory, 'private', `${made.root}.key`);
      expect(await readFile(file, 'utf8')).toBe(made.pem);
    });

    it('tries a photograph of the sheet, and says what nobody gave a passphrase for', async () => {
      await trySheet();
      await top(there())
        .getByRole('radio', { name: /^A picture of a recovery sheet/ })
        .check();
      await press(there(), 'Choose pictures…');
      await chooseIn(there(), 'photo.jpg');
      await press(there(), 'Cancel');
      await top(there()).getByText('0 of 1 key signed a test message').waitFor();
      expect(await textOf(there())).toContain('Not every key is proven from it.');
      await press(there(), 'Done');
      await gone(there());
    });

    it('the restored key makes a repository with the real docker and notary', async () => {
      const { must, trustDirectory } = seat().station;
      expect((await must.notary(['key', 'list'])).stdout).toContain(made.root);
      const repository = 'registry.example.test/acme/elsewhere';
      await must.docker(['trust', 'key', 'generate', 'kim', '--dir', seat().station.home]);
      const pub = join(seat().station.home, 'kim.pub');
      await must.docker(['trust', 'signer', 'add', '--key', pub, 'kim', repository]);
      // docker took the restored root key: it made none of its own.
      const files = await Promise.all(
        (await keysIn(seat().station)).map((name) => readFile(join(trustDirectory, 'private', name), 'utf8')),
      );
      expect(files.filter((text) => text.includes('role: root'))).toHaveLength(1);
      expect((await must.docker(['trust', 'inspect', repository])).stdout).toContain('kim');
    });

    it('lists what is there in another form and replaces it only when that is chosen', async () => {
      const file = join(seat().station.trustDirectory, 'private', `${made.root}.key`);
      const changed = made.pem.replace('role: root', 'note: kept here\nrole: root');
      await writeFile(file, changed);
      const open = async () => {
        await there().getByRole('button', { name: 'Restore…' }).click();
        await press(there(), 'Choose and open…');
        await chooseIn(there(), 'carried.tar.gz.age');
        await give(there(), backupPassphrase);
        await titled(there(), 'What to bring back');
      };
      await open();
      expect(await textOf(there())).toContain('Here already, different');
      expect(await top(there()).getByRole('button', { name: 'Restore', exact: true }).isDisabled()).toBe(
        true,
      );
      await press(there(), 'Cancel');
      await gone(there());
      expect(await readFile(file, 'utf8')).toBe(changed);
      await open();
      await top(there()).getByRole('checkbox').first().check();
      await top(there()).getByText('Will be replaced', { exact: true }).waitFor();
      await press(there(), 'Restore 1, replacing 1');
      await titled(there(), 'Replace a key?');
      expect(await textOf(there())).toContain(made.root);
      expect(await top(there()).getByRole('button', { name: 'Replace and restore' }).isDisabled()).toBe(true);
      expect(await readFile(file, 'utf8')).toBe(changed);
      await top(there()).getByRole('textbox', { name: 'Type replace to confirm' }).fill('replace');
      await press(there(), 'Replace and restore');
      await titled(there(), '1 item restored');
      await press(there(), 'Done');
      expect(await readFile(file, 'utf8')).toBe(made.pem);
      const aside = join(seat().desk.app.dataFolder, 'replaced-keys');
      const kept = await readdir(aside);
      expect(await Promise.all(kept.map((name) => readFile(join(aside, name), 'utf8')))).toEqual([changed]);
    });

    it('shows nothing secret to the window', async () => {
      await expectNoSecrets(seat());
      expectQuiet(seat().desk);
    });
  });

  it('lets no secret out to the window, into a log or into the records', async () => {
    await expectNoSecrets(place().here);
    expectQuiet(place().here.desk);
  });

  it('says at the next start that a key was left here when everything was killed', async () => {
    const { scope, drives, here } = place();
    await openBackups(page());
    await page().getByRole('button', { name: 'Bring back…' }).click();
    await give(page(), backupPassphrase);
    await page().getByText('The root key is here for one operation.').waitFor();
    process.kill(here.desk.app.pid, 'SIGKILL');
    const again = await sit(scope, here.station, { PATH: drives.path });
    await again.desk.page.getByText('The root key is here for one operation.').waitFor();
    await again.desk.page.getByRole('button', { name: 'Send it away' }).click();
    await again.desk.page.getByText(/^Offline since /).waitFor();
    await expect(stat(rootFile())).rejects.toMatchObject({ code: 'ENOENT' });
  });

  /** Passphrases and shares come in as answers to prompts only; nothing secret goes out, and nothing is written down. */
  async function expectNoSecrets({ traffic, desk }: Seat): Promise<void> {
    const keyLines = made.pem.split('\n').filter((line) => /^[A-Za-z0-9+/=]{40,}$/.test(line));
    expect(keyLines.length).toBeGreaterThan(2);
    const secrets = [backupPassphrase, rootPassphrase, ...made.shares, ...keyLines, 'PRIVATE KEY'];
    const logs = await readdir(join(desk.app.dataFolder, 'logs')).catch(() => []);
    const written = await Promise.all(
      [...logs.map((name) => join('logs', name)), 'backups.json', 'activity.jsonl'].map((name) =>
        readFile(join(desk.app.dataFolder, name), 'utf8').catch(() => ''),
      ),
    );
    const outside = [...traffic.received, ...written, desk.app.output()].join('\n');
    for (const secret of secrets) expect(outside).not.toContain(secret);
    const inward = secrets.flatMap((secret) => callsWith(traffic, secret));
    expect(new Set(inward)).toEqual(new Set(['prompts.answer']));
    expect(traffic.received.length).toBeGreaterThan(20);
  }
});
