/** Electron's entry, loaded against a module that records what it asks of Electron. */
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { windowOptions } from '../../../electron/window/options.ts';
import { contentSecurityPolicy } from '../../../electron/window/policy.ts';
import { textOf } from '../../../shared/error-texts.ts';
import { AppError } from '../../../shared/errors.ts';
import { callNames, channelOf } from '../../../shared/ipc/channels.ts';
import type * as FakeElectron from '../../fakes/electron.ts';
import { recordingLog } from '../../fakes/recording-log.ts';
import { fakeServices } from '../../fakes/window-services.ts';

vi.mock('electron', () => import('../../fakes/electron.ts'));
const services = vi.hoisted((): { current: unknown; failure?: Error | undefined } => ({
  current: undefined,
}));
vi.mock('../../../electron/compose.ts', () => ({
  composeForWindow: () =>
    services.failure === undefined ? Promise.resolve(services.current) : Promise.reject(services.failure),
}));
// the entry looks for the built window beside its own folder, which in the sources is somewhere else
vi.mock('../../../electron/window/bundle.ts', async (original) => {
  const actual = await original<{ openBundle: (folder: string) => unknown }>();
  return {
    ...actual,
    openBundle: () => actual.openBundle(join(process.env['TRUSTDESK_HOME'] ?? '', 'renderer')),
  };
});

let home = '';
let electron: typeof FakeElectron;
let fakes: ReturnType<typeof fakeServices>;
const before = process.env['TRUSTDESK_HOME'];

beforeEach(async () => {
  home = mkdtempSync(join(tmpdir(), 'trustdesk-main-'));
  process.env['TRUSTDESK_HOME'] = home;
  mkdirSync(join(home, 'renderer'));
  writeFileSync(join(home, 'renderer', 'index.html'), '<p>page</p>');
  vi.resetModules();
  fakes = fakeServices();
  services.current = fakes;
  services.failure = undefined;
  electron = (await import('electron')) as unknown as typeof FakeElectron;
  electron.resetElectron();
});
afterEach(() => {
  process.removeAllListeners('uncaughtException').removeAllListeners('unhandledRejection');
  process.env['TRUSTDESK_HOME'] = before;
  if (before === undefined) delete process.env['TRUSTDESK_HOME'];
  rmSync(home, { recursive: true });
});

/** Loads the entry and waits until its window shows the page. */
async function started() {
  await import('../../../electron/main.ts');
  await vi.waitFor(() => expect(electron.callsOf('window.loadURL')).toHaveLength(1));
  const window = electron.recorded.windows[0]!;
  const { webContents } = window;
  const session = electron.recorded.sessions.get('trustdesk')!;
  const invoke = (name: string, input?: unknown) =>
    electron.recorded.handlers.get(`trustdesk:${name}`)!(
      { sender: webContents, senderFrame: webContents.mainFrame },
      input,
    );
  return { window, session, webContents, invoke };
}
const order = (...names: string[]) =>
  names.map((name) => electron.recorded.calls.findIndex((call) => call.name === name));

describe('before it is ready', () => {
  it('has the sandbox on, the scheme registered, its own folder, and is the only one', async () => {
    await started();
    expect(electron.callsOf('app.enableSandbox')).toEqual([[{ ready: false }]]);
    expect(electron.callsOf('protocol.registerSchemesAsPrivileged')).toEqual([
      [[{ scheme: 'app', privileges: { standard: true, secure: true } }], { ready: false }],
    ]);
    expect(electron.callsOf('app.setPath')).toEqual([['userData', join(home, 'electron')]]);
    expect((statSync(join(home, 'electron')).mode & 0o777).toString(8)).toBe('700');
    expect(electron.callsOf('app.requestSingleInstanceLock')).toHaveLength(1);
  });

  it('leaves when another one runs, and touches nothing', async () => {
    electron.app.hasLock = false;
    await import('../../../electron/main.ts');
    expect(electron.callsOf('app.quit')).toHaveLength(1);
    expect(electron.recorded.windows).toEqual([]);
    expect(electron.recorded.handlers.size).toBe(0);
    expect(existsSync(join(home, 'logs'))).toBe(false);
  });
});

