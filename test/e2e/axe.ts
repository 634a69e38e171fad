/**
 * Asks axe what a person with a screen reader, a keyboard or weak eyes would stumble over.
 * axe is evaluated through the debugger, so that the page keeps its real content security policy.
 */
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import type { AxeResults } from 'axe-core';
import type { Page } from 'playwright-core';

const axePath = createRequire(import.meta.url).resolve('axe-core/axe.min.js');

declare const axe: { run(context: object, options: object): Promise<AxeResults> };

/** What the component library has just read aloud: it names things that may be gone by now, and nobody walks there. */
const announcements = ['[data-live-announcer]'];

const tags = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];

/** What is still fading in or out has no colour yet; what turns for ever (a spinner) is not waited for. */
const comeToRest = (page: Page) =>
  page.waitForFunction(() =>
    document.getAnimations().every((animation) => {
      const { endTime } = animation.effect?.getComputedTiming() ?? {};
      return animation.playState !== 'running' || endTime === Infinity;
    }),
  );

/** One line per finding: the rule and where it is broken. Empty when there is nothing to say. */
export async function accessibilityFindings(page: Page): Promise<readonly string[]> {
  await comeToRest(page);
  await page.evaluate(await readFile(axePath, 'utf8'));
  const results = await page.evaluate(
    ({ include, exclude, runOnly }) =>
      axe.run({ include, exclude }, { runOnly, resultTypes: ['violations'] }),
    { include: [['html']], exclude: [announcements], runOnly: tags },
  );
  return results.violations.flatMap(({ id, help, nodes }) =>
    nodes.map(
      ({ target, failureSummary }) => `${id}: ${help} at ${target.join(' ')}\n${failureSummary ?? ''}`,
    ),
  );
}
