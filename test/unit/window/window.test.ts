/** How the window is fenced in: each option, each header, each refusal. */
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import type { App, Session } from 'electron';
import { openBundle, type Bundle } from '../../../electron/window/bundle.ts';
import { hardenApp, hardenSession } from '../../../electron/window/hardening.ts';
import { links } from '../../../electron/window/links.ts';
import { menuTemplate } from '../../../electron/window/menu.ts';
import { partition, windowOptions } from '../../../electron/window/options.ts';
import {
  contentSecurityPolicy,
  fileHeaders,
  isBundleAddress,
  startAddress,
} from '../../../electron/window/policy.ts';
import { bundleHandler, bundleScheme } from '../../../electron/window/protocol.ts';
import { linkId } from '../../../shared/ipc/app.ts';
import * as electron from '../../fakes/electron.ts';
import { recordingLog } from '../../fakes/recording-log.ts';

beforeEach(() => electron.resetElectron());

describe('the content security policy', () => {
  it('is this, letter by letter', () => {
    expect(contentSecurityPolicy()).toBe(
      "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; connect-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'",
    );
  });
  it('differs in browser mode by one source', () => {
    expect(contentSecurityPolicy('ws://127.0.0.1:7')).toBe(
      contentSecurityPolicy().replace("connect-src 'none'", 'connect-src ws://127.0.0.1:7'),
    );
  });
  it('never allows what it is there against', () => {
    expect(contentSecurityPolicy('ws://127.0.0.1:7')).not.toMatch(/unsafe|\*|blob:|https?:|eval/);
  });
  it('comes with headers that keep others out', () => {
    expect(fileHeaders('text/css')).toMatchObject({
      'Content-Type': 'text/css',
      'X-Content-Type-Options': 'nosniff',
      'Referrer-Policy': 'no-referrer',
      'Cross-Origin-Resource-Policy': 'same-origin',
      'Cross-Origin-Opener-Policy': 'same-origin',
      'X-Frame-Options': 'DENY',
      'Cache-Control': 'no-store',
    });
  });
});

describe('an address of the bundle', () => {
  it.each([startAddress, 'app://bundle/', 'app://bundle/assets/a.js', 'APP://bundle/x#y'])(
    'is %s',
    (address) => expect(isBundleAddress(address)).toBe(true),
  );
  it.each([
    '',
    'bundle',
    'app:',
    'app:bundle',
    'app:///bundle',
    'app://',
    'app://bundle.',
    'app://BUNDLE/',
    'app://bundle:80/',
    'app://bundle2/',
    'app://a.bundle/',
    'app://user@bundle/',
    'app://:pw@bundle/',
    'app://bundle@evil/',
    'apps://bundle/',
    'http://bundle/',
    'file:///app://bundle/',
    'javascript:alert(1)',
    'data:text/html,app://bundle/',
    'blob:app://bundle/x',
    'devtools://bundle/',
    ' https://app://bundle/',
  ])('is not %j', (address) => expect(isBundleAddress(address)).toBe(false));
});

describe('the window options', () => {
  const surroundings = { preload: '/app/preload.cjs', packaged: true, dark: false };
  it('state every preference that matters', () => {
    expect(windowOptions(surroundings).webPreferences).toEqual({
      preload: '/app/preload.cjs',
      partition: 'trustdesk',
      sandbox: true,
      contextIsolation: true,
      nodeIntegration: false,
      nodeIntegrationInWorker: false,
      nodeIntegrationInSubFrames: false,
      webSecurity: true,
      allowRunningInsecureContent: false,
      experimentalFeatures: false,
      webviewTag: false,
      navigateOnDragDrop: false,
      safeDialogs: true,
      spellcheck: false,
      plugins: false,
      webgl: false,
      disableBlinkFeatures: 'Auxclick',
      devTools: false,
    });
  });
  it('keep nothing of the window on disk', () => expect(partition.startsWith('persist:')).toBe(false));
  it('have developer tools only when not packaged', () => {
    expect(windowOptions({ ...surroundings, packaged: false }).webPreferences?.devTools).toBe(true);
  });
  it('fit the smallest size, and do not flash', () => {
    expect(windowOptions(surroundings)).toMatchObject({
      minWidth: 1000,
      minHeight: 680,
      show: false,
      backgroundColor: '#f6f7f9',
    });
    expect(windowOptions({ ...surroundings, dark: true }).backgroundColor).toBe('#0f1215');
  });
});