describe('when it cannot start', () => {
  const said = async () => {
    await import('../../../electron/main.ts');
    await vi.waitFor(() => expect(electron.callsOf('app.exit')).toEqual([[1]]));
    expect(electron.recorded.windows).toEqual([]);
    const [[title, text] = []] = electron.callsOf('dialog.showErrorBox');
    expect(title).toBe('Trustdesk cannot start');
    return text;
  };

  it('names a data folder that cannot be made', async () => {
    process.env['TRUSTDESK_HOME'] = join(home, 'renderer', 'index.html');
    expect(await said()).toMatch(/index\.html\/electron cannot be used: ENOTDIR\. .*TRUSTDESK_HOME/);
  });

  it('names what the services stumble over, with its fix', async () => {
    const failure = new AppError('files/write-failed', { path: '/data/settings.json', reason: 'EACCES' });
    services.failure = failure;
    const { title, fix } = textOf(failure);
    expect(await said()).toBe(`${title} ${fix}`);
    expect(title).toContain('/data/settings.json');
  });

  it('names a window that was not built', async () => {
    rmSync(join(home, 'renderer'), { recursive: true });
    expect(await said()).toMatch(/renderer cannot be used: ENOENT/);
  });
});

describe('its data folder', () => {
  it('is held as long as it runs, so that browser mode cannot use it beside it', async () => {
    await started();
    expect(readdirSync(join(home, 'running.lock'))).toMatchObject([
      expect.stringMatching(new RegExp(`^${process.pid}\\.`)),
    ]);
    electron.app.emit('will-quit', { preventDefault: () => undefined });
    await vi.waitFor(() => expect(electron.callsOf('app.exit')).toEqual([[0]]));
    expect(existsSync(join(home, 'running.lock'))).toBe(false);
  });
});

describe('the window', () => {
  it('is made with exactly the tested options, and shows the page of the bundle', async () => {
    const { window } = await started();
    const { preload } = (window.options as ReturnType<typeof windowOptions>).webPreferences!;
    expect(preload).toMatch(/preload\.cjs$/);
    expect(window.options).toMatchObject(windowOptions({ preload: preload!, packaged: true, dark: false }));
    expect(electron.callsOf('window.loadURL')).toEqual([['app://bundle/index.html']]);
    expect(electron.callsOf('window.show')).toHaveLength(1);
  });

  it('comes after everything that fences it in', async () => {
    await started();
    const steps = order(
      'app.enableSandbox',
      'app.whenReady',
      'session.permissionRequest',
      'session.onBeforeRequest',
      'session.protocol.handle app',
      'new BrowserWindow',
      'window.loadURL',
    );
    expect(steps).toEqual([...steps].sort((a, b) => a - b));
    expect(steps).not.toContain(-1);
  });

  it('lives in a session in memory, with every handler installed', async () => {
    const { session } = await started();
    expect([...electron.recorded.sessions.keys()]).toEqual(['trustdesk']);
    expect([...session.installed.keys()].sort()).toEqual([
      'bluetoothPairing',
      'devicePermission',
      'displayMedia',
      'onBeforeRequest',
      'permissionCheck',
      'permissionRequest',
      'protocol.handle app',
    ]);
    expect(session.listenerCount('will-download')).toBe(1);
  });

  it('gets its files with the policy', async () => {
    const { session } = await started();
    const handler = session.installed.get('protocol.handle app') as unknown as (
      request: Request,
    ) => Promise<Response>;
    const answer = await handler(new Request('app://bundle/index.html'));
    expect(answer.headers.get('content-security-policy')).toBe(contentSecurityPolicy());
    expect(await answer.text()).toBe('<p>page</p>');
    expect((await handler(new Request('app://bundle/../package.json'))).status).toBe(404);
  });

  it('cannot leave', async () => {
    const { webContents } = await started();
    for (const name of ['will-navigate', 'will-frame-navigate', 'will-redirect', 'will-attach-webview']) {
      const preventDefault = vi.fn();
      webContents.emit(name, { preventDefault });
      expect(preventDefault).toHaveBeenCalledOnce();
    }
    expect(webContents.windowOpenHandler?.({ url: 'https://example.com/' })).toEqual({ action: 'deny' });
  });
});

