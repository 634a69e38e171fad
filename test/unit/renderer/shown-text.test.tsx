/** Names from elsewhere that are drawn: what turns the direction of writing is shown, wherever it stands. */
import { renderToStaticMarkup } from 'react-dom/server';
import { describe, expect, test } from 'vitest';
import { SignerChip } from '../../../renderer/ui/signer-chip.tsx';
import { Status } from '../../../renderer/ui/status.tsx';
import { jsx, jsxs } from '../../../renderer/shown/jsx-runtime.ts';

const evil = 'v1\u202egpj.exe\u2069\u200f\u009b2J\u001b[2J';
const shown = 'v1\\u202egpj.exe\\u2069\\u200f\\u009b2J\\u001b[2J';

describe('what is drawn', () => {
  test.each([
    ['alone', <p>{evil}</p>, `<p>${shown}</p>`],
    ['beside other text', <p>Tag {evil} is signed</p>, `<p>Tag ${shown} is signed</p>`],
    ['in a list', <p>{[evil, 'b']}</p>, `<p>${shown}b</p>`],
    ['where the pointer rests', <i title={evil} />, `<i title="${shown}"></i>`],
    ['where it is read out', <i aria-label={evil} />, `<i aria-label="${shown}"></i>`],
    [
      'as a choice',
      <select defaultValue={evil}>
        <option value={evil}>{evil}</option>
      </select>,
      `<select><option value="${evil}" selected="">${shown}</option></select>`,
    ],
  ])('%s', (_, element, markup) => {
    expect(renderToStaticMarkup(element)).toBe(markup);
  });

  test('by a part of ours', () => {
    for (const part of [<SignerChip name={evil} />, <Status tone="bad">{evil}</Status>]) {
      expect(renderToStaticMarkup(part)).toContain(shown);
      expect(renderToStaticMarkup(part)).not.toContain('\u202e');
    }
  });
});

test('other scripts, lines and tabs stay as they are', () => {
  const text = '\u05d0\u05d1 \u0628\u062a \u65e5\u672c \u00e4\n\tx\u200d\u2028';
  expect(renderToStaticMarkup(<pre>{text}</pre>)).toBe(`<pre>${text}</pre>`);
});

test('what is typed is not changed', () => {
  expect(renderToStaticMarkup(<input value={evil} readOnly />)).toContain(`value="${evil}"`);
});

test('the same in the built window, which uses the other two functions', () => {
  const element = jsxs('p', { children: ['a ', jsx('b', { children: evil }, 'k')], title: evil });
  expect(renderToStaticMarkup(element)).toBe(`<p title="${shown}">a <b>${shown}</b></p>`);
  const props = { children: 'plain', title: 'plain' };
  expect(jsx('p', props).props).toEqual(props);
});
