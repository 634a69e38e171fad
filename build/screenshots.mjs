/**
 * Pictures of every screen, of the real app: browser mode is started on an empty computer, the sandbox is opened, and
 * Chromium walks through. Runs under Node after a build; needs Chromium (CHROMIUM or /usr/bin/chromium).
 *
 *   node build/screenshots.mjs FOLDER [--themes light,dark] [--sizes 1280x800,1000x680] [--only NAME,...]
 *   node build/screenshots.mjs --docs      the few pictures that the documentation shows, into docs/images/
 */
import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { chromium } from 'playwright-core';
import { smallPng } from './small-png.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
const START_LIMIT_MS = 120_000;
/** What the documentation shows must stay small: it is cloned by everybody. */
const DOCS_LIMIT_BYTES = 100_000;

const heading = (page, name) => page.getByRole('heading', { level: 1, name }).waitFor();
const section = (number) => (page) => page.keyboard.press(`Control+${number}`);
const tab = (name) => (page) => page.getByRole('tab', { name }).click();
const closeAll = (page) => page.keyboard.press('Escape');

async function openWebshop(page) {
  await section(1)(page);
  await page.getByRole('button', { name: /webshop/ }).click();
  await heading(page, /webshop/);
}

async function reviewSigning(page) {
  await openWebshop(page);
  await page.getByRole('button', { name: /^Sign/ }).first().click();
  await page.getByRole('dialog').getByRole('checkbox').first().check();
  await page.getByRole('dialog').getByRole('radio').first().check();
  await page.getByRole('button', { name: 'Review…' }).click();
  await page.getByRole('button', { name: 'Sign 1 tag' }).waitFor();
}

/** In order: each begins where the one before it left. `leave` undoes what would cover the next. */
const scenes = [
  { name: 'first-run', show: (page) => heading(page, /See who signed/) },
  {
    name: 'connect',
    show: (page) => page.getByRole('button', { name: 'Connect…' }).click(),
    leave: closeAll,
  },
  {
    name: 'repositories',
    once: async (page) => {
      await page.getByRole('button', { name: 'Open the sandbox' }).click();
      await page.getByRole('grid', { name: 'Repositories' }).waitFor();
    },
    show: section(1),
  },
  {
    name: 'repository',
    once: async (page) => {
      await page.getByRole('button', { name: /webshop/ }).click();
      await heading(page, /webshop/);
      await page.getByText('Same').first().waitFor();
      await page.getByText('2.1', { exact: true }).first().click();
    },
    show: () => undefined,
  },
  { name: 'signers', show: tab(/^Signers/) },
  { name: 'administrative-keys', show: tab(/^Administrative/) },
  { name: 'delegations', show: tab(/^Delegations/) },
  { name: 'metadata', show: tab(/^Metadata/) },
  {
    name: 'raw-metadata',
    once: async (page) => {
      await tab(/^Metadata/)(page);
      await page.getByRole('button', { name: 'Raw targets.json' }).click();
    },
    show: (page) => page.getByRole('region', { name: /targets\.json/ }).waitFor(),
  },
  { name: 'keys', show: section('2') },
  { name: 'key', show: (page) => page.getByRole('grid', { name: /keys/i }).getByRole('row').nth(1).click() },
  {
    name: 'generate-key',
    show: (page) => page.getByRole('button', { name: 'Generate key…' }).click(),
    leave: closeAll,
  },
  ...['Backups', 'YubiKey', 'Activity'].map((name) => ({
    name: name.toLowerCase(),
    show: (page) => page.getByRole('button', { name, exact: true }).click(),
  })),
  {
    name: 'backup-wizard',
    show: async (page) => {
      await page.getByRole('button', { name: 'Backups', exact: true }).click();
      await page
        .getByRole('button', { name: /Back up/ })
        .first()
        .click();
    },
    leave: closeAll,
  },
  {
    name: 'create',
    show: async (page) => {
      await section(1)(page);
      await page.getByRole('button', { name: 'Create…' }).click();
    },
    leave: closeAll,
  },
  {
    name: 'sign',
    show: async (page) => {
      await openWebshop(page);
      await page.getByRole('button', { name: /^Sign/ }).first().click();
    },
    leave: closeAll,
  },
  { name: 'sign-review', show: reviewSigning, leave: closeAll },
  {
    name: 'rotate',
    show: async (page) => {
      await openWebshop(page);
      await tab(/^Administrative/)(page);
      await page.getByRole('button', { name: 'Rotate the repository key…' }).click();
    },
    leave: closeAll,
  },
  {
    name: 'rotate-review',
    show: async (page) => {
      await openWebshop(page);
      await tab(/^Administrative/)(page);
      await page.getByRole('button', { name: 'Rotate the repository key…' }).click();
      await page.getByRole('button', { name: 'Review…' }).click();
      await page.getByRole('button', { name: 'Rotate the repository key', exact: true }).waitFor();
    },
    leave: closeAll,
  },
  {
    name: 'lost-keys',
    show: async (page) => {
      await section(2)(page);
      await page.getByRole('button', { name: 'Lost keys…' }).first().click();
    },
    leave: closeAll,
  },
  { name: 'settings', show: (page) => page.getByRole('button', { name: 'Settings', exact: true }).click() },
  {
    name: 'doctor',
    show: async (page) => {
      await section(1)(page);
      await page.getByRole('button', { name: 'Diagnose…' }).click();
      await page.getByRole('textbox', { name: /Image reference/ }).fill('https://127.0.0.1:9');
      await page.getByRole('button', { name: /Examine/ }).click();
      await page.getByText('Something is in the way.').waitFor();
    },
    leave: closeAll,
  },
  {
    name: 'palette',
    show: (page) => page.keyboard.press('Control+k'),
    leave: closeAll,
  },
];

