/** Browser mode's options, and how a browser is opened without telling others the address. */
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { existsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { parseBrowserArguments } from '../../../electron/browser/arguments.ts';
import {
  canShowPages,
  openInBrowser,
  removeWayIn,
  writeWayIn,
} from '../../../electron/browser/open-address.ts';

describe('options', () => {
  it.each([
    [[], { open: true, port: 0 }],
    [['--no-open'], { open: false, port: 0 }],
    [['--port', '8080', '--no-open'], { open: false, port: 8080 }],
    [['--port', '65535'], { open: true, port: 65_535 }],
  ])('%j', (args, options) => expect(parseBrowserArguments(args)).toEqual(options));
  it.each([
    [['--port']],
    [['--port', '']],
    [['--port', '65536']],
    [['--port', '-1']],
    [['--port', '80x']],
    [['--port', '0x50']],
    [['--open']],
    [['8080']],
    [['--help']],
  ])('%j is refused', (args) =>
    expect(() => parseBrowserArguments(args)).toThrow(
      expect.objectContaining({ code: 'cli/usage' }) as Error,
    ),
  );
});

describe('the way in', () => {
  let folder = '';
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'trustdesk-way-in-'));
  });
  afterEach(() => rmSync(folder, { recursive: true }));
  it('is a page for this user only that leads to the address, and can be taken away', async () => {
    const address = 'http://127.0.0.1:4321/#abc_DEF-1';
    const path = await writeWayIn(folder, address);
    expect((statSync(path).mode & 0o777).toString(8)).toBe('600');
    expect(readFileSync(path, 'utf8')).toContain(`content="0;url=${address}"`);
    expect(path).not.toContain('abc_DEF');
    await removeWayIn(path);
    await removeWayIn(path);
    expect(existsSync(path)).toBe(false);
  });
});

describe('a browser', () => {
  it.each([
    ['linux', {}, false],
    ['linux', { DISPLAY: '' }, false],
    ['linux', { DISPLAY: ':0' }, true],
    ['linux', { WAYLAND_DISPLAY: 'wayland-0' }, true],
    ['darwin', {}, true],
    ['win32', {}, true],
  ])('on %s with %j: %s', (platform, env, can) => expect(canShowPages(platform, env)).toBe(can));
  it('is never one from the folder that one happens to be in', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'trustdesk-opener-'));
    writeFileSync(join(folder, 'xdg-open'), `#!/bin/sh\ntouch ${folder}/ran\n`, { mode: 0o755 });
    const [path, here] = [process.env['PATH'], process.cwd()];
    process.env['PATH'] = '.:';
    process.chdir(folder);
    try {
      await expect(openInBrowser('https://example.com/', 'linux')).resolves.toBe(false);
    } finally {
      process.chdir(here);
      process.env['PATH'] = path;
      rmSync(folder, { recursive: true });
    }
  });
  it('that is not there is said, not thrown', async () => {
    const path = process.env['PATH'];
    process.env['PATH'] = '/nowhere';
    try {
      await expect(openInBrowser('https://example.com/', 'linux')).resolves.toBe(false);
    } finally {
      process.env['PATH'] = path;
    }
  });
});
