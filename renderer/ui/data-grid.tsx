/**
 * A table of up to hundreds of thousands of rows with the ARIA grid pattern: one tab stop, arrows move, the active row
 * (or cell) is named by `aria-activedescendant`. Only the rows on screen exist. They are drawn in a pane that sticks to
 * the viewport, so that a scroll which runs ahead of this thread shows old rows for a frame and never a blank.
 */
import { ArrowDown, ArrowUp } from 'lucide-react';
import {
  type KeyboardEvent,
  type MouseEvent,
  type ReactNode,
  type Ref,
  useId,
  useImperativeHandle,
  useLayoutEffect,
  useRef,
  useState,
} from 'react';
import { CheckBox } from './check-box.tsx';
import { type GridColumn, GridRow } from './grid-row.tsx';
import { moveInGrid } from './grid-keys.ts';
import { gridMetrics, placeRows, revealRow, useRowWindow } from './row-window.ts';
import './data-grid.css';

export interface GridSelection {
  readonly has: (index: number) => boolean;
  readonly state: 'none' | 'some' | 'all';
  readonly toggle: (index: number) => void;
  /** From the row last toggled to this one. */
  readonly extend: (index: number) => void;
  readonly toggleAll: () => void;
}

export interface GridSort {
  readonly column: string;
  readonly descending: boolean;
}

export interface GridHandle {
  readonly focus: () => void;
}

interface DataGridProps {
  readonly label: string;
  /** Class that sets `grid-template-columns`. */
  readonly className: string;
  readonly columns: readonly GridColumn[];
  readonly count: number;
  /** -1: none. */
  readonly active: number;
  readonly onActive: (index: number) => void;
  /** Enter or double click. */
  readonly onOpen?: (index: number) => void;
  /** Ctrl/Cmd+C with nothing marked as text. */
  readonly onCopy?: (index: number) => void;
  readonly onVisible?: (first: number, end: number) => void;
  readonly selection?: GridSelection;
  readonly sort?: GridSort;
  readonly onSort?: (column: string) => void;
  /** Shown instead of rows. */
  readonly empty?: ReactNode;
  readonly ref?: Ref<GridHandle>;
}

type GridProps = Omit<DataGridProps, 'ref'>;

export function DataGrid({ ref, ...props }: DataGridProps) {
  const { columns, count, active, onActive, selection, onVisible } = props;
  const id = useId();
  const scroller = useRef<HTMLDivElement>(null);
  const canvas = useRef<HTMLDivElement>(null);
  const [column, setColumn] = useState(-1);
  const { first, end, origin } = useRowWindow(scroller, gridMetrics, count);

  useImperativeHandle(ref, () => ({ focus: () => scroller.current?.focus() }), []);
  useLayoutEffect(() => placeRows(scroller.current, canvas.current, origin, gridMetrics));
  useLayoutEffect(() => {
    if (active >= 0 && scroller.current !== null) revealRow(scroller.current, gridMetrics, active);
  }, [active]);
  useLayoutEffect(() => onVisible?.(first, end), [onVisible, first, end]);

  const onKeyDown = (event: KeyboardEvent<HTMLDivElement>): void => {
    if (event.target !== event.currentTarget) return;
    const rows = Math.max(
      1,
      Math.floor((event.currentTarget.clientHeight - gridMetrics.head) / gridMetrics.row) - 1,
    );
    const move = moveInGrid(event, { active, column, count, columns: columns.length, page: rows });
    if (move === undefined) {
      runGridAct(event, props);
      return;
    }
    event.preventDefault();
    setColumn(move.column);
    if (move.active !== active) onActive(move.active);
    if (event.shiftKey && move.active !== active) selection?.extend(move.active);
  };

  const rows = [];
  for (let index = first; index < end; index += 1) {
    rows.push(
      <GridRow
        key={index}
        id={`${id}-${index}`}
        index={index}
        top={(index - origin) * gridMetrics.row}
        columns={columns}
        activeColumn={index === active ? column : undefined}
        isSelected={selection?.has(index)}
      />,
    );
  }
  const cell = column < 0 ? '' : `-${column}`;
  return (
    <div
      ref={scroller}
      className={`grid ${props.className}`}
      role="grid"
      tabIndex={0}
      aria-label={props.label}
      aria-rowcount={count + 1}
      aria-colcount={columns.length + (selection === undefined ? 0 : 1)}
      {...(selection === undefined ? {} : { 'aria-multiselectable': true })}
      {...(active >= first && active < end ? { 'aria-activedescendant': `${id}-${active}${cell}` } : {})}
      onKeyDown={onKeyDown}
      onFocus={(event) => {
        if (event.target === event.currentTarget && active < 0 && count > 0) onActive(0);
      }}
      onMouseDown={(event) => {
        // Shift and a click marks rows, not text; a click on a tick leaves the focus where it is.
        if (selection !== undefined && (event.shiftKey || isTick(event.target))) event.preventDefault();
      }}
      onClick={(event) => runClick(event, props)}
      onDoubleClick={(event) => {
        const row = rowOf(event.target);
        if (row !== undefined) props.onOpen?.(row);
      }}
      onScroll={() => placeRows(scroller.current, canvas.current, origin, gridMetrics)}
    >
      <GridHead {...props} />
      <div role="rowgroup" className="grid-space" style={{ height: count * gridMetrics.row }}>
        <div role="presentation" className="grid-pane">
          <div role="presentation" className="grid-canvas" ref={canvas}>
            {rows}
          </div>
          {count === 0 && props.empty}
        </div>
      </div>
    </div>
  );
}

