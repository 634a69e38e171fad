/**
 * A key custodian at work in the window: makes a key, exports it, sees what removing it would cost, removes it, brings it
 * back, changes its passphrase, certifies it, and finds out what to do about lost keys. What is on disk is judged by the
 * real notary.
 */
import { X509Certificate } from 'node:crypto';
import { access, readdir, readFile, rename, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Page } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import { mustRun } from '../lab/child.ts';
import { describeWithPeers } from '../lab/describe-with-peers.ts';
import { startNotaryServer } from '../lab/notary-server.ts';
import { useScope } from '../lab/use-scope.ts';
import { makeWorkstation, repositoryPassphrase } from '../lab/workstation.ts';
import { accessibilityFindings } from './axe.ts';
import { expectQuiet, sitDown } from './desk.ts';

const gun = 'registry.example.test/acme/app';
const vectors = fileURLToPath(new URL('../vectors/docker-trust/keys', import.meta.url));
const otherTargets = '0ba33d85c8a1c0c66957b671e3ac4bcdb4c44d1a68e84d6f0fb1d9e774baa0be';
const ownPassphrase = 'a longer one of my own';

const top = (page: Page) => page.locator('[role=dialog], [role=alertdialog]').last();
const press = (page: Page, name: string | RegExp) =>
  top(page)
    .getByRole('button', { name, exact: typeof name === 'string' })
    .click();
const gone = (page: Page) => page.locator('[role=dialog], [role=alertdialog]').waitFor({ state: 'detached' });
const grid = (page: Page) => page.getByRole('grid', { name: 'Private keys' });
const panel = (page: Page) => page.getByRole('complementary');

/** Everything that crossed between the window and the privileged side. */
function listenIn(page: Page) {
  const traffic = { received: [] as string[], sent: [] as string[] };
  page.on('websocket', (socket) => {
    socket.on('framereceived', ({ payload }) => traffic.received.push(String(payload)));
    socket.on('framesent', ({ payload }) => traffic.sent.push(String(payload)));
  });
  return traffic;
}

async function openKeys(page: Page): Promise<void> {
  await page.getByRole('navigation').getByRole('button', { name: /^Keys/ }).click();
  await page.getByRole('heading', { level: 1, name: 'Keys' }).waitFor();
}

async function save(page: Page, name?: string): Promise<void> {
  const field = top(page).getByRole('textbox', { name: 'File name' });
  await field.waitFor();
  if (name !== undefined) await field.fill(name);
  await press(page, 'Save');
}

async function choose(page: Page, ...names: readonly string[]): Promise<void> {
  const options = names.map((name) => top(page).getByRole('option', { name, exact: true }));
  await options[0]?.waitFor();
  for (const [at, option] of options.entries())
    await option.click(at === 0 ? {} : { modifiers: ['Control'] });
  await press(page, 'Choose');
}

async function typeTwice(page: Page, text: string): Promise<void> {
  await top(page).getByLabel('New passphrase', { exact: true }).last().fill(text);
  await top(page).getByLabel('Once more').fill(text);
  await press(page, 'Use it');
}

async function unlock(page: Page, text: string): Promise<void> {
  await top(page).getByLabel('Passphrase', { exact: true }).fill(text);
  await press(page, 'Unlock');
}

const modeOf = async (file: string) => (await stat(file)).mode & 0o777;
const isThere = (file: string) =>
  access(file).then(
    () => true,
    () => false,
  );

