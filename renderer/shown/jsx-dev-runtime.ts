/** The same for tests, which are built for development. */
import * as react from 'react/jsx-dev-runtime';
import type { ElementType, Key, ReactElement } from 'react';
import { shownProps } from './jsx-runtime.ts';

export { Fragment } from 'react/jsx-dev-runtime';

/** `more`: whether the children are fixed, and where it is written, for React's own warnings. */
export function jsxDEV(
  type: ElementType,
  props: Readonly<Record<string, unknown>>,
  key: Key | undefined,
  ...more: readonly [boolean, react.JSXSource?, unknown?]
): ReactElement {
  const [isStatic, source, self] = more;
  return react.jsxDEV(type, shownProps(props), key, isStatic, source, self);
}
