/**
 * One row of a grid. Drawn again only when something in it changed: hundreds come and go while scrolling.
 * It has no handlers; the grid hears of clicks from where they bubble to.
 */
import { memo, type ReactNode } from 'react';
import { CheckMark } from './check-box.tsx';

export interface GridColumn {
  readonly id: string;
  readonly title: string;
  readonly render: (index: number) => ReactNode;
  readonly sortable?: boolean;
  /** Names the row for screen readers. */
  readonly isRowHeader?: boolean;
}

interface GridRowProps {
  readonly id: string;
  readonly index: number;
  /** Pixels from the top of the canvas. */
  readonly top: number;
  readonly columns: readonly GridColumn[];
  /** undefined: not the active row; -1: the row as a whole. */
  readonly activeColumn: number | undefined;
  /** undefined: rows cannot be selected. */
  readonly isSelected: boolean | undefined;
}

export const GridRow = memo(function GridRow(props: GridRowProps) {
  const { id, index, top, columns, activeColumn, isSelected } = props;
  return (
    <div
      role="row"
      id={id}
      className="grid-line grid-row"
      aria-rowindex={index + 2}
      aria-selected={isSelected ?? activeColumn !== undefined}
      data-row={index}
      data-active={activeColumn !== undefined}
      style={{ top }}
    >
      {isSelected !== undefined && (
        <div role="gridcell" className="grid-check" data-check>
          <CheckMark state={isSelected ? 'all' : 'none'} />
          <span className="visually-hidden">{isSelected ? 'Selected' : 'Not selected'}</span>
        </div>
      )}
      {columns.map((column, position) => (
        <div
          key={column.id}
          id={`${id}-${position}`}
          role={column.isRowHeader === true ? 'rowheader' : 'gridcell'}
          className="grid-cell"
          data-active={activeColumn === position}
        >
          {column.render(index)}
        </div>
      ))}
    </div>
  );
});
