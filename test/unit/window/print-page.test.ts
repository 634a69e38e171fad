/** Pages for paper: in a window that nobody sees, that runs nothing and reaches nothing. */
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { pagePrinter, paperOptions, paperPartition } from '../../../electron/window/print-page.ts';
import * as electron from '../../fakes/electron.ts';

vi.mock('electron', () => import('../../fakes/electron.ts'));
beforeEach(() => electron.resetElectron());

const html = '<p>Share 1 of 3 – Grüße</p>';
const page = `data:text/html;charset=utf-8;base64,${Buffer.from(html).toString('base64')}`;

describe('printing', () => {
  it('shows the page to nobody, hands it to the printer, and destroys it', async () => {
    await pagePrinter().print(html);
    expect(electron.callsOf('new BrowserWindow')).toEqual([[paperOptions()]]);
    expect(electron.callsOf('window.loadURL')).toEqual([[page]]);
    expect(electron.callsOf('webContents.print')).toEqual([[{ pageSize: 'A4' }]]);
    expect(electron.callsOf('window.show')).toEqual([]);
    expect(electron.recorded.windows[0]?.destroyed).toBe(true);
  });

  it.each([
    ['Print job canceled', 'prompt/cancelled'],
    ['Print job failed', 'backup/no-printer'],
  ])('%s is %s, and leaves no window', async (reason, code) => {
    Object.assign(electron.printAnswer, { isDone: false, reason });
    await expect(pagePrinter().print(html)).rejects.toMatchObject({ code });
    expect(electron.recorded.windows[0]?.destroyed).toBe(true);
  });

  it('makes a PDF of the page as its own style lays it out', async () => {
    const bytes = await pagePrinter().toPdf(html);
    expect(Buffer.from(bytes).toString('latin1')).toMatch(/^%PDF/);
    expect(electron.callsOf('webContents.printToPDF')).toEqual([
      [{ pageSize: 'A4', preferCSSPageSize: true }],
    ]);
    expect(electron.recorded.windows[0]?.destroyed).toBe(true);
  });
});

describe('the unseen window', () => {
  it('runs no script and has no preload and no Node', () => {
    const { show, webPreferences } = paperOptions();
    expect(show).toBe(false);
    expect(webPreferences).toMatchObject({
      javascript: false,
      sandbox: true,
      contextIsolation: true,
      nodeIntegration: false,
      webSecurity: true,
      partition: paperPartition,
    });
    expect(webPreferences).not.toHaveProperty('preload');
    expect(paperPartition).not.toMatch(/^persist:/);
  });

  it('loads nothing but the page, and gets no permission', async () => {
    await pagePrinter().print(html);
    const session = electron.recorded.sessions.get(paperPartition);
    const answers: unknown[] = [];
    const ask = (name: string, ...args: unknown[]) =>
      (session?.installed.get(name) as ((...all: unknown[]) => unknown) | undefined)?.(...args);
    for (const url of ['https://example.test/x', 'file:///etc/passwd', 'app://bundle/', page]) {
      ask('onBeforeRequest', { url }, (answer: unknown) => answers.push(answer));
    }
    expect(answers).toEqual([{ cancel: true }, { cancel: true }, { cancel: true }, { cancel: false }]);
    ask('permissionRequest', {}, 'clipboard-read', (answer: unknown) => answers.push(answer));
    expect(answers.at(-1)).toBe(false);
    expect(ask('permissionCheck')).toBe(false);
  });
});