function parseArguments(args) {
  const options = {
    folder: undefined,
    docs: false,
    themes: ['light', 'dark'],
    sizes: ['1280x800', '1000x680'],
  };
  const rest = [...args];
  while (rest.length > 0) {
    const argument = rest.shift();
    if (argument === '--docs') options.docs = true;
    else if (argument === '--themes') options.themes = rest.shift().split(',');
    else if (argument === '--sizes') options.sizes = rest.shift().split(',');
    else if (argument === '--only') options.only = rest.shift().split(',');
    else if (argument.startsWith('--')) throw new Error(`Unknown option ${argument}`);
    else options.folder = argument;
  }
  if (options.docs) {
    return {
      ...options,
      folder: join(root, 'docs/images'),
      sizes: ['1280x800'],
      only: ['repository'],
      limit: DOCS_LIMIT_BYTES,
    };
  }
  if (options.folder === undefined) throw new Error('Usage: node build/screenshots.mjs FOLDER | --docs');
  return options;
}

/** Browser mode on a computer with nothing on it. Resolves with its address and how to end it. */
async function startApp(home) {
  const child = spawn(process.execPath, [join(root, 'build/start.mjs'), '--browser', '--no-open'], {
    cwd: root,
    env: {
      PATH: process.env.PATH,
      HOME: home,
      DOCKER_CONFIG: join(home, '.docker'),
      TRUSTDESK_HOME: join(home, 'trustdesk'),
    },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const ended = new Promise((resolve) => child.once('exit', resolve));
  const address = await new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error('The app did not start in time')), START_LIMIT_MS);
    let output = '';
    child.stdout.setEncoding('utf8').on('data', (text) => {
      output += text;
      const found = /http:\/\/127\.0\.0\.1:\d+\/#[\w-]+/.exec(output);
      if (found === null) return;
      clearTimeout(timer);
      resolve(found[0]);
    });
    child.once('exit', () => reject(new Error(`The app ended:\n${output}`)));
  });
  return {
    address,
    stop: async () => {
      child.kill('SIGTERM');
      await ended;
    },
  };
}

const openBrowser = () =>
  chromium.launch({
    executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
    args: [
      ...(process.getuid?.() === 0 ? ['--no-sandbox'] : []),
      '--disable-background-networking',
      '--disable-component-update',
      '--no-first-run',
    ],
  });

/** Fonts are there and nothing moves any more. */
async function settle(page) {
  await page.evaluate(() => document.fonts.ready);
  await page.waitForFunction(() => document.querySelector('.asking, .waiting') === null);
  await page.evaluate(() => new Promise((resolve) => setTimeout(resolve, 250)));
}

function fileName(scene, theme, size, { sizes }) {
  return sizes.length === 1 ? `${scene}-${theme}.png` : `${scene}-${theme}-${size}.png`;
}

/** A page beside the app's, without its policy, turns the picture into pixels. */
async function withFewColours(page, png, width, height) {
  const other = await page.context().browser().newPage();
  const pixels = await other.evaluate(
    async ({ base64, width, height }) => {
      const image = await window.createImageBitmap(
        await (await fetch(`data:image/png;base64,${base64}`)).blob(),
      );
      const canvas = new window.OffscreenCanvas(width, height).getContext('2d');
      canvas.drawImage(image, 0, 0);
      const bytes = canvas.getImageData(0, 0, width, height).data;
      let text = '';
      for (let at = 0; at < bytes.length; at += 32_768) {
        text += String.fromCharCode(...bytes.subarray(at, at + 32_768));
      }
      return window.btoa(text);
    },
    { base64: png.toString('base64'), width, height },
  );
  await other.close();
  return smallPng(Buffer.from(pixels, 'base64'), width, height);
}

async function picture(page, scene, options) {
  for (const size of options.sizes) {
    const [width, height] = size.split('x').map(Number);
    await page.setViewportSize({ width, height });
    for (const theme of options.themes) {
      await page.emulateMedia({ colorScheme: theme, reducedMotion: 'reduce' });
      await scene.show(page);
      await settle(page);
      const path = join(options.folder, fileName(scene.name, theme, size, options));
      const taken = await page.screenshot();
      const png = options.docs ? await withFewColours(page, taken, width, height) : taken;
      if (png.length > (options.limit ?? Infinity)) throw new Error(`${path} has ${png.length} bytes`);
      writeFileSync(path, png);
      await scene.leave?.(page);
      process.stdout.write(`${path}  ${Math.round(png.length / 1000)} kB\n`);
    }
  }
}

const options = parseArguments(process.argv.slice(2));
mkdirSync(options.folder, { recursive: true });
const home = mkdtempSync(join(tmpdir(), 'trustdesk-pictures-'));
const app = await startApp(home);
const browser = await openBrowser();
try {
  const page = await browser.newPage({ viewport: { width: 1280, height: 800 } });
  page.setDefaultTimeout(30_000);
  page.on('pageerror', (error) => process.stderr.write(`page: ${error.message}\n`));
  page.on('console', (message) => {
    if (message.type() === 'error') process.stderr.write(`page: ${message.text()}\n`);
  });
  await page.goto(app.address);
  for (const scene of scenes) {
    await scene.once?.(page);
    if (options.only?.includes(scene.name) ?? true) await picture(page, scene, options);
    if (scene.name === options.only?.at(-1)) break;
  }
} finally {
  await browser.close();
  await app.stop();
  rmSync(home, { recursive: true, force: true });
}
