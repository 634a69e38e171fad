/**
 * A key custodian at work in the window: makes a key, exports it, sees what removing it would cost, removes it, brings it
 * back, changes its passphrase and certifies it. What is on disk is judged by the real notary.
 */
import { X509Certificate } from 'node:crypto';
import { access, readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { mustRun } from '../lab/child.ts';
import { describeWithPeers } from '../lab/describe-with-peers.ts';
import { startNotaryServer } from '../lab/notary-server.ts';
import { useScope } from '../lab/use-scope.ts';
import { makeWorkstation, repositoryPassphrase } from '../lab/workstation.ts';
import { expectQuiet, sitDown } from './desk.ts';
import {
  choose,
  gone,
  grid,
  listenIn,
  openKeys,
  panel,
  press,
  save,
  top,
  typeTwice,
  unlock,
} from './key-page.ts';

const gun = 'registry.example.test/acme/app';
const vectors = fileURLToPath(new URL('../vectors/docker-trust/keys', import.meta.url));
const otherTargets = '0ba33d85c8a1c0c66957b671e3ac4bcdb4c44d1a68e84d6f0fb1d9e774baa0be';
const ownPassphrase = 'a longer one of my own';

const modeOf = async (file: string) => (await stat(file)).mode & 0o777;
const isThere = (file: string) =>
  access(file).then(
    () => true,
    () => false,
  );

describeWithPeers('keys in the window', ['chromium', 'notary', 'notary-server'], () => {
  const made = { id: '', passphrase: '' };
  const place = useScope(async (scope) => {
    const notary = await startNotaryServer(scope);
    const station = await makeWorkstation(scope, { notary });
    await station.must.notary(['init', gun]);
    await station.must.notary(['publish', gun]);
    const desk = await sitDown(scope, station.environment);
    await desk.page.getByRole('heading', { level: 1, name: 'Repositories' }).waitFor();
    const traffic = listenIn(desk.page);
    await desk.page.reload();
    await openKeys(desk.page);
    await grid(desk.page).waitFor();
    return { station, desk, traffic };
  });
  const keyFile = () => join(place().station.trustDirectory, 'private', `${made.id}.key`);
  const listedByNotary = async () => (await place().station.must.notary(['key', 'list'])).stdout;

  it('generates a key under a passphrase that is made up, shown once and typed to prove it', async () => {
    const { desk, station, traffic } = place();
    const { page } = desk;
    await page.getByRole('button', { name: 'Generate key…' }).click();
    await top(page).getByRole('textbox', { name: 'Name' }).fill('Kim');
    await top(page).getByText('Lower-case letters, digits, - and _ only.').waitFor();
    expect(await top(page).getByRole('button', { name: 'Generate…' }).isDisabled()).toBe(true);
    await top(page).getByRole('textbox', { name: 'Name' }).fill('kim');
    await press(page, 'Generate…');
    expect(await top(page).getByRole('radio', { name: 'Made-up words' }).isChecked()).toBe(true);
    const shown = page.getByTestId('made-up-passphrase');
    await shown.waitFor();
    const kept = top(page).getByRole('button', { name: 'I have kept it' });
    await expect.poll(() => kept.evaluate((button) => button === document.activeElement)).toBe(true);
    made.passphrase = (await shown.textContent()) ?? '';
    expect(made.passphrase).toMatch(/^([a-z]+-){6}[a-z]+$/);
    expect(await top(page).textContent()).toContain('77 bits');
    await press(page, 'I have kept it');
    expect(await top(page).textContent()).not.toContain(made.passphrase);
    const repeated = top(page).getByLabel('Type it from what you kept');
    await repeated.fill(`${made.passphrase.slice(0, -1)}?`);
    expect(await top(page).getByRole('button', { name: 'Use it' }).isDisabled()).toBe(true);
    await repeated.fill(made.passphrase);
    await press(page, 'Use it');
    await top(page).getByText('The key of kim is made').waitFor();
    made.id = (await top(page).locator('code').first().textContent()) ?? '';
    await press(page, 'Save kim.pub…');
    await save(page);
    await top(page).getByText(join(station.home, 'kim.pub')).waitFor();
    await press(page, 'Done');
    await gone(page);
    expect(await readFile(keyFile(), 'utf8')).toMatch(/^-----BEGIN ENCRYPTED PRIVATE KEY-----\nrole: kim\n/);
    expect(await modeOf(keyFile())).toBe(0o600);
    expect(await listedByNotary()).toContain(made.id);
    expect(traffic.received.filter((frame) => frame.includes(made.passphrase))).toEqual([]);
    const carrying = traffic.sent.filter((frame) => frame.includes(made.passphrase));
    expect(carrying).toHaveLength(1);
    expect(carrying[0]).toContain('prompts.answer');
  });

  it('says how hard a passphrase of one’s own is to guess, and takes none that docker would not', async () => {
    const { page } = place().desk;
    await page.getByRole('button', { name: 'Generate key…' }).click();
    await top(page).getByRole('radio', { name: 'Root key' }).click();
    await press(page, 'Generate…');
    await top(page).getByRole('radio', { name: 'Choose my own' }).click();
    const field = top(page).getByLabel('New passphrase', { exact: true }).last();
    await field.fill('docker1');
    await top(page)
      .getByText(/^At least 8 characters/)
      .waitFor();
    await field.fill('password1');
    await top(page).getByRole('meter').waitFor();
    const meter = () => top(page).getByRole('meter').getAttribute('aria-valuetext');
    await expect.poll(meter).toBe('Guessed at once');
    await field.fill('eleven purple kayaks argue quietly');
    await expect.poll(meter).toBe('Very hard to guess');
    const before = await listedByNotary();
    await press(page, 'Cancel');
    await press(page, 'Cancel');
    await gone(page);
    expect(await listedByNotary()).toBe(before);
  });

  it('exports the key as notary does, 0600, and overwrites nothing', async () => {
    const { desk, station } = place();
    const { page } = desk;
    await panel(page).getByRole('button', { name: 'Export…' }).click();
    await press(page, 'Export…');
    await save(page, 'kim-bundle.pem');
    const bundle = join(station.home, 'kim-bundle.pem');
    await top(page).getByText(bundle).waitFor();
    await press(page, 'Done');
    expect(await modeOf(bundle)).toBe(0o600);
    await station.must.notary(['key', 'export', '--key', made.id, '-o', join(station.home, 'by-notary.pem')]);
    const text = await readFile(bundle, 'utf8');
    expect(text).toBe(await readFile(join(station.home, 'by-notary.pem'), 'utf8'));
    await panel(page).getByRole('button', { name: 'Export…' }).click();
    await press(page, 'Export…');
    await save(page, 'kim-bundle.pem');
    await top(page)
      .getByText(/already exists/)
      .waitFor();
    await press(page, 'Cancel');
    expect(await readFile(bundle, 'utf8')).toBe(text);
  });

  it('exports for other tools, which open it with the same passphrase', async () => {
    const { desk, station } = place();
    const { page } = desk;
    await panel(page).getByRole('button', { name: 'Export…' }).click();
    await top(page).getByRole('radio', { name: 'For OpenSSL and other tools' }).check();
    await press(page, 'Export…');
    await save(page, 'kim-pkcs8.pem');
    await unlock(page, 'not this one');
    await top(page).getByText('That passphrase does not open this key. Try again.').waitFor();
    await unlock(page, made.passphrase);
    const file = join(station.home, 'kim-pkcs8.pem');
    await top(page).getByText(file).waitFor();
    await press(page, 'Done');
    expect(await modeOf(file)).toBe(0o600);
    const env = { PASS: made.passphrase };
    const opened = await mustRun('openssl', ['pkey', '-in', file, '-passin', 'env:PASS', '-pubout'], { env });
    const body = (pem: string) => pem.replace(/^-----.*$|^role:.*$|\s/gm, '');
    expect(body(opened.stdout)).toBe(body(await readFile(join(station.home, 'kim.pub'), 'utf8')));
  });

  it('makes a certificate that notary takes for a delegation', async () => {
    const { desk, station } = place();
    const { page } = desk;
    await panel(page).getByRole('button', { name: 'Certificate…' }).click();
    await top(page).getByRole('radio', { name: 'Self-signed certificate' }).click();
    await top(page).getByRole('textbox', { name: 'Organisation' }).fill('Acme');
    await press(page, 'Make certificate…');
    await save(page);
    await unlock(page, made.passphrase);
    const file = join(station.home, 'kim.crt');
    await top(page).getByText(file).waitFor();
    await press(page, 'Done');
    const certificate = new X509Certificate(await readFile(file));
    expect(certificate.subject).toBe('O=Acme\nCN=kim');
    for (const role of ['targets/kim', 'targets/releases']) {
      await station.must.notary(['delegation', 'add', gun, role, file, '--all-paths', '--publish']);
    }
    await page.keyboard.press('Control+k');
    await page.keyboard.type('Refresh all');
    await page.keyboard.press('Enter');
    await expect
      .poll(async () => {
        await page
          .getByRole('navigation')
          .getByRole('button', { name: /^Activity/ })
          .click();
        await openKeys(page);
        return panel(page).textContent();
      })
      .toContain('targets/kim');
  });

  it('says what removing a key costs, and removes it after its name was typed', async () => {
    const { desk } = place();
    const { page } = desk;
    await panel(page).getByRole('button', { name: 'Remove…' }).click();
    await top(page)
      .getByText(/Signing as kim is no longer possible for anybody, until .*: it is the only key\./)
      .waitFor();
    await top(page).getByText('Signing releases is no longer possible for anybody').waitFor();
    await top(page).getByText('There is no backup of this key.').waitFor();
    await press(page, 'Remove…');
    const confirm = top(page).getByRole('button', { name: 'Remove key' });
    await top(page).getByRole('textbox', { name: 'Type kim to confirm' }).fill('ki');
    expect(await confirm.isDisabled()).toBe(true);
    await press(page, 'Cancel');
    expect(await isThere(keyFile())).toBe(true);
    await press(page, 'Remove…');
    await top(page).getByRole('textbox', { name: 'Type kim to confirm' }).fill('kim');
    await confirm.click();
    await gone(page);
    expect(await isThere(keyFile())).toBe(false);
    expect(await listedByNotary()).not.toContain(made.id);
    await expect.poll(() => grid(page).textContent()).not.toContain('kim');
  });

  it('brings it back from the bundle, and says why others are refused', async () => {
    const { desk, station } = place();
    const { page } = desk;
    await writeFile(join(station.home, 'open-to-all.pem'), 'x', { mode: 0o644 });
    await writeFile(join(station.home, 'notes.pem'), 'no key', { mode: 0o600 });
    await page.getByRole('button', { name: 'Import…' }).click();
    await press(page, 'Choose files…');
    await choose(page, 'kim-bundle.pem', 'notes.pem', 'open-to-all.pem');
    await top(page).getByText('1 of 3 keys imported.').waitFor();
    const results = (await top(page).getByRole('list', { name: 'Files' }).textContent()) ?? '';
    expect(results).toContain('Signer key kim');
    expect(results).toContain('neither PEM nor DER');
    expect(results).toContain('must not be readable or writable by others');
    await press(page, 'Done');
    await gone(page);
    expect(await modeOf(keyFile())).toBe(0o600);
    expect(await listedByNotary()).toContain(made.id);
  });

  it('asks once for the passphrase of a file from another tool, and refuses a key that is here', async () => {
    const { desk, station } = place();
    const { page } = desk;
    await page.getByRole('button', { name: 'Import…' }).click();
    await press(page, 'Choose files…');
    await choose(page, 'kim-pkcs8.pem');
    await top(page).getByText('Passphrase of the key in kim-pkcs8.pem').waitFor();
    await unlock(page, made.passphrase);
    await top(page).getByText(`Key ${made.id} is already here.`).waitFor();
    await press(page, 'Done');
    expect(await readdir(join(station.trustDirectory, 'private'))).toHaveLength(4);
  });

  it('asks for the repository of a key whose file does not name it', async () => {
    const { desk, station } = place();
    const { page } = desk;
    const stored = await readFile(join(vectors, `${otherTargets}.key`), 'utf8');
    await writeFile(join(station.home, 'targets.pem'), stored.replace(/^gun: .*\n/m, ''), { mode: 0o600 });
    await page.getByRole('button', { name: 'Import…' }).click();
    await press(page, 'Choose files…');
    await choose(page, 'targets.pem');
    await top(page)
      .getByText(/A targets key belongs to one repository/)
      .waitFor();
    await top(page).getByRole('textbox', { name: 'Repository of the key' }).fill(`${gun}-2`);
    await press(page, 'Choose more files…');
    await choose(page, 'targets.pem');
    await unlock(page, repositoryPassphrase);
    await top(page).getByText('1 key imported.').waitFor();
    await press(page, 'Done');
    await gone(page);
    expect(await listedByNotary()).toMatch(new RegExp(`targets\\s.*${otherTargets}`));
    await mustRun('rm', [join(station.trustDirectory, 'private', `${otherTargets}.key`)]);
  });

  it('changes the passphrase of every key that shares it, and of no other', async () => {
    const { desk, station } = place();
    const { page } = desk;
    await grid(page).getByText('kim', { exact: true }).click();
    await panel(page).getByRole('button', { name: 'Passphrase…' }).click();
    await top(page).getByRole('radio', { name: 'Every key with the same passphrase' }).check();
    await press(page, 'Change…');
    await unlock(page, made.passphrase);
    await typeTwice(page, ownPassphrase);
    const keys = top(page).getByRole('list', { name: 'Keys' }).getByRole('listitem');
    await keys.first().waitFor();
    const outcomes = (await keys.allTextContents()).map((text) =>
      /^(Changed|Has another)(.*?)[0-9a-f]{12}/.exec(text),
    );
    expect(outcomes.map((found) => found?.[1]).sort()).toEqual([
      'Changed',
      'Has another',
      'Has another',
      'Has another',
    ]);
    await press(page, 'Done');
    expect(await modeOf(keyFile())).toBe(0o600);
    const sign = (tag: string, passphrase: string) =>
      station.notary(
        ['addhash', gun, tag, '12', '--sha256', 'ab'.repeat(32), '-r', 'targets/kim', '--publish'],
        { env: { NOTARY_DELEGATION_PASSPHRASE: passphrase } },
      );
    expect((await sign('1.0', made.passphrase)).status).not.toBe(0);
    await station.must.notary(['reset', gun, '--all']);
    expect((await sign('1.0', ownPassphrase)).status).toBe(0);
    expect((await station.must.notary(['list', gun, '-r', 'targets/kim'])).stdout).toContain('1.0');
  });

  it('remembers a passphrase where the person said so, and forgets it on request', async () => {
    const { page } = place().desk;
    await panel(page).getByText('No', { exact: true }).waitFor();
    await panel(page).getByRole('button', { name: 'Certificate…' }).click();
    await press(page, 'Make request…');
    await save(page);
    await top(page).getByRole('radio', { name: 'For 15 minutes of use' }).check();
    await unlock(page, ownPassphrase);
    await press(page, 'Done');
    await panel(page).getByText('For this session').waitFor();
    await page.getByRole('button', { name: /^Unlocked/ }).waitFor();
    await panel(page).getByRole('button', { name: 'Forget' }).click();
    await panel(page).getByText('No', { exact: true }).waitFor();
    await page.getByRole('button', { name: /^Unlocked/ }).waitFor({ state: 'detached' });
    expect(await panel(page).getByRole('button', { name: 'Forget' }).count()).toBe(0);
  });

  it('wrote down what was done, and said no secret anywhere', async () => {
    const { desk, station, traffic } = place();
    const { page } = desk;
    await page
      .getByRole('navigation')
      .getByRole('button', { name: /^Activity/ })
      .click();
    const log = page.getByRole('table', { name: 'Activity' });
    for (const entry of [
      'Generated kim’s key',
      'Exported kim’s key',
      'Removed kim’s key',
      'Imported kim’s key',
    ])
      await log.getByText(entry).first().waitFor();
    await log.getByText('Changed the passphrase of kim’s key').waitFor();
    const files = await readdir(station.trustdeskHome, { recursive: true, withFileTypes: true });
    const written = await Promise.all(
      files.filter((file) => file.isFile()).map((file) => readFile(join(file.parentPath, file.name), 'utf8')),
    );
    const secrets = [made.passphrase, ownPassphrase, 'PRIVATE KEY'];
    for (const text of [...written, ...traffic.received, desk.app.output()])
      for (const secret of secrets) expect(text.includes(secret)).toBe(false);
    expectQuiet(desk);
  });
});