describeWithPeers('keys in the window', ['chromium', 'docker', 'notary', 'notary-server'], () => {
  const made = { id: '', passphrase: '' };
  const place = useScope(async (scope) => {
    const notary = await startNotaryServer(scope);
    const station = await makeWorkstation(scope, { notary });
    await station.must.notary(['init', gun]);
    await station.must.notary(['publish', gun]);
    const consumer = await makeWorkstation(scope, { notary }, station);
    const desk = await sitDown(scope, station.environment);
    await desk.page.getByRole('heading', { level: 1, name: 'Repositories' }).waitFor();
    const traffic = listenIn(desk.page);
    await desk.page.reload();
    await openKeys(desk.page);
    await grid(desk.page).waitFor();
    return { station, consumer, desk, traffic };
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
    await top(page).getByRole('radio', { name: 'Make up words' }).click();
    const shown = page.getByTestId('made-up-passphrase');
    await shown.waitFor();
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
      .getByText('Signing as kim is no longer possible for anybody: it is the only key.')
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

  it('shows the command that replaces a lost repository key; it works', async () => {
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
    const command = (await advice.locator('code').textContent()) ?? '';
    expect(command).toMatch(/^notary -s https:\/\/localhost:\d+ -d \S+ key rotate \S+ targets$/);
    await page.keyboard.press('Escape');
    await gone(page);
    await mustRun('/bin/sh', ['-c', command], { cwd: station.home, env: station.environment });
    expect(/^\s*targets\s.*?([0-9a-f]{64})/m.exec(await listedByNotary())?.[1]).not.toBe(lost);
    await station.must.notary(['addhash', gun, '2.0', '12', '--sha256', 'cd'.repeat(32), '--publish'], {
      env: { NOTARY_TARGETS_PASSPHRASE: repositoryPassphrase },
    });
  });

  it('says until when things go on without the root key, and how to start over; it works as written', async () => {
    const { desk, station, consumer } = place();
    const { page } = desk;
    const rootOf = async () => /^\s*root\s.*?([0-9a-f]{64})/m.exec(await listedByNotary())?.[1] ?? '';
    const root = await rootOf();
    const privateFolder = join(station.trustDirectory, 'private');
    await rename(join(privateFolder, `${root}.key`), join(station.home, 'lost-root.key'));
    await page.getByRole('button', { name: 'Lost keys…' }).click();
    const advice = top(page).getByRole('region', { name: 'If the root key is lost' });
    await advice.getByText(/until the root expires on 20\d\d-\d\d-\d\d/).waitFor();
    await advice.getByRole('button', { name: 'How to start over under the same name' }).click();
    const notice = (await advice.locator('pre').textContent()) ?? '';
    const [list = '', remove = ''] = await advice.locator('code').allTextContents();
    await page.keyboard.press('Escape');
    await gone(page);
    const inspect = () => consumer.docker(['trust', 'inspect', '--pretty', gun]);
    expect((await inspect()).status).toBe(0);
    const shell = (command: string, at: typeof station) =>
      mustRun('/bin/sh', ['-c', command], { cwd: at.home, env: at.environment });
    expect((await shell(list, station)).stdout).toContain('2.0');
    await shell(remove, station);
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

/** From the Keys page, each opened by the keyboard where the palette has it. */
const sheets: readonly (readonly [string, (page: Page) => Promise<unknown>])[] = [
  ['generate', (page) => fromPalette(page, 'Generate key')],
  [
    'new passphrase, chosen',
    async (page) => {
      await fromPalette(page, 'Generate key');
      await top(page).getByRole('textbox', { name: 'Name' }).fill('kim');
      await page.keyboard.press('Enter');
      await top(page).getByLabel('New passphrase', { exact: true }).last().fill('password1');
      await top(page).getByRole('meter').waitFor();
    },
  ],
  [
    'new passphrase, made up',
    async (page) => {
      await top(page).getByRole('radio', { name: 'Make up characters' }).click();
      await page.getByTestId('made-up-passphrase').waitFor();
    },
  ],
  [
    'new passphrase, kept',
    async (page) => {
      await press(page, 'I have kept it');
      await top(page).getByLabel('Type it from what you kept').fill('x');
    },
  ],
  ['import', (page) => fromPalette(page, 'Import keys')],
  ['export', (page) => fromPalette(page, 'Export the root key')],
  ['change passphrase', (page) => fromPalette(page, 'Change the passphrase')],
  [
    'certificate',
    async (page) => {
      await leaveSheets(page);
      await grid(page).getByText('bob', { exact: true }).click();
      await fromPalette(page, 'Make a certificate for bob');
    },
  ],
  [
    'remove',
    async (page) => {
      await fromPalette(page, 'Remove bob');
      await top(page).getByText('There is no backup of this key.').waitFor();
    },
  ],
  [
    'typed confirmation',
    async (page) => {
      await press(page, 'Remove…');
      await top(page).getByRole('textbox', { name: 'Type bob to confirm' }).fill('bo');
    },
  ],
  [
    'lost keys',
    async (page) => {
      await fromPalette(page, 'Lost keys');
      await top(page).getByRole('table', { name: 'Keys of the repository' }).waitFor();
    },
  ],
];

async function leaveSheets(page: Page): Promise<void> {
  const open = page.locator('[role=dialog], [role=alertdialog]');
  for (let left = await open.count(); left > 0; left = await open.count()) {
    await top(page)
      .getByRole('button', { name: /^(Cancel|Close|Done)$/ })
      .click();
    await expect.poll(() => open.count()).toBeLessThan(left);
  }
}

async function fromPalette(page: Page, words: string): Promise<void> {
  await leaveSheets(page);
  await page.keyboard.press('Control+k');
  await page.keyboard.type(words);
  await page.keyboard.press('Enter');
  await top(page).getByRole('heading', { level: 2 }).first().waitFor();
}

describeWithPeers('the sheets of the Keys page', ['chromium'], () => {
  describe.each(['light', 'dark'] as const)('in %s', (scheme) => {
    const desk = useScope(async (scope) => {
      const sat = await sitDown(scope);
      await sat.page.emulateMedia({ colorScheme: scheme, reducedMotion: 'reduce' });
      await sat.page.getByRole('button', { name: 'Open the sandbox' }).click();
      await sat.page.getByRole('grid', { name: 'Repositories' }).waitFor();
      await openKeys(sat.page);
      await grid(sat.page).getByText('root', { exact: true }).click();
      return sat;
    });

    it.each(sheets)('%s is accessible', async (_, show) => {
      await show(desk().page);
      expect(await accessibilityFindings(desk().page)).toEqual([]);
    });

    it('marks the keys of the sandbox', async () => {
      const { page } = desk();
      await leaveSheets(page);
      const rows = await grid(page).getByRole('row').filter({ hasText: 'Sandbox' }).count();
      expect(rows).toBe(6);
      expectQuiet(desk());
    });

    it('gives the focus back to the button that opened a sheet', async () => {
      const { page } = desk();
      const button = page.getByRole('button', { name: 'Generate key…' });
      await button.focus();
      await page.keyboard.press('Enter');
      await top(page).getByRole('textbox', { name: 'Name' }).waitFor();
      await page.keyboard.press('Escape');
      await gone(page);
      await expect.poll(() => button.evaluate((element) => element === document.activeElement)).toBe(true);
    });

    it('opens the guide for lost keys for the repository that is looked at, and for any other', async () => {
      const { page } = desk();
      await page
        .getByRole('navigation')
        .getByRole('button', { name: /^Repositories/ })
        .click();
      await page.getByRole('button', { name: /webshop/ }).click();
      await page.getByRole('button', { name: 'More about this repository' }).click();
      await page.getByRole('menuitem', { name: 'Lost keys…' }).click();
      const choice = top(page).getByRole('combobox', { name: 'Repository' });
      await choice.waitFor();
      expect(await choice.inputValue()).toMatch(/webshop$/);
      await top(page).getByText('Nothing is missing: every role can be signed from here.').waitFor();
      const keys = top(page).getByRole('table', { name: 'Keys of the repository' });
      expect(await keys.textContent()).toContain('Signer alice');
      await choice.selectOption((await choice.inputValue()).replace('webshop', 'tools'));
      await expect.poll(() => keys.textContent()).not.toContain('Signer alice');
      await page.keyboard.press('Escape');
      await gone(page);
      await openKeys(page);
    });

    it('reads no file that is dropped, and says where to choose it', async () => {
      const { page } = desk();
      const files = await page.evaluateHandle(() => {
        const transfer = new DataTransfer();
        transfer.items.add(new File(['-----BEGIN PRIVATE KEY-----'], 'jeff.key'));
        return transfer;
      });
      await page.locator('.keys-page').dispatchEvent('drop', { dataTransfer: files });
      await top(page).getByText('Dropped files are not read.').waitFor();
      await page.keyboard.press('Escape');
      await gone(page);
      expect(await page.locator('.keys-page').textContent()).not.toContain('BEGIN PRIVATE KEY');
    });
  });
});
