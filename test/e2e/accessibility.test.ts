/** Every screen, in light and dark, asked for what WCAG 2.2 AA and good practice demand. */
import type { Page } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import { describeWithPeers } from '../lab/describe-with-peers.ts';
import { useScope } from '../lab/use-scope.ts';
import { accessibilityFindings } from './axe.ts';
import { shownTags, sitDown } from './desk.ts';

const toPlace = async (page: Page, name: string): Promise<void> => {
  await page.getByRole('navigation').getByRole('button', { name }).click();
  await page.getByRole('heading', { level: 1, name }).waitFor();
};
const toRepository = async (page: Page): Promise<void> => {
  await toPlace(page, 'Repositories');
  await page.getByRole('button', { name: /webshop/ }).click();
  await shownTags(page);
};
const toTab = (name: RegExp) => async (page: Page) => {
  await toRepository(page);
  await page.getByRole('tab', { name }).click();
};

/** In their order, because the first ones are seen once only. */
const screens: readonly (readonly [string, (page: Page) => Promise<unknown>])[] = [
  ['first run', (page) => page.getByRole('heading', { level: 1 }).waitFor()],
  [
    'connect sheet',
    async (page) => {
      await page.getByRole('button', { name: 'Connect…' }).click();
      await page.getByRole('dialog').waitFor();
    },
  ],
  [
    'repositories',
    async (page) => {
      await page.keyboard.press('Escape');
      await page.getByRole('button', { name: 'Open the sandbox' }).click();
      await page.getByRole('grid', { name: 'Repositories' }).waitFor();
    },
  ],
  [
    'add sheet',
    async (page) => {
      await page.getByRole('button', { name: 'Add…' }).click();
      await page.getByRole('dialog').waitFor();
    },
  ],
  [
    'signed tags',
    async (page) => {
      await page.keyboard.press('Escape');
      await toRepository(page);
    },
  ],
  ['signers', toTab(/^Signers/)],
  ['administrative keys', toTab(/^Administrative/)],
  ['delegations', toTab(/^Delegations/)],
  ['metadata', toTab(/^Metadata/)],
  [
    'doctor',
    async (page) => {
      await toPlace(page, 'Repositories');
      await page.getByRole('button', { name: 'Diagnose…' }).click();
      await page.getByRole('textbox').fill('registry.example.test/acme/app');
      await page.getByRole('button', { name: 'Examine' }).click();
      await page.getByText('Something is in the way.').waitFor();
    },
  ],
  [
    'keys',
    async (page) => {
      await page.keyboard.press('Escape');
      await toPlace(page, 'Keys');
    },
  ],
  ['verify', (page) => toPlace(page, 'Verify')],
  ['activity', (page) => toPlace(page, 'Activity')],
  [
    'settings',
    async (page) => {
      await toPlace(page, 'Settings');
      await page.getByRole('region', { name: 'Trust servers' }).waitFor();
    },
  ],
  [
    'palette',
    async (page) => {
      await page.keyboard.press('Control+k');
      await page.getByRole('combobox').waitFor();
    },
  ],
  ['palette without a hit', (page) => page.getByRole('combobox').fill('zzzz')],
];

describeWithPeers('accessibility', ['chromium'], () => {
  describe.each(['light', 'dark'] as const)('in %s', (scheme) => {
    const desk = useScope(async (scope) => {
      const sat = await sitDown(scope);
      await sat.page.emulateMedia({ colorScheme: scheme, reducedMotion: 'reduce' });
      return sat;
    });

    it.each(screens)('%s', async (_, show) => {
      await show(desk().page);
      expect(await accessibilityFindings(desk().page)).toEqual([]);
    });
  });
});