describe('the bundle', () => {
  let folder = '';
  let bundle: Bundle;
  beforeAll(() => {
    const top = mkdtempSync(join(tmpdir(), 'trustdesk-bundle-'));
    folder = join(top, 'renderer');
    mkdirSync(join(folder, 'assets'), { recursive: true });
    writeFileSync(join(top, 'secret.js'), 'outside');
    writeFileSync(join(folder, 'index.html'), '<p>page</p>');
    writeFileSync(join(folder, 'assets', 'app.js'), 'code');
    writeFileSync(join(folder, 'assets', 'app.js.map'), 'map');
    symlinkSync(join(top, 'secret.js'), join(folder, 'link.js'));
    symlinkSync(top, join(folder, 'up'));
    bundle = openBundle(folder);
  });
  afterAll(() => rmSync(join(folder, '..'), { recursive: true }));

  const ask = (url: string, method = 'GET') => bundleHandler(bundle)(new Request(url, { method }));

  it('is served with its types and the policy', async () => {
    const answer = await ask('app://bundle/assets/app.js');
    expect([answer.status, answer.headers.get('content-type'), await answer.text()]).toEqual([
      200,
      'text/javascript; charset=utf-8',
      'code',
    ]);
    expect(answer.headers.get('content-security-policy')).toBe(contentSecurityPolicy());
    expect(await (await ask('app://bundle/')).text()).toBe('<p>page</p>');
  });

  it.each([
    ['app://bundle/../secret.js', 404],
    ['app://bundle/%2e%2e/secret.js', 404],
    ['app://bundle/..%2fsecret.js', 404],
    ['app://bundle/assets/..\\..\\secret.js', 404],
    ['app://bundle/up/secret.js', 404],
    ['app://bundle/link.js', 404],
    ['app://bundle/assets/app.js.map', 404],
    ['app://bundle/assets', 404],
    ['app://bundle/assets/', 404],
    ['app://bundle//index.html', 404],
    ['app://bundle/index.html?x', 404],
    ['app://bundle/INDEX.HTML', 404],
    ['app://bundle/%00', 404],
    ['app://bundle/constructor', 404],
    ['app://other/index.html', 403],
    ['https://bundle/index.html', 403],
  ])('does not answer %s', async (url, status) => {
    const answer = await ask(url);
    expect([answer.status, await answer.text()]).toEqual([status, '']);
    expect(answer.headers.get('content-security-policy')).toBe(contentSecurityPolicy());
  });

  it.each(['POST', 'PUT', 'DELETE', 'HEAD', 'OPTIONS'])('does not answer %s', async (method) =>
    expect((await ask('app://bundle/', method)).status).toBe(405),
  );

  it('must have a page', () => expect(() => openBundle(join(folder, 'assets'))).toThrow('not built'));

  it('has a scheme that bypasses nothing', () => {
    expect(bundleScheme).toEqual({ scheme: 'app', privileges: { standard: true, secure: true } });
  });
});