describe('the doorway', () => {
  it('has every call of the contract', async () => {
    await started();
    expect([...electron.recorded.handlers.keys()]).toEqual(callNames.map(channelOf));
  });
  it('answers the window, already while its page loads', async () => {
    const { invoke } = await started();
    await expect(invoke('keys.list')).resolves.toEqual({ ok: true, value: { keys: [], unreadable: [] } });
  });
  it('opens links of the table and writes to the clipboard', async () => {
    const { invoke } = await started();
    await invoke('app.openLink', { link: 'licence' });
    await invoke('app.openLink', { link: 'https://example.com/' });
    await invoke('app.copyText', { text: 'docker pull' });
    expect(electron.callsOf('shell.openExternal')).toEqual([['https://www.apache.org/licenses/LICENSE-2.0']]);
    expect(electron.callsOf('clipboard.writeText')).toEqual([['docker pull']]);
  });
});

describe('what happens around it', () => {
  it('a second start brings the window back', async () => {
    const { window } = await started();
    window.minimized = true;
    electron.app.emit('second-instance');
    expect(electron.callsOf('window.restore')).toHaveLength(1);
    expect(electron.callsOf('window.focus')).toHaveLength(1);
  });
  it('a locked screen locks the keys', async () => {
    await started();
    electron.powerMonitor.emit('lock-screen');
    expect(fakes.lock.lock).toHaveBeenCalledOnce();
  });
  it('the last window ends the app, after its services ended', async () => {
    await started();
    electron.app.emit('window-all-closed');
    expect(electron.callsOf('app.quit')).toHaveLength(1);
    const preventDefault = vi.fn();
    electron.app.emit('will-quit', { preventDefault });
    expect(preventDefault).toHaveBeenCalledOnce();
    await vi.waitFor(() => expect(electron.callsOf('app.exit')).toEqual([[0]]));
    expect(fakes.close).toHaveBeenCalledOnce();
  });
  it('a new page starts with no question of the old one; another place in the page changes nothing', async () => {
    await started();
    const { openWindow } = await import('../../../electron/window/open-window.ts');
    const onPageLost = vi.fn();
    const surroundings = { preload: '/preload.cjs', packaged: true, dark: false };
    const { webContents } = openWindow(surroundings, { onPageLost, log: recordingLog() });
    webContents.emit('did-start-navigation', { isMainFrame: true, isSameDocument: true });
    webContents.emit('did-start-navigation', { isMainFrame: false, isSameDocument: false });
    expect(onPageLost).not.toHaveBeenCalled();
    webContents.emit('did-start-navigation', { isMainFrame: true, isSameDocument: false });
    expect(onPageLost).toHaveBeenCalledOnce();
  });
  it('a page that crashed is loaded again', async () => {
    const { webContents } = await started();
    webContents.emit('render-process-gone', {}, { reason: 'crashed', exitCode: 5 });
    expect(electron.callsOf('webContents.reload')).toHaveLength(1);
  });
  it('the log is there, for this user only', async () => {
    const { webContents } = await started();
    webContents.emit('will-navigate', { preventDefault: () => undefined });
    expect((statSync(join(home, 'logs', 'trustdesk.log')).mode & 0o777).toString(8)).toBe('600');
  });
  it('developer tools are for an unpackaged app', async () => {
    electron.app.isPackaged = false;
    const { window } = await started();
    expect((window.options as ReturnType<typeof windowOptions>).webPreferences?.devTools).toBe(true);
  });
});
