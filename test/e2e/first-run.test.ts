/** The first start on a computer with nothing on it, and on one where docker has been at work. */
import { rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { generateKey } from '../../electron/keystore/generate-key.ts';
import { SecretBytes } from '../../electron/keystore/secret-bytes.ts';
import { storeKey } from '../../electron/keystore/store-key.ts';
import { describeWithPeers } from '../lab/describe-with-peers.ts';
import { startNotaryServer } from '../lab/notary-server.ts';
import { openScope } from '../lab/scope.ts';
import { useScope } from '../lab/use-scope.ts';
import { makeWorkstation } from '../lab/workstation.ts';
import { openBrowser, openWindow, startApp } from './app.ts';
import { expectQuiet, openRepository, shownTags, sitDown } from './desk.ts';

declare global {
  interface Window {
    ran: string[];
    violations: string[];
  }
}

describeWithPeers('the first run', ['chromium'], () => {
  describe('on an empty computer', () => {
    const desk = useScope(sitDown);

    it('opens four doors, and says that nothing was found', async () => {
      const { page } = desk();
      await page.getByRole('heading', { level: 1, name: 'See who signed what' }).waitFor();
      const doors = await page.getByRole('main').getByRole('heading', { level: 2 }).allTextContents();
      expect(doors).toEqual([
        'Use what is here',
        'Connect to a trust server',
        'Try it in the sandbox',
        'Restore from a backup',
      ]);
      expect(await page.getByRole('button', { name: 'Nothing here yet' }).isDisabled()).toBe(true);
      expect(await page.title()).toBe('Trustdesk');
    });

    it('shows by itself what docker puts there while it is open', async () => {
      const { page, app } = desk();
      const trust = join(dirname(app.dataFolder), '.docker', 'trust');
      const key = await generateKey();
      await storeKey(trust, key, { role: 'jeff' }, SecretBytes.fromText('a passphrase'));
      await page.getByText('0 repositories and 1 key').waitFor();
      expect(await page.getByRole('button', { name: 'Show them' }).isEnabled()).toBe(true);
      await page.getByRole('button', { name: 'Keys', exact: false }).first().click();
      await page.getByRole('grid', { name: 'Keys' }).getByText('jeff').waitFor();
      await storeKey(trust, await generateKey(), { role: 'ops' }, SecretBytes.fromText('a passphrase'));
      await page.getByRole('grid', { name: 'Keys' }).getByText('ops').waitFor();
      await rm(trust, { recursive: true });
      await page.getByRole('grid', { name: 'Keys' }).waitFor({ state: 'detached' });
      await page.goBack();
      await page.getByRole('button', { name: 'Nothing here yet' }).waitFor();
    });

    it('lets no second process onto the same data folder, and says why', async () => {
      const { app } = desk();
      const scope = await openScope();
      try {
        const second = startApp(scope, { TRUSTDESK_HOME: app.dataFolder });
        await expect(second).rejects.toThrow(/waiting for it to end[^]*in use by another program/);
      } finally {
        await scope.close();
      }
    });

    it('keeps the one-time token out of the address and out of every request', () => {
      const { page, requests, app } = desk();
      const token = new URL(app.address()).hash.slice(1);
      expect(token.length).toBeGreaterThan(40);
      expect(page.url()).not.toContain(token);
      expect(requests.filter((url) => url.includes(token) && !url.includes('#'))).toEqual([]);
    });

    it('has nothing of Node in the page', async () => {
      const kinds = await desk().page.evaluate(() =>
        ['require', 'process', 'module', 'Buffer', 'global', 'electron', 'ipcRenderer'].map(
          (name) => typeof (globalThis as Record<string, unknown>)[name],
        ),
      );
      expect(kinds).toEqual(Array.from({ length: 7 }, () => 'undefined'));
    });

    it('sends its whole policy with the page', async () => {
      const { app } = desk();
      const { origin, host } = new URL(app.address());
      const answer = await fetch(`${origin}/`);
      expect(answer.headers.get('content-security-policy')).toBe(
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; " +
          `connect-src ws://${host}; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; ` +
          "require-trusted-types-for 'script'",
      );
    });

    it('asks nothing of anybody else, and nothing is wrong in it', () => {
      expectQuiet(desk());
    });
  });

  describe('against who gets a script into the page', () => {
    const desk = useScope(sitDown);

    /** Each tries to add its own name to `ran`. */
    const attempts = {
      'an inline script': () => {
        const script = document.createElement('script');
        script.append("window.ran.push('script')");
        document.body.append(script);
      },
      'an inline event handler': () => {
        const image = document.createElement('img');
        image.setAttribute('onerror', "window.ran.push('handler')");
        image.src = 'data:,';
        document.body.append(image);
      },
      'text turned into HTML': () => {
        document.body.insertAdjacentHTML(
          'beforeend',
          '<img src="data:," onerror="window.ran.push(\'html\')">',
        );
      },
      'text turned into code': () => {
        const make = (globalThis as unknown as { Function: new (code: string) => () => void }).Function;
        new make("window.ran.push('function')")();
      },
      'a script from elsewhere': () => {
        const script = document.createElement('script');
        Object.assign(script, { src: 'https://example.com/x.js', onload: () => window.ran.push('remote') });
        document.body.append(script);
      },
      'a request elsewhere': () => {
        void fetch('https://example.com/').then(() => window.ran.push('fetch'));
      },
      'a frame': () => {
        const frame = document.createElement('iframe');
        frame.onload = () => window.ran.push('frame');
        frame.src = 'https://example.com/';
        document.body.append(frame);
      },
    };

    /** Runs in the page. Waits until the browser has said no; other errors of the page, such as layout's, are not that. */
    async function watch(attempt: () => void) {
      window.ran = [];
      window.violations = [];
      const note = (event: SecurityPolicyViolationEvent): void => {
        window.violations.push(event.violatedDirective);
      };
      document.addEventListener('securitypolicyviolation', note);
      const refused = new Promise((resolve) => {
        document.addEventListener('securitypolicyviolation', resolve, { once: true });
      });
      // In a task of its own, so that the policy of the page applies and not the debugger's privileges.
      setTimeout(attempt);
      await refused;
      await new Promise((resolve) => requestAnimationFrame(resolve));
      document.removeEventListener('securitypolicyviolation', note);
      return { ran: window.ran, violations: window.violations };
    }

    it.each(Object.entries(attempts))('refuses %s', async (_, attempt) => {
      const call = `(${String(watch)})(${String(attempt)})`;
      const outcome: Awaited<ReturnType<typeof watch>> = await desk().page.evaluate(call);
      expect(outcome.ran).toEqual([]);
      expect(outcome.violations).not.toEqual([]);
    });
  });

  describe('with one window at a time', () => {
    const place = useScope(async (scope) => {
      const app = await startApp(scope, {}, 'start');
      return { app, browser: await openBrowser(scope) };
    });

    it('refuses an address that was used, and prints a new one when the window has left', async () => {
      const { app, browser } = place();
      const used = app.address();
      const first = await openWindow(browser, used);
      await first.page.getByRole('heading', { level: 1 }).waitFor();
      const second = await openWindow(browser, used);
      await second.page.getByRole('alertdialog', { name: 'This address was used before' }).waitFor();
      await second.close();
      await first.close();
      const third = await openWindow(browser, await app.nextAddress());
      await third.page.getByRole('heading', { level: 1, name: 'See who signed what' }).waitFor();
      expect(app.address()).not.toBe(used);
    });

    it('goes on after a reload', async () => {
      const scope = await openScope();
      const desk = await sitDown(scope);
      await desk.page.getByRole('heading', { level: 1 }).waitFor();
      await desk.page.reload();
      await desk.page.getByRole('heading', { level: 1, name: 'See who signed what' }).waitFor();
      expect(desk.app.output()).not.toContain('has been gone');
      await scope.close();
    });

    it('says that it has ended, and lets nobody use what is behind', async () => {
      const scope = await openScope();
      const { page, app } = await sitDown(scope);
      await page.getByRole('heading', { level: 1 }).waitFor();
      process.kill(app.pid, 'SIGKILL');
      await page.getByRole('alertdialog', { name: 'Trustdesk has ended' }).waitFor();
      const focused = await page.evaluate(() => document.activeElement?.getAttribute('role'));
      expect(focused).toBe('alertdialog');
      await page.keyboard.press('Tab');
      const isBehind = () => document.querySelector('.window :focus') !== null;
      expect(await page.evaluate(isBehind)).toBe(false);
      await scope.close();
    });

    it('stays where it was after a reload, and goes back with the browser', async () => {
      const scope = await openScope();
      const { page } = await sitDown(scope);
      await page.getByRole('heading', { level: 1, name: 'See who signed what' }).waitFor();
      await page.getByRole('navigation').getByRole('button', { name: 'Settings' }).click();
      await page.reload();
      await page.getByRole('heading', { level: 1, name: 'Settings' }).waitFor();
      await page.goBack();
      await page.getByRole('heading', { level: 1, name: 'See who signed what' }).waitFor();
      expect(new URL(page.url()).hash).toBe('#/welcome');
      await scope.close();
    });
  });
});

describeWithPeers('where docker was before', ['chromium', 'docker', 'notary', 'notary-server'], () => {
  const gun = 'registry.example.test/acme/app';
  const place = useScope(async (scope) => {
    const notary = await startNotaryServer(scope);
    const station = await makeWorkstation(scope, { notary });
    await station.must.notary(['init', gun]);
    await station.must.notary(['addhash', gun, '1.0', '12', '--sha256', 'ab'.repeat(32), '--publish']);
    await station.must.docker(['trust', 'inspect', gun]);
    return { station, desk: await sitDown(scope, station.environment) };
  });

  it('shows what is here at once, and says where it was found', async () => {
    const { page } = place().desk;
    await page.getByRole('heading', { level: 1, name: 'Repositories' }).waitFor();
    await page.keyboard.press('Control+k');
    await page.keyboard.type('Welcome');
    await page.keyboard.press('Enter');
    await page.getByText('1 repository and 3 keys').waitFor();
    await page.getByText(place().station.trustDirectory).waitFor();
    await page.getByRole('button', { name: 'Show them' }).click();
    await openRepository(page, gun);
    expect(await shownTags(page)).toEqual([['1.0', 'ab'.repeat(32), 'Repo Admin']]);
  });

  it('lists the keys that notary lists', async () => {
    const { desk, station } = place();
    const listed = await station.must.notary(['key', 'list']);
    const ids = [...listed.stdout.matchAll(/[0-9a-f]{64}/g)].map(([id]) => id);
    await desk.page.getByRole('button', { name: /^Keys/ }).click();
    await desk.page.getByRole('grid', { name: 'Private keys' }).waitFor();
    const text = await desk.page.getByRole('main').innerHTML();
    expect(ids).toHaveLength(3);
    for (const id of ids) expect(text).toContain(id);
    expect(text).not.toContain('PRIVATE KEY');
    expectQuiet(desk);
  });
});
