/** The page Verify: references that are typed and files that are dropped, looked up in the sandbox and pinned. */
import { mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import { describeWithPeers } from '../lab/describe-with-peers.ts';
import { useScope } from '../lab/use-scope.ts';
import { accessibilityFindings } from './axe.ts';
import { expectQuiet, shownTags, sitDown } from './desk.ts';

/** Where pictures go, when somebody wants to look at them. */
const pictures = process.env['TRUSTDESK_PICTURES'];

async function picture(page: Page, name: string): Promise<void> {
  if (pictures === undefined) return;
  await mkdir(pictures, { recursive: true });
  await page.screenshot({ path: join(pictures, `${name}.png`) });
}

const rowsOf = (page: Page): Promise<readonly string[][]> =>
  page
    .getByRole('grid', { name: 'Images' })
    .evaluate((grid) =>
      [...grid.querySelectorAll('[role=row]')]
        .filter((row) => row.getAttribute('aria-rowindex') !== '1')
        .map((row) =>
          [...row.querySelectorAll('[role=gridcell], [role=rowheader]')].map((one) => one.textContent.trim()),
        ),
    );

/** Images whose name lies over the column beside it. */
const overlaps = (page: Page): Promise<readonly string[]> =>
  page
    .getByRole('grid', { name: 'Images' })
    .evaluate((grid) =>
      [...grid.querySelectorAll('[role=rowheader]')]
        .filter((cell) =>
          [...cell.querySelectorAll('.identifier > span')].some(
            (part) => part.getBoundingClientRect().right > cell.getBoundingClientRect().right + 1,
          ),
        )
        .map((cell) => cell.textContent),
    );

const drop = (page: Page, name: string, text: string): Promise<void> =>
  page.locator('.verify-page').evaluate(
    (target, [fileName, content]) => {
      const dataTransfer = new DataTransfer();
      dataTransfer.items.add(new File([content], fileName));
      target.dispatchEvent(new DragEvent('drop', { dataTransfer, bubbles: true, cancelable: true }));
    },
    [name, text] as const,
  );

describeWithPeers('looking up images', ['chromium'], () => {
  describe.each(['light', 'dark'] as const)('in %s', (scheme) => {
    const desk = useScope(async (scope) => {
      const sat = await sitDown(scope);
      const { page } = sat;
      await page.setViewportSize({ width: 1280, height: 800 });
      await page.emulateMedia({ colorScheme: scheme, reducedMotion: 'reduce' });
      await page.getByRole('button', { name: 'Open the sandbox' }).click();
      await page.getByRole('button', { name: /webshop/ }).click();
      const image = (await page.getByRole('heading', { level: 1 }).textContent()) ?? '';
      const digests = new Map(
        (await shownTags(page)).map(([tag = '', digest = '']) => [tag, `sha256:${digest}`]),
      );
      return { ...sat, image, digests, home: scope.folder };
    });

    it('shows what to do when nothing was asked', async () => {
      const { page } = desk();
      await page.keyboard.press('Control+5');
      await page.getByRole('heading', { level: 1, name: 'Verify' }).waitFor();
      await page.getByText('Nothing looked up yet').waitFor();
      expect(await page.getByRole('button', { name: 'Look up' }).isDisabled()).toBe(true);
      await picture(page, `empty-${scheme}`);
      expect(await accessibilityFindings(page)).toEqual([]);
    });

    it('looks up what is typed, and says of the unknown why not', async () => {
      const { page, image, digests } = desk();
      const hexOf = (tag: string) => digests.get(tag)?.slice('sha256:'.length);
      const typed = [`${image}:1.10`, `${image}:base`, `${image}:0.0`, `${image}-none`, 'Not:a:ref'];
      await page.getByRole('textbox', { name: 'Image references' }).fill(typed.join('\n'));
      await page.getByRole('button', { name: 'Look up' }).click();
      await page.getByText('2 of 5 images signed').waitFor();
      expect(await rowsOf(page)).toEqual([
        [`${image}:1.10`, hexOf('1.10'), 'alicebob', 'Signed'],
        [`${image}:base`, hexOf('base'), 'Repo Admin', 'Signed'],
        [`${image}:0.0`, 'None', '', 'Not signed'],
        [`${image}-none`, 'None', '', 'No trust data'],
        ['Not:a:ref', 'None', '', 'No reference'],
      ]);
      await page.getByRole('grid', { name: 'Images' }).focus();
      for (const _ of [1, 2]) await page.keyboard.press('ArrowDown');
      await page.getByRole('complementary').getByText('has no such signed tag').waitFor();
      await picture(page, `typed-${scheme}`);
      expect(await accessibilityFindings(page)).toEqual([]);
    });

    it('pins a Dockerfile that was dropped, and saves it as it was shown', async () => {
      const { page, image, digests, home } = desk();
      await page.getByRole('textbox', { name: 'Image references' }).fill('');
      const text = `# web\r\nFROM ${image}:2.0 AS build\r\nFROM ${image}:1.0@${digests.get('2.0') ?? ''}\r\nCOPY --from=build / /\r\n`;
      await drop(page, 'Dockerfile', text);
      await page.getByText('1 of 2 images signed').waitFor();
      expect((await rowsOf(page)).map((row) => row.at(-1))).toEqual(['Signed', 'Another digest']);
      await page.getByRole('button', { name: 'Pin to digests…' }).click();
      await page.getByText('One image is left without a signed digest.').waitFor();
      await picture(page, `pinned-partly-${scheme}`);
      await page.getByRole('checkbox', { name: /^Replace digests/ }).check();
      await page.getByText('2 lines changed').waitFor();
      await picture(page, `pinned-${scheme}`);
      expect(await accessibilityFindings(page)).toEqual([]);
      await page.getByRole('button', { name: 'Save as…' }).click();
      await page.getByRole('textbox', { name: 'File name' }).waitFor();
      await page.getByRole('button', { name: 'Save', exact: true }).click();
      await page.getByText('The pinned file was saved').waitFor();
      expect(await readFile(join(home, 'Dockerfile'), 'utf8')).toBe(
        text
          .replace(':2.0 ', `:2.0@${digests.get('2.0') ?? ''} `)
          .replace(/1\.0@sha256:[0-9a-f]+/, `1.0@${digests.get('1.0') ?? ''}`),
      );
    });

    it('looks through several files at once, and names the one that cannot be read', async () => {
      const { page, image } = desk();
      await drop(
        page,
        'compose.yaml',
        `services:\n  web:\n    image: ${image}/${'long-name-'.repeat(9)}x:1.0\n  db:\n    image: "${image}:$V"\n`,
      );
      await drop(page, 'broken.yaml', 'services: [');
      await drop(page, 'turned.txt', `a\u202e:1`);
      await page.getByRole('grid', { name: 'Images' }).getByText('\\u202e').waitFor();
      await page.getByRole('button', { name: 'Leave out turned.txt' }).click();
      await page.getByRole('grid', { name: 'Images' }).getByText('\\u202e').waitFor({ state: 'detached' });
      await page.getByText('broken.yaml cannot be read').waitFor();
      expect((await rowsOf(page)).length).toBe(4);
      await page.setViewportSize({ width: 1000, height: 680 });
      await picture(page, `files-narrow-${scheme}`);
      expect(await overlaps(page)).toEqual([]);
      expect(await accessibilityFindings(page)).toEqual([]);
      await page.getByRole('button', { name: 'Leave out broken.yaml' }).click();
      await page.getByText('broken.yaml cannot be read').waitFor({ state: 'detached' });
      await page.setViewportSize({ width: 1280, height: 800 });
      await page.keyboard.press('Control+k');
      await page.getByRole('combobox').fill('Verify');
      await page.getByRole('option', { name: /^Verify/ }).waitFor();
      await page.keyboard.press('Escape');
      expectQuiet(desk());
    });
  });
});
