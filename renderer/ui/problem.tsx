/** A failure in the words of the error table: what is wrong, and what to do. */
import type { ReactNode } from 'react';
import { type CodedError, errorText } from '../copy/error-text.ts';
import { visibleText } from '../copy/visible-text.ts';
import { Banner } from './banner.tsx';
import './problem.css';

interface ProblemProps {
  readonly error: CodedError;
  readonly action?: ReactNode;
}

/** As a banner, above what else is on the page. */
export function Problem({ error, action }: ProblemProps) {
  const { title, fix } = errorText(error);
  return (
    <Banner tone="bad" title={visibleText(title)} action={action}>
      {visibleText(fix)}
    </Banner>
  );
}

/** In a line or a table cell. */
export function ProblemText({ error }: { readonly error: CodedError }) {
  const { title, fix } = errorText(error);
  return (
    <span className="selectable">
      <span className="problem-title">{visibleText(title)}</span>{' '}
      <span className="muted">{visibleText(fix)}</span>
    </span>
  );
}
