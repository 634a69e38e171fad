/** The sheets of the Keys page, in light and dark: accessible, reached by the keyboard, and left as they were found. */
import type { Page } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import { describeWithPeers } from '../lab/describe-with-peers.ts';
import { useScope } from '../lab/use-scope.ts';
import { accessibilityFindings } from './axe.ts';
import { expectQuiet, sitDown } from './desk.ts';
import { fromPalette, gone, grid, leaveSheets, openKeys, press, top } from './key-page.ts';

/** From the Keys page, each opened by the keyboard where the palette has it. */
const sheets: readonly (readonly [string, (page: Page) => Promise<unknown>])[] = [
  ['generate', (page) => fromPalette(page, 'Generate key')],
  [
    'new passphrase, made up of words',
    async (page) => {
      await fromPalette(page, 'Generate key');
      await top(page).getByRole('textbox', { name: 'Name' }).fill('kim');
      await page.keyboard.press('Enter');
      await page.getByTestId('made-up-passphrase').waitFor();
    },
  ],
  [
    'new passphrase, chosen',
    async (page) => {
      await top(page).getByRole('radio', { name: 'Choose my own' }).click();
      await top(page).getByLabel('New passphrase', { exact: true }).last().fill('password1');
      await top(page).getByRole('meter').waitFor();
    },
  ],
  [
    'new passphrase, made up of characters',
    async (page) => {
      await top(page).getByRole('radio', { name: 'Made-up characters' }).click();
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