describe('the session', () => {
  type Installed = (...args: unknown[]) => unknown;
  function hardened(packaged = true) {
    const session = new electron.Session(partition);
    const log = recordingLog();
    hardenSession(session as unknown as Session, { packaged, log });
    return { session, log, installed: (name: string) => session.installed.get(name) as unknown as Installed };
  }

  it.each([
    'media',
    'geolocation',
    'notifications',
    'clipboard-read',
    'hid',
    'serial',
    'usb',
    'openExternal',
    'unknown',
  ])('refuses the permission %s', (permission) => {
    const { installed, log } = hardened();
    const answer = vi.fn();
    installed('permissionRequest')({}, permission, answer);
    expect(answer).toHaveBeenCalledExactlyOnceWith(false);
    expect(installed('permissionCheck')({}, permission)).toBe(false);
    expect(log.lines).toHaveLength(1);
  });

  it('refuses devices, screens, pairing, downloads and spelling dictionaries', () => {
    const { session, installed } = hardened();
    const answers = { screen: vi.fn(), pairing: vi.fn(), download: vi.fn() };
    installed('displayMedia')({}, answers.screen);
    installed('bluetoothPairing')({}, answers.pairing);
    session.emit('will-download', { preventDefault: answers.download });
    expect(installed('devicePermission')({})).toBe(false);
    expect(answers.screen).toHaveBeenCalledExactlyOnceWith(null);
    expect(answers.pairing).toHaveBeenCalledExactlyOnceWith({ confirmed: false });
    expect(answers.download).toHaveBeenCalledOnce();
    expect(electron.callsOf('session.setSpellCheckerEnabled')).toEqual([[false]]);
  });

  it.each<[string, boolean, boolean]>([
    ['app://bundle/index.html', true, true],
    ['app://evil/index.html', true, false],
    ['https://example.com/', true, false],
    ['http://127.0.0.1/', true, false],
    ['ws://127.0.0.1/', true, false],
    ['file:///etc/passwd', true, false],
    ['devtools://devtools/bundled/inspector.html', true, false],
    ['devtools://devtools/bundled/inspector.html', false, true],
    ['https://example.com/', false, false],
    ['', true, false],
  ])('answers a request for %s (packaged: %s) with %s', (url, packaged, allowed) => {
    const answer = vi.fn();
    const { installed, log } = hardened(packaged);
    installed('onBeforeRequest')({ url }, answer);
    expect(answer).toHaveBeenCalledExactlyOnceWith({ cancel: !allowed });
    expect(log.lines).toHaveLength(allowed ? 0 : 1);
  });
});

describe('every web contents', () => {
  function created() {
    const log = recordingLog();
    hardenApp(electron.app as unknown as App, log);
    const contents = new electron.WebContents();
    electron.app.emit('web-contents-created', {}, contents);
    return { contents, log };
  }
  it.each(['will-attach-webview', 'will-navigate', 'will-frame-navigate', 'will-redirect'])(
    'is stopped at %s',
    (name) => {
      const { contents, log } = created();
      const preventDefault = vi.fn();
      contents.emit(name, { preventDefault }, 'https://example.com/?token=x');
      expect(preventDefault).toHaveBeenCalledOnce();
      expect(log.lines).toHaveLength(1);
      expect(JSON.stringify(log.lines)).not.toContain('token');
    },
  );
  it('opens no other window', () => {
    const { contents } = created();
    expect(contents.windowOpenHandler?.({ url: 'app://bundle/index.html' })).toEqual({ action: 'deny' });
  });
  it.each([
    ['certificate-error', 6, [false]],
    ['select-client-certificate', 5, []],
    ['login', 5, []],
  ] as const)('answers %s with no', (name, position, answered) => {
    created();
    const preventDefault = vi.fn();
    const answer = vi.fn();
    const args = Array<unknown>(position - 1).fill({});
    electron.app.emit(name, { preventDefault }, ...args.slice(1), answer);
    expect(preventDefault).toHaveBeenCalledOnce();
    expect(answer).toHaveBeenCalledExactlyOnceWith(...answered);
  });
});

describe('links', () => {
  it('are exactly those of the contract, all https', () => {
    const ids = Object.values(linkId._zod.def.entries);
    expect(Object.keys(links).sort()).toEqual([...ids].sort());
    for (const address of Object.values(links)) expect(new URL(address).protocol).toBe('https:');
  });
});

describe('the menu', () => {
  it('is none in an installed app, but on macOS it has copy and paste', () => {
    expect(menuTemplate('linux', true)).toBeUndefined();
    expect(menuTemplate('win32', true)).toBeUndefined();
    expect(menuTemplate('darwin', true)).toEqual([
      { role: 'appMenu' },
      { role: 'editMenu' },
      { role: 'windowMenu' },
    ]);
  });
  it('has developer tools only when not packaged', () => {
    expect(JSON.stringify(menuTemplate('linux', false))).toContain('toggleDevTools');
    for (const platform of ['linux', 'win32', 'darwin']) {
      expect(JSON.stringify(menuTemplate(platform, true) ?? [])).not.toMatch(/toggleDevTools|reload/i);
    }
  });
});
