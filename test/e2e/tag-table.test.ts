/** The table of signed tags against what docker prints of the same repository. */
import { expect, it } from 'vitest';
import { describeWithPeers } from '../lab/describe-with-peers.ts';
import { numberedTags, publishManyTags } from '../lab/many-tags.ts';
import { startNotaryServer } from '../lab/notary-server.ts';
import { useScope } from '../lab/use-scope.ts';
import { makeWorkstation } from '../lab/workstation.ts';
import { expectQuiet, openRepository, shownTags, sitDown, tagGrid } from './desk.ts';

const gun = 'registry.example.test/acme/app';
const COUNT = 2000;

interface Inspected {
  readonly SignedTags: readonly { readonly SignedTag: string; readonly Digest: string }[];
}

describeWithPeers('the table of signed tags', ['chromium', 'docker', 'notary', 'notary-server'], () => {
  const place = useScope(async (scope) => {
    const notary = await startNotaryServer(scope);
    const station = await makeWorkstation(scope, { notary });
    await publishManyTags(station, gun, numberedTags(COUNT));
    const printed = await station.must.docker(['trust', 'inspect', gun]);
    const [inspected] = JSON.parse(printed.stdout) as readonly Inspected[];
    const desk = await sitDown(scope, station.environment);
    await openRepository(desk.page, gun);
    return { desk, expected: inspected?.SignedTags ?? [] };
  });
  const page = () => place().desk.page;
  const names = async (): Promise<readonly string[]> => (await shownTags(page())).map(([tag = '']) => tag);

  const toTop = async (): Promise<void> => {
    await tagGrid(page()).focus();
    await page().keyboard.press('Control+Home');
    await tagGrid(page()).locator('[role=row][aria-rowindex="2"]').waitFor();
  };

  it("begins with docker's first rows and knows how many there are", async () => {
    const rows = await shownTags(page());
    const first = place().expected.slice(0, rows.length);
    expect(rows.length).toBeGreaterThan(5);
    expect(rows.length).toBeLessThan(100);
    expect(rows.map(([tag, digest]) => [tag, digest])).toEqual(
      first.map(({ SignedTag, Digest }) => [SignedTag, Digest]),
    );
    expect(await tagGrid(page()).getAttribute('aria-rowcount')).toBe(String(COUNT + 1));
  });

  it("ends with docker's last row", async () => {
    const grid = tagGrid(page());
    await grid.focus();
    await page().keyboard.press('Control+End');
    const last = grid.locator(`[role=row][aria-rowindex="${COUNT + 1}"]`);
    expect(await last.textContent()).toContain(place().expected.at(-1)?.Digest.slice(0, 40));
    await toTop();
  });

  it.each([
    ['a part of a name', '1.49.1'],
    ['six digits or more of a digest', undefined],
    ['something that no tag has', 'no such tag'],
  ])('filters by %s', async (_, query) => {
    const { expected } = place();
    const typed = query ?? expected[77]?.Digest.slice(0, 12) ?? '';
    const hits = expected.filter(
      ({ SignedTag, Digest }) => SignedTag.includes(typed) || Digest.startsWith(typed),
    );
    await page().getByRole('searchbox').fill(typed);
    await page().waitForFunction(
      (rows) => document.querySelector('[aria-label="Signed tags"][role=grid]')?.ariaRowCount === rows,
      String(hits.length + 1),
    );
    if (hits.length === 0) await page().getByText('Nothing matches').waitFor();
    expect(hits.length > 0 ? await names() : []).toEqual(hits.map(({ SignedTag }) => SignedTag));
    await page().getByRole('searchbox').fill('');
    await toTop();
  });

  it('scrolls without a hole', async () => {
    const grid = tagGrid(page());
    const holes = await grid.evaluate(async (table) => {
      const box = table.getBoundingClientRect();
      const heights = Array.from(
        { length: 10 },
        (_, index) => box.top + 60 + ((box.height - 80) * index) / 9,
      );
      let found = 0;
      for (let step = 1; step <= 60; step += 1) {
        table.scrollTop = ((table.scrollHeight - table.clientHeight) * step) / 60;
        await new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve)));
        found += heights.filter(
          (y) => document.elementFromPoint(box.left + box.width / 3, y)?.closest('[role=row]') === null,
        ).length;
      }
      table.scrollTop = 0;
      return found;
    });
    expect(holes).toBe(0);
  });

  it('copies a whole digest', async () => {
    await page().context().grantPermissions(['clipboard-read', 'clipboard-write']);
    const grid = tagGrid(page());
    await grid.focus();
    await page().keyboard.press('Control+Home');
    await page().keyboard.press('Control+c');
    await page()
      .getByRole('status')
      .filter({ hasText: /Copied/ })
      .first()
      .waitFor();
    const text = await page().evaluate(() => navigator.clipboard.readText());
    expect(text).toBe(`sha256:${place().expected[0]?.Digest ?? ''}`);
    expectQuiet(place().desk);
  });
});
