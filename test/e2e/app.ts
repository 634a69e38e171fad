/**
 * Trustdesk as a person has it: started with the start command in browser mode, looked at with a real Chromium.
 * Test code. Every app has its own home, data folder and trust directory, and ends with its scope.
 */
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { chromium } from 'playwright-core';
import type { Browser, Page } from 'playwright-core';
import { basicEnvironment, until } from '../lab/child.ts';
import { peerPath } from '../lab/peers.ts';
import type { Scope } from '../lab/scope.ts';

const root = fileURLToPath(new URL('../../', import.meta.url));
const PAGE_LIMIT_MS = 20_000;

export interface App {
  /** The newest address that was printed: it opens one window, once. */
  address(): string;
  /** Waits for the address that is printed when the window has left. */
  nextAddress(): Promise<string>;
  output(): string;
  readonly pid: number;
  /** Where it keeps its settings and logs. */
  readonly dataFolder: string;
}

export interface Window {
  readonly page: Page;
  /** What the page complained about, and what it tried to reach. */
  readonly complaints: readonly string[];
  readonly requests: readonly string[];
  close(): Promise<void>;
}

const addresses = (output: string): readonly string[] =>
  [...output.matchAll(/http:\/\/127\.0\.0\.1:\d+\/#[\w-]+/g)].map(([address]) => address);

/** `npm start` makes sure of the build first; everything else starts what was built. */
const programs = {
  built: ['dist/browser/server.js', '--no-open', '--port', '0'],
  start: ['build/start.mjs', '--browser', '--no-open', '--port', '0'],
} as const;

/**
 * `environment` is that of a workstation, or empty for a computer with nothing on it. `node`: what runs it, when not this
 * Node here (`YubikeyStack.inside`).
 */
export async function startApp(
  scope: Scope,
  environment: Readonly<Record<string, string>> = {},
  program: keyof typeof programs = 'built',
  node: string = process.execPath,
): Promise<App> {
  const dataFolder = environment['TRUSTDESK_HOME'] ?? join(scope.folder, 'trustdesk');
  const [script, ...flags] = programs[program];
  const child = spawn(node, [join(root, script), ...flags], {
    cwd: root,
    env: {
      ...basicEnvironment(),
      HOME: scope.folder,
      DOCKER_CONFIG: join(scope.folder, '.docker'),
      TRUSTDESK_HOME: dataFolder,
      ...environment,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => (output += text));
  }
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  scope.defer(async () => {
    child.kill('SIGTERM');
    await ended;
  });
  const early = ended.then(() => Promise.reject(new Error(`The app ended before it was ready:\n${output}`)));
  early.catch(() => undefined);
  const printed = (count: number) =>
    until(
      () => Promise.resolve(addresses(output).length >= count),
      () => `The app printed no address:\n${output}`,
    );
  await Promise.race([printed(1), early]);
  return {
    address: () => addresses(output).at(-1) ?? '',
    nextAddress: async () => {
      await printed(addresses(output).length + 1);
      return addresses(output).at(-1) ?? '';
    },
    output: () => output,
    pid: child.pid ?? 0,
    dataFolder,
  };
}

export async function openBrowser(scope: Scope): Promise<Browser> {
  const browser = await chromium.launch({
    executablePath: peerPath('chromium'),
    args: [
      ...(process.getuid?.() === 0 ? ['--no-sandbox'] : []),
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
    ],
    env: { ...basicEnvironment(), HOME: scope.folder },
  });
  scope.defer(() => browser.close());
  return browser;
}

/** Opens the app's one window at the size that everything must fit into. */
export async function openWindow(browser: Browser, address: string): Promise<Window> {
  const context = await browser.newContext({ viewport: { width: 1000, height: 680 }, colorScheme: 'light' });
  context.setDefaultTimeout(PAGE_LIMIT_MS);
  const page = await context.newPage();
  const complaints: string[] = [];
  const requests: string[] = [];
  page.on('pageerror', (error) => complaints.push(String(error)));
  page.on('console', (message) => {
    if (message.type() === 'error' || message.type() === 'warning') complaints.push(message.text());
  });
  page.on('request', (request) => requests.push(request.url()));
  await page.goto(address);
  return { page, complaints, requests, close: () => context.close() };
}
