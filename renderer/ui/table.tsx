/** Plain tables of a few rows. Long ones are grids (data-grid.tsx). */
import type { ReactNode } from 'react';
import './table.css';

export interface TableHead {
  readonly title: string;
  readonly className?: string;
  /** Only for screen readers: a column of buttons needs no title to the eye. */
  readonly isHidden?: boolean;
}

interface TableProps {
  readonly label: string;
  readonly heads: readonly (string | TableHead)[];
  readonly children: ReactNode;
}

export function Table({ label, heads, children }: TableProps) {
  return (
    <table className="table" aria-label={label}>
      <thead>
        <tr>
          {heads
            .map((head): TableHead => (typeof head === 'string' ? { title: head } : head))
            .map(({ title, className = '', isHidden = false }) => (
              <th key={title} scope="col" className={`overline ${className}`}>
                {isHidden ? <span className="visually-hidden">{title}</span> : title}
              </th>
            ))}
        </tr>
      </thead>
      <tbody>{children}</tbody>
    </table>
  );
}