const isTick = (target: EventTarget): boolean =>
  target instanceof Element && target.closest('[data-check]') !== null;

function rowOf(target: EventTarget): number | undefined {
  const row = target instanceof Element ? target.closest<HTMLElement>('[data-row]') : null;
  return row === null ? undefined : Number(row.dataset['row']);
}

/** A click makes the row the active one; on its tick it selects, with Shift it selects all rows up to here. */
function runClick(event: MouseEvent<HTMLDivElement>, { selection, onActive }: GridProps): void {
  const row = rowOf(event.target);
  if (row === undefined) return;
  event.currentTarget.focus({ preventScroll: true });
  if (event.shiftKey && selection !== undefined) selection.extend(row);
  else if (isTick(event.target) && selection !== undefined) selection.toggle(row);
  else onActive(row);
}

/** Keys that act on the active row instead of moving. */
function runGridAct(event: KeyboardEvent<HTMLDivElement>, grid: GridProps): void {
  const { active, selection, onOpen, onCopy } = grid;
  const command = event.ctrlKey || event.metaKey;
  const textMarked = window.getSelection()?.isCollapsed === false;
  if (command && event.key === 'a' && selection !== undefined) selection.toggleAll();
  else if (active < 0) return;
  else if (event.key === ' ' && selection !== undefined) selection.toggle(active);
  else if (event.key === 'Enter' && onOpen !== undefined) onOpen(active);
  else if (command && event.key === 'c' && onCopy !== undefined && !textMarked) onCopy(active);
  else return;
  event.preventDefault();
}

function GridHead({ columns, selection, sort, onSort }: GridProps) {
  return (
    <div role="rowgroup" className="grid-head">
      <div role="row" aria-rowindex={1} className="grid-line">
        {selection !== undefined && (
          <div role="columnheader" className="grid-check">
            <CheckBox label="Select all rows shown" state={selection.state} onToggle={selection.toggleAll} />
          </div>
        )}
        {columns.map((column) => (
          <GridColumnHead key={column.id} column={column} sort={sort} onSort={onSort} />
        ))}
      </div>
    </div>
  );
}

interface GridColumnHeadProps {
  readonly column: GridColumn;
  readonly sort: GridSort | undefined;
  readonly onSort: ((column: string) => void) | undefined;
}

function GridColumnHead({ column, sort, onSort }: GridColumnHeadProps) {
  if (column.sortable !== true || onSort === undefined) {
    return (
      <div role="columnheader" className="overline grid-column">
        {column.title}
      </div>
    );
  }
  const sorted = sort?.column === column.id ? sort : undefined;
  const Arrow = sorted?.descending === true ? ArrowDown : ArrowUp;
  const direction = sorted === undefined ? 'none' : sorted.descending ? 'descending' : 'ascending';
  return (
    <div role="columnheader" aria-sort={direction} className="grid-column">
      <button type="button" className="overline grid-sort" onClick={() => onSort(column.id)}>
        {column.title}
        {sorted !== undefined && <Arrow className="icon" size={12} aria-hidden />}
      </button>
    </div>
  );
}
