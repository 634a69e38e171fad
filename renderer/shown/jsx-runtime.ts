/**
 * React's own runtime for JSX, by which everything that the window draws goes: the one place where text from elsewhere is
 * made harmless to look at. Used for the window's own files by `build/vite.config.mjs` and `vitest.config.ts`.
 * SECURITY: names of tags, files, certificates and tokens may hold characters that turn the direction of writing, so that
 * one name looks like another. They are shown as escapes. Values of fields are not touched: what is typed stays what it is.
 */
import * as react from 'react/jsx-runtime';
import type { ElementType, Key, ReactElement } from 'react';
import { printableLines } from '../../shared/printable.ts';

export { Fragment } from 'react/jsx-runtime';

type Props = Readonly<Record<string, unknown>>;

/** What is read to somebody, or shown beside the pointer. */
const spoken = ['title', 'label', 'description', 'alt', 'placeholder', 'aria-label', 'aria-description'];

export function jsx(type: ElementType, props: Props, key?: Key): ReactElement {
  return react.jsx(type, shownProps(props), key);
}

export function jsxs(type: ElementType, props: Props, key?: Key): ReactElement {
  return react.jsxs(type, shownProps(props), key);
}

/** The same props where there is nothing to hide, which is nearly always. */
export function shownProps(props: Props): Props {
  let shown = props;
  for (const name of ['children', ...spoken]) {
    const value = props[name];
    const harmless = name === 'children' ? shownChildren(value) : shownText(value);
    if (harmless !== value) shown = { ...shown, [name]: harmless };
  }
  return shown;
}

function shownChildren(children: unknown): unknown {
  if (!Array.isArray(children)) return shownText(children);
  const shown = children.map(shownChildren);
  return shown.some((child, at) => child !== children[at]) ? shown : children;
}

function shownText(value: unknown): unknown {
  return typeof value === 'string' ? printableLines(value) : value;
}
