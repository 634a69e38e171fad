/**
 * The window with a very large table, in a real Chromium: how soon the first rows are there, how soon the filter
 * answers a key, and whether scrolling ever shows a hole.
 */
import type { Page } from 'playwright-core';
import { openBrowser, openWindow, startApp } from '../e2e/app.ts';
import { makeWorkstation } from '../lab/workstation.ts';
import type { BenchLab } from './bench-lab.ts';
import { ms } from './report.ts';
import type { Row } from './report.ts';
import { median, percentile } from './statistics.ts';

const WINDOW_TAGS = 75_000;
const FIRST_ROWS_LIMIT_MS = 300;
const KEYSTROKE_LIMIT_MS = 50;
const SCROLL_STEPS = 120;
const grid = '[role=grid][aria-label="Signed tags"]';

interface Probe {
  dataAt: number;
  rowsAt: number;
  keyAt: number;
  paintedAt: number;
  frames: number;
  holes: number;
}
declare global {
  interface Window {
    probe: Probe;
  }
}

/**
 * Runs in the page before its own scripts. The moment of the data is when its message arrives, before the app has
 * parsed it; the moment of the rows is the first paint that has them.
 */
function installProbe(selector: string): void {
  const probe: Probe = { dataAt: 0, rowsAt: 0, keyAt: 0, paintedAt: 0, frames: 0, holes: 0 };
  window.probe = probe;
  const listen = WebSocket.prototype.addEventListener;
  const note = (event: MessageEvent): void => {
    const text = String(event.data);
    if (text.length > 1_000_000 && text.includes('"signerSets"')) probe.dataAt = performance.now();
  };
  const NativeSocket = WebSocket;
  window.WebSocket = class extends NativeSocket {
    constructor(url: string | URL, protocols?: string | string[]) {
      super(url, protocols);
      listen.call(this, 'message', note as EventListener);
    }
  };
  const look = (): void => {
    if (probe.rowsAt === 0 && document.querySelector(`${selector} [role=row][aria-rowindex="2"]`) !== null) {
      setTimeout(() => (probe.rowsAt = performance.now()));
    } else if (probe.rowsAt === 0) requestAnimationFrame(look);
  };
  requestAnimationFrame(look);
}

/** From the key going down until the table with the rows that match has been painted. */
function watchKey(selector: string): void {
  const { probe } = window;
  const shown = (): string => document.querySelector(selector)?.getAttribute('aria-rowcount') ?? '';
  probe.keyAt = 0;
  probe.paintedAt = 0;
  addEventListener(
    'keydown',
    (event) => {
      const before = shown();
      probe.keyAt = event.timeStamp;
      const look = (): void => {
        if (shown() === before) requestAnimationFrame(look);
        else setTimeout(() => (probe.paintedAt = performance.now()));
      };
      requestAnimationFrame(look);
    },
    { capture: true, once: true },
  );
}

/** In every frame of a scroll: is there a row at each height of the table? */
function watchScroll(selector: string): void {
  const { probe } = window;
  const box = document.querySelector(selector)?.getBoundingClientRect();
  if (box === undefined) throw new Error('no table');
  const heights = Array.from({ length: 12 }, (_, index) => box.top + 48 + ((box.height - 64) * index) / 11);
  const look = (): void => {
    probe.frames += 1;
    const isHole = (y: number): boolean =>
      document.elementFromPoint(box.left + box.width / 3, y)?.closest('[role=row]') === null;
    if (heights.some(isHole)) probe.holes += 1;
    requestAnimationFrame(look);
  };
  requestAnimationFrame(look);
}

async function keystroke(page: Page, key: string): Promise<number> {
  await page.evaluate(watchKey, grid);
  await page.keyboard.press(key);
  await page.waitForFunction(() => window.probe.paintedAt > 0);
  return page.evaluate(() => window.probe.paintedAt - window.probe.keyAt);
}

async function keystrokes(page: Page): Promise<readonly number[]> {
  await page.getByRole('searchbox').click();
  const times: number[] = [];
  // Each key changes how many rows there are, so that the answer to it can be recognised.
  for (let round = 0; round < 5; round += 1) {
    for (const key of ['1', '2', '.', '1', '3']) times.push(await keystroke(page, key));
    for (let back = 0; back < 5; back += 1) times.push(await keystroke(page, 'Backspace'));
  }
  return times;
}

async function scroll(page: Page): Promise<Probe> {
  await page.locator(grid).hover();
  await page.evaluate(watchScroll, grid);
  for (let step = 0; step < SCROLL_STEPS; step += 1) await page.mouse.wheel(0, 100 * (1 + (step % 40)));
  return page.evaluate(() => window.probe);
}

export async function windowRows(lab: BenchLab): Promise<Row[]> {
  const tags = WINDOW_TAGS;
  const gun = await lab.repository(tags);
  const desk = await makeWorkstation(lab.scope, { notary: lab.notary });
  await desk.must.docker(['trust', 'inspect', gun]);
  const app = await startApp(lab.scope, desk.environment);
  const { page } = await openWindow(await openBrowser(lab.scope), 'about:blank');
  await page.addInitScript(installProbe, grid);
  await page.goto(app.address());
  await page.getByRole('grid', { name: 'Repositories' }).getByTitle(gun, { exact: true }).click();
  await page.waitForFunction(() => window.probe.rowsAt > 0);
  const { dataAt, rowsAt } = await page.evaluate(() => window.probe);
  if (dataAt === 0) throw new Error('the message with the tags was not seen');
  const first = rowsAt - dataAt;
  const keys = await keystrokes(page);
  const { frames, holes } = await scroll(page);
  return [
    {
      what: `window, ${tags} tags: first rows after their data`,
      ours: ms(first),
      theirs: '-',
      value: first,
      limit: FIRST_ROWS_LIMIT_MS,
      unit: 'ms',
    },
    {
      what: `window, ${tags} tags: filter keystroke, 95 of 100`,
      ours: `median ${ms(median(keys))}`,
      theirs: '-',
      value: percentile(keys, 0.95),
      limit: KEYSTROKE_LIMIT_MS,
      unit: 'ms',
    },
    {
      what: `window, ${tags} tags: frames with a hole while scrolling`,
      ours: `${frames} frames`,
      theirs: '-',
      value: holes,
      limit: 0,
      unit: 'rows',
    },
  ];
}
