/** What `npm start` decides, without starting anything. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';

interface Options {
  readonly browser: boolean;
  readonly open: boolean;
  readonly port: number;
}
interface Surroundings {
  readonly env: Record<string, string>;
  readonly platform: string;
  readonly uid: number | undefined;
  readonly packageFolder: string;
  readonly say: (line: string) => void;
  readonly reachable: () => Promise<boolean>;
  readonly fetchRuntime: () => Promise<boolean>;
}
interface Start {
  parseArguments(args: readonly string[]): Options;
  whyNoWindow(on: { platform: string; env: object; uid: number | undefined }): string | undefined;
  findElectron(folder: string, env: object, platform: string): string | undefined;
  decide(options: Options, on: Surroundings): Promise<{ electron?: string; browser?: string }>;
}
const file = join(import.meta.dirname, '../../../build/start.mjs');
const { parseArguments, whyNoWindow, findElectron, decide } = (await import(
  pathToFileURL(file).href
)) as Start;

describe('options', () => {
  it.each([
    [[], { browser: false, open: true, port: 0 }],
    [['--browser'], { browser: true, open: true, port: 0 }],
    [['--browser', '--no-open', '--port', '8123'], { browser: true, open: false, port: 8123 }],
    [['--port=8123'], { browser: false, open: true, port: 8123 }],
  ])('%j', (args, options) => expect(parseArguments(args)).toEqual(options));
  it.each([
    [['--brower']],
    [['--port']],
    [['--port', 'x']],
    [['--port', '65536']],
    [['--port=']],
    [['8123']],
  ])('%j is refused with the usage', (args) =>
    expect(() => parseArguments(args)).toThrow('Usage: npm start'),
  );
});

describe('a window', () => {
  it.each([
    ['linux', {}, 1000, 'there is no display here'],
    ['linux', { DISPLAY: '' }, 1000, 'there is no display here'],
    ['linux', { DISPLAY: ':0' }, 1000, undefined],
    ['linux', { WAYLAND_DISPLAY: 'wayland-0' }, 1000, undefined],
    ['linux', { DISPLAY: ':0' }, 0, 'Electron keeps its sandbox, which the root user cannot have'],
    ['darwin', {}, 501, undefined],
    ['win32', {}, undefined, undefined],
  ])('on %s with %j for user %s: %s', (platform, env, uid, reason) =>
    expect(whyNoWindow({ platform, env, uid })).toBe(reason),
  );
});

describe('the runtime', () => {
  let folder = '';
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'trustdesk-start-'));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  const program = () => join(folder, 'dist', 'electron');
  function putRuntime() {
    mkdirSync(join(folder, 'dist'), { recursive: true });
    writeFileSync(join(folder, 'path.txt'), 'electron');
    writeFileSync(program(), '');
  }
  const surroundings = (more: Partial<Surroundings> = {}): Surroundings => ({
    env: { DISPLAY: ':0' },
    platform: 'linux',
    uid: 1000,
    packageFolder: folder,
    say: vi.fn(),
    reachable: vi.fn(() => Promise.resolve(true)),
    fetchRuntime: vi.fn(() => Promise.resolve(false)),
    ...more,
  });
  const options: Options = { browser: false, open: true, port: 0 };

  it('is found as the package leaves it', () => {
    expect(findElectron(folder, {}, 'linux')).toBeUndefined();
    writeFileSync(join(folder, 'path.txt'), 'electron');
    expect(findElectron(folder, {}, 'linux')).toBeUndefined();
    putRuntime();
    expect(findElectron(folder, {}, 'linux')).toBe(program());
  });
  it('is found where ELECTRON_OVERRIDE_DIST_PATH says, and only there', () => {
    putRuntime();
    const env = { ELECTRON_OVERRIDE_DIST_PATH: join(folder, 'other') };
    expect(findElectron(folder, env, 'linux')).toBeUndefined();
    mkdirSync(env.ELECTRON_OVERRIDE_DIST_PATH);
    writeFileSync(join(env.ELECTRON_OVERRIDE_DIST_PATH, 'electron.exe'), '');
    expect(findElectron(folder, env, 'win32')).toBe(join(folder, 'other', 'electron.exe'));
  });

  it('starts when it is there, without asking the network', async () => {
    putRuntime();
    const on = surroundings();
    await expect(decide(options, on)).resolves.toEqual({ electron: program() });
    expect(on.reachable).not.toHaveBeenCalled();
  });
  it('is not looked for when the browser was asked for', async () => {
    putRuntime();
    await expect(decide({ ...options, browser: true }, surroundings())).resolves.toEqual({
      browser: undefined,
    });
  });
  it.each([
    ['no display', { env: {} }, 'there is no display here'],
    ['the root user', { uid: 0 }, 'Electron keeps its sandbox, which the root user cannot have'],
    [
      'an empty override',
      { env: { DISPLAY: ':0', ELECTRON_OVERRIDE_DIST_PATH: '/nowhere' } },
      'ELECTRON_OVERRIDE_DIST_PATH holds no Electron',
    ],
  ])('is not fetched with %s', async (_what, more, reason) => {
    const on = surroundings(more);
    await expect(decide(options, on)).resolves.toEqual({ browser: reason });
    expect(on.reachable).not.toHaveBeenCalled();
  });
  it('is not fetched from where nothing answers', async () => {
    const on = surroundings({ reachable: () => Promise.resolve(false) });
    await expect(decide(options, on)).resolves.toEqual({
      browser: "Electron's runtime is not here and cannot be fetched",
    });
    expect(on.fetchRuntime).not.toHaveBeenCalled();
  });
  it('is fetched once, and said', async () => {
    const fetchRuntime = vi.fn(() => {
      putRuntime();
      return Promise.resolve(true);
    });
    const on = surroundings({ fetchRuntime });
    await expect(decide(options, on)).resolves.toEqual({ electron: program() });
    expect(on.say).toHaveBeenCalledExactlyOnceWith(expect.stringContaining('Fetching'));
  });
  it.each([true, false])(
    'that could not be fetched leads to the browser (installer says %s)',
    async (done) => {
      const on = surroundings({ fetchRuntime: () => Promise.resolve(done) });
      await expect(decide(options, on)).resolves.toEqual({
        browser: "Electron's runtime could not be fetched",
      });
    },
  );
});
