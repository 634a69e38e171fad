/** A question of main's as a list where main enumerates, with every word of it. */
import { renderToStaticMarkup } from 'react-dom/server';
import { expect, test } from 'vitest';
import { blocksOf, PromptText } from '../../../renderer/features/prompts/prompt-text.tsx';
import { withoutRootText } from '../../../shared/without-root.ts';

const text = [
  ...withoutRootText(', for the 2 repositories it belongs to'),
  'Proven copies:\n  BLUE (a drive): a.age, proven 2026-11-01\n    This drive keeps no permissions.\n  RED (a drive): b.age, proven 2026-11-02',
  'Its file is removed from this computer.',
].join('\n\n');

test('taking the root key offline is three short lists and a sentence', () => {
  expect(
    blocksOf(text).map((block) => (block.kind === 'list' ? [block.lead, block.items.length] : block.text)),
  ).toEqual([
    ['Goes on without it:', 3],
    ['Waits until it is brought back, for the 2 repositories it belongs to:', 3],
    ['Proven copies:', 2],
    'Its file is removed from this computer.',
  ]);
  const html = renderToStaticMarkup(<PromptText text={text} />);
  expect(html.match(/<li>/g)).toHaveLength(8);
  const words = (all: string) =>
    all
      .replaceAll(/<[^>]+>/g, ' ')
      .split(/[\s;.]+/)
      .filter(Boolean);
  expect(words(html)).toEqual(words(text));
});

test.each([
  'One sentence: with a colon.',
  'Two; parts and no lead.',
  'registry.example.com:5000/app stays.',
  'First line:\nnot further in',
])('%j is a paragraph as it is', (plain) => {
  expect(blocksOf(plain)).toEqual([{ kind: 'text', text: plain }]);
});
